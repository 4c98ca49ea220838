package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
)

// DateDirectories fires for directories that spell dates in a way that Spark sees no columns in.
var DateDirectories = &advisor.Rule{
	ID:    "date-directories",
	Title: "Dates in directories, but no partition columns",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("df.columns of a read of the target", "no year, month or day"),
		signal("spark.read without recursiveFileLookup", "0 rows, or an error that no schema can be told"),
	},
	Doc: advisor.Doc{
		Saw:    "Directories such as 2026/04/19/, as Firehose and CloudTrail write them, and not year=2026/month=04/day=19/.",
		Costs:  "Spark finds no partition columns in them: it reads nothing below the target without recursiveFileLookup, and with it every read lists and scans all days. push_down_predicate works only once a crawler has made a table of it, with columns named partition_0 and so on.",
		Do:     "Name the days in the paths of a read, and one service where AWS delivers logs of several (CloudTrail, its digests, Config). For Athena use partition projection with storage.location.template, which maps columns to these directories. Write what is derived with key=value directories.",
		Ignore: "Each job names the directories that it reads.",
	},
	Limits: []advisor.Limit{
		{Name: "partitions", Value: 2, Unit: "directories", Reason: "with one there is nothing to prune"},
	},
	Sources: []advisor.Source{
		discovery, {URL: "https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile.Partitioning
		if p.Scheme != "date" || len(f.Profile.TableFormats) > 0 || f.Profile.Totals.Partitions < r.Limit("partitions") || len(p.Columns) == 0 {
			return nil
		}
		a := r.Found(advisor.Info)
		var names []string
		for _, k := range p.Keys {
			names = append(names, k.Name)
		}
		example := p.Columns[0].Example
		a.Evidence["directories"] = f.Profile.Totals.Partitions
		a.Evidence["spelled"] = names
		a.Evidence["example"] = example
		a.Why = fmt.Sprintf("%s such as %s: Spark sees no columns.", plural(f.Profile.Totals.Partitions, "directory"), quoted(example))
		a.Why = strings.Replace(a.Why, "directorys", "directories", 1)
		a.Set = "name the paths; Athena: projection with storage.location.template"
		if services := f.AWSServices(); len(services) > 1 {
			readOneService(f, a, services)
			return a
		}
		newest := append([]string{}, dateValues(f)...)
		if path := strings.TrimSuffix(f.Target, "/") + "/" + strings.Join(newest, "/") + "/"; len(newest) > 0 && len(p.BasePaths) == 1 && p.BasePaths[0] == "" {
			a.Snippets = append(a.Snippets, sparkSnippet(fmt.Sprintf("df = spark.read.option(\"recursiveFileLookup\", True).format(%s).load([%s])\n",
				pyString(sparkFormat(mainFormat(f))), pyString(path))))
		}
		return a
	},
}

// readOneService says to read one of several services' logs: records of the others are no records of it.
func readOneService(f *advisor.Facts, a *advisor.Advice, services []string) {
	a.Severity = advisor.Warning
	a.Evidence["services"] = services
	a.Why = fmt.Sprintf("%s beside %s: other records.", quotedList(services[1:], 2), quoted(services[0]))
	a.Set = fmt.Sprintf("read %s alone: name its paths, or exclude the others", quoted(services[0]))
	if patterns := otherServices(services); f.Engine.DynamicFrames && len(patterns) > 0 {
		with := *f
		with.Recommended.Exclusions = append(patterns, f.Recommended.Exclusions...)
		s := glueRead(&with, "exclusions", "groupFiles", "groupSize", "useS3ListImplementation")
		s.Code = "# Leaves the logs of one service. Exclude what else lies here, too.\n" + s.Code
		a.Snippets = append(a.Snippets, s)
	}
}

// dateValues are the newest date's directories.
func dateValues(f *advisor.Facts) []string {
	var out []string
	for _, v := range f.Profile.Partitioning.Last {
		if v.Value != nil {
			out = append(out, *v.Value)
		}
	}
	return out
}
