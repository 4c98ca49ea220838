package rules

import (
	"fmt"

	"s3layout/advisor"
)

// RowGroups fires for Parquet and ORC files that are cut too finely, or too coarsely, inside.
var RowGroups = &advisor.Rule{
	ID:    "row-groups",
	Title: "Row groups or stripes of the wrong size",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}, Contents: true}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal(uiDuration, "much time for few bytes, where row groups are small"),
		signal(uiInput, "tasks without a record beside tasks with all of them, where they are large"),
	},
	Doc: advisor.Doc{
		Saw:    "Among the files that were opened, Parquet row groups or ORC stripes that average under 16 MiB although the file has several, or row groups above 512 MiB.",
		Costs:  "Each row group is read, checked against a filter and decoded on its own: many small ones cost requests and memory for statistics, and compress badly. One that is larger than a split is read by a single task, and held in memory by a writer.",
		Do:     "Write the files again with parquet.block.size (or orc.stripe.size) at 128 MiB; a job that appends small batches to open files, or flushes for want of memory, makes small ones.",
		Ignore: "The files are read whole, seldom, or by a key that their statistics narrow down to a row group.",
	},
	Limits: []advisor.Limit{
		{Name: "small_bytes", Value: 16 << 20, Unit: "bytes", Reason: "an eighth of parquet.block.size, 128 MiB: below it the overhead of a row group shows"},
		{Name: "large_bytes", Value: 512 << 20, Unit: "bytes", Reason: "four times what a task reads of a file (spark.sql.files.maxPartitionBytes): three of four such tasks find no row group to read"},
		{Name: "files_percent", Value: 10, Unit: "percent", Reason: "of the opened files of a format: fewer are no way of writing"},
	},
	Sources: []advisor.Source{
		{URL: "https://parquet.apache.org/docs/file-format/configurations/", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/performance-tuning-data-optimization-techniques.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		for _, b := range f.Profile.Probe.Blocks {
			small := moreThan(r.Limit("files_percent"), b.Fragmented, b.Files)
			if !small && b.Over512MiB == 0 {
				continue
			}
			part, option := "row group", "parquet.block.size"
			if b.Format == "orc" {
				part, option = "stripe", "orc.stripe.size"
			}
			a := r.Found(advisor.Info)
			a.Evidence["format"] = b.Format
			a.Evidence["opened"] = b.Files
			a.Evidence["blocks"] = b.Blocks
			a.Evidence["fragmented_files"] = b.Fragmented
			a.Evidence["mean_bytes"] = b.BytesMean
			a.Evidence["largest_bytes"] = b.BytesMax
			a.Evidence["most_per_file"] = b.PerFileMax
			a.Evidence["over_512_mib"] = b.Over512MiB
			a.Evidence["examples"] = b.Examples
			a.Set = "write with " + option + "=134217728"
			if small {
				a.Severity = advisor.Warning
				a.Why = fmt.Sprintf("%s of %s opened: small %ss, up to %s a file.", comma(b.Fragmented), comma(b.Files), part, comma(b.PerFileMax))
				return a
			}
			a.Why = fmt.Sprintf("%s of up to %s in %s opened.", plural(b.Over512MiB, part), size(b.BytesMax), plural(b.Files, "file"))
			return a
		}
		return nil
	},
}
