package predicate

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// A converter turns a known value of one type into a value of another, null where there is none.
type converter func(value) value

// converters holds the casts that are supported, by source and target; the rest is refused. A decimal's digits are the
// target's, see [converterTo]. Source: Spark Cast (3.5), ANSI off.
var converters = map[[2]kind]converter{
	{kindString, kindBoolean}:   func(v value) value { return parseBoolean(v.s) },
	{kindString, kindInt}:       func(v value) value { return parseInteger(v.s, math.MinInt32, math.MaxInt32) },
	{kindString, kindBigint}:    func(v value) value { return parseInteger(v.s, math.MinInt64, math.MaxInt64) },
	{kindString, kindDouble}:    func(v value) value { return parseDouble(v.s) },
	{kindString, kindDecimal}:   func(v value) value { return parseDecimal(v.s) },
	{kindString, kindDate}:      func(v value) value { return knownIf(parseDate(v.s)) },
	{kindString, kindTimestamp}: func(v value) value { return knownIf(parseTimestamp(v.s)) },
	{kindBoolean, kindString}:   func(v value) value { return knownString(strconv.FormatBool(v.may == isTrue)) },
	{kindBoolean, kindInt}:      func(v value) value { return known(bit(v)) },
	{kindBoolean, kindBigint}:   func(v value) value { return known(bit(v)) },
	{kindBoolean, kindDouble}:   func(v value) value { return knownDouble(float64(bit(v))) },
	{kindBoolean, kindDecimal}:  func(v value) value { return knownDecimal(decimal{big.NewInt(bit(v)), 0}) },
	{kindInt, kindString}:       func(v value) value { return knownString(strconv.FormatInt(v.i, 10)) },
	{kindInt, kindBoolean}:      func(v value) value { return truth(v.i != 0) },
	{kindInt, kindBigint}:       func(v value) value { return v },
	{kindInt, kindDouble}:       func(v value) value { return knownDouble(float64(v.i)) },
	{kindInt, kindDecimal}:      func(v value) value { return knownDecimal(decimal{big.NewInt(v.i), 0}) },
	{kindBigint, kindString}:    func(v value) value { return knownString(strconv.FormatInt(v.i, 10)) },
	{kindBigint, kindBoolean}:   func(v value) value { return truth(v.i != 0) },
	{kindBigint, kindInt}:       func(v value) value { return known(int64(int32(v.i))) },
	{kindBigint, kindDouble}:    func(v value) value { return knownDouble(float64(v.i)) },
	{kindBigint, kindDecimal}:   func(v value) value { return knownDecimal(decimal{big.NewInt(v.i), 0}) },
	{kindDecimal, kindString}:   func(v value) value { return knownString(v.d.String()) },
	{kindDecimal, kindBoolean}:  func(v value) value { return truth(v.d.unscaled.Sign() != 0) },
	{kindDecimal, kindInt}:      func(v value) value { return known(int64(int32(v.d.whole()))) },
	{kindDecimal, kindBigint}:   func(v value) value { return known(v.d.whole()) },
	{kindDecimal, kindDouble}:   func(v value) value { return knownDouble(v.d.float()) },
	{kindDecimal, kindDecimal}:  func(v value) value { return v },
	{kindDouble, kindString}:    func(v value) value { return knownString(formatDouble(v.f)) },
	{kindDouble, kindBoolean}:   func(v value) value { return truth(v.f != 0) },
	{kindDouble, kindInt}:       func(v value) value { return known(saturate(v.f, math.MinInt32, math.MaxInt32)) },
	{kindDouble, kindBigint}:    func(v value) value { return known(saturate(v.f, math.MinInt64, math.MaxInt64)) },
	{kindDouble, kindDecimal}:   func(v value) value { return parseDecimal(strconv.FormatFloat(v.f, 'g', -1, 64)) },
	{kindDate, kindString}:      func(v value) value { return knownString(formatDate(v.i)) },
	{kindDate, kindTimestamp}:   func(v value) value { return knownIf(timestampOf(v.i, 0)) },
	{kindTimestamp, kindString}: func(v value) value { return knownString(formatTimestamp(v.i)) },
	{kindTimestamp, kindDate}:   func(v value) value { return known(floorDiv(v.i, microsPerDay)) },
}

// converterTo returns how a value of one type becomes one of another, or false where that is not supported.
func converterTo(from, to dataType) (converter, bool) {
	if from == to || from.kind == to.kind && to.kind != kindDecimal || from.kind == kindNull {
		return func(v value) value { return v }, true
	}
	convert, ok := converters[[2]kind{from.kind, to.kind}]
	if !ok || to.kind != kindDecimal || to.precision == 0 {
		return convert, ok
	}
	return func(v value) value {
		v = convert(v)
		if v.may != isKnown {
			return v
		}
		d, fits := v.d.round(to.precision, to.scale)
		if !fits {
			return null
		}
		return knownDecimal(d)
	}, true
}

// as returns the node converted to a type, which [converterTo] must know.
func (n node) as(t dataType) node {
	convert, ok := converterTo(n.typ, t)
	if !ok {
		panic("predicate: no conversion from " + n.typ.kind.String() + " to " + t.kind.String())
	}
	if n.typ == t || n.typ.kind == t.kind && t.kind != kindDecimal {
		return n
	}
	eval := func(r *row) value {
		v := n.eval(r)
		switch {
		case v.open():
			return openAs(n.typ.kind, t.kind, v)
		case v.may == isNull:
			return null
		}
		return convert(v)
	}
	return node{t, eval, n.constant}.folded()
}

func knownIf(n int64, ok bool) value {
	if !ok {
		return null
	}
	return known(n)
}

func bit(v value) int64 {
	if v.may == isTrue {
		return 1
	}
	return 0
}

func parseBoolean(s string) value {
	switch strings.ToLower(trimAll(s)) {
	case "t", "true", "y", "yes", "1":
		return truth(true)
	case "f", "false", "n", "no", "0":
		return truth(false)
	}
	return null
}

// parseInteger reads a whole number, and one with a fraction that it drops: "7", "+7", "7.9", and "." is 0.
// Source: Spark UTF8String.toInt and toLong (3.5).
func parseInteger(s string, low, high int64) value {
	s = trimAll(s)
	whole, fraction, dotted := strings.Cut(s, ".")
	digits := strings.TrimLeft(whole, "+-")
	if s == "" || len(whole)-len(digits) > 1 || !allDigits(digits) || !allDigits(fraction) || digits == "" && !dotted {
		return null
	}
	if digits == "" {
		return known(0)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < low || n > high {
		return null
	}
	return known(n)
}

// javaDouble is the grammar of java.lang.Double.parseDouble: hexadecimal with an exponent, and a type's suffix.
var javaDouble = regexp.MustCompile(`^[+-]?(NaN|Infinity|((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|0[xX]([[:xdigit:]]+\.?[[:xdigit:]]*|\.[[:xdigit:]]+)[pP][+-]?\d+)[fFdD]?)$`)

var specialDoubles = map[string]float64{
	"inf": math.Inf(1), "+inf": math.Inf(1), "infinity": math.Inf(1), "+infinity": math.Inf(1),
	"-inf": math.Inf(-1), "-infinity": math.Inf(-1), "nan": math.NaN(),
}

func parseDouble(s string) value {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if f, ok := specialDoubles[strings.ToLower(s)]; ok {
		return knownDouble(f)
	}
	if !javaDouble.MatchString(s) {
		return null
	}
	if strings.HasSuffix(s, "NaN") {
		return knownDouble(math.NaN())
	}
	f, _ := strconv.ParseFloat(strings.TrimRight(s, "fFdD"), 64) // out of range: an infinity, as in Java
	return knownDouble(f)
}

var javaDecimal = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

// parseDecimal reads a number exactly. One that has no place in 38 digits and 38 behind the point is cut to fit or null.
func parseDecimal(s string) value {
	s = trimAll(s)
	if len(s) > 256 || !javaDecimal.MatchString(s) {
		return null
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	shift, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	unscaled, _ := new(big.Int).SetString(whole+fraction, 10)
	d := decimal{unscaled, len(fraction) - shift}
	if d.scale < 0 {
		d = decimal{new(big.Int).Mul(unscaled, pow10(-d.scale)), 0}
	}
	return knownDecimal(d)
}

func saturate(f float64, low, high int64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f <= float64(low):
		return low
	case f >= float64(high):
		return high
	}
	return int64(f)
}

// String writes the decimal as java.math.BigDecimal does: plain, or with an exponent below 0.000001.
func (d decimal) String() string {
	digits := new(big.Int).Abs(d.unscaled).String()
	sign := ""
	if d.unscaled.Sign() < 0 {
		sign = "-"
	}
	if exponent := len(digits) - 1 - d.scale; exponent < -6 {
		if len(digits) > 1 {
			digits = digits[:1] + "." + digits[1:]
		}
		return sign + digits + "E" + strconv.Itoa(exponent)
	}
	if d.scale == 0 {
		return sign + digits
	}
	if missing := d.scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return sign + digits[:len(digits)-d.scale] + "." + digits[len(digits)-d.scale:]
}

// formatDouble writes a double as java.lang.Double.toString does: 2026.0, 1.0E7.
func formatDouble(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+") + "inity"
	}
	if abs := math.Abs(f); abs == 0 || abs >= 1e-3 && abs < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}
