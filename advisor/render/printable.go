package render

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Printable spells a key so that a terminal shows it and does nothing else: what does not print (control characters,
// bidirectional marks, bytes that are not UTF-8) becomes \xNN or \uNNNN, a backslash two. So does what a log of CI takes for
// a command wherever it stands in a line.
func Printable(s string) string {
	q := strconv.Quote(s)
	return commandless(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`))
}

// commandless breaks what GitHub Actions (##[) and Azure Pipelines (##vso[) take for a command.
func commandless(s string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "##[", `#\x23[`), "##vso[", `#\x23vso[`)
}

// clean makes text that was put together fit for one line of a terminal or a log: what does not print is escaped, other
// backslashes stay. What a log of CI would take for a command (:: at the start of a line too) is broken.
func clean(s string) string {
	return uncommanded(commandless(escape(s)))
}

// uncommanded breaks a command at the start of a line.
func uncommanded(s string) string {
	if text := strings.TrimLeft(s, " "); strings.HasPrefix(text, "::") {
		return s[:len(s)-len(text)] + `\x3a` + text[1:]
	}
	return s
}

// escape spells what does not print as Printable does.
func escape(s string) string {
	var b strings.Builder
	for done := 0; ; {
		at := strings.IndexFunc(s[done:], func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) })
		if at < 0 {
			return b.String() + s[done:]
		}
		_, size := utf8.DecodeRuneInString(s[done+at:])
		b.WriteString(s[done : done+at])
		b.WriteString(Printable(s[done+at : done+at+size]))
		done += at + size
	}
}

var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// width is how many columns printable text takes.
func width(s string) int { return columns.StringWidth(s) }

// Fit cuts printable text to n columns, in its middle, and pads it to them.
func Fit(s string, n int) string { return fit(s, max(n, 0)) }

// Width is how many columns printable text takes.
func Width(s string) int { return width(s) }

// fit cuts text to n columns, in its middle, and pads it to them. It may begin a line.
func fit(s string, n int) string { return columns.FillRight(shorten(uncommanded(s), n), n) }

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
