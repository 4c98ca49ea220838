package predicate

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/errors.txt")

const weekend = "date_format(to_date(concat(year, '-', month, '-', day)), 'E') in ('Sat', 'Sun')"

// rowFrom reads "year=2026 month=NULL".
func rowFrom(s string) map[string]*string {
	values := map[string]*string{}
	for _, field := range strings.Fields(s) {
		name, v, _ := strings.Cut(field, "=")
		values[name] = &v
		if v == "NULL" {
			values[name] = nil
		}
	}
	return values
}

func mustParse(t testing.TB, text string) *Predicate {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEval is about what is not known yet; the oracle has the rest.
func TestEval(t *testing.T) {
	const date = "to_date(concat(year, '-', month, '-', day))"
	for _, c := range []struct {
		text, row string
		want      Verdict
	}{
		{weekend, "year=2026 month=4 day=18", True},
		{weekend, "year=2026 month=04 day=20", False},
		{weekend, "year=2026 month=04", Unknown},
		{weekend, "year=2026 month=NULL", False},
		{"year = '2026' and month >= '04'", "year=2025", False},
		{"year = '2026' and month >= '04'", "year=2026", Unknown},
		{"year = '2026' and month >= '04'", "year=2026 month=4", True},
		{"year = '2026' and month >= '04'", "year=2026 month=10", True},
		{"year = '2026' and month >= '04'", "year=2026 month=03", False},
		{"year = '2026' and month >= '04'", "month=03", False},
		{"YEAR = 2026 or t.`Month` = 4", "year=2026", True},
		{"year = 2026 or month = 4", "year=2025", Unknown},
		{"not (year = 2026 and month = 4)", "year=2025", True},
		{"not (year = 2026 or month = 4)", "year=2026", False},
		{"year = 2026", "year=NULL", False},
		{"not year = 2026", "year=NULL", False},
		{"year is null", "", Unknown},
		{"year is null", "year=NULL", True},
		{"year is not null", "year=", True},
		{"year <=> null", "", Unknown},
		{"null and year = 1", "", False},
		{"year in ('2025', month)", "year=2025", True},
		{"year in ('2025', month)", "year=2024", Unknown},
		{"(year in ('2025', month)) is null", "year=2025", False},
		{"(year = 1 and month = 2) is not null", "year=2", True},
		{"concat(year, null) = 'x'", "", False},
		{"true", "", True},
		// The start of a text decides, where it is known; whether a row is selected still hangs on there being no null.
		{"concat(year, month, day) >= '20260401'", "year=2025", False},
		{"concat(year, month, day) >= '20260401'", "year=2027", Unknown},
		{"concat(year, month, day) < '2026'", "year=2026", False},
		{"concat(year, month, day) <= '2026'", "year=2026", Unknown},
		{"concat(year, month) between '202604' and '202609'", "year=2027", False},
		{"concat(year, '/', month) in ('2026/04', '2026/05')", "year=2025", False},
		{"concat(month, year) = '2026'", "year=2025", Unknown},
		{date + " >= date '2026-04-01'", "year=2025", False},
		{date + " >= '2026-04-01'", "year=2026 month=3", False},
		{date + " >= '2026-04-01'", "year=2026 month=4", Unknown},
		{date + " > '2026-12-31'", "year=2026", False},
		{date + " >= '2026-12-31'", "year=2026", Unknown},
		{date + " < date '2026-01-01'", "year=2026", False},
		{date + " <= date '2026-01-01'", "year=2026", Unknown},
		{date + " between '2026-02-01' and '2026-02-28'", "year=2026 month=03", False},
		{date + " between '2026-02-01' and '2026-02-28'", "year=2026 month=02", Unknown},
		{"to_date(concat(year, month, day), 'yyyyMMdd') < date '2026-02-01'", "year=2026 month=02", False},
		{"to_date(concat(year, month, day), 'yyyyMMdd') < date '2026-02-02'", "year=2026 month=02", Unknown},
		{"to_date(concat(year, '/', month), 'yyyy/M') > date '2026-12-31'", "year=2026", False},
		{"to_date(concat(year, '/1', month), 'yyyy/M') > date '2026-09-01'", "year=2026", Unknown},
	} {
		if got := mustParse(t, c.text).Eval(lookupIn(rowFrom(c.row))); got != c.want {
			t.Errorf("%s with %q: %v, want %v", c.text, c.row, got, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	p := mustParse(t, "t.Year = 1 and `Day` in (b, year) and 'x' = \"y\"")
	if got, want := p.Columns(), []string{"b", "day", "year"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Columns()[0] = "z"
	if p.Columns()[0] != "b" {
		t.Error("the caller's change came through")
	}
}

func TestLimits(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("(", n) + "true" + strings.Repeat(")", n) }
	long := func(n int) string { return "x = '" + strings.Repeat("a", n-len("x = ''")) + "'" }
	for _, text := range []string{nest(maxDepth), long(maxText), "true" + strings.Repeat(" or true", 1000), "not " + strings.Repeat("!", 199) + "true"} {
		if _, err := Parse(text); err != nil {
			t.Errorf("%.200v", err)
		}
	}
	for _, text := range []string{nest(maxDepth + 1), long(maxText + 1), strings.Repeat("not ", maxDepth+1) + "x", strings.Repeat("concat(", maxDepth+1)} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%.40s is read", text)
		}
	}
}

// TestHostile would not end if nested operands were evaluated twice at each level, or LIKE went back without bound.
func TestHostile(t *testing.T) {
	between := strings.Repeat("(", 190) + "x = '1'" + strings.Repeat(" between true and x) ", 190)
	mustParse(t, between).Eval(lookupIn(rowFrom("x=1")))
	like := "x like '" + strings.Repeat("%a", 2000) + "%b'"
	mustParse(t, like).Eval(lookupIn(rowFrom("x=" + strings.Repeat("a", 1024))))
}

// TestErrors compares the messages with testdata/errors.txt: a predicate, and below it what is said about it.
func TestErrors(t *testing.T) {
	const golden = "testdata/errors.txt"
	content, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(string(content)), "\n\n") {
		text, _, _ := strings.Cut(block, "\n")
		got.WriteString(text + "\n\t" + messageOf(t, text) + "\n\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got.String() != string(content) {
		t.Errorf("the messages are not those of %s; run with -update and read the difference", golden)
	}
}

func messageOf(t *testing.T, text string) string {
	_, err := Parse(text)
	if err == nil {
		t.Errorf("%q is read", text)
		return ""
	}
	e, ok := err.(*SyntaxError)
	if !ok || e.Text != text || e.Offset < 0 || e.Offset > len(text) {
		t.Errorf("%q: %#v", text, err)
	}
	return strings.TrimPrefix(err.Error(), "predicate ")
}

func BenchmarkEval(b *testing.B) {
	year, month, day := "2026", "04", "18"
	lookup := func(c string) (string, bool, bool) {
		switch c {
		case "year":
			return year, false, true
		case "month":
			return month, false, true
		}
		return day, false, true
	}
	for _, c := range []struct{ name, text string }{
		{"text", "year = '2026' and month >= '04'"},
		{"number", "year = 2026 and month between 4 and 6"},
		{"range", "to_date(concat(year, '-', month, '-', day)) >= '2026-04-01'"},
		{"weekend", weekend},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := mustParse(b, c.text)
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(lookup)
			}
		})
	}
}
