package lister

import (
	"math/bits"
	"unicode/utf8"
)

// A table is a program of at most 64 ops, which is nearly every one, with its sets of states in single words.
type table struct {
	prog   program
	reads  [utf8.RuneSelf]uint64 // by ASCII character: the states that read it
	leads  [64]uint64            // by state: itself and those that it leads to without reading anything
	loops  uint64                // the states that stay when they have read
	passes uint64                // the states that lead elsewhere without reading anything
	yes    [3]uint64             // by question: the states that say yes to it
}

// newTable returns nil for a program that is too large.
func newTable(p program) *table {
	if len(p) > 64 {
		return nil
	}
	t := &table{prog: p}
	for i := len(p) - 1; i >= 0; i-- {
		t.addState(i, 1<<i)
	}
	for c := range t.reads {
		t.reads[c] = t.reading(rune(c), 1<<len(p)-1)
	}
	return t
}

// addState enters state i, after all later ones.
func (t *table) addState(i int, bit uint64) {
	direct := make(states, 1)
	t.prog.follow(i, direct)
	t.leads[i] = bit
	for set := direct[0]; set != 0; set &= set - 1 {
		t.leads[i] |= t.leads[bits.TrailingZeros64(set)]
	}
	o := t.prog[i]
	if direct[0] != 0 {
		t.passes |= bit
	}
	if o.kind == opStar || o.kind == opGlobstar {
		t.loops |= bit
	}
	if o.kind == opEnd {
		t.yes[mayEnd] |= bit
	}
	if o.rest {
		t.yes[anyEnding] |= bit
	}
	t.yes[anyLeft] |= bit
}

// reading returns the states of set that read r.
func (t *table) reading(r rune, set uint64) uint64 {
	for rest := set; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros64(rest); !t.prog[i].reads(r) {
			set &^= 1 << i
		}
	}
	return set
}

// answer is program.answer.
func (t *table) answer(q question, s string) bool {
	set := t.leads[0]
	for i := 0; i < len(s) && set != 0; {
		if c := s[i]; c < utf8.RuneSelf {
			set &= t.reads[c]
			i++
		} else {
			r, n := decodeRune(s[i:])
			set = t.reading(r, set)
			i += n
		}
		set = set&t.loops | set&^t.loops<<1
		for pass := set & t.passes; pass != 0; pass &= pass - 1 {
			set |= t.leads[bits.TrailingZeros64(pass)]
		}
	}
	return set&t.yes[q] != 0
}
