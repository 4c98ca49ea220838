package render

import (
	"fmt"
	"strconv"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// What text has beside ASCII, each sign as one of ASCII in a column of its own, so that tables stand; and as words, for whom
// a screen reader reads.
var (
	asciiSigns = strings.NewReplacer("█", "#", "▉", "#", "▊", "#", "▋", "#", "▌", "=", "▍", "=", "▎", "-", "▏", "-", "▁", "1", "▂", "2", "▃", "3", "▄", "4", "▅", "5", "▆", "6", "▇", "7",
		"▲", "!", "✖", "X", "·", "-", "→", ">", "≤", "<", "–", "-", "×", "x", "◀", "<", "…", "*")
	plainWords = strings.NewReplacer(" · ", ", ", " → ", " to ", "→", "to", " ×", " times", "×", "times", "≤ ", "at most ", "≤", "at most", "◀", "", "…", "...", "~", "about ", "–", " to ", ">99 %", "more than 99 %", "<1 %", "less than 1 %")
)

// spelled is a clean line as this text spells it.
func (t *text) spelled(s string) string {
	if t.plain {
		s = plainWords.Replace(s)
	}
	if t.ascii {
		s = asciiOnly(asciiSigns.Replace(s))
	}
	return s
}

// asciiOnly spells what is not ASCII as \uNNNN.
func asciiOnly(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			var b strings.Builder
			for _, r := range s {
				if r < 0x80 {
					b.WriteRune(r)
				} else {
					q := strconv.QuoteRuneToASCII(r)
					b.WriteString(q[1 : len(q)-1])
				}
			}
			return b.String()
		}
	}
	return s
}

// cut holds a line to the width, at its end.
func (t *text) cut(s string) string {
	if width(s) <= t.width {
		return s
	}
	if t.ascii {
		return columns.Truncate(s, t.width, "*")
	}
	return columns.Truncate(s, t.width, "…")
}

// sign marks a severity: for a screen reader by its name.
func (t *text) sign(s advisor.Severity) string {
	if t.plain {
		return string(s)
	}
	return sign(s)
}

// heading is the first line of a finding.
func (t *text) heading(a advisor.Advice) string {
	if t.plain {
		return fmt.Sprintf("%s: %s, %s", a.Severity, a.Title, a.Rule)
	}
	return fmt.Sprintf("%s %s: %s [%s]", sign(a.Severity), a.Severity, a.Title, a.Rule)
}

// orUnknown names what is not known.
func orUnknown(s string) string {
	if s == "–" {
		return "unknown"
	}
	return s
}

func times(s string) string {
	if s == "–" {
		return "unknown times"
	}
	return s + " times"
}

func (t *text) plainHistogram(rows []stats.TableCount, all stats.TableCount) {
	t.line("files by size")
	for i, b := range rows {
		mark := ""
		if i == targetBand {
			mark = ", the size to aim at"
		}
		t.linef("%s%s: %s of files, %s of bytes", strings.Replace(bands[i].name, "> ", "over ", 1), mark, advisor.Percent(b.Objects, all.Objects), advisor.Percent(b.Bytes, all.Bytes))
	}
	t.blank()
}

func (t *text) plainCompaction(c *advisor.Compaction) {
	t.linef("compact %s to files of %s: %s become about %s, and %s are written", plural(c.Candidates, "partition"), advisor.Size(c.TargetBytes), plural(c.FilesBefore, "file"), advisor.Count(c.FilesAfter), advisor.Size(c.Bytes))
	for _, p := range c.Partitions[:min(10, len(c.Partitions))] {
		t.linef("%s: %s become %s", pathName(p.Path), plural(p.Files, "file"), advisor.Count(p.FilesAfter))
	}
}
