package lister

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/glob"
)

// FuzzGlob holds that no pattern or key panics, that gobwas/glob compiles what is given to it, that the program, its
// table, gobwas/glob and RE2 agree, and that MatchesAll and CouldMatch are right about prefixes of the key.
func FuzzGlob(f *testing.F) {
	for _, pattern := range []string{`**/_temporary/**`, `a{b,*}?[!a-c]\*`, `***`, `[+-\.]`, `[^a][-b][c-]`, `{,a}**{b,}`, "é[a-😀]", "**a*b", "x/**"} {
		f.Add(pattern, "a/b", "c")
		f.Add(pattern, "x/_temporary/", "0\n")
		f.Add(pattern, "\xe2\x80", "\xa8a😀")
	}
	f.Fuzz(func(t *testing.T, pattern, prefix, rest string) {
		g, err := ParseGlob(pattern)
		key := prefix + rest
		if err != nil || len(pattern) > 300 || len(key) > 300 {
			return // Longer ones find nothing more and slow the search down.
		}
		got := g.Match(key)
		checkProgram(t, g, key)
		if g.prog.direct() && g.direct == nil {
			t.Errorf("gobwas/glob refuses %q", pattern)
		}
		checkGobwas(t, g, key, got)
		checkRE2(t, g, key, got)
		plain := !hasLineTerminator(key[len(wholeRunes(prefix)):])
		if plain && g.MatchesAll(prefix) && !(got && g.MatchesAll(key)) {
			t.Errorf("%q matches all of %q, but not of %q", pattern, prefix, key)
		}
		if got && !(g.CouldMatch(prefix) && g.CouldMatch(key)) {
			t.Errorf("%q cannot match below %q, but matches %q", pattern, prefix, key)
		}
	})
}

func checkProgram(t *testing.T, g *Glob, key string) {
	if got := g.prog.answer(mayEnd, key); got != g.Match(key) {
		t.Errorf("%q on %q: %v, the program says %v", g, key, !got, got)
	}
	for _, q := range []question{mayEnd, anyEnding, anyLeft} {
		if program := g.prog.answer(q, key); program != g.answer(q, key) {
			t.Errorf("%q on %q, question %d: the program says %v, its table not", g, key, q, program)
		}
	}
}

// checkGobwas compares wherever gobwas/glob reads the pattern alike and is not too slow for it, not only where it is used.
func checkGobwas(t *testing.T, g *Glob, key string, want bool) {
	if g.prog.count(opClass) > 0 || g.globstar && hasLineTerminator(key) ||
		g.prog.count(opStar)+g.prog.count(opGlobstar)+g.prog.count(opFork) > 3 || len(key) > 40 {
		return
	}
	p, err := glob.Compile(g.pattern, '/')
	if err != nil {
		t.Errorf("gobwas/glob refuses %q: %v", g.pattern, err)
	} else if got := p.Match(key); got != want {
		t.Errorf("%q on %q: %v, gobwas/glob says %v", g.pattern, key, want, got)
	}
}

// checkRE2 compares valid keys only: RE2 takes a byte that is not UTF-8 for U+FFFD.
func checkRE2(t *testing.T, g *Glob, key string, want bool) {
	if !utf8.ValidString(key) {
		return
	}
	re, err := regexp.Compile(g.prog.regexp())
	if err != nil {
		t.Errorf("%q: %v", g.pattern, err)
	} else if got := re.MatchString(key); got != want {
		t.Errorf("%q on %q: %v, RE2 says %v", g.pattern, key, want, got)
	}
}

// regexp spells the program in the syntax of RE2.
func (p program) regexp() string {
	var b strings.Builder
	b.WriteString(`\A(?s:`)
	ends := map[int]bool{}
	for i, o := range p {
		if ends[i] {
			b.WriteString(")")
		}
		switch o.kind {
		case opLiteral:
			b.WriteString(regexp.QuoteMeta(string(o.r)))
		case opAny:
			b.WriteString("[^/]")
		case opStar:
			b.WriteString("[^/]*")
		case opGlobstar:
			b.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]*`)
		case opClass:
			b.WriteString(o.set.regexp())
		case opFork:
			if i > 0 && p[i-1].kind == opJump && p[i-1].to > i {
				b.WriteString("|")
			} else {
				b.WriteString("(?:")
			}
		case opJump:
			ends[o.to] = true
		}
	}
	b.WriteString(`)\z`)
	return b.String()
}

func (s *charSet) regexp() string {
	var b strings.Builder
	if s.negated {
		b.WriteString(`[^/`)
		for _, r := range s.ranges {
			fmt.Fprintf(&b, `\x{%x}-\x{%x}`, r.lo, r.hi)
		}
		return b.String() + "]"
	}
	b.WriteString("[")
	for _, r := range s.ranges {
		for _, part := range []charRange{{r.lo, min(r.hi, '/'-1)}, {max(r.lo, '/'+1), r.hi}} {
			if part.lo <= part.hi {
				fmt.Fprintf(&b, `\x{%x}-\x{%x}`, part.lo, part.hi)
			}
		}
	}
	if b.Len() == 1 {
		return `[^\x00-\x{10ffff}]`
	}
	return b.String() + "]"
}
