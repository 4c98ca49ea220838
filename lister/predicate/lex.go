package predicate

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a keyword, or the name of a column or function; text is as written
	tokenQuoted           // a name in backquotes, without them
	tokenString           // text is the string's value
	tokenNumber
	tokenSymbol
)

type token struct {
	kind tokenKind
	text string
	at   int // offset of its first byte
	end  int // offset behind it
}

// is reports whether the token is this keyword or symbol, in lower case.
func (t token) is(text string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, text) || t.kind == tokenSymbol && t.text == text
}

// symbols are tried in this order: the longer before those that they start with.
var symbols = []string{"<=>", "<>", "<=", ">=", "==", "!=", "||", "&&", "=", "<", ">", "!", "(", ")", ",", ".", "+", "-"}

type lexer struct {
	text string
	at   int
}

func refuse(text string, at int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Text: text, Offset: at, Reason: fmt.Sprintf(format, args...)}
}

func (l *lexer) next() (token, error) {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.at]) >= 0 {
		l.at++
	}
	start := l.at
	if start == len(l.text) {
		return token{kind: tokenEnd, at: start, end: start}, nil
	}
	t, err := l.scan()
	t.at, t.end = start, l.at
	return t, err
}

func (l *lexer) scan() (token, error) {
	rest := l.text[l.at:]
	switch c := rest[0]; {
	case c == '\'' || c == '"':
		return l.str(c)
	case c == '`':
		return l.quoted()
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number()
	case isNameByte(c):
		return l.word(), nil
	case strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "/*"):
		return token{}, refuse(l.text, l.at, "comments are not supported: leave them out, and write two signs apart, as in 5 - (-1)")
	}
	return l.symbol()
}

func (l *lexer) symbol() (token, error) {
	rest := l.text[l.at:]
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			l.at += len(s)
			return token{kind: tokenSymbol, text: s}, nil
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	if strings.ContainsRune("*/%&|^~", r) {
		return token{}, refuse(l.text, l.at, "the operator %q is not supported; %s", r, supportedOperators)
	}
	return token{}, refuse(l.text, l.at, "%q is not understood; write names with other characters than letters, digits and '_' in `backquotes`, and text in 'quotes'", rest[:size])
}

func (l *lexer) word() token {
	start := l.at
	for l.at < len(l.text) && isNameByte(l.text[l.at]) {
		l.at++
	}
	return token{kind: tokenWord, text: l.text[start:l.at]}
}

// number reads an unsigned number: digits, a fraction, an exponent and a suffix of letters, which the parser judges.
func (l *lexer) number() (token, error) {
	start := l.at
	l.digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		l.digits()
	}
	if l.at < len(l.text) && l.text[l.at]|0x20 == 'e' {
		mark := l.at
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '+' || l.text[l.at] == '-') {
			l.at++
		}
		if l.digits() == 0 {
			l.at = mark
		}
	}
	for l.at < len(l.text) && isNameByte(l.text[l.at]) {
		l.at++
	}
	return token{kind: tokenNumber, text: l.text[start:l.at]}, nil
}

func (l *lexer) digits() int {
	start := l.at
	for l.at < len(l.text) && isDigit(l.text[l.at]) {
		l.at++
	}
	return l.at - start
}

func (l *lexer) quoted() (token, error) {
	start := l.at
	var name strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		if l.text[i] != '`' {
			name.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '`' { // doubled: the character itself
			name.WriteByte('`')
			i++
			continue
		}
		l.at = i + 1
		if name.Len() == 0 {
			return token{}, refuse(l.text, start, "the name between the backquotes is empty; write the column's name")
		}
		return token{kind: tokenQuoted, text: name.String()}, nil
	}
	return token{}, refuse(l.text, start, "the name is not closed; end it with `")
}

// str reads a string literal. What a backslash stands for is Spark's; see [unescape].
func (l *lexer) str(quote byte) (token, error) {
	start := l.at
	i := start + 1
	for i < len(l.text) && l.text[i] != quote {
		if l.text[i] == '\\' {
			i++
		}
		i++
	}
	if i >= len(l.text) {
		return token{}, refuse(l.text, start, "the text is not closed; end it with %c, and write \\%c for one inside", quote, quote)
	}
	l.at = i + 1
	if l.at < len(l.text) && l.text[l.at] == quote {
		return token{}, refuse(l.text, l.at, "a doubled %c means nothing in Spark 3 and a quote in Spark 4; write \\%c for a quote", quote, quote)
	}
	return token{kind: tokenString, text: unescape(l.text[start+1 : i])}, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}
