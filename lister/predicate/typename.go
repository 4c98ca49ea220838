package predicate

import (
	"strconv"
	"strings"
)

var typeNames = map[string]kind{
	"string": kindString, "int": kindInt, "integer": kindInt, "bigint": kindBigint, "long": kindBigint, "double": kindDouble,
	"decimal": kindDecimal, "dec": kindDecimal, "numeric": kindDecimal, "date": kindDate, "timestamp": kindTimestamp, "boolean": kindBoolean,
}

const supportedTypes = "supported are string, int, bigint, double, decimal(p,s), date, timestamp and boolean"

// typeName parses the target of a cast. A decimal without digits is decimal(10,0).
func (p *parser) typeName() (dataType, error) {
	t := p.tok
	k, ok := typeNames[strings.ToLower(t.text)]
	if t.kind != tokenWord || !ok {
		if t.kind != tokenWord {
			return dataType{}, p.unexpected("a type; " + supportedTypes)
		}
		return dataType{}, p.refuse(t.at, "the type %s is not supported; %s", t.text, supportedTypes)
	}
	if err := p.advance(1); err != nil || k != kindDecimal {
		return dataType{kind: k}, err
	}
	typ := dataType{kindDecimal, 10, 0}
	_, ok, err := p.take("(")
	if err != nil || !ok {
		return typ, err
	}
	if typ.precision, err = p.size(1, 38); err != nil {
		return typ, err
	}
	_, ok, err = p.take(",")
	if err != nil {
		return typ, err
	}
	if ok {
		if typ.scale, err = p.size(0, typ.precision); err != nil {
			return typ, err
		}
	}
	return typ, p.expect(")")
}

// size parses a number of digits.
func (p *parser) size(low, high int) (int, error) {
	n, err := strconv.Atoi(p.tok.text)
	if p.tok.kind != tokenNumber || err != nil || n < low || n > high {
		return 0, p.refuse(p.tok.at, "a decimal has 1 to 38 digits, and at most as many behind the point; write decimal(10,2)")
	}
	return n, p.advance(1)
}
