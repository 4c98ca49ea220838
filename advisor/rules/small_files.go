package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/spark"
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
		Saw:    "At least a thousand files under 32 MiB, and files under 32 MiB on the average, or most files so. Of Delta and Iceberg tables the live files count, which their own commands compact.",
		Costs:  "Each file costs requests, an entry in the driver's memory and, in a scan, as much as reading 4 MiB (spark.sql.files.openCostInBytes). Listing and planning can take longer than the work.",
		Do:     "Compact: write the dataset again with files of 128 to 512 MiB, partition by partition (by a coarser key, where a partition holds no more than a file), and have the writer make fewer, larger files from now on.",
		Ignore: "The prefix is a landing zone that is compacted elsewhere, or is read rarely.",
	},
	Limits: []advisor.Limit{
		{Name: "small_bytes", Value: 32 << 20, Unit: "bytes", Reason: "eight times the open cost: below it the overhead of a file is more than a tenth of reading it"},
		{Name: "files", Value: 1000, Unit: "files", Reason: "fewer do no harm, whatever their size"},
		{Name: "percent", Value: 50, Unit: "% of files", Reason: "a few large files lift the mean, and leave as many small ones"},
		{Name: "warn_removed", Value: 10000, Unit: "files", Reason: "as many that go save a driver minutes of listing, and a DynamicFrame as many tasks"},
		{Name: "target_bytes", Value: spark.TargetFile, Unit: "bytes", Reason: "the middle of the band that Athena, Redshift Spectrum, Iceberg and Spark agree on"},
		{Name: "target_table_bytes", Value: tableFile, Unit: "bytes", Reason: "write.target-file-size-bytes, Iceberg's default; Delta's OPTIMIZE makes files of up to twice that"},
		{Name: "target_whole_bytes", Value: spark.TargetWholeFile, Unit: "bytes", Reason: "for files that are not split, each of which is a task: what a task reads"},
	},
	Sources: []advisor.Source{
		filePacking, {URL: "https://docs.aws.amazon.com/athena/latest/ug/performance-tuning.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile
		small, many := smallFiles(r, f)
		if !many {
			return nil
		}
		rewrite := advisor.Rewrite{TargetBytes: f.TargetFileBytes()}
		_, formats := sumTables(p.TableFormats)
		if len(formats) > 0 {
			rewrite.TargetBytes = r.Limit("target_table_bytes")
		}
		a := r.Found(advisor.Info)
		a.Effect = f.Rewritten(rewrite)
		after := a.Effect.After.Files
		a.Evidence["files"] = p.Totals.Objects
		a.Evidence["small_files"] = small
		a.Evidence["mean_bytes"] = f.MeanBytes()
		a.Evidence["small_bytes_threshold"] = r.Limit("small_bytes")
		a.Why = fmt.Sprintf("%s files with a mean of %s.", comma(p.Totals.Objects), size(f.MeanBytes()))
		if f.MeanBytes() >= r.Limit("small_bytes") {
			a.Why = fmt.Sprintf("%s of %s files are under %s.", comma(small), comma(p.Totals.Objects), size(r.Limit("small_bytes")))
		}
		a.Set = compactTo(f, rewrite.TargetBytes, after)
		if len(formats) > 0 {
			a.Set = fmt.Sprintf("%s, to %s: ~%s", tableCompaction(formats), size(rewrite.TargetBytes), plural(after, "file"))
			a.Snippets = append(a.Snippets, compactTables(formats)...)
		}
		if 2*after > p.Totals.Objects {
			a.Set = fmt.Sprintf("coarser partitions: compaction leaves %s", plural(after, "file"))
			rewrite.Joined = true
			a.Effect = f.Rewritten(rewrite)
		}
		if p.Totals.Objects-a.Effect.After.Files >= r.Limit("warn_removed") {
			a.Severity = advisor.Warning
		}
		if c := f.Compaction; c != nil {
			a.Evidence["partitions_to_compact"] = c.Candidates
			a.Evidence["crowded_partitions"] = c.Crowded
			a.Snippets = append(a.Snippets, compactSnippets(f)...)
		}
		if c, services := f.Compaction, f.AWSServices(); c != nil && len(services) > 0 {
			return copyLogs(a, f, c, services[0])
		}
		a.Impact = &advisor.Impact{Metric: "files", Before: p.Totals.Objects, After: a.Effect.After.Files, Estimate: strings.Join(a.Effect.Estimates, "; ")}
		return a
	},
}

// tableFile is how large a table's own compaction makes files, bytes.
const tableFile = 512 << 20

// compactTo says how many files there are then, and how large they are where partitions are too small for the target.
func compactTo(f *advisor.Facts, target, files int64) string {
	if mean := f.Profile.Totals.Bytes / max(files, 1); files > 1 && mean < target/2 {
		return fmt.Sprintf("compact, partition by partition: %s of ~%s", plural(files, "file"), size(mean))
	}
	return fmt.Sprintf("compact to %s: %s", size(target), plural(files, "file"))
}

// copyLogs is for logs that AWS delivers, which are not written again in place: CloudTrail's digests are of the files as they
// are. Of several services one is compacted.
func copyLogs(a *advisor.Advice, f *advisor.Facts, c *advisor.Compaction, service string) *advisor.Advice {
	days := f.AWSDays(service)
	a.Do = "Leave what AWS delivers as it is, and keep a copy for queries: of one service, as Parquet, partitioned by day (key=value), accounts and regions as columns, in files of 128 to 512 MiB. Where a service can deliver less often or larger files, have it do so."
	a.Set = fmt.Sprintf("copy %s as Parquet by day: %s of ~%s", quoted(service), plural(days, "day"), size(c.Bytes/max(days, 1)))
	a.Effect = nil
	after := max((c.Bytes-1)/c.TargetBytes+1, days)
	a.Impact = &advisor.Impact{Metric: "files", Before: c.FilesBefore, After: after, Estimate: c.Estimate + ", and a day to have a file at least"}
	return a
}

// smallFiles counts them, and reports whether they are many. Where there are tables of which the live files are not known,
// those of a listing say nothing.
func smallFiles(r *advisor.Rule, f *advisor.Facts) (small int64, many bool) {
	p := f.Profile
	sum, _ := sumTables(p.TableFormats)
	if sum.read < int64(len(p.TableFormats)) || p.Totals.Objects < r.Limit("files") {
		return 0, false
	}
	limit := r.Limit("small_bytes")
	for _, cut := range []bool{true, false} {
		sizes, _ := f.FileSizes(cut)
		for size, n := range sizes {
			if size < limit {
				small += n
			}
		}
	}
	return small, small >= r.Limit("files") && (f.MeanBytes() < r.Limit("small_bytes") || moreThan(r.Limit("percent"), small, p.Totals.Objects))
}
