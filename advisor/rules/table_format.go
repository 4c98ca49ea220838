package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
)

// TableFormat fires when a table format manages the files.
var TableFormat = &advisor.Rule{
	ID:    "table-format",
	Title: "A table format manages these files",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("the count of a raw read, and that of a read through the table format", "the raw one is larger"),
	},
	Doc: advisor.Doc{
		Saw:    "The log of Delta Lake (_delta_log), Apache Hudi (.hoodie) or Apache Iceberg (metadata/*.metadata.json).",
		Costs:  "A listing shows live and dead files alike: removed files, old snapshots. What spark.read or a DynamicFrame makes of the raw prefix is wrong, and so are plans made from the listing.",
		Do:     "Read through the table format, and compact with its own command: OPTIMIZE, rewrite_data_files, clustering.",
		Ignore: "Never, as far as raw reads go. The figures still say what lies on S3.",
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-datalake-native-frameworks.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		tables := f.Profile.TableFormats
		if len(tables) == 0 {
			return nil
		}
		a := r.Found(advisor.Warning)
		formats := map[string]bool{}
		for _, t := range tables {
			formats[t.Format] = true
		}
		a.Evidence["tables"] = len(tables)
		a.Evidence["formats"] = sortedKeys(formats)
		a.Why = fmt.Sprintf("%s (%s): a listing counts dead files too.", plural(int64(len(tables)), "table"), strings.Join(sortedKeys(formats), ", "))
		a.Set = "read and compact through the table format"
		return a
	},
}
