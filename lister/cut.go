package lister

import (
	"math"
	"slices"
	"unicode/utf8"
)

// Divide returns a cut of a range of which it is not known how far the keys reach, or false where there is none. The way
// from first to last, which have been read, is a tiny part of it, and so the cut is in the middle as to the order of
// magnitude: of the characters up to the first one at which the two differ, one is raised. What lies there tells in which
// half the keys end.
//
// where is 1/2 for the middle, less for a cut farther away.
func (s *Shape) Divide(r Range, first, last string, where float64) (string, bool) {
	list, total, _ := s.raises(r, first, last)
	sum := 0.0
	for _, c := range list {
		if sum += c.bits; sum >= total*where {
			return c.cut, true
		}
	}
	return "", false
}

// Open returns how much is unknown of how far the keys of a range reach, as bits: 0 where nothing but the characters
// seen are to be expected.
func (s *Shape) Open(r Range, first, last string) float64 {
	_, _, open := s.raises(r, first, last)
	return open
}

// raised is a key with one character raised.
type raised struct {
	cut  string
	bits float64
}

// raises lists cuts, from the ones far away to the ones near, with what they are worth: all of them, and those that look
// for what was never seen.
func (s *Shape) raises(r Range, first, last string) (list []raised, total, open float64) {
	if !utf8.ValidString(last) {
		return nil, 0, 0
	}
	from := max(RuneStart(last, CommonPrefix(last, r.End)), len(s.prefix))
	to := max(RuneStart(last, CommonPrefix(first, last)), from)
	for p := s.from(last, from); !p.done() && p.index <= to; p.next() {
		high := rune(0)
		if p.index == from && from < len(r.End) {
			high, _ = utf8.DecodeRuneInString(r.End[from:])
		}
		c, bits := s.later(p, high)
		unknown := 0.0
		if bits == 0 {
			c, unknown = s.raise(p, high, p.index == from)
			bits = unknown
		}
		if bits == 0 {
			continue
		}
		if cut := last[:p.index] + string(c); cut > last && (r.End == "" || cut < r.End) {
			list = append(list, raised{cut, bits})
			total += bits
			open += unknown
		}
	}
	return list, total, open
}

// later returns the middle one of the later characters that are known of a place, no later than high if that is not 0.
func (s *Shape) later(p place, high rune) (rune, float64) {
	var buf [64]rune
	guess := s.known(p).options(p.before, buf[:])
	from, found := slices.BinarySearch(guess, p.char)
	if found {
		from++
	}
	to := len(guess)
	if high > 0 {
		if to, found = slices.BinarySearch(guess, high); found {
			to++
		}
	}
	if from >= to {
		return 0, 0
	}
	return guess[from+(to-from)/2], math.Log2(float64(1 + to - from))
}

// raise returns a later character for a place that has reached the last one known, no later than high if that is not 0, and
// how much is to be learned from it: the number of characters in question, as bits. It is 0 where there is none to try.
func (s *Shape) raise(p place, high rune, outermost bool) (rune, float64) {
	a := s.known(p)
	if a.complete() {
		return 0, 0
	}
	within := func(c rune) bool { return (high == 0 || c <= high) && (a.limit == 0 || c < a.limit) }
	switch {
	case p.char == '/' && within('0'):
		return '0', 2
	case isDigit(p.char) && p.char < '9':
		top := '9'
		if a.short {
			top = a.digits()
		}
		for top > p.char && !within(top) {
			top--
		}
		if top > p.char {
			return p.char + (top-p.char+1)/2, 0.7 * math.Log2(float64(top-p.char+1))
		}
	case isDigit(p.char) && !outermost:
	case outermost || p.offset == 0 || len(a.seen) > 1:
		if c, ok := middle(p.char, high); ok && within(c) {
			return c, 1
		}
	}
	return 0, 0
}

// middle returns a character between low and high, or between low and the end of its class (digits, capitals, letters,
// a block of other scripts) where that comes first; at the end of a class, the start of the next. high 0 is no bound.
func middle(low, high rune) (rune, bool) {
	top := classEnd(low)
	if low == top {
		top = nextClass(low)
		if high == 0 || top < high {
			return top, top > 0
		}
	}
	if high > 0 && high <= top {
		top = high - 1
	}
	mid := low + (top-low+1)/2
	if mid <= low || mid >= 0xd800 && mid <= 0xdfff {
		return 0, false
	}
	return mid, true
}

// classEnd returns the last character of the class of r.
func classEnd(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return '9'
	case 'A' <= r && r <= 'Z':
		return 'Z'
	case 'a' <= r && r <= 'z':
		return 'z'
	case r >= 0x80 && r < 0x10ffff:
		return r | 0x3f
	}
	return r
}

// nextClass returns the first character of the next class after r; 0 after the last.
func nextClass(r rune) rune {
	switch {
	case r < '0':
		return '0'
	case r < 'A':
		return 'A'
	case r < 'a':
		return 'a'
	case r < 0x80:
		return 0xc0
	case r < 0x10ff00:
		return r + 1
	}
	return 0
}
