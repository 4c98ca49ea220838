// Package spark simulates how Spark and AWS Glue cut files into tasks: file sizes in, a Plan out.
//
// It is arithmetic on sizes: it reads nothing, and knows neither listings nor reports. Where an engine's rule is public
// the plan is the engine's own, and held to what real Spark planned (testdata/spark); where it is not (Glue's grouping)
// the plan says that it is an estimate.
package spark

import (
	"iter"
	"math"
	"math/bits"
)

// Files are the sizes of files in bytes, each with the number of files that have it, in any order. Sizes of no byte are
// passed over: see Input.Empty.
type Files = iter.Seq2[int64, int64]

// Input is what a reader finds: the files that it may cut, and those that it reads whole.
type Input struct {
	Splittable, Whole Files
	// Empty is how many files hold no byte.
	Empty int64
	// Sizes is about how many different sizes there are: room is made for them. 0 is any number.
	Sizes int
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

// mulCapped multiplies what is not negative.
func mulCapped(a, b int64) int64 {
	over, product := bits.Mul64(uint64(a), uint64(b))
	if over > 0 || product > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(product)
}
