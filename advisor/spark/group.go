package spark

import (
	"iter"
	"math"
)

// Bundle is a set of files that Glue groups together: a partition, or with acrossPartition the whole dataset.
type Bundle struct{ Objects, Bytes int64 }

// PlanGrouped estimates the tasks of a grouped DynamicFrame: each bundle makes at least one, and one for each
// groupSize. A file is never cut, so that the largest of in bounds the largest task from below. growth is bytes in memory
// for each byte of a bundle.
func PlanGrouped(bundles iter.Seq[Bundle], groupSize int64, growth float64, in Input) Plan {
	var t tally
	for b := range bundles {
		if b.Objects == 0 {
			continue
		}
		groups := min(max(divUp(b.Bytes, max(groupSize, 1)), 1), b.Objects)
		t.add([]run{newRun(b.Bytes/groups, 1, growth)}, groups)
	}
	p := t.plan()
	for _, c := range cut(in, math.MaxInt64) {
		p.MaxBytes, p.MaxExpanded = max(p.MaxBytes, c.bytes), max(p.MaxExpanded, c.expanded)
	}
	p.Estimate = "Glue does not publish how it fills groups; this takes one group for each groupSize bytes of a partition"
	return p
}
