package predicate

import (
	"math/big"
	"strconv"
	"strings"
)

// reserved are the keywords that Spark would take for a name in some places and that are refused as one here, because a
// reader would not.
var reserved = []string{"and", "or", "not", "in", "between", "like", "rlike", "regexp", "ilike", "is", "escape", "as", "from", "where", "on"}

// unsupported are words that start something in Spark which is not understood here.
var unsupported = map[string]string{
	"case":              "case",
	"exists":            "exists (...)",
	"select":            "a subquery",
	"with":              "a subquery",
	"interval":          "an interval",
	"current_date":      "current_date",
	"current_timestamp": "current_timestamp",
	"localtimestamp":    "localtimestamp",
	"now":               "now",
	"curdate":           "curdate",
}

func (p *parser) primary() (*expr, error) {
	t := p.tok
	switch {
	case t.kind == tokenString:
		return p.str()
	case t.kind == tokenNumber:
		return p.number("")
	case t.is("("):
		return p.parenthesized()
	case t.kind == tokenQuoted || t.kind == tokenWord && !isReserved(t.text):
		return p.named()
	}
	return nil, p.unexpected("a column, a value or a function")
}

func isReserved(word string) bool {
	for _, r := range reserved {
		if strings.EqualFold(word, r) {
			return true
		}
	}
	return false
}

func (p *parser) parenthesized() (*expr, error) {
	if err := p.advance(1); err != nil {
		return nil, err
	}
	e, err := p.deeper(p.or)
	if err != nil {
		return nil, err
	}
	if p.tok.is(",") {
		return nil, p.refuse(p.tok.at, "a row of several values is not supported; compare its columns one by one")
	}
	return e, p.expect(")")
}

// str parses a string and those that follow it, which Spark joins.
func (p *parser) str() (*expr, error) {
	e := &expr{kind: exprLiteral, typ: dataType{kind: kindString}, at: p.tok.at}
	var s strings.Builder
	for p.tok.kind == tokenString {
		s.WriteString(p.tok.text)
		if err := p.advance(1); err != nil {
			return nil, err
		}
	}
	e.lit = knownString(s.String())
	return e, nil
}

func (p *parser) number(sign string) (*expr, error) {
	t := p.tok
	typ, lit, ok := readNumber(sign + t.text)
	if !ok {
		return nil, p.refuse(t.at, "%q is not a number that is supported; write digits, 1.5, 1e3, 10L or 1.5D, at most 38 digits, and names that start with a digit in `backquotes`", t.text)
	}
	return &expr{kind: exprLiteral, typ: typ, lit: lit, at: t.at}, p.advance(1)
}

// readNumber reads an int, a bigint where it does not fit or ends in L, and a decimal where that does not fit or has a
// fraction. An exponent or a D makes a double. Source: Spark AstBuilder.visitIntegerLiteral and its neighbours (3.5).
func readNumber(s string) (dataType, value, bool) {
	digits, long := strings.CutSuffix(strings.ToUpper(s), "L")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if int64(int32(n)) == n && !long {
			return dataType{kind: kindInt}, known(n), true
		}
		return dataType{kind: kindBigint}, known(n), true
	}
	if long {
		return dataType{}, value{}, false
	}
	digits, double := strings.CutSuffix(digits, "D")
	if double || strings.Contains(digits, "E") {
		f, err := strconv.ParseFloat(digits, 64)
		return dataType{kind: kindDouble}, knownDouble(f), err == nil && !strings.ContainsAny(digits, "XPIN_")
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || strings.Contains(digits, "_") || n.CmpAbs(pow10(38)) >= 0 || len(fraction) > 38 {
		return dataType{}, value{}, false
	}
	precision := max(len(strings.TrimPrefix(n.String(), "-")), len(fraction))
	return dataType{kindDecimal, precision, len(fraction)}, knownDecimal(decimal{n, len(fraction)}), true
}

// named parses what starts with a name: a constant, a typed literal, a call or a column.
func (p *parser) named() (*expr, error) {
	t := p.tok
	if err := p.advance(1); err != nil {
		return nil, err
	}
	word := ""
	if t.kind == tokenWord {
		word = strings.ToLower(t.text)
	}
	switch {
	case p.tok.is("("):
		return p.call(t, word)
	case word == "true" || word == "false":
		return &expr{kind: exprLiteral, typ: dataType{kind: kindBoolean}, lit: truth(word == "true"), at: t.at}, nil
	case word == "null":
		return &expr{kind: exprLiteral, lit: null, at: t.at}, nil
	case unsupported[word] != "":
		return nil, p.unsupported(t, word)
	case p.tok.kind == tokenString && word != "":
		return p.typedLiteral(t, word)
	}
	return p.column(t)
}

func (p *parser) unsupported(t token, word string) error {
	switch word {
	case "current_date", "current_timestamp", "localtimestamp", "now", "curdate":
		return p.refuse(t.at, "%s is not supported, because the answer must not depend on the clock; write the day, as in date '2026-01-31'", word)
	}
	return p.refuse(t.at, "%s is not supported, and a column called %s goes in `backquotes`; %s", unsupported[word], word, supportedAll)
}

// column parses the rest of a name: in table.column only the last part counts.
func (p *parser) column(t token) (*expr, error) {
	for p.tok.is(".") {
		if err := p.advance(1); err != nil {
			return nil, err
		}
		if p.tok.kind != tokenWord && p.tok.kind != tokenQuoted {
			return nil, p.unexpected("the column's name")
		}
		t = p.tok
		if err := p.advance(1); err != nil {
			return nil, err
		}
	}
	if p.tok.is("(") {
		return nil, p.refuse(t.at, "functions of a database are not supported; %s", supportedFunctions)
	}
	return &expr{kind: exprColumn, name: t.text, at: t.at}, nil
}

// typedLiteral parses the text behind date and timestamp.
func (p *parser) typedLiteral(t token, word string) (*expr, error) {
	text, err := p.str()
	if err != nil {
		return nil, err
	}
	e := &expr{kind: exprLiteral, at: t.at}
	var ok bool
	switch word {
	case "date":
		e.typ.kind = kindDate
		e.lit.i, ok = parseDate(text.lit.s)
	case "timestamp":
		e.typ.kind = kindTimestamp
		e.lit.i, ok = parseTimestamp(text.lit.s)
	default:
		return nil, p.refuse(t.at, "%s before a text is not supported; write date '2026-01-31', timestamp '2026-01-31 10:00:00', or the text alone", t.text)
	}
	if !ok {
		return nil, p.refuse(text.at, "%q is not a %s; write %s '2026-01-31%s'", text.lit.s, word, word, map[string]string{"timestamp": " 10:00:00"}[word])
	}
	e.lit.may = isKnown
	return e, nil
}

// call parses the arguments of a function, whose name has been read. word is "" for a name in backquotes.
func (p *parser) call(t token, word string) (*expr, error) {
	if err := p.advance(1); err != nil {
		return nil, err
	}
	if word == "cast" {
		return p.cast(t)
	}
	if unsupported[word] != "" {
		return nil, p.unsupported(t, word)
	}
	if _, ok := functions[word]; !ok {
		return nil, p.refuse(t.at, "the function %s is not supported; %s", t.text, supportedFunctions)
	}
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	return call(t.at, word, args...), nil
}

func (p *parser) cast(t token) (*expr, error) {
	arg, err := p.deeper(p.or)
	if err != nil {
		return nil, err
	}
	if err := p.expect("as"); err != nil {
		return nil, err
	}
	typ, err := p.typeName()
	if err != nil {
		return nil, err
	}
	e := call(t.at, "cast", arg)
	e.typ = typ
	return e, p.expect(")")
}
