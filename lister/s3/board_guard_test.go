package s3

import (
	"errors"
	"fmt"
	"testing"

	"s3layout/lister"
)

func objects(keys ...string) []lister.Object {
	out := make([]lister.Object, len(keys))
	for i, k := range keys {
		out[i].Key = k
	}
	return out
}

// TestAdvance is what a page means for a span: how much of it counts, and whether the span is at its end.
func TestAdvance(t *testing.T) {
	for name, test := range map[string]struct {
		end       string
		keys      []lister.Object
		truncated bool
		own       int
		done      bool
	}{
		"all there is":      {"", objects("a", "b"), false, 2, true},
		"more":              {"", objects("a", "b"), true, 2, false},
		"nothing":           {"", nil, false, 0, true},
		"nothing yet":       {"", nil, true, 0, false},
		"before the end":    {"c", objects("a", "b"), true, 2, false},
		"at the end":        {"b", objects("a", "b"), true, 2, true},
		"past the end":      {"b", objects("a", "b", "b\x00"), true, 2, true},
		"all past the end":  {"0", objects("a", "b"), true, 0, true},
		"last of all, past": {"a", objects("a", "b"), false, 1, true},
	} {
		b, sp := newBoard("", lister.Range{End: test.end})
		if own, done := b.advance(sp, test.keys, test.truncated); own != test.own || done != test.done {
			t.Errorf("%s: %d, %v", name, own, done)
		} else if b.has(sp) == done {
			t.Errorf("%s: done %v, and on the board %v", name, done, b.has(sp))
		}
	}
}

// TestCoversAfterEmptyPage is a page without keys, with more to come, at the beginning of a span: what is before the span
// stays to be listed by others, when the next page comes.
func TestCoversAfterEmptyPage(t *testing.T) {
	b, sp := newBoard("", lister.Range{After: "m", End: "z"})
	if b.advance(sp, nil, true); sp.covers != nothing {
		t.Errorf("a page without keys covers %v", sp.covers)
	}
	if b.advance(sp, objects("n", "o"), true); sp.covers != (lister.Range{After: "m", End: "o"}) {
		t.Errorf("the next page covers %v", sp.covers)
	}
}

// TestAbandoned is a page and a failure of a span that has been given up: they count for nothing.
func TestAbandoned(t *testing.T) {
	b, sp := newBoard("", lister.Range{})
	b.stop(errEnough)
	if own, done := b.advance(sp, objects("a"), true); own != 0 || !done {
		t.Errorf("%d keys, done %v", own, done)
	}
	b.drop(sp, errEarlyEnd)
	if len(b.missing) != 1 || !errors.Is(b.missing[0].Err, errEnough) {
		t.Errorf("%v", b.missing)
	}
}

// TestFailuresInARow gives up on a server that fails everywhere, but not on one that refuses, or that answers between.
func TestFailuresInARow(t *testing.T) {
	refusal := errors.New("refused")
	for name, test := range map[string]struct {
		err     error
		between bool
		left    bool
	}{
		"failures":            {errEarlyEnd, false, false},
		"refusals":            {refusal, false, true},
		"failures with pages": {errEarlyEnd, true, true},
	} {
		b, last := newBoard("", lister.Range{After: "x"})
		for i := range maxFailures {
			sp := &span{Range: lister.Range{After: fmt.Sprint(i), End: fmt.Sprint(i + 1)}}
			b.spans[sp] = struct{}{}
			if test.between {
				b.advance(last, objects(fmt.Sprintf("x%d", i)), true)
			}
			b.drop(sp, test.err)
		}
		if b.has(last) != test.left || b.stopped == test.left {
			t.Errorf("%s: the rest is on the board: %v", name, b.has(last))
		}
		if want := maxFailures + map[bool]int{true: 0, false: 1}[test.left]; len(b.missing) != want {
			t.Errorf("%s: %d ranges missing, want %d", name, len(b.missing), want)
		}
	}
}
