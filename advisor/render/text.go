package render

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// Text writes a report for a terminal: everything that matters on the first 24 lines, details after them. No line is
// wider than Options.Width.
func Text(w io.Writer, r *advisor.Report, o Options) error {
	if r.Profile == nil {
		return errNoProfile
	}
	t := newText(o)
	t.summary(r, o)
	if !o.Brief {
		t.details(r)
	}
	t.incomplete(r, "above")
	_, err := io.WriteString(w, t.b.String())
	return err
}

type text struct {
	b     strings.Builder
	width int
	color bool
	plain bool
	ascii bool
}

// line writes one line, held to the width. Whatever the report holds, a line is one line and steers nothing.
func (t *text) line(s string) { t.put(s, "") }

// alert writes one line in the colour of a severity.
func (t *text) alert(s string, severity advisor.Severity) { t.put(s, severity) }

// put writes one line; plain text goes on in the next, where there is no room.
func (t *text) put(s string, severity advisor.Severity) {
	s = t.spelled(clean(s))
	if t.plain {
		for _, l := range Wrap(s, t.width) {
			t.b.WriteString(t.paint(clean(l), severity) + "\n")
		}
		return
	}
	t.b.WriteString(t.paint(strings.TrimRight(t.cut(s), " "), severity) + "\n")
}

func (t *text) linef(format string, args ...any) { t.line(fmt.Sprintf(format, args...)) }

func (t *text) blank() { t.b.WriteByte('\n') }

// paint colours text that is already cut to its width.
func (t *text) paint(s string, severity advisor.Severity) string {
	code := map[advisor.Severity]string{advisor.Critical: "31;1", advisor.Warning: "33", advisor.Info: "36"}[severity]
	if !t.color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// sign marks a severity without colour.
func sign(s advisor.Severity) string {
	switch s {
	case advisor.Critical:
		return "✖"
	case advisor.Warning:
		return "▲"
	}
	return "·"
}

func (t *text) summary(r *advisor.Report, o Options) {
	t.incomplete(r, "below")
	head := verdict(r)
	target := Printable(r.Target.URI)
	t.line(fit(target, max(t.width-width(head)-2, 8)) + "  " + head)
	t.line(tasks(r))
	t.line(totals(r.Profile))
	t.line(contents(r.Profile))
	for _, line := range tableLines(r.Profile.TableFormats) {
		t.line(line)
	}
	if line := opened(r.Profile); line != "" {
		t.line(line)
	}
	t.blank()
	t.histogram(r.Profile.Sizes)
	t.problems(r)
	t.worst(r.Profile)
	if o.Next != "" {
		t.line("next: " + o.Next)
	}
}

// incomplete says so before the figures and after them: whoever sees one end of a long report sees it.
func (t *text) incomplete(r *advisor.Report, where string) {
	if r.Complete {
		return
	}
	t.alert("INCOMPLETE: every count "+where+" is a lower bound", advisor.Critical)
	for i, m := range r.Incomplete {
		if i == 2 && len(r.Incomplete) > 3 {
			t.linef("  and %d more ranges", len(r.Incomplete)-i)
			return
		}
		t.line("  missing " + span(m) + ": " + Printable(m.Cause))
	}
}

func span(m advisor.Missing) string {
	switch {
	case m.After == "" && m.Until == "":
		return "all keys"
	case m.After == "":
		return "keys up to " + Printable(m.Until)
	case m.Until == "":
		return "keys after " + Printable(m.After)
	}
	return "keys after " + Printable(m.After) + " up to " + Printable(m.Until)
}

// OneLine is a report in one line: what there is, and the verdict.
func OneLine(r *advisor.Report) string {
	return fmt.Sprintf("%s  %s, %s: %s", Printable(r.Target.URI), plural(r.Profile.Totals.Objects, "file"), advisor.Size(r.Profile.Totals.Bytes), verdict(r))
}

// verdict counts the findings.
func verdict(r *advisor.Report) string {
	count := map[advisor.Severity]int64{}
	for _, a := range r.Advice {
		count[a.Severity]++
	}
	var parts []string
	if r.NothingToChange {
		parts = append(parts, "nothing to change")
	}
	if n := count[advisor.Critical]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d critical", n))
	}
	if n := count[advisor.Warning]; n > 0 {
		parts = append(parts, plural(n, "warning"))
	}
	if n := count[advisor.Info]; n > 0 {
		parts = append(parts, plural(n, "hint"))
	}
	if len(parts) == 0 {
		return "nothing to change"
	}
	return strings.Join(parts, ", ")
}

// tasks compares the reader's plan as it is with the recommended one.
func tasks(r *advisor.Report) string {
	if r.Profile.Totals.Objects == 0 {
		return "no files to read"
	}
	plan := map[string]advisor.Plan{}
	for _, p := range r.Plans {
		plan[p.Reader] = p
	}
	parts := []string{"spark.read " + approx(plan["dataframe"])}
	advised, better := plan["dynamicframe_grouped"]
	if set, ok := plan["dynamicframe_as_set"]; ok {
		parts = append(parts, "as set "+approx(set))
	} else if own, ok := plan["dynamicframe_automatic"]; ok {
		parts = append(parts, "grouped by Glue "+approx(own))
	} else if d, ok := plan["dynamicframe"]; ok && better {
		parts = append(parts, "ungrouped "+approx(d))
	} else if ok {
		parts = append(parts, "DynamicFrame "+approx(d))
	}
	if better {
		parts = append(parts, "as advised "+approx(advised))
	}
	return "tasks on " + plural(r.Engine.Cores, "core") + ": " + strings.Join(parts, " · ")
}

// approx is the number of tasks, marked where it is an estimate.
func approx(p advisor.Plan) string {
	if p.Exact {
		return advisor.Count(p.Tasks)
	}
	return "~" + advisor.Count(p.Tasks)
}

func totals(p *stats.Profile) string {
	return fmt.Sprintf("%s · %s · %s", plural(p.Totals.Objects, "file"), advisor.Size(p.Totals.Bytes), partitions(p))
}

// contents is what the files are, and what was ignored.
func contents(p *stats.Profile) string {
	// Files of one format may be of several entries: what their names told of them differs.
	var names []string
	bytes := map[string]int64{}
	for _, f := range p.Formats {
		name := formatName(f)
		if _, seen := bytes[name]; !seen {
			names = append(names, name)
		}
		bytes[name] += f.Bytes
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(bytes[b], bytes[a]) })
	var parts []string
	for i, name := range names {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		parts = append(parts, name+" "+advisor.Percent(bytes[name], p.Totals.Bytes))
	}
	s := strings.Join(parts, ", ")
	if s != "" {
		s += " · "
	}
	return s + ignored(p)
}

func partitions(p *stats.Profile) string {
	if len(p.Partitioning.Keys) == 0 {
		return "not partitioned"
	}
	names := make([]string, 0, len(p.Partitioning.Keys))
	for _, k := range p.Partitioning.Keys {
		names = append(names, Printable(k.Name))
	}
	about := ""
	if p.Other != nil && p.Other.Estimated {
		about = "~"
	}
	return fmt.Sprintf("%s%s (%s)", about, plural(p.Totals.Partitions, "partition"), shorten(strings.Join(names, ", "), 24))
}

func formatName(f stats.Format) string {
	switch f.Compression {
	case "none", "unknown":
		return f.Format
	}
	return f.Format + "." + f.Compression
}

func ignored(p *stats.Profile) string {
	if len(p.Ignored) == 0 {
		return "ignored: nothing"
	}
	var parts []string
	for i, g := range p.Ignored {
		if i == 4 {
			parts = append(parts, fmt.Sprintf("%d more kinds", len(p.Ignored)-i))
			break
		}
		count := advisor.Count(g.Objects) + " "
		if g.Uncounted {
			count = ""
		}
		parts = append(parts, count+ignoredName(g))
	}
	return "ignored: " + strings.Join(parts, ", ")
}

func ignoredName(g stats.Ignored) string {
	if g.Kind != "" && g.Kind != "/" {
		return Printable(g.Kind)
	}
	return strings.ReplaceAll(g.Reason, "_", " ")
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return advisor.Count(n) + " " + noun + "s"
}

// bands are the sizes that the first screen tells apart, each up to and including its bound. The fifth is the band
// that no engine's guide contradicts.
var bands = []struct {
	name string
	le   int64
}{
	{"≤ 64 KiB", 64 << 10}, {"≤ 1 MiB", 1 << 20}, {"≤ 32 MiB", 32 << 20}, {"≤ 128 MiB", 128 << 20}, {"≤ 1 GiB", 1 << 30}, {"> 1 GiB", math.MaxInt64},
}

const targetBand = 4

// bandCounts sums a histogram by bands, and over all.
func bandCounts(s stats.Sizes) (rows []stats.TableCount, all stats.TableCount) {
	rows = make([]stats.TableCount, len(bands))
	for _, b := range s.Histogram {
		i := 0
		for b.LE > bands[i].le {
			i++
		}
		rows[i].Objects += b.Objects
		rows[i].Bytes += b.Bytes
		all.Objects, all.Bytes = all.Objects+b.Objects, all.Bytes+b.Bytes
	}
	return rows, all
}

func (t *text) histogram(s stats.Sizes) {
	rows, all := bandCounts(s)
	if t.plain {
		t.plainHistogram(rows, all)
		return
	}
	bar := min(max((t.width-34)/2, 4), 30)
	t.linef("%-11s%s %6s   %s %6s", "file size", fit("files", bar), "", fit("bytes", bar), "")
	for i, b := range rows {
		mark := ""
		if i == targetBand {
			mark = " ◀ aim"
		}
		t.linef("%s%s %6s   %s %6s%s", fit(bands[i].name, 11), fit(bars(b.Objects, all.Objects, bar), bar), advisor.Percent(b.Objects, all.Objects),
			fit(bars(b.Bytes, all.Bytes, bar), bar), advisor.Percent(b.Bytes, all.Bytes), mark)
	}
	t.blank()
}

// bars draws a share of n columns in eighths; what is there is never drawn as nothing.
func bars(part, whole int64, n int) string {
	if part == 0 || whole == 0 {
		return ""
	}
	eighths := max(int(float64(part)/float64(whole)*float64(n)*8+0.5), 1)
	return strings.Repeat("█", eighths/8) + []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
}

// problems shows the worst findings in two lines each: why, and what to set. Where nothing is to change it says first what to
// leave alone.
func (t *text) problems(r *advisor.Report) {
	const show = 3
	advice := r.Advice
	if r.NothingToChange {
		t.line("nothing to change: it lies well, leave it alone")
		for _, s := range r.LeaveAlone[:min(show, len(r.LeaveAlone))] {
			t.line("    " + s.Name + ": " + s.Why)
		}
	}
	for _, a := range advice[:min(show, len(advice))] {
		t.alert(t.sign(a.Severity)+" "+a.Rule+": "+a.Why, a.Severity)
		set := "    " + clean(a.Set)
		if e := effect(a.Impact); width(set)+width(e) <= t.width {
			set += e
		}
		t.line(set)
	}
	if more := advice[min(show, len(advice)):]; len(more) > 0 {
		t.line("  also: " + t.some(more, t.width-len("  also: ")))
	}
}

// some names as many rules as fit, and counts the others.
func (t *text) some(advice []advisor.Advice, room int) string {
	s := ""
	for i, a := range advice {
		next, rest := clean(a.Rule), ""
		if i > 0 {
			next = s + ", " + next
		}
		if left := len(advice) - i - 1; left > 0 {
			rest = fmt.Sprintf(", %d more", left)
		}
		if i > 0 && width(next+rest) > room {
			return s + fmt.Sprintf(", %d more", len(advice)-i)
		}
		s = next
	}
	return s
}

// effect is what a change brings, in short.
func effect(i *advisor.Impact) string {
	if i == nil {
		return ""
	}
	about := ""
	if i.Estimate != "" {
		about = "~"
	}
	spell := advisor.Count
	metric, bytes := strings.CutSuffix(i.Metric, " bytes")
	if bytes {
		spell = advisor.Size
	}
	return fmt.Sprintf("  (%s %s → %s%s)", metric, spell(i.Before), about, spell(i.After))
}

// worst shows the largest partitions.
func (t *text) worst(p *stats.Profile) {
	show := 2
	if opened(p) != "" {
		show = 1 // the line above takes its place
	}
	if len(p.Partitioning.Keys) == 0 || len(p.Partitions) < 2 {
		return
	}
	t.partitionRows("largest partitions", p, show)
}

// partitionRows shows partitions: at 60 columns and more with a sparkline of their files by size, below with what matters most.
func (t *text) partitionRows(title string, p *stats.Profile, show int) {
	parts := p.Partitions[:min(show, len(p.Partitions))]
	switch {
	case t.plain:
		t.line(title)
		for _, part := range parts {
			t.linef("%s: %s, %s, median file %s, %s the median partition", pathName(part.Path), plural(part.Objects, "file"), advisor.Size(part.Bytes), advisor.Size(part.Sizes.P50), times(overMedian(p, part.Bytes)))
		}
	case t.width < 60:
		name := t.width - 22
		t.linef("%s %10s %10s", fit(title, name), "files", "bytes")
		for _, part := range parts {
			t.linef("%s %10s %10s", fit(pathName(part.Path), name), advisor.Count(part.Objects), advisor.Size(part.Bytes))
		}
	default:
		name := t.width - 54
		t.linef("%s %9s %9s %9s %8s  %s", fit(title, name), "files", "bytes", "median", "× median", "64K…>1G")
		for _, part := range parts {
			t.linef("%s %9s %9s %9s %8s  %s", fit(pathName(part.Path), name), advisor.Count(part.Objects), advisor.Size(part.Bytes), advisor.Size(part.Sizes.P50), overMedian(p, part.Bytes), sparkline(part.Sizes.Histogram))
		}
	}
}

// pathName names a partition.
func pathName(path string) string {
	if path == "" {
		return "(the target itself)"
	}
	return Printable(path)
}

// overMedian is how many times the median partition so many bytes are; – where there is no median.
func overMedian(p *stats.Profile, bytes int64) string {
	if p.Skew == nil || p.Skew.MedianBytes <= 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(bytes)/float64(p.Skew.MedianBytes), 'f', 1, 64)
}
