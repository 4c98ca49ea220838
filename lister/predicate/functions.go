package predicate

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A function is what a call of it is compiled to.
type function struct {
	usage    string
	min, max int    // how many arguments
	params   []kind // their types, kindNull for those that stay as they are; the last one repeats
	result   kind
	// apply works on known arguments; it is nil for the functions that compile themselves.
	apply func(a, b, c value) value
}

const (
	supportedOperators = "supported are = == <> != < <= > >= <=>, and, or, not, in, between, like, is null, + - and ||"
	supportedFunctions = "supported are concat, to_date, date_format, cast, lower, upper, substr, substring, trim, length, year, month, day, dayofmonth, dayofweek, date_add and date_sub"
	supportedAll       = supportedOperators + ", and the functions concat, to_date, date_format, cast, lower, upper, substr, trim, length, year, month, day, dayofweek, date_add and date_sub"
)

var functions = map[string]function{
	"concat":      {usage: "concat(x, y, ...)", min: 0, max: math.MaxInt, params: []kind{kindString}, result: kindString},
	"to_date":     {usage: "to_date(x) or to_date(x, 'yyyy-MM-dd')", min: 1, max: 2, params: []kind{kindNull}, result: kindDate},
	"date_format": {usage: "date_format(x, 'E')", min: 2, max: 2, params: []kind{kindTimestamp, kindString}, result: kindString},
	"lower":       {"lower(x)", 1, 1, []kind{kindString}, kindString, func(a, _, _ value) value { return knownString(lower(a.s)) }},
	"upper":       {"upper(x)", 1, 1, []kind{kindString}, kindString, func(a, _, _ value) value { return knownString(upper(a.s)) }},
	"substr":      {"substr(x, 1, 4)", 2, 3, []kind{kindString, kindInt}, kindString, substr},
	"substring":   {"substring(x, 1, 4)", 2, 3, []kind{kindString, kindInt}, kindString, substr},
	"trim":        {"trim(x)", 1, 1, []kind{kindString}, kindString, func(a, _, _ value) value { return knownString(strings.Trim(a.s, " ")) }},
	"length":      {"length(x)", 1, 1, []kind{kindString}, kindInt, func(a, _, _ value) value { return known(int64(utf8.RuneCountInString(a.s))) }},
	"year":        {"year(x)", 1, 1, []kind{kindDate}, kindInt, func(a, _, _ value) value { y, _, _ := civil(a.i); return known(y) }},
	"month":       {"month(x)", 1, 1, []kind{kindDate}, kindInt, func(a, _, _ value) value { _, m, _ := civil(a.i); return known(m) }},
	"day":         {"day(x)", 1, 1, []kind{kindDate}, kindInt, func(a, _, _ value) value { _, _, d := civil(a.i); return known(d) }},
	"dayofmonth":  {"dayofmonth(x)", 1, 1, []kind{kindDate}, kindInt, func(a, _, _ value) value { _, _, d := civil(a.i); return known(d) }},
	"dayofweek":   {"dayofweek(x)", 1, 1, []kind{kindDate}, kindInt, func(a, _, _ value) value { return known(weekday(a.i) + 1) }},
	"date_add":    {"date_add(x, 1) or date_add(x, cast(y as int))", 2, 2, []kind{kindDate, kindInt}, kindDate, func(a, b, _ value) value { return known(int64(int32(a.i + b.i))) }},
	"date_sub":    {"date_sub(x, 1) or date_sub(x, cast(y as int))", 2, 2, []kind{kindDate, kindInt}, kindDate, func(a, b, _ value) value { return known(int64(int32(a.i - b.i))) }},
}

// function compiles a call: it counts and converts the arguments.
func (c *compiler) function(e *expr, args []node) (node, error) {
	f := functions[e.name]
	if len(args) < f.min || len(args) > f.max {
		return node{}, c.refuse(e, "%s does not take %d arguments; write %s", e.name, len(args), f.usage)
	}
	for i, a := range args {
		k := f.params[min(i, len(f.params)-1)]
		if k == kindNull {
			continue
		}
		if !implicit(a.typ.kind, k) || isDays(e, i) && !takesDays(a) {
			return node{}, c.refuse(e.args[i], "%s cannot take %s here; write %s", e.name, a.typ.kind, f.usage)
		}
		args[i] = a.as(dataType{kind: k})
	}
	switch e.name {
	case "concat":
		return concatNode(args), nil
	case "to_date":
		return c.toDate(e, args)
	case "date_format":
		return c.dateFormat(e, args)
	}
	return lift(dataType{kind: f.result}, args, f.apply), nil
}

// implicit reports whether Spark converts an argument by itself.
// Source: Spark TypeCoercion.ImplicitTypeCasts.implicitCast (3.5).
func implicit(from, to kind) bool {
	switch to {
	case kindString:
		return true
	case kindDate, kindTimestamp:
		return from == kindNull || from == kindString || from == kindDate || from == kindTimestamp
	}
	return from == kindNull || from == kindString || from.numeric()
}

// isDays reports whether an argument is the number of days to add. Spark wants an int there, or a text that is spelled out.
// Source: Spark DateAdd.inputTypes and TypeCoercion.StringLiteralCoercion (3.5).
func isDays(e *expr, i int) bool { return i == 1 && (e.name == "date_add" || e.name == "date_sub") }

func takesDays(n node) bool {
	return n.typ.kind == kindInt || n.typ.kind == kindNull || n.typ.kind == kindString && n.constant
}

// longer are the characters that Java turns into several and Go into one. Java also writes a sigma at the end of a word in
// its own way, and knows some more ligatures of Greek; these are left as Go has them.
var longer = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST")

func upper(s string) string { return strings.ToUpper(longer.Replace(s)) }

func lower(s string) string { return strings.ToLower(strings.ReplaceAll(s, "İ", "i̇")) }

// lift applies a function of up to three known values, null where one of its arguments is.
func lift(t dataType, args []node, f func(a, b, c value) value) node {
	none := constant(dataType{kind: kindString}, value{may: isKnown})
	a, b, c := args[0], none, none
	if len(args) > 1 {
		b = args[1]
	}
	if len(args) > 2 {
		c = args[2]
	} else if len(args) == 2 {
		c = constant(dataType{kind: kindInt}, known(math.MaxInt32))
	}
	eval := func(r *row) value {
		x, y, z := a.eval(r), b.eval(r), c.eval(r)
		if x.may == isNull || y.may == isNull || z.may == isNull {
			return null
		}
		if x.open() || y.open() || z.open() {
			return value{may: anything}
		}
		return f(x, y, z)
	}
	return node{t, eval, a.constant && b.constant && c.constant}.folded()
}

// substr counts characters from 1, or from the end where the position is negative; 0 counts as 1.
// Source: Spark UTF8String.substringSQL (3.5).
func substr(s, position, length value) value {
	start := position.i
	if start > 0 {
		start--
	} else if start < 0 {
		start += int64(utf8.RuneCountInString(s.s))
	}
	end := min(start+length.i, math.MaxInt32)
	from, to, n := len(s.s), len(s.s), int64(0)
	for i := range s.s {
		if n == max(start, 0) {
			from = i
		}
		if n == end {
			to = i
		}
		n++
	}
	if end <= max(start, 0) || from >= to {
		return knownString("")
	}
	return knownString(s.s[from:to])
}

// concatNode joins text; it is null where a part is.
func concatNode(args []node) node {
	constants := true
	for _, a := range args {
		constants = constants && a.constant
	}
	eval := func(r *row) value {
		var buffer [128]byte
		out, open := buffer[:0], false
		for _, a := range args {
			v := a.eval(r)
			if v.may == isNull {
				return null
			}
			if !open {
				out = append(out, v.s...)
			}
			open = open || v.open()
		}
		if open {
			return value{may: anything, s: string(out)}
		}
		return knownString(string(out))
	}
	return node{dataType{kind: kindString}, eval, constants}.folded()
}
