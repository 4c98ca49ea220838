package stats

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"s3layout/lister"
)

// Which partitions are told apart, and all that is said of them and of the others, does not depend on the order in which
// objects come, nor on when somebody looks.
func TestFoldInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 21))
	lake := mixedLake(r)
	all := profileOf(lake)
	for _, apart := range []int{1, 2, 5, 20, int(all.Totals.Partitions) - 1} {
		opts := Options{MaxPartitions: apart}
		want := ""
		for round := range 8 {
			c := NewCollector(opts)
			rest := shuffled(r, lake)
			if round == 0 {
				rest = lake
			}
			for len(rest) > 0 {
				n := min(1+r.IntN(500), len(rest))
				c.Add(rest[:n])
				rest = rest[n:]
				if r.IntN(4) == 0 {
					c.Profile()
				}
			}
			p := c.Profile()
			if want == "" {
				want = facts(t, p)
				checkFold(t, p, all, apart)
			}
			if got := facts(t, p); got != want {
				t.Fatalf("%d apart, round %d:\n got %.3000s\nwant %.3000s", apart, round, got, want)
			}
		}
	}
}

// checkFold holds a profile of few partitions against that of all.
func checkFold(t *testing.T, p, all *Profile, apart int) {
	t.Helper()
	if p.Other == nil || len(p.Partitions) != apart || p.Other.Estimated {
		t.Fatalf("%d partitions, other %+v, want %d", len(p.Partitions), p.Other, apart)
	}
	if p.Totals != all.Totals || toJSON(t, p.Sizes) != toJSON(t, all.Sizes) || toJSON(t, p.Ages) != toJSON(t, all.Ages) {
		t.Errorf("%d apart: totals %+v, want %+v", apart, p.Totals, all.Totals)
	}
	whole := map[string]Partition{}
	marks := []mark{}
	for _, part := range all.Partitions {
		whole[part.Path] = part
		path := part.Path
		if part.PathBase64 != "" {
			path = rawPath(t, part)
		}
		marks = append(marks, markOf(path))
	}
	slices.SortFunc(marks, mark.compare)
	want := Other{Partitions: all.Totals.Partitions - int64(apart), Objects: all.Totals.Objects, Bytes: all.Totals.Bytes}
	for _, part := range p.Partitions {
		if toJSON(t, part) != toJSON(t, whole[part.Path]) {
			t.Errorf("%q is %s, and without a bound %s", part.Path, toJSON(t, part), toJSON(t, whole[part.Path]))
		}
		if !slices.ContainsFunc(marks[:apart], func(m mark) bool { return Spell(m.path) == part.Path }) {
			t.Errorf("%d apart: %q is told apart, and is not of the smallest hashes", apart, part.Path)
		}
		want.Objects -= part.Objects
		want.Bytes -= part.Bytes
		delete(whole, part.Path)
	}
	kinds := map[string]int64{}
	want.Min = math.MaxInt64
	for _, part := range whole {
		want.Min, want.Max = min(want.Min, part.Sizes.Min), max(want.Max, part.Sizes.Max)
		for _, f := range part.Formats {
			kinds[f.Format+"."+f.Compression] += f.Objects
		}
	}
	got := *p.Other
	for _, f := range got.Formats {
		kinds[f.Format+"."+f.Compression] -= f.Objects
	}
	maps.DeleteFunc(kinds, func(_ string, n int64) bool { return n == 0 })
	if got.Partitions != want.Partitions || got.Objects != want.Objects || got.Bytes != want.Bytes || got.Min != want.Min || got.Max != want.Max || len(kinds) > 0 {
		t.Errorf("%d apart: other is %+v, want %+v; by type %v", apart, got, want, kinds)
	}
	last := p.Warnings[len(p.Warnings)-1]
	if last.Code != "partitions_folded" || last.Objects != want.Objects || !strings.Contains(last.Message, fmt.Sprintf(" %d more ", want.Partitions)) {
		t.Errorf("warning %+v", last)
	}
	n, objects, bytes := int64(0), int64(0), int64(0)
	for alike, times := range got.Alike {
		n, objects, bytes = n+times, objects+times*alike.Objects, bytes+times*alike.Bytes
	}
	if n != got.Partitions || objects != got.Objects || got.Bytes-bytes < 0 || got.Bytes-bytes >= n {
		t.Errorf("alike: %d partitions, %d objects, %d bytes of %+v", n, objects, bytes, got)
	}
}

// Up to the bound nothing is folded.
func TestFoldNothing(t *testing.T) {
	lake := objects("x=1/f", "x=2/f", "x=3/f")
	for _, apart := range []int{0, 3, 4} {
		c := NewCollector(Options{MaxPartitions: apart})
		c.Add(lake)
		if got, want := facts(t, c.Profile()), facts(t, profileOf(lake)); got != want || c.other != nil {
			t.Errorf("%d apart: %s, want %s", apart, got, want)
		}
	}
}

// Directories that conflict are seen where they are folded, too: Spark refuses them all the same.
func TestFoldKeepsConflicts(t *testing.T) {
	lake := objects("a/x=1/f", "b/y=1/f", "2026/04/f", "f")
	for apart := 1; apart <= 3; apart++ {
		c := NewCollector(Options{MaxPartitions: apart})
		c.Add(lake)
		p := c.Profile()
		wantJSON(t, "bases", p.Partitioning.BasePaths, `["","a","b"]`)
		if len(p.Partitioning.Columns) != 4 || p.Partitioning.Scheme != "mixed" || len(p.Partitioning.Keys) != 4 || p.Partitioning.RootObjects != 1 {
			t.Errorf("%d apart: %+v", apart, p.Partitioning)
		}
	}
}

// Where there are too many to count, their number is estimated from the hashes that are kept.
func TestFoldEstimate(t *testing.T) {
	const apart, all = 2000, 60_000
	c := NewCollector(Options{MaxPartitions: apart})
	page := make([]lister.Object, 0, all)
	for i := range all {
		page = append(page, object(fmt.Sprintf("device=%d/f", i), 1))
	}
	c.Add(page[:all/2])
	c.fold()
	c.other.hashes.limit = 1000
	c.Add(page[all/2:])
	p := c.Profile()
	if !p.Other.Estimated || p.Other.Objects != all-apart || c.other.hashes.runs != nil {
		t.Errorf("other %+v", p.Other)
	}
	if off := math.Abs(float64(p.Totals.Partitions)-all) / all; off > 4/math.Sqrt(apart) {
		t.Errorf("%d partitions estimated, of %d: off by %.1f %%", p.Totals.Partitions, all, 100*off)
	}
}

// The hash decides what a report shows, so that it must never change. The values are of another implementation.
func TestHashPath(t *testing.T) {
	for path, want := range map[string]uint64{"": 0xefd01f60ba992926, "dt=2026-04-19": 0x82f7fe09a7065f70} {
		if got := hashPath(path); got != want {
			t.Errorf("hashPath(%q) = %#x, want %#x", path, got, want)
		}
	}
}

func rawPath(t *testing.T, p Partition) string {
	t.Helper()
	path, err := base64.StdEncoding.DecodeString(p.PathBase64)
	if err != nil {
		t.Fatal(err)
	}
	return string(path)
}
