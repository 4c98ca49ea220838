// Package spark simulates how Spark and AWS Glue cut files into tasks: file sizes in, a Plan out.
//
// It is arithmetic on sizes: it reads nothing, and knows neither listings nor reports. Where an engine's rule is public
// the plan is the engine's own, and held to what real Spark planned (testdata/spark); where it is not (Glue's grouping)
// the plan says that it is an estimate.
package spark

import (
	"iter"
	"math"
	"slices"
)

// Files are the sizes of files in bytes, each with the number of files that have it, in any order. Sizes of no byte are
// passed over: see Input.Empty.
type Files = iter.Seq2[int64, int64]

// Input is what a reader finds: the files that it may cut, and those that it reads whole.
type Input struct {
	Splittable, Whole Files
	// Empty is how many files hold no byte.
	Empty int64
	// SplittableGrowth and WholeGrowth are bytes in memory for each byte of such a file; 0 stands for 1.
	SplittableGrowth, WholeGrowth float64
}

// each yields the sizes of all files that hold a byte.
func (in Input) each(yield func(size, n int64) bool) {
	for _, files := range []Files{in.splittable(), in.whole()} {
		for size, n := range files {
			if !yield(size, n) {
				return
			}
		}
	}
}

func (in Input) splittable() Files { return filled(in.Splittable) }

func (in Input) whole() Files { return filled(in.Whole) }

// filled yields the sizes of files that hold a byte.
func filled(files Files) Files {
	return func(yield func(int64, int64) bool) {
		if files == nil {
			return
		}
		for size, n := range files {
			if size > 0 && n > 0 && !yield(size, n) {
				return
			}
		}
	}
}

// distinct counts the sizes.
func (in Input) distinct() int {
	n := 0
	for range in.each {
		n++
	}
	return n
}

// A Plan is how a reader cuts a dataset into tasks.
type Plan struct {
	Tasks int64
	// MedianBytes and MaxBytes are of the bytes that one task reads; the median is the lower one.
	MedianBytes, MaxBytes int64
	// MedianExpanded and MaxExpanded are of the bytes that these become in memory.
	MedianExpanded, MaxExpanded int64
	// Chunks is how many byte ranges the tasks read; 0 where that is not told.
	Chunks int64
	// Estimate says why the plan is not the engine's own; "" means that it is.
	Estimate string
}

// Waves is how many rounds the tasks take when cores of them run at a time.
func (p Plan) Waves(cores int64) int64 { return divUp(p.Tasks, max(cores, 1)) }

// IdleCores is how many cores have nothing to do, even in the first wave.
func (p Plan) IdleCores(cores int64) int64 { return max(cores-p.Tasks, 0) }

// run is a number of chunks of the same bytes, which are expanded bytes each in memory.
type run struct{ bytes, expanded, n int64 }

// newRun grows bytes by a factor.
func newRun(bytes, n int64, growth float64) run {
	if growth <= 0 || growth == 1 {
		return run{bytes, bytes, n}
	}
	expanded := int64(math.MaxInt64)
	if grown := float64(bytes) * growth; grown < math.MaxInt64 {
		expanded = int64(grown)
	}
	return run{bytes, expanded, n}
}

// tally collects tasks.
type tally []run

// add counts n tasks of the given chunks each.
func (t *tally) add(chunks []run, n int64) {
	sum := run{n: n}
	for _, c := range chunks {
		sum.bytes = addCapped(sum.bytes, mulCapped(c.bytes, c.n))
		sum.expanded = addCapped(sum.expanded, mulCapped(c.expanded, c.n))
	}
	if last := len(*t) - 1; last >= 0 && (*t)[last].bytes == sum.bytes && (*t)[last].expanded == sum.expanded {
		(*t)[last].n += n
		return
	}
	if len(*t) == cap(*t) {
		*t = slices.Grow(*t, max(len(*t), 64)) // append grows a long one by a quarter, and copies it each time
	}
	*t = append(*t, sum)
}

func (t tally) plan() Plan {
	var p Plan
	grows := false
	for _, r := range t {
		grows = grows || r.bytes != r.expanded
		p.Tasks = addCapped(p.Tasks, r.n)
		p.MaxBytes, p.MaxExpanded = max(p.MaxBytes, r.bytes), max(p.MaxExpanded, r.expanded)
	}
	half := divUp(p.Tasks, 2)
	p.MedianBytes = t.smallest(half, func(r run) int64 { return r.bytes })
	if p.MedianExpanded = p.MedianBytes; grows {
		p.MedianExpanded = t.smallest(half, func(r run) int64 { return r.expanded })
	}
	return p
}

// smallest returns what of gives for the task of that rank, from 1; 0 where there is none. It reorders the tally, in time
// that grows with its length alone.
//
// Note: a pivot of the first, the middle and the last makes that quadratic on partitions, which come largest first: what one
// round leaves is the worst for the next.
func (t tally) smallest(rank int64, of func(run) int64) int64 {
	random := uint64(1)
	pick := func() int64 {
		random = random*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
		return of(t[random>>32%uint64(len(t))])
	}
	for len(t) > 0 {
		pivot := middle(pick(), pick(), pick())
		less, more := 0, len(t) // t[:less] is below the pivot, t[more:] above it
		below, same := int64(0), int64(0)
		for i := 0; i < more; {
			switch v := of(t[i]); {
			case v < pivot:
				below = addCapped(below, t[i].n)
				t[less], t[i] = t[i], t[less]
				less++
				i++
			case v > pivot:
				more--
				t[more], t[i] = t[i], t[more]
			default:
				same = addCapped(same, t[i].n)
				i++
			}
		}
		switch {
		case rank <= below:
			t = t[:less]
		case rank <= addCapped(below, same):
			return pivot
		default:
			rank -= below + same
			t = t[more:]
		}
	}
	return 0
}

func middle(a, b, c int64) int64 { return max(min(a, b), min(max(a, b), c)) }

func divUp(a, b int64) int64 {
	if a <= 0 {
		return 0
	}
	return (a-1)/b + 1
}

func addCapped(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func mulCapped(a, b int64) int64 {
	if a > 0 && b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}
