package spark

import "iter"

// Bundle is a set of files that Glue groups together: a partition, or with acrossPartition the whole dataset.
type Bundle struct {
	Objects, Bytes int64
	Alike          int64 // how many such sets there are; 0 stands for 1
}

// PlanGrouped estimates the tasks of a grouped DynamicFrame: each bundle makes at least one, and one for each
// groupSize. A file is never cut, so that the largest of in bounds the largest task from below. growth is bytes in memory
// for each byte of a bundle.
func PlanGrouped(bundles iter.Seq[Bundle], groupSize int64, growth float64, in Input) Plan {
	p := tallied(func(emit func(run)) {
		for b := range bundles {
			if b.Objects > 0 {
				groups := min(max(divUp(b.Bytes, max(groupSize, 1)), 1), b.Objects)
				emit(newRun(b.Bytes/groups, mulCapped(groups, max(b.Alike, 1)), 1))
			}
		}
	})
	p.MedianExpanded, p.MaxExpanded = newRun(p.MedianBytes, 1, growth).expanded, newRun(p.MaxBytes, 1, growth).expanded
	for _, largest := range []run{
		newRun(largestOf(in.splittable()), 1, in.SplittableGrowth), newRun(largestOf(in.whole()), 1, in.WholeGrowth),
	} {
		p.MaxBytes, p.MaxExpanded = max(p.MaxBytes, largest.bytes), max(p.MaxExpanded, largest.expanded)
	}
	p.Estimate = "Glue does not publish how it fills groups; this takes one group for each groupSize bytes of a partition"
	return p
}

func largestOf(files Files) int64 {
	largest := int64(0)
	for size := range files {
		largest = max(largest, size)
	}
	return largest
}
