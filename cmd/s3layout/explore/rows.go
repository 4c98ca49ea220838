package explore

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/stats"
)

// A cell is one column of the table of rows.
type cell struct {
	title string
	by    column
	width int
	text  func(r row) string
	style func(r row) string // "" for none
}

// Shares from which a figure stands out.
const (
	manySmall = 0.5
	farOff    = 4 // times the median
)

// columns are those that there is room for, right of the name.
func (m *Model) columns() []cell {
	plain := func(row) string { return "" }
	files := cell{"files", byFiles, 8, func(r row) string { return advisor.Count(r.objects) }, plain}
	bytes := cell{"bytes", byBytes, 8, func(r row) string { return advisor.Size(r.bytes) }, plain}
	bar := cell{"", byBytes, 12, func(r row) string { return render.Fit(bars(r.bytes, m.largest(), 12), 12) }, func(row) string { return cyan }}
	small := cell{"small", bySmall, 7, func(r row) string { return advisor.Percent(r.small, r.objects) }, func(r row) string {
		if share(r.small, r.objects) >= manySmall {
			return yellow
		}
		return ""
	}}
	average := cell{"mean", byMean, 8, func(r row) string { return advisor.Size(mean(r)) }, plain}
	skew := cell{"× med", bySkew, 7, func(r row) string { return times(r.largest, m.shown.median) }, func(r row) string {
		if float64(r.largest) >= farOff*float64(m.shown.median) {
			return yellow
		}
		return ""
	}}
	partitions := cell{"parts", byName, 7, func(r row) string {
		if r.leaf {
			return ""
		}
		return advisor.Count(r.partitions)
	}, plain}
	cells := []cell{files, bytes}
	switch {
	case m.width >= 100:
		cells = []cell{partitions, files, bytes, bar, small, average, skew}
	case m.width >= 76:
		cells = []cell{files, bytes, bar, small, average, skew}
	case m.width >= 60:
		cells = []cell{files, bytes, small, skew}
	case m.width < 32:
		cells = []cell{bytes}
	}
	for i := range cells {
		for _, r := range m.shown.rows[m.top:min(m.top+m.rowsOnScreen(), len(m.shown.rows))] {
			cells[i].width = max(cells[i].width, render.Width(cells[i].text(r)))
		}
	}
	return cells
}

// largest is the bytes that a whole bar stands for.
func (m *Model) largest() int64 {
	n := int64(0)
	for _, r := range m.shown.rows {
		n = max(n, r.bytes)
	}
	return n
}

func bars(part, whole int64, n int) string {
	if part == 0 || whole == 0 {
		return ""
	}
	eighths := max(int(float64(part)/float64(whole)*float64(n)*8+0.5), 1)
	return strings.Repeat("█", eighths/8) + []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
}

// times says how often a median goes into a number; unknown where there is none.
func times(n, median int64) string {
	switch x := float64(n) / float64(max(median, 1)); {
	case median == 0:
		return "–"
	case n > 0 && x < 0.05:
		return "<0.1"
	case x < 9.95:
		return fmt.Sprintf("%.1f", x)
	case x < 1e6:
		return advisor.Count(int64(x + 0.5))
	default:
		return fmt.Sprintf("%.0e", x)
	}
}

// nameWidth is what the columns leave.
func (m *Model) nameWidth(cells []cell) int {
	n := m.width - 2
	for _, c := range cells {
		n -= c.width + 1
	}
	return max(n, 4)
}

// header has the titles, and an arrow at the one that rows are sorted by.
func (m *Model) header(cells []cell) string {
	arrow := map[bool]string{false: "▼", true: "▲"}[m.query.reverse]
	name := "directory"
	if m.query.filter != "" || len(m.shown.rows) > 0 && m.shown.rows[0].leaf {
		name = "partition"
	}
	if m.query.by == byName {
		name += " " + arrow
	}
	text := "  " + render.Fit(name, m.nameWidth(cells))
	for _, c := range cells {
		title := c.title
		if title != "" && c.by == m.query.by && c.by != byName {
			title = arrow + title
		}
		text += " " + right(title, c.width)
	}
	return styled(dim, m.clip(text))
}

func right(s string, n int) string { return strings.Repeat(" ", max(n-render.Width(s), 0)) + s }

// row is one line: what it is, and its figures.
func (m *Model) row(cells []cell, r row, here bool) string {
	name := render.Printable(r.name)
	switch {
	case r.name == "" && m.query.path == "":
		name = "(in no partition)"
	case r.name == "":
		name = "(files right here)"
	case !r.leaf:
		name += "/"
	}
	mark := m.mark(r)
	if here {
		line := mark + " " + render.Fit(name, m.nameWidth(cells))
		for _, c := range cells {
			line += " " + right(c.text(r), c.width)
		}
		return styled(reverse, render.Fit(line, m.width))
	}
	line := render.Fit(name, m.nameWidth(cells))
	if !r.leaf {
		line = styled(bold, line)
	}
	line = styled(cyan, mark) + " " + line
	for _, c := range cells {
		text := right(c.text(r), c.width)
		if style := c.style(r); style != "" {
			text = styled(style, text)
		}
		line += " " + text
	}
	return line
}

// mark is ~ while counts grow, ! where keys of the row may be missing, and a space where all is known.
func (m *Model) mark(r row) string {
	switch {
	case m.report == nil:
		return "~"
	case m.report.Complete:
		return " "
	}
	first := stats.Spell(join(m.query.path, r.name))
	if r.name != "" || m.query.path != "" {
		first += "/"
	}
	for _, missing := range m.report.Incomplete {
		ends := missing.Until != "" && missing.Until < first // the range ends before the row's first key
		behind := missing.After >= first && !strings.HasPrefix(missing.After, first)
		if !ends && !behind {
			return "!"
		}
	}
	if len(m.report.Incomplete) == 0 {
		return "!"
	}
	return " "
}
