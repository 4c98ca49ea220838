package rules

import (
	"fmt"
	"slices"

	"s3layout/advisor"
)

// GroupingNoEffect fires for many small files in formats that Glue does not group.
var GroupingNoEffect = &advisor.Rule{
	ID:    "grouping-no-effect",
	Title: "groupFiles does nothing for Parquet, ORC, Avro",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiTasks, "as many as files, with groupFiles and without it"),
	},
	Doc: advisor.Doc{
		Saw:    "Many small Parquet, ORC or Avro files: the layout for which one would set groupFiles.",
		Costs:  "Glue groups csv, ion, grokLog, json and xml only. For these formats the option is passed over without a word, also above 50,000 files, and a DynamicFrame makes a task for each file at least.",
		Do:     "Read with spark.read, which packs small files by itself, and turn the result into a DynamicFrame where one is needed. Compact for good.",
		Ignore: "The read is a small part of the job.",
	},
	Limits: []advisor.Limit{
		{Name: "mean_bytes", Value: 64 << 20, Unit: "bytes", Reason: "half of what spark.read puts in a task: from here it packs no two files together"},
		{Name: "files_per_core", Value: 3, Unit: "files", Reason: "two to three tasks for each core are what Spark's tuning guide recommends"},
		{Name: "warn_files", Value: 10000, Unit: "files", Reason: "so many tasks cost the driver and the scheduler minutes; below it the gain is small"},
	},
	Sources: []advisor.Source{groupingPage, tuningGuide},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files, bytes, format := ungroupable(f)
		if len(f.Profile.TableFormats) > 0 || 2*files <= f.Profile.Totals.Objects || files <= r.Limit("files_per_core")*f.Engine.Cores || bytes/files >= r.Limit("mean_bytes") {
			return nil
		}
		a := r.Found(advisor.Info)
		if files >= r.Limit("warn_files") {
			a.Severity = advisor.Warning
		}
		a.Effect = f.ReadBy(advisor.DataFrame)
		a.Evidence["files"] = files
		a.Evidence["mean_bytes"] = bytes / files
		a.Evidence["mean_bytes_threshold"] = r.Limit("mean_bytes")
		a.Evidence["format"] = format
		a.Why = fmt.Sprintf("%s %s files: Glue does not group these.", comma(files), format)
		a.Set = fmt.Sprintf("spark.read.format(%q) in place of a DynamicFrame", format)
		a.Snippets = append(a.Snippets, frameFromSpark(f, format))
		return a
	},
}

// ungroupable counts the files that groupFiles does not touch, and names the format of most.
func ungroupable(f *advisor.Facts) (files, bytes int64, format string) {
	for _, t := range f.Profile.Formats { // most bytes first
		if slices.Contains([]string{"parquet", "orc", "avro"}, t.Format) {
			files, bytes = files+t.Objects, bytes+t.Bytes
			if format == "" {
				format = t.Format
			}
		}
	}
	return files, bytes, format
}

// frameFromSpark reads with Spark and makes a DynamicFrame of it.
func frameFromSpark(f *advisor.Facts, format string) advisor.Snippet {
	return advisor.Snippet{Kind: "glue-dynamicframe", Language: "python", Code: fmt.Sprintf(`from awsglue.dynamicframe import DynamicFrame

df = spark.read.format(%s).load(%s)
frame = DynamicFrame.fromDF(df, glueContext, "frame")
`, pyString(format), pyString(f.Target))}
}
