package render

import (
	"fmt"
	"io"
	"strings"

	"s3layout/advisor"
)

// DiffMarkdown writes a difference for a pull request: what got worse first, the figures after it.
func DiffMarkdown(w io.Writer, d *advisor.Difference, _ Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### s3layout: %s\n\n", mdCode(d.New.Target.URI))
	if d.Old.Target.URI != d.New.Target.URI {
		fmt.Fprintf(&b, "compared with %s\n\n", mdCode(d.Old.Target.URI))
	}
	fmt.Fprintf(&b, "%s → %s. Findings: %s.\n", mdText(stamp(d.Old.Started)), mdText(stamp(d.New.Started)), tally(d.Findings))
	for _, c := range d.Caveats {
		fmt.Fprintf(&b, "\n> **%s:** %s\n", mdText(strings.ReplaceAll(c.Code, "_", " ")), mdText(c.Message))
	}
	mdFindings(&b, d.Findings)
	mdMetrics(&b, d.Metrics)
	mdPartitions(&b, d.Partitions)
	if !d.Changed && d.Old.Complete && d.New.Complete {
		b.WriteString("\nNothing changed beyond noise.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func mdFindings(b *strings.Builder, findings []advisor.FindingChange) {
	if len(findings) == 0 {
		return
	}
	b.WriteString("\n| change | finding | severity | |\n|---|---|---|---|\n")
	for _, f := range findings {
		severity := string(f.New)
		if f.Old != "" && f.Old != f.New {
			severity = string(f.Old) + " → " + string(f.New)
		}
		change := mdText(f.Change)
		if f.Change == advisor.New || f.Change == advisor.Worse {
			change = "**" + change + "**"
		}
		fmt.Fprintf(b, "| %s | %s %s | %s | %s |\n", change, mdName(f.Rule), mdText(f.Title), mdText(strings.TrimSuffix(severity, " → ")), mdText(f.Why))
	}
}

func mdMetrics(b *strings.Builder, metrics []advisor.MetricChange) {
	b.WriteString("\n| metric | old | new | change |\n|---|---:|---:|---|\n")
	for _, m := range metrics {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdName(m.Name), mdText(spellValue(m.Old, m.Unit)), mdText(spellValue(m.New, m.Unit)), mdText(spellChange(m)))
	}
}

func mdPartitions(b *strings.Builder, p advisor.PartitionChanges) {
	if len(p.List) == 0 {
		return
	}
	fmt.Fprintf(b, "\nPartitions: %s.\n\n| change | partition | files | bytes |\n|---|---|---:|---:|\n", partitionTally(p))
	for _, c := range p.List {
		size := float64(c.NewBytes) - float64(c.OldBytes)
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdText(c.Change), mdCode(c.Path), signed(c.NewObjects-c.OldObjects), mdText(spellValue(&size, advisor.UnitBytes)))
	}
	if p.Omitted > 0 {
		fmt.Fprintf(b, "\nand %s more.\n", advisor.Count(p.Omitted))
	}
}

// mdText makes text that means nothing to Markdown: a backslash before everything that may, no HTML, no mention, no link,
// one line.
func mdText(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;")
		case r == ':':
			b.WriteString("&#58;") // of http:// a reader would make a link
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~$", r) && !(r == '.' || r == '-' || r == '+' || r == '(' || r == ')'):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// mdName shows a name of ours as code; anything else as mdCode does.
func mdName(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_-") == "" {
		return "`" + s + "`"
	}
	return mdCode(s)
}

// mdCode shows text as code. In a cell of a table nothing but a bar ends it, and a backtick within: HTML has neither.
func mdCode(s string) string {
	var b strings.Builder
	for _, r := range clean(Printable(s)) {
		if strings.ContainsRune("&<>`|@:*_[]\\~#", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return "<code>" + strings.ReplaceAll(b.String(), "www.", "www&#46;") + "</code>"
}
