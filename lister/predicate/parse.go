package predicate

import "strings"

type exprKind uint8

const (
	exprColumn  exprKind = iota // name is the column's, as it is written
	exprLiteral                 // typ and lit; name is how it is written
	exprCall                    // name is an operator, or a function in lower case
)

// An expr is a node of the syntax tree.
type expr struct {
	kind exprKind
	name string
	args []*expr
	typ  dataType // of a literal, or the target of a cast
	lit  value
	at   int // offset in the text
}

type parser struct {
	lex   lexer
	tok   token // the one to read next
	after token // the one behind it
	depth int
}

// parse reads the text by Spark's grammar: or, and, not, one predicate such as IN, comparisons, sums, signs, from loose
// to tight. Source: Spark SqlBaseParser.g4 (3.5), booleanExpression, valueExpression and primaryExpression.
func parse(text string) (*expr, error) {
	if len(text) > maxText {
		return nil, refuse(text[:40], 40, "the predicate has %d bytes; write it in at most %d", len(text), maxText)
	}
	p := &parser{lex: lexer{text: text}}
	if err := p.advance(2); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenEnd {
		return nil, p.unexpected("and, or, or the end")
	}
	return e, nil
}

// advance reads n tokens.
func (p *parser) advance(n int) error {
	for range n {
		p.tok = p.after
		t, err := p.lex.next()
		if err != nil {
			return err
		}
		p.after = t
	}
	return nil
}

// take reads the next token if it is one of these keywords or symbols.
func (p *parser) take(words ...string) (token, bool, error) {
	for _, w := range words {
		if p.tok.is(w) {
			t := p.tok
			return t, true, p.advance(1)
		}
	}
	return token{}, false, nil
}

func (p *parser) expect(word string) error {
	if _, ok, err := p.take(word); ok || err != nil {
		return err
	}
	return p.unexpected(word)
}

func (p *parser) refuse(at int, format string, args ...any) error {
	return refuse(p.lex.text, at, format, args...)
}

func (p *parser) unexpected(want string) error {
	if p.tok.is("&&") {
		return p.refuse(p.tok.at, "Spark SQL has no &&; write and")
	}
	if p.tok.kind == tokenEnd {
		return p.refuse(p.tok.at, "the predicate ends where %s should follow", want)
	}
	return p.refuse(p.tok.at, "%s is not expected here; write %s", p.spelled(p.tok), want)
}

func (p *parser) spelled(t token) string {
	return strings.ToValidUTF8(p.lex.text[t.at:t.end], "\uFFFD")
}

// deeper runs a rule that may nest.
func (p *parser) deeper(rule func() (*expr, error)) (*expr, error) {
	if p.depth == maxDepth {
		return nil, p.refuse(p.tok.at, "parentheses, calls and signs nest more than %d deep; write a flatter predicate", maxDepth)
	}
	p.depth++
	defer func() { p.depth-- }()
	return rule()
}

func call(at int, name string, args ...*expr) *expr {
	return &expr{kind: exprCall, name: name, args: args, at: at}
}

// chain parses operands between left-associative operators.
func (p *parser) chain(operand func() (*expr, error), operators ...string) (*expr, error) {
	left, err := operand()
	for err == nil {
		t, ok, tokErr := p.take(operators...)
		if !ok || tokErr != nil {
			return left, tokErr
		}
		var right *expr
		right, err = operand()
		left = call(t.at, operatorName(t.text), left, right)
	}
	return nil, err
}

func operatorName(spelled string) string {
	switch s := strings.ToLower(spelled); s {
	case "==":
		return "="
	case "!=":
		return "<>"
	case "||":
		return "concat"
	default:
		return s
	}
}

func (p *parser) or() (*expr, error)  { return p.chain(p.and, "or") }
func (p *parser) and() (*expr, error) { return p.chain(p.not, "and") }

func (p *parser) not() (*expr, error) {
	t, ok, err := p.take("not", "!")
	if err != nil {
		return nil, err
	}
	if !ok {
		return p.predicate()
	}
	arg, err := p.deeper(p.not)
	if err != nil {
		return nil, err
	}
	return call(t.at, "not", arg), nil
}

func (p *parser) comparison() (*expr, error) {
	return p.chain(p.sum, "=", "==", "<>", "!=", "<=>", "<=", ">=", "<", ">")
}

func (p *parser) sum() (*expr, error) { return p.chain(p.sign, "+", "-", "||") }

func (p *parser) sign() (*expr, error) {
	t, ok, err := p.take("-", "+")
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return p.primary()
	case t.text == "-" && p.tok.kind == tokenNumber:
		return p.number("-")
	}
	arg, err := p.deeper(p.sign)
	if err != nil {
		return nil, err
	}
	return call(t.at, map[string]string{"-": "negate", "+": "plus"}[t.text], arg), nil
}
