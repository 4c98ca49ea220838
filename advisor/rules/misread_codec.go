package rules

import (
	"fmt"

	"s3layout/advisor"
)

// MisreadCodec fires for compressed files whose suffix Spark does not know.
var MisreadCodec = &advisor.Rule{
	ID:    "misread-codec",
	Title: "Spark does not know the codec from the name",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("a count of _corrupt_record, or of rows with unprintable characters", "nearly all rows of these files"),
	},
	Doc: advisor.Doc{
		Saw:    "File names whose suffix stands for a codec that Hadoop does not know, or, up to Spark 3.5, knows only in lower case: .GZ, .zip, .tgz, .xz, .lzo.",
		Costs:  "Spark picks the codec by the suffix. It takes these for plain text, cuts them, and reads compressed bytes as records: garbage, mostly without an error. Athena does not read them either.",
		Do:     "Rename .GZ to .gz; write zip, tgz and xz again as gzip, bzip2, zstd or Parquet. Exclude them until then.",
		Ignore: "The job configures a codec of its own for the suffix (io.compression.codecs), or the suffix is a known one in upper case and Spark 4.0 or newer reads it.",
	},
	Sources: []advisor.Source{
		{URL: "https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/io/compress/CompressionCodecFactory.java", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		var objects, bytes int64
		codecs := map[string]bool{}
		for _, t := range f.Profile.Formats {
			if t.Misread {
				objects, bytes = objects+t.Objects, bytes+t.Bytes
				codecs[t.Compression] = true
			}
		}
		if objects == 0 {
			return nil
		}
		a := r.Found(advisor.Critical)
		folded := f.FoldedCodecs() == objects
		if folded {
			a.Severity = advisor.Warning
		}
		a.Evidence["objects"] = objects
		a.Evidence["bytes"] = bytes
		a.Evidence["codecs"] = sortedKeys(codecs)
		a.Why = fmt.Sprintf("%s (%s) of %s that Spark won't inflate.", plural(objects, "file"), size(bytes), andList(sortedKeys(codecs)))
		if folded {
			a.Why = fmt.Sprintf("%s (%s) of %s: Spark 4 inflates .GZ, not .tgz.", plural(objects, "file"), size(bytes), andList(sortedKeys(codecs)))
		}
		a.Set = "rename to a suffix that Hadoop knows (.gz), rewrite, or exclude"
		return a
	},
}
