package rules

import (
	"fmt"

	"s3layout/advisor"
)

// PartitionSkew fires when one partition is far larger than the median one.
var PartitionSkew = &advisor.Rule{
	ID:    "partition-skew",
	Title: "One partition is far larger than the others",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal(stageSkew, "well above its usual value in stages after the read"),
		signal(uiDuration, "in stages keyed by the partition, a maximum many times the median"),
		signal(allHeap, "one executor above 0.5 while the others are not"),
	},
	Doc: advisor.Doc{
		Saw:    "The largest partition holds ten times the bytes of the median one, or more.",
		Costs:  "A job that works partition by partition (partitionBy, grouping in a partition, a window over the key) waits for that one; an executor that gets it may run out of memory.",
		Do:     "Find out why: a default value, a backfill, a runaway producer. Split it by a finer key, or spread it with a salt before the write.",
		Ignore: "The scan is all there is: Spark and Glue cut a partition into tasks by bytes, so that a large one is only more tasks.",
	},
	Limits: []advisor.Limit{
		{Name: "ratio", Value: 10, Unit: "times the median", Reason: "an order of magnitude: below it scheduling evens it out"},
		{Name: "critical_ratio", Value: 100, Unit: "times the median", Reason: "the partition is the dataset"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "below it the largest partition is read in seconds"},
		{Name: "partitions", Value: 5, Unit: "partitions", Reason: "with fewer there is no usual size"},
	},
	Sources: []advisor.Source{
		stragglers, {URL: "https://github.com/linkedin/dr-elephant/blob/master/app/com/linkedin/drelephant/mapreduce/heuristics/GenericSkewHeuristic.java", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		s := f.Profile.Skew
		apart := f.Profile.Totals.Partitions // a largest and a median of few are no sample of many
		if other := f.Profile.Other; other != nil {
			apart -= other.Partitions
		}
		if s == nil || apart < r.Limit("partitions") || s.MaxBytes < r.Limit("bytes") ||
			s.MaxOverMedian < float64(r.Limit("ratio")) {
			return nil
		}
		a := r.Found(advisor.Warning)
		if s.MaxOverMedian >= float64(r.Limit("critical_ratio")) {
			a.Severity = advisor.Critical
		}
		a.Evidence["partition"] = s.Largest
		a.Evidence["bytes"] = s.MaxBytes
		a.Evidence["median_bytes"] = s.MedianBytes
		a.Evidence["max_over_median"] = s.MaxOverMedian
		a.Evidence["max_over_median_threshold"] = r.Limit("ratio")
		a.Evidence["gini"] = s.Gini
		if other := f.Profile.Other; other != nil {
			a.Evidence["partitions_not_told_apart"] = other.Partitions
		}
		a.Why = fmt.Sprintf("%.1f × the median: %s in %s.", s.MaxOverMedian, size(s.MaxBytes), quoted(s.Largest))
		a.Set = "split it, or salt the key before the write"
		return a
	},
}
