package render

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"s3layout/advisor"
)

// differences are made of saved reports, so that each has something of everything.
func differences(t *testing.T) map[string]*advisor.Difference {
	t.Helper()
	read := func(name string) *advisor.Report {
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
	o := advisor.DiffOptions{Partitions: 20}
	later := read("demo")
	later.Advice[0].Severity, later.Advice[1].Severity = advisor.Critical, advisor.Info
	later.Run.Started = later.Run.Started.AddDate(0, 0, 1)
	later.Profile.Totals.Objects += 700
	out := map[string]*advisor.Difference{
		"worse": advisor.Diff(read("demo"), later, o), "same": advisor.Diff(read("single"), read("single"), o),
		"hostile": advisor.Diff(read("unpartitioned"), read("hostile"), o), "cut": advisor.Diff(read("demo"), read("incomplete"), o),
		"gone": advisor.Diff(read("probed"), read("empty"), o),
	}
	return out
}

func TestDiffRendered(t *testing.T) {
	for name, d := range differences(t) {
		for _, f := range DiffFormats {
			for _, w := range map[bool][]int{true: {40, 80, 120}, false: {0}}[f.Name == "text"] {
				var b bytes.Buffer
				if err := f.Write(&b, d, Options{Width: w}); err != nil {
					t.Fatal(err)
				}
				file := fmt.Sprintf("testdata/diff/%s.%s", name, f.Name)
				if w > 0 {
					file = fmt.Sprintf("testdata/diff/%s.%d.txt", name, w)
				}
				compare(t, file, b.Bytes())
				for l := range strings.Lines(b.String()) {
					checkTameLine(t, f.Name, l)
					if n := width(strings.TrimSuffix(l, "\n")); w > 0 && n > w {
						t.Errorf("%s: %d columns: %q", file, n, l)
					}
				}
			}
		}
	}
}

func checkTameLine(t *testing.T, format, line string) {
	t.Helper()
	if line = strings.TrimSuffix(line, "\n"); format == "json" {
		checkJSONLine(t, line)
		return
	}
	checkLine(t, line)
}

// compare holds what was written to a file of testdata, or writes it there.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// Both reports may be a stranger's: no string in them becomes markup, a link, a mention, or a line of its own.
func TestDiffHostile(t *testing.T) {
	for _, s := range []string{
		"<script>alert(1)</script>", "\x1b[31m\n::error::boom", "##[error]boom", "`a`|b|\n|c|", "@somebody https://example.com www.example.com", "](javascript:alert(1))",
		"\u202e\xff", "-->", "&lt;img src=x onerror=x>", "' onmouseover='x", strings.Repeat("界", 300), "",
	} {
		d := differences(t)["worse"]
		fill(reflect.ValueOf(d), s)
		for _, f := range DiffFormats {
			var b bytes.Buffer
			if err := f.Write(&b, d, Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
			for l := range strings.Lines(b.String()) {
				checkTameLine(t, f.Name, l)
			}
			switch f.Name {
			case "html":
				checkMarkup(t, b.String())
			case "markdown":
				checkMarkdown(t, b.String())
			}
		}
	}
}

var tag = regexp.MustCompile(`<(/?[A-Za-z!][^\s>/]*)((?:\s+[A-Za-z-]+(?:="[^"<>]*")?)*)\s*/?>`)

// elements are those that pages have, and attributes what of them may have: none asks for anything from anywhere.
var elements = strings.Fields("!DOCTYPE html head meta title style body main h1 h2 p b code div span table thead tbody tr th td br ul li svg polyline circle rect text path g")
var attributes = regexp.MustCompile(`^(\s+(lang|charset|http-equiv|content|name|class|scope|html|viewBox|role|aria-label|points|cx|cy|r|x|y|width|height|d|id)(="[^"]*")?)*$`)

// checkMarkup holds a page to what its template has: whatever is shown is text.
func checkMarkup(t *testing.T, page string) {
	t.Helper()
	_, body, _ := strings.Cut(page, "<!DOCTYPE html>")
	all := tag.FindAllStringSubmatch(body, -1)
	for _, m := range all {
		if !slices.Contains(elements, strings.TrimPrefix(m[1], "/")) || !attributes.MatchString(m[2]) {
			t.Errorf("%s is in a page", m[0])
		}
	}
	if n := strings.Count(body, "<"); n != len(all) || n == 0 {
		t.Errorf("%d times <, and %d elements", n, len(all))
	}
}
