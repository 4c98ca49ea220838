package lister

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRange(t *testing.T) {
	for _, test := range []struct {
		r                Range
		key              string
		contains, beyond bool
	}{
		{Range{}, "a", true, false},
		{Range{}, "\U0010ffff", true, false},
		{Range{After: "b"}, "a", false, false},
		{Range{After: "b"}, "b", false, false},
		{Range{After: "b"}, "b\x00", true, false},
		{Range{After: "b", End: "d"}, "d", true, false},
		{Range{After: "b", End: "d"}, "d\x00", false, true},
		{Range{End: "d"}, "", false, false}, // no key is empty; below a target the marker is
		{Range{End: "d"}, "\xff", false, true},
	} {
		if c, b := test.r.Contains(test.key), test.r.Beyond(test.key); c != test.contains || b != test.beyond {
			t.Errorf("%v and %q: %v, %v", test.r, test.key, c, b)
		}
	}
}

func TestRangeString(t *testing.T) {
	for want, r := range map[string]Range{
		"all keys": {}, `keys up to "b\n"`: {End: "b\n"}, `keys after "\x1b"`: {After: "\x1b"}, `keys after "a" up to "b"`: {After: "a", End: "b"},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// checkCut holds one cut to what is promised of any: it is strictly inside, it is UTF-8, and it has the prefix, so that it
// can be sent as a start-after.
func checkCut(t *testing.T, r Range, prefix, last, cut string) {
	t.Helper()
	switch {
	case cut <= last:
		t.Fatalf("%v cut at %q, not after %q", r, cut, last)
	case r.End != "" && cut >= r.End:
		t.Fatalf("%v cut at %q, not before its end", r, cut)
	case !utf8.ValidString(cut):
		t.Fatalf("%v cut at %q, which is no UTF-8", r, cut)
	case !strings.HasPrefix(cut, prefix):
		t.Fatalf("%v cut at %q, outside %q", r, cut, prefix)
	}
}

// FuzzCut cuts any range anywhere, knowing anything.
func FuzzCut(f *testing.F) {
	f.Add("events/", "year=2015/month=01/day=01", "year=2015/month=01/day=02", "year=2019", "year=2017,x")
	f.Add("", "a", "b", "", "")
	f.Add("p", "\U0010ffff", "\U0010ffff\U0010ffff", "", "z")
	f.Add("", "00", "0099", "01", "00,02,3")
	f.Add("", "é", "é日", "日", "\ufffd,\ud7ff")
	f.Add("x/", "~~", "~~~", "\x7f", "")
	f.Add("", "\xff", "\xff\xfe", "", "\xff")
	f.Fuzz(func(t *testing.T, prefix, base, last, end, learned string) {
		base, last = prefix+base, prefix+last
		r := Range{After: min(base, last)}
		if end != "" {
			r.End = prefix + end
		}
		if base > last || r.End != "" && last >= r.End || !utf8.ValidString(r.End) || !utf8.ValidString(prefix) {
			t.Skip("not what the board has")
		}
		s := NewShape(prefix)
		s.Learn(base)
		s.Learn(last)
		for key := range strings.SplitSeq(learned, ",") {
			s.Learn(prefix + key)
			if prefix+key > last {
				s.Follow(last, prefix+key)
			}
			for _, share := range [...]float64{0, 0.01, 0.5, 1, math.NaN(), math.Inf(1)} {
				if cut, ok := s.Split(r, last, share, 0.01); ok {
					checkCut(t, r, prefix, last, cut)
					s.Miss(cut, RuneStart(cut, CommonPrefix(last, cut)))
				}
				if cut, ok := s.Divide(r, base, last, share); ok {
					checkCut(t, r, prefix, last, cut)
				}
			}
		}
		if n := s.Ahead(r, base, last); !(n >= 0) {
			t.Fatalf("%v: %v times as far from %q as from %q", r, n, last, base)
		}
		if n := s.Open(r, base, last); !(n >= 0) || math.IsInf(n, 1) {
			t.Fatalf("%v: %v bits are unknown", r, n)
		}
		if n := s.Pace(base, r.End, base, last); r.End != "" && !(n >= 0) {
			t.Fatalf("%v: a pace of %v", r, n)
		}
	})
}

// keySets makes sorted sets of random keys that are alike in the ways in which keys are.
var keySets = []func(dice *rand.Rand) string{
	func(dice *rand.Rand) string { return fmt.Sprintf("part-%05d", dice.IntN(100000)) },
	func(dice *rand.Rand) string { return fmt.Sprintf("%016x", dice.Uint64()) },
	func(dice *rand.Rand) string {
		return fmt.Sprintf("year=%d/month=%02d/part-%d", 2015+dice.IntN(10), 1+dice.IntN(12), dice.IntN(1000))
	},
	func(dice *rand.Rand) string {
		key := ""
		for range 1 + dice.IntN(5) {
			key += string([]rune("aZ09/-_é日😀\U0010ffff~ ")[dice.IntN(13)])
		}
		return key
	},
	func(dice *rand.Rand) string {
		key := make([]byte, 1+dice.IntN(3))
		for i := range key {
			key[i] = byte(dice.IntN(256))
		}
		return string(key)
	},
}

// TestCutsTile cuts random key sets again and again, as workers would, with one page read of each part before it is cut
// again: every key is in one part.
func TestCutsTile(t *testing.T) {
	for seed := range uint64(300) {
		dice := rand.New(rand.NewPCG(seed, 0))
		prefix := []string{"", "data/", "é/"}[seed%3]
		var keys []string
		for range 1 + dice.IntN(200) {
			keys = append(keys, prefix+keySets[seed%uint64(len(keySets))](dice))
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		s := NewShape(prefix)
		s.Learn(keys[0])
		parts := []Range{{}}
		cuts := 0
		for range 60 {
			i := dice.IntN(len(parts))
			r := parts[i]
			from, found := slices.BinarySearch(keys, r.After)
			if found {
				from++
			}
			at := from + dice.IntN(3)
			if at >= len(keys) || r.Beyond(keys[at]) {
				continue
			}
			s.Learn(keys[at])
			cut, ok := s.Split(r, keys[at], dice.Float64(), 0.01)
			if guess, can := s.Divide(r, keys[from], keys[at], dice.Float64()); can && (!ok || dice.IntN(2) == 0) {
				cut, ok = guess, true
			}
			if !ok {
				continue
			}
			checkCut(t, r, prefix, keys[at], cut)
			cuts++
			parts = slices.Insert(parts, i+1, Range{After: cut, End: r.End})
			parts[i].End = cut
		}
		if cuts == 0 && len(keys) > 20 && utf8.ValidString(keys[0]) {
			t.Errorf("seed %d: no cut in %d keys", seed, len(keys))
		}
		for _, key := range keys {
			n := 0
			for _, r := range parts {
				if r.Contains(key) {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("seed %d: %q is in %d of %v", seed, key, n, parts)
			}
		}
	}
}

// TestValuesRise walks random key sets: the line does not fall from one key to the next, whatever has been learned.
func TestValuesRise(t *testing.T) {
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 1))
		var keys []string
		s := NewShape("")
		for range 100 {
			key := keySets[seed%4](dice) // the others are no UTF-8, and sort otherwise
			keys = append(keys, key)
			if dice.IntN(2) == 0 {
				s.Learn(key)
			}
		}
		slices.Sort(keys)
		for i := 1; i < len(keys); i++ {
			if a, b := s.value(s.start(keys[i-1])), s.value(s.start(keys[i])); !(0 <= a && a <= b+1e-12 && b <= 1+1e-9) {
				t.Errorf("seed %d: %q at %v, %q at %v", seed, keys[i-1], a, keys[i], b)
			}
		}
	}
}
