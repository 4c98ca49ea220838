package rules

import (
	"fmt"
	"slices"

	"s3layout/advisor"
)

// UndocumentedCodec fires for text in a codec that Spark reads, and Glue does not promise to.
var UndocumentedCodec = &advisor.Rule{
	ID:    "undocumented-codec",
	Title: "Glue documents gzip and bzip2 alone for text",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("frame.count() of one such file, against spark.read's", "0, an error, or another number"),
	},
	Doc: advisor.Doc{
		Saw:    "Text in zstd, lz4, snappy or deflate.",
		Costs:  "Spark inflates these by their suffix. Of DynamicFrames AWS documents gzip and bzip2 only: others may be read, or not, and that may change with a version.",
		Do:     "Read with spark.read, or write gzip, bzip2 or Parquet.",
		Ignore: "A test read of a DynamicFrame counts all rows.",
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/webapi/API_S3JsonSource.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		var objects, bytes int64
		codecs := map[string]bool{}
		for _, t := range f.Profile.Formats {
			if !t.Misread && slices.Contains([]string{"csv", "tsv", "json", "xml", "ion", "text"}, t.Format) &&
				slices.Contains([]string{"zstd", "lz4", "snappy", "deflate"}, t.Compression) {
				objects, bytes = objects+t.Objects, bytes+t.Bytes
				codecs[t.Compression] = true
			}
		}
		if objects == 0 || len(f.Profile.TableFormats) > 0 {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Evidence["objects"] = objects
		a.Evidence["bytes"] = bytes
		a.Evidence["codecs"] = sortedKeys(codecs)
		a.Why = fmt.Sprintf("%s (%s) of text in %s.", plural(objects, "file"), size(bytes), andList(sortedKeys(codecs)))
		a.Set = "spark.read in place of a DynamicFrame, or gzip, bzip2, Parquet"
		a.Snippets = append(a.Snippets, frameFromSpark(f, sparkFormat(mainFormat(f))))
		return a
	},
}
