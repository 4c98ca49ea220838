package audit

import (
	"strings"
	"unicode/utf8"
)

// longestGuess bounds what is compared: nobody mistypes a longer name.
const longestGuess = 64

// Nearest returns the name that differs least from the one given, case, dashes, dots and underscores apart, which decide
// between equals, and then the first of them; "" where all differ in more than a third of it: glue51 is glue-5.1, small-fiels
// is small-files, and zebra is nothing.
func Nearest(given string, names []string) string {
	folded := fold(given)
	if folded == "" || len(folded) > longestGuess {
		return ""
	}
	best, least := "", max(utf8.RuneCountInString(folded)/3, 1)+1
	for _, name := range names {
		other := fold(name)
		d := distance(folded, other)
		if len(folded) >= 3 && strings.HasPrefix(other, folded) {
			d = min(d, 1)
		}
		if d < least || d == least && best != "" && distance(given, name) < distance(given, best) {
			best, least = name, d
		}
	}
	return best
}

func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
}

// distance counts the characters to insert, drop, change or swap with the next one, each at most once, that make b of a:
// Damerau and Levenshtein's, as optimal string alignment.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
