package advisor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"s3layout/lister"
	"s3layout/stats"
)

// laid is a report of files by partition and size, with findings.
func laid(sizes map[string][]int64, advice ...Advice) *Report {
	c := stats.NewCollector(stats.Options{})
	for dir, of := range sizes {
		for i, size := range of {
			c.Add([]lister.Object{{Key: fmt.Sprintf("%s/%d.csv", dir, i), Size: size}})
		}
	}
	r := &Report{Schema: SchemaID, Complete: true, Target: Target{URI: "s3://b/p/", Exclude: []string{}, Include: []string{}}, Profile: c.Profile(), Advice: advice, Engine: Engine{Name: "glue-5.1"}}
	r.Run.Started = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return r
}

func found(rule string, s Severity) Advice {
	return Advice{Rule: rule, Title: rule, Severity: s, Why: rule + " is " + string(s)}
}

// described spells a difference in short: findings, then metrics that are neither noise nor the same, then partitions.
func described(d *Difference) string {
	var out []string
	for _, f := range d.Findings {
		out = append(out, f.Rule+" "+f.Change)
	}
	for _, m := range d.Metrics {
		if slices.Contains([]string{"objects", "bytes", "partitions"}, m.Name) && m.Verdict != "noise" {
			out = append(out, m.Name+" "+m.Verdict)
		}
	}
	for _, p := range d.Partitions.List {
		out = append(out, p.Path+" "+p.Change)
	}
	return strings.Join(out, ", ")
}

func TestDiffFindings(t *testing.T) {
	before := laid(nil, found("a", Info), found("b", Warning), found("c", Critical), found("d", Warning))
	after := laid(nil, found("e", Warning), found("a", Critical), found("b", Warning), found("c", Info))
	d := Diff(before, after, DiffOptions{})
	if got, want := described(d), "e new, a worse, b unchanged, c better, d gone"; got != want || !d.Changed || !d.Comparable {
		t.Errorf("got %s, want %s; %+v", got, want, d.Caveats)
	}
	if d.Findings[0].Fingerprint != Fingerprint(after.Target, "e") || d.Findings[1].OldWhy != "a is info" || d.Findings[2].OldWhy != "" {
		t.Errorf("%+v", d.Findings)
	}
	if d := Diff(before, before, DiffOptions{}); d.Changed || described(d) != "c unchanged, b unchanged, d unchanged, a unchanged" {
		t.Errorf("with itself: %s", described(d))
	}
}

// What a report could not tell is not told.
func TestDiffUnknown(t *testing.T) {
	none, one := laid(nil), laid(nil, found("a", Info))
	skipped := laid(nil)
	skipped.Skipped = []Skipped{{"a", "no file was opened"}}
	cut := laid(nil)
	cut.Complete = false
	milder := laid(nil, found("a", Warning))
	milder.Complete = false
	for _, tt := range []struct {
		before, after *Report
		want          string
	}{
		{none, one, "a new"}, {one, none, "a gone"}, {skipped, one, "a unknown"}, {one, skipped, "a unknown"}, {cut, one, "a unknown"}, {one, cut, "a unknown"},
		{milder, one, "a unknown"}, {one, milder, "a unknown"}, {milder, milder, "a unchanged"},
	} {
		d := Diff(tt.before, tt.after, DiffOptions{})
		if got := described(d); !strings.HasPrefix(got, tt.want) {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if whole := tt.before.Complete && tt.after.Complete; d.Comparable != whole || d.Changed != (whole && strings.HasSuffix(tt.want, "w") || strings.HasSuffix(tt.want, "gone")) {
			t.Errorf("%s: comparable %v, changed %v", tt.want, d.Comparable, d.Changed)
		}
		for _, m := range d.Metrics {
			if !d.Comparable && m.Change != nil {
				t.Errorf("%s: %s changed by %v between incomplete reports", tt.want, m.Name, *m.Change)
			}
		}
	}
}

// A change counts that is more than both thresholds: at either of them it is noise.
func TestDiffNoise(t *testing.T) {
	n := Noise{Ratio: 0.1, Count: 5, Bytes: 1000, Ratios: 0.01}
	for _, tt := range []struct {
		unit    string
		was, is float64
		want    bool
	}{
		{UnitCount, 100, 110, false}, {UnitCount, 100, 111, true}, {UnitCount, 100, 90, false}, {UnitCount, 100, 89, true},
		{UnitCount, 10, 15, false}, {UnitCount, 10, 16, true}, {UnitCount, 0, 5, false}, {UnitCount, 0, 6, true},
		{UnitBytes, 10_000, 11_000, false}, {UnitBytes, 10_000, 11_001, true}, {UnitBytes, 0, 1000, false}, {UnitBytes, 0, 1001, true},
		{UnitRatio, 0.05, 0.06, false}, {UnitRatio, 0.05, 0.061, true}, {UnitDollars, 0, 0, false}, {UnitDollars, 1, 1.2, true},
	} {
		if got := n.exceeded(tt.unit, tt.was, tt.is); got != tt.want {
			t.Errorf("%s %v to %v: %v", tt.unit, tt.was, tt.is, got)
		}
	}
}

func TestDiffPartitions(t *testing.T) {
	before := laid(map[string][]int64{"d=1": {1 << 20}, "d=2": {1 << 20}, "d=3": {1 << 20, 1}, "d=4": {5 << 20}, "d=\xff": {1}})
	after := laid(map[string][]int64{"d=2": {2 << 20}, "d=3": {1 << 20}, "d=4": {5 << 20}, "d=5": {9 << 20, 1}, "d=\xfe": {1}})
	d := Diff(before, after, DiffOptions{Partitions: -1})
	want := `bytes changed, d=5 appeared, d=1 vanished, d=2 grew, d=3 shrank, d=\xfe appeared, d=\xff vanished`
	if got := described(d); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p := d.Partitions
	if p.Appeared != 2 || p.Vanished != 2 || p.Grew != 1 || p.Shrank != 1 || p.Same != 1 || !p.Complete || p.Omitted != 0 || p.List[4].PathBase64 != "ZD3+" {
		t.Errorf("%+v", p)
	}
	if p := Diff(before, after, DiffOptions{Partitions: 2}).Partitions; len(p.List) != 2 || p.Omitted != 4 || p.Appeared != 2 {
		t.Errorf("two of them: %+v", p)
	}
	after.Profile.Other = &stats.Other{}
	if d := Diff(before, after, DiffOptions{Partitions: -1}); d.Partitions.Appeared+d.Partitions.Vanished != 0 || d.Partitions.Complete || d.Partitions.Grew != 1 {
		t.Errorf("not told apart: %+v", d.Partitions)
	}
}

func TestDiffCaveats(t *testing.T) {
	for code, spoil := range map[string]func(r *Report){
		"new_incomplete":  func(r *Report) { r.Complete = false },
		"other_target":    func(r *Report) { r.Target.URI = "s3://b/q/" },
		"other_selection": func(r *Report) { r.Target.Exclude = []string{"**.tmp"} },
		"other_engine":    func(r *Report) { r.Engine.Cores = 7 },
		"other_version":   func(r *Report) { r.Tool.Version = "9" },
		"other_probe":     func(r *Report) { r.Profile.Probe = &stats.Probe{Objects: 1} },
		"reversed":        func(r *Report) { r.Run.Started = r.Run.Started.Add(-time.Second) },
	} {
		r := laid(nil)
		spoil(r)
		d := Diff(laid(nil), r, DiffOptions{})
		if len(d.Caveats) != 1 || d.Caveats[0].Code != code {
			t.Errorf("want %s, got %+v", code, d.Caveats)
		}
		if scope := code == "other_target" || code == "other_selection" || code == "new_incomplete"; d.Comparable == scope {
			t.Errorf("%s: comparable %v", code, d.Comparable)
		}
	}
}

func TestDiffFollowsItsSchema(t *testing.T) {
	s := compiledFrom(t, DiffSchema)
	cut := laid(nil)
	cut.Complete = false
	for _, d := range []*Difference{
		Diff(laid(map[string][]int64{"d=\xff": {1}}, found("a", Info)), laid(map[string][]int64{"d=2": {1 << 30}}, found("b", Critical)), DiffOptions{Partitions: -1}),
		Diff(laid(nil), laid(nil), DiffOptions{}), Diff(cut, laid(nil, found("a", Info)), DiffOptions{}),
	} {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := validator.UnmarshalJSON(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%v: %s", err, b)
		}
	}
}

func TestMetrics(t *testing.T) {
	r := laid(map[string][]int64{"d=1": {1, 32<<20 - 1, 32 << 20, 32<<20 + 1}, "d=2": {1 << 30}})
	for name, want := range map[string]float64{
		"objects": 5, "bytes": 1<<30 + 3<<25 + 1, "partitions": 2, "small_files": 2, "small_file_ratio": 0.4, "objects_per_partition": 4, "formats": 1, "max_file_bytes": 1 << 30,
	} {
		m, ok := FindMetric(name)
		if !ok {
			t.Fatalf("no metric %s", name)
		}
		if got, known := m.Of(r, MetricOptions{}); got != want || !known {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	small, _ := FindMetric("small_files")
	if n, _ := small.Of(r, MetricOptions{SmallBytes: 2}); n != 1 {
		t.Errorf("%v files under 2 bytes", n)
	}
	empty := laid(nil)
	seen := map[string]bool{}
	for _, m := range Metrics {
		if v, known := m.Of(empty, MetricOptions{}); v != v || known && v < 0 {
			t.Errorf("%s of nothing is %v", m.Name, v)
		}
		if seen[m.Name] || m.Doc == "" || m.Unit == "" || !strings.HasPrefix(m.Name, strings.ToLower(m.Name)) {
			t.Errorf("%+v", m)
		}
		seen[m.Name] = true
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "17": 17, "32MiB": 32 << 20, "32 mib": 32 << 20, "1.5 GiB": 3 << 29, "64k": 64 << 10, "10MB": 10_000_000, "9223372036854775807": 1<<63 - 1} {
		if got, err := ParseSize(in); got != want || err != nil {
			t.Errorf("%q is %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "MiB", "-1", "1e3", "1 ZiB", "NaN", "inf", "9223372036854775808", "16EiB", "0x10", "1.2.3k"} {
		if got, err := ParseSize(in); err == nil {
			t.Errorf("%q is %d", in, got)
		}
	}
}
