package lister

import (
	"errors"
	"slices"
	"sort"
	"strings"
)

// A Resumer is a Source whose listing can be left, and taken up again by another Source of the same target.
type Resumer interface {
	Source
	// State says how far List has come, for Resume to read: a few KiB, without credentials. It is to be called by fn, and the
	// batch that fn was called with counts as delivered; or after List, and then it says what has been delivered.
	// Where the listing cannot be taken up in the middle, the error is an ErrNotResumable.
	State() ([]byte, error)
	// Resume has List deliver what had not been delivered when the state was taken, and nothing else. It is to be called
	// before List. The state is held to its form and to the target.
	Resume(state []byte) error
}

// ErrNotResumable is what State fails with where keys come in no order: nothing but having them all shows which are missing.
var ErrNotResumable = errors.New("the server lists keys in no order, so that a listing cannot be taken up in the middle")

// Ranges are ranges of keys, in order and apart from each other.
type Ranges []Range

// Contain reports whether one of the ranges holds the key.
func (rs Ranges) Contain(key string) bool {
	at := sort.Search(len(rs), func(i int) bool { return !rs[i].Beyond(key) })
	return at < len(rs) && rs[at].Contains(key)
}

// Valid reports whether the ranges are in order, apart from each other, and none is empty.
func (rs Ranges) Valid() bool {
	for i, r := range rs {
		if r.End != "" && r.After >= r.End || i > 0 && (rs[i-1].End == "" || rs[i-1].End > r.After) {
			return false
		}
	}
	return true
}

// Remove takes the keys of a range out. The strings of what is left are its own, or those of rs.
func (rs Ranges) Remove(r Range) Ranges {
	if r.End != "" && r.After >= r.End {
		return rs
	}
	first := sort.Search(len(rs), func(i int) bool { return rs[i].End == "" || rs[i].End > r.After })
	var left []Range
	last := first
	for ; last < len(rs) && (r.End == "" || rs[last].After < r.End); last++ {
		x := rs[last]
		if x.After < r.After {
			left = append(left, Range{x.After, strings.Clone(r.After)})
		}
		if r.End != "" && (x.End == "" || x.End > r.End) {
			left = append(left, Range{strings.Clone(r.End), x.End})
		}
	}
	return slices.Replace(rs, first, last, left...)
}

// Add returns what two listings have cost together. Requests in flight are those of the second.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Requests: u.Requests + v.Requests, Gets: u.Gets + v.Gets, BytesRead: u.BytesRead + v.BytesRead,
		Retries: u.Retries + v.Retries, Throttled: u.Throttled + v.Throttled, InFlight: v.InFlight, Jumps: u.Jumps + v.Jumps,
	}
}
