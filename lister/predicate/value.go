package predicate

import (
	"cmp"
	"math"
	"math/big"
	"strings"
)

type kind uint8

const (
	kindNull kind = iota // of the literal null
	kindBoolean
	kindInt
	kindBigint
	kindDecimal
	kindDouble
	kindString
	kindDate      // days since 1970-01-01
	kindTimestamp // microseconds since 1970-01-01 00:00:00 UTC
)

var kindNames = [...]string{"null", "a boolean", "an int", "a bigint", "a decimal", "a double", "a string", "a date", "a timestamp"}

func (k kind) String() string { return kindNames[k] }

func (k kind) numeric() bool { return kindInt <= k && k <= kindDouble }

// A dataType is the static type of an expression. Columns are strings.
type dataType struct {
	kind             kind
	precision, scale int // of a decimal
}

// An outcome is a set of things that a value may turn out to be.
type outcome uint8

const (
	isTrue  outcome = 1 << iota // boolean only
	isFalse                     // boolean only
	isNull
	isKnown // not boolean: it is what the value's fields hold

	// anything is the outcome of what depends on a column that is not known yet.
	anything = isTrue | isFalse | isNull
)

// A value is what an expression may evaluate to. That of a boolean is a set of outcomes, so that "year = '2026' and
// x", x unknown, is {false} where the year is another. That of any other type is known, null or anything; of anything, text
// may have a known start in s, and a date, where bounded is true, lies between the days i and high or is null.
type value struct {
	may outcome
	i   int64 // int, bigint, date, timestamp

	high    int64
	bounded bool

	f float64
	s string
	d *decimal
}

var null = value{may: isNull}

// open reports whether more than one outcome is left.
func (v value) open() bool { return v.may&(v.may-1) != 0 }

func known(i int64) value          { return value{may: isKnown, i: i} }
func knownString(s string) value   { return value{may: isKnown, s: s} }
func knownDouble(f float64) value  { return value{may: isKnown, f: f} }
func knownDecimal(d decimal) value { return value{may: isKnown, d: &d} }

func truth(b bool) value {
	if b {
		return value{may: isTrue}
	}
	return value{may: isFalse}
}

// compare orders two known values of one type. Text is compared byte by byte. NaN equals itself and is larger than
// any other double, and false comes before true. Source: Spark's ordering of its types (3.5).
func compare(k kind, a, b value) int {
	switch k {
	case kindString:
		return strings.Compare(a.s, b.s)
	case kindDouble:
		return compareDoubles(a.f, b.f)
	case kindDecimal:
		return a.d.compare(*b.d)
	case kindBoolean:
		return cmp.Compare(b.may, a.may) // isFalse is the larger bit
	}
	return cmp.Compare(a.i, b.i)
}

func compareDoubles(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return -cmp.Compare(a, b) // Go puts NaN first
	}
	return cmp.Compare(a, b)
}

// A decimal is unscaled / 10^scale, scale at least 0. It is not changed once made.
type decimal struct {
	unscaled *big.Int
	scale    int
}

func (d decimal) compare(e decimal) int {
	scale := max(d.scale, e.scale)
	return d.rescale(scale).Cmp(e.rescale(scale))
}

// rescale returns the unscaled value at a scale that is not smaller.
func (d decimal) rescale(scale int) *big.Int {
	if scale == d.scale {
		return d.unscaled
	}
	return new(big.Int).Mul(d.unscaled, pow10(scale-d.scale))
}

// round returns the decimal at a scale, halves away from zero, or false where it has more digits than the precision.
func (d decimal) round(precision, scale int) (decimal, bool) {
	if scale >= d.scale {
		d = decimal{d.rescale(scale), scale}
	} else {
		unit := pow10(d.scale - scale)
		half := new(big.Int).Rsh(unit, 1)
		if d.unscaled.Sign() < 0 {
			half.Neg(half)
		}
		d = decimal{half.Quo(half.Add(half, d.unscaled), unit), scale}
	}
	return d, d.unscaled.CmpAbs(pow10(precision)) < 0
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func (d decimal) float() float64 {
	f, _ := new(big.Rat).SetFrac(d.unscaled, pow10(d.scale)).Float64()
	return f
}

// whole returns the integer part, its low 64 bits where it is larger.
func (d decimal) whole() int64 {
	q := new(big.Int).Quo(d.unscaled, pow10(d.scale))
	low := new(big.Int).And(q, new(big.Int).SetUint64(math.MaxUint64))
	return int64(low.Uint64())
}
