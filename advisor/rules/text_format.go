package rules

import (
	"fmt"
	"slices"

	"s3layout/advisor"
)

// TextFormat fires when most of a dataset is text.
var TextFormat = &advisor.Rule{
	ID:    "text-format",
	Title: "Text where Parquet would do",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("Athena, Data scanned, of a query of two columns", "the whole partition"),
		signal("Spark UI, SQL: scan, size of files read", "as much for one column as for all"),
	},
	Doc: advisor.Doc{
		Saw:    "More than half of the bytes are in text: csv, json, xml or lines.",
		Costs:  "A reader of two columns reads all, and parses every character. Text is several times as large as Parquet with snappy or zstd where it is not compressed, and cannot be split where it is (but for bzip2). Athena bills what it scans.",
		Do:     "Convert to Parquet as soon as the data has settled: it compresses inside, splits whatever the codec, and is read by column. Until then write text compressed, in files of at most 128 MiB.",
		Ignore: "It is a landing zone that is read once, or its consumers read nothing else.",
	},
	Limits: []advisor.Limit{
		{Name: "percent", Value: 50, Unit: "% of bytes", Reason: "most of it"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "below it the format hardly matters"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html", Read: "2026-11"}, stragglers,
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile
		var text, plain int64
		largest := ""
		for _, t := range p.Formats { // most bytes first
			if !slices.Contains([]string{"csv", "tsv", "json", "xml", "ion", "text"}, t.Format) {
				continue
			}
			text += t.Bytes
			if t.Compression == "none" {
				plain += t.Bytes
			}
			if largest == "" {
				largest = t.Format
			}
		}
		if len(p.TableFormats) > 0 || text <= r.Limit("bytes") || !moreThan(r.Limit("percent"), text, p.Totals.Bytes) {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Evidence["text_bytes"] = text
		a.Evidence["uncompressed_bytes"] = plain
		a.Evidence["bytes"] = p.Totals.Bytes
		a.Evidence["percent_threshold"] = r.Limit("percent")
		a.Why = fmt.Sprintf("%s of bytes are %s text, %s uncompressed.", advisor.Percent(text, p.Totals.Bytes), largest, advisor.Percent(plain, p.Totals.Bytes))
		a.Set = "write Parquet (snappy or zstd)"
		a.Snippets = append(a.Snippets, toParquet(f))
		return a
	},
}

// toParquet converts the dataset with spark.read, keeping its partition columns as they are spelled.
func toParquet(f *advisor.Facts) advisor.Snippet {
	write := "df.write.mode(\"overwrite\")"
	if names := columnNames(f); len(names) > 0 {
		write = fmt.Sprintf("df.repartition(%s).write.mode(\"overwrite\").partitionBy(%s)", pyArguments(columnsOf(names)), pyArguments(names))
	}
	read := "spark.read"
	if mainFormat(f) == "csv" {
		read += ".option(\"header\", True)"
	}
	return sparkSnippet(fmt.Sprintf(`# Columns of partitions stay as they are spelled: without this month=04 becomes month=4.
spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
df = %s.format(%s).load(%s)
%s.parquet(%s)
`, read, pyString(sparkFormat(mainFormat(f))), pyString(f.Target), write, pyString(beside(f.Target, "parquet"))))
}
