package rules

import (
	"fmt"

	"s3layout/advisor"
)

// GroupingGap fires below that number, where grouping is off although the files are small.
var GroupingGap = &advisor.Rule{
	ID:    "grouping-gap",
	Title: "Up to 50,000 files Glue does not group: a task a file",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiTasks, "about as many as files; with groupFiles as many as groups"),
		signal(completedTasks, "rises by thousands a minute while few bytes are read"),
	},
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
		if files > r.Limit("files") || f.Recommended.GroupSize == "" || f.Engine.GroupFiles != "" {
			return nil
		}
		a := r.Found(advisor.Info)
		if files >= r.Limit("warn_files") {
			a.Severity = advisor.Warning
		}
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Why = fmt.Sprintf("%s files ≤ %s: no grouping, at least a task each.", comma(files), comma(r.Limit("files")))
		grouped(a, f)
		a.Effect = groupedEffect(f)
		return a
	},
}
