package rules

import (
	"fmt"

	"s3layout/advisor"
)

// AthenaPartitions fires above the numbers of partitions that Athena and the Data Catalog are made for.
var AthenaPartitions = &advisor.Rule{
	ID:    "athena-partitions",
	Title: "More partitions than Athena plans well",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.Athena}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("Athena, QueryPlanningTimeInMillis", "most of the query's time"),
	},
	Doc: advisor.Doc{
		Saw:    "More than 100,000 partitions.",
		Costs:  "Athena fetches the partitions that a query's filter leaves before it starts: above 100,000 that is slow, and a scan of more than 1,000,000 is refused. A table may have 10,000,000 with a partition index.",
		Do:     "Use partition projection (values computed from the table's properties, no catalog calls) unless more than half of the projected partitions are empty; else a partition index on the columns that queries filter by. Or take coarser partitions.",
		Ignore: "Athena and Redshift Spectrum do not read this prefix.",
	},
	Limits: []advisor.Limit{
		{Name: "slow", Value: 100000, Unit: "partitions", Reason: "Athena's guide calls more than this slow"},
		{Name: "scan", Value: 1000000, Unit: "partitions", Reason: "the most that one scan may read"},
		{Name: "table", Value: 10000000, Unit: "partitions", Reason: "the most that a table may have, with partition indexes"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/partitions.html", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		n := f.Profile.Totals.Partitions
		if !hasColumns(f) || n <= r.Limit("slow") {
			return nil
		}
		a := r.Found(advisor.Info)
		bound, what := r.Limit("slow"), "planning is slow"
		if n > r.Limit("scan") {
			a.Severity, bound, what = advisor.Warning, r.Limit("scan"), "a full scan is refused"
		}
		if n > r.Limit("table") {
			a.Severity, bound, what = advisor.Critical, r.Limit("table"), "more than a table may have"
		}
		if o := f.Profile.Other; o != nil && o.Estimated {
			a.Confidence = advisor.Estimate
		}
		a.Evidence["partitions"] = n
		a.Evidence["partitions_threshold"] = bound
		a.Why = fmt.Sprintf("%s partitions > %s: %s.", comma(n), comma(bound), what)
		a.Set = "partition projection, a partition index, or coarser partitions"
		a.Snippets = append(a.Snippets, advisor.Snippet{Kind: "aws-cli", Language: "shell", Code: indexCommand(f)})
		return a
	},
}

// indexCommand makes an index on the partition columns. Names of columns are a stranger's: they go through the shell in single
// quotes.
func indexCommand(f *advisor.Facts) string {
	var keys []string
	for _, k := range f.Profile.Partitioning.Keys {
		keys = append(keys, k.Name)
	}
	return "aws glue create-partition-index --database-name DATABASE --table-name TABLE \\\n  --partition-index " +
		shellQuoted(fmt.Sprintf(`{"Keys":%s,"IndexName":"by_columns"}`, jsonList(keys))) + "\n"
}
