package predicate

// toDate compiles to_date. Without a pattern it is a cast.
func (c *compiler) toDate(e *expr, args []node) (node, error) {
	a := args[0]
	date, text := dataType{kind: kindDate}, dataType{kind: kindString}
	if a.typ.kind != kindDate && a.typ.kind != kindTimestamp {
		a = a.as(text)
	}
	if len(args) == 1 || a.typ.kind != kindString {
		return a.as(date), nil
	}
	fields, err := c.pattern(e, true)
	if err != nil {
		return node{}, err
	}
	eval := func(r *row) value {
		v := a.eval(r)
		switch {
		case v.open():
			return fields.parseOpen(v.s)
		case v.may == isNull:
			return null
		}
		return knownIf(fields.parse(v.s))
	}
	return node{date, eval, a.constant}.folded(), nil
}

func (c *compiler) dateFormat(e *expr, args []node) (node, error) {
	fields, err := c.pattern(e, false)
	if err != nil {
		return node{}, err
	}
	return lift1(dataType{kind: kindString}, args[0], func(v value) value { return knownString(fields.format(v.i)) }), nil
}

// pattern compiles the second argument of a call, which must be spelled out.
func (c *compiler) pattern(e *expr, parsing bool) (datePattern, error) {
	arg := e.args[1]
	if arg.kind != exprLiteral || arg.typ.kind != kindString {
		return nil, c.refuse(arg, "the pattern of %s must be a text in quotes; write %s", e.name, functions[e.name].usage)
	}
	fields, reason := compilePattern(arg.lit.s, parsing)
	if reason != "" {
		return nil, c.refuse(arg, "the pattern %q of %s %s", arg.lit.s, e.name, reason)
	}
	return fields, nil
}
