package lister

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A Range is the keys k with After < k <= End, in byte order. An empty End means no bound. Both halves of a cut keep
// that shape, so that ranges tile: a key equal to the cut belongs to the left.
type Range struct{ After, End string }

// Contains reports whether the range holds the key.
func (r Range) Contains(key string) bool { return key > r.After && !r.Beyond(key) }

// Beyond reports whether the key lies after the range.
func (r Range) Beyond(key string) bool { return r.End != "" && key > r.End }

// Cut returns a key strictly inside (last, End), after which another worker may list while this one goes on from last,
// or false where there is none. All keys of the listing start with prefix; base is a key at or before last that has
// been seen, and shows from which position on keys vary.
//
// Where the range has no bound, the cut is behind everything that agrees with last up to the first position at which
// keys were seen to vary: what lies there shows the next varying position, or that there is nothing, which bounds the
// range. Otherwise the cut is in the middle of the characters that may follow at the first position that can advance.
// A cut need not be a key, and is never wrong: a bad one only makes an empty half.
func (r Range) Cut(prefix, base, last string) (string, bool) {
	if !utf8.ValidString(last) {
		return "", false
	}
	if r.End == "" {
		vary := runeStart(last, commonPrefix(base, last))
		if vary > len(prefix) {
			if cut, ok := successor(last[:vary], len(prefix)); ok {
				return cut, true
			}
		}
		return advance(last, max(vary, len(prefix)), "")
	}
	return advance(last, runeStart(last, commonPrefix(last, r.End)), r.End)
}

// successor returns a string after every one that starts with s, by raising its last ASCII letter, digit or sign at
// position min or later.
func successor(s string, min int) (string, bool) {
	for i := len(s) - 1; i >= min; i-- {
		if s[i] < 0x7e {
			return s[:i] + string(rune(s[i]+1)), true
		}
	}
	return "", false
}

// advance finds the shallowest position at or after from where last can be raised and still stay below end.
func advance(last string, from int, end string) (string, bool) {
	for i := from; i < len(last); {
		r, n := utf8.DecodeRuneInString(last[i:])
		high := rune(0)
		if end != "" && len(end) > i && strings.HasPrefix(end, last[:i]) {
			high, _ = utf8.DecodeRuneInString(end[i:])
		}
		if mid, ok := middle(r, high); ok {
			if cut := last[:i] + string(mid); cut > last && (end == "" || cut < end) {
				return cut, true
			}
		}
		i += n
	}
	return "", false
}

// middle returns the character halfway between low and the end of its class (digits, capitals, letters, a block of
// other scripts), or halfway to high where that comes first. high 0 is no bound.
func middle(low, high rune) (rune, bool) {
	top := classEnd(low)
	if top < 0 {
		return 0, false
	}
	if high > 0 && high < top {
		top = high
	}
	if low >= top {
		return 0, false
	}
	mid := low + (top-low+1)/2
	if mid >= 0xd800 && mid <= 0xdfff {
		return 0, false
	}
	return mid, true
}

// classEnd returns the last character of the class of r, or -1 where a position with r in it is taken to be fixed.
func classEnd(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return '9'
	case 'A' <= r && r <= 'Z':
		return 'Z'
	case 'a' <= r && r <= 'z':
		return 'z'
	case r >= 0x80 && r <= 0x10ffff:
		return r | 0x3f
	}
	return -1
}

// Share estimates how much of the range lies up to key: 0 at After, 1 at End, linear in the digits and letters of the
// positions in which the three differ. It is NaN where the range has no bound.
func (r Range) Share(key string) float64 {
	if r.End == "" {
		return math.NaN()
	}
	var after, at, end float64
	weight := 1.0
	for i := commonPrefix(r.After, r.End); i < len(r.After) || i < len(r.End) || i < len(key); i++ {
		radix := radixOf(r.After, key, r.End, i)
		if radix == 1 {
			continue
		}
		weight /= radix
		if weight < 1e-12 {
			break
		}
		after += weight * digit(r.After, i, radix)
		at += weight * digit(key, i, radix)
		end += weight * digit(r.End, i, radix)
	}
	if end <= after {
		return 1
	}
	return min(max((at-after)/(end-after), 0), 1)
}

// radixOf tells how many characters a position has from those that stand in it: 1 if they are the same, and not a
// digit.
func radixOf(a, b, c string, i int) float64 {
	digits, hex, letters, fixed := true, true, true, true
	first := byte(0)
	for _, s := range [...]string{a, b, c} {
		if i >= len(s) {
			continue
		}
		x := s[i]
		if first == 0 {
			first = x
		}
		isDigit := '0' <= x && x <= '9'
		isLower := 'a' <= x && x <= 'z'
		digits = digits && isDigit
		hex = hex && (isDigit || 'a' <= x && x <= 'f')
		letters = letters && isLower
		fixed = fixed && x == first && !isDigit
	}
	switch {
	case fixed:
		return 1
	case digits:
		return 10
	case hex:
		return 16
	case letters:
		return 26
	}
	return 256
}

// digit is the value of the character at position i, in the alphabet that radix stands for; 0 past the end.
func digit(s string, i int, radix float64) float64 {
	if i >= len(s) {
		return 0
	}
	x := s[i]
	switch {
	case radix == 10:
		return float64(x - '0')
	case radix == 16 && x >= 'a':
		return float64(x-'a') + 10
	case radix == 16:
		return float64(x - '0')
	case radix == 26:
		return float64(x - 'a')
	}
	return float64(x)
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// runeStart moves i back to the start of the character it points into.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
