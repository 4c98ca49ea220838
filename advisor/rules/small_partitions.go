package rules

import (
	"fmt"

	"s3layout/advisor"
)

// SmallPartitions fires when the usual partition is less than one task reads.
var SmallPartitions = &advisor.Rule{
	ID:    "small-partitions",
	Title: "Partitions are too fine",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("Athena, QueryPlanningTimeInMillis of a query", "a large share of EngineExecutionTimeInMillis"),
		signal(uiInput, "a median far below 128 MiB for grouped DynamicFrames: a task for each partition at least"),
	},
	Doc: advisor.Doc{
		Saw:    "Many partitions, of which the median one holds less than a single task reads.",
		Costs:  "A file never spans partitions, so that none can be larger than its partition: compaction does not help. Every partition is a LIST request for Spark 3, an entry in the catalog, and at least one task for a grouped DynamicFrame.",
		Do:     "Drop the last column from the layout (it stays a column of the data), so that a partition holds files of a good size; columnar files find their rows by statistics.",
		Ignore: "Nearly every read picks single partitions, and files are few in each.",
	},
	Limits: []advisor.Limit{
		{Name: "median_bytes", Value: 128 << 20, Unit: "bytes", Reason: "what a task reads, and the lower end of a good file size; SparkForge draws the line there, too"},
		{Name: "partitions", Value: 100, Unit: "partitions", Reason: "fewer do no harm, whatever their size"},
		{Name: "warn_partitions", Value: 10000, Unit: "partitions", Reason: "from here listing them takes a driver minutes, and a catalog needs an index"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/athena/latest/ug/performance-tuning.html", Read: "2026-11"},
		{URL: "https://github.com/EdgarSocrates98/spark-forge-aws", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		s := f.Profile.Skew
		if !hasColumns(f) || s == nil || f.Profile.Totals.Partitions < r.Limit("partitions") || s.MedianBytes >= r.Limit("median_bytes") {
			return nil
		}
		a := r.Found(advisor.Info)
		if f.Profile.Totals.Partitions >= r.Limit("warn_partitions") {
			a.Severity = advisor.Warning
		}
		a.Evidence["partitions"] = f.Profile.Totals.Partitions
		a.Evidence["median_bytes"] = s.MedianBytes
		a.Evidence["median_bytes_threshold"] = r.Limit("median_bytes")
		a.Why = fmt.Sprintf("%s with a median of %s: less than a task.", plural(f.Profile.Totals.Partitions, "partition"), size(s.MedianBytes))
		levels := f.Profile.Partitioning.Levels
		a.Set = "a coarser key: a day for an hour, a month for a day, a range for a number"
		if len(levels) > 0 {
			a.Evidence["levels"] = levelRows(levels)
		}
		if i := coarser(levels, r.Limit("median_bytes")); i >= 0 {
			a.Set = fmt.Sprintf("partition by %s: %s of ~%s", levelNames(levels, i), comma(levels[i].Partitions), size(levels[i].MedianBytes))
			a.Evidence["proposed_partitions"] = levels[i].Partitions
			a.Evidence["proposed_median_bytes"] = levels[i].MedianBytes
			a.Impact = &advisor.Impact{Metric: "partitions", Before: f.Profile.Totals.Partitions, After: levels[i].Partitions}
		} else if f.Profile.Totals.Bytes < r.Limit("partitions")*r.Limit("median_bytes")/10 {
			a.Set = fmt.Sprintf("no partition columns: all of it is %s", size(f.Profile.Totals.Bytes))
		}
		if len(a.Set) > 76 || !printable(a.Set) {
			a.Set = "drop the last partition columns; the evidence has the sizes"
		}
		return a
	},
}
