package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
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
		Costs:  "The directory holds live and dead files alike: those of older versions, and those that nothing refers to. A raw spark.read or DynamicFrame reads them all. Where the metadata was read, all figures here are of the live files; else they count dead ones, too.",
		Do:     "Read through the table format, and compact with its own command. Delta: OPTIMIZE, then VACUUM ... DRY RUN, then VACUUM. Iceberg: rewrite_data_files (to 512 MB, of files under 75 % of it), expire_snapshots, then remove_orphan_files with dry_run. Hudi: clustering and the cleaner. Never delete files by hand: shallow clones, branches, tags and running writers may need what looks dead here.",
		Ignore: "Never, as far as raw reads go. Where every table was read there is nothing else to do.",
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-datalake-native-frameworks.html", Read: "2026-11"},
		{URL: "https://github.com/delta-io/delta/blob/master/PROTOCOL.md", Read: "2026-11"},
		{URL: "https://github.com/apache/iceberg/blob/main/format/spec.md", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		tables := f.Profile.TableFormats
		if len(tables) == 0 {
			return nil
		}
		a := r.Found(advisor.Warning)
		sum, formats := sumTables(tables)
		a.Evidence["tables"] = len(tables)
		a.Evidence["formats"] = sortedKeys(formats)
		a.Why = fmt.Sprintf("%s (%s): a listing counts dead files too.", plural(int64(len(tables)), "table"), strings.Join(sortedKeys(formats), ", "))
		a.Set = "read and compact through the table format"
		if sum.read == 0 {
			return a
		}
		a.Evidence["tables_read"] = sum.read
		a.Evidence["live_files"], a.Evidence["live_bytes"] = sum.live.Objects, sum.live.Bytes
		a.Evidence["dead_files"], a.Evidence["dead_bytes"] = sum.dead.Objects, sum.dead.Bytes
		a.Why = fmt.Sprintf("%s live, %s; dead: %s, %s.", plural(sum.live.Objects, "file"), size(sum.live.Bytes), comma(sum.dead.Objects), size(sum.dead.Bytes))
		if sum.read == int64(len(tables)) {
			a.Severity = advisor.Info
		}
		a.Snippets = maintenance(formats)
		return a
	},
}

// A tableSum is what the tables hold whose metadata was read.
type tableSum struct {
	read             int64
	live, dead, logs stats.TableCount
}

func sumTables(tables []stats.TableFormat) (sum tableSum, formats map[string]bool) {
	formats = map[string]bool{}
	for _, t := range tables {
		formats[t.Format] = true
		if t.Objects == nil {
			continue
		}
		dead := t.Objects.Dead()
		sum.read++
		for _, add := range []struct{ to, n *stats.TableCount }{{&sum.live, &t.Objects.Live}, {&sum.dead, &dead}, {&sum.logs, &t.Objects.Metadata}} {
			add.to.Objects += add.n.Objects
			add.to.Bytes += add.n.Bytes
		}
	}
	return sum, formats
}

// tableCompaction is what each format compacts with, in words.
func tableCompaction(formats map[string]bool) string {
	words := map[string]string{"delta": "OPTIMIZE", "iceberg": "rewrite_data_files"}
	var out []string
	for _, format := range sortedKeys(formats) {
		out = append(out, words[format])
	}
	return strings.Join(out, ", ")
}

// compactTables is what each format compacts with, to paste.
func compactTables(formats map[string]bool) []advisor.Snippet {
	var out []advisor.Snippet
	if formats["delta"] {
		out = append(out, advisor.Snippet{Kind: "spark-sql-delta", Language: "sql", Code: "OPTIMIZE my_table;\n"})
	}
	if formats["iceberg"] {
		out = append(out, advisor.Snippet{Kind: "spark-sql-iceberg", Language: "sql", Code: "CALL my_catalog.system.rewrite_data_files(table => 'db.my_table');\n"})
	}
	return out
}

// maintenance is what each format compacts and cleans with; a dry run stands before what deletes.
func maintenance(formats map[string]bool) []advisor.Snippet {
	var out []advisor.Snippet
	add := func(format, code string) {
		if formats[format] {
			out = append(out, advisor.Snippet{Kind: "spark-sql-" + format, Language: "sql", Code: code})
		}
	}
	add("delta", "OPTIMIZE my_table;\n-- shallow clones of the table may need what VACUUM deletes\nVACUUM my_table DRY RUN;\n-- read what it lists; then VACUUM my_table;\n")
	add("iceberg", "CALL my_catalog.system.rewrite_data_files(table => 'db.my_table');\nCALL my_catalog.system.expire_snapshots(table => 'db.my_table');\n"+
		"-- after expire_snapshots, and older than any running writer\nCALL my_catalog.system.remove_orphan_files(table => 'db.my_table', dry_run => true);\n-- read what it lists; then once more with dry_run => false\n")
	return out
}
