package probe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strconv"
	"strings"

	"s3layout/stats"
	"s3layout/stats/probe/text"
)

// maxAvroDepth is how deep schemas may nest.
const maxAvroDepth = 64

var avroPrimitives = map[string]bool{
	"null": true, "boolean": true, "int": true, "long": true, "float": true, "double": true, "bytes": true, "string": true,
}

// An avroSchema puts a schema into its parsing canonical form, which it hashes and does not keep: with its namespaces
// spelled out it may be far longer than the schema. On the way it lists the columns.
// Source: avro.apache.org/docs/1.12.0/specification, Parsing Canonical Form for Schemas.
type avroSchema struct {
	columns *schemaBuilder
	path    []byte
	hash    hash.Hash
	buffer  []byte
	work    int
	problem *Problem
}

// parseAvroSchema returns what could be told, with the problem that ended it.
func parseAvroSchema(written []byte) (*Schema, *Problem) {
	if len(written) == 0 {
		return nil, &Problem{Kind: Malformed, What: "a header without a schema"}
	}
	if !json.Valid(written) {
		return nil, &Problem{Kind: Malformed, What: "a schema that is not JSON"}
	}
	s := &avroSchema{columns: newSchema(len(written)/20+1, len(written)), hash: sha256.New(), work: 4*len(written) + 64<<10}
	s.value(written, "", place{depth: 0})
	s.flush()
	if s.problem != nil {
		return nil, s.problem
	}
	schema := s.columns.finish()
	schema.Fingerprint = hex.EncodeToString(s.hash.Sum(nil))
	return schema, nil
}

// A place is where in the tree a schema stands: how deep, in how many lists, and what it stands for.
type place struct {
	depth, repeated int
	logical         string
}

func (s *avroSchema) fail(kind ProblemKind, what string) {
	if s.problem == nil {
		s.problem = &Problem{Kind: kind, What: what}
	}
}

// emit adds to the canonical form.
func (s *avroSchema) emit(parts ...string) {
	for _, part := range parts {
		s.buffer = append(s.buffer, part...)
	}
	if len(s.buffer) >= 1<<10 {
		s.flush()
	}
}

func (s *avroSchema) flush() {
	s.hash.Write(s.buffer)
	if s.work -= len(s.buffer); s.work < 0 {
		s.fail(Oversized, "a schema whose names are far longer when spelled out")
	}
	s.buffer = s.buffer[:0]
}

// leaf lists the current path as a column.
func (s *avroSchema) leaf(typ string, at place) {
	if !s.columns.leaf(s.path, stats.Spell(typ), stats.Spell(at.logical), at.repeated) {
		s.fail(Oversized, "a schema whose paths are far longer than its names")
	}
}

// below goes on with a part of the path more.
func (s *avroSchema) below(name string, next func()) {
	n := len(s.path)
	if n+len(name) >= longestPath {
		s.fail(Oversized, "a schema of too long a path")
		return
	}
	if n > 0 {
		s.path = append(s.path, '.')
	}
	s.path = append(s.path, name...)
	next()
	s.path = s.path[:n]
}

// value takes a schema in any of its forms; text is valid JSON.
func (s *avroSchema) value(written []byte, namespace string, at place) {
	if at.depth++; at.depth > maxAvroDepth {
		s.fail(Oversized, "a schema more than 64 levels deep")
	}
	if s.problem != nil {
		return
	}
	switch written = bytes.TrimSpace(written); written[0] {
	case '"':
		s.name(text.JSONText(written), namespace, at)
	case '[':
		s.union(written, namespace, at)
	case '{':
		s.object(written, namespace, at)
	default:
		s.fail(Malformed, "a schema that is no name, object or union")
	}
}

// name takes a primitive type, or one that is defined elsewhere: that is not followed, since it may lead back here.
func (s *avroSchema) name(name, namespace string, at place) {
	if !avroPrimitives[name] {
		name = fullName(name, namespace)
	}
	s.emit(`"`, name, `"`)
	s.leaf(name, at)
}

func fullName(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}

// union lists its branches by number, where it has more than one beside null.
func (s *avroSchema) union(written []byte, namespace string, at place) {
	branches := 0
	text.EachElement(written, func(branch []byte) {
		if string(branch) != `"null"` {
			branches++
		}
	})
	i := 0
	s.emit("[")
	text.EachElement(written, func(branch []byte) {
		if i++; i > 1 {
			s.emit(",")
		}
		null := string(branch) == `"null"`
		switch {
		case null && branches > 0:
			s.emit(`"null"`)
		case branches > 1:
			s.below(strconv.Itoa(i-1), func() { s.value(branch, namespace, at) })
		default:
			s.value(branch, namespace, at)
		}
	})
	s.emit("]")
}

// avroAttributes are those of an object that matter here, each as it stands.
type avroAttributes struct {
	typ, name, namespace, fields, symbols, items, values, size []byte
	logical, precision, scale                                  []byte
}

func attributesOf(written []byte) (a avroAttributes) {
	text.EachMember(written, func(key, value []byte) {
		switch string(key) {
		case "type":
			a.typ = value
		case "name":
			a.name = value
		case "namespace":
			a.namespace = value
		case "fields":
			a.fields = value
		case "symbols":
			a.symbols = value
		case "items":
			a.items = value
		case "values":
			a.values = value
		case "size":
			a.size = value
		case "logicalType":
			a.logical = value
		case "precision":
			a.precision = value
		case "scale":
			a.scale = value
		}
	})
	return a
}

func (s *avroSchema) object(written []byte, namespace string, at place) {
	a := attributesOf(written)
	if len(a.typ) == 0 {
		s.fail(Malformed, "a schema without a type")
		return
	}
	at.logical = a.logicalType()
	if a.typ[0] != '"' {
		s.value(a.typ, namespace, at)
		return
	}
	typ := text.JSONText(a.typ)
	switch typ {
	case "record", "error", "enum", "fixed":
		s.named(typ, &a, namespace, at)
	case "array":
		s.container(typ, "items", a.items, namespace, at)
	case "map":
		s.container(typ, "values", a.values, namespace, at)
	default:
		s.name(typ, namespace, at)
	}
}

// logicalType names it; of the parameters only a decimal's matter.
func (a *avroAttributes) logicalType() string {
	name := text.JSONText(a.logical)
	if name == "decimal" {
		scale := "0"
		if len(a.scale) > 0 {
			scale = string(a.scale)
		}
		return "decimal(" + string(a.precision) + "," + scale + ")"
	}
	return name
}

func (s *avroSchema) container(typ, attribute string, inner []byte, namespace string, at place) {
	if len(inner) == 0 {
		s.fail(Malformed, "an array or a map of nothing")
		return
	}
	s.emit(`{"type":"`, typ, `","`, attribute, `":`)
	s.below(attribute, func() { s.value(inner, namespace, place{depth: at.depth, repeated: at.repeated + 1}) })
	s.emit("}")
}

func (s *avroSchema) named(typ string, a *avroAttributes, namespace string, at place) {
	name := text.JSONText(a.name)
	if a.namespace != nil {
		namespace = text.JSONText(a.namespace)
	}
	name = fullName(name, namespace)
	namespace = name[:max(strings.LastIndexByte(name, '.'), 0)]
	if typ == "error" { // a record by another name
		typ = "record"
	}
	s.emit(`{"name":"`, name, `","type":"`, typ, `"`)
	switch typ {
	case "enum":
		s.emit(`,"symbols":[`)
		i := 0
		text.EachElement(a.symbols, func(symbol []byte) {
			if i++; i > 1 {
				s.emit(",")
			}
			s.emit(`"`, text.JSONText(symbol), `"`)
		})
		s.emit("]")
		s.leaf(typ, at)
	case "fixed":
		size := strings.Trim(string(a.size), `"`)
		s.emit(`,"size":`, size)
		s.leaf("fixed("+size+")", at)
	default:
		s.fields(a.fields, namespace, at)
	}
	s.emit("}")
}

func (s *avroSchema) fields(list []byte, namespace string, at place) {
	s.emit(`,"fields":[`)
	i := 0
	text.EachElement(list, func(field []byte) {
		if i++; i > 1 {
			s.emit(",")
		}
		a := attributesOf(field)
		if len(a.typ) == 0 {
			s.fail(Malformed, "a field without a type")
			return
		}
		name := text.JSONText(a.name)
		s.emit(`{"name":"`, name, `","type":`)
		s.below(name, func() { s.value(a.typ, namespace, place{depth: at.depth, repeated: at.repeated}) })
		s.emit("}")
	})
	s.emit("]")
}
