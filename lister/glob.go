package lister

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gobwas/glob"
)

// maxGlob is the longest pattern that is read, in bytes: four times the longest S3 key. It bounds what a hostile
// pattern costs, see [Glob.Match].
const maxGlob = 4096

// A Glob is a pattern in the dialect of Glue's exclusions: the glob of Java's java.nio.file.PathMatcher on Unix, as
// JDK 17 reads it. It never changes and may be used by several goroutines at once.
//
//	?        one character but '/'
//	*        any characters but '/'
//	**       any characters but a line terminator; "**/x" wants the '/', so it does not match "x"
//	[a-cx]   one of these, never '/'; [!a] one that is none of these; '^' and '\' are themselves in here
//	{a,b*}   either; groups do not nest
//	\*       the character '*'
//
// A leading dot is not special. A character is a code point, not a byte.
//
// Note: what Java refuses is refused here, and two oddities that Java accepts are too, because a reader would take them for
// something else: inside a class, a range that ends in a backslash before a letter, a digit, a backslash or "&&" (an
// escape of java.util.regex: "[+-\x41]"), and a '-' right after a range that ended in an escape or above U+FFFF.
type Glob struct {
	pattern string
	prog    program
	table   *table // of prog; nil when it is too large
	suffix  string // every match ends in it

	// direct is the pattern compiled by gobwas/glob, where it reads the pattern as Java does and cannot backtrack at
	// length; otherwise nil. Only "**" still differs: in Java it stops at a line terminator.
	direct   *glob.Pattern
	globstar bool
}

// A GlobError says why a pattern is refused.
type GlobError struct {
	Pattern string
	Offset  int    // of the offending byte in Pattern
	Reason  string // names the offset, and what to write instead
}

func (e *GlobError) Error() string {
	return fmt.Sprintf("glob %.*q: %s", maxGlob, e.Pattern, e.Reason)
}

// ParseGlob reads a pattern. Its error is a *GlobError.
func ParseGlob(pattern string) (*Glob, error) {
	prog, err := parseGlob(pattern)
	if err != nil {
		return nil, err
	}
	g := &Glob{pattern: pattern, prog: prog, table: newTable(prog), suffix: prog.suffix(), globstar: prog.count(opGlobstar) > 0}
	if prog.direct() {
		// Cannot fail, FuzzGlob holds that; if it did, the program would do the work.
		g.direct, _ = glob.Compile(pattern, '/')
	}
	return g, nil
}

// String returns the pattern as it was given.
func (g *Glob) String() string { return g.pattern }

// Match reports whether the whole key matches. The key is taken as it is: "a//b" and "a/" have empty segments, which
// java.nio.file.Path would drop before it matched. A byte that is not UTF-8 counts as one character, which '?', '*',
// '**' and '[!...]' match and no literal names.
//
// It does not allocate, and its time is bounded by the length of the pattern times that of the key, whatever is in
// them: 4 KiB against 1,024 bytes cost tens of milliseconds at worst, where a backtracking matcher may run for years.
func (g *Glob) Match(key string) bool {
	if g.direct == nil {
		return strings.HasSuffix(key, g.suffix) && g.answer(mayEnd, key)
	}
	if !g.direct.Match(key) {
		return false
	}
	return !g.globstar || !hasLineTerminator(key) || g.answer(mayEnd, key)
}

// MatchesAll reports whether every key that starts with prefix matches, so that a listing may jump over them all. It
// answers true only when that is certain, and false for some patterns that do match all of them, such as "**/*".
//
// Note: keys with a line terminator after the prefix are not considered. Java's "**" does not match those, so strictly
// "x/**" would never match all below "x/", and no subtree could ever be jumped over.
func (g *Glob) MatchesAll(prefix string) bool {
	return g.answer(anyEnding, wholeRunes(prefix))
}

// CouldMatch reports whether a key that starts with prefix may match. It answers false only when none can.
func (g *Glob) CouldMatch(prefix string) bool {
	return g.answer(anyLeft, wholeRunes(prefix))
}

func (g *Glob) answer(q question, s string) bool {
	if g.table != nil {
		return g.table.answer(q, s)
	}
	return g.prog.answer(q, s)
}

// wholeRunes returns s without the incomplete character at its end, if there is one: the key may go on with the rest.
func wholeRunes(s string) string {
	for i := len(s) - 1; i >= 0 && i >= len(s)-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:]) {
				return s[:i]
			}
			break
		}
	}
	return s
}

// hasLineTerminator reports whether s has a character that the '.' of java.util.regex does not match.
func hasLineTerminator(s string) bool {
	return strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 ||
		strings.Contains(s, "\u0085") || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029")
}

func isLineTerminator(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
