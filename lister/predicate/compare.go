package predicate

// operators tell from the order of two values whether a comparison holds.
var operators = map[string]func(order int) bool{
	"=":  func(order int) bool { return order == 0 },
	"<>": func(order int) bool { return order != 0 },
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}

// common returns the type that two nodes are compared in. Booleans and numbers only have an equality in common.
func (c *compiler) common(e *expr, a, b node) (kind, error) {
	k, ok := comparisonType(a.typ.kind, b.typ.kind)
	if low, high := min(a.typ.kind, b.typ.kind), max(a.typ.kind, b.typ.kind); low == kindBoolean && high.numeric() && (e.name == "=" || e.name == "<>" || e.name == "<=>") {
		k, ok = high, true
	}
	if !ok {
		return 0, c.refuse(e, "%s and %s cannot be compared; cast one of them, or write a literal of the other's type", a.typ.kind, b.typ.kind)
	}
	return k, nil
}

func (c *compiler) compare(e *expr, args []node) (node, error) {
	k, err := c.common(e, args[0], args[1])
	if err != nil {
		return node{}, err
	}
	a, b := args[0].as(widened(args[0].typ, k)), args[1].as(widened(args[1].typ, k))
	judge := judgeNullSafe
	if e.name != "<=>" {
		judge = judgeBy(operators[e.name])
	}
	eval := func(r *row) value { return judge(k, a.eval(r), b.eval(r)) }
	return node{dataType{kind: kindBoolean}, eval, a.constant && b.constant}.folded(), nil
}

// between compares a value with two bounds. The value is evaluated once, or nests of it would double with each level.
func (c *compiler) between(e *expr, args []node) (node, error) {
	v := args[0]
	low, err := c.bound(e, v, args[1], ">=")
	if err != nil {
		return node{}, err
	}
	high, err := c.bound(e, v, args[2], "<=")
	if err != nil {
		return node{}, err
	}
	eval := func(r *row) value {
		at := v.eval(r)
		return value{may: and3(low(r, at), high(r, at))}
	}
	return node{dataType{kind: kindBoolean}, eval, v.constant && args[1].constant && args[2].constant}.folded(), nil
}

func (c *compiler) bound(e *expr, v, limit node, operator string) (func(*row, value) outcome, error) {
	k, err := c.common(e, v, limit)
	if err != nil {
		return nil, err
	}
	convert, _ := converterTo(v.typ, widened(v.typ, k))
	limit = limit.as(widened(limit.typ, k))
	judge := judgeBy(operators[operator])
	return func(r *row, at value) outcome {
		if at.open() {
			at = openAs(v.typ.kind, k, at)
		} else if at.may != isNull {
			at = convert(at)
		}
		return judge(k, at, limit.eval(r)).may
	}, nil
}

// judgeBy returns a comparison of two values, null where one of them is.
func judgeBy(holds func(order int) bool) func(kind, value, value) value {
	return func(k kind, a, b value) value {
		if a.may == isNull || b.may == isNull {
			return null
		}
		low, high := order(k, a, b)
		may := outcome(0)
		for o := low; o <= high; o++ {
			may |= truth(holds(o)).may
		}
		if a.open() || b.open() {
			may |= isNull
		}
		return value{may: may}
	}
}

var equal = judgeBy(operators["="])

// judgeNullSafe is <=>: two nulls are equal, and the answer is never null.
func judgeNullSafe(k kind, a, b value) value {
	if a.open() || b.open() {
		return value{may: isTrue | isFalse}
	}
	if a.may == isNull || b.may == isNull {
		return truth(a.may == b.may)
	}
	return truth(compare(k, a, b) == 0)
}
