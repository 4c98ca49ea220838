package render

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"s3layout/advisor"
)

// A DiffFormat is one way to write what changed between two reports.
type DiffFormat struct {
	Name, Doc string
	Write     func(w io.Writer, d *advisor.Difference, o Options) error
}

// DiffFormats lists them; the first is the default.
var DiffFormats = []DiffFormat{
	{"text", "for people", DiffText},
	{"json", "the document, for programs", DiffJSON},
	{"markdown", "for pull requests and issue comments", DiffMarkdown},
	{"html", "one page, by itself", DiffHTML},
}

// DiffJSON writes the document of a difference; see JSON.
func DiffJSON(w io.Writer, d *advisor.Difference, _ Options) error { return writeDocument(w, d) }

// writeDocument writes one JSON document: indented, nothing in it raw that does not print, a newline at its end.
func writeDocument(w io.Writer, document any) error {
	b, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the document: %w", err)
	}
	_, err = w.Write(append(escapeUnprintable(b), '\n'))
	return err
}

// DiffText writes a difference for a terminal; no line is wider than Options.Width.
func DiffText(w io.Writer, d *advisor.Difference, o Options) error {
	t := newText(o)
	t.diffHead(d)
	t.diffFindings(d.Findings)
	t.diffMetrics(d.Metrics)
	t.diffPartitions(d.Partitions)
	if !d.Changed && d.Old.Complete && d.New.Complete {
		t.blank()
		t.line("nothing changed beyond noise")
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func newText(o Options) *text {
	t := &text{width: o.Width, color: o.Color, plain: o.Plain, ascii: o.ASCII}
	if t.width <= 0 {
		t.width = 80
	}
	t.width = min(max(t.width, 40), 200)
	return t
}

func (t *text) diffHead(d *advisor.Difference) {
	t.line("old  " + side(d.Old, t.width-5))
	t.line("new  " + side(d.New, t.width-5))
	for _, c := range d.Caveats {
		for i, l := range Wrap(clean(c.Message), t.width-4) {
			lead := "▲ "
			if i > 0 {
				lead = "  "
			}
			t.alert(lead+l, advisor.Warning)
		}
	}
}

func side(s advisor.Side, n int) string {
	tail := stamp(s.Started) + " " + s.Engine
	if !s.Complete {
		tail += " INCOMPLETE"
	}
	return Beside(Printable(s.Target.URI), tail, n)
}

// stamp spells a time to the minute, in UTC; "–" where there is none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.UTC().Format("2006-01-02 15:04Z")
}

func (t *text) diffFindings(findings []advisor.FindingChange) {
	t.blank()
	t.line("findings: " + tally(findings))
	for _, f := range findings {
		severity := f.New
		if severity == "" {
			severity = f.Old
		}
		t.alert(fmt.Sprintf("%s %-10s%s (%s): %s", sign(severity), f.Change, f.Rule, escalation(f), f.Title), shownSeverity(f, severity))
		if f.Change == advisor.Unchanged && f.OldWhy == "" {
			continue
		}
		t.indented(f.OldWhy, "was: ")
		t.indented(f.Why, map[bool]string{true: "is:  ", false: ""}[f.OldWhy != ""])
		t.indented(f.Reason, "not known: ")
	}
}

// shownSeverity colours what asks for attention.
func shownSeverity(f advisor.FindingChange, severity advisor.Severity) advisor.Severity {
	if f.Change == advisor.New || f.Change == advisor.Worse {
		return severity
	}
	return ""
}

func escalation(f advisor.FindingChange) string {
	switch {
	case f.Old != "" && f.New != "" && f.Old != f.New:
		return fmt.Sprintf("%s → %s", f.Old, f.New)
	case f.New != "":
		return string(f.New)
	}
	return "was " + string(f.Old)
}

func (t *text) indented(s, lead string) {
	const indent = 12
	for i, l := range Wrap(clean(s), max(t.width-indent-width(lead), 8)) {
		if i > 0 {
			lead = strings.Repeat(" ", width(lead))
		}
		t.line(strings.Repeat(" ", indent) + lead + l)
	}
}

// tally counts findings by what became of them.
func tally(findings []advisor.FindingChange) string {
	n := map[string]int64{}
	for _, f := range findings {
		n[f.Change]++
	}
	var parts []string
	for _, c := range []string{advisor.New, advisor.Worse, advisor.Unknown, advisor.Unchanged, advisor.Better, advisor.Gone} {
		if n[c] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[c], c))
		}
	}
	if len(parts) == 0 {
		return "none in either"
	}
	return strings.Join(parts, ", ")
}

func (t *text) diffMetrics(metrics []advisor.MetricChange) {
	t.blank()
	narrow := t.width < 72
	if narrow {
		t.linef("%-23s %s", "metric", "new")
	} else {
		t.linef("%-23s %13s %13s  %s", "metric", "old", "new", "change")
	}
	for _, m := range metrics {
		change := spellChange(m)
		if narrow {
			t.line(fit(m.Name, 23) + " " + spellValue(m.New, m.Unit))
			if change != "~" {
				t.line("  " + change)
			}
			continue
		}
		severity := advisor.Severity("")
		if m.Verdict == advisor.Worse {
			severity = advisor.Warning
		}
		t.alert(fmt.Sprintf("%-23s %13s %13s  %s", m.Name, spellValue(m.Old, m.Unit), spellValue(m.New, m.Unit), change), severity)
	}
}

// spellChange is the change, and what it means: "~" below the noise threshold, "–" where it is not known.
func spellChange(m advisor.MetricChange) string {
	switch {
	case m.Change == nil:
		return "–"
	case m.Verdict == "noise":
		return "~"
	}
	out := spellValue(m.Change, m.Unit)
	if *m.Change > 0 {
		out = "+" + out
	}
	if m.Ratio != nil {
		out += " (" + spellRatio(*m.Ratio) + ")"
	}
	if m.Verdict == advisor.Better || m.Verdict == advisor.Worse {
		out += " " + m.Verdict
	}
	return out
}

// spellRatio spells a change over the old value: from eleven times on, by how often.
func spellRatio(ratio float64) string {
	if ratio >= 10 {
		return "× " + advisor.Count(int64(math.Min(math.Round(ratio+1), math.MaxInt64/2)))
	}
	return fmt.Sprintf("%+.1f %%", 100*ratio)
}

// spellValue spells a figure of a unit; "–" is what is not known.
func spellValue(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	sign := ""
	x := *v
	if x < 0 {
		sign, x = "-", -x
	}
	return sign + spellUnsigned(x, unit)
}

func spellUnsigned(x float64, unit string) string {
	whole := int64(math.Min(math.Round(x), math.MaxInt64/2))
	switch unit {
	case advisor.UnitBytes:
		return advisor.Size(whole)
	case advisor.UnitSeconds:
		return spellSeconds(x)
	case advisor.UnitDollars:
		return "$" + strconv.FormatFloat(x, 'f', 4, 64)
	case advisor.UnitRatio:
		if x >= 100 {
			return strconv.FormatFloat(x, 'f', 0, 64)
		}
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	return advisor.Count(whole)
}

// spellSeconds spells a duration by its two largest units.
func spellSeconds(x float64) string {
	if x < 10 {
		return strconv.FormatFloat(x, 'g', 3, 64) + " s"
	}
	n := int64(math.Min(x, math.MaxInt64/2))
	switch {
	case n < 60:
		return fmt.Sprintf("%d s", n)
	case n < 3600:
		return fmt.Sprintf("%d min %d s", n/60, n%60)
	case n < 86400:
		return fmt.Sprintf("%d h %d min", n/3600, n%3600/60)
	}
	return fmt.Sprintf("%d d %d h", n/86400, n%86400/3600)
}

func (t *text) diffPartitions(p advisor.PartitionChanges) {
	if p.Appeared+p.Vanished+p.Grew+p.Shrank+p.Same == 0 {
		return
	}
	t.blank()
	t.line("partitions: " + partitionTally(p))
	for _, c := range p.List {
		head := fmt.Sprintf("  %-9s", c.Change)
		if t.width < 72 {
			t.line(head + shorten(Printable(c.Path), max(t.width-len(head), 8)))
			t.line("  " + partitionMove(c))
			continue
		}
		t.line(head + Beside(fit(Printable(c.Path), max(t.width-46, 8)), partitionMove(c), t.width-len(head)))
	}
	if p.Omitted > 0 {
		t.linef("  and %s more: --partitions all", advisor.Count(p.Omitted))
	}
}

func partitionTally(p advisor.PartitionChanges) string {
	return fmt.Sprintf("%s appeared, %s vanished, %s grew, %s shrank, %s as before",
		advisor.Count(p.Appeared), advisor.Count(p.Vanished), advisor.Count(p.Grew), advisor.Count(p.Shrank), advisor.Count(p.Same))
}

// partitionMove is how many files and bytes there are, and what changed of them.
func partitionMove(c advisor.PartitionChange) string {
	objects, size := c.NewObjects-c.OldObjects, float64(c.NewBytes)-float64(c.OldBytes)
	bytes := spellValue(&size, advisor.UnitBytes)
	if size > 0 {
		bytes = "+" + bytes
	}
	return fmt.Sprintf("%8s %-5s %11s", signed(objects), strings.TrimPrefix(plural(max(objects, -objects), "file"), advisor.Count(max(objects, -objects))+" "), bytes)
}

func signed(n int64) string {
	if n > 0 {
		return "+" + advisor.Count(n)
	}
	return advisor.Count(n)
}
