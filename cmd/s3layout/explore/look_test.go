package explore

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"s3layout/stats"
)

func totals(paths ...string) (out []stats.PartitionTotals) {
	for i, p := range paths {
		out = append(out, stats.PartitionTotals{Path: p, Objects: int64(i + 1), Small: int64(i), Bytes: int64(i+1) * 100})
	}
	return out
}

func names(l listing) (out []string) {
	for _, r := range l.rows {
		name := r.name
		if !r.leaf {
			name += "/"
		}
		out = append(out, name)
	}
	return out
}

func TestLook(t *testing.T) {
	each := slices.Values(totals("", "a=1", "a=1/b=1", "a=1/b=2", "a=10/b=1", "a=2"))
	for _, c := range []struct {
		q    query
		want []string
	}{
		{query{limit: 9}, []string{"a=1/", "a=2", "a=10/", "a=1", ""}},
		{query{limit: 9, by: byName}, []string{"", "a=1", "a=1/", "a=10/", "a=2"}},
		{query{limit: 9, by: byName, reverse: true}, []string{"a=2", "a=10/", "a=1", "a=1/", ""}},
		{query{limit: 9, by: byFiles, path: "a=1"}, []string{"b=2", "b=1", ""}},
		{query{limit: 9, path: "a=1/b=2"}, []string{""}},
		{query{limit: 9, path: "a"}, nil},
		{query{limit: 9, filter: "B=1", by: byName}, []string{"a=1/b=1", "a=10/b=1"}},
		{query{limit: 9, filter: "1/b", path: "a=1"}, nil},
		{query{limit: 2}, []string{"a=1/", "a=2"}},
	} {
		if got := names(look(c.q, each)); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
	l := look(query{limit: 2, path: "a=1"}, each)
	if l.total != (row{partitions: 3, objects: 9, small: 6, bytes: 900, largest: 400}) || l.median != 300 || l.matched != 3 || l.rest.objects != 2 {
		t.Errorf("%+v", l)
	}
}

// With any limit the rows are the first of all, and what is left out is counted.
func TestLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var all []stats.PartitionTotals
	for i := range 500 {
		path := fmt.Sprintf("a=%d", i)
		if i%3 == 0 {
			path = fmt.Sprintf("a=%d/b=%d", i%7, i)
		}
		all = append(all, stats.PartitionTotals{Path: path, Objects: 1, Bytes: random.Int64N(50)})
	}
	for by := byBytes; by <= byName; by++ {
		whole := look(query{limit: 1000, by: by}, slices.Values(all))
		for _, limit := range []int{1, 2, 3, 99, whole.matched - 1, whole.matched, whole.matched + 1} {
			l := look(query{limit: limit, by: by}, slices.Values(all))
			n := min(limit, whole.matched)
			if !slices.Equal(names(l), names(whole)[:n]) || l.matched != whole.matched || l.total != whole.total {
				t.Fatalf("by %d, limit %d: %q", by, limit, names(l))
			}
			sum := l.rest
			for _, r := range l.rows {
				sum.add(r)
			}
			if sum.objects != 500 || sum.partitions != 500 {
				t.Errorf("by %d, limit %d: %d files and %d partitions in all rows", by, limit, sum.objects, sum.partitions)
			}
		}
	}
}

func TestSumsStop(t *testing.T) {
	l := look(query{limit: 9}, slices.Values([]stats.PartitionTotals{{Path: "a/b", Bytes: math.MaxInt64, Objects: 1}, {Path: "a/c", Bytes: math.MaxInt64, Objects: 1}}))
	if l.total.bytes != math.MaxInt64 || l.rows[0].bytes != math.MaxInt64 {
		t.Errorf("%+v", l)
	}
}

// A hundred thousand partitions are looked at without keeping them: a number for each, and rows up to twice the limit.
func TestLookKeepsLittle(t *testing.T) {
	paths := make([]string, 100_000)
	for i := range paths {
		paths[i] = fmt.Sprintf("dt=%06d", i)
	}
	all := totals(paths...)
	l := look(query{limit: maxRows}, slices.Values(all))
	if len(l.rows) != maxRows || cap(l.rows) > 4*maxRows || l.matched != len(all) {
		t.Errorf("%d rows, room for %d, of %d", len(l.rows), cap(l.rows), l.matched)
	}
}

func FuzzLook(f *testing.F) {
	f.Add("a=1/b=2", "a=1", "B")
	f.Add("", "", "")
	f.Add("a//b", "a", "\xff")
	f.Add("a=\x1b[2J/b", "a=\x1b[2J", "\\x1b")
	f.Fuzz(func(t *testing.T, path, dir, filter string) {
		l := look(query{path: dir, filter: filter, limit: 3}, slices.Values([]stats.PartitionTotals{{Path: path, Objects: 1}}))
		inside := dir == "" || path == dir || strings.HasPrefix(path, dir+"/")
		if (l.total.objects == 1) != inside || filter == "" && (len(l.rows) == 1) != inside {
			t.Errorf("%q in %q: %+v", path, dir, l)
		}
		for _, r := range l.rows {
			if at := join(dir, r.name); at != path && !strings.HasPrefix(path, at+"/") && dir+"/"+r.name != path {
				t.Errorf("%q in %q is shown at %q", path, dir, at)
			}
		}
	})
}
