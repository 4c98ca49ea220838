package stats

import (
	"iter"
	"math"
	"math/bits"
	"slices"
)

// Sizes fall into buckets of which 64 cover an octave: bucket edges at powers of two are exact, and the middle of a
// bucket is never more than 1/128 away from any size in it. Buckets are (lo, hi], so that a file of exactly 128 MiB is
// in the bucket that ends there. Sizes up to 64 have a bucket each.
//
// Note: 32 steps an octave are not enough for 1 %: the first bucket of an octave is then 1/32 wide, half of that 1.6 %.
const (
	stepsLog2   = 6
	steps       = 1 << stepsLog2
	bucketCount = (64 - stepsLog2) * steps
)

// RelativeError bounds how far a size that comes from a histogram is from the true one, relative to the true one.
const RelativeError = 1.0 / (2 * steps)

// MeanError bounds how far the mean of a bucket is from any size in it, relative to the size.
const MeanError = 1.0 / steps

// bucketOf returns the bucket of a size of at least one byte, with 1<<log2 buckets an octave.
func bucketOf(size int64, log2 int) int {
	v := uint64(size - 1)
	if v < 1<<log2 {
		return int(v)
	}
	exp := bits.Len64(v) - 1 - log2
	return (exp+1)<<log2 + int(v>>exp)&(1<<log2-1)
}

// bucketEdges returns the smallest and the largest size of a bucket, bytes.
func bucketEdges(b, log2 int) (lo, hi int64) {
	if b < 1<<log2 {
		return int64(b) + 1, int64(b) + 1
	}
	exp := b>>log2 - 1
	low := uint64(1<<log2|b&(1<<log2-1)) << exp
	return int64(low) + 1, int64(min(low+1<<exp, math.MaxInt64))
}

func bucketMiddle(b, log2 int) int64 {
	lo, hi := bucketEdges(b, log2)
	return lo + (hi-lo)/2
}

// histogram counts sizes of a whole listing: a dense array, with the exact sum of each bucket.
type histogram [bucketCount]count

func (h *histogram) add(size int64) { h[bucketOf(size, stepsLog2)].add(size) }

// merge adds what another histogram counts.
func (h *histogram) merge(o *histogram) {
	for b := range o {
		h[b].objects += o[b].objects
		h[b].bytes = addSaturating(h[b].bytes, o[b].bytes)
	}
}

// octaves sums the buckets up to each power of two, from the first that holds an object to the last.
func (h *histogram) octaves() []Bin {
	var bins []Bin
	edge := int64(1)
	cur := Bin{LE: edge}
	flush := func() {
		if cur.Objects > 0 || len(bins) > 0 {
			bins = append(bins, cur)
		}
	}
	for b := range h {
		lo, _ := bucketEdges(b, stepsLog2)
		for lo > edge {
			flush()
			if edge > math.MaxInt64/2 {
				edge = math.MaxInt64
			} else {
				edge *= 2
			}
			cur = Bin{LE: edge}
		}
		cur.Objects += h[b].objects
		cur.Bytes = addSaturating(cur.Bytes, h[b].bytes)
	}
	flush()
	for len(bins) > 0 && bins[len(bins)-1].Objects == 0 {
		bins = bins[:len(bins)-1]
	}
	return bins
}

// octaves counts ascending sizes by the power of two that is at least as large.
func octaves(ascending iter.Seq2[int64, int64]) []SizeCount {
	var out []SizeCount
	for size, n := range ascending {
		le := int64(math.MaxInt64)
		if size <= 1<<62 {
			le = 1 << bits.Len64(uint64(max(size, 1)-1))
		}
		if len(out) == 0 || out[len(out)-1].LE != le {
			out = append(out, SizeCount{LE: le})
		}
		out[len(out)-1].Objects += n
	}
	return out
}

// counts yields every bucket that holds an object, smallest first, at its middle.
func (h *histogram) counts(yield func(size, objects int64) bool) {
	for b := range h {
		if n := h[b].objects; n > 0 && !yield(bucketMiddle(b, stepsLog2), n) {
			return
		}
	}
}

// means yields every bucket that holds an object, smallest first, at the mean of its sizes, spread over two sizes where that is
// no whole number, so that their sum is that of the files. However files crowd in a bucket, a plan has all bytes, and where
// they are all alike it is exact.
func (h *histogram) means(yield func(size, objects int64) bool) {
	for b, c := range h {
		if c.objects == 0 {
			continue
		}
		lo, hi := bucketEdges(b, stepsLog2)
		mean, larger := c.bytes/c.objects, c.bytes%c.objects
		if mean < lo || mean > hi || mean == hi && larger > 0 { // the sum was capped
			mean, larger = bucketMiddle(b, stepsLog2), 0
		}
		if c.objects > larger && !yield(mean, c.objects-larger) || larger > 0 && !yield(mean+1, larger) {
			return
		}
	}
}

// A sketch is the size distribution of one partition: every size while they are few, then buckets, which are made
// coarser when they become many. What it yields depends on the sizes alone, not on their order, and it holds at most
// about half a KiB.
//
// Each level halves the buckets of an octave. The last has one an octave, 64 in all, so that there is always one that
// fits.
//
// Note: merging neighbours by index, two by two, is not the same: the sizes up to 64 have a bucket each, and 1 and 2 in
// one bucket are 100 % apart.
type sketch struct {
	exact   []int64 // sorted by counts, not by add
	buckets *sketchCounts
}

// sketchCounts are n buckets in ascending order. What is behind them is zero. It takes 512 bytes, as much as the exact sizes
// that it takes the place of: a partition costs the same however many files it has.
type sketchCounts struct {
	n       uint8
	level   uint8 // a bucket is 1/(64>>level) of an octave
	index   [sketchBuckets]uint16
	objects [sketchBuckets]uint32
}

const (
	sketchExact   = 64
	sketchBuckets = 84
)

func (s *sketch) add(size int64) {
	if s.buckets == nil {
		if len(s.exact) < sketchExact {
			s.addExact(size)
			return
		}
		s.buckets = &sketchCounts{}
		for _, v := range s.exact {
			s.buckets.add(v)
		}
		s.exact = nil
	}
	s.buckets.add(size)
}

// addExact makes room for a few sizes, then for all: most partitions have few or many files.
func (s *sketch) addExact(size int64) {
	if len(s.exact) == cap(s.exact) {
		room := sketchExact
		if len(s.exact) < sketchExact/4 {
			room = sketchExact / 4
		}
		s.exact = append(make([]int64, 0, room), s.exact...)
	}
	s.exact = append(s.exact, size)
}

func (c *sketchCounts) add(size int64) {
	index := uint16(bucketOf(size, stepsLog2-int(c.level)))
	at := c.search(index)
	if at < int(c.n) && c.index[at] == index {
		if c.objects[at] < math.MaxUint32 {
			c.objects[at]++
		}
		return
	}
	if c.n == sketchBuckets {
		c.coarsen()
		c.add(size)
		return
	}
	copy(c.index[at+1:], c.index[at:c.n])
	copy(c.objects[at+1:], c.objects[at:c.n])
	c.index[at], c.objects[at] = index, 1
	c.n++
}

// search returns the place of index among the buckets.
//
// Note: slices.BinarySearch costs twice as much here, a tenth of what an object costs in all.
func (c *sketchCounts) search(index uint16) int {
	lo, hi := 0, int(c.n)
	for lo < hi {
		if mid := (lo + hi) / 2; c.index[mid] < index {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (c *sketchCounts) coarsen() {
	log2 := stepsLog2 - int(c.level)
	out := sketchCounts{level: c.level + 1}
	for i := range c.n {
		lo, _ := bucketEdges(int(c.index[i]), log2)
		index := uint16(bucketOf(lo, log2-1))
		if out.n == 0 || out.index[out.n-1] != index {
			out.index[out.n] = index
			out.n++
		}
		sum := &out.objects[out.n-1]
		*sum = uint32(min(uint64(*sum)+uint64(c.objects[i]), math.MaxUint32))
	}
	*c = out
}

// counts yields sizes with how many objects have them, smallest first.
func (s *sketch) counts(yield func(size, objects int64) bool) {
	if s.buckets == nil {
		slices.Sort(s.exact)
		for _, v := range s.exact {
			if !yield(v, 1) {
				return
			}
		}
		return
	}
	for i := range s.buckets.n {
		if !yield(bucketMiddle(int(s.buckets.index[i]), stepsLog2-int(s.buckets.level)), int64(s.buckets.objects[i])) {
			return
		}
	}
}

func (s *sketch) relativeError() float64 {
	if s.buckets == nil {
		return 0
	}
	return RelativeError * float64(int(1)<<s.buckets.level)
}

func addSaturating(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
