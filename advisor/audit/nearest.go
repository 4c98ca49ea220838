package audit

import "strings"

// Nearest returns the word that was probably meant: the one that takes fewest letters changed, swapped, added or left out, if
// these are few; "" where none is near.
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, least, exact := "", 1+len(word)/3, 0
	for _, k := range known {
		d, e := distance(plain(word), plain(k)), distance(word, k)
		if d < least || d == least && (best == "" || e < exact) {
			best, least, exact = k, d, e
		}
	}
	return best
}

// plain makes spellings that differ in case, - and _ alike.
func plain(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// distance is the number of letters to change, swap with a neighbour, add or leave out (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
