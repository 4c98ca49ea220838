package render

import (
	"fmt"
	"io"
	"strings"

	"s3layout/advisor"
)

// maxMarkdownKey is how many columns of a key are shown.
const maxMarkdownKey = 120

// DiffMarkdown writes a difference for a pull request: what got worse first, the figures after it.
func DiffMarkdown(w io.Writer, d *advisor.Difference, _ Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### s3layout: %s\n\n", markdownKey(d.New.Target.URI, maxMarkdownKey))
	if d.Old.Target.URI != d.New.Target.URI {
		fmt.Fprintf(&b, "compared with %s\n\n", markdownKey(d.Old.Target.URI, maxMarkdownKey))
	}
	fmt.Fprintf(&b, "%s → %s. Findings: %s.\n", markdownText(stamp(d.Old.Started)), markdownText(stamp(d.New.Started)), tally(d.Findings))
	for _, c := range d.Caveats {
		fmt.Fprintf(&b, "\n> **%s:** %s\n", markdownText(strings.ReplaceAll(c.Code, "_", " ")), markdownText(c.Message))
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
		change := markdownText(f.Change)
		if f.Change == advisor.New || f.Change == advisor.Worse {
			change = "**" + change + "**"
		}
		fmt.Fprintf(b, "| %s | %s %s | %s | %s |\n", change, markdownCode(f.Rule), markdownText(f.Title), markdownText(strings.TrimSuffix(severity, " → ")), markdownText(f.Why))
	}
}

func mdMetrics(b *strings.Builder, metrics []advisor.MetricChange) {
	b.WriteString("\n| metric | old | new | change |\n|---|---:|---:|---|\n")
	for _, m := range metrics {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdownCode(m.Name), markdownText(spellValue(m.Old, m.Unit)), markdownText(spellValue(m.New, m.Unit)), markdownText(spellChange(m)))
	}
}

func mdPartitions(b *strings.Builder, p advisor.PartitionChanges) {
	if len(p.List) == 0 {
		return
	}
	fmt.Fprintf(b, "\nPartitions: %s.\n\n| change | partition | files | bytes |\n|---|---|---:|---:|\n", partitionTally(p))
	for _, c := range p.List {
		size := float64(c.NewBytes) - float64(c.OldBytes)
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdownText(c.Change), markdownKey(c.Path, maxMarkdownKey), signed(c.NewObjects-c.OldObjects), markdownText(spellValue(&size, advisor.UnitBytes)))
	}
	if p.Omitted > 0 {
		fmt.Fprintf(b, "\nand %s more.\n", advisor.Count(p.Omitted))
	}
}
