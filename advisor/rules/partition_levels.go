package rules

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// Words for partitions by some of their columns; small-partitions, coarse-partitions and partition-pruning share them.

// levelNames spells the columns that a level keeps: year/month.
func levelNames(levels []stats.Level, last int) string {
	names := make([]string, 0, last+1)
	for _, l := range levels[:last+1] {
		names = append(names, l.Key)
	}
	return strings.Join(names, "/")
}

// levelRows are the sizes at each level, for evidence.
func levelRows(levels []stats.Level) []string {
	rows := make([]string, 0, len(levels))
	for i, l := range levels {
		rows = append(rows, fmt.Sprintf("%s: %s, median %s, largest %s", levelNames(levels, i), plural(l.Partitions, "partition"), size(l.MedianBytes), size(l.MaxBytes)))
	}
	return rows
}

// coarser is the finest level whose median partition holds at least so many bytes, -1 where none does.
func coarser(levels []stats.Level, bytes int64) int {
	for i := len(levels) - 2; i >= 0; i-- {
		if levels[i].MedianBytes >= bytes {
			return i
		}
	}
	return -1
}

func hasColumns(f *advisor.Facts) bool {
	scheme := f.Profile.Partitioning.Scheme
	return len(f.Profile.TableFormats) == 0 && (scheme == "hive" || scheme == "mixed") && len(f.Profile.Partitioning.Keys) > 0
}
