package rules

import (
	"fmt"

	"s3layout/advisor"
)

// IDLikeKey fires for a partition column with so many values that it names things, not groups of them.
var IDLikeKey = &advisor.Rule{
	ID:    "id-like-key",
	Title: "A partition column with as many values as an ID",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("the catalog's GetPartitions, or Athena's QueryPlanningTimeInMillis", "seconds to minutes before a query starts"),
	},
	Doc: advisor.Doc{
		Saw:    "A partition column with more than 10,000 different values that is no date.",
		Costs:  "Each value is a directory, with small files for good: partitions grow with users, devices or orders, and listing and planning with them. Writers make a file for each value and task.",
		Do:     "Partition by a hash of the column instead: a fixed number of buckets, in which a reader of one value finds it; or sort by it within coarser partitions.",
		Ignore: "Reads always name one value, and nothing ever scans the dataset.",
	},
	Limits: []advisor.Limit{
		{Name: "distinct", Value: 10000, Unit: "values", Reason: "27 years of days have fewer; from here a catalog needs partition indexes"},
		{Name: "buckets", Value: 256, Unit: "buckets", Reason: "enough to prune by, and few enough to list"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/ctas-partitioning-and-bucketing.html", Read: "2026-11"},
		{URL: "https://docs.aws.amazon.com/prescriptive-guidance/latest/spark-tuning-glue-emr/welcome.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		if !hasColumns(f) {
			return nil
		}
		for _, k := range f.Profile.Partitioning.Keys {
			if k.Distinct <= r.Limit("distinct") || k.Type == "date" || k.Type == "timestamp" {
				continue
			}
			buckets := r.Limit("buckets")
			a := r.Found(advisor.Warning)
			a.Evidence["column"] = k.Name
			a.Evidence["distinct"] = k.Distinct
			a.Evidence["distinct_threshold"] = r.Limit("distinct")
			a.Evidence["type"] = k.Type
			a.Why = fmt.Sprintf("%s has %s values: a directory each.", quoted(k.Name), comma(k.Distinct))
			a.Set = fmt.Sprintf("partition by a hash of it in %d buckets", buckets)
			a.Impact = &advisor.Impact{Metric: "values", Before: k.Distinct, After: buckets}
			a.Snippets = append(a.Snippets, sparkSnippet(fmt.Sprintf(`from pyspark.sql import functions as F

bucket = F.pmod(F.xxhash64(F.col(%[1]s).cast("string")), F.lit(%[2]d))
df = df.withColumn("bucket", bucket).repartition(%[2]d, "bucket")
# A reader of one value adds the same expression: .where(bucket == ...)
`, pyString(columnsOf([]string{k.Name})[0]), buckets)))
			return a
		}
		return nil
	},
}
