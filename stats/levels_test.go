package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"s3layout/lister"
)

func TestLevels(t *testing.T) {
	p := profileOf([]lister.Object{
		object("y=2025/m=12/d=31/a", 5), object("y=2026/m=2/d=09/a", 1), object("y=2026/m=2/d=09/b", 2), object("y=2026/m=10/d=1/a", 40),
		object("y=2026/m=2/d=10/a", 10),
	})
	wantJSON(t, "levels", p.Partitioning.Levels, `[{"key":"y","partitions":2,"min_bytes":5,"median_bytes":5,"median_objects":1,"max_bytes":53},`+
		`{"key":"m","partitions":3,"min_bytes":5,"median_bytes":13,"median_objects":1,"max_bytes":40},`+
		`{"key":"d","partitions":4,"min_bytes":3,"median_bytes":5,"median_objects":1,"max_bytes":40}]`)
	wantJSON(t, "last: ten comes after two", p.Partitioning.Last, `[{"key":"y","value":"2026"},{"key":"m","value":"10"},{"key":"d","value":"1"}]`)

	for name, keys := range map[string]string{
		"no columns": "a b", "different columns": "x=1/a y=1/b", "one has more": "x=1/a x=1/y=2/b",
	} {
		if p := profileOf(objects(strings.Fields(keys)...)).Partitioning; p.Levels != nil || p.Last != nil {
			t.Errorf("%s: levels %+v, last %+v", name, p.Levels, p.Last)
		}
	}
	beside := profileOf(objects("x=1/a", "x=2/a", "b", "c/d"))
	wantJSON(t, "files beside them", beside.Partitioning.Levels, `[{"key":"x","partitions":2,"min_bytes":1,"median_bytes":1,"median_objects":1,"max_bytes":1}]`)
	wantJSON(t, "files beside the last", beside.Partitioning.Last, `[{"key":"x","value":"2"}]`)
	folded := NewCollector(Options{MaxPartitions: 2})
	folded.Add(objects("x=1/a", "x=2/a", "x=3/a"))
	if p := folded.Profile().Partitioning; p.Levels != nil || p.Last == nil {
		t.Errorf("of which not all are told apart: levels %+v, last %+v", p.Levels, p.Last)
	}
	nulls := profileOf(objects("x=1/y=__HIVE_DEFAULT_PARTITION__/a", "x=0/y=3/a", "x=__HIVE_DEFAULT_PARTITION__/y=9/a"))
	wantJSON(t, "last without null", nulls.Partitioning.Last, `[{"key":"x","value":"0"},{"key":"y","value":"3"}]`)
}

// Each level holds all bytes, and no order of files changes one.
func TestLevelsRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	for range 50 {
		var lake []lister.Object
		total := int64(0)
		for range 1 + r.IntN(200) {
			size := 1 + r.Int64N(1000)
			total += size
			lake = append(lake, object(fmt.Sprintf("base/a=%d/b=%02d/c=x%d/%d", r.IntN(4), r.IntN(9), r.IntN(3), r.Int()), size))
		}
		p := profileOf(lake)
		want := toJSON(t, p.Partitioning)
		if got := toJSON(t, profileOf(shuffled(r, lake)).Partitioning); got != want {
			t.Fatalf("another order, another document:\n%s\n%s", got, want)
		}
		last := p.Partitioning.Levels[2]
		if first := p.Partitioning.Levels[0]; first.Partitions > last.Partitions || first.MaxBytes < last.MaxBytes || last.Partitions != p.Totals.Partitions || first.MaxBytes > total {
			t.Fatalf("levels %+v of %+v", p.Partitioning.Levels, p.Totals)
		}
	}
}

func TestTwoMeans(t *testing.T) {
	for _, tt := range []struct {
		sizes []int64
		want  string
	}{
		{nil, "- -"},
		{[]int64{7}, "- -"},
		{[]int64{7, 7, 7}, "- -"},
		{[]int64{1, 2}, "1x1 1x2"},
		{[]int64{1, 1, 1, 100}, "3x1 1x100"},
		{[]int64{1, 100, 100, 100}, "1x1 3x100"},
		{[]int64{10, 11, 12, 100, 101, 400}, "5x46 1x400"},
		{[]int64{10, 11, 12, 300, 301, 400}, "3x11 3x333"},
		{[]int64{0, math.MaxInt64}, fmt.Sprintf("1x0 1x%d", int64(1<<62))},
	} {
		lower, upper := twoMeans(tt.sizes)
		spell := func(g *Group) string {
			if g == nil {
				return "-"
			}
			return fmt.Sprintf("%dx%d", g.Partitions, g.MeanBytes)
		}
		if got := spell(lower) + " " + spell(upper); got != tt.want {
			t.Errorf("%d: %s, want %s", tt.sizes, got, tt.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		sizes := make([]int64, 2+r.IntN(300))
		for i := range sizes {
			sizes[i] = r.Int64N(1 << (1 + r.IntN(40)))
		}
		slices.Sort(sizes)
		if lower, upper := twoMeans(sizes); lower != nil && (lower.Partitions+upper.Partitions != int64(len(sizes)) || lower.MeanBytes > upper.MeanBytes) {
			t.Fatalf("%d: %+v %+v", sizes, lower, upper)
		}
	}
}

func TestSmallObjects(t *testing.T) {
	lake := []lister.Object{object("p=1/a", SmallFileBytes-1), object("p=2/a", SmallFileBytes)}
	for i := range 100 {
		lake = append(lake, object(fmt.Sprintf("p=3/%d", i), 1), object(fmt.Sprintf("p=3/big-%d", i), 1<<30))
	}
	p := profileOf(lake)
	small := map[string]int64{}
	for part := range p.EachPartition {
		small[part.Path] = part.Small
	}
	if small["p=1"] != 1 || small["p=2"] != 0 || small["p=3"] != 100 {
		t.Errorf("got %v", small)
	}
	for _, part := range p.Partitions {
		if part.SmallObjects != small[part.Path] {
			t.Errorf("%s has %d, the document says %d", part.Path, small[part.Path], part.SmallObjects)
		}
	}
}
