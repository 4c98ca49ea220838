package predicate

// A row is what is known of the columns.
type row struct {
	lookup func(column string) (value string, null, known bool)
}

// A node is an expression whose types are settled.
type node struct {
	typ      dataType
	eval     func(*row) value
	constant bool // no column in it
}

func constant(t dataType, v value) node {
	return node{typ: t, eval: func(*row) value { return v }, constant: true}
}

func columnNode(name string) node {
	return node{typ: dataType{kind: kindString}, eval: func(r *row) value {
		s, isNil, isSet := r.lookup(name)
		switch {
		case !isSet:
			return value{may: anything}
		case isNil:
			return null
		}
		return knownString(s)
	}}
}

// folded evaluates a node that has no column in it once and for all.
func (n node) folded() node {
	if !n.constant {
		return n
	}
	return constant(n.typ, n.eval(nil))
}

// lift1 applies a function of known values, which is null where its argument is.
func lift1(t dataType, a node, f func(value) value) node {
	eval := func(r *row) value {
		v := a.eval(r)
		if v.may == isNull {
			return null
		}
		if v.open() {
			return value{may: anything}
		}
		return f(v)
	}
	return node{t, eval, a.constant}.folded()
}

// lift2 does the same for two arguments.
func lift2(t dataType, a, b node, f func(a, b value) value) node {
	eval := func(r *row) value { return strict(a.eval(r), b.eval(r), f) }
	return node{t, eval, a.constant && b.constant}.folded()
}

func strict(a, b value, f func(a, b value) value) value {
	if a.may == isNull || b.may == isNull {
		return null
	}
	if a.open() || b.open() {
		return value{may: anything}
	}
	return f(a, b)
}

// and3 and or3 join every pair of outcomes by SQL's tables. The operands count as independent, which can only leave
// more outcomes than there are.
func and3(a, b outcome) outcome {
	both := a & b & isTrue
	either := (a | b) & isFalse
	if a&(isTrue|isNull) != 0 && b&(isTrue|isNull) != 0 && (a|b)&isNull != 0 {
		both |= isNull
	}
	return both | either
}

func or3(a, b outcome) outcome { return not3(and3(not3(a), not3(b))) }

func not3(a outcome) outcome { return a&isTrue<<1 | a&isFalse>>1 | a&isNull }
