package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

var known = audit.Known{
	Settings: []audit.Setting{
		{"engine", "text", "engine"}, {"exclude", "list", "globs"}, {"where", "text", "predicate"}, {"concurrency", "integer", "requests"}, {"request_payer", "text", "who pays"},
		{"list_price", "number", "dollars"}, {"no_sign_request", "boolean", "public"}, {"partitions", "text", "all or a number"},
	},
	Rules: []*advisor.Rule{
		{ID: "small-files", Title: "Many small files"}, {ID: "mixed-formats", Title: "Formats"}, {ID: "row-groups", Title: "Row groups", Scope: advisor.Scope{Contents: true}},
	},
	Formats: []string{"text", "json", "html"},
}

// proposed is the example of the design, word for word.
const proposed = `# s3layout.yaml (proposed)
version: 1
defaults: { request_payer: null, concurrency: auto, policy: { small_file_bytes: 32MiB,
  small_file_ratio: {warn: 0.2, error: 0.5}, objects_per_partition: {warn: 1000, error: 10000},
  partition_skew: {warn: 10, error: 100}, newest_object_age: {warn: 26h, error: 50h}, mixed_formats: {warn: true} } }
targets:
  - {name: events, uri: s3://lake/events/, owner: data-eng, policy: {small_file_ratio: {error: 0.3}}}
  - {name: archive, uri: s3://lake/archive/, policy: {newest_object_age: null}}
suppress:
  - {rule: small-files, target: events, partition: "dt=2019-*", reason: "frozen, cost > benefit", expires: 2027-06-30}
`

func TestParse(t *testing.T) {
	c, err := audit.Parse("s3layout.yaml", []byte(proposed), known)
	if err != nil {
		t.Fatal(err)
	}
	events, archive := c.Targets[0], c.Targets[1]
	ratio := events.Policy.Metrics["small_file_ratio"]
	if *ratio.Warn != 0.2 || *ratio.Error != 0.3 || events.Policy.SmallBytes != 32<<20 || *events.Policy.Metrics["newest_object_age"].Error != 50*3600 || events.Owner != "data-eng" || events.Line != 7 {
		t.Errorf("events: %+v", events)
	}
	if _, has := archive.Policy.Metrics["newest_object_age"]; has || *archive.Policy.Metrics["small_file_ratio"].Error != 0.5 || archive.Policy.Rules["mixed-formats"].Warn != advisor.Info {
		t.Errorf("archive: %+v", archive)
	}
	s := c.Suppressions[0]
	if s.Rule != "small-files" || s.Partition != "dt=2019-*" || s.Expires.Format(time.DateOnly) != "2027-06-30" || s.Line != 10 {
		t.Errorf("%+v", s)
	}
	if c.FailOn != "error" || c.Gate != "new" || !events.FailOnEmpty || len(events.Settings) != 0 {
		t.Errorf("%+v", c)
	}
}

const whole = `version: 1
defaults:
  owner: platform
  tags: [gold]
  exclude: ["**.tmp"]
  concurrency: 8
  policy:
    findings: {warn: info, error: critical}
    spark_tasks: {warn: 10_000}
    median_file_bytes: {warn_below: 16MiB, error_below: 1MiB, max_increase: {pct: 20, abs: 1GiB, state: warn}}
    row-groups: error
targets:
  - &one {name: a, uri: s3://b/a/, no_sign_request: true, list_price: 0.01, partitions: all}
  - {uri: "s3://b/x y/z/", tags: silver, exclude: [], concurrency: null, policy: {row-groups: null, spark_tasks: {warn: null, error: 5e5}, small-files: {warn: false, error: warning}}}
  - <<: *one
    name: c
    owner: null
history: {path: runs, keep_runs: 30, keep_for: 90d}
outputs: {html: audit.html}
fail_on: warn
gate: all
`

func TestParseWhole(t *testing.T) {
	c, err := audit.Parse("f", []byte(whole), known)
	if err != nil {
		t.Fatal(err)
	}
	a, b, third := c.Targets[0], c.Targets[1], c.Targets[2]
	if got := fmt.Sprint(a.Settings, a.Tags, a.Owner); got != "map[concurrency:[8] exclude:[**.tmp] list_price:[0.01] no_sign_request:[true] partitions:[all]] [gold]platform" {
		t.Error(got)
	}
	if got := fmt.Sprint(b.Name, b.Settings, b.Tags); got != "b-x-y-zmap[exclude:[]] [silver]" {
		t.Error(got)
	}
	if third.URI != "s3://b/a/" || third.Name != "c" || third.Owner != "" {
		t.Errorf("merged: %+v", third)
	}
	if _, listed := b.Policy.Rules["row-groups"]; !listed || b.Policy.Rules["row-groups"] != (audit.Severities{}) || a.Policy.Rules["row-groups"].Error != advisor.Info {
		t.Errorf("null does not disable: %+v", b.Policy.Rules)
	}
	if l := b.Policy.Metrics["spark_tasks"]; l.Warn != nil || *l.Error != 5e5 || *a.Policy.Metrics["spark_tasks"].Warn != 10_000 {
		t.Errorf("%+v", l)
	}
	if i := a.Policy.Metrics["median_file_bytes"].Increase; i.Ratio != 0.2 || i.Abs != 1<<30 || i.State != audit.Warn {
		t.Errorf("%+v", i)
	}
	if c.History.KeepRuns != 30 || c.History.KeepFor != 90*24*time.Hour || c.FailOn != "warn" || c.Gate != "all" || c.Outputs[0].File != "audit.html" {
		t.Errorf("%+v", c)
	}
}

// Each problem is where it is, and says what was perhaps meant. Its schema refuses the file, too, but for what takes a look
// at values.
func TestParseRefuses(t *testing.T) {
	s := policySchema(t)
	for _, good := range []string{proposed, whole} {
		if err := follows(t, s, good); err != nil {
			t.Errorf("the schema refuses %s: %v", good, err)
		}
	}
	const target = "targets: [{uri: s3://b/p/}]\n"
	for _, tt := range []struct {
		file, want string
		schema     bool // whether it sees that, too
	}{
		{"", `"f": it is empty`, true},
		{"- a", `"f":1:1: it must be a mapping`, true},
		{"version: 1\n", `"f":1:1: targets are missing`, true},
		{target, `"f":1:1: version is missing: write version: 1`, true},
		{"version: 2\n" + target, `"f":1:10: version is "2", and this program reads 1`, true},
		{"version: \"1\"\n" + target, `"f":1:10: version is "1"`, true},
		{"version: 1\ntargest: []\n" + target, `"f":2:1: unknown key "targest"; did you mean "targets"?`, true},
		{"version: 1\ndefaults:\n  polcy: {}\n" + target, `"f":3:3: unknown key "polcy"; did you mean "policy"?`, true},
		{"version: 1\ndefaults: {policy: {small_file_ration: {warn: 1}}}\n" + target, `"f":2:21: unknown metric or rule "small_file_ration"; did you mean "small_file_ratio"?`, true},
		{"version: 1\ndefaults: {policy: {smal-files: warn}}\n" + target, `did you mean "small-files"?`, true},
		{"version: 1\ndefaults: {policy: {objects: {wran: 1}}}\n" + target, `"f":2:31: unknown key "wran"; did you mean "warn"?`, true},
		{"version: 1\ndefaults: {policy: {objects: {warn: many}}}\n" + target, `a threshold of objects is "many": it is a number, such as 1000`, false},
		{"version: 1\ndefaults: {policy: {objects: {warn: -1}}}\n" + target, `a threshold of objects is "-1"`, false},
		{"version: 1\ndefaults: {policy: {objects: {warn: .nan}}}\n" + target, `a threshold of objects is ".nan"`, true},
		{"version: 1\ndefaults: {policy: {objects: 5}}\n" + target, `it must be a mapping, not a number`, true},
		{"version: 1\ndefaults: {policy: {newest_object_age: {warn: 5 days}}}\n" + target, `it is a time, such as 26h or 2d`, false},
		{"version: 1\ndefaults: {policy: {bytes: {warn: 5 ZiB}}}\n" + target, `it is a size, such as 32MiB`, false},
		{"version: 1\ndefaults: {policy: {small-files: loud}}\n" + target, `a rule is "loud": it is warn or error`, true},
		{"version: 1\ndefaults: {policy: {small-files: {warn: loud}}}\n" + target, `a severity is "loud": it is info, warning, critical, or true for any`, true},
		{"version: 1\ntargets: []\n", `targets must be a list with one target at least`, true},
		{"version: 1\ntargets:\n  - {name: x}\n", `"f":3:5: the target has no uri`, true},
		{"version: 1\ntargets:\n  - {name: ../x, uri: s3://b/p/}\n", `the name "../x"`, true},
		{"version: 1\ntargets:\n  - {name: CON, uri: s3://b/p/}\n", `the name "CON"`, false},
		{"version: 1\ntargets:\n  - {name: a, uri: s3://b/p/}\n  - {name: A, uri: s3://b/q/}\n", `"f":4:5: the name "A" is that of line 3, too`, false},
		{"version: 1\ntargets:\n  - {uri: s3://b/p/, uri: s3://b/q/}\n", `"f":3:22: "uri" is there twice`, true},
		{"version: 1\ntargets: [{uri: s3://b/p/, concurrency: lots}]\n", `concurrency must be a number, not a text`, true},
		{"version: 1\ntargets: [{uri: s3://b/p/, no_sign_request: 1}]\n", `no_sign_request must be true or false, not a number`, true},
		{"version: 1\n" + target + "suppress: [{rule: small-files}]\n", `a suppression needs a reason`, true},
		{"version: 1\n" + target + "suppress: [{rule: smal, reason: x}]\n", `unknown rule "smal"`, true},
		{"version: 1\n" + target + "suppress: [{reason: x}]\n", `a suppression needs a rule, or a metric's name`, true},
		{"version: 1\n" + target + "suppress: [{rule: objects, reason: x, expires: soon}]\n", `expires is "soon": it is a day, such as 2027-06-30`, true},
		{"version: 1\n" + target + "suppress: [{rule: objects, reason: x, target: evnts}]\n", `no target is called "evnts"`, false},
		{"version: 1\n" + target + "suppress: [{rule: objects, reason: x, partition: \"[a\"}]\n", `it is a pattern with * and ?`, false},
		{"version: 1\n" + target + "history: {keep_runs: 0, path: x}\n", `keep_runs is "0": it is a number from 1`, true},
		{"version: 1\n" + target + "history: {keep_for: 90d}\n", `history needs a path`, true},
		{"version: 1\n" + target + "history: {path: \"s3://b/h/\", keep_for: 90d}\n", `on S3 nothing is deleted`, false},
		{"version: 1\n" + target + "outputs: {pdf: x}\n", `unknown format "pdf"; it is text, json, html`, true},
		{"version: 1\n" + target + "gate: old\n", `gate is "old": it is new or all`, true},
		{"version: 1\n" + target + "---\nversion: 1\n", `there is a second document`, false},
		{"version: 1\n" + target + "fail_on: [error\n", `"f":`, true},
		{"a: &a [*a]\n", `"f"`, true},
		{"version: 1\ntargets: [{uri: \"s3://b/\x1b[31m\", x: 1}]\n", `"f":`, true},
	} {
		_, err := audit.Parse("f", []byte(tt.file), known)
		var wrong *audit.FileError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.file, err, tt.want)
			continue
		}
		if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q steers a terminal", err.Error())
		}
		if seen := follows(t, s, tt.file) != nil; seen != tt.schema {
			t.Errorf("%q: the schema refuses it: %v", tt.file, seen)
		}
	}
}

// All that is wrong is said at once, by line.
func TestParseSaysAll(t *testing.T) {
	_, err := audit.Parse("f", []byte("version: 3\ntargets:\n  - {uri: 1, nmae: x}\n  - {name: a b, uri: s3://b/p/}\nfoo: 1\n"), known)
	var wrong *audit.FileError
	if !errors.As(err, &wrong) || len(wrong.Problems) != 4 || wrong.Problems[3].Line != 5 {
		t.Errorf("%v", err)
	}
	_, err = audit.Parse("f", []byte("version: 1\ntargets: [{uri: a}]\n"+strings.Repeat("\"x\\n\": 1\n", 30)), known)
	if !errors.As(err, &wrong) || len(wrong.Problems) != 20 || wrong.More != 10 || strings.Contains(err.Error(), "x\n") {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(proposed)
	f.Add(whole)
	f.Add("a: &a [*a, *a]\nb: &b [*a, *a]\nversion: 1\ntargets: *b")
	f.Add("version: 1\ntargets: [&t {uri: x, <<: *t}]")
	f.Fuzz(func(t *testing.T, file string) {
		c, err := audit.Parse("f", []byte(file), known)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v and %v", c, err)
		}
		if err != nil {
			for _, r := range strings.ReplaceAll(err.Error(), "\n  ", "") {
				if r < ' ' || r == 0x7f {
					t.Fatalf("%q in %q", r, err)
				}
			}
			return
		}
		for _, target := range c.Targets {
			if target.URI == "" || target.Name == "" || strings.ContainsAny(target.Name, `/\: `) {
				t.Fatalf("%+v", target)
			}
		}
	})
}

func TestNearest(t *testing.T) {
	words := []string{"small-files", "small_file_ratio", "warn", "error"}
	for in, want := range map[string]string{"smal_files": "small-files", "wran": "warn", "eror": "error", "xyz": "", "": "", strings.Repeat("w", 1000): ""} {
		if got := audit.Nearest(in, words); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
