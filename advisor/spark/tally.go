package spark

import "math/bits"

// A tally sums tasks up in one pass, in memory that does not grow with them.
type tally struct {
	plan         Plan
	grows        bool // some tasks expand
	bytes, grown counts
}

// tallied is the plan of tasks, which are n at a time. It passes over them twice: medians lie in the buckets that the first
// pass tells, and only tasks of these are kept.
func tallied(tasks func(emit func(run))) Plan {
	var t tally
	tasks(t.add)
	p, rank := t.plan, divUp(t.plan.Tasks, 2)
	if rank == 0 {
		return p
	}
	stored, grown := t.bytes.find(rank), t.grown.find(rank)
	tasks(func(r run) {
		stored.add(r.bytes, r.n)
		if t.grows {
			grown.add(r.expanded, r.n)
		}
	})
	p.MedianBytes = stored.smallest()
	if p.MedianExpanded = p.MedianBytes; t.grows {
		p.MedianExpanded = grown.smallest()
	}
	return p
}

func (t *tally) add(r run) {
	p := &t.plan
	p.Tasks = addCapped(p.Tasks, r.n)
	p.MaxBytes, p.MaxExpanded = max(p.MaxBytes, r.bytes), max(p.MaxExpanded, r.expanded)
	t.grows = t.grows || r.bytes != r.expanded
	t.bytes.add(r.bytes, r.n)
	t.grown.add(r.expanded, r.n)
}

// counts are of tasks, by the bucket of some value.
type counts [buckets]int64

func (c *counts) add(value, n int64) {
	at := &c[bucket(value)]
	*at = addCapped(*at, n)
}

// find returns where the task of that rank is, from 1 for the smallest.
func (c *counts) find(rank int64) ranked {
	at := 0
	for ; at < buckets-1 && c[at] < rank; at++ {
		rank -= c[at]
	}
	return ranked{bucket: at, rank: rank}
}

// ranked finds a value by its rank in a bucket, whose values it is given.
type ranked struct {
	bucket int
	rank   int64
	values values
}

func (r *ranked) add(v, n int64) {
	if bucket(v) != r.bucket {
		return
	}
	if last := len(r.values) - 1; last >= 0 && r.values[last].value == v {
		r.values[last].n = addCapped(r.values[last].n, n)
		return
	}
	r.values = append(r.values, value{v, n})
}

func (r *ranked) smallest() int64 { return r.values.smallest(r.rank) }

// Buckets divide each octave in 128.
const (
	bucketBits = 7
	buckets    = (63 - bucketBits + 1) << bucketBits
)

// bucket rises with v, which is not negative.
func bucket(v int64) int {
	octave := max(bits.Len64(uint64(v))-bucketBits-1, 0)
	return octave<<bucketBits + int(v>>octave)
}

type values []value

type value struct{ value, n int64 }

// smallest returns the value of that rank, from 1; 0 where there is none. It reorders them, in time that grows with their
// number alone.
//
// Note: a pivot of the first, the middle and the last makes that quadratic on partitions, which come largest first: what one
// round leaves is the worst for the next.
func (s values) smallest(rank int64) int64 {
	random := uint64(1)
	pick := func() int64 {
		random = random*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
		return s[random>>32%uint64(len(s))].value
	}
	for len(s) > 0 {
		pivot := middle(pick(), pick(), pick())
		less, more := 0, len(s) // s[:less] is below the pivot, s[more:] above it
		below, same := int64(0), int64(0)
		for i := 0; i < more; {
			switch v := s[i].value; {
			case v < pivot:
				below = addCapped(below, s[i].n)
				s[less], s[i] = s[i], s[less]
				less++
				i++
			case v > pivot:
				more--
				s[more], s[i] = s[i], s[more]
			default:
				same = addCapped(same, s[i].n)
				i++
			}
		}
		switch {
		case rank <= below:
			s = s[:less]
		case rank <= addCapped(below, same):
			return pivot
		default:
			rank -= below + same
			s = s[more:]
		}
	}
	return 0
}

func middle(a, b, c int64) int64 { return max(min(a, b), min(max(a, b), c)) }
