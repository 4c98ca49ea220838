package render

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// summary has a target of each state, and checks of each change.
func summary(t *testing.T) *audit.Summary {
	t.Helper()
	demo, cut := readReport(t, "demo"), readReport(t, "incomplete")
	x, limit := 0.9, 0.5
	check := func(name, kind string, state audit.State, change string) audit.Check {
		c := audit.Check{Name: name, Kind: kind, State: state, Change: change, Fingerprint: "f" + name, Fails: change == advisor.New && state == audit.Error}
		if kind == "metric" {
			c.Value, c.Threshold, c.Unit, c.Why = &x, &limit, advisor.UnitRatio, "more than it may be"
		} else {
			c.Severity, c.Title, c.Why, c.Do = advisor.Warning, "Many small files", "5,904 files with a mean of 1.27 MiB.", "Compact."
		}
		return c
	}
	suppressed := check("grouping-gap", "rule", audit.Pass, "")
	suppressed.Suppressed = &audit.Suppressed{Reason: "frozen, cost > benefit", Expires: "2027-06-30"}
	totals := &audit.Totals{Objects: 5904, Bytes: 7 << 30, Partitions: 20}
	result := func(name string, state audit.State, checks ...audit.Check) audit.Result {
		return audit.Result{
			Name: name, URI: "s3://lake/" + name + "/", Owner: "data-eng", Tags: []string{"gold"}, Line: 7, State: state, Complete: true, Exit: audit.Exit{Reason: "passes"},
			Problems: []string{}, Totals: totals, Checks: checks, Gone: []audit.Check{}, Baseline: &audit.Baseline{Started: demo.Run.Started, Version: "0.1.0"},
			Run: &audit.ResultRun{Run: demo.Run, Document: "2026-04-19T07-30-00.123Z.json"}, Report: demo,
		}
	}
	bad := result("events", audit.Error, check("small_file_ratio", "metric", audit.Error, advisor.New), check("small-files", "rule", audit.Warn, advisor.Worse), check("leftovers", "rule", audit.Warn, advisor.Unchanged))
	bad.Gone = []audit.Check{check("write-files", "rule", audit.Pass, advisor.Gone)}
	half := result("half", audit.Unknown, audit.Check{Name: "objects", Kind: "metric", State: audit.Unknown, Why: "the listing is incomplete", Fingerprint: "x"})
	half.Complete, half.Report, half.Problems = false, cut, []string{"incomplete: 1 range of keys is missing"}
	denied := audit.Result{Name: "denied", URI: "s3://lake/denied/", Tags: []string{}, Line: 9, State: audit.Unknown, Problems: []string{`cannot list "s3://lake/denied/"`, "why: no"}, Checks: []audit.Check{}, Gone: []audit.Check{}, Exit: audit.Exit{Code: 4, Reason: "no"}}
	s := &audit.Summary{
		Schema: audit.SchemaID, Tool: demo.Tool, File: "s3layout.yaml", Exit: audit.Exit{Code: 4, Reason: "nothing could be listed: denied"},
		Targets:  []audit.Result{bad, result("known", audit.Warn, check("small-files", "rule", audit.Warn, advisor.Unchanged), suppressed), result("orders", audit.Pass), half, denied},
		Warnings: []audit.Warning{{Code: "suppression_unused", Message: "line 20: the suppression of objects passes over nothing: remove it"}},
		Run:      audit.Run{Started: demo.Run.Started, Seconds: 2},
	}
	s.Tally()
	return s
}

func readReport(t *testing.T, name string) *advisor.Report {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := advisor.ReadReport(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func audited(t *testing.T, format string, s *audit.Summary, o Options) []byte {
	t.Helper()
	at := slices.IndexFunc(AuditFormats, func(f AuditFormat) bool { return f.Name == format })
	var b bytes.Buffer
	if err := AuditFormats[at].Write(&b, s, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkAudit holds the bytes of a format to what they may be.
func checkAudit(t *testing.T, format string, b []byte, o Options) {
	t.Helper()
	switch format {
	case "prometheus":
		lintMetrics(t, b)
	case "sarif":
		checkSARIF(t, b)
	case "junit":
		checkJUnit(t, b)
	case "html":
		checkMarkup(t, string(b))
	case "markdown":
		checkMarkdown(t, string(b))
	}
	for l := range strings.Lines(string(b)) {
		checkTameLine(t, map[bool]string{true: "json"}[format == "json" || format == "sarif"], l)
		if n := width(strings.TrimSuffix(l, "\n")); format == "text" && n > o.Width {
			t.Errorf("%d columns: %q", n, l)
		}
	}
}

func TestAudit(t *testing.T) {
	s := summary(t)
	for _, f := range AuditFormats {
		for _, o := range map[bool][]Options{true: {{Width: 40}, {Width: 80}, {Width: 120, Known: true}}, false: {{}}}[f.Name == "text"] {
			b := audited(t, f.Name, s, o)
			checkAudit(t, f.Name, b, o)
			file := "testdata/audit/summary." + f.Name
			if o.Width > 0 {
				file = fmt.Sprintf("testdata/audit/summary.%d.txt", o.Width)
			}
			compare(t, file, b)
		}
	}
}

func TestAuditHostile(t *testing.T) {
	for _, text := range []string{
		"<script>alert(1)</script>", "\x1b[31m\n::error::boom", "##[error]boom", "`a`|b|\n|c|", "@somebody https://example.com", "](javascript:alert(1))", "\u202e\xff", "\\", strings.Repeat("界", 300), "",
	} {
		s := summary(t)
		for i := range s.Targets {
			s.Targets[i].Report = nil
			fill(reflect.ValueOf(&s.Targets[i]), text)
			s.Targets[i].Name = fmt.Sprint(i, text) // a name is one target's
		}
		s.File, s.Warnings[0].Message, s.Exit.Reason = text, text, text
		for _, f := range AuditFormats {
			checkAudit(t, f.Name, audited(t, f.Name, s, Options{Width: 80}), Options{Width: 80})
		}
	}
}

// The metrics of a target that is not complete are those of its last success alone, whatever the others say.
func TestAuditPrometheusKeeps(t *testing.T) {
	s := summary(t)
	first := string(audited(t, "prometheus", s, Options{}))
	s.Targets[0].Complete, s.Targets[0].Report = false, nil
	second := string(audited(t, "prometheus", s, Options{Previous: []byte(first)}))
	for _, want := range []string{
		`s3layout_scan_complete{target="events"} 0`, `s3layout_last_success_timestamp_seconds{target="events"} 1776583801.373`, `s3layout_scan_complete{target="orders"} 1`,
		`s3layout_target_state{target="denied",state="unknown"} 1`,
	} {
		if !strings.Contains(second, want+"\n") {
			t.Errorf("no %s in\n%s", want, second)
		}
	}
	if strings.Contains(second, `s3layout_dataset_objects{target="events"`) || !strings.Contains(first, `s3layout_new_findings{target="events",rule="small_file_ratio",severity="error"} 1`) {
		t.Errorf("first\n%s\nsecond\n%s", first, second)
	}
}

// Markdown stays below what a comment holds, and says what is left out.
func TestAuditMarkdownCut(t *testing.T) {
	s := summary(t)
	for range 2000 {
		s.Targets = append(s.Targets, s.Targets[4])
	}
	b := audited(t, "markdown", s, Options{})
	if len(b) > 64<<10 || !strings.Contains(string(b), "targets are left out") {
		t.Errorf("%d bytes", len(b))
	}
}
