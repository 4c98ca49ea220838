package rules

import (
	"fmt"

	"s3layout/advisor"
)

// PartitionSkew fires when some partitions are far larger than the others.
var PartitionSkew = &advisor.Rule{
	ID:    "partition-skew",
	Title: "Some partitions are far larger than the others",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal(stageSkew, "well above its usual value in stages after the read"),
		signal(uiDuration, "in stages keyed by the partition, a maximum many times the median"),
		signal(allHeap, "one executor above 0.5 while the others are not"),
	},
	Doc: advisor.Doc{
		Saw:    "Partitions fall into two groups by bytes, and those of the upper one are many times as large as those of the lower.",
		Costs:  "A job that works partition by partition (partitionBy, grouping in a partition, a window over the key) waits for these; an executor that gets one may run out of memory.",
		Do:     "Find out why: a default value, a backfill, a runaway producer. Split them by a finer key, or spread them with a salt before the write.",
		Ignore: "The scan is all there is: Spark and Glue cut a partition into tasks by bytes, so that a large one is only more tasks.",
	},
	// The severity is the least of what three guards allow, as in Dr. Elephant.
	Limits: []advisor.Limit{
		{Name: "deviation", Value: 4, Unit: "times more", Reason: "(upper mean - lower mean) / lower mean; Dr. Elephant calls 4 moderate"},
		{Name: "warn_deviation", Value: 8, Unit: "times more", Reason: "Dr. Elephant calls it severe"},
		{Name: "critical_deviation", Value: 16, Unit: "times more", Reason: "Dr. Elephant calls it critical"},
		{Name: "bytes", Value: 256 << 20, Unit: "bytes", Reason: "the upper mean; below it such a partition is a task or two. Dr. Elephant has shares of a block here, as it judges tasks"},
		{Name: "warn_bytes", Value: 1 << 30, Unit: "bytes", Reason: "below it the largest partition is read in seconds"},
		{Name: "critical_bytes", Value: 10 << 30, Unit: "bytes", Reason: "more than the memory of most executors, once it is in it"},
		{Name: "partitions", Value: 4, Unit: "partitions", Reason: "in the lower group; with fewer there is no usual size"},
		{Name: "warn_partitions", Value: 10, Unit: "partitions", Reason: "as many tasks as Dr. Elephant wants at least"},
		{Name: "upper_percent", Value: 25, Unit: "% of partitions", Reason: "in the upper group at most: what a quarter is like is not the exception, and a few small partitions are no skew"},
		{Name: "critical_partitions", Value: 50, Unit: "partitions", Reason: "as many tasks as Dr. Elephant wants for more than a low severity"},
	},
	Sources: []advisor.Source{
		stragglers, {URL: "https://github.com/linkedin/dr-elephant/blob/master/app/com/linkedin/drelephant/mapreduce/heuristics/GenericSkewHeuristic.java", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		s := f.Profile.Skew
		if len(f.Profile.TableFormats) > 0 || s == nil || s.LowerGroup == nil || s.UpperGroup == nil {
			return nil
		}
		lower, upper := s.LowerGroup, s.UpperGroup
		if moreThan(r.Limit("upper_percent"), upper.Partitions, lower.Partitions+upper.Partitions) {
			return nil
		}
		deviation := (upper.MeanBytes - lower.MeanBytes) / max(lower.MeanBytes, 1)
		severity := advisor.Critical
		for name, value := range map[string]int64{"deviation": deviation, "bytes": upper.MeanBytes, "partitions": lower.Partitions} {
			if allowed := guarded(r, name, value); allowed.Rank() < severity.Rank() {
				severity = allowed
			}
		}
		if severity.Rank() == 0 {
			return nil
		}
		a := r.Found(severity)
		a.Evidence["partition"] = s.Largest
		a.Evidence["bytes"] = s.MaxBytes
		a.Evidence["median_bytes"] = s.MedianBytes
		a.Evidence["max_over_median"] = s.MaxOverMedian
		a.Evidence["upper_partitions"] = upper.Partitions
		a.Evidence["upper_mean_bytes"] = upper.MeanBytes
		a.Evidence["lower_partitions"] = lower.Partitions
		a.Evidence["lower_mean_bytes"] = lower.MeanBytes
		a.Evidence["deviation"] = deviation
		a.Evidence["deviation_threshold"] = r.Limit("deviation")
		a.Evidence["gini"] = s.Gini
		if other := f.Profile.Other; other != nil {
			a.Evidence["partitions_not_told_apart"] = other.Partitions
		}
		a.Why = fmt.Sprintf("%.1f × the median: %s in %s.", s.MaxOverMedian, size(s.MaxBytes), quoted(s.Largest))
		a.Set = "split it, or salt the key before the write"
		if upper.Partitions > 1 {
			a.Set = fmt.Sprintf("split these %s, or salt the key before the write", plural(upper.Partitions, "partition"))
		}
		return a
	},
}

// guarded is the most severe that one guard allows; "" where it allows none.
func guarded(r *advisor.Rule, name string, value int64) advisor.Severity {
	switch {
	case value >= r.Limit("critical_"+name):
		return advisor.Critical
	case value >= r.Limit("warn_"+name):
		return advisor.Warning
	case value >= r.Limit(name):
		return advisor.Info
	}
	return ""
}
