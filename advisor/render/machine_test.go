package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"s3layout/advisor"
)

// machines are the formats that schedulers read, each with what holds its bytes to what others specify.
var machines = []struct {
	name, suffix string
	check        func(t *testing.T, b []byte)
}{
	{"prometheus", ".prom", lintMetrics},
	{"sarif", ".sarif", checkSARIF},
	{"junit", ".junit.xml", checkJUnit},
}

func bytesOf(t *testing.T, format string, r *advisor.Report, o Options) []byte {
	t.Helper()
	f, ok := Find(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMachines(t *testing.T) {
	saved(t, func(t *testing.T, name string, _ []byte, r *advisor.Report) {
		for _, m := range machines {
			got := bytesOf(t, m.name, r, Options{})
			m.check(t, got)
			if *update {
				if err := os.WriteFile(name+m.suffix, got, 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name + m.suffix)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name+m.suffix, got, want)
			}
		}
	})
}

// Any string of a saved report may be anything: what is written stays one document, each line tame.
func TestMachinesHostile(t *testing.T) {
	document, err := os.ReadFile("testdata/probed.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"\x1b]0;owned\x07\x1b[31m", "\n::error::boom\r\n", "::error::boom", "##[error]boom", "\u202e\u2066\u200b\u2028", "\xff\xc3", `\`, `"`, "\\\n\"",
		`a"} 1` + "\ns3layout_scan_complete 1", "]]></failure><x>", strings.Repeat("界", 500), "",
	} {
		for _, m := range machines {
			r := decode(t, document)
			fill(reflect.ValueOf(r), s)
			m.check(t, bytesOf(t, m.name, r, Options{}))
			r.Complete, r.Incomplete = false, []advisor.Missing{{After: s, Until: s, Cause: s}}
			m.check(t, bytesOf(t, m.name, r, Options{Previous: []byte(s)}))
		}
	}
}

// lintMetrics is what promtool check metrics does, and holds labels to one line of text that prints.
func lintMetrics(t *testing.T, b []byte) {
	t.Helper()
	problems, err := promlint.New(bytes.NewReader(b)).Lint()
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	families := parseMetrics(t, b)
	for name, series := range families {
		for _, s := range series {
			for _, v := range s {
				for _, c := range v {
					if c < ' ' || c == 0x7f || c == '\u202e' || !utf8.ValidRune(c) {
						t.Errorf("%s has %q in a label", name, v)
					}
				}
			}
		}
	}
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "s3layout_") && !strings.HasPrefix(line, "# HELP s3layout_") && !strings.HasPrefix(line, "# TYPE s3layout_") {
			t.Errorf("a line begins otherwise: %q", line)
		}
		checkLine(t, strings.TrimSuffix(line, "\n"))
	}
}

// parseMetrics returns the labels of every series, by family; a series that occurs twice fails.
func parseMetrics(t *testing.T, b []byte) map[string][]map[string]string {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	out := map[string][]map[string]string{}
	for name, f := range families {
		seen := map[string]bool{}
		for _, m := range f.GetMetric() {
			if m.TimestampMs != nil {
				t.Errorf("%s has a timestamp: the textfile collector refuses it", name)
			}
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			key, _ := json.Marshal(labels)
			if seen[string(key)] {
				t.Errorf("%s%s occurs twice", name, key)
			}
			seen[string(key)] = true
			out[name] = append(out[name], labels)
		}
	}
	return out
}

// A run that is not complete, or listed nothing, shows that and when the last complete one was.
func TestPrometheusIncomplete(t *testing.T) {
	whole, err := os.ReadFile("testdata/demo.json")
	if err != nil {
		t.Fatal(err)
	}
	r := decode(t, whole)
	before := bytesOf(t, "prometheus", r, Options{})
	success := regexp.MustCompile(`(?m)^s3layout_last_success_timestamp_seconds.*$`).FindString(string(before))
	r.Complete = false
	r.Run.Started = r.Run.Started.AddDate(0, 0, 1)
	head := "# HELP s3layout_scan_complete Whether the last run listed everything.\n# TYPE s3layout_scan_complete gauge\ns3layout_scan_complete{target=\"s3://demo-lake/events/\"} 0\n"
	last := "# HELP s3layout_last_success_timestamp_seconds When the last complete run ended, in Unix time.\n# TYPE s3layout_last_success_timestamp_seconds gauge\n" + success + "\n"
	first := bytesOf(t, "prometheus", r, Options{Previous: before})
	if string(first) != head+last {
		t.Errorf("got\n%s\nwant\n%s%s", first, head, last)
	}
	if again := bytesOf(t, "prometheus", r, Options{Previous: first}); !bytes.Equal(again, first) {
		t.Errorf("after a second one\n%s", again)
	}
	for _, previous := range []string{"", "x", strings.ReplaceAll(string(before), "s3://demo-lake/events/", "s3://bucket/other/"), strings.ReplaceAll(success, "17", "NaN")} {
		if got := bytesOf(t, "prometheus", r, Options{Previous: []byte(previous)}); string(got) != head {
			t.Errorf("after %q: got\n%s\nwant\n%s", previous, got, head)
		}
	}
	r.Profile = nil
	if got := bytesOf(t, "prometheus", r, Options{Previous: before}); !bytes.Equal(got, first) {
		t.Errorf("without a profile: %s", got)
	}
}

// No partition makes a series, and a stranger's storage class none of its own.
func TestPrometheusBounded(t *testing.T) {
	most := 0
	saved(t, func(t *testing.T, _ string, _ []byte, r *advisor.Report) {
		b := bytesOf(t, "prometheus", r, Options{})
		most = max(most, bytes.Count(b, []byte("\ns3layout_")))
		for _, labels := range parseMetrics(t, b)["s3layout_storage_class_objects"] {
			if c := labels["storage_class"]; c != "other" && !regexp.MustCompile("^[A-Z_]+$").MatchString(c) {
				t.Errorf("storage class %q", c)
			}
		}
	})
	if most > 300 {
		t.Errorf("%d series of one target", most)
	}
}

func checkSARIF(t *testing.T, b []byte) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	if err := sarifSchema(t).Validate(document); err != nil {
		t.Errorf("%v in\n%s", err, b)
	}
	for l := range strings.Lines(string(b)) {
		checkJSONLine(t, strings.TrimSuffix(l, "\n"))
	}
}

func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	document, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("sarif.json")
}

// The same finding has the same fingerprint whatever was counted, and another where another part is looked at.
func TestFingerprint(t *testing.T) {
	a := advisor.Target{URI: "s3://b/p/", Exclude: []string{"x", "y"}}
	same := advisor.Fingerprint(a, "small-files")
	for _, other := range []advisor.Target{
		{URI: "s3://b/q/", Exclude: a.Exclude}, {URI: a.URI, Exclude: []string{"xy"}}, {URI: a.URI, Exclude: []string{"x"}, Include: []string{"y"}},
		{URI: a.URI, Exclude: a.Exclude, Where: "d = 1"},
	} {
		if advisor.Fingerprint(other, "small-files") == same {
			t.Errorf("%+v is told as %+v", other, a)
		}
	}
	if advisor.Fingerprint(a, "large-files") == same || advisor.Fingerprint(a, "small-files") != same {
		t.Error("the rule")
	}
}

// Code scanning takes no more than 5000 results: the worst stay, and it says so.
func TestSARIFCut(t *testing.T) {
	r := decode(t, []byte(`{}`))
	for i := range maxResults + 2 {
		r.Advice = append(r.Advice, advisor.Advice{Rule: "r", Severity: []advisor.Severity{advisor.Info, advisor.Critical}[i%2]})
	}
	var log sarifLog
	if err := json.Unmarshal(bytesOf(t, "sarif", r, Options{}), &log); err != nil {
		t.Fatal(err)
	}
	results, said := log.Runs[0].Results, log.Runs[0].Invocations[0].Notifications
	errors := 0
	for _, r := range results {
		if r.Level == "error" {
			errors++
		}
	}
	if len(results) != maxResults || errors != maxResults/2+1 || !strings.Contains(said[len(said)-1].Message.Text, "2 results of 5002") {
		t.Errorf("%d results, %d errors, %+v", len(results), errors, said)
	}
}

// checkJUnit reads it as CI servers do: well-formed XML 1.0, whose counts are those of its cases.
func checkJUnit(t *testing.T, b []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
	}
	var all junitSuites
	if err := xml.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	tests := 0
	for _, s := range all.Suites {
		again := junitSuite{}
		for _, c := range s.Cases {
			again.add(c)
		}
		if again.Tests != s.Tests || again.Failures != s.Failures || again.Errors != s.Errors || again.Skipped != s.Skipped {
			t.Errorf("counts of %q", s.Name)
		}
		tests += s.Tests
	}
	if tests != all.Tests || tests == 0 {
		t.Errorf("%d tests of %d", tests, all.Tests)
	}
	for l := range strings.Lines(string(b)) {
		checkLine(t, strings.TrimSuffix(l, "\n"))
	}
}

// Where the listing is incomplete, no rule passes.
func TestJUnitIncomplete(t *testing.T) {
	b, err := os.ReadFile("testdata/incomplete.json")
	if err != nil {
		t.Fatal(err)
	}
	r := decode(t, b)
	rules := []*advisor.Rule{{ID: "quiet-rule"}}
	s := suiteOf(alertsOf(r), rules, nil)
	quiet := s.Cases[len(s.Cases)-1]
	for _, c := range s.Cases {
		if c.Name == "quiet-rule" {
			quiet = c
		}
	}
	if s.Cases[0].Error == nil || quiet.Name != "quiet-rule" || quiet.Skipped == nil {
		t.Errorf("%+v", s)
	}
	r.Complete = true
	if s := suiteOf(alertsOf(r), rules, nil); s.Errors > 0 || s.Skipped > 0 {
		t.Errorf("of a complete one: %+v", s)
	}
}
