package render

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

var writePages = flag.String("pages", "", "write pages for a browser to this directory, which .ci/browser/check.mjs opens")

// withoutAssets is a page without what is the same in all.
func withoutAssets(page string) string {
	page = strings.Replace(page, chartsScript, "(charts)", 1)
	return strings.Replace(strings.Replace(page, pageScript, "(script)", 1), pageCSS, "(style)", 1)
}

// What is the same in all pages prints, and has nothing that ends it early.
func TestAssets(t *testing.T) {
	for _, s := range []string{chartsScript, pageScript, pageCSS, pageHTML} {
		for l := range strings.Lines(s) {
			checkLine(t, strings.TrimSuffix(l, "\n"))
		}
	}
	for _, s := range []string{chartsScript, pageScript, pageCSS} {
		if strings.Contains(strings.ToLower(s), "</script") || strings.Contains(strings.ToLower(s), "</style") || strings.Contains(s, "<!--") {
			t.Errorf("%.60q ends early", s)
		}
	}
}

// TestPages writes what a browser is to open: every saved report, each with hostile strings for all that it says, and ten
// thousand partitions.
func TestPages(t *testing.T) {
	if *writePages == "" {
		t.Skip("no -pages")
	}
	write := func(name string, r *advisor.Report) {
		var b bytes.Buffer
		if err := HTML(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*writePages, name+".html"), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	saved(t, func(_ *testing.T, name string, _ []byte, r *advisor.Report) { write(filepath.Base(name), r) })
	write("ten-thousand", manyPartitions(t, 10_000, func(i int) string {
		return fmt.Sprintf("dt=%s/region=%s", written0.AddDate(0, 0, -i/4).Format(time.DateOnly), []string{"eu-west-1", "us-east-1", "us-west-2", "ap-south-1"}[i%4])
	}))
	// All that could act, in one report: as each string of it in turn, and as the names of partitions.
	r := decode(t, read(t, "testdata/demo.json"))
	n := 0
	fillEach(reflect.ValueOf(r), func() string { n++; return hostileStrings[n%len(hostileStrings)] })
	r.Complete, r.Incomplete = false, []advisor.Missing{{After: hostileStrings[12], Until: hostileStrings[13], Cause: hostileStrings[16]}}
	write("acting", r)
	write("acting-partitions", manyPartitions(t, len(hostileStrings), func(i int) string { return "k=" + hostileStrings[i] }))
}

var written0 = time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)

// fillEach sets every string below v to what next returns.
func fillEach(v reflect.Value, next func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillEach(v.Elem(), next)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Type.String() != "time.Time" {
				fillEach(v.Field(i), next)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fillEach(v.Index(i), next)
		}
	case reflect.String:
		v.SetString(next())
	}
}

// manyPartitions is the demonstration's report with so many partitions in the place of its own.
func manyPartitions(t *testing.T, n int, path func(i int) string) *advisor.Report {
	t.Helper()
	r := decode(t, read(t, "testdata/demo.json"))
	p := r.Profile
	p.Partitions = nil
	for i := range n {
		newest := written0.AddDate(0, 0, -i/4)
		size := int64(40<<20) + int64(i*7919%100)<<20
		name := path(i)
		values := []stats.Value{}
		for part := range strings.SplitSeq(name, "/") {
			key, value, _ := strings.Cut(part, "=")
			values = append(values, stats.Value{Key: key, Value: &value})
		}
		p.Partitions = append(p.Partitions, stats.Partition{
			Path: name, Values: values, Objects: 17 + int64(i%400), Bytes: (17 + int64(i%400)) * size, SmallObjects: int64(i % 17),
			Sizes:   stats.PartitionSizes{Min: size / 3, P50: size, P95: size * 2, Max: size*2 + 12345, Histogram: []stats.SizeCount{{LE: 1 << 25, Objects: 4}, {LE: 1 << 27, Objects: 13 + int64(i%400)}}},
			Formats: []stats.PartitionFormat{{Format: "json", Compression: "none", Objects: 17}}, Oldest: &newest, Newest: &newest,
		})
	}
	slices.SortFunc(p.Partitions, func(a, b stats.Partition) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(Printable(a.Path), Printable(b.Path)))
	})
	p.Totals.Partitions = int64(n)
	return r
}

var scripts = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// The policy allows what is in the page, byte for byte, and nothing else.
func TestPolicy(t *testing.T) {
	page := rendered(t, Format{Write: HTML}, decode(t, read(t, "testdata/hostile.json")), Options{})
	_, rest, _ := strings.Cut(page, `http-equiv="Content-Security-Policy" content="`)
	policy, _, _ := strings.Cut(rest, `"`)
	policy = strings.NewReplacer("&#39;", "'", "&#43;", "+", "&#61;", "=").Replace(policy)
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
	found := scripts.FindAllStringSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("%d scripts", len(found))
	}
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	for _, part := range []string{found[0][1], found[1][1], style} {
		sum := sha256.Sum256([]byte(part))
		if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) {
			t.Errorf("the policy has no %s, of %.60q", hash, part)
		}
	}
}

// What would be fetched is in the page, and what would act is not.
var (
	fetches         = regexp.MustCompile(`(?i)\s(src|srcset|action|formaction|poster|background|ping|data)\s*=|<link [^>]*href="[^d]|url\(|@import|<(img|iframe|object|embed|base|form|audio|video)\b`)
	acts            = regexp.MustCompile(`(?i)<[^>]*\s(on[a-z]+|style)\s*=|href="\s*(javascript|vbscript|data:text)`)
	textBetween     = regexp.MustCompile(`>[^<]*<`)
	attributeValues = regexp.MustCompile(`\s[a-zA-Z-]+="[^"]*"`)
)

func checkHTML(t *testing.T, page string) {
	t.Helper()
	if len(page) > maxPage {
		t.Errorf("%d bytes", len(page))
	}
	body := withoutAssets(page)
	_, data, _ := strings.Cut(body, `<script type="application/json" id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	var tree any
	if err := json.Unmarshal([]byte(data), &tree); err != nil || strings.ContainsAny(data, "<>&") {
		t.Errorf("data: %v, %.300s", err, data)
	}
	if n := strings.Count(body, "<script"); n != 3 || strings.Count(page, "</script") != 3 {
		t.Errorf("%d scripts begin, and %d end", n, strings.Count(page, "</script"))
	}
	shown := strings.Replace(body, data, "", 1)
	shown = textBetween.ReplaceAllString(shown, "><") // what is between tags is text
	shown = attributeValues.ReplaceAllStringFunc(shown, func(s string) string {
		if name, _, _ := strings.Cut(strings.TrimSpace(s), "="); name != "href" {
			return " " + name + `=""`
		}
		return s
	})
	for name, pattern := range map[string]*regexp.Regexp{"fetches": fetches, "acts": acts} {
		if at := pattern.FindStringIndex(shown); at != nil {
			t.Errorf("it %s: %q", name, shown[max(at[0]-60, 0):min(at[1]+60, len(shown))])
		}
	}
}

// A page of ten thousand partitions has them all in at most 2 MiB; what has no room is counted.
func TestHTMLBound(t *testing.T) {
	real := manyPartitions(t, 10_000, func(i int) string {
		return fmt.Sprintf("year=%d/month=%02d/day=%02d/region=eu-west-%d", 2000+i/400, i%12+1, i%28+1, i)
	})
	page := rendered(t, Format{Write: HTML}, real, Options{})
	checkHTML(t, page)
	t.Logf("10,000 partitions: %d bytes", len(page))
	if strings.Contains(page, "not on this page") {
		t.Errorf("%d bytes, and partitions are left out", len(page))
	}
	long := manyPartitions(t, 5_000, func(i int) string { return fmt.Sprintf("%05d<&>", i) + strings.Repeat(`<"'`, 300) })
	for i := range 300 {
		a := long.Advice[0]
		a.Snippets = []advisor.Snippet{{Kind: fmt.Sprint(i), Language: "python", Code: strings.Repeat("<&>'\"\n", 5000)}}
		long.Advice = append(long.Advice, a)
		long.Warnings = append(long.Warnings, stats.Warning{Message: strings.Repeat("<", 5000)})
		long.Incomplete = append(long.Incomplete, advisor.Missing{After: strings.Repeat("<", 1000), Cause: strings.Repeat("'", 5000)})
	}
	long.Complete = false
	page = rendered(t, Format{Write: HTML}, long, Options{})
	checkHTML(t, page)
	for _, want := range []string{" smaller partitions are not on this page", " snippets have no room", "and 295 more ranges"} {
		if !strings.Contains(page, want) {
			t.Errorf("%d bytes, and no %q", len(page), want)
		}
	}
}

func TestDayOf(t *testing.T) {
	value := func(pairs ...string) []stats.Value {
		var out []stats.Value
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, stats.Value{Key: pairs[i], Value: &pairs[i+1]})
		}
		return append(out, stats.Value{Key: "null"})
	}
	for _, tt := range []struct {
		values []stats.Value
		want   string
	}{
		{value("dt", "2026-04-19"), "2026-04-19"}, {value("dt", "20260419"), "2026-04-19"}, {value("dt", "2026041907"), "2026-04-19"}, {value("ts", "2026-04-19 07:00:00"), "2026-04-19"},
		{value("dt", "2026-04-19-07"), "2026-04-19"}, {value("Year", "2026", "Month", "4", "Day", "9"), "2026-04-09"}, {value("year", "2026", "month", "04", "day", "09", "hour", "01"), "2026-04-09"},
		{value("dt", "2026-02-29"), ""}, {value("dt", "2024-02-29"), "2024-02-29"}, {value("dt", "2026-13-01"), ""}, {value("dt", "2026-00-01"), ""}, {value("id", "19990101123"), ""},
		{value("id", "1026-04-19"), ""}, {value("year", "2026", "month", "04"), ""}, {value("year", "2026", "month", "april", "day", "1"), ""}, {value("region", "eu"), ""}, {nil, ""},
	} {
		if got := dayOf(tt.values); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.values, got, tt.want)
		}
	}
}

// Paths that are cut where they agree with the one before come out whole.
func TestPartitionsData(t *testing.T) {
	r := manyPartitions(t, len(hostileStrings)+3, func(i int) string {
		return append(hostileStrings, "a=界/x", "a=界/y", "")[i]
	})
	room := &budget{1 << 30}
	shown, d := fitting(r.Profile.Partitions, room)
	path := ""
	for i, p := range shown {
		if path = path[:d.Common[i]] + d.Rest[i]; path != pathName(p.Path) {
			t.Errorf("%d: %q, want %q", i, path, pathName(p.Path))
		}
	}
	// What is taken for a partition is no less than it has in the page.
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if taken := 1<<30 - room.left; taken < len(b)-200 || taken > len(b)+200 {
		t.Errorf("%d bytes are taken for %d", taken, len(b))
	}
}
