package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// AuditPrometheus writes the gauges of all targets in one file; see Prometheus. The label target is the target's name.
func AuditPrometheus(w io.Writer, s *audit.Summary, o Options) error {
	var scans []scan
	for i := range s.Targets {
		t := &s.Targets[i]
		one := scan{target: t.Name, report: t.Report, lastSuccess: lastSuccess(o.Previous, t.Name), more: map[string][]sample{"s3layout_target_state": states(t.State)}}
		if one.complete() {
			one.more["s3layout_new_findings"] = newFindings(t.Checks)
		}
		scans = append(scans, one)
	}
	return writeMetrics(w, scans)
}

// states are one series for each state, 1 for that which the target is in.
func states(is audit.State) (out []sample) {
	for _, s := range []audit.State{audit.Error, audit.Pass, audit.Unknown, audit.Warn} {
		out = append(out, sample{labels: []string{"state", string(s)}, value: truth(s == is)})
	}
	return out
}

// newFindings are 0 in all, where there are none: an alert can tell that from no answer.
func newFindings(checks []audit.Check) []sample {
	of := map[[2]string]int64{}
	for _, c := range checks {
		if c.Change == advisor.New || c.Change == advisor.Worse {
			severity := string(c.Severity)
			if severity == "" {
				severity = string(c.State)
			}
			of[[2]string{c.Name, severity}]++
		}
	}
	if len(of) == 0 {
		of[[2]string{"none", "none"}] = 0
	}
	return summed(of, [2]string{"rule", "severity"})
}

// AuditSARIF writes the checks that do not pass, at the line of the policy file that names their target.
func AuditSARIF(w io.Writer, s *audit.Summary, o Options) error {
	return writeSARIF(w, auditAlerts(s), s.Tool, o.Rules)
}

func auditAlerts(s *audit.Summary) []alerts {
	var out []alerts
	for _, t := range s.Targets {
		a := alerts{target: clean(Printable(t.Name)), uri: clean(Printable(t.URI)), file: s.File, line: t.Line}
		for _, p := range t.Problems {
			a.problems = append(a.problems, clean(p))
		}
		if t.Run != nil {
			a.seconds = t.Run.Seconds
		}
		for _, c := range append(slices.Clone(t.Checks), t.Gone...) {
			if c.State != audit.Pass || c.Suppressed != nil || c.Change == advisor.Gone {
				a.findings = append(a.findings, checkAlert(c, t.Baseline != nil))
			}
		}
		out = append(out, a)
	}
	return out
}

func checkAlert(c audit.Check, compared bool) alert {
	f := alert{rule: clean(c.Name), title: clean(c.Title), why: clean(c.Why), do: clean(c.Do), severity: checkLevel(c), fingerprint: c.Fingerprint}
	if c.Kind != "rule" {
		f.title, f.why = clean(c.Name), clean(checkText(c))
	}
	if c.Suppressed != nil {
		f.suppressed = clean(c.Suppressed.Reason)
	}
	if compared {
		f.baseline = map[string]string{advisor.New: "new", advisor.Worse: "updated", advisor.Better: "updated", advisor.Unchanged: "unchanged", advisor.Gone: "absent"}[c.Change]
	}
	return f
}

// checkLevel is how severe a check is: what the policy makes of it, where it does not pass.
func checkLevel(c audit.Check) advisor.Severity {
	switch c.State {
	case audit.Error:
		return advisor.Critical
	case audit.Warn, audit.Unknown:
		return advisor.Warning
	}
	return advisor.Info
}

// AuditJUnit writes a suite for each target: the case "listing", and one for each check of its policy and each rule. What
// makes the target fail is a failure; what is as before passes, and says so.
func AuditJUnit(w io.Writer, s *audit.Summary, o Options) error {
	var suites []junitSuite
	for _, t := range s.Targets {
		suites = append(suites, auditSuite(t, o.Rules))
	}
	return writeJUnit(w, suites)
}

func auditSuite(t audit.Result, rules []*advisor.Rule) junitSuite {
	name := clean(Printable(t.Name))
	suite := junitSuite{Name: name, Time: "0.000"}
	if t.Run != nil {
		suite.Time = fmt.Sprintf("%.3f", t.Run.Seconds)
	}
	listing := junitCase{Class: name, Name: "listing"}
	if len(t.Problems) > 0 {
		listing.Error = &junitMessage{Message: clean(t.Problems[0]), Type: "unknown", Text: cleanLines(t.Problems)}
	}
	suite.add(listing)
	for _, c := range t.Checks {
		suite.add(checkCase(name, c))
	}
	for _, r := range rules {
		if !slices.ContainsFunc(t.Checks, func(c audit.Check) bool { return c.Kind == "rule" && c.Name == r.ID }) {
			c := junitCase{Class: name, Name: r.ID}
			if !t.Complete {
				c.Skipped = &junitMessage{Message: "unknown: the listing is incomplete"}
			}
			suite.add(c)
		}
	}
	return suite
}

func cleanLines(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(clean(l) + "\n")
	}
	return b.String()
}

func checkCase(target string, c audit.Check) junitCase {
	out := junitCase{Class: target, Name: clean(c.Name)}
	text := clean(checkText(c))
	switch {
	case c.Fails:
		out.Failure = &junitMessage{Message: text, Type: clean(string(c.State)), Text: clean(c.Do)}
	case c.State == audit.Unknown:
		out.Skipped = &junitMessage{Message: "unknown: " + clean(c.Why)}
	case c.Suppressed != nil:
		out.Skipped = &junitMessage{Message: text}
	case c.State != audit.Pass:
		out.Output = strings.TrimSpace(clean(c.Change) + " " + text)
	}
	return out
}
