package lister

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRangesRemove takes random ranges out of all keys, in any order, overlapping or not, and asks about every key.
func TestRangesRemove(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	key := func(i int) string { return fmt.Sprintf("%02d", i) }
	for range 2000 {
		const keys = 30
		var left [keys + 1]bool
		for i := range left {
			left[i] = true
		}
		rs := Ranges{{}}
		for range 1 + r.IntN(8) {
			lo, hi := r.IntN(keys+1), r.IntN(keys+2)
			out := Range{key(lo), key(hi)}
			if lo == 0 {
				out.After = ""
			}
			if hi > keys {
				out.End = ""
			}
			for i := range left {
				left[i] = left[i] && !out.Contains(key(i))
			}
			before := slices.Clone(rs)
			if rs = rs.Remove(out); !rs.Valid() {
				t.Fatalf("%q without %q is %q", before, out, rs)
			}
		}
		for i, want := range left {
			if got := rs.Contain(key(i)); got != want {
				t.Fatalf("%q has %q: %v, want %v", rs, key(i), got, want)
			}
		}
	}
}

func TestRangesValid(t *testing.T) {
	for _, test := range []struct {
		rs    Ranges
		valid bool
	}{
		{nil, true},
		{Ranges{{}}, true},
		{Ranges{{"a", "b"}, {"b", "c"}, {"d", ""}}, true},
		{Ranges{{"a", "a"}}, false},
		{Ranges{{"b", "a"}}, false},
		{Ranges{{"a", "c"}, {"b", "d"}}, false},
		{Ranges{{"a", ""}, {"b", "c"}}, false},
		{Ranges{{"c", "d"}, {"a", "b"}}, false},
	} {
		if got := test.rs.Valid(); got != test.valid {
			t.Errorf("%q: %v", test.rs, got)
		}
	}
}
