package render

import (
	"fmt"
	"io"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// maxMarkdown is how many bytes a comment on GitHub may have, 65,536 characters, with room for a line around it.
const maxMarkdown = 64 << 10

// Markdown writes a report for a pull request, a comment or a job's summary, in GitHub's dialect: the verdict, the findings,
// sizes, partitions and plans as tables, and what to paste. It has at most 64 KiB; what had no room is named at its end.
//
// Keys are in code spans, where nothing links, mentions or formats.
func Markdown(w io.Writer, r *advisor.Report, _ Options) error {
	if r.Profile == nil {
		return errNoProfile
	}
	m := &markdown{}
	m.head(r)
	for _, s := range []struct {
		name  string
		write func(*markdown, *advisor.Report)
	}{
		{"findings", (*markdown).findings}, {"file sizes", (*markdown).sizes}, {"task plan", (*markdown).plans},
		{"partitions", (*markdown).partitions}, {"recommended settings", (*markdown).recommended}, {"formats", (*markdown).formats},
		{"what was ignored", (*markdown).ignored}, {"notes", (*markdown).notes}, {"details of the findings", (*markdown).reasons},
	} {
		m.section(s.name, func(m *markdown) { s.write(m, r) })
	}
	m.snippets(r.Advice)
	if len(m.omitted) > 0 {
		m.linef("\n_Cut to 64 KiB; left out: %s. `s3layout show` has all in other formats._", strings.Join(m.omitted, ", "))
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}

// markdown is a document that grows by sections.
type markdown struct {
	b       strings.Builder
	omitted []string
}

// markdownReserve is for the last line.
const markdownReserve = 1 << 10

// section adds what f writes, whole, or says that it is left out.
func (m *markdown) section(name string, f func(*markdown)) {
	part := &markdown{}
	f(part)
	if m.b.Len()+part.b.Len() > maxMarkdown-markdownReserve {
		m.omitted = append(m.omitted, name)
		return
	}
	m.b.WriteString(part.b.String())
}

func (m *markdown) linef(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// row writes a row of a table; cells are Markdown.
func (m *markdown) row(cells ...string) { m.linef("| %s |", strings.Join(cells, " | ")) }

// table begins a table. Columns that start with > are aligned to the right.
func (m *markdown) table(columns ...string) {
	m.linef("")
	rule := make([]string, len(columns))
	for i, c := range columns {
		if name, right := strings.CutPrefix(c, ">"); right {
			columns[i], rule[i] = name, "--:"
		} else {
			rule[i] = ":--"
		}
	}
	m.row(columns...)
	m.row(rule...)
}

func (m *markdown) head(r *advisor.Report) {
	m.linef("### s3layout: %s", markdownText(verdict(r)))
	m.linef("\n%s · %s · %s · %s", markdownKey(r.Target.URI, 200), plural(r.Profile.Totals.Objects, "file"), advisor.Size(r.Profile.Totals.Bytes), markdownText(partitions(r.Profile)))
	m.linef("\n%s", markdownText(contents(r.Profile)))
	for _, line := range tableLines(r.Profile.TableFormats) {
		m.linef("\n%s", markdownText(line))
	}
	if line := opened(r.Profile); line != "" {
		m.linef("\n%s", markdownText(line))
	}
	if r.Complete {
		return
	}
	m.linef("\n> **✖ INCOMPLETE: every count is a lower bound.**")
	for i, missing := range r.Incomplete {
		if i == 3 {
			m.linef("> and %s.", plural(int64(len(r.Incomplete)-i), "more range"))
			break
		}
		m.linef(">\n> Missing %s: %s", markdownSpan(missing), markdownText(shorten(Printable(missing.Cause), 300)))
	}
}

func markdownSpan(m advisor.Missing) string {
	switch {
	case m.After == "" && m.Until == "":
		return "all keys"
	case m.After == "":
		return "keys up to " + markdownKey(m.Until, 100)
	case m.Until == "":
		return "keys after " + markdownKey(m.After, 100)
	}
	return "keys after " + markdownKey(m.After, 100) + " up to " + markdownKey(m.Until, 100)
}

func (m *markdown) findings(r *advisor.Report) {
	if r.NothingToChange {
		m.linef("\nNothing to change: it lies well, leave it alone.")
	}
	if len(r.Advice) == 0 {
		return
	}
	m.table("Severity", "Finding", "What was seen", "What to set", "Effect")
	for _, a := range r.Advice {
		m.row(sign(a.Severity)+" "+markdownText(string(a.Severity)), markdownKey(a.Rule, 60), markdownText(a.Why), markdownCode(a.Set), markdownText(strings.Trim(effect(a.Impact), " ()")))
	}
}

func (m *markdown) sizes(r *advisor.Report) {
	if r.Profile.Totals.Objects == 0 {
		return
	}
	const bar = 12
	rows, all := bandCounts(r.Profile.Sizes)
	m.table("File size", "Files", ">", "Bytes", ">", "")
	for i, b := range rows {
		mark := ""
		if i == targetBand {
			mark = "◀ aim"
		}
		m.row(bands[i].name, bars(b.Objects, all.Objects, bar), advisor.Percent(b.Objects, all.Objects), bars(b.Bytes, all.Bytes, bar), advisor.Percent(b.Bytes, all.Bytes), mark)
	}
	s := r.Profile.Sizes
	m.linef("\nMedian %s, mean %s, largest %s.", advisor.Size(s.P50), advisor.Size(s.Mean), advisor.Size(s.Max))
}

func (m *markdown) plans(r *advisor.Report) {
	if len(r.Plans) == 0 {
		return
	}
	m.linef("\n**Task plan** on %s", markdownText(cluster(r.Engine)))
	m.table("Reader", ">Tasks", ">Waves", ">Median task", ">Largest task", ">In memory")
	for _, p := range r.Plans {
		m.row(markdownKey(p.Reader, 60), approx(p), advisor.Count(p.Waves), advisor.Size(p.TaskBytes.P50), advisor.Size(p.TaskBytes.Max), expanded(p))
	}
	m.linef("\n~ is an estimate.")
}

func (m *markdown) partitions(r *advisor.Report) {
	const show = 10
	p := r.Profile
	if len(p.Partitioning.Keys) == 0 || len(p.Partitions) == 0 {
		return
	}
	m.linef("\n**Largest partitions**")
	m.table("Partition", ">Files", ">Bytes", ">Median file", ">Largest file", ">× median", "Files by size")
	for _, part := range p.Partitions[:min(show, len(p.Partitions))] {
		m.row(markdownPath(part.Path), advisor.Count(part.Objects), advisor.Size(part.Bytes), advisor.Size(part.Sizes.P50), advisor.Size(part.Sizes.Max), overMedian(p, part.Bytes), sparkline(part.Sizes.Histogram))
	}
	for _, line := range otherPartitions(p, show) {
		m.linef("\n%s", line)
	}
	m.linef("\nFiles by size: %s.", sparkBands)
	if c := r.Compaction; c != nil {
		m.linef("\nCompacting %s to files of %s leaves about %s files of %s, and rewrites %s.", plural(c.Candidates, "partition"), advisor.Size(c.TargetBytes), advisor.Count(c.FilesAfter), advisor.Count(c.FilesBefore), advisor.Size(c.Bytes))
	}
}

func markdownPath(path string) string {
	if path == "" {
		return "(the target itself)"
	}
	return markdownKey(path, 120)
}

func (m *markdown) recommended(r *advisor.Report) {
	if set := recommendations(r.Recommended); len(set) > 0 {
		m.linef("\n**Recommended settings**\n")
		for _, s := range set {
			m.linef("- %s: %s", s.Name, markdownCode(s.Value))
		}
	}
	if len(r.LeaveAlone) > 0 {
		m.linef("\n**Leave alone**\n")
		for _, s := range r.LeaveAlone {
			m.linef("- %s: %s", markdownCode(s.Name), markdownText(s.Why))
		}
	}
}

func (m *markdown) formats(r *advisor.Report) {
	const show = 20
	if len(r.Profile.Formats) == 0 {
		return
	}
	m.table("Format", ">Files", ">Bytes", ">Median file", ">Largest file", "Spark splits it")
	for i, f := range r.Profile.Formats {
		if i == show {
			m.linef("\nand %d more formats", len(r.Profile.Formats)-show)
			break
		}
		median, largest := formatSizes(f)
		m.row(markdownKey(formatName(f), 60), advisor.Count(f.Objects), advisor.Size(f.Bytes), median, largest, splits(f))
	}
}

func (m *markdown) ignored(r *advisor.Report) {
	const show = 20
	if len(r.Profile.Ignored) == 0 {
		return
	}
	m.table("Ignored", ">Objects", ">Bytes", "For example")
	for i, g := range r.Profile.Ignored {
		if i == show {
			m.linef("\nand %d more kinds", len(r.Profile.Ignored)-show)
			break
		}
		objects, bytes := ignoredCounts(g)
		example := ""
		if len(g.Examples) > 0 {
			example = markdownKey(g.Examples[0], 80)
		}
		m.row(markdownKey(ignoredName(g), 60), objects, bytes, example)
	}
}

func (m *markdown) notes(r *advisor.Report) {
	if len(r.Warnings) == 0 {
		return
	}
	m.linef("\n**Notes**\n")
	for _, w := range r.Warnings {
		m.linef("- %s", markdownText(w.Message+counted(w)))
	}
}

// reasons are what to do about each finding, folded away.
func (m *markdown) reasons(r *advisor.Report) {
	if len(r.Advice) == 0 {
		return
	}
	m.linef("\n<details><summary>What to do, and how sure that is</summary>\n")
	for _, a := range r.Advice {
		m.linef("- **%s** (%s, %s): %s", markdownText(a.Title), markdownKey(a.Rule, 60), markdownText(string(a.Confidence)), markdownText(a.Do))
	}
	m.linef("\n</details>")
}

// snippets shows the fullest of each kind, as many as have room.
func (m *markdown) snippets(advice []advisor.Advice) {
	for _, s := range fullest(advice) {
		m.section("the snippet "+markdownKey(s.Kind, 40), func(m *markdown) {
			m.linef("\n<details><summary>To paste</summary>\n\n%s\n", markdownKey(s.Kind, 60))
			fence := "```"
			for strings.Contains(s.Code, fence) {
				fence += "`"
			}
			m.linef("%s%s", fence, fenceLanguage(s.Language))
			for l := range strings.Lines(s.Code) {
				m.linef("%s", clean(strings.TrimSuffix(l, "\n")))
			}
			m.linef("%s\n\n</details>", fence)
		})
	}
}

// fenceLanguage is a word, whatever a report says.
func fenceLanguage(s string) string {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '-' {
			return ""
		}
	}
	return s
}

// counted says how many objects a warning is about.
func counted(w stats.Warning) string {
	if w.Objects == 0 {
		return ""
	}
	return " (" + plural(w.Objects, "object") + ")"
}
