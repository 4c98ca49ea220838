package text

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fixture is a file of testdata with what its reference reader says of it, recorded by testdata/make.py.
type fixture struct {
	name string
	data []byte
	want []string // format, layout, delimiter, header, columns, records, spans, encoding, newline, longest
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var all []fixture
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		data, err := os.ReadFile(filepath.Join("testdata", row[0]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fixture{row[0], data, row[2:]})
	}
	if len(all) < 30 {
		t.Fatalf("%d fixtures", len(all))
	}
	return all
}

// verdict spells a finding as expected.tsv does; what that has as "-" is left out.
func verdict(f Finding, want []string) []string {
	spell := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	spans := map[bool]string{false: "no", true: "yes"}[f.Spans]
	delimiter := strings.Trim(strconv.Quote(f.Delimiter), `"`)
	got := []string{f.Format, spell(string(f.Layout)), spell(delimiter), spell(string(f.Header)), strconv.Itoa(f.Columns),
		strconv.Itoa(f.Records), spans, spell(string(f.Encoding)), spell(f.Newline), strconv.Itoa(f.LongestLine)}
	for i, w := range want {
		if w == "-" && (i == 4 || i == 5 || i == 6 || i == 9) {
			got[i] = "-"
		}
	}
	return got
}

func TestDetectWhole(t *testing.T) {
	for _, x := range fixtures(t) {
		f := Detect(x.data, true)
		if got := verdict(f, x.want); !slices.Equal(got, x.want) {
			t.Errorf("%s:\n got %q\nwant %q\n%+v", x.name, got, x.want, f)
		}
		if f.Format != Unknown && f.Confidence != Certain || f.Bad > 0 || f.LongestCut {
			t.Errorf("%s: %s, %d bad, cut %t", x.name, f.Confidence, f.Bad, f.LongestCut)
		}
	}
}

// A sample that ends anywhere says the same of format, layout, delimiter, columns, encoding and lines as the whole file, or
// that it is text of which no more is known; it counts no record that is cut, and finds none bad.
func TestDetectCut(t *testing.T) {
	for _, x := range fixtures(t) {
		whole := Detect(x.data, true)
		last, sure := 0, 0
		for n := 8; n < len(x.data); n += 1 + n/100 {
			f := Detect(x.data[:n], false)
			if f.Format == Text && whole.Format != Text || f.Format == Unknown {
				if f.Confidence == Certain && whole.Format != Text {
					t.Errorf("%s cut at %d is surely %s", x.name, n, f.Format)
				}
				if n > 600 && whole.Format != Unknown && whole.Format != Tar {
					t.Errorf("%s cut at %d: nothing is known after that much", x.name, n)
				}
				continue
			}
			sure++
			if f.Records < last || f.Records > whole.Records || f.Bad > 0 {
				t.Errorf("%s cut at %d: %d records, %d before, %d bad", x.name, n, f.Records, last, f.Bad)
			}
			last = f.Records
			same := f.Format == whole.Format && f.Delimiter == whole.Delimiter && f.Columns == whole.Columns && f.Encoding == whole.Encoding
			if !same && !(whole.Encoding == Latin1 && f.Encoding == UTF8) {
				t.Errorf("%s cut at %d: %+v", x.name, n, f)
			}
			if f.Layout != whole.Layout && f.Layout != "" {
				t.Errorf("%s cut at %d: layout %s, the file's is %s", x.name, n, f.Layout, whole.Layout)
			}
			if f.Spans && !whole.Spans || f.Newline != "" && f.Newline != whole.Newline {
				t.Errorf("%s cut at %d: spans %t, lines end in %s", x.name, n, f.Spans, f.Newline)
			}
		}
		if sure == 0 && whole.Format != Unknown && whole.Format != Text {
			t.Errorf("%s is never recognised", x.name)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"lines.json": "id name price day note", "pretty.json": "id name price day note", "records.json": "id name price day note",
		"comma.csv": "id name price day note", "quoted.csv": "id name price day note", "noheader.csv": "", "strings.csv": "",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(Detect(data, true).Names, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if f := Detect(bytes.Repeat([]byte(`<?xml version="1.0"?><a><b>1</b></a>`), 1), true); f.RowTag != "" {
		t.Error("one row is no repeating tag")
	}
	if f := Detect([]byte("<rows>\n<row a='1'/>\n<row a='2'/>\n</rows>\n"), true); f.Format != XML || f.RowTag != "row" || f.Records != 2 || f.Spans {
		t.Errorf("%+v", f)
	}
}

// What could be several things is not said to be one of them.
func TestDetectDoubt(t *testing.T) {
	rows := func(n int, line string) string { return strings.Repeat(line, n) }
	for _, c := range []struct {
		name, text string
		whole      bool
		format     string
		confidence Confidence
	}{
		{"nothing", "", true, Unknown, Doubtful},
		{"white space", " \n\t\n", true, Unknown, Doubtful},
		{"zeros", rows(100, "\x00"), true, Unknown, Doubtful},
		{"one line", "a,b,c\n", true, Text, Likely},
		{"one cut line", "a,b,c", false, Text, Likely},
		{"prose", "It rained, and then, of course, it rained more.\nNobody minded.\nThe fjord, grey, was calm, and cold.\n", true, Text, Certain},
		{"one comma each", "It rained, and then it rained more.\nNobody came, as nobody had been asked.\nThe day ended, as all of them do.\n", true, Text, Certain},
		{"log with clock", rows(9, "2026-11-24 08:30:00,123 INFO all is well\n"), true, Text, Certain},
		{"log in brackets", rows(9, "[2026-11-24 08:30:00] all is well\n"), true, Text, Certain},
		{"ini", "[server]\nport = 80\n[client]\nport = 81\n", true, Text, Certain},
		{"braces", "{{ template }}\n{{ end }}\n", true, Text, Certain},
		{"python", rows(9, "{'id': 1, 'name': None}\n"), true, Text, Certain},
		{"open brace", "{\"a", false, Text, Likely},
		{"numbers", rows(9, "12\n"), true, Text, Certain},
		{"html", "<!DOCTYPE html>\n<html><body>Access denied</body></html>\n", true, Text, Certain},
		{"less than", "<3 this\n<3 that\n", true, Text, Certain},
		{"a table of two", "id,name\n1,fjord\n", true, CSV, Likely},
		{"a program", rows(9, "\tif (a) return;\n"), true, Text, Certain},
		{"a table of three", "id,name\n1,fjord\n2,grove\n", true, CSV, Likely},
		{"a table of five", "id,name\n1,fjord\n2,grove\n3,\n4,\n", true, CSV, Certain},
		{"a ragged table", rows(20, "1,2,3\n") + "1,2\n", true, CSV, Likely},
		{"an uneven table", rows(8, "1,2,3\n") + rows(4, "1,2\n"), true, Text, Certain},
		{"an inch sign", rows(40, "1,7\" pipe,3\n"), true, CSV, Certain},
		{"an open quote", rows(20, "1,a,3\n") + "1,\"b,3\n" + rows(20, "1,a,3\n"), true, CSV, Certain},
		{"json with a bad line", rows(20, "{\"a\":1}\n") + "oops\n", true, JSON, Likely},
		{"json cut short", "{\"a\":1,\n \"b\": [1, 2, 3, 4, 5, 6, 7, 8, 9", true, JSON, Likely},
		{"one long json", "{\"a\":\"" + rows(100, "xyz"), false, JSON, Likely},
		{"lines of arrays", rows(9, "[1,2]\n"), true, JSON, Certain},
		{"ion text", "$ion_1_0 {a:1}\n", true, Ion, Certain},
		{"not ion", "$ion_1_0_more {a:1}\n", true, Text, Likely},
	} {
		f := Detect([]byte(c.text), c.whole)
		if f.Format != c.format || f.Confidence != c.confidence {
			t.Errorf("%s: %s %s, want %s %s: %+v", c.name, f.Confidence, f.Format, c.confidence, c.format, f)
		}
	}
}

func TestEncodings(t *testing.T) {
	text := "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n"
	wide := func(zeros string, after bool) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			if !after {
				b.WriteString(zeros)
			}
			b.WriteByte(c)
			if after {
				b.WriteString(zeros)
			}
		}
		return b.String()
	}
	for _, c := range []struct {
		data string
		want Encoding
		bom  bool
	}{
		{text, UTF8, false}, {"\xef\xbb\xbf" + text, UTF8, true},
		{wide("\x00", true), UTF16LE, false}, {"\xff\xfe" + wide("\x00", true), UTF16LE, true},
		{wide("\x00", false), UTF16BE, false}, {"\xfe\xff" + wide("\x00", false), UTF16BE, true},
		{wide("\x00\x00\x00", true), UTF32LE, false}, {"\xff\xfe\x00\x00" + wide("\x00\x00\x00", true), UTF32LE, true},
		{wide("\x00\x00\x00", false), UTF32BE, false}, {"\x00\x00\xfe\xff" + wide("\x00\x00\x00", false), UTF32BE, true},
	} {
		f := Detect([]byte(c.data), true)
		if f.Encoding != c.want || f.BOM != c.bom || f.Format != JSON || f.Records != 3 {
			t.Errorf("%.12q: %+v", c.data, f)
		}
	}
	for data, want := range map[string]Encoding{"caf\xe9 au lait\n": Latin1, "caf\xe9 \x93au lait\x94\n": EightBit, "café\n": UTF8, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": ""} {
		if f := Detect([]byte(data), true); f.Encoding != want && !(want == "" && f.Binary) {
			t.Errorf("%q: %+v", data, f)
		}
	}
	if f := Detect([]byte("caf\xc3"), false); f.Encoding != UTF8 || f.Binary {
		t.Errorf("a cut character: %+v", f)
	}
}

func TestLongestLine(t *testing.T) {
	for _, c := range []struct {
		text   string
		whole  bool
		length int
		cut    bool
		end    string
	}{
		{"ab\nabcd\r\na\r", true, 4, false, "mixed"}, {"ab\nabcd", false, 4, true, "lf"}, {"ab\nabcd", true, 4, false, "lf"},
		{"abcd\nab", false, 4, false, "lf"}, {"ab\rabc\r", true, 3, false, "cr"}, {"abc\r", false, 4, true, ""}, {"abc\r\n", false, 3, false, "crlf"},
	} {
		f := Detect([]byte(c.text), c.whole)
		if f.LongestLine != c.length || f.LongestCut != c.cut || f.Newline != c.end {
			t.Errorf("%q: %d, cut %t, %q", c.text, f.LongestLine, f.LongestCut, f.Newline)
		}
	}
}

// hostile texts have more of something than texts have.
func hostile() map[string]string {
	repeat := func(s string, n int) string { return strings.Repeat(s, n/len(s)) }
	h := map[string]string{}
	for _, size := range []int{64 << 10, 1 << 20} {
		n := strconv.Itoa(size)
		h["newlines "+n] = repeat("\n", size)
		h["commas "+n] = "a\n" + repeat(",", size)
		h["comma lines "+n] = repeat(",\n", size)
		h["braces "+n] = repeat("{\"a\":", size)
		h["brackets "+n] = repeat("[", size)
		h["empty objects "+n] = repeat("{}", size)
		h["names "+n] = "{" + repeat("\"a\":0,", size)
		h["quotes "+n] = repeat("\",\n", size)
		h["quoted "+n] = "a,b\n" + repeat("\"\",", size)
		h["all delimiters "+n] = repeat(repeat("\"a\\\"\",b\tc;d|e\x01", 4000)+"\n", size)
		h["elements "+n] = repeat("<a>", size)
		h["attributes "+n] = "<a " + repeat("b='' ", size)
		h["rows "+n] = "<a>" + repeat("<b/>", size)
		h["doctype "+n] = "<!DOCTYPE a [" + repeat("<!ENTITY a '&b;'>", size)
		h["wide "+n] = "\xff\xfe" + repeat("\x00\xd8", size)
	}
	return h
}

// Detect allocates in all at most 8 bytes for each of the sample, the bound of what a sample inflates to and 1 MiB.
func TestAllocation(t *testing.T) {
	check := func(name string, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Detect(data, false)
		runtime.ReadMemStats(&after)
		if got, allowed := after.TotalAlloc-before.TotalAlloc, 8*uint64(len(data))+2<<20; got > allowed {
			t.Errorf("%s, %d bytes: %d bytes allocated, allowed %d", name, len(data), got, allowed)
		}
	}
	for name, text := range hostile() {
		check(name, []byte(text))
	}
	for _, x := range fixtures(t) {
		check(x.name, x.data)
	}
}

// No text breaks the bounds, and a sample is not said to have more records than the whole.
func FuzzDetect(f *testing.F) {
	for _, x := range fixtures(f) {
		f.Add(x.data[:min(len(x.data), 500)], true)
		f.Add(x.data[:min(len(x.data), 300)], false)
	}
	for _, text := range hostile() {
		f.Add([]byte(text[:100]), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		got := Detect(data, whole)
		if got.LongestLine > 4*len(data) || got.Records < 0 || got.Bad > got.Records+1 || len(got.Names) > MaxNames {
			t.Errorf("%+v", got)
		}
		if got.Format == "" || got.Confidence == "" || (got.Format == Unknown) != (got.Confidence == Doubtful) {
			t.Errorf("%+v", got)
		}
		if (got.Format == CSV || got.Format == TSV) != (got.Delimiter != "") || got.Layout != "" && got.Format != JSON {
			t.Errorf("%+v", got)
		}
		if whole && got.LongestCut {
			t.Errorf("%+v", got)
		}
	})
}
