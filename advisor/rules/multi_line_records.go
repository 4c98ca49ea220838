package rules

import (
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor"
)

// MultiLineRecords fires where records of text go over several lines.
var MultiLineRecords = &advisor.Rule{
	ID:    "multi-line-records",
	Title: "Records go over several lines",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}, Contents: true}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("a count of _corrupt_record, or of rows against what the writer wrote", "more rows than records, most of them broken"),
	},
	Doc: advisor.Doc{
		Saw:    "Among the files that were opened, JSON objects that are spread over lines (pretty-printed), or quoted values with line ends in CSV.",
		Costs:  "Readers take each line for a record unless they are told otherwise: rows are broken, mostly without an error. With multiLine Spark reads them right, and reads each file whole, in one task.",
		Do:     "Set multiLine for the read (Spark; multiline in Glue's format_options), and write the files again, one record a line, or as Parquet. Athena's CSV and JSON readers need one record a line.",
		Ignore: "The read sets multiLine already, and no file is large.",
	},
	Limits: []advisor.Limit{
		{Name: "task_bytes", Value: 128 << 20, Unit: "bytes", Reason: "spark.sql.files.maxPartitionBytes: larger files would be cut, and are not"},
	},
	Sources: []advisor.Source{
		{URL: "https://github.com/apache/spark/blob/v3.5.1/sql/core/src/main/scala/org/apache/spark/sql/execution/datasources/csv/CSVDataSource.scala", Read: "2026-11"},
		{URL: "https://spark.apache.org/docs/3.5.1/sql-data-sources-json.html", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-format-csv-home.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		m := f.MultiLine()
		if m.Files == 0 {
			return nil
		}
		var large int64
		for _, t := range f.Profile.Formats {
			if t.Splittable && slices.Contains(m.Formats, t.Format) {
				n, _ := largerThan(t, r.Limit("task_bytes"))
				large += n
			}
		}
		a := r.Found(advisor.Warning)
		a.Evidence["opened"] = m.Opened
		a.Evidence["multi_line"] = m.Files
		a.Evidence["formats"] = m.Formats
		a.Evidence["examples"] = m.Examples
		a.Evidence["files_over_128_mib"] = large
		a.Why = fmt.Sprintf("%s of %s %s opened: records span lines.", comma(m.Files), comma(m.Opened), strings.Join(m.Formats, ", "))
		if large > 0 {
			a.Why = strings.TrimSuffix(a.Why, ".") + fmt.Sprintf("; %s > 128 MiB.", comma(large))
		}
		a.Set = "multiLine=true, and one record a line from now on"
		if len(m.Formats) == 1 {
			format := strings.Replace(m.Formats[0], "tsv", "csv", 1)
			options := []string{`option("multiLine", "true")`}
			if m.Formats[0] == "tsv" {
				options = append(options, `option("sep", "\t")`)
			}
			a.Snippets = append(a.Snippets, sparkRead(f, format, options...))
		}
		return a
	},
}
