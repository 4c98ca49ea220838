package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// MismatchedContent fires for files whose bytes are not what their name says.
var MismatchedContent = &advisor.Rule{
	ID:    "mismatched-content",
	Title: "Files are not what their name says",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}, Contents: true}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("a count of _corrupt_record, or of rows with unprintable characters", "all rows of these files"),
		signal("the job's error log", "is not a Parquet file, not in GZIP format, or Malformed ORC file"),
	},
	Doc: advisor.Doc{
		Saw:    "Among the files that were opened, bytes of another format or codec than the name promises: gzip named .csv, CSV named .parquet, Parquet inside .gz.",
		Costs:  "Spark and Glue choose codec and reader by the name, or by the first file. Compressed bytes are then read as text, without an error; or the job fails at the first such file.",
		Do:     "Rename the files to what they are, or write them again. Exclude them until then. The counts are of the files that were opened: --probe all finds every one.",
		Ignore: "The job reads them with a reader of its own, one that looks at the bytes.",
	},
	Sources: []advisor.Source{
		{URL: "https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/io/compress/CompressionCodecFactory.java", Read: "2026-11"},
		{URL: "https://github.com/apache/spark/blob/v3.5.1/sql/core/src/main/scala/org/apache/spark/sql/execution/datasources/FileFormat.scala", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		var objects, bytes int64
		var worst *stats.Mismatch
		examples, outcomes := []string{}, map[string]bool{}
		spark4 := f.FoldsCodecs()
		for i := range f.Profile.Probe.Mismatches {
			m := &f.Profile.Probe.Mismatches[i]
			outcome := m.Outcome
			if spark4 {
				outcome = m.Outcome4
			}
			// What the suffix alone shows is for misread-codec; what is read all the same hurts nobody.
			if outcome == "reads" || !m.Mismatch && outcome == "garbage" {
				continue
			}
			objects, bytes = objects+m.Objects, bytes+m.Bytes
			outcomes[outcome] = true
			if worst == nil || m.Objects > worst.Objects {
				worst = m
			}
			examples = append(examples, m.Examples[:min(len(m.Examples), 1)]...)
		}
		if objects == 0 {
			return nil
		}
		opened := f.Profile.Probe.Objects
		a := r.Found(advisor.Critical)
		a.Evidence["objects"] = objects
		a.Evidence["opened"] = opened
		a.Evidence["bytes"] = bytes
		a.Evidence["outcomes"] = sortedKeys(outcomes)
		a.Evidence["examples"] = examples[:min(len(examples), 3)]
		a.Why = fmt.Sprintf("%s of %s opened: %s named %s.", comma(objects), comma(opened), content(worst.Format, worst.Compression), content(worst.NamedFormat, worst.NamedCompression))
		a.Set = "rename or rewrite them, or exclude them: Spark " + outcomeWords(sortedKeys(outcomes))
		return a
	},
}

// content names a format and a codec: csv.gzip, or the one that is known.
func content(format, compression string) string {
	switch {
	case compression == "none" || compression == "unknown":
		return format
	case format == "unknown":
		return compression
	}
	return format + "." + compression
}

func outcomeWords(outcomes []string) string {
	words := map[string]string{"garbage": "reads garbage", "fails": "fails", "nothing": "reads no row", "lost": "reads no row"}
	var out []string
	for _, o := range outcomes {
		if w := words[o]; w != "" && !strings.Contains(strings.Join(out, " "), w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " or ")
}
