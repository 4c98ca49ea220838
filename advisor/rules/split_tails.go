package rules

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

// SplitTails fires for files a little larger than what a task reads: each is cut in two.
var SplitTails = &advisor.Rule{
	ID:    "split-tails",
	Title: "Files just over a split leave small tails",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal(uiInput, "tasks of the split size, and some of many small pieces"),
		signal("Spark UI, SQL: scan, number of files read against tasks", "more pieces than files"),
	},
	Doc: advisor.Doc{
		Saw:    "Most files that can be split are a little larger than spark.sql.files.maxPartitionBytes, as 129 MiB is than 128.",
		Costs:  "Spark cuts each into a full split and a small tail. A file is opened twice; a Parquet tail mostly holds no row group at all, so that its task reads a footer and nothing else. Tails are packed together, as many as the open cost allows.",
		Do:     "Raise maxPartitionBytes just above the files, or write files of half the size or of several splits.",
		Ignore: "Stages after the read dominate, or the files are about to be written again.",
	},
	Limits: []advisor.Limit{
		{Name: "over_percent", Value: 25, Unit: "% over the split", Reason: "a tail under a quarter of a split is mostly overhead; raising the split by that much is safe"},
		{Name: "files", Value: 100, Unit: "files", Reason: "fewer tails do no harm"},
	},
	Sources: []advisor.Source{filePacking, {URL: "https://issues.apache.org/jira/browse/SPARK-27635", Read: "2026-11"}},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		split := f.Engine.MaxPartitionBytes
		most := split + split*r.Limit("over_percent")/100
		var files, over, largest int64
		sizes, _ := f.FileSizes(true)
		for size, n := range sizes {
			files += n
			if size > split && size <= most {
				over, largest = over+n, size
			}
		}
		plan, _ := f.Plan(advisor.DataFrame)
		if len(f.Profile.TableFormats) > 0 || over < r.Limit("files") || 2*over <= files || plan.TaskBytes.Max < split {
			return nil
		}
		raised := f.Engine
		raised.MaxPartitionBytes = (largest-1)>>20<<20 + 1<<20
		a := r.Found(advisor.Info)
		a.Effect = f.On(raised, advisor.DataFrame)
		a.Evidence["files"] = over
		a.Evidence["largest_bytes"] = largest
		a.Evidence["split_bytes"] = split
		a.Evidence["tasks_after"] = a.Effect.After.Tasks
		a.Why = fmt.Sprintf("%s just over %s, each cut in two.", plural(over, "file"), size(split))
		a.Set = fmt.Sprintf("--conf %s=%d", spark.MaxPartitionBytes, raised.MaxPartitionBytes)
		a.Snippets = append(a.Snippets, conf(f, spark.MaxPartitionBytes, raised.MaxPartitionBytes)...)
		return a
	},
}
