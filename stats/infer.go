package stats

import (
	"cmp"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A columnType is the type that Spark infers for a partition column.
type columnType int

const (
	typeNull columnType = iota
	typeInteger
	typeLong
	typeDecimal
	typeDouble
	typeDate
	typeTimestamp
	typeString
)

func (t columnType) String() string {
	return [...]string{"null", "integer", "long", "decimal", "double", "date", "timestamp", "string"}[t]
}

// inferType tells the type of one raw value, tried in Spark's order: integer, long, decimal without a fraction, double,
// timestamp, date, else string.
// Source: Spark PartitioningUtils.inferPartitionColumnValue (3.5), type inference on, ANSI off.
func inferType(raw string) columnType {
	switch {
	case raw == hiveDefault:
		return typeNull
	case isInteger(raw, 32):
		return typeInteger
	case isInteger(raw, 64):
		return typeLong
	case isDecimal(raw):
		return typeDecimal
	case isDouble(raw):
		return typeDouble
	case isTimestamp(unescapePath(raw)):
		return typeTimestamp
	case isDate(raw):
		return typeDate
	}
	return typeString
}

// isWhole reports whether s is digits after at most one sign. An error of strconv costs more than all of this.
func isWhole(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && isDigits(s)
}

func isInteger(s string, bits int) bool {
	if !isWhole(s) {
		return false
	}
	_, err := strconv.ParseInt(s, 10, bits)
	return err == nil
}

var decimalSyntax = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?$`)

// isDecimal reports whether java.math.BigDecimal reads the value with a scale of at most zero and at most 38 digits.
func isDecimal(s string) bool {
	if !decimalSyntax.MatchString(s) {
		return false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "+-"), ".")
	exp, _ := strconv.Atoi(exponent)
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	scale := len(fraction) - exp
	return ok && len(s) <= 64 && scale <= 0 && len(unscaled.String())-scale <= 38
}

// javaDouble is the grammar of java.lang.Double.parseDouble, less hexadecimal floats: it takes a type suffix, too.
var javaDouble = regexp.MustCompile(`^[\x00-\x20]*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)[\x00-\x20]*$`)

func isDouble(s string) bool { return javaDouble.MatchString(s) }

// isTimestamp reports whether the value has the form yyyy-MM-dd HH:mm:ss[.S].
func isTimestamp(s string) bool {
	whole, fraction, dotted := strings.Cut(s, ".")
	if dotted && (len(fraction) != 1 || !isDigits(fraction)) {
		return false
	}
	_, err := time.Parse("2006-01-02 15:04:05", whole)
	return err == nil && len(whole) == len("2006-01-02 15:04:05")
}

// isDate reports whether the value has the form yyyy-MM-dd. Both Spark's cast and its formatter must read it, and the
// formatter is the stricter: 2020-1-1, 2020-01 and 2020-01-01T00 are strings. Years of five digits are not considered.
func isDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// widen returns the type that holds both.
// Source: Spark PartitioningUtils.findWiderTypeForPartitionColumn (3.5): double with long or decimal is a string.
func widen(a, b columnType) columnType {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b || a == typeNull:
		return b
	case b <= typeDecimal:
		return b
	case a == typeInteger && b == typeDouble:
		return typeDouble
	case a == typeDate && b == typeTimestamp:
		return typeTimestamp
	}
	return typeString
}

// A columnValue is a raw value, parsed once for many comparisons.
type columnValue struct {
	raw     string
	numeric bool // of a column of numbers
	whole   bool // and is number
	number  int64
}

func parseValue(t columnType, raw string) columnValue {
	v := columnValue{raw: raw, numeric: t == typeInteger || t == typeLong || t == typeDecimal || t == typeDouble}
	if (t == typeInteger || t == typeLong) && isWhole(raw) {
		n, err := strconv.ParseInt(raw, 10, 64)
		v.number, v.whole = n, err == nil
	}
	return v
}

// compare orders two values by their column's type: numbers by value, everything else as text. Numbers come before what
// parseNumber does not read, or the order would have cycles.
func (v columnValue) compare(w columnValue) int {
	if v.whole && w.whole && v.number != w.number {
		return cmp.Compare(v.number, w.number)
	}
	if v.numeric && !(v.whole && w.whole) {
		x, okX := parseNumber(v.raw)
		y, okY := parseNumber(w.raw)
		switch {
		case okX && okY && x.Cmp(y) != 0:
			return x.Cmp(y)
		case okX && !okY:
			return -1
		case okY && !okX:
			return 1
		}
	}
	return strings.Compare(v.raw, w.raw)
}

// compareValues orders two raw values by their column's type.
func compareValues(t columnType, a, b string) int { return parseValue(t, a).compare(parseValue(t, b)) }

// parseNumber reads a number of at most 64 characters, or an infinity; not NaN.
func parseNumber(s string) (*big.Float, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if digits, infinite := strings.CutSuffix(s, "Infinity"); infinite {
		return new(big.Float).SetInf(digits == "-"), true
	}
	s = strings.TrimRight(s, "fFdD")
	if len(s) > 64 || !decimalSyntax.MatchString(s) {
		return nil, false
	}
	f, ok := new(big.Float).SetPrec(256).SetString(s)
	return f, ok
}
