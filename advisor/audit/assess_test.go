package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/lister"
	"s3layout/stats"
)

var night = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// laid is a report of so many files of a MiB in each partition, the newest an hour old, with findings.
func laid(files map[string]int, advice ...advisor.Advice) *advisor.Report {
	c := stats.NewCollector(stats.Options{})
	for dir, n := range files {
		for i := range n {
			c.Add([]lister.Object{{Key: fmt.Sprintf("%s/%d.csv", dir, i), Size: 1 << 20, Modified: night.Add(-time.Hour)}})
		}
	}
	r := &advisor.Report{Complete: true, Target: advisor.Target{URI: "s3://b/p/"}, Profile: c.Profile(), Advice: advice}
	r.Run.Started = night
	return r
}

func found(rule string, s advisor.Severity) advisor.Advice {
	return advisor.Advice{Rule: rule, Title: rule, Severity: s, Evidence: advisor.Evidence{}}
}

// config is the policy and suppressions of one target.
func config(t *testing.T, policy, more string) *audit.Config {
	t.Helper()
	c, err := audit.Parse("f", []byte("version: 1\ntargets: [{name: a, uri: s3://b/p/, policy: {"+policy+"}}]\n"+more), known)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// judged spells checks in short: those that do not pass, and those that are suppressed.
func judged(checks []audit.Check) string {
	var out []string
	for _, c := range checks {
		if c.State != audit.Pass || c.Suppressed != nil || c.Change != "" {
			text := fmt.Sprintf("%s %s %s", c.Name, c.State, c.Change)
			if c.Suppressed != nil {
				text += " suppressed"
			}
			out = append(out, strings.Join(strings.Fields(text), " "))
		}
	}
	return strings.Join(out, ", ")
}

func TestAssess(t *testing.T) {
	ten := map[string]int{"d=1": 10}
	for _, tt := range []struct {
		policy string
		r      *advisor.Report
		want   string
	}{
		// At a threshold all is well, one beyond is not.
		{"objects: {warn: 10}", laid(ten), ""}, {"objects: {warn: 9}", laid(ten), "objects warn"}, {"objects: {warn: 5, error: 9}", laid(ten), "objects error"},
		{"objects: {warn: 5, error: 10}", laid(ten), "objects warn"}, {"objects: {warn_below: 10}", laid(ten), ""}, {"objects: {warn_below: 11}", laid(ten), "objects warn"},
		{"objects: {warn_below: 12, error_below: 11}", laid(ten), "objects error"}, {"objects: null", laid(ten), ""},
		{"newest_object_age: {warn: 1h}", laid(ten), ""}, {"newest_object_age: {warn: 59m, error: 2h}", laid(ten), "newest_object_age warn"},
		{"small_file_ratio: {error: 50%}", laid(ten), "small_file_ratio error"}, {"small_file_bytes: 1MiB, small_file_ratio: {error: 0}", laid(ten), ""},
		{"small_file_bytes: 1048577, small_file_ratio: {error: 0}", laid(ten), "small_file_ratio error"},
		{"partition_skew: {warn: 1}", laid(ten), ""},
		// What is not known does not pass.
		{"dynamicframe_tasks: {warn: 1}", laid(ten), "dynamicframe_tasks unknown"}, {"row-groups: warn", skipping(ten, "row-groups"), "row-groups unknown"}, {"", skipping(ten, "row-groups"), ""},
		{"objects: {warn: 1}", cut(laid(ten, found("small-files", advisor.Critical))), "objects unknown, small-files unknown"},
		// Findings.
		{"", laid(ten, found("small-files", advisor.Info)), ""}, {"", laid(ten, found("small-files", advisor.Warning)), "small-files warn"}, {"", laid(ten, found("x", advisor.Critical)), "x error"},
		{"small-files: null", laid(ten, found("small-files", advisor.Critical)), ""}, {"small_files: null, small-files: error", laid(ten, found("small-files", advisor.Info)), "small-files error"},
		{"small-files: {warn: info, error: null}", laid(ten, found("small-files", advisor.Critical)), "small-files warn"}, {"findings: null", laid(ten, found("x", advisor.Critical)), ""},
		{"mixed_formats: {warn: true}", laid(ten, found("mixed-formats", advisor.Info)), "mixed-formats warn"},
		// Nothing there.
		{"mean_file_bytes: {warn: 1}", laid(nil), "empty error"},
	} {
		c := config(t, tt.policy, "")
		if got := judged(audit.Assess(tt.r, c.Targets[0], nil, nil, night, nil, known.Rules)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.policy, got, tt.want)
		}
	}
}

func cut(r *advisor.Report) *advisor.Report {
	r.Complete = false
	return r
}

func skipping(files map[string]int, rule string) *advisor.Report {
	r := laid(files)
	r.Skipped = []advisor.Skipped{{Rule: rule, Reason: "no file was opened"}}
	return r
}

func TestIncrease(t *testing.T) {
	c := config(t, "objects: {max_increase: {pct: 20, abs: 3}}", "")
	for after, want := range map[int]string{10: "", 12: "", 13: "", 14: "objects error", 5: ""} {
		if got := judged(audit.Assess(laid(map[string]int{"d": after}), c.Targets[0], nil, nil, night, laid(map[string]int{"d": 10}), nil)); got != want {
			t.Errorf("10 to %d: %q, want %q", after, got, want)
		}
	}
	if got := judged(audit.Assess(laid(map[string]int{"d": 99}), c.Targets[0], nil, nil, night, nil, nil)); got != "" {
		t.Errorf("with nothing before: %q", got)
	}
}

func TestSuppress(t *testing.T) {
	skewed := found("small-files", advisor.Warning)
	skewed.Evidence = advisor.Evidence{"partition": "dt=2019-01"}
	for _, tt := range []struct {
		suppress string
		r        *advisor.Report
		at       time.Time
		want     string
		warns    string
	}{
		{"rule: small-files", laid(nil, skewed), night, "small-files pass suppressed", ""},
		{"rule: mixed-formats", laid(nil, skewed), night, "small-files warn", "suppression_unused"},
		{"rule: small-files, target: a*", laid(nil, skewed), night, "small-files pass suppressed", ""},
		{"rule: small-files, expires: 2026-03-01", laid(nil, skewed), night.Add(20*time.Hour + 59*time.Minute + 59*time.Second), "small-files pass suppressed", ""},
		{"rule: small-files, expires: 2026-03-01", laid(nil, skewed), night.Add(21 * time.Hour), "small-files warn", "suppression_expired"},
		{"rule: small-files, partition: dt=2019-*", laid(nil, skewed), night, "small-files pass suppressed", ""},
		{"rule: small-files, partition: dt=2020-*", laid(nil, skewed), night, "small-files warn", "suppression_unused"},
		{"rule: mixed-formats, partition: d=*", laid(map[string]int{"d=1": 1, "d=2/e=3": 1}, found("mixed-formats", advisor.Warning)), night, "mixed-formats pass suppressed", ""},
		{"rule: mixed-formats, partition: d=*", laid(map[string]int{"d=1": 1, "e=2": 1}, found("mixed-formats", advisor.Warning)), night, "mixed-formats warn", "suppression_unused"},
		{"rule: objects", laid(map[string]int{"d": 3}), night, "objects pass suppressed", ""},
	} {
		c := config(t, "objects: {warn: 2}", "suppress: [{"+tt.suppress+", reason: because}]\n")
		c.Targets[0].FailOnEmpty = false
		used := make(audit.Used, 1)
		if got := judged(audit.Assess(tt.r, c.Targets[0], c.Suppressions, used, tt.at, nil, known.Rules)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.suppress, got, tt.want)
		}
		warns := ""
		for _, w := range audit.Warnings(c.Suppressions, used, c.Targets, []string{"a"}) {
			warns += w.Code
		}
		if warns != tt.warns {
			t.Errorf("%s: warns of %q, want %q", tt.suppress, warns, tt.warns)
		}
		if got := audit.Warnings(c.Suppressions, make(audit.Used, 1), c.Targets, nil); len(got) != 0 {
			t.Errorf("%s: unused where its target was not judged: %+v", tt.suppress, got)
		}
	}
}

func TestCompare(t *testing.T) {
	c := config(t, "objects: {warn: 10, error: 20}", "suppress: [{rule: mixed-formats, reason: because, expires: 2026-03-01}]\n")
	assess := func(files int, at time.Time, advice ...advisor.Advice) []audit.Check {
		return audit.Assess(laid(map[string]int{"d": files}, advice...), c.Targets[0], c.Suppressions, nil, at, nil, known.Rules)
	}
	mild, bad, fatal := found("x", advisor.Info), found("x", advisor.Warning), found("x", advisor.Critical)
	for _, tt := range []struct {
		name          string
		before, after []audit.Check
		want, gone    string
		news, all     bool // whether it fails by either gate, from warn on
	}{
		{"nothing before", nil, assess(11, night, bad), "objects warn new, x warn new", "", true, true},
		{"as before", assess(11, night, bad), assess(12, night, bad), "objects warn unchanged, x warn unchanged", "", false, true},
		{"worse", assess(11, night, bad), assess(21, night, fatal), "objects error worse, x error worse", "", true, true},
		{"better", assess(21, night, fatal), assess(11, night, bad), "objects warn better, x warn better", "", false, true},
		{"gone", assess(21, night, fatal), assess(1, night), "objects pass gone", "x pass gone", false, false},
		{"down to info", assess(1, night, bad), assess(1, night, mild), "x pass gone", "", false, false},
		{"up from info", assess(1, night, mild), assess(1, night, bad), "x warn new", "", true, true},
		{"suppressed then, not now", assess(1, night, found("mixed-formats", advisor.Warning)), assess(1, night.AddDate(0, 0, 1), found("mixed-formats", advisor.Warning)), "mixed-formats warn new", "", true, true},
		{"suppressed now", nil, assess(1, night, found("mixed-formats", advisor.Warning)), "mixed-formats pass suppressed", "", false, false},
	} {
		gone := audit.Compare(tt.after, tt.before)
		if got := judged(tt.after); got != tt.want || judged(gone) != tt.gone {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.name, got, judged(gone), tt.want, tt.gone)
		}
		if news, all := audit.Fail(tt.after, "warn", "new"), audit.Fail(tt.after, "warn", "all"); news != tt.news || all != tt.all {
			t.Errorf("%s: fails %v and %v, want %v and %v", tt.name, news, all, tt.news, tt.all)
		}
		if audit.Fail(tt.after, "never", "all") {
			t.Errorf("%s: fails where nothing may", tt.name)
		}
	}
}

func TestSeverityEscalatesWithinAState(t *testing.T) {
	c := config(t, "findings: {warn: warning, error: null}", "")
	assess := func(s advisor.Severity) []audit.Check {
		return audit.Assess(laid(map[string]int{"d": 1}, found("x", s)), c.Targets[0], nil, nil, night, nil, nil)
	}
	now := assess(advisor.Critical)
	if audit.Compare(now, assess(advisor.Warning)); judged(now) != "x warn worse" {
		t.Error(judged(now))
	}
}
