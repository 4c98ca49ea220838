package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// An AuditFormat is one way to write a summary over many targets.
type AuditFormat struct {
	Name, Doc string
	Write     func(w io.Writer, s *audit.Summary, o Options) error
}

// AuditFormats lists them; the first is the default.
var AuditFormats = []AuditFormat{
	{"text", "for people: what got worse", AuditText},
	{"json", "the document, for programs", AuditJSON},
	{"html", "one page", AuditHTML},
	{"markdown", "for pull requests and issue comments", AuditMarkdown},
	{"prometheus", "gauges of all targets, for node_exporter's textfile collector", AuditPrometheus},
	{"sarif", "for code scanning", AuditSARIF},
	{"junit", "a test case for each check, for CI", AuditJUnit},
}

// AuditJSON writes the document of a summary; see JSON.
func AuditJSON(w io.Writer, s *audit.Summary, _ Options) error { return writeDocument(w, s) }

// AuditText writes a summary for a terminal: a line for each target, and below it what is new, worse, unknown or gone. What
// is as before is counted; Options.Known shows it.
func AuditText(w io.Writer, s *audit.Summary, o Options) error {
	t := newText(o)
	t.line(Beside(Printable(s.File), fmt.Sprintf("exit %d: %s", s.Exit.Code, s.Exit.Reason), t.width))
	t.listed("", stateCounts(s.Counts), "")
	if line := changeCounts(s); line != "" {
		t.listed("", line, "")
	}
	t.blank()
	name := nameColumn(s, t.width)
	t.linef("  %-8s%s %10s %9s", "state", fit("target", name), "files", "bytes")
	for i := range s.Targets {
		t.auditTarget(&s.Targets[i], name, o)
	}
	if len(s.Warnings) > 0 {
		t.blank()
	}
	for _, w := range s.Warnings {
		t.listed("▲ ", warningText(w), advisor.Warning)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func warningText(w audit.Warning) string {
	if w.Target == "" || strings.Contains(w.Message, w.Target) {
		return w.Message
	}
	return w.Target + ": " + w.Message
}

func stateCounts(n audit.Counts) string {
	parts := []string{plural(int64(n.Targets), "target")}
	for _, p := range []struct {
		n    int
		name string
	}{{n.Error, "error"}, {n.Unknown, "unknown"}, {n.Warn, "warn"}, {n.Pass, "pass"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	return parts[0] + ": " + strings.Join(parts[1:], ", ")
}

func changeCounts(s *audit.Summary) string {
	n := s.Counts
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{{n.New, "new"}, {n.Worse, "worse"}, {n.Better, "better"}, {n.Gone, "gone"}, {n.Unchanged, "as before"}, {n.Suppressed, "suppressed"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if !slices.ContainsFunc(s.Targets, func(t audit.Result) bool { return t.Baseline != nil }) {
		return "no earlier run to compare with: " + strings.Join(parts, ", ")
	}
	return "since the last complete run: " + strings.Join(parts, ", ")
}

// nameColumn is as wide as the longest name, as far as there is room.
func nameColumn(s *audit.Summary, width_ int) int {
	widest := 8
	for _, t := range s.Targets {
		widest = max(widest, width(Printable(t.Name)))
	}
	return min(widest, max(width_-31, 8))
}

// stateSeverity is the severity whose colour a state has.
func stateSeverity(s audit.State) advisor.Severity {
	switch s {
	case audit.Error, audit.Unknown:
		return advisor.Critical
	case audit.Warn:
		return advisor.Warning
	}
	return ""
}

func stateSign(s audit.State) string {
	switch s {
	case audit.Error:
		return "✖"
	case audit.Warn:
		return "▲"
	case audit.Unknown:
		return "?"
	}
	return "·"
}

func (t *text) auditTarget(r *audit.Result, name int, o Options) {
	files, size := "–", "–"
	if r.Totals != nil && r.Complete {
		files, size = advisor.Count(r.Totals.Objects), advisor.Size(r.Totals.Bytes)
	}
	tail := ""
	if known := asBefore(r); known > 0 && !o.Known {
		tail = fmt.Sprintf("  %d as before", known)
	}
	t.alert(fmt.Sprintf("%s %-8s%s %10s %9s%s", stateSign(r.State), r.State, fit(Printable(r.Name), name), files, size, tail), stateSeverity(r.State))
	for _, p := range r.Problems {
		t.listed("    ", p, "")
	}
	for _, c := range shownChecks(r, o.Known) {
		t.listed(fmt.Sprintf("    %-11s", checkWord(c)), checkText(c), checkSeverity(c))
	}
}

// asBefore counts the checks that did not pass before either.
func asBefore(r *audit.Result) (n int) {
	for _, c := range r.Checks {
		if c.Change == advisor.Unchanged {
			n++
		}
	}
	return n
}

// listed writes text after a lead, further lines below the text.
func (t *text) listed(lead, s string, severity advisor.Severity) {
	for i, l := range Wrap(clean(s), max(t.width-width(lead), 16)) {
		if i > 0 {
			lead = strings.Repeat(" ", width(lead))
		}
		t.alert(lead+l, severity)
	}
}

// shownChecks are those of a target that say something: new and worse ones first.
func shownChecks(r *audit.Result, known bool) []audit.Check {
	order := []string{advisor.New, advisor.Worse, advisor.Unknown, advisor.Unchanged, advisor.Better, advisor.Gone}
	var out []audit.Check
	for _, c := range append(slices.Clone(r.Checks), r.Gone...) {
		switch {
		case c.State == audit.Unknown && len(r.Problems) > 0: // they say why
		case c.State == audit.Unknown, c.Change != "" && (known || c.Change != advisor.Unchanged), known && c.Suppressed != nil:
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b audit.Check) int {
		return slices.Index(order, checkWord(a)) - slices.Index(order, checkWord(b))
	})
	return out
}

func checkWord(c audit.Check) string {
	switch {
	case c.Suppressed != nil:
		return "suppressed"
	case c.State == audit.Unknown:
		return advisor.Unknown
	}
	return c.Change
}

func checkSeverity(c audit.Check) advisor.Severity {
	if c.Change == advisor.New || c.Change == advisor.Worse {
		return stateSeverity(c.State)
	}
	return ""
}

// checkText is a check in one sentence.
func checkText(c audit.Check) string {
	state := ""
	if c.State == audit.Warn || c.State == audit.Error {
		state = string(c.State) + ": "
	}
	switch {
	case c.Kind == "metric" && c.State != audit.Unknown:
		return state + c.Name + " " + metricText(c)
	case c.Kind == "rule":
		text := state + c.Name
		if c.Severity != "" {
			text += " (" + string(c.Severity) + ")"
		}
		return text + ": " + c.Title + suppressedText(c) + whyText(c)
	}
	return state + c.Name + whyText(c)
}

func whyText(c audit.Check) string {
	if c.Why == "" {
		return ""
	}
	return ": " + c.Why
}

func metricText(c audit.Check) string {
	out := spellValue(c.Value, c.Unit)
	if c.Threshold != nil && c.Value != nil {
		relation := "≤"
		if *c.Value > *c.Threshold {
			relation = ">"
		} else if *c.Value < *c.Threshold && c.State != audit.Pass {
			relation = "<"
		}
		out += " " + relation + " " + spellValue(c.Threshold, c.Unit)
	}
	return out + suppressedText(c)
}

func suppressedText(c audit.Check) string {
	if c.Suppressed == nil {
		return ""
	}
	if c.Suppressed.Expires == "" {
		return " (suppressed: " + c.Suppressed.Reason + ")"
	}
	return " (suppressed until " + c.Suppressed.Expires + ": " + c.Suppressed.Reason + ")"
}
