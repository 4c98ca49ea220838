package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/rogpeppe/go-internal/txtar"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
)

var update = flag.Bool("update", false, "rewrite the expected findings in testdata")

// Each file of testdata is a rule's, each of its entries a lake and, after ----, what the rule finds in it. All that is said of
// the lake is fit to paste, and is said of a saved report, too.
func TestRules(t *testing.T) {
	var seen snippets
	t.Run("cases", func(t *testing.T) {
		for i, r := range rules.All {
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				testRule(t, r, spark.Engines[i%len(spark.Engines):], &seen)
			})
		}
	})
	if seen.rules == len(rules.All) { // -run names all of them
		seen.check(t)
	}
}

// testRule judges the lakes of a rule's cases; saved, for the first of the engines, too.
func testRule(t *testing.T, r *advisor.Rule, others []spark.Engine, seen *snippets) {
	file := filepath.Join("testdata", r.ID+".txtar")
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen.started()
	loud, quiet := 0, 0
	for i, c := range archive.Files {
		text, want, _ := strings.Cut(string(c.Data), "----\n")
		lake, err := parseLake(text)
		if err != nil {
			t.Fatal(err)
		}
		live := report(t, lake.target, lake.profile(), lake.engine)
		got := find(t, r, live, lake.code)
		if got == "quiet\n" {
			quiet++
		} else {
			loud++
		}
		if *update {
			archive.Files[i].Data = []byte(strings.TrimRight(text, "\n") + "\n----\n" + got + "\n")
		} else if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.Name, got, want)
		}
		seen.add(t, r.ID+", "+c.Name, lake, live.Advice)
		checkSaved(t, c.Name, live, others[i%len(others)])
	}
	if loud == 0 || quiet == 0 {
		t.Errorf("%d cases that fire and %d that stay quiet: want both", loud, quiet)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// find shows what one rule finds in a lake that all rules have looked at.
func find(t *testing.T, r *advisor.Rule, live *advisor.Report, code bool) string {
	t.Helper()
	for _, a := range live.Advice {
		checkShort(t, a)
		if a.Rule == r.ID {
			return show(t, a, live.Recommended, code)
		}
	}
	return "quiet\n"
}

// checkShort holds a finding to the two lines that the first screen has for it.
func checkShort(t *testing.T, a advisor.Advice) {
	t.Helper()
	if s := fmt.Sprintf("▲ %s: %s", a.Rule, a.Why); runewidth.StringWidth(s) > 80 && !strings.Contains(s, `"`) {
		t.Errorf("too long for a line: %s", s)
	}
	if runewidth.StringWidth(a.Set) > 76 || a.Set == "" {
		t.Errorf("%s: nothing to set, or too long for a line: %q", a.Rule, a.Set)
	}
}

func show(t *testing.T, a advisor.Advice, r advisor.Recommended, code bool) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nwhy: %s\nset: %s\n", a.Severity, a.Why, a.Set)
	if i := a.Impact; i != nil {
		fmt.Fprintf(&b, "impact: %s %d -> %d%s\n", i.Metric, i.Before, i.After, map[bool]string{true: " (" + i.Estimate + ")"}[i.Estimate != ""])
	}
	if e := a.Effect; e != nil {
		fmt.Fprintf(&b, "before: %s\nafter:  %s\n", state(e.Before), state(e.After))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Evidence)) {
		fmt.Fprintf(&b, "evidence: %s = %s\n", name, spell(t, a.Evidence[name]))
	}
	fmt.Fprintf(&b, "recommended: %s\n", spell(t, r))
	for _, s := range a.Snippets {
		fmt.Fprintf(&b, "snippet: %s, %s\n", s.Kind, s.Language)
		if code {
			b.WriteString(s.Code)
		}
	}
	return b.String()
}

func state(s advisor.State) string {
	return fmt.Sprintf("%s, %s files, %s tasks, %s waves, %s idle, largest %s, %s in memory", s.Plan, advisor.Count(s.Files), advisor.Count(s.Tasks),
		advisor.Count(s.Waves), advisor.Count(s.IdleCores), advisor.Size(s.LargestTaskBytes), advisor.Size(s.LargestTaskExpandedBytes))
}

func spell(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	if s := strings.TrimSpace(b.String()); s != "null" {
		return s
	}
	t.Errorf("null in a finding: %#v", v)
	return "null"
}

// A rule is one file, one line of All and one file of testdata, all of the same name.
func TestHouse(t *testing.T) {
	var listed []string
	for _, r := range rules.All {
		listed = append(listed, r.ID)
		if found, ok := rules.Find(r.ID); !ok || found != r {
			t.Errorf("Find(%q) finds another rule", r.ID)
		}
	}
	slices.Sort(listed)
	if files := declared(t); !slices.Equal(listed, files) {
		t.Errorf("All lists\n%q, the files declare\n%q", listed, files)
	}
	if files := names(t, "testdata/*", ".txtar"); !slices.Equal(listed, files) {
		t.Errorf("All lists\n%q, testdata has\n%q", listed, files)
	}
	if _, ok := rules.Find("no-such-rule"); ok {
		t.Error("found a rule that is not there")
	}
}

// shared are the files that hold no rule.
var shared = []string{"aws_logs.go", "rules.go", "words.go", "signals.go", "page.go", "python.go", "compact.go", "partition_levels.go", "seed.go", "seed_points.go"}

// declared returns the IDs in the rule files, each of which must be named as the one rule in it.
func declared(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, file := range names(t, "*.go", "") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found := idsIn(t, file)
		want := []string{strings.ReplaceAll(strings.TrimSuffix(file, ".go"), "_", "-")}
		if slices.Contains(shared, file) {
			want = nil
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s declares the rules %q, want %q", file, found, want)
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return ids
}

func idsIn(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	ast.Inspect(f, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "ID" {
				id, _ := strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
				ids = append(ids, id)
			}
		}
		return true
	})
	return ids
}

func names(t *testing.T, pattern, suffix string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), suffix)
	}
	slices.Sort(files)
	return files
}

// A title stands on one line of 80 with its severity and the rule.
func TestTitles(t *testing.T) {
	for _, r := range rules.All {
		if line := fmt.Sprintf("▲ critical: %s [%s]", r.Title, r.ID); runewidth.StringWidth(line) > 80 {
			t.Errorf("too long for a line: %s", line)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := advisor.Validate(rules.All); err != nil {
		t.Error(err)
	}
}

// unsplittable-files counts with the bins of a histogram, whose bounds are powers of two.
func TestBinLimits(t *testing.T) {
	for _, name := range []string{"task_bytes", "warn_bytes"} {
		if n := rules.UnsplittableFiles.Limit(name); n&(n-1) != 0 {
			t.Errorf("%s is %d: not a power of two", name, n)
		}
	}
}
