package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
)

// WriteFiles fires when a job that reads the dataset would write it again as many small files.
var WriteFiles = &advisor.Rule{
	ID:    "write-files",
	Title: "A write as read makes small files",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal("Spark UI, the write's stage: Output Size / Records, Median", "a few MiB"),
		signal(bytesWritten, "as before, in far fewer files: aws s3 ls --summarize counts them"),
		signal(shuffled, "about the input's bytes with repartition, nothing with coalesce"),
	},
	Doc: advisor.Doc{
		Saw:    "Files under 64 MiB on the average, and so many small tasks in the read that a write right after it, where each task writes a file, makes files under 64 MiB; with partitionBy a file for each task and partition.",
		Costs:  "The next reader has the small files again.",
		Do:     "Set how many files are written. coalesce(n) where n is at least the cores: it shuffles nothing, but the read then runs in n tasks, too. repartition(n) where n is less than the cores, or sizes are uneven. With partitionBy repartition by its columns, so that one task writes a partition, and bound large ones with maxRecordsPerFile. Never coalesce(1) for more than 1 GiB: AWS took an hour for what grouping did in eight minutes.",
		Ignore: "The output is much smaller than the input (a filter, an aggregate): then count the output, at 256 MiB a file. On tables of 25 GB a day a blind repartition has made jobs fail that ran without.",
	},
	Limits: []advisor.Limit{
		{Name: "file_bytes", Value: 64 << 20, Unit: "bytes", Reason: "Redshift Spectrum and Athena want files of at least 64 MiB"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "below it a few files more do no harm; above it one file is too much for one task"},
		{Name: "large_partition_bytes", Value: 4 << 30, Unit: "bytes", Reason: "16 files of 256 MiB: more are too much for the one task that repartition by the columns gives a partition"},
	},
	Sources: []advisor.Source{
		{URL: "https://repost.aws/knowledge-center/glue-job-output-large-files", Read: "2026-11"}, stragglers,
		{URL: "https://github.com/awslabs/athena-glue-service-logs/issues/21", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		bytes, read := f.Profile.Totals.Bytes, f.Advised()
		files := max(f.Recommended.Coalesce, f.Recommended.Repartition)
		if bytes < r.Limit("bytes") || f.MeanBytes() >= r.Limit("file_bytes") || files == 0 || files >= read.Tasks || bytes/read.Tasks >= r.Limit("file_bytes") {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Effect = f.Written(files)
		a.Evidence["tasks"] = read.Tasks
		a.Evidence["bytes_per_task"] = bytes / read.Tasks
		a.Evidence["file_bytes_threshold"] = r.Limit("file_bytes")
		a.Evidence["files"] = files
		a.Why = fmt.Sprintf("each of %s writes a file of ~%s.", plural(read.Tasks, "task"), size(bytes/read.Tasks))
		call := fmt.Sprintf("coalesce(%d)", f.Recommended.Coalesce)
		if f.Recommended.Coalesce == 0 {
			call = fmt.Sprintf("repartition(%d)", f.Recommended.Repartition)
		}
		a.Set = fmt.Sprintf("df.%s before the write: files of ~%s", call, size(bytes/files))
		names := columnNames(f)
		if len(names) > 0 {
			a.Set = "repartition by the partition columns before partitionBy, or " + call
		}
		a.Snippets = append(a.Snippets, writeSnippet(r, f, call, files, names))
		return a
	},
}

// writeSnippet writes df beside the target.
func writeSnippet(r *advisor.Rule, f *advisor.Facts, call string, files int64, names []string) advisor.Snippet {
	var b strings.Builder
	if len(names) == 0 {
		fmt.Fprintf(&b, "df.%s.write.mode(\"overwrite\").parquet(%s)\n", call, pyString(beside(f.Target, "parquet")))
		return sparkSnippet(b.String())
	}
	columns := pyArguments(columnsOf(names))
	fmt.Fprintf(&b, "records = -(-df.count() // %d)  # for each file; a pass over the data: give the number if you know it\n", files)
	if s := f.Profile.Skew; s != nil && s.MaxBytes > r.Limit("large_partition_bytes") {
		b.WriteString("from pyspark.sql import functions as F\n\n# Large partitions are spread over several tasks by a salt.\n")
		columns = fmt.Sprintf("%d, %s, F.floor(F.rand(17) * %d)", max(files, f.Engine.Cores), columns, (s.MaxBytes-1)/r.Limit("large_partition_bytes")+1)
	}
	fmt.Fprintf(&b, "(\n    df.repartition(%s)\n    .write.mode(\"overwrite\")\n    .option(\"maxRecordsPerFile\", records)\n    .partitionBy(%s)\n    .parquet(%s)\n)\n",
		columns, pyArguments(names), pyString(beside(f.Target, "parquet")))
	return sparkSnippet(b.String())
}
