package rules

import (
	"fmt"

	"s3layout/advisor"
)

// GroupingThreshold fires above the number of files at which a DynamicFrame groups by itself.
var GroupingThreshold = &advisor.Rule{
	ID:    "grouping-threshold",
	Title: "Above 50,000 files Glue groups by itself",
	Since: "0.1",
	Doc: advisor.Doc{
		Saw:    "More than 50,000 input files in a format that Glue can group (csv, json, xml, ion, grokLog), most of them small.",
		Costs:  "Glue turns grouping on and picks a group size by a formula that it does not publish, so that the number of tasks and of output files is not in your hands. spark.read does not group: it packs at most 32 files in a task.",
		Do:     "Set groupFiles and groupSize yourself, so that the plan is known.",
		Ignore: "The job needs the name of each input file (grouping hides it: set groupFiles to none), or the prefix is read with spark.read.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.AutoGroupingFiles, Unit: "files", Reason: "grouping is on by default when the input has more than 50,000 files"},
	},
	Sources: []advisor.Source{groupingPage},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files := f.Profile.Totals.Objects
		if files <= r.Limit("files") || f.Recommended.GroupFiles == "" {
			return nil
		}
		a := r.Found(advisor.Warning)
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Why = fmt.Sprintf("%s files > %s: Glue sets a group size of its own.", comma(files), comma(r.Limit("files")))
		grouped(a, f)
		if after, ok := f.Plan("dynamicframe_grouped"); ok {
			a.Set += fmt.Sprintf("  (~%s)", plural(after.Tasks, "task"))
			a.Evidence["tasks_as_advised"] = after.Tasks
		}
		return a
	},
}

// GroupingGap fires below that number, where grouping is off although the files are small.
var GroupingGap = &advisor.Rule{
	ID:    "grouping-gap",
	Title: "Below 50,000 files Glue does not group: one task a file",
	Since: "0.1",
	Doc: advisor.Doc{
		Saw:    "Many small files in a format that Glue can group, but not more than 50,000 of them, so that grouping stays off.",
		Costs:  "A DynamicFrame makes at least one task for each file. Just under the threshold that is tens of thousands of tiny tasks, each with an overhead larger than its work.",
		Do:     "Set groupFiles to inPartition and groupSize.",
		Ignore: "The prefix is read with spark.read, which packs files by itself, or the job needs the name of each input file.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.AutoGroupingFiles, Unit: "files", Reason: "up to here grouping is off unless groupFiles is set"},
		{Name: "warn_files", Value: 10000, Unit: "files", Reason: "so many tasks cost the driver and the scheduler minutes; below it the gain is small"},
	},
	Sources: []advisor.Source{groupingPage},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files := f.Profile.Totals.Objects
		if files > r.Limit("files") || f.Recommended.GroupFiles == "" {
			return nil
		}
		a := r.Found(advisor.Info)
		if files >= r.Limit("warn_files") {
			a.Severity = advisor.Warning
		}
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Why = fmt.Sprintf("%s files ≤ %s: grouping is off, a task for every file.", comma(files), comma(r.Limit("files")))
		grouped(a, f)
		before, _ := f.Plan("dynamicframe")
		if after, ok := f.Plan("dynamicframe_grouped"); ok {
			a.Impact = &advisor.Impact{Metric: "tasks", Before: before.Tasks, After: after.Tasks, Estimate: after.Estimate}
		}
		return a
	},
}

// grouped adds what both rules say of the recommended grouping.
func grouped(a *advisor.Advice, f *advisor.Facts) {
	a.Evidence["files"] = f.Profile.Totals.Objects
	a.Evidence["mean_bytes"] = f.MeanBytes()
	a.Set = fmt.Sprintf("groupFiles=%s groupSize=%s", f.Recommended.GroupFiles, f.Recommended.GroupSize)
	a.Snippets = append(a.Snippets, glueRead(f, "groupFiles", "groupSize", "useS3ListImplementation", "exclusions", "excludeStorageClasses"))
}
