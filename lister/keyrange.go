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
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// RuneStart moves i back to the start of the character it points into.
func RuneStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
