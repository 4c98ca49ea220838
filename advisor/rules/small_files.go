package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
)

// SmallFiles fires when files are many and small on the average.
var SmallFiles = &advisor.Rule{
	ID:    "small-files",
	Title: "Many small files",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiInput, "a median far below 128 MiB"),
		signal(bytesRead, "flat for minutes before the first task, while the driver lists"),
	},
	Doc: advisor.Doc{
		Saw:    "At least a thousand files with a mean size below 32 MiB.",
		Costs:  "Each file costs requests, an entry in the driver's memory and, in a scan, as much as reading 4 MiB (spark.sql.files.openCostInBytes). Listing and planning can take longer than the work.",
		Do:     "Compact: write the dataset again with files of 128 to 512 MiB, partition by partition (by a coarser key, where a partition holds no more than a file), and have the writer make fewer, larger files from now on.",
		Ignore: "The prefix is a landing zone that is compacted elsewhere, or is read rarely.",
	},
	Limits: []advisor.Limit{
		{Name: "mean_bytes", Value: 32 << 20, Unit: "bytes", Reason: "eight times the open cost: below it the overhead of a file is more than a tenth of reading it"},
		{Name: "files", Value: 1000, Unit: "files", Reason: "fewer do no harm, whatever their size"},
		{Name: "warn_files", Value: 10000, Unit: "files", Reason: "from here listing takes a driver minutes"},
		{Name: "target_bytes", Value: 256 << 20, Unit: "bytes", Reason: "the middle of the band that Athena, Redshift Spectrum, Iceberg and Spark agree on"},
	},
	Sources: []advisor.Source{
		filePacking, {URL: "https://docs.aws.amazon.com/athena/latest/ug/performance-tuning.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile
		if len(p.TableFormats) > 0 || p.Totals.Objects < r.Limit("files") || f.MeanBytes() >= r.Limit("mean_bytes") {
			return nil
		}
		a := r.Found(advisor.Info)
		if p.Totals.Objects >= r.Limit("warn_files") {
			a.Severity = advisor.Warning
		}
		target := r.Limit("target_bytes")
		rewrite := advisor.Rewrite{TargetBytes: target}
		a.Effect = f.Rewritten(rewrite)
		after := a.Effect.After.Files
		a.Evidence["files"] = p.Totals.Objects
		a.Evidence["mean_bytes"] = f.MeanBytes()
		a.Evidence["mean_bytes_threshold"] = r.Limit("mean_bytes")
		a.Why = fmt.Sprintf("%s files with a mean of %s.", comma(p.Totals.Objects), size(f.MeanBytes()))
		a.Set = fmt.Sprintf("compact to %s: %s", size(target), plural(after, "file"))
		if 2*after > p.Totals.Objects {
			a.Set = fmt.Sprintf("coarser partitions: compaction leaves %s", plural(after, "file"))
			rewrite.Joined = true
			a.Effect = f.Rewritten(rewrite)
		}
		a.Impact = &advisor.Impact{Metric: "files", Before: p.Totals.Objects, After: a.Effect.After.Files, Estimate: strings.Join(a.Effect.Estimates, "; ")}
		return a
	},
}
