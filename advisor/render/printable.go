package render

import (
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Printable spells a key so that a terminal shows it and does nothing else: what does not print (control characters,
// bidirectional marks, bytes that are not UTF-8) becomes \xNN or \uNNNN, a backslash two.
func Printable(s string) string {
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// width is how many columns printable text takes.
func width(s string) int { return columns.StringWidth(s) }

// fit cuts text to n columns, in its middle, and pads it to them.
func fit(s string, n int) string { return columns.FillRight(shorten(s, n), n) }

// shorten cuts text to n columns, in its middle: both ends of a key tell more than its middle.
func shorten(s string, n int) string {
	if width(s) <= n || n < 4 {
		return columns.Truncate(s, n, "")
	}
	head := columns.Truncate(s, (n-1+1)/2, "")
	tail := columns.TruncateLeft(s, width(s)-(n-1-width(head)), "")
	for width(head)+1+width(tail) > n {
		_, size := headRune(tail)
		tail = tail[size:]
	}
	return head + "…" + tail
}

func headRune(s string) (rune, int) {
	for i, r := range s {
		if i > 0 {
			return r, i
		}
	}
	return 0, len(s)
}

// Wrap breaks text at spaces into lines of at most n columns; a longer word is cut.
func Wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for width(word) > n {
			room := n - width(line) - 1
			if line == "" || room < n/2 {
				if line != "" {
					lines = append(lines, line)
				}
				line, room = "", n
			} else {
				line += " "
			}
			head := columns.Truncate(word, room, "")
			if head == "" {
				return append(lines, line)
			}
			lines = append(lines, line+head)
			line, word = "", word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Beside puts a printable key in front of text, shortened so that both take at most n columns; the key gives way.
func Beside(key, text string, n int) string {
	room := n - width(text) - 2
	if room < 8 {
		return columns.Truncate(text, n, "…")
	}
	return shorten(key, room) + "  " + text
}
