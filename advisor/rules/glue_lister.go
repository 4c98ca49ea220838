package rules

import (
	"fmt"

	"s3layout/advisor"
)

// GlueLister fires when a DynamicFrame reads so many files that Glue's own lister pays.
var GlueLister = &advisor.Rule{
	ID:    "glue-lister",
	Title: "Glue's own lister spares the driver's heap",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal(driverHeap, "below 0.5 with it, above without"),
	},
	Doc: advisor.Doc{
		Saw:    "More than 50,000 files, to be read by a DynamicFrame.",
		Costs:  "By default the driver holds the whole list of files before the first task. Glue's own lister takes it in batches, and keeps what filters leave.",
		Do:     "Set useS3ListImplementation, in connection_options, or in additional_options of a table. It helps the driver, not executors, and spark.read does not know it.",
		Ignore: "The read is spark.read, or a predicate leaves few partitions.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.AutoGroupingFiles, Unit: "files", Reason: "above it Glue itself treats the input as many files"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/monitor-debug-capacity.html", Read: "2026-11"},
		{URL: "https://aws.amazon.com/blogs/big-data/optimize-memory-management-in-aws-glue/", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files := f.Profile.Totals.Objects
		if files <= r.Limit("files") || !f.Recommended.UseS3ListImplementation {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Evidence["files"] = files
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Why = fmt.Sprintf("%s files > %s: the driver holds the list.", comma(files), comma(r.Limit("files")))
		a.Set = "useS3ListImplementation=True"
		if f.Groupable() || f.MeanBytes() >= GroupingNoEffect.Limit("mean_bytes") { // else spark.read is advised
			a.Snippets = append(a.Snippets, glueRead(f, allOptions...))
		}
		a.Snippets = append(a.Snippets, catalogOptions(f, allOptions...)...)
		return a
	},
}
