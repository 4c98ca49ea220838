package lister

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// TestGlobTable holds every verdict of a JVM's PathMatcher that the repository keeps.
func TestGlobTable(t *testing.T) {
	checkVerdicts(t, "../testdata/glob.tsv", func(s string) string { return s })
}

// TestGlobRandom holds the recorded verdicts on random patterns; testdata/GlobOracle.java makes them.
//
// S3LAYOUT_GLOB_TSV names further tables of that program, for a longer check than the repository has room for.
func TestGlobRandom(t *testing.T) {
	unescape := func(s string) string {
		u, err := url.PathUnescape(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	files := append([]string{"testdata/glob_random.tsv"}, strings.Fields(os.Getenv("S3LAYOUT_GLOB_TSV"))...)
	for _, file := range files {
		checkVerdicts(t, file, unescape)
	}
}

func checkVerdicts(t *testing.T, file string, unescape func(string) string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, wrong := 0, 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "# ") {
			continue
		}
		col := strings.Split(lines.Text(), "\t")
		if len(col) != 3 {
			t.Fatalf("%s: %q has %d columns", file, lines.Text(), len(col))
		}
		rows++
		pattern, key := unescape(col[0]), unescape(col[1])
		if got := verdict(pattern, key); got != col[2] {
			wrong++
			if wrong <= 30 {
				t.Errorf("%s: %q on %q: %s, JDK says %s", file, pattern, key, got, col[2])
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if rows < 1000 {
		t.Errorf("%s: only %d rows", file, rows)
	}
	t.Logf("%s: %d rows, %d wrong", file, rows, wrong)
}

func verdict(pattern, key string) string {
	g, err := ParseGlob(pattern)
	switch {
	case err != nil:
		return "error"
	case g.Match(key) != g.prog.answer(mayEnd, key):
		return "two routes, two verdicts"
	case g.Match(key):
		return "match"
	}
	return "no"
}

func TestGlobError(t *testing.T) {
	for _, c := range []struct {
		pattern string
		offset  int
		want    string
	}{
		{`a{b`, 1, `glob "a{b": group opened at offset 1 is never closed; add '}', or write '\{' for the character`},
		{`é{a,{b,c}}`, 5, `group opened at offset 5 is inside the group opened at offset 2`},
		{`a\`, 1, `backslash at offset 1 escapes nothing; write '\\' for the character`},
		{`x[a`, 1, `class opened at offset 1 is never closed; add ']', or write '\[' for the character`},
		{`x[a-`, 1, `class opened at offset 1 is never closed`},
		{`[]a]`, 0, `class at offset 0 is empty, because the first ']' ends it`},
		{`[!]`, 0, `class at offset 0 is empty`},
		{`a[b/c]`, 3, `'/' at offset 3 is inside a class, which never matches it; use a group, '{a,/}'`},
		{`[a-c-e]`, 4, `'-' at offset 4 has no character before it`},
		{`[^-a]`, 2, `'-' at offset 2 has no character before it`},
		{`[z-a]`, 3, `range "z-a" at offset 1 is reversed; write "a-z"`},
		{`[😀-😃]`, 5, `range "😀-😃" at offset 1 reaches above U+FFFF`},
		{`[A-[]`, 3, `'[' at offset 3 ends a range`},
		{`[A-\]`, 3, `backslash at offset 3 ends a range`},
		{"a\xffb", 1, `byte 0xff at offset 1 is not UTF-8`},
		{strings.Repeat("a", 4097), 4096, `pattern is 4097 bytes long and may have 4096`},
	} {
		_, err := ParseGlob(c.pattern)
		var ge *GlobError
		if !errors.As(err, &ge) {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		if ge.Pattern != c.pattern || ge.Offset != c.offset || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: offset %d, %v; want offset %d, %s", c.pattern, ge.Offset, err, c.offset, c.want)
		}
	}
}

// TestGlobStricter lists the oddities of Java that are refused on purpose; see the Note at Glob.
func TestGlobStricter(t *testing.T) {
	for _, pattern := range []string{`[+-\x41]`, `[*-\cz]`, `[?-\\.]`, `[?-\&&x]`, `[*-\.-a]`, `[a-😀-！]`, `[a-😀-]`} {
		if _, err := ParseGlob(pattern); err == nil {
			t.Errorf("%q is read", pattern)
		}
	}
}

// TestGlobKeys has the keys that a java.nio.file.Path cannot be.
func TestGlobKeys(t *testing.T) {
	for _, c := range []struct {
		pattern, key string
		want         bool
	}{
		{"a", "a/", false},
		{"a/", "a/", true},
		{"a/b", "a//b", false},
		{"a/**", "a/", true},
		{"a/*/b", "a//b", true},
		{"**", "", true},
		{"", "", true},
		{"", "a", false},
		{"**/x", "/x", true},
		{"?", "\xff", true},
		{"*", "a\xffb", true},
		{"**b", "a\xffb", true},
		{"[!a]", "\xff", true},
		{"[\u0080-\uffff]", "\xff", false},
		{"\ufffd", "\xff", false},
		{"[\ufffd]", "\xff", false},
		{"[\ufffd]", "\ufffd", true},
		{"??", "\xe2\x80", true},
		{"**", "a\nb", false},
		{"*", "a\nb", true},
		{"***", "a\nb", true},
		{"x/**", "x/a\u2028b", false},
		{"{x/**,y}", "x/a\u2028b", false},
	} {
		g := mustGlob(t, c.pattern)
		if got := g.Match(c.key); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.key, got)
		}
		if g.String() != c.pattern {
			t.Errorf("%q is spelled %q", c.pattern, g)
		}
	}
}

func mustGlob(t testing.TB, pattern string) *Glob {
	t.Helper()
	g, err := ParseGlob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGlobPrefix(t *testing.T) {
	for _, c := range []struct {
		pattern, prefix string
		all, could      bool
	}{
		{"x/**", "", false, true},
		{"x/**", "x", false, true},
		{"x/**", "x/", true, true},
		{"x/**", "x/y/z", true, true},
		{"x/**", "y", false, false},
		{"**", "", true, true},
		{"**", "a/b", true, true},
		{"***", "a/", true, true},
		{"a*/**", "a", false, true},
		{"a*/**", "ab/", true, true},
		{"a*/**", "b", false, false},
		{"year=2019/**", "year=2019/", true, true},
		{"year=2019/**", "year=201", false, true},
		{"year=2019/**", "year=2020/", false, false},
		{"year=20{18,19}/**", "year=2019/", true, true},
		{"year=20[01]?/**", "year=2019/", true, true},
		{"year=20[01]?/**", "year=2024/", false, false},
		{"**_temporary/**", "t/_temporary/", true, true},
		{"**_temporary/**", "t/x_temporary/0/", true, true},
		{"**_temporary/**", "t/_temporary", false, true},
		{"**/.hoodie/**", "t/.hoodie/", true, true},
		{"**/.hoodie/**", ".hoodie/", false, true},
		{"**/.hoodie/**", "t/.hoodie", false, true},
		{"{a,b}/**", "b/", true, true},
		{"a/{**,x}", "a/", true, true},
		{"a/**{,.crc}", "a/", true, true},
		{"a/**.crc", "a/", false, true},
		{"a/*", "a/", false, true},
		{"a/*", "a/b/", false, false},
		{"**.crc", "anything/at/all", false, true},
		{"a\n/**", "a\n/", true, true},
		{"**/b/**", "a\n/b/", false, false},
		{"é/**", "\xc3", false, true},
		{"é/**", "\xc4", false, true}, // Half a character decides nothing.
		{"é/**", "\xff", false, false},
	} {
		g := mustGlob(t, c.pattern)
		if got := g.MatchesAll(c.prefix); got != c.all {
			t.Errorf("%q matches all of %q: %v", c.pattern, c.prefix, got)
		}
		if got := g.CouldMatch(c.prefix); got != c.could {
			t.Errorf("%q could match below %q: %v", c.pattern, c.prefix, got)
		}
	}
}

// hostile are patterns and keys that take a backtracking matcher from seconds to for ever. None ends in a literal, by
// which Match would see at once that the key does not match.
func hostile() map[string][2]string {
	a := strings.Repeat("a", 1024)
	return map[string][2]string{
		"stars":     {strings.Repeat("*a", 2000) + "[b]", a},
		"small":     {strings.Repeat("*a", 30) + "[b]", a},
		"globstars": {strings.Repeat("**a", 1300) + "[b]", a},
		"groups":    {strings.Repeat("{a*,b*}", 580) + "[b]", a},
		"same":      {strings.Repeat("{a,a}", 800) + "[b]", a},
		"wide":      {"**{" + strings.Repeat("a,", 2000) + "a}[b]", a},
		"empty":     {strings.Repeat("{,}", 1300) + "[b]", a},
		"singles":   {"**" + strings.Repeat("?", 4000) + "[b]", a},
		"class":     {strings.Repeat("*[!b]", 800), a + "b"},
		"direct":    {"**a*b", strings.Repeat("ab", 510) + "/b"},
		"literal":   {"**" + strings.Repeat("a", 900) + "?", a[:1000] + "/"},
	}
}

func TestGlobHostile(t *testing.T) {
	for name, c := range hostile() {
		g := mustGlob(t, c[0])
		start := time.Now()
		g.Match(c[1])
		took := time.Since(start)
		t.Logf("%s: %v", name, took)
		if took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// typical are patterns as Glue jobs have them, with the route each takes.
var typical = []struct {
	pattern string
	direct  bool
}{
	{"**.crc", true},
	{"**_SUCCESS", true},
	{"**/_temporary/**", true},
	{"**/*.csv", true},
	{"year=2019/**", true},
	{"**.{crc,tmp}", false},
	{"**/dt=2024-0[1-3]-*/**", false},
	{"**/part-[0-9]*.parquet", false},
}

var typicalKeys = []string{
	"year=2019/month=04/day=01/part-00000-3f1c2a9e-7c1b-4b52-9c86-1d1f4a0c7e55.c000.snappy.parquet",
	"year=2019/month=04/day=01/_SUCCESS",
	"dt=2024-02-11/_temporary/0/part-00000.csv",
}

func TestGlobRoute(t *testing.T) {
	for _, c := range typical {
		if g := mustGlob(t, c.pattern); (g.direct != nil) != c.direct {
			t.Errorf("%q: direct %v", c.pattern, g.direct != nil)
		}
	}
}

func TestGlobAllocs(t *testing.T) {
	globs := []*Glob{mustGlob(t, strings.Repeat("{a*,b*}", 500))}
	for _, c := range typical {
		globs = append(globs, mustGlob(t, c.pattern))
	}
	for _, g := range globs {
		for _, key := range append(typicalKeys, "year=2019/a\nb") {
			n := testing.AllocsPerRun(100, func() {
				g.Match(key)
				g.MatchesAll(key)
				g.CouldMatch(key)
			})
			if n != 0 {
				t.Errorf("%q on %q: %v allocations", g, key, n)
			}
		}
	}
}

func BenchmarkGlob(b *testing.B) {
	for _, c := range typical {
		g := mustGlob(b, c.pattern)
		for i, key := range typicalKeys {
			b.Run(fmt.Sprintf("%s/key%d", strings.ReplaceAll(c.pattern, "/", "|"), i), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					g.Match(key)
				}
			})
		}
	}
}

func BenchmarkGlobHostile(b *testing.B) {
	for name, c := range hostile() {
		g := mustGlob(b, c[0])
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.Match(c[1])
			}
		})
	}
}
