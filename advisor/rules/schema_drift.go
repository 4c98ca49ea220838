package rules

import (
	"fmt"

	"s3layout/advisor"
)

// SchemaDrift fires where files of one format disagree on their columns.
var SchemaDrift = &advisor.Rule{
	ID:    "schema-drift",
	Title: "Files disagree on their columns",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}, Contents: true}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("df.printSchema(), against that of a file of each schema", "columns that are missing, or of one type where the file has another"),
	},
	Doc: advisor.Doc{
		Saw:    "Among the files that were opened, several schemas: columns that some files lack, or have in another type.",
		Costs:  "Spark takes the columns of one file, so that those it lacks are lost without a word; a type that differs fails the task that meets it ('Parquet column cannot be converted') or makes a DynamicFrame's choice type. CSV is read by position: a column that moved is read as another.",
		Do:     "Read with mergeSchema where columns were added, with a schema of your own where that serves all files, and apart where types differ; write the odd files again. resolveChoice settles a choice type.",
		Ignore: "The reader states its schema, or a table in the catalog does, and the columns that differ are not in it.",
	},
	Limits: []advisor.Limit{
		{Name: "schemas", Value: 2, Unit: "schemas", Reason: "one is no drift"},
	},
	Sources: []advisor.Source{
		{URL: "https://spark.apache.org/docs/3.5.1/sql-data-sources-parquet.html#schema-merging", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-transforms-ResolveChoice.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		if len(f.Profile.TableFormats) > 0 {
			return nil // a table's metadata says what its columns are, and several tables have each their own
		}
		for _, s := range f.Profile.Probe.Schemas {
			if s.NamesOnly || s.Distinct < r.Limit("schemas") {
				continue
			}
			if s.Format == "avro" && len(s.Columns) == 0 {
				continue // names of records, defaults
			}
			missing, changed := []string{}, []string{}
			for _, c := range s.Columns {
				if len(c.Types) > 1 {
					changed = append(changed, c.Path)
				}
				if c.Missing > 0 {
					missing = append(missing, c.Path)
				}
			}
			a := r.Found(advisor.Warning)
			a.Evidence["format"] = s.Format
			a.Evidence["opened"] = s.Files
			a.Evidence["schemas"] = s.Distinct
			a.Evidence["changed"] = changed[:min(len(changed), 10)]
			a.Evidence["missing"] = missing[:min(len(missing), 10)]
			a.Why = fmt.Sprintf("%s schemas in %s %s files", comma(s.Distinct), comma(s.Files), s.Format)
			switch {
			case len(changed) > 0:
				a.Why += fmt.Sprintf(": %s.", plural(int64(len(changed)), "changed type"))
				a.Set = "read them apart, or cast; write the odd files again"
			case len(missing) > 0:
				a.Why += fmt.Sprintf(": %s not in all.", plural(int64(len(missing)), "column"))
				a.Set = "mergeSchema=true, or a schema that names all columns"
			default:
				if s.Format != "csv" && s.Format != "tsv" {
					a.Severity = advisor.Info // others are read by names
				}
				a.Why += ": the order of columns."
				a.Set = "read by names, not by position"
			}
			if s.Format == "parquet" && len(changed) == 0 && len(missing) > 0 {
				a.Snippets = append(a.Snippets, sparkRead(f, "parquet", `option("mergeSchema", "true")`))
			}
			return a
		}
		return nil
	},
}
