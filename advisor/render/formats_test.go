package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"s3layout/advisor"
)

// rendered is a report in one format.
func rendered(t *testing.T, f Format, r *advisor.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pictured elsewhere: the document itself, text at several widths, and what schedulers read.
var pictured = []string{"text", "json", "prometheus", "sarif", "junit"}

// Every other format has a picture of each saved report.
func TestPictures(t *testing.T) {
	saved(t, func(t *testing.T, name string, _ []byte, r *advisor.Report) {
		for _, f := range Formats {
			if slices.Contains(pictured, f.Name) {
				continue
			}
			file, got := name+"."+f.Name, withoutAssets(rendered(t, f, r, Options{Width: 80, Next: "s3layout rules"}))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if want, err := os.ReadFile(file); err != nil || got != string(want) {
				t.Errorf("%s, %v: got\n%s\nwant\n%s", file, err, got, want)
			}
		}
	})
}

// hostileStrings are what a key, or any string of a saved report, may be: each would steer something that reads it.
var hostileStrings = []string{
	"\x1b]0;owned\x07\x1b[31m", "\n::error::boom\r\n", "::error::boom", "##[error]boom", "##vso[task.complete]", "\u202e\u2066\u200b\u2028\u061c", "\xff\xc3", "\u009b31m\u0085",
	strings.Repeat("界", 500), strings.Repeat("word ", 200), "", " ", "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<!--<script>", "]]>", `"><img src=x onerror=alert(1)>`,
	"javascript:alert(1)", "' onfocus=alert(1) autofocus='", "{{.}}${1}%s%d$(reboot)`reboot`", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\x00=1", "＝1", "＋1", "－1", "＠1", "a,b\"c\nd;e",
	"a|b\\|c\\\\|d", "`` ` ```", "*a* _b_ ~~c~~ [d](http://e.example)", "![x](https://e.example/x.png)", "https://evil.example www.evil.example mail@evil.example @octocat #1 GH-1",
	"0123456789abcdef0123456789abcdef01234567", "# heading", "- list", "> quote", "1. one", "    code", "<details>", "</details>", "&lt;&#64;", "| a | b |", "---", "a\\", "\\",
}

// What a report may hold reaches no output raw, in any format: a new one is held to this too.
func TestHostileReport(t *testing.T) {
	document, err := os.ReadFile("testdata/demo.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			for _, s := range hostileStrings {
				r := decode(t, document)
				fill(reflect.ValueOf(r), s)
				checkInert(t, f, rendered(t, f, r, Options{}))
				r.Complete, r.Incomplete = false, []advisor.Missing{{After: s, Until: s, Cause: s}, {}}
				checkInert(t, f, rendered(t, f, r, Options{}))
			}
			saved(t, func(t *testing.T, _ string, _ []byte, r *advisor.Report) {
				checkInert(t, f, rendered(t, f, r, Options{}))
			})
		})
	}
}

// checkInert holds an output to printable characters, line feeds where the format has them, and lines that no log takes for
// a command.
func checkInert(t *testing.T, f Format, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatalf("%s: not UTF-8", f.Name)
	}
	lines := strings.ReplaceAll(out, "\r\n", "\n")
	if f.Name != "csv" {
		lines = withoutAssets(out)
	}
	for l := range strings.Lines(lines) {
		checkLine(t, strings.TrimSuffix(l, "\n"))
		if strings.Contains(l, "##vso[") {
			t.Errorf("a log takes this for a command: %q", l)
		}
	}
	switch f.Name {
	case "markdown":
		checkMarkdown(t, out)
	case "csv":
		checkCSV(t, out)
	case "html":
		checkHTML(t, out)
	}
}

var formula = regexp.MustCompile("^[ '\"\u3000]*[=+\\-@\t\r\x00＝＋－＠]")

func checkCSV(t *testing.T, out string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll() // all of one length, or it fails
	if err != nil || len(rows) < 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if formula.MatchString(cell) && cell[0] != '\'' {
				t.Errorf("a spreadsheet computes %q", cell)
			}
		}
	}
}

// Lines end as RFC 4180 has it, quotes are doubled, and the first column says what a line is.
func TestCSV(t *testing.T) {
	r := decode(t, read(t, "testdata/demo.json"))
	p := r.Profile
	p.Partitions = p.Partitions[:3]
	p.Partitions[0].Path = `=a,"b"`
	p.PartitionsOmitted = 17
	r.Complete = false
	r.Incomplete = []advisor.Missing{{After: "x", Until: "y", Cause: "denied"}}
	csvFormat, _ := Find("csv")
	got := rendered(t, csvFormat, r, Options{})
	for _, want := range []string{"row,path,objects,", "\r\npartition,\"'=a,\"\"b\"\"\",", "\r\nomitted,,,,", "\r\nmissing,,,,", ",keys after x up to y: denied,,\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Count(got, "\n") != strings.Count(got, "\r\n") || strings.Count(got, "\n") != 6 {
		t.Errorf("lines: %q", got)
	}
	if raw := rendered(t, csvFormat, r, Options{Raw: true}); !strings.Contains(raw, "\r\npartition,\"=a,\"\"b\"\"\",") {
		t.Errorf("raw: %q", raw)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDefused(t *testing.T) {
	for _, s := range []string{"", "a", "a=1", "1", "0.5", "day=1", "a-b", "–", "日本"} {
		if defused(s) != s {
			t.Errorf("%q becomes %q", s, defused(s))
		}
	}
	for _, s := range []string{"=", "=1", "+1", "-1", "@a", "\ta", "\ra", "\x00", "＝1", "＋", "－", "＠", " =1", "'=1", "\"=1", "\u3000=1"} {
		if defused(s) != "'"+s {
			t.Errorf("%q becomes %q", s, defused(s))
		}
	}
}

// NDJSON is the partitions of the document, and its end tells that nothing is cut off.
func TestNDJSON(t *testing.T) {
	saved(t, func(t *testing.T, _ string, _ []byte, r *advisor.Report) {
		f, _ := Find("ndjson")
		lines := slices.Collect(strings.Lines(rendered(t, f, r, Options{})))
		for i := range r.Profile.Partitions {
			want, err := json.Marshal(r.Profile.Partitions[i])
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Replace(lines[i], `{"row":"partition",`, "{", 1); got != string(escapeUnprintable(want))+"\n" {
				t.Errorf("line %d: %s", i, got)
			}
		}
		var end ndjsonEnd
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Row != "end" || end.Complete != r.Complete || end.Totals != r.Profile.Totals {
			t.Errorf("the last line is %s, %v", lines[len(lines)-1], err)
		}
	})
}
