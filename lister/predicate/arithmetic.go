package predicate

import "math/big"

// arithmetic adds, subtracts and negates. Text counts as a double; integers wrap around, as they do in Spark without ANSI.
func (c *compiler) arithmetic(e *expr, args []node) (node, error) {
	wide := kindInt
	for _, a := range args {
		k := a.typ.kind
		if k == kindString {
			k = kindDouble
		}
		if k != kindNull && !k.numeric() {
			return node{}, c.refuse(e, "+ and - work on numbers, not on %s; write date_add(x, 1) for dates and concat(x, y) for text", k)
		}
		wide = max(wide, k)
	}
	t, ok := sumType(wide, args)
	if !ok {
		return node{}, c.refuse(e, "the sum may have more than 38 digits; cast its parts to double")
	}
	for i, a := range args {
		args[i] = a.as(widened(a.typ, wide))
	}
	switch e.name {
	case "plus":
		return args[0], nil
	case "negate":
		zero := value{may: isKnown, d: &decimal{new(big.Int), 0}}
		return lift1(t, args[0], func(v value) value { return add(t, zero, v, true) }), nil
	}
	minus := e.name == "-"
	return lift2(t, args[0], args[1], func(a, b value) value { return add(t, a, b, minus) }), nil
}

// sumType returns the type of a sum. A decimal's has one digit more than it needs.
// Source: Spark DecimalPrecision (3.5), which also rounds results that are refused here.
func sumType(wide kind, args []node) (dataType, bool) {
	if wide != kindDecimal {
		return dataType{kind: wide}, true
	}
	whole, scale := 0, 0
	for _, a := range args {
		digits, behind := a.typ.precision, a.typ.scale
		switch {
		case a.typ.kind == kindBigint:
			digits = 20
		case a.typ.kind != kindDecimal:
			digits = 10
		}
		whole, scale = max(whole, digits-behind), max(scale, behind)
	}
	if len(args) > 1 {
		whole++
	}
	return dataType{kindDecimal, whole + scale, scale}, whole+scale <= 38
}

func add(t dataType, a, b value, minus bool) value {
	switch t.kind {
	case kindDouble:
		if minus {
			return knownDouble(a.f - b.f)
		}
		return knownDouble(a.f + b.f)
	case kindDecimal:
		x, y := a.d.rescale(t.scale), b.d.rescale(t.scale)
		if minus {
			return knownDecimal(decimal{new(big.Int).Sub(x, y), t.scale})
		}
		return knownDecimal(decimal{new(big.Int).Add(x, y), t.scale})
	}
	sum := a.i + b.i
	if minus {
		sum = a.i - b.i
	}
	if t.kind == kindInt {
		sum = int64(int32(sum))
	}
	return known(sum)
}
