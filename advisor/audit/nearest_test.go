package audit

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"ä", "a", 1}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// What is longer than any name is compared with none.
func TestNearestLongest(t *testing.T) {
	for n, near := range map[int]bool{longestGuess: true, longestGuess + 1: false} {
		if got := Nearest(strings.Repeat("a", n), []string{strings.Repeat("a", n-1)}); (got != "") != near {
			t.Errorf("%d: %q", n, got)
		}
	}
}
