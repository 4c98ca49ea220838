package predicate

import "slices"

// A compiler settles the types of a syntax tree.
type compiler struct {
	text    string
	columns []string
}

func (c *compiler) refuse(e *expr, format string, args ...any) error {
	return refuse(c.text, e.at, format, args...)
}

// condition compiles an expression that must be a boolean.
func (c *compiler) condition(e *expr) (node, error) {
	n, err := c.compile(e)
	if err != nil || n.typ.kind == kindBoolean || n.typ.kind == kindNull {
		return n, err
	}
	return node{}, c.refuse(e, "this is %s, not a condition; compare it, as in year = '2026'", n.typ.kind)
}

func (c *compiler) compile(e *expr) (node, error) {
	switch e.kind {
	case exprLiteral:
		return constant(e.typ, e.lit), nil
	case exprColumn:
		name := foldName(e.name)
		c.columns = append(c.columns, name)
		return columnNode(name), nil
	}
	switch e.name {
	case "and", "or", "not":
		return c.logic(e)
	}
	args, err := c.compileAll(e.args)
	if err != nil {
		return node{}, err
	}
	switch e.name {
	case "=", "<>", "<", "<=", ">", ">=", "<=>":
		return c.compare(e, args)
	case "between":
		return c.between(e, args)
	case "in":
		return c.in(e, args)
	case "like":
		return c.like(e, args[0])
	case "is null":
		return isNullNode(args[0]), nil
	case "+", "-", "negate", "plus":
		return c.arithmetic(e, args)
	case "cast":
		return c.cast(e, args[0])
	}
	return c.function(e, args)
}

func (c *compiler) compileAll(exprs []*expr) ([]node, error) {
	nodes := make([]node, len(exprs))
	for i, e := range exprs {
		var err error
		if nodes[i], err = c.compile(e); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

func (c *compiler) logic(e *expr) (node, error) {
	a, err := c.condition(e.args[0])
	if err != nil {
		return node{}, err
	}
	boolean := dataType{kind: kindBoolean}
	if e.name == "not" {
		return node{boolean, func(r *row) value { return value{may: not3(a.eval(r).may)} }, a.constant}.folded(), nil
	}
	b, err := c.condition(e.args[1])
	if err != nil {
		return node{}, err
	}
	join, settled := and3, isFalse
	if e.name == "or" {
		join, settled = or3, isTrue
	}
	eval := func(r *row) value {
		left := a.eval(r).may
		if left == settled {
			return value{may: settled}
		}
		return value{may: join(left, b.eval(r).may)}
	}
	return node{boolean, eval, a.constant && b.constant}.folded(), nil
}

// convertible checks that a node can be converted to a type.
func (c *compiler) convertible(e *expr, n node, t dataType) error {
	if _, ok := converterTo(n.typ, t); !ok {
		return c.refuse(e, "a conversion from %s to %s is not supported; cast to a string first", n.typ.kind, t.kind)
	}
	return nil
}

func (c *compiler) cast(e *expr, arg node) (node, error) {
	if err := c.convertible(e, arg, e.typ); err != nil {
		return node{}, err
	}
	return arg.as(e.typ), nil
}

// in is true where one of the list equals the value, else null where the value or one of the list is, else false.
func (c *compiler) in(e *expr, args []node) (node, error) {
	kinds := make([]kind, len(args))
	for i, a := range args {
		kinds[i] = a.typ.kind
	}
	k, ok := listType(kinds)
	if !ok {
		return node{}, c.refuse(e, "the values around in have no type in common; write all of them in 'quotes', or cast them")
	}
	constants := true
	for i, a := range args {
		args[i] = a.as(widened(a.typ, k))
		constants = constants && a.constant
	}
	args = slices.Clone(args)
	eval := func(r *row) value {
		v := args[0].eval(r)
		may := isFalse
		for _, item := range args[1:] {
			may = or3(may, equal(k, v, item.eval(r)).may)
			if may == isTrue {
				break
			}
		}
		return value{may: may}
	}
	return node{dataType{kind: kindBoolean}, eval, constants}.folded(), nil
}

func isNullNode(a node) node {
	eval := func(r *row) value {
		switch v := a.eval(r); {
		case v.may == isNull:
			return truth(true)
		case v.may&isNull == 0:
			return truth(false)
		}
		return value{may: isTrue | isFalse}
	}
	return node{dataType{kind: kindBoolean}, eval, a.constant}.folded()
}
