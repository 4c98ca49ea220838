package explore

import (
	"fmt"
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/stats"
)

// Styles, as parameters of SGR. None of them says what is not said in words or numbers, too.
const (
	bold    = "1"
	dim     = "2"
	reverse = "7"
	red     = "31"
	yellow  = "33"
	cyan    = "36"
)

// sgr is what styles text, here and in the report.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func styled(style, s string) string {
	if s == "" {
		return ""
	}
	return "\x1b[" + style + "m" + s + "\x1b[m"
}

// View draws the screen.
func (m *Model) View() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	return v
}

// screen is at most height lines of at most width columns.
func (m *Model) screen() string {
	if m.left || m.width < 1 || m.height < 1 {
		return ""
	}
	lines := []string{styled(reverse, m.title())}
	if m.pane == directoryPane {
		lines = append(lines, m.directory()...)
	} else {
		lines = append(lines, "")
		lines = append(lines, m.lines[m.scroll:min(m.scroll+max(m.height-3, 0), len(m.lines))]...)
	}
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	lines = append(lines[:max(min(len(lines), m.height-1), 1)], m.keys())
	for i, line := range lines {
		if m.options.ASCII {
			line = asciiOnly.Replace(line)
		}
		if plain := sgr.ReplaceAllString(line, ""); render.Width(plain) > m.width { // a terminal of a few columns
			line = m.clip(plain)
		}
		lines[i] = line
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

var asciiOnly = strings.NewReplacer(
	"↑↓ move  → open  ← back", "arrows: move, open, back", "→ open  ← back", "enter: open", "← back", "q: back", "↑ ↓", "   ", "→", " ", "←", " ", "↑↓", "  ",
	"█", "#", "▉", "#", "▊", "#", "▋", "#", "▌", "#", "▍", " ", "▎", " ", "▏", " ", "·", "|", "×", "x", "▼", "v", "▲", "^", "…", ".", "–", "-", "≤", "<", "◀", "<",
)

// title is where the reader is, and whether all of it is known.
func (m *Model) title() string {
	state := "complete"
	switch {
	case m.report == nil:
		state = "~ listing"
	case !m.report.Complete:
		state = "! incomplete"
	case len(m.report.Advice) > 0:
		state = fmt.Sprintf("%d findings", len(m.report.Advice))
	}
	at := strings.TrimSuffix(m.uri, "/") + "/"
	if m.query.path != "" {
		at += m.query.path + "/"
	}
	if m.pane == partitionPane {
		at = strings.TrimSuffix(m.uri, "/") + "/" + m.reportPath
	}
	room := m.width - render.Width(state) - 3
	if room < 12 {
		return render.Fit(" "+render.Printable(at), m.width)
	}
	return " " + render.Fit(render.Printable(at), room) + " " + state + " "
}

// directory is the rows of a directory, with what they add up to.
func (m *Model) directory() []string {
	if m.shown == nil || m.shown.path != m.query.path {
		return []string{"", m.clip(" looking"), m.clip(" " + m.source.Progress())}
	}
	out := append([]string{m.totals()}, m.notes()...)
	columns := m.columns()
	out = append(out, m.header(columns))
	for i := m.top; i < min(m.top+m.rowsOnScreen(), len(m.shown.rows)); i++ {
		out = append(out, m.row(columns, m.shown.rows[i], i == m.cursor))
	}
	switch n := m.shown.matched - len(m.shown.rows); {
	case n > 0 && m.top+m.rowsOnScreen() >= len(m.shown.rows):
		out = append(out, styled(dim, m.clip(fmt.Sprintf("   %s more rows, %s files, %s: search with /", advisor.Count(int64(n)), advisor.Count(m.shown.rest.objects), advisor.Size(m.shown.rest.bytes)))))
	case len(m.shown.rows) == 0 && m.query.filter != "":
		out = append(out, "", m.clip("   no partition below has that in its path"))
	case len(m.shown.rows) == 0 && m.report == nil:
		out = append(out, "", m.clip("   no files to read so far"))
	case len(m.shown.rows) == 0:
		out = append(out, "", m.clip("   no files to read here"))
	}
	return out
}

// rowsOnScreen is how many rows there is room for.
func (m *Model) rowsOnScreen() int {
	used := 4 // title, totals, header, keys
	if m.shown != nil {
		used += len(m.notes())
		if m.shown.matched > len(m.shown.rows) {
			used++
		}
	}
	return max(m.height-used, 1)
}

func (m *Model) totals() string {
	t := m.shown.total
	mark := ""
	if m.report == nil {
		mark = "~"
	}
	parts := []string{
		mark + count(t.objects, "file"), mark + advisor.Size(t.bytes), mark + count(t.partitions, "partition"),
		"median " + known(m.shown.median), advisor.Percent(t.small, t.objects) + " small",
	}
	if m.query.path != "" && m.report != nil {
		parts = append(parts, advisor.Percent(t.bytes, m.report.Profile.Totals.Bytes)+" of all bytes")
	}
	for n := len(parts); n > 1; n-- {
		if text := strings.Join(parts[:n], " · "); render.Width(text) < m.width {
			return styled(bold, " "+text)
		}
	}
	return styled(bold, m.clip(" "+parts[0]))
}

// known spells bytes, or that there are none to know.
func known(n int64) string {
	if n == 0 {
		return "–"
	}
	return advisor.Size(n)
}

func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return advisor.Count(n) + " " + what + "s"
}

// notes are what the rows do not show, one line each.
func (m *Model) notes() []string {
	var out []string
	note := func(style, text string) { out = append(out, styled(style, m.clip(" "+text))) }
	if m.typing || m.query.filter != "" {
		found := ""
		if m.shown != nil && m.shown.query == m.query {
			found = "  " + count(int64(m.shown.matched), "partition")
		}
		end := ""
		if m.typing {
			end = "_"
		}
		note(cyan, "/"+render.Printable(m.query.filter)+end+found)
	}
	if m.report == nil {
		note(cyan, "~ "+m.source.Progress())
		return out
	}
	if !m.report.Complete {
		note(red, "! every count is a lower bound: "+m.missing())
	}
	if o := m.report.Profile.Other; o != nil {
		approximately := ""
		if o.Estimated {
			approximately = "about "
		}
		note(yellow, fmt.Sprintf("– not told apart in this report: %s%s, %s, %s", approximately, count(o.Partitions, "partition"), count(o.Objects, "file"), advisor.Size(o.Bytes)))
	}
	return out
}

// missing says what was not listed.
func (m *Model) missing() string {
	switch ranges := m.report.Incomplete; {
	case len(ranges) == 0:
		return "the listing was cut short"
	case ranges[0].After == "" && ranges[0].Until == "":
		return ranges[0].Cause
	case ranges[0].After == "":
		return count(int64(len(ranges)), "range") + " of keys missing, the first up to " + render.Printable(ranges[0].Until)
	default:
		return count(int64(len(ranges)), "range") + " of keys missing, the first after " + render.Printable(ranges[0].After)
	}
}

// clip cuts text to the screen.
func (m *Model) clip(s string) string { return strings.TrimRight(render.Fit(s, m.width), " ") }

// keys is the last line.
func (m *Model) keys() string {
	text := " ↑↓ move  → open  ← back  / search  b f s m x n sort  v report  ? help  q leave"
	switch {
	case m.typing:
		text = " type a part of a path  enter: keep  esc: drop"
	case m.pane != directoryPane:
		text = " ↑↓ move  ← back"
	case m.width < 44:
		text = " → open  ← back  / find  ? help  q"
	case m.width < 79:
		text = " → open  ← back  / search  ? help  q leave"
	}
	return styled(dim, m.clip(text))
}

// partitionLines is all that is known of one partition.
func (m *Model) partitionLines() []string {
	if m.shown == nil || m.cursor >= len(m.shown.rows) {
		return nil
	}
	r := m.shown.rows[m.cursor]
	name := render.Printable(m.reportPath)
	if name == "" {
		name = "(files in no partition)"
	}
	var out []string
	say := func(what, text string) {
		for i, line := range render.Wrap(text, max(m.width-12, 20)) {
			if i > 0 {
				what = ""
			}
			out = append(out, styled(dim, fmt.Sprintf(" %-10s", what))+line)
		}
	}
	say("partition", name)
	say("files", fmt.Sprintf("%s, %s of them under %s", advisor.Count(r.objects), advisor.Percent(r.small, r.objects), advisor.Size(stats.SmallFileBytes)))
	say("bytes", fmt.Sprintf("%s (%s), %s × the median of %s beside it", advisor.Size(r.bytes), advisor.Count(r.bytes), times(r.bytes, m.shown.median), count(m.shown.total.partitions, "partition")))
	p := m.described[stats.Spell(m.reportPath)]
	switch {
	case m.report == nil:
		say("more", "sizes, formats and dates are known when the listing ends")
	case p == nil:
		say("more", fmt.Sprintf("sizes, formats and dates: this report has those of %s, not of this one; profile --partitions all keeps them all", count(int64(len(m.described)), "partition")))
	default:
		m.describe(p, say)
	}
	return out
}

// describe says what the report has of a partition beyond its totals.
func (m *Model) describe(p *stats.Partition, say func(what, text string)) {
	var columns, formats []string
	for _, v := range p.Values {
		value := "(null)"
		if v.Value != nil {
			value = render.Printable(*v.Value)
		}
		columns = append(columns, render.Printable(v.Key)+" = "+value)
	}
	say("columns", strings.Join(columns, " · "))
	s := p.Sizes
	say("sizes", fmt.Sprintf("least %s · median %s · 95th percentile %s · most %s", advisor.Size(s.Min), advisor.Size(s.P50), advisor.Size(s.P95), advisor.Size(s.Max)))
	for _, f := range p.Formats {
		name := f.Format
		if f.Compression != "none" && f.Compression != "" {
			name += "." + f.Compression
		}
		formats = append(formats, render.Printable(name)+" "+advisor.Count(f.Objects))
	}
	say("formats", strings.Join(formats, " · "))
	if p.Oldest != nil && p.Newest != nil {
		const minutes = "2006-01-02 15:04"
		say("written", p.Oldest.Format(minutes)+" to "+p.Newest.Format(minutes)+" UTC")
	}
}

// helpLines say what the keys do, and what the figures are.
func (m *Model) helpLines() []string {
	var out []string
	for _, k := range []struct{ key, text string }{
		{"↑ ↓ k j", "move; PgUp PgDn Home End too"}, {"→ l enter", "open a directory, or all about a partition"},
		{"← h esc", "back to the directory above"}, {"/", "search: the partitions below whose paths have a text in them"},
		{"b f s m x n", "sort by bytes, files, small files, mean, skew, name; again: the other way round"},
		{"v", "the report"}, {"q", "leave"}, {"", ""},
		{"small", "share of the files under " + advisor.Size(stats.SmallFileBytes)}, {"mean", "bytes of a file on average"},
		{"× med", "skew: bytes of the largest partition in a row, over those of the median partition in the directory that is shown"},
		{"~", "the listing goes on: counts still grow"}, {"!", "a part is missing: the counts of that row are lower bounds"}, {"–", "not known"},
	} {
		for i, line := range render.Wrap(k.text, max(m.width-15, 20)) {
			if i > 0 {
				k.key = ""
			}
			out = append(out, " "+styled(bold, render.Fit(k.key, 12))+" "+line)
		}
		if k.key == "" && k.text == "" {
			out = append(out, "")
		}
	}
	return out
}
