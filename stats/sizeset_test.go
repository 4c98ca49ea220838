package stats

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func sizeSetOf(limit int, sizes []int64) *SizeSet {
	s := newSizeSet(limit)
	for _, size := range sizes {
		s.add(size)
	}
	return s
}

func TestSizeSetIsAMultiset(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	draw := map[string]func() int64{
		"duplicates": func() int64 { return 1 + r.Int64N(100) },
		"alike":      func() int64 { return 128 << 20 },
		"distinct":   func() int64 { return 1 + r.Int64N(5<<30) },
		"huge":       func() int64 { return math.MaxInt64 - r.Int64N(1000) },
		"any":        func() int64 { return 1 + r.Int64N(math.MaxInt64>>r.UintN(63)) },
	}
	for name, next := range draw {
		for _, n := range []int{0, 1, 2, freshSizes - 1, freshSizes, freshSizes + 1, 2*freshSizes + 17} {
			s := newSizeSet(maxSizes)
			want := map[int64]int64{}
			for i := range n {
				size := next()
				if i == 0 && name == "any" {
					size = math.MaxInt64
				}
				s.add(size)
				want[size]++
			}
			var order []int64
			got := map[int64]int64{}
			for size, count := range s.All() {
				order = append(order, size)
				got[size] += count
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s, %d sizes: the set has %d different ones, want %d", name, n, len(got), len(want))
			}
			if len(order) != len(got) || !slices.IsSorted(order) {
				t.Errorf("%s, %d sizes: not each once and in order", name, n)
			}
			if !s.Exact() {
				t.Errorf("%s, %d sizes: not exact", name, n)
			}
		}
	}
	if (*SizeSet)(nil).Exact() {
		t.Error("a nil set says that it is exact")
	}
}

func TestSizeSetStopsEarly(t *testing.T) {
	s := sizeSetOf(maxSizes, []int64{1, 2, 3})
	for size := range s.All() {
		if size == 2 {
			break
		}
	}
}

// Whether a set overflows depends on what is in it, not on the order, nor on who looks in between.
func TestSizeSetOverflow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	sizes := make([]int64, 2*freshSizes+100)
	for i := range sizes {
		sizes[i] = 1 + r.Int64N(1<<30)
	}
	whole := sizeSetOf(math.MaxInt, sizes)
	whole.compact()
	need := whole.sizes()
	for _, tt := range []struct {
		limit int
		exact bool
	}{{need - 1, false}, {need, true}, {need + 1, true}, {100, false}} {
		for range 3 {
			s := newSizeSet(tt.limit)
			for i, size := range shuffled(r, sizes) {
				s.add(size)
				if i%(freshSizes/2+7) == 0 {
					s.compact()
				}
			}
			n := int64(0)
			for _, count := range s.All() {
				n += count
			}
			if s.Exact() != tt.exact {
				t.Fatalf("limit %d, needs %d: exact = %t, want %t", tt.limit, need, s.Exact(), tt.exact)
			}
			if want := int64(len(sizes)); tt.exact && n != want || !tt.exact && n != 0 {
				t.Errorf("limit %d, needs %d: yields %d of %d files", tt.limit, need, n, want)
			}
			if !tt.exact && (s.fresh != nil || s.runs != nil) {
				t.Errorf("limit %d: holds memory after it overflowed", tt.limit)
			}
		}
	}
}

// Five million files of different sizes stay exact in 24 MiB.
func TestSizeSetFiveMillion(t *testing.T) {
	const n, prime, step = 5_000_000, 1_999_993, 5 << 30 / 5_000_000
	sizeAt := func(i int64) int64 { return 1 + i*step + i*i%step } // ascending, all different
	t.Parallel()
	s := newSizeSet(maxSizes)
	for i := range int64(n) {
		s.add(sizeAt(i * prime % n))
		if i%freshSizes == freshSizes-1 {
			held := 8 * (cap(s.fresh) + cap(s.spare))
			for _, run := range s.runs {
				held += cap(run.spelled)
			}
			if held > 24<<20 {
				t.Fatalf("holds %d bytes after %d sizes", held, i+1)
			}
		}
	}
	i := int64(0)
	for size, count := range s.All() {
		if size != sizeAt(i) || count != 1 {
			t.Fatalf("size %d is %d, %d times; want %d, once", i, size, count, sizeAt(i))
		}
		i++
	}
	if i != n || !s.Exact() {
		t.Fatalf("yields %d of %d sizes, exact = %t", i, n, s.Exact())
	}
	if held := cap(s.runs[0].spelled) + 8*(cap(s.fresh)+cap(s.spare)); held > 24<<20 || len(s.runs) != 1 {
		t.Errorf("holds %d bytes in %d runs", held, len(s.runs))
	}
}

func TestSizeSetSnapshot(t *testing.T) {
	s := sizeSetOf(maxSizes, []int64{3, 1, 3})
	snapshot := s.snapshot()
	for range 2 * freshSizes {
		s.add(2)
	}
	s.compact()
	got := maps.Collect(snapshot.All())
	if want := map[int64]int64{1: 1, 3: 2}; !maps.Equal(got, want) {
		t.Errorf("a snapshot changed to %v", got)
	}
}

func TestFileSizesWhenTooMany(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	c := NewCollector(Options{})
	c.files[true] = newSizeSet(1000)
	sizes := logNormal(r, 3000, 1<<20, 1)
	for _, size := range sizes {
		c.Add(append(objects(), object("a.csv", size), object("b.csv.gz", 7)))
	}
	p := c.Profile()
	split, exact := p.FileSizes(true)
	if exact {
		t.Error("a set that overflowed is exact")
	}
	slices.Sort(sizes)
	n := 0
	for size, count := range split {
		for range count {
			if relativeDistance(size, sizes[n]) > MeanError {
				t.Fatalf("size %d is %d, want %d within 1/64", n, size, sizes[n])
			}
			n++
		}
	}
	if n != len(sizes) {
		t.Errorf("yields %d files, want %d", n, len(sizes))
	}
	whole, exact := p.FileSizes(false)
	if got := maps.Collect(whole); !exact || !maps.Equal(got, map[int64]int64{7: 3000}) {
		t.Errorf("the other set: %v, exact = %t", got, exact)
	}
	if p.Sizes.RelativeError != RelativeError {
		t.Errorf("sizes state an error of %v", p.Sizes.RelativeError)
	}
	all := append(slices.Repeat([]int64{7}, 3000), sizes...)
	slices.Sort(all)
	for percent, got := range map[int]int64{1: p.Sizes.P01, 25: p.Sizes.P25, 50: p.Sizes.P50, 75: p.Sizes.P75, 99: p.Sizes.P99} {
		if want := nearestRank(all, percent); relativeDistance(got, want) > RelativeError {
			t.Errorf("p%d = %d, want %d within 1/128", percent, got, want)
		}
	}
}
