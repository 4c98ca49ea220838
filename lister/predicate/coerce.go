package predicate

import "slices"

// comparisonType returns the type that two operands of a comparison are compared in, or false where Spark refuses.
// Source: Spark TypeCoercion.findCommonTypeForBinaryComparison, then findTightestCommonType (3.5).
func comparisonType(a, b kind) (kind, bool) {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b || a == kindNull:
		return b, true
	case a.numeric() && b.numeric():
		return b, true
	case a == kindDate && b == kindTimestamp:
		return kindTimestamp, true
	case a == kindDecimal && b == kindString:
		return kindDouble, true
	case b == kindString:
		return a, true
	case a == kindString:
		return b, true
	}
	return 0, false
}

// listType returns the type that all operands of IN are compared in. Here text wins over numbers and dates, unlike in a
// comparison, and is looked at first: an int and a date only meet as text.
// Source: Spark TypeCoercion.findWiderCommonType (3.5).
func listType(kinds []kind) (kind, bool) {
	wide := kindNull
	if slices.Contains(kinds, kindString) {
		wide = kindString
	}
	for _, k := range kinds {
		low, high := min(wide, k), max(wide, k)
		switch {
		case low == high || low == kindNull:
			wide = high
		case low.numeric() && high.numeric():
			wide = high
		case low == kindDate && high == kindTimestamp:
			wide = kindTimestamp
		case low == kindString || high == kindString && low != kindBoolean:
			wide = kindString
		default:
			return 0, false
		}
	}
	return wide, true
}

// widened returns the type of kind k that a value of type t is converted to for a comparison: a decimal keeps its digits.
func widened(t dataType, k kind) dataType {
	if k == kindDecimal && t.kind == kindDecimal {
		return t
	}
	return dataType{kind: k}
}
