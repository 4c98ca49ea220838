package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"s3layout/advisor"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata")

var widths = []int{40, 80, 120, 200}

// saved calls f with each saved report.
func saved(t *testing.T, f func(t *testing.T, name string, document []byte, r *advisor.Report)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d reports, %v", len(files), err)
	}
	for _, file := range files {
		document, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(file, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) { f(t, name, document, decode(t, document)) })
	}
}

func decode(t *testing.T, document []byte) *advisor.Report {
	t.Helper()
	var r advisor.Report
	if err := json.Unmarshal(document, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func shown(t *testing.T, r *advisor.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	saved(t, func(t *testing.T, name string, _ []byte, r *advisor.Report) {
		for _, w := range widths {
			got := shown(t, r, Options{Width: w, Next: "s3layout rules"})
			file := fmt.Sprintf("%s.%d.txt", name, w)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
			}
		}
	})
}

func TestTextIsTame(t *testing.T) {
	saved(t, func(t *testing.T, _ string, _ []byte, r *advisor.Report) {
		for _, w := range append(widths, 0, 41, 57, 79, 1000) {
			checkTame(t, r, Options{Width: w, Next: "s3layout rules"})
		}
	})
}

// A saved report is a stranger's: any string in it may be anything.
func TestTextHostileReport(t *testing.T) {
	document := read(t, "testdata/demo.json")
	for _, s := range hostileStrings {
		r := decode(t, document)
		fill(reflect.ValueOf(r), s)
		for _, w := range widths {
			checkTame(t, r, Options{Width: w})
		}
	}
}

// fill sets every string below v.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Type.String() != "time.Time" {
				fill(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			v.SetMapIndex(reflect.ValueOf(s), reflect.ValueOf(s))
		}
	case reflect.String:
		v.SetString(s)
	}
}

var sgr = regexp.MustCompile("\x1b\\[(31;1|33|36|0)m")

// checkTame holds a text to what it may contain: printable characters and newlines, in colour the three codes and their
// end, no line too wide, none that a log takes for a command, and a first screen that fits one.
func checkTame(t *testing.T, r *advisor.Report, o Options) {
	t.Helper()
	plain := shown(t, r, o)
	o.Color = true
	if sgr.ReplaceAllString(shown(t, r, o), "") != plain {
		t.Errorf("width %d: colour changes more than colour", o.Width)
	}
	o.Color = false
	limit := min(max(o.Width, 40), 200)
	if o.Width == 0 {
		limit = 80
	}
	body, _, _ := strings.Cut(plain, "\n# paste:")
	for l := range strings.Lines(body) {
		if n := width(strings.TrimSuffix(l, "\n")); n > limit {
			t.Errorf("width %d: %d columns: %q", o.Width, n, l)
		}
		if l != strings.TrimRight(l, " \n")+"\n" {
			t.Errorf("width %d: space at the end of %q", o.Width, l)
		}
	}
	for l := range strings.Lines(plain) {
		checkLine(t, strings.TrimSuffix(l, "\n"))
	}
	o.Brief = true
	brief := shown(t, r, o)
	if n := strings.Count(brief, "\n"); r.Complete && n > 24 {
		t.Errorf("width %d: the first screen has %d lines", o.Width, n)
	}
	if r.Complete && !strings.HasPrefix(plain, brief) {
		t.Errorf("width %d: the first screen is not the start of the text", o.Width)
	}
}

func checkLine(t *testing.T, l string) {
	t.Helper()
	for i, c := range l {
		if _, n := utf8.DecodeRuneInString(l[i:]); !strconv.IsPrint(c) || c == utf8.RuneError && n == 1 {
			t.Errorf("%q has %q in it", l, l[i:i+n])
		}
	}
	if strings.HasPrefix(strings.TrimSpace(l), "::") || strings.Contains(l, "##[") {
		t.Errorf("a log takes this for a command: %q", l)
	}
}

func TestTextNoProfile(t *testing.T) {
	if err := Text(&bytes.Buffer{}, &advisor.Report{}, Options{}); err == nil {
		t.Error("a report without a profile is shown")
	}
}

func TestJSON(t *testing.T) {
	saved(t, func(t *testing.T, _ string, document []byte, r *advisor.Report) {
		var b bytes.Buffer
		if err := JSON(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if b.String() != string(document) {
			t.Error("decoded and encoded again, the document differs")
		}
		for l := range strings.Lines(b.String()) {
			checkJSONLine(t, strings.TrimSuffix(l, "\n"))
		}
		var tree any
		if err := json.Unmarshal(document, &tree); err != nil {
			t.Fatal(err)
		}
		checkNull(t, "", tree)
	})
}

func checkJSONLine(t *testing.T, l string) {
	t.Helper()
	for _, c := range l {
		if !strconv.IsPrint(c) {
			t.Errorf("%q has %q in it", l, c)
		}
	}
}

// nullable is what may be null: the value of a partition column.
var nullable = regexp.MustCompile(`^\.profile\.partitions\[\]\.values\[\]\.value$`)

func checkNull(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		if !nullable.MatchString(at) {
			t.Errorf("%s is null", at)
		}
	case []any:
		for _, x := range v {
			checkNull(t, at+"[]", x)
		}
	case map[string]any:
		for name, x := range v {
			checkNull(t, at+"."+name, x)
		}
	}
}

// Digits of evidence beyond what a double holds survive.
func TestJSONEvidence(t *testing.T) {
	r := &advisor.Report{Advice: []advisor.Advice{{Evidence: advisor.Evidence{"bytes": int64(1<<63 - 1), "ratio": 0.1, "list": []int64{1<<53 + 1}}}}}
	var first, second bytes.Buffer
	if err := JSON(&first, r, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := JSON(&second, decode(t, first.Bytes()), Options{}); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() || !strings.Contains(first.String(), "9223372036854775807") {
		t.Errorf("got\n%s\nwant\n%s", second.String(), first.String())
	}
}

func TestFind(t *testing.T) {
	for _, f := range Formats {
		if got, ok := Find(f.Name); !ok || got.Name != f.Name || f.Doc == "" || f.Write == nil {
			t.Errorf("format %q: %+v", f.Name, got)
		}
	}
	if _, ok := Find("yaml"); ok {
		t.Error("found yaml")
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{`plain \x41 "quoted"`, `plain \x41 "quoted"`},
		{"\x1b[31m", `\x1b[31m`},
		{"a\nb", `a\nb`},
		{"\xff", `\xff`},
		{"\uFFFD", "\uFFFD"},
		{"\u202e", `\u202e`},
		{"  ::error::", `  \x3a:error::`},
		{"a ::error::", "a ::error::"},
		{"##[group]", `#\x23[group]`},
		{"a ##vso[task]", `a #\x23vso[task]`},
		{"###[group]", `##\x23[group]`},
	} {
		if got := clean(tt.in); got != tt.want || clean(got) != got {
			t.Errorf("clean(%q) = %q, want %q; again %q", tt.in, got, tt.want, clean(got))
		}
	}
}

// Plain text has no bar, sign or column, ASCII nothing else, and each is as tame as the rest at every width.
func TestTextStyles(t *testing.T) {
	saved(t, func(t *testing.T, _ string, _ []byte, r *advisor.Report) {
		for _, o := range []Options{{Plain: true}, {ASCII: true}, {Plain: true, ASCII: true}} {
			for _, w := range append(widths, 41, 79) {
				o.Width = w
				out := shown(t, r, o)
				body, _, _ := strings.Cut(out, "\n# paste:")
				for l := range strings.Lines(out) {
					checkLine(t, strings.TrimSuffix(l, "\n"))
				}
				for l := range strings.Lines(body) {
					if n := width(strings.TrimSuffix(l, "\n")); n > w {
						t.Errorf("%+v: %d columns: %q", o, n, l)
					}
				}
				if o.Plain && strings.ContainsAny(body, "█▏▎▍▌▋▊▉▁▂▃▄▅▆▇▲✖◀→×·…–") {
					t.Errorf("width %d: a sign in plain text: %s", w, body)
				}
				if at := strings.IndexFunc(out, func(c rune) bool { return c >= 0x80 }); o.ASCII && at >= 0 {
					t.Errorf("width %d: %q in ASCII text", w, out[at:min(at+20, len(out))])
				}
				o.Color = !o.Plain
				if coloured := shown(t, r, o); sgr.ReplaceAllString(coloured, "") != out {
					t.Errorf("%+v: colour changes more than colour", o)
				}
				o.Color = false
			}
		}
	})
}
