package rules

import (
	"fmt"

	"s3layout/advisor"
)

// DriverFiles fires when the driver may run out of memory on the list of files alone.
var DriverFiles = &advisor.Rule{
	ID:    "driver-files",
	Title: "The driver may run out of memory listing files",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(driverHeap, "above 0.5, and rising, while executors have nothing to do"),
		signal(bytesRead, "flat until the list is made"),
	},
	Doc: advisor.Doc{
		Saw:    "So many files that the driver, which keeps the path and size of each, comes near the number at which AWS saw drivers crash.",
		Costs:  "The job dies with an out-of-memory error on the driver, often after minutes in which every executor was idle.",
		Do:     "Read fewer files: a push_down_predicate over partition columns where there are some, else a part of the names at a time, by a prefix; useS3ListImplementation and grouping for DynamicFrames, compaction for good. A larger worker type gives the driver more memory.",
		Ignore: "The job reads a few partitions of this prefix through the Data Catalog: only what a predicate leaves is listed.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.DriverFiles, Unit: "files", Reason: "AWS saw drivers crash at roughly 650,000 files (2019, Standard worker); scaled here by driver memory over 16 GiB, an estimate"},
		{Name: "warn_percent", Value: 50, Unit: "%", Reason: "AWS calls half of the driver's heap the safe threshold"},
	},
	Sources: []advisor.Source{
		{URL: "https://aws.amazon.com/blogs/big-data/optimize-memory-management-in-aws-glue/", Read: "2026-11"}, oomPage,
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files := f.Profile.Totals.Objects
		gib := f.Engine.DriverMemoryBytes >> 30
		limit := r.Limit("files") * (f.Engine.DriverMemoryBytes >> 20) / (advisor.DriverFilesMemory >> 20)
		if limit == 0 || files < limit*r.Limit("warn_percent")/100 {
			return nil
		}
		a := r.Found(advisor.Warning)
		if files >= limit {
			a.Severity = advisor.Critical
		}
		a.Evidence["files"] = files
		a.Evidence["files_limit"] = limit
		a.Evidence["driver_memory_gib"] = gib
		a.Why = fmt.Sprintf("%s files; a %d GiB driver may fail from ~%s.", comma(files), gib, comma(limit))
		a.Set = "read fewer files, by prefixes of the names; compact; more driver memory"
		if hasColumns(f) {
			a.Set = "read fewer partitions; compact; give the driver more memory"
		}
		if f.Engine.DynamicFrames && f.Recommended.UseS3ListImplementation {
			a.Set = "useS3ListImplementation=True, grouping; read by prefixes of the names"
			if hasColumns(f) {
				a.Set = "useS3ListImplementation=True, a push_down_predicate"
			}
			a.Snippets = append(a.Snippets, glueRead(f, "useS3ListImplementation", "groupFiles", "groupSize"))
		}
		return a
	},
}
