package rules

import (
	"fmt"

	"s3layout/advisor"
)

// CoarsePartitions fires for much data with hardly a partition to choose from.
var CoarsePartitions = &advisor.Rule{
	ID:    "coarse-partitions",
	Title: "Partitions are too coarse, or there are none",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("Spark UI, SQL: scan, PartitionFilters", "empty, or as large an input with a filter as without"),
		signal("Athena, Data scanned", "the whole table for a query of a day"),
	},
	Doc: advisor.Doc{
		Saw:    "More than 100 GiB in at most five partitions, or in none.",
		Costs:  "A read that wants a part reads all, or a fifth: nothing can be pruned before listing, and Athena bills what it scans.",
		Do:     "Partition by a column of low cardinality that most queries filter by, mostly a date, so that a partition holds from one to some hundred files of 128 to 512 MiB.",
		Ignore: "Every job reads everything.",
	},
	Limits: []advisor.Limit{
		{Name: "bytes", Value: 100 << 30, Unit: "bytes", Reason: "below it a full scan is minutes on a small cluster, and half a dollar in Athena"},
		{Name: "partitions", Value: 5, Unit: "partitions", Reason: "a key with five values or fewer prunes little; SparkForge draws the line there, too"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/partitions.html", Read: "2026-11"},
		{URL: "https://github.com/EdgarSocrates98/spark-forge-aws", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile
		if len(p.TableFormats) > 0 || p.Totals.Bytes <= r.Limit("bytes") || p.Totals.Partitions > r.Limit("partitions") || p.Partitioning.Scheme == "date" {
			return nil
		}
		a := r.Found(advisor.Info)
		a.Evidence["bytes"] = p.Totals.Bytes
		a.Evidence["partitions"] = p.Totals.Partitions
		a.Evidence["partitions_threshold"] = r.Limit("partitions")
		a.Why = fmt.Sprintf("%s in %s: little to prune.", size(p.Totals.Bytes), plural(p.Totals.Partitions, "partition"))
		if !hasColumns(f) {
			a.Why = fmt.Sprintf("%s without partition columns: every read scans all.", size(p.Totals.Bytes))
		}
		a.Set = "partition by what queries filter by, mostly a date"
		return a
	},
}
