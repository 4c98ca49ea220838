package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
)

// PartitionPruning offers the predicate that reads the last partition alone, of dates the newest.
var PartitionPruning = &advisor.Rule{
	ID:    "partition-pruning",
	Title: "A predicate reads only the partitions needed",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Exact,
	Offer: true,
	Confirm: []advisor.Signal{
		signal("Spark UI, SQL: scan, number of partitions read", "those of the predicate"),
		signal(bytesRead, "the bytes of these partitions"),
	},
	Doc: advisor.Doc{
		Saw:    "A hundred partitions or more, of which a job may want a few.",
		Costs:  "Nothing is wrong. But a read without a predicate lists and reads them all.",
		Do:     "Give a predicate over partition columns: push_down_predicate from the Data Catalog, where() for spark.read. Values in the catalog are strings: quote them as they are spelled. For more than 10,000 partitions let the catalog choose, by an index and catalogPartitionPredicate: push_down_predicate fetches all of them first.",
		Ignore: "The job wants everything.",
	},
	Limits: []advisor.Limit{
		{Name: "partitions", Value: 100, Unit: "partitions", Reason: "fewer are listed in no time"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "less is read in no time"},
		{Name: "catalog_partitions", Value: 10000, Unit: "partitions", Reason: "from here fetching them from the catalog takes longer than choosing by an index"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-partitions.html", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/partition-indexes.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile
		predicate := lastPartition(f)
		if !hasColumns(f) || p.Totals.Partitions < r.Limit("partitions") || p.Totals.Bytes <= r.Limit("bytes") || predicate == "" || p.Skew == nil {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Evidence["partitions"] = p.Totals.Partitions
		a.Evidence["bytes"] = p.Totals.Bytes
		a.Evidence["median_bytes"] = p.Skew.MedianBytes
		a.Evidence["last"] = predicate
		a.Why = fmt.Sprintf("all %s partitions are %s, the median one %s.", comma(p.Totals.Partitions), size(p.Totals.Bytes), size(p.Skew.MedianBytes))
		a.Set = "push_down_predicate=" + pyString(predicate)
		if !f.Engine.DynamicFrames {
			a.Set = ".where(" + pyString(predicate) + ")"
		}
		if len(a.Set) > 76 {
			a.Set = "the predicate of the snippet"
		}
		if f.Engine.DynamicFrames {
			lines := readOptions(f, allOptions...)
			if p.Totals.Partitions > r.Limit("catalog_partitions") {
				lines = append(lines, fmt.Sprintf("        \"catalogPartitionPredicate\": %s,", pyString(predicate)))
			}
			a.Snippets = append(a.Snippets, catalogRead("# The last partition, by its values, of the table over this prefix.\n", lines,
				fmt.Sprintf("push_down_predicate=%s", pyString(predicate))))
		}
		a.Snippets = append(a.Snippets, sparkRead(f, mainFormat(f)))
		a.Snippets[len(a.Snippets)-1].Code += fmt.Sprintf("df = df.where(%s)\n", pyString(predicate))
		return a
	},
}

// lastPartition is a predicate for the partition whose values come last; "" where names or values are not plain enough to be
// pasted. Values are quoted: a catalog holds strings, and Spark turns '04' into 4 where it inferred a number. The equals sign is
// single: Spark takes it, and so does the parser of catalogPartitionPredicate, which knows no other.
func lastPartition(f *advisor.Facts) string {
	var terms []string
	for _, v := range f.Profile.Partitioning.Last {
		if v.Value == nil || !plainName(v.Key) || strings.ContainsAny(*v.Value, `'\`) || !printable(*v.Value) {
			return ""
		}
		terms = append(terms, fmt.Sprintf("%s = '%s'", v.Key, *v.Value))
	}
	return strings.Join(terms, " and ")
}

// plainName reports whether a column's name needs no quotes in SQL.
func plainName(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
