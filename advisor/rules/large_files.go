package rules

import (
	"fmt"

	"s3layout/advisor"
)

// LargeFiles fires for very large files, even where they can be split.
var LargeFiles = &advisor.Rule{
	ID:    "large-files",
	Title: "Files over 5 GiB",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("the write's log: CopyObject, UploadPartCopy", "multipart copies while output is committed by renames"),
	},
	Doc: advisor.Doc{
		Saw:    "Files that Spark splits, and that are larger than 5 GiB.",
		Costs:  "Reading is fine. But one task wrote each, for as long as that takes; S3 copies more than 5 GB in parts only, so that renames and replication are slow; and a single changed row means writing all of it again.",
		Do:     "Have the writer make more files: repartition, or maxRecordsPerFile, for 256 MiB to 1 GiB each.",
		Ignore: "They are written once and never again.",
	},
	Limits: []advisor.Limit{
		{Name: "bytes", Value: 5 << 30, Unit: "bytes", Reason: "the most that S3 copies in one request; DataFlint, too, calls larger partitions too big"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html", Read: "2026-11"},
		{URL: "https://github.com/dataflint/spark", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		if len(f.Profile.TableFormats) > 0 || f.Profile.Sizes.Max <= r.Limit("bytes") {
			return nil
		}
		var files, largest int64
		sizes, exact := f.FileSizes(true)
		for size, n := range sizes {
			if size > r.Limit("bytes") {
				files, largest = files+n, max(largest, size)
			}
		}
		if files == 0 {
			return nil
		}
		a := r.Found(advisor.Info)
		if !exact {
			a.Confidence = advisor.Estimate
		}
		a.Evidence["files"] = files
		a.Evidence["largest_bytes"] = largest
		a.Evidence["bytes_threshold"] = r.Limit("bytes")
		a.Why = fmt.Sprintf("%s > %s, the largest %s.", plural(files, "file"), size(r.Limit("bytes")), size(largest))
		a.Set = "write more files of 256 MiB to 1 GiB: repartition, maxRecordsPerFile"
		return a
	},
}
