package probe

import (
	"strconv"

	"s3layout/stats/thrift"
)

// parquetTypes are the values of Type.
var parquetTypes = [...]string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}

// convertedTypes are the values of ConvertedType, spelled as the logical types that took their place; DECIMAL takes its
// digits from the element.
var convertedTypes = [...]string{
	"STRING", "MAP", "MAP", "LIST", "ENUM", "DECIMAL", "DATE", "TIME(MILLIS,true)", "TIME(MICROS,true)",
	"TIMESTAMP(MILLIS,true)", "TIMESTAMP(MICROS,true)", "INT(8,false)", "INT(16,false)", "INT(32,false)", "INT(64,false)",
	"INT(8,true)", "INT(16,true)", "INT(32,true)", "INT(64,true)", "JSON", "BSON", "INTERVAL",
}

// logicalTypes are the fields of the union LogicalType that have no parameter of interest; spelled as in the
// specification.
var logicalTypes = map[int]string{
	1: "STRING", 2: "MAP", 3: "LIST", 4: "ENUM", 6: "DATE", 11: "UNKNOWN", 12: "JSON", 13: "BSON", 14: "UUID", 15: "FLOAT16",
	16: "VARIANT", 17: "GEOMETRY", 18: "GEOGRAPHY",
}

const (
	optional = 1
	repeated = 2
)

// A schemaElement is what is gathered of one.
type schemaElement struct {
	typ, length, children int64
	repetition            int64
	converted             int64
	scale, precision      int64
	logical               string
	name                  []byte
}

func (p *parquetFooter) readSchema(typ byte) {
	if p.schema != nil {
		p.Fail("a second schema")
		return
	}
	var tree path
	root := true
	p.List(typ, func(n int) {
		if n > maxSchemaElements {
			p.fail(Oversized, "a schema of more than 100,000 elements")
			return
		}
		p.schema = newSchema(n, len(p.B))
		p.decoded.widths = make([]int32, 0, min(n, p.Remaining()/6))
	}, func(typ byte) {
		e := p.element(typ)
		if p.Err != nil {
			return
		}
		if root {
			root = false
			tree.open(e.children, 0)
		} else {
			p.place(&tree, &e)
		}
		tree.close()
	})
	if p.Err == nil && (root || len(tree.stack) > 0) {
		p.Fail("a schema with fewer elements than its groups have children")
	}
}

// place puts an element into the tree: a group opens, a leaf goes into the schema.
func (p *parquetFooter) place(tree *path, e *schemaElement) {
	depth := tree.repeated()
	if !tree.enter(e.name) {
		p.Fail("a schema with more elements than its groups have children, or of too long a path")
		return
	}
	if e.repetition == repeated {
		depth++
	}
	switch {
	case e.typ < 0 || e.children > 0:
		if !tree.open(e.children, depth) {
			p.fail(Oversized, "a schema more than 256 groups deep")
		}
	case e.typ >= int64(len(parquetTypes)):
		p.Fail("a column of no known type")
	default:
		p.decoded.leaf(e.typ, e.length)
		if !p.schema.leaf(tree.name, e.physical(), e.logicalType(), depth) {
			p.fail(Oversized, "a schema whose paths are far longer than its names")
		}
	}
}

func (e *schemaElement) physical() string {
	name := parquetTypes[e.typ]
	if name == "FIXED_LEN_BYTE_ARRAY" {
		return name + "(" + strconv.FormatInt(e.length, 10) + ")"
	}
	return name
}

// logicalType prefers the newer spelling, as readers do.
func (e *schemaElement) logicalType() string {
	name := e.logical
	if name == "" && e.converted >= 0 && e.converted < int64(len(convertedTypes)) {
		name = convertedTypes[e.converted]
	}
	if name == "DECIMAL" {
		return decimal(e.precision, e.scale)
	}
	return name
}

func decimal(precision, scale int64) string {
	return "DECIMAL(" + strconv.FormatInt(precision, 10) + "," + strconv.FormatInt(scale, 10) + ")"
}

func (p *parquetFooter) element(typ byte) schemaElement {
	e := schemaElement{typ: -1, converted: -1}
	p.Structure(typ, func(id int, typ byte) {
		switch id {
		case 1:
			e.typ = p.Size(typ)
		case 2:
			e.length = p.Size(typ)
		case 3:
			e.repetition = p.Size(typ)
		case 4:
			e.name = p.Text(typ)
		case 5:
			e.children = p.Size(typ)
		case 6:
			e.converted = p.Size(typ)
		case 7:
			e.scale = p.Integer(typ)
		case 8:
			e.precision = p.Size(typ)
		case 10:
			p.Structure(typ, func(id int, typ byte) { e.logical = p.logical(&e, id, typ) })
		default:
			p.Skip(typ)
		}
	})
	return e
}

// logical reads one member of the union LogicalType.
func (p *parquetFooter) logical(e *schemaElement, id int, typ byte) string {
	var unit string
	var flag bool
	var width int64
	p.Structure(typ, func(field int, typ byte) {
		switch {
		case id == 5 && field == 1:
			e.scale = p.Integer(typ)
		case id == 5 && field == 2:
			e.precision = p.Size(typ)
		case (id == 7 || id == 8) && field == 1, id == 10 && field == 2:
			flag = typ == thrift.True
			p.Skip(typ)
		case (id == 7 || id == 8) && field == 2:
			p.Structure(typ, func(member int, typ byte) {
				unit = timeUnits[min(max(member, 0), len(timeUnits)-1)]
				p.Skip(typ)
			})
		case id == 10 && field == 1:
			width = p.Size(typ)
		default:
			p.Skip(typ)
		}
	})
	switch id {
	case 5:
		return "DECIMAL"
	case 7:
		return "TIME(" + unit + "," + strconv.FormatBool(flag) + ")"
	case 8:
		return "TIMESTAMP(" + unit + "," + strconv.FormatBool(flag) + ")"
	case 10:
		return "INT(" + strconv.FormatInt(width, 10) + "," + strconv.FormatBool(flag) + ")"
	}
	return logicalTypes[id]
}

// timeUnits are the members of the union TimeUnit.
var timeUnits = [...]string{"", "MILLIS", "MICROS", "NANOS", ""}
