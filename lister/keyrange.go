package lister

import "unicode/utf8"

// A Range is the keys k with After < k <= End, in byte order. An empty End means no bound. Both halves of a cut keep
// that shape, so that ranges tile: a key equal to the cut belongs to the left.
type Range struct{ After, End string }

// Contains reports whether the range holds the key.
func (r Range) Contains(key string) bool { return key > r.After && !r.Beyond(key) }

// Beyond reports whether the key lies after the range.
func (r Range) Beyond(key string) bool { return r.End != "" && key > r.End }

// CommonPrefix returns how many bytes two keys begin with alike.
func CommonPrefix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i+8 <= n && eight(a[i:]) == eight(b[i:]) {
		i += 8
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// eight is the first eight bytes of s as a number.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// RuneStart moves i back to the start of the character it points into.
func RuneStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
