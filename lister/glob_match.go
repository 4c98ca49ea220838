package lister

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A program is a pattern as a nondeterministic automaton with one state an op. All edges lead to the op itself or to a
// later one, so one ascending pass over a set of states follows every edge that consumes nothing.
//
// Note: a backtracking matcher is as short and faster on most keys, and takes time exponential in the number of groups
// and polynomial, of the degree of the number of stars, in the length of the key.
type program []op

type op struct {
	kind opKind
	rest bool     // opGlobstar: what follows it may be empty
	r    rune     // opLiteral
	to   int      // opFork: the next alternative, 0 if none; opJump: the end of the group
	set  *charSet // opClass
}

type opKind uint8

const (
	opLiteral opKind = iota
	opAny
	opClass
	opStar
	opGlobstar
	opFork
	opJump
	opEnd
)

// notUTF8 stands for a byte that is not UTF-8: a character that no literal and no class names.
const notUTF8 rune = -1

// states is a set of states; a program of n ops needs n bits.
type states []uint64

// Every alternative takes two ops for its one byte, every other op has a byte to itself, and there is the end.
const maxWords = (2*maxGlob+1)/64 + 1

func (s states) add(i int) { s[i>>6] |= 1 << (i & 63) }

// A question is what Glob asks of the states that the program is in after reading a string.
type question uint8

const (
	mayEnd    question = iota // is the string matched
	anyEnding                 // is every longer one without a line terminator matched, for certain
	anyLeft                   // may a longer one, or this, be matched
)

// answer reads s and answers q. A program that has a table is faster through that.
func (p program) answer(q question, s string) bool {
	var buf [2 * maxWords]uint64
	n := len(p)>>6 + 1
	return p.run(s, buf[:n], buf[n:2*n]).answer(q, p)
}

// answer uses up s.
func (s states) answer(q question, p program) bool {
	for i := s.pop(0); i >= 0; i = s.pop(i) {
		if q == anyLeft || q == mayEnd && p[i].kind == opEnd || q == anyEnding && p[i].rest {
			return true
		}
		p.follow(i, s)
	}
	return false
}

// pop removes the first state from i on and returns it, or -1.
func (s states) pop(i int) int {
	for w := i >> 6; w < len(s); w++ {
		if s[w] != 0 {
			b := bits.TrailingZeros64(s[w])
			s[w] &= s[w] - 1
			return w<<6 + b
		}
	}
	return -1
}

// follow adds the states that state i leads to without reading anything.
func (p program) follow(i int, s states) {
	switch o := &p[i]; o.kind {
	case opStar, opGlobstar:
		s.add(i + 1)
	case opFork:
		s.add(i + 1)
		if o.to > 0 {
			s.add(o.to)
		}
	case opJump:
		s.add(o.to)
	}
}

// run reads s and returns the states it leads to, in cur or next, which must be empty.
func (p program) run(s string, cur, next states) states {
	cur.add(0)
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = decodeRune(s[i:])
		}
		i += n
		if !p.step(r, cur, next) {
			return next
		}
		cur, next = next, cur
	}
	return cur
}

func decodeRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return notUTF8, 1
	}
	return r, n
}

// step reads r: it moves the states of cur to next, and reports whether there are any.
func (p program) step(r rune, cur, next states) bool {
	alive := false
	for i := cur.pop(0); i >= 0; i = cur.pop(i) {
		o := &p[i]
		p.follow(i, cur)
		if o.reads(r) {
			alive = true
			if o.kind == opStar || o.kind == opGlobstar {
				next.add(i)
			} else {
				next.add(i + 1)
			}
		}
	}
	return alive
}

func (o *op) reads(r rune) bool {
	switch o.kind {
	case opLiteral:
		return r == o.r
	case opAny, opStar:
		return r != '/'
	case opGlobstar:
		return !isLineTerminator(r)
	case opClass:
		return o.set.has(r)
	}
	return false
}

// markRest sets op.rest.
func (p program) markRest() {
	empty := make([]bool, len(p))
	for i := len(p) - 1; i >= 0; i-- {
		switch o := &p[i]; o.kind {
		case opEnd:
			empty[i] = true
		case opStar, opGlobstar:
			empty[i] = empty[i+1]
			o.rest = empty[i] && o.kind == opGlobstar
		case opFork:
			empty[i] = empty[i+1] || o.to > 0 && empty[o.to]
		case opJump:
			empty[i] = empty[o.to]
		}
	}
}

// suffix returns the literal that the pattern ends in.
func (p program) suffix() string {
	i := len(p) - 1
	for i > 0 && p[i-1].kind == opLiteral {
		i--
	}
	var b []byte
	for _, o := range p[i : len(p)-1] {
		b = utf8.AppendRune(b, o.r)
	}
	return string(b)
}

func (p program) count(kind opKind) int {
	n := 0
	for _, o := range p {
		if o.kind == kind {
			n++
		}
	}
	return n
}

// direct reports whether gobwas/glob reads the pattern as Java does and matches in linear time.
//
// It reads classes otherwise: "[_a-z]" as the four characters '_', 'a', '-' and 'z', and "[!a]" matches '/'. And it
// backtracks: of several stars each multiplies the time by the length of the key, except a last one with a literal or
// nothing behind it; of several groups each multiplies it by the number of alternatives.
func (p program) direct() bool {
	if p.count(opClass)+p.count(opFork) > 0 {
		return false
	}
	stars, last := 0, -1
	for i, o := range p {
		if o.kind != opStar && o.kind != opGlobstar {
			continue
		}
		if last < 0 || last != i-1 {
			stars++
		}
		last = i
	}
	if p[last+1:].count(opAny) == 0 {
		stars--
	}
	return stars <= 1
}

// A charSet is a class. It never has '/'.
type charSet struct {
	negated bool
	ranges  []charRange // of the members, sorted and disjoint once sealed
	ascii   [2]uint64   // of has, once sealed
}

type charRange struct{ lo, hi rune }

func (s *charSet) empty() bool { return len(s.ranges) == 0 }

func (s *charSet) add(lo, hi rune) { s.ranges = append(s.ranges, charRange{lo, hi}) }

// seal makes the set ready for has.
func (s *charSet) seal() {
	slices.SortFunc(s.ranges, func(a, b charRange) int { return int(a.lo - b.lo) })
	merged := s.ranges[:1]
	for _, r := range s.ranges[1:] {
		if last := &merged[len(merged)-1]; r.lo <= last.hi+1 {
			last.hi = max(last.hi, r.hi)
		} else {
			merged = append(merged, r)
		}
	}
	s.ranges = merged
	for r := rune(0); r < utf8.RuneSelf; r++ {
		if r != '/' && s.names(r) != s.negated {
			s.ascii[r>>6] |= 1 << (r & 63)
		}
	}
}

func (s *charSet) has(r rune) bool {
	if 0 <= r && r < utf8.RuneSelf {
		return s.ascii[r>>6]&(1<<(r&63)) != 0
	}
	return s.names(r) != s.negated
}

// names reports whether a range of the set covers r.
func (s *charSet) names(r rune) bool {
	_, ok := slices.BinarySearchFunc(s.ranges, r, func(c charRange, r rune) int {
		switch {
		case c.hi < r:
			return -1
		case c.lo > r:
			return 1
		}
		return 0
	})
	return ok
}
