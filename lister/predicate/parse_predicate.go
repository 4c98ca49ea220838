package predicate

// predicate parses a comparison and what may follow it once: [not] in, between, like, or is [not] null.
func (p *parser) predicate() (*expr, error) {
	left, err := p.comparison()
	if err != nil {
		return nil, err
	}
	if p.tok.is("is") {
		return p.isNull(left)
	}
	negation, negated, err := p.take("not")
	if err != nil {
		return nil, err
	}
	e, err := p.suffix(left)
	switch {
	case err != nil:
		return nil, err
	case negated && e == left:
		return nil, p.unexpected("in, between or like after not")
	case negated:
		return call(negation.at, "not", e), nil
	}
	return e, nil
}

// suffix parses in, between and like, and returns left where none of them follows.
func (p *parser) suffix(left *expr) (*expr, error) {
	t := p.tok
	switch {
	case t.is("in"):
		return p.in(left)
	case t.is("between"):
		return p.between(left)
	case t.is("like"):
		return p.like(left)
	case t.is("rlike") || t.is("regexp") || t.is("ilike"):
		return nil, p.refuse(t.at, "%s is not supported; write like, with %% and _, or in with a list", p.spelled(t))
	}
	return left, nil
}

func (p *parser) isNull(left *expr) (*expr, error) {
	t, _, err := p.take("is")
	if err != nil {
		return nil, err
	}
	_, negated, err := p.take("not")
	if err != nil {
		return nil, err
	}
	if _, ok, err := p.take("null"); err != nil {
		return nil, err
	} else if !ok {
		return nil, p.refuse(p.tok.at, "is must be followed by null or not null; write = true, = false, or <=> for is not distinct from")
	}
	e := call(t.at, "is null", left)
	if negated {
		e = call(t.at, "not", e)
	}
	return e, nil
}

func (p *parser) in(left *expr) (*expr, error) {
	t, _, err := p.take("in")
	if err != nil {
		return nil, err
	}
	if _, ok, err := p.take("("); err != nil {
		return nil, err
	} else if !ok {
		return nil, p.unexpected("a list in parentheses, as in ('a', 'b')")
	}
	items, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, p.refuse(t.at, "the list after in is empty; write at least one value")
	}
	return call(t.at, "in", append([]*expr{left}, items...)...), nil
}

// list parses expressions up to the closing parenthesis.
func (p *parser) list() (items []*expr, err error) {
	if _, ok, err := p.take(")"); ok || err != nil {
		return nil, err
	}
	for {
		item, err := p.deeper(p.or)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if _, ok, err := p.take(","); err != nil {
			return nil, err
		} else if ok {
			continue
		}
		if p.tok.is(")") {
			return items, p.advance(1)
		}
		return nil, p.unexpected(", or )")
	}
}

// between parses its bounds as sums: Spark would take comparisons there, which nobody means.
func (p *parser) between(left *expr) (*expr, error) {
	t, _, err := p.take("between")
	if err != nil {
		return nil, err
	}
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if err := p.expect("and"); err != nil {
		return nil, err
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return call(t.at, "between", left, low, high), nil
}

func (p *parser) like(left *expr) (*expr, error) {
	t, _, err := p.take("like")
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenString {
		return nil, p.refuse(p.tok.at, "like is supported with one pattern in quotes only; write like 'a%%'")
	}
	pattern, err := p.str()
	if err != nil {
		return nil, err
	}
	e := call(t.at, "like", left, pattern)
	if _, ok, err := p.take("escape"); err != nil || !ok {
		return e, err
	}
	if p.tok.kind != tokenString {
		return nil, p.unexpected("one character in quotes after escape")
	}
	escape, err := p.str()
	if err != nil {
		return nil, err
	}
	e.args = append(e.args, escape)
	return e, nil
}
