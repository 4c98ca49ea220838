package lister

import (
	"math"
	"slices"
	"unicode/utf8"
)

// Keys are points on a line from 0 to 1: each character that may stand in a place has an equal share of the place, and the
// characters after it divide that share. So keys that are spread evenly over the characters seen lie evenly on the line.

// value is where a key lies, from a place on: what comes before is the same for all keys that are compared.
func (s *Shape) value(p place) float64 {
	value, weight := 0.0, 1.0
	var buf [64]rune
	for ; !p.done() && weight > 1e-17; p.next() {
		chars := s.known(p)
		options := chars.options(p.before, buf[:])
		n := len(options)
		if n == 0 {
			break
		}
		rank, found := slices.BinarySearch(options, p.char)
		if n > 1 {
			weight /= chars.size(n)
		}
		if rank == n && n > 0 {
			value += weight * (float64(n-1) + chars.lastShare())
			break
		}
		value += weight * float64(rank)
		if !found {
			break
		}
		if n > 1 && rank == n-1 {
			weight *= chars.lastShare()
		}
	}
	return value
}

// common returns the place where keys that share a beginning part.
func (s *Shape) common(a, b string) place {
	return s.from(a, max(RuneStart(a, CommonPrefix(a, b)), len(s.prefix)))
}

// Ahead returns how often the way from first to last fits into that from last to the range's end: the pages that are left,
// if it is a page from first to last and keys lie evenly. It is infinite where the range has no end, or the way is too
// short to measure. All are in order: first <= last <= End.
func (s *Shape) Ahead(r Range, first, last string) float64 {
	if r.End == "" {
		return math.Inf(1)
	}
	p := s.common(first, r.End)
	from, to, end := s.value(p), s.value(at(p, last)), s.value(at(p, r.End))
	if to-from < 1e-12 || end < to {
		return math.Inf(1)
	}
	return (end - to) / (to - from)
}

// Pace returns the way from first to last, relative to that from begin to end; 0 where it cannot be measured.
// All are in order: begin <= end, first <= last.
func (s *Shape) Pace(begin, end, first, last string) float64 {
	base := s.common(begin, max(end, last))
	way := s.value(at(base, end)) - s.value(base)
	if way < 1e-12 {
		return 0
	}
	return (s.value(at(base, last)) - s.value(at(base, first))) / way
}

// at is the same place of another key, which shares what comes before.
func at(p place, key string) place {
	p.key = key
	p.read()
	return p
}

// Split returns a cut with about share of the way from last to the range's end before it. fine is how closely, as a part
// of that way. ok is false where the range has no end, or nothing is known to lie between.
func (s *Shape) Split(r Range, last string, share, fine float64) (cut string, ok bool) {
	if r.End == "" || !utf8.ValidString(last) {
		return "", false
	}
	p := s.common(last, r.End)
	from, end := s.value(p), s.value(at(p, r.End))
	if !(end > from) {
		return "", false
	}
	cut = s.key(last[:p.index], p, from+(end-from)*share, (end-from)*fine)
	return cut, cut > last && cut < r.End
}

// maxFree is how many characters that are the only ones of their places a cut goes through: behind them are others.
const maxFree = 256

// key returns a key that lies at a point of the line, up to an error of fine: stem and what follows from its place on.
func (s *Shape) key(stem string, p place, point, fine float64) string {
	out := []byte(stem)
	good := len(out)
	weight := 1.0
	var buf [64]rune
	for free := 0; weight > fine && free < maxFree; free++ {
		a := s.known(p)
		options := a.options(p.before, buf[:])
		n := len(options)
		if n == 0 {
			break
		}
		rank := 0
		if n > 1 {
			weight /= a.size(n)
			rank = min(max(int(point/weight), 0), n-1)
			point -= float64(rank) * weight
			if rank == n-1 {
				weight *= a.lastShare()
			}
		}
		out = utf8.AppendRune(out, options[rank])
		if n > 1 {
			good = len(out)
		}
		p.char = options[rank]
		p.pass()
	}
	return string(out[:good])
}
