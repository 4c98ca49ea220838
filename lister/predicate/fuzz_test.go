package predicate

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// print writes a tree with every parenthesis, so that it is read back as it is.
func print(e *expr) string {
	var args []string
	for _, a := range e.args {
		args = append(args, print(a))
	}
	switch {
	case e.kind == exprColumn:
		return "`" + strings.ReplaceAll(e.name, "`", "``") + "`"
	case e.kind == exprLiteral:
		return printLiteral(e)
	case e.name == "not":
		return "(not " + args[0] + ")"
	case e.name == "negate" || e.name == "plus":
		return "(" + map[string]string{"negate": "-", "plus": "+"}[e.name] + " (" + args[0] + "))"
	case e.name == "is null":
		return "(" + args[0] + " is null)"
	case e.name == "between":
		return "(" + args[0] + " between " + args[1] + " and " + args[2] + ")"
	case e.name == "in":
		return "(" + args[0] + " in (" + strings.Join(args[1:], ", ") + "))"
	case e.name == "like" && len(args) == 3:
		return "(" + args[0] + " like " + args[1] + " escape " + args[2] + ")"
	case e.name == "cast":
		return "cast(" + args[0] + " as " + printType(e.typ) + ")"
	case functions[e.name].usage != "":
		return e.name + "(" + strings.Join(args, ", ") + ")"
	}
	return "(" + args[0] + " " + e.name + " " + args[1] + ")"
}

func printType(t dataType) string {
	for name, k := range typeNames {
		if k == kindDecimal && t.kind == k {
			return fmt.Sprintf("decimal(%d,%d)", t.precision, t.scale)
		}
		if k == t.kind {
			return name
		}
	}
	return "?"
}

func printLiteral(e *expr) string {
	switch e.typ.kind {
	case kindNull:
		return "null"
	case kindBoolean:
		return strconv.FormatBool(e.lit.may == isTrue)
	case kindInt:
		return strconv.FormatInt(e.lit.i, 10)
	case kindBigint:
		return strconv.FormatInt(e.lit.i, 10) + "L"
	case kindDouble:
		return strconv.FormatFloat(e.lit.f, 'e', -1, 64)
	case kindDecimal:
		return printDecimal(*e.lit.d)
	case kindDate:
		return "date '" + formatDate(e.lit.i) + "'"
	case kindTimestamp:
		return "timestamp '" + formatTimestamp(e.lit.i) + "'"
	}
	return printString(e.lit.s)
}

// printDecimal keeps the scale, and the point, which tells a decimal from an integer that would do.
func printDecimal(d decimal) string {
	s := strconv.Quote(d.unscaled.String())
	s = s[1 : len(s)-1]
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if missing := d.scale + 1 - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	return sign + s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
}

// printString escapes what it must. A backslash before % and _ is a character of the value itself.
func printString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// FuzzParse holds that no text panics, that errors point into it, and that a tree that is written down is read as itself.
func FuzzParse(f *testing.F) {
	for _, text := range []string{weekend, "a=1 or b<>'x' and not c<=>null", "x not like 'a!%' escape '!'", "x between -1 and 1.50 is not null",
		"cast(x as decimal(3,1)) in (1, 2L, 3e0)", "`a``b` || \"q\\\"\\u00e9\" = date '2026-1-1'", "- - x + +1 > timestamp '2026-01-01 1:2:3.5+01'", "substr(x, -1) == ' '", "!(("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			if e, ok := err.(*SyntaxError); !ok || e.Offset < 0 || e.Offset > len(text) || e.Reason == "" {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		if p.String() != text {
			t.Errorf("%q is now %q", text, p)
		}
		printed := print(p.tree)
		again, err := parse(printed)
		if err == nil && print(again) != printed {
			t.Errorf("%q is written %q, and that %q", text, printed, print(again))
		}
		if err != nil && len(printed) <= maxText && strings.Count(printed, "(")+strings.Count(printed, "not") < maxDepth {
			t.Errorf("%q is written %q: %v", text, printed, err)
		}
		p.Eval(lookupIn(nil))
	})
}

var fuzzValues = []string{"2026", "2025", "04", "4", "18", "1", "", "x", " 7", "true", "2026-04-18", "-1", "1e3", "é", "2026-04", "202604", "31", "0"}

// A maker makes predicates, most of which are read, and rows.
type maker struct{ *rand.Rand }

func (m maker) pick(options ...string) string { return options[m.IntN(len(options))] }

func (m maker) condition(depth int) string {
	if depth <= 0 {
		return m.pick("a = '2026'", "b >= '04'", "c is null", "null", "true", "false", "a = b")
	}
	d := depth - 1
	switch m.IntN(8) {
	case 0, 1:
		return "(" + m.condition(d) + m.pick(" and ", " or ") + m.condition(d) + ")"
	case 2:
		return "(not " + m.condition(d) + ")"
	case 3:
		return "(" + m.operand(d) + m.pick(" is null", " is not null") + ")"
	case 4:
		return "(" + m.operand(d) + m.pick(" in (", " not in (") + m.operand(d) + ", " + m.operand(d) + "))"
	case 5:
		return "(" + m.operand(d) + m.pick(" between ", " not between ") + m.operand(d) + " and " + m.operand(d) + ")"
	case 6:
		return "(" + m.operand(d) + m.pick(" like ", " not like ") + m.pick("'2%'", "'%1'", "'_'", "'2026-%'") + ")"
	}
	return "(" + m.operand(d) + m.pick(" = ", " <> ", " < ", " <= ", " > ", " >= ", " <=> ") + m.operand(d) + ")"
}

func (m maker) operand(depth int) string {
	if depth <= 0 {
		return m.pick("a", "b", "c", "a", "b", "c", "'2026'", "'04'", "'2026-04-18'", "'202604'", "2026", "4", "1.5", "date '2026-04-01'", "timestamp '2026-04-18 10:00:00'", "null")
	}
	d := depth - 1
	switch m.IntN(8) {
	case 0:
		return "concat(" + m.operand(d) + m.pick(", '-', ", ", ", ", '/', ") + m.operand(d) + ", " + m.operand(d) + ")"
	case 1:
		return "to_date(" + m.operand(d) + m.pick("", "", ", 'yyyyMMdd'", ", 'yyyy-MM-dd'", ", 'yyyy/M'", ", 'y-M-d'") + ")"
	case 2:
		return "to_date(concat(a, '-', b, '-', c))"
	case 3:
		return "date_format(" + m.operand(d) + ", " + m.pick("'E'", "'yyyy-MM'", "'d'") + ")"
	case 4:
		return "cast(" + m.operand(d) + " as " + m.pick("string", "int", "double", "date", "boolean", "timestamp", "decimal(6,2)") + ")"
	case 5:
		return m.pick("lower(", "upper(", "trim(", "year(", "length(") + m.operand(d) + ")"
	case 6:
		return "substr(" + m.operand(d) + ", " + m.pick("1", "-2", "3") + ", " + m.pick("2", "4") + ")"
	}
	return m.operand(0)
}

func (m maker) row() map[string]*string {
	values := map[string]*string{}
	for _, c := range []string{"a", "b", "c"} {
		v := m.pick(fuzzValues...)
		values[c] = &v
		if m.IntN(8) == 0 {
			values[c] = nil
		}
	}
	return values
}

// FuzzEval holds that a verdict reached before all columns are known stays, and that in the end there is one.
func FuzzEval(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		m := maker{rand.New(rand.NewPCG(seed, 1))}
		p, err := Parse(m.condition(1 + m.IntN(4)))
		if err != nil {
			return // Types that do not meet.
		}
		for range 20 {
			checkSound(t, p, m.row())
		}
	})
}

// checkSound judges a row with each subset of its columns.
func checkSound(t *testing.T, p *Predicate, full map[string]*string) {
	t.Helper()
	final := p.Eval(lookupIn(full))
	if final == Unknown {
		t.Errorf("%s: unknown with all columns known", p)
	}
	columns := p.Columns()
	for subset := range 1 << len(columns) {
		some := map[string]*string{}
		for i, c := range columns {
			if v, ok := full[c]; ok && subset>>i&1 == 1 {
				some[c] = v
			}
		}
		if got := p.Eval(lookupIn(some)); got != Unknown && got != final {
			t.Errorf("%s: %v with columns %b of %v: %v, %v with all", p, got, subset, columns, full, final)
		}
	}
}
