package predicate

import "unicode/utf8"

const (
	anyRun  rune = -1 // %
	anyRune rune = -2 // _
)

func (c *compiler) like(e *expr, arg node) (node, error) {
	escape := '\\'
	if len(e.args) == 3 {
		r, size := utf8.DecodeRuneInString(e.args[2].lit.s)
		if size == 0 || size != len(e.args[2].lit.s) {
			return node{}, c.refuse(e.args[2], "escape takes one character; write escape '!'")
		}
		escape = r
	}
	pattern, ok := compileLike(e.args[1].lit.s, escape)
	if !ok {
		return node{}, c.refuse(e.args[1], "in this pattern %q must stand before %%, _ or itself; write it twice for the character", escape)
	}
	text := dataType{kind: kindString}
	if err := c.convertible(e, arg, text); err != nil {
		return node{}, err
	}
	return lift1(dataType{kind: kindBoolean}, arg.as(text), func(v value) value { return truth(matchLike(pattern, v.s)) }), nil
}

// compileLike reads a pattern. Runs of % are one.
func compileLike(pattern string, escape rune) (parts []rune, ok bool) {
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			if r != '%' && r != '_' && r != escape {
				return nil, false
			}
			parts, escaped = append(parts, r), false
		case r == escape:
			escaped = true
		case r == '%':
			if len(parts) == 0 || parts[len(parts)-1] != anyRun {
				parts = append(parts, anyRun)
			}
		case r == '_':
			parts = append(parts, anyRune)
		default:
			parts = append(parts, r)
		}
	}
	return parts, !escaped
}

// matchLike goes back to the last % only, so its time is at most the pattern's length times the text's.
func matchLike(pattern []rune, s string) bool {
	at, run, resume := 0, -1, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case at < len(pattern) && pattern[at] == anyRun:
			run, resume = at, i
			at++
			continue
		case at < len(pattern) && (pattern[at] == anyRune || pattern[at] == r):
			at++
			i += size
		case run >= 0:
			_, size := utf8.DecodeRuneInString(s[resume:])
			resume += size
			at, i = run+1, resume
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == anyRun {
		at++
	}
	return at == len(pattern)
}
