package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"unsafe"
)

// Buckets of every resolution tile the sizes from 1 to 2^63-1, and bucketOf is the inverse of bucketEdges.
func TestBucketsTile(t *testing.T) {
	for log2 := range stepsLog2 + 1 {
		count := (64 - log2) << log2
		bound := 1 / float64(int(2)<<log2)
		end := int64(0)
		for b := range count {
			lo, hi := bucketEdges(b, log2)
			if lo != end+1 || hi < lo {
				t.Fatalf("log2 %d: bucket %d is [%d, %d], the one before ends at %d", log2, b, lo, hi, end)
			}
			if got := bucketOf(lo, log2); got != b {
				t.Fatalf("log2 %d: bucketOf(%d) = %d, want %d", log2, lo, got, b)
			}
			if got := bucketOf(hi, log2); got != b {
				t.Fatalf("log2 %d: bucketOf(%d) = %d, want %d", log2, hi, got, b)
			}
			middle := bucketMiddle(b, log2)
			if middle < lo || middle > hi {
				t.Fatalf("log2 %d: middle %d of bucket [%d, %d]", log2, middle, lo, hi)
			}
			if worst := max(relativeDistance(middle, lo), relativeDistance(middle, hi)); worst > bound {
				t.Fatalf("log2 %d: bucket [%d, %d] is %v from its middle, want at most %v", log2, lo, hi, worst, bound)
			}
			end = hi
		}
		if end != math.MaxInt64 {
			t.Errorf("log2 %d: the last bucket ends at %d", log2, end)
		}
	}
	if bucketOf(math.MaxInt64, stepsLog2) != bucketCount-1 {
		t.Errorf("the last bucket is %d, want %d", bucketOf(math.MaxInt64, stepsLog2), bucketCount-1)
	}
	if RelativeError != 1.0/128 {
		t.Errorf("RelativeError = %v", RelativeError)
	}
}

func TestBucketsEndAtPowersOfTwo(t *testing.T) {
	for log2 := range stepsLog2 + 1 {
		for k := range 63 {
			power := int64(1) << k
			if _, hi := bucketEdges(bucketOf(power, log2), log2); hi != power {
				t.Errorf("log2 %d: the bucket of %d ends at %d", log2, power, hi)
			}
			if lo, _ := bucketEdges(bucketOf(power+1, log2), log2); lo != power+1 {
				t.Errorf("log2 %d: the bucket of %d starts at %d", log2, power+1, lo)
			}
			if below := power - 1; below > 0 {
				if lo, hi := bucketEdges(bucketOf(below, log2), log2); below < lo || below > hi {
					t.Errorf("log2 %d: %d is in bucket [%d, %d]", log2, below, lo, hi)
				}
			}
		}
	}
}

func TestOctaves(t *testing.T) {
	const mib128 = 128 << 20
	const last = math.MaxInt64
	tests := []struct {
		sizes []int64
		want  string
	}{
		{nil, "[]"},
		{[]int64{1}, "[{1 1 1}]"},
		{[]int64{2}, "[{2 1 2}]"},
		{[]int64{3}, "[{4 1 3}]"},
		{[]int64{1, 2, 3, 4, 5}, "[{1 1 1} {2 1 2} {4 2 7} {8 1 5}]"},
		{[]int64{1, 9}, "[{1 1 1} {2 0 0} {4 0 0} {8 0 0} {16 1 9}]"},
		{[]int64{mib128 - 1}, "[{134217728 1 134217727}]"},
		{[]int64{mib128}, "[{134217728 1 134217728}]"},
		{[]int64{mib128 + 1}, "[{268435456 1 134217729}]"},
		{[]int64{mib128, mib128 + 1}, "[{134217728 1 134217728} {268435456 1 134217729}]"},
		{[]int64{1 << 62}, "[{4611686018427387904 1 4611686018427387904}]"},
		{[]int64{1<<62 + 1}, "[{9223372036854775807 1 4611686018427387905}]"},
		{[]int64{last, last}, "[{9223372036854775807 2 9223372036854775807}]"},
	}
	for _, tt := range tests {
		h := &histogram{}
		for _, size := range tt.sizes {
			h.add(size)
		}
		if got := fmt.Sprint(h.octaves()); got != tt.want {
			t.Errorf("%d: octaves %s, want %s", tt.sizes, got, tt.want)
		}
	}
}

func TestOctavesSumToTotals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	h, merged := &histogram{}, &histogram{}
	var bytes int64
	sizes := logNormal(r, 10000, 1<<20, 3)
	for _, size := range sizes {
		h.add(size)
		bytes += size
	}
	var gotObjects, gotBytes, before int64
	for _, bin := range h.octaves() {
		gotObjects += bin.Objects
		gotBytes += bin.Bytes
		want := int64(0)
		for _, size := range sizes {
			if before < size && size <= bin.LE {
				want++
			}
		}
		if bin.Objects != want {
			t.Errorf("bin up to %d has %d objects, want %d", bin.LE, bin.Objects, want)
		}
		before = bin.LE
	}
	if gotObjects != int64(len(sizes)) || gotBytes != bytes {
		t.Errorf("bins sum to %d objects of %d bytes, want %d of %d", gotObjects, gotBytes, len(sizes), bytes)
	}
	merged.merge(h)
	merged.merge(h)
	for i, bin := range merged.octaves() {
		if want := h.octaves()[i]; bin.Objects != 2*want.Objects || bin.Bytes != 2*want.Bytes {
			t.Errorf("merged twice: %v, once %v", bin, want)
		}
	}
}

var sketchCases = []struct {
	name  string
	sizes func(r *rand.Rand) []int64
}{
	{"few", func(r *rand.Rand) []int64 { return logNormal(r, sketchExact, 1<<20, 2) }},
	{"one more", func(r *rand.Rand) []int64 { return logNormal(r, sketchExact+1, 1<<20, 2) }},
	{"alike", func(r *rand.Rand) []int64 { return slices.Repeat([]int64{128 << 20}, 1000) }},
	{"narrow", func(r *rand.Rand) []int64 { return logNormal(r, 5000, 128<<20, 0.05) }},
	{"log-normal", func(r *rand.Rand) []int64 { return logNormal(r, 5000, 1<<20, 1.5) }},
	{"wide", func(r *rand.Rand) []int64 { return logNormal(r, 5000, 1<<20, 6) }},
	{"tiny and wide", func(r *rand.Rand) []int64 {
		var out []int64
		for range 5000 {
			out = append(out, 1+r.Int64N(1<<r.UintN(41)))
		}
		return out
	}},
	{"all octaves", func(r *rand.Rand) []int64 {
		var out []int64
		for range 5000 {
			out = append(out, 1+r.Int64N(math.MaxInt64>>r.UintN(63)))
		}
		return append(out, math.MaxInt64, 1)
	}},
}

func sketchOf(sizes []int64) *sketch {
	s := &sketch{}
	for _, size := range sizes {
		s.add(size)
	}
	return s
}

// A sketch is the same whatever the order, is small, and keeps to its stated error at every percentage.
func TestSketch(t *testing.T) {
	for _, tt := range sketchCases {
		t.Run(tt.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			sizes := tt.sizes(r)
			want := sketchOf(sizes)
			for range want.counts { // sorts the exact ones
			}
			for range 20 {
				got := sketchOf(shuffled(r, sizes))
				if got.buckets == nil {
					slices.Sort(got.exact)
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("another order: %+v, want %+v", got, want)
				}
			}
			held := int(unsafe.Sizeof(*want)) + 8*cap(want.exact)
			if want.buckets != nil {
				held += int(unsafe.Sizeof(*want.buckets))
			}
			if held > 640 {
				t.Errorf("holds %d bytes", held)
			}
			slices.Sort(sizes)
			bound := want.relativeError()
			if (bound == 0) != (len(sizes) <= sketchExact) {
				t.Errorf("relativeError %v of %d sizes", bound, len(sizes))
			}
			var n int64
			for _, count := range want.counts {
				n += count
			}
			if n != int64(len(sizes)) {
				t.Errorf("counts sum to %d, want %d", n, len(sizes))
			}
			for percent := 1; percent <= 100; percent++ {
				got := quantiles(want.counts, n, sizes[0], sizes[len(sizes)-1], int64(percent))[0]
				exact := nearestRank(sizes, percent)
				if off := relativeDistance(got, exact); off > bound {
					t.Errorf("p%d = %d, exactly %d: off by %v, stated %v", percent, got, exact, off, bound)
				}
			}
		})
	}
}

func TestSketchCoarsens(t *testing.T) {
	// Sizes in buckets of their own, two neighbours of each finest pair.
	distinct := func(n int) *sketch {
		s := &sketch{}
		for i := range n {
			lo, _ := bucketEdges(1000+i, stepsLog2)
			s.add(lo)
		}
		return s
	}
	for _, tt := range []struct{ n, level, buckets int }{
		{sketchExact, 0, 0}, {sketchExact + 1, 0, sketchExact + 1},
		{sketchBuckets - 1, 0, sketchBuckets - 1}, {sketchBuckets, 0, sketchBuckets},
		{sketchBuckets + 1, 1, sketchBuckets/2 + 1},
		{2 * sketchBuckets, 1, sketchBuckets}, {2*sketchBuckets + 1, 2, sketchBuckets/2 + 1},
	} {
		s := distinct(tt.n)
		c := s.buckets
		if c == nil {
			c = &sketchCounts{}
		}
		if int(c.level) != tt.level || int(c.n) != tt.buckets {
			t.Errorf("%d distinct sizes: level %d with %d buckets, want %d with %d", tt.n, c.level, c.n, tt.level, tt.buckets)
		}
		want := 0.0
		if tt.buckets > 0 {
			want = float64(int(1)<<tt.level) / 128
		}
		if got := s.relativeError(); got != want {
			t.Errorf("%d distinct sizes: relativeError %v, want %v", tt.n, got, want)
		}
		if !slices.IsSorted(c.index[:c.n]) {
			t.Errorf("%d distinct sizes: buckets out of order", tt.n)
		}
	}
}

func TestSketchCountSaturates(t *testing.T) {
	s := sketchOf(slices.Repeat([]int64{5}, sketchExact+1))
	s.buckets.objects[0] = math.MaxUint32 - 1
	s.add(5)
	s.add(5)
	if got := s.buckets.objects[0]; got != math.MaxUint32 {
		t.Errorf("counted to %d", got)
	}
}

func TestRank(t *testing.T) {
	for _, tt := range []struct{ percent, total, want int64 }{
		{1, 1, 1}, {99, 1, 1}, {1, 99, 1}, {1, 100, 1}, {1, 101, 2}, {50, 1, 1}, {50, 2, 1}, {50, 3, 2}, {50, 4, 2},
		{95, 19, 19}, {95, 20, 19}, {95, 21, 20}, {99, 100, 99}, {99, 101, 100}, {5, 20, 1}, {5, 21, 2},
		{7, 100, 7}, {55, 100, 55}, {99, 1 << 62, 4565569158243114025}, {100, math.MaxInt64, math.MaxInt64},
	} {
		if got := rank(tt.percent, tt.total); got != tt.want {
			t.Errorf("rank(%d, %d) = %d, want %d", tt.percent, tt.total, got, tt.want)
		}
	}
}

func TestQuantiles(t *testing.T) {
	hundred := make([]int64, 100)
	for i := range hundred {
		hundred[i] = int64(i + 1)
	}
	for _, tt := range []struct {
		sizes []int64
		want  string
	}{
		{[]int64{7}, "[7 7 7 7 7 7 7]"},
		{[]int64{1, 2}, "[1 1 1 1 2 2 2]"},
		{[]int64{1, 2, 3}, "[1 1 1 2 3 3 3]"},
		{[]int64{1, 2, 3, 4}, "[1 1 1 2 3 4 4]"},
		{hundred, "[1 5 25 50 75 95 99]"},
		{append(slices.Clone(hundred), 101), "[2 6 26 51 76 96 100]"},
	} {
		s := newSizeSet(1 << 20)
		for _, size := range tt.sizes {
			s.add(size)
		}
		got := quantiles(s.All(), int64(len(tt.sizes)), tt.sizes[0], tt.sizes[len(tt.sizes)-1], 1, 5, 25, 50, 75, 95, 99)
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%d sizes: quantiles %d, want %s", len(tt.sizes), got, tt.want)
		}
	}
	// A size from a bucket may lie outside of what was seen; a count that saturated may not reach the rank.
	one := func(yield func(size, n int64) bool) { yield(100, 1) }
	if got := fmt.Sprint(quantiles(one, 1, 101, 102, 50), quantiles(one, 1, 98, 99, 50), quantiles(one, 10, 1, 200, 1, 50)); got != "[101] [99] [100 200]" {
		t.Errorf("held to the range: %s", got)
	}
}

func TestAddSaturating(t *testing.T) {
	for _, tt := range []struct{ a, b, want int64 }{
		{0, 0, 0}, {1, 2, 3}, {math.MaxInt64 - 1, 1, math.MaxInt64}, {math.MaxInt64, 0, math.MaxInt64},
		{math.MaxInt64, 1, math.MaxInt64}, {math.MaxInt64, math.MaxInt64, math.MaxInt64}, {math.MaxInt64 - 2, 1, math.MaxInt64 - 1},
	} {
		if got := addSaturating(tt.a, tt.b); got != tt.want {
			t.Errorf("addSaturating(%d, %d) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// A partition's sizes are counted by powers of two, each in the one that is at least as large.
func TestOctavesOfSizes(t *testing.T) {
	ascending := func(yield func(int64, int64) bool) {
		for _, size := range []int64{1, 2, 3, 4, 5, 128 << 20, 128<<20 + 1, 1 << 62, 1<<62 + 1, math.MaxInt64} {
			if !yield(size, 2) {
				return
			}
		}
	}
	want := []SizeCount{{1, 2}, {2, 2}, {4, 4}, {8, 2}, {128 << 20, 2}, {256 << 20, 2}, {1 << 62, 2}, {math.MaxInt64, 4}}
	if got := octaves(ascending); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
