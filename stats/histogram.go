package stats

import (
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

// counts yields every bucket that holds an object, smallest first, at its middle.
func (h *histogram) counts(yield func(size, objects int64) bool) {
	for b := range h {
		if n := h[b].objects; n > 0 && !yield(bucketMiddle(b, stepsLog2), n) {
			return
		}
	}
}

// A sketch is the size distribution of one partition: every size while they are few, then buckets, which are made
// coarser when they become many. What it yields depends on the sizes alone, not on their order, and it holds at most
// about 1 KiB.
//
// Each level halves the buckets of an octave. The last has one an octave, 64 in all, so that there is always one that
// fits.
//
// Note: merging neighbours by index, two by two, is not the same: the sizes up to 64 have a bucket each, and 1 and 2 in
// one bucket are 100 % apart.
type sketch struct {
	exact   []int64 // sorted by counts, not by add
	level   int     // a bucket is 1/(64>>level) of an octave
	buckets []sketchBucket
}

type sketchBucket struct {
	index   uint16
	objects uint32
}

const (
	sketchExact   = 64
	sketchBuckets = 96
)

func (s *sketch) add(size int64) {
	if s.buckets == nil {
		if len(s.exact) < sketchExact {
			s.addExact(size)
			return
		}
		s.buckets = make([]sketchBucket, 0, sketchBuckets+1)
		for _, v := range s.exact {
			s.bucket(v)
		}
		s.exact = nil
	}
	s.bucket(size)
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

func (s *sketch) bucket(size int64) {
	index := uint16(bucketOf(size, stepsLog2-s.level))
	at := s.search(index)
	if at < len(s.buckets) && s.buckets[at].index == index {
		if s.buckets[at].objects < math.MaxUint32 {
			s.buckets[at].objects++
		}
		return
	}
	s.buckets = slices.Insert(s.buckets, at, sketchBucket{index: index, objects: 1})
	for len(s.buckets) > sketchBuckets {
		s.coarsen()
	}
}

// search returns the place of index among the buckets. The loop has no branch that a processor could guess wrong.
//
// Note: slices.BinarySearchFunc takes a tenth of what an object costs in all.
func (s *sketch) search(index uint16) int {
	at, n := 0, len(s.buckets)
	for n > 0 {
		half := (n + 1) / 2
		next := at
		if s.buckets[at+half-1].index < index {
			next = at + half
		}
		at, n = next, n-half
	}
	return at
}

func (s *sketch) coarsen() {
	log2 := stepsLog2 - s.level
	s.level++
	out := s.buckets[:0]
	for _, b := range s.buckets {
		lo, _ := bucketEdges(int(b.index), log2)
		b.index = uint16(bucketOf(lo, log2-1))
		if n := len(out); n > 0 && out[n-1].index == b.index {
			out[n-1].objects = uint32(min(uint64(out[n-1].objects)+uint64(b.objects), math.MaxUint32))
			continue
		}
		out = append(out, b)
	}
	s.buckets = out
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
	for _, b := range s.buckets {
		if !yield(bucketMiddle(int(b.index), stepsLog2-s.level), int64(b.objects)) {
			return
		}
	}
}

func (s *sketch) relativeError() float64 {
	if s.buckets == nil {
		return 0
	}
	return RelativeError * float64(int(1)<<s.level)
}

func addSaturating(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
