package rules

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/stats"
)

// CrowdedPartitions fires for partitions full of small files in a dataset that has none too many on the whole.
var CrowdedPartitions = &advisor.Rule{
	ID:    "crowded-partitions",
	Title: "Some partitions hold many small files",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal("aws s3 ls --summarize of such a partition", "more than a hundred objects, most of them small"),
		signal(uiInput, "for a read of the partition a median far below 128 MiB"),
	},
	Doc: advisor.Doc{
		Saw:    "Partitions with more than 100 files under 96 MiB each, in a dataset whose files are large enough on the average.",
		Costs:  "A read of these partitions has all the cost of small files, however well the others lie: they are mostly the newest, and read most.",
		Do:     "Compact these, those first from which most files go for each byte rewritten: the compaction plan ranks them. Then look at what writes them: streaming, or a backfill.",
		Ignore: "They are compacted once they have settled.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.CrowdedFiles, Unit: "files", Reason: "the Glue Data Catalog compacts a partition with more than 100 small files"},
		{Name: "small_bytes", Value: stats.SmallFileBytes, Unit: "bytes", Reason: "three quarters of 128 MiB, as Iceberg and the Data Catalog rewrite what is under 75 % of their target"},
		{Name: "warn_files", Value: 10000, Unit: "files", Reason: "so many files less are minutes of listing"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/compaction-management.html", Read: "2026-11"},
		{URL: "https://github.com/apache/iceberg/blob/main/core/src/main/java/org/apache/iceberg/actions/SizeBasedFileRewritePlanner.java", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		c := f.Compaction
		if c == nil || c.Crowded == 0 {
			return nil
		}
		if _, many := smallFiles(SmallFiles, f); many {
			return nil // small-files says it
		}
		removed := c.FilesBefore - c.FilesAfter
		a := r.Found(advisor.Info)
		if removed >= r.Limit("warn_files") {
			a.Severity = advisor.Warning
		}
		a.Evidence["partitions"] = c.Crowded
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Evidence["small_bytes"] = r.Limit("small_bytes")
		a.Evidence["first"] = c.Partitions[0].Path
		a.Why = fmt.Sprintf("%s with > %d files under %s.", plural(c.Crowded, "partition"), r.Limit("files"), size(r.Limit("small_bytes")))
		a.Set = fmt.Sprintf("compact %s: %s files become %s", plural(c.Candidates, "partition"), comma(c.FilesBefore), comma(c.FilesAfter))
		a.Impact = &advisor.Impact{Metric: "files", Before: c.FilesBefore, After: c.FilesAfter, Estimate: c.Estimate}
		a.Snippets = append(a.Snippets, compactSnippets(f)...)
		return a
	},
}
