package stats

import (
	"flag"
	"fmt"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"s3layout/lister/s3sim"
)

// A table finds what was added, and nothing else, whatever the paths and however many.
func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 31))
	var tab table
	want := map[string]int64{}
	if tab.find("") != nil || tab.find("x") != nil {
		t.Error("an empty table finds something")
	}
	for i := range int64(5000) {
		path := fmt.Sprintf("dt=%d/h=%d", r.IntN(4000), i%2)
		switch i % 1000 {
		case 7:
			path = ""
		case 8:
			path = strings.Repeat("long/", 1+r.IntN(3*textBytes/5))
		}
		p := tab.find(path)
		if _, there := want[path]; there != (p != nil) {
			t.Fatalf("find(%.40q) = %v", path, p)
		}
		if p == nil {
			page := []byte(path)
			p = tab.add(unsafe.String(unsafe.SliceData(page), len(page)))
			clear(page) // a copy was kept
		}
		p.objects = i
		want[path] = i
	}
	if tab.len() != len(want) {
		t.Errorf("%d partitions, want %d", tab.len(), len(want))
	}
	n := 0
	for p := range tab.all() {
		if objects, ok := want[p.path]; !ok || objects != p.objects {
			t.Fatalf("%.40q has %d objects, want %d", p.path, p.objects, objects)
		}
		n++
	}
	for range tab.all() {
		n++
		break
	}
	if n != len(want)+1 {
		t.Errorf("yields %d partitions, want %d", n-1, len(want))
	}
}

// Strings of the same hash are told apart by what they are.
func TestIndexCollisions(t *testing.T) {
	var x index
	first := x.insert("a")
	for i := range uint32(8) { // as many more with the hash of a
		x.put(x.slots[x.home(maphash.String(x.seed, "a"))]&^math.MaxUint32 | uint64(first+i+2))
	}
	for want := range uint32(9) {
		if got, ok := x.lookup("a", func(i uint32) bool { return i == want }); !ok || got != want {
			t.Errorf("lookup of %d = %d, %t", want, got, ok)
		}
	}
	if _, ok := x.lookup("a", func(uint32) bool { return false }); ok {
		t.Error("found what is not there")
	}
}

func TestSortSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 32))
	for _, n := range []int{0, 1, 2, 1000} {
		for _, bits := range []int{0, 1, 11, 12, 33, 63} {
			sizes := make([]int64, n)
			for i := range sizes {
				sizes[i] = r.Int64() >> (63 - bits)
			}
			want := slices.Sorted(slices.Values(sizes))
			if got, other := sortSizes(sizes, make([]int64, n)); !slices.Equal(got, want) || len(other) != n {
				t.Errorf("%d sizes of %d bits: not sorted", n, bits)
			}
		}
	}
}

var memoryPartitions = flag.Int64("partitions", 2000, "partitions of TestMemory")

// Memory grows with partitions, not with objects: with ten times the objects in the same partitions a Collector holds the
// same within a tenth, beside the exact sizes, which it gives up above maxSizes. At full size, 20,000 partitions of 50 and
// of 500 files:
//
//	go test ./stats -run TestMemory -v -partitions 20000
func TestMemory(t *testing.T) {
	few, fewExact := heldBy(t, *memoryPartitions, 50)
	many, manyExact := heldBy(t, *memoryPartitions, 500)
	t.Logf("%d partitions: %d KiB and %d KiB of exact sizes with 50 files each, %d KiB and %d KiB with 500", *memoryPartitions, few>>10, fewExact>>10, many>>10, manyExact>>10)
	if 10*many > 11*few {
		t.Errorf("holds %d bytes with 500 files a partition, %d with 50", many, few)
	}
	if most := int64(24 << 20); manyExact > most {
		t.Errorf("holds %d bytes of exact sizes, want at most %d", manyExact, most)
	}
	if each := many / *memoryPartitions; each > 1<<10 {
		t.Errorf("holds %d bytes a partition", each)
	}
}

// heldBy is how many bytes of heap a Collector holds after so many partitions of so many files: beside its exact sizes, and
// by these.
func heldBy(t *testing.T, partitions, files int64) (held, exact int64) {
	t.Helper()
	keys, err := s3sim.Named(fmt.Sprintf("hive%d", files), partitions*files)
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	c := NewCollector(Options{})
	for from := int64(0); from < keys.Len(); from += 1000 {
		c.Add(pageOf(keys, from, min(from+1000, keys.Len())))
	}
	held = heap() - before
	c.files = nil
	c.kind = fileKind{}
	exact = held - (heap() - before)
	runtime.KeepAlive(c)
	return held - exact, exact
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
