package avro

import (
	"encoding/json"
	"fmt"
)

// maxDepth is how deep types may nest; a manifest's take eight.
const maxDepth = 32

// maxSchema bounds a schema's text, and maxNodes its types.
const (
	maxSchema = 4 << 20
	maxNodes  = 20000
)

type typeKind uint8

const (
	nullType typeKind = iota
	boolType
	longType
	floatType
	doubleType
	bytesType
	fixedType
	enumType
	unionType
	listType
	mapType
	recordType
)

var primitives = map[string]typeKind{
	"null": nullType, "boolean": boolType, "int": longType, "long": longType, "float": floatType, "double": doubleType,
	"bytes": bytesType, "string": bytesType,
}

// A node is a type of a schema.
type node struct {
	kind     typeKind
	name     string // of the type, as the schema has it
	logical  string
	scale    int
	size     int64 // of a fixed
	items    *node // of a list or map
	branches []*node
	fields   []field
}

type field struct {
	id   int // -1 where it has none
	name string
	node *node
	slot int
}

// nonNull is the one other branch of a union with null, else the node.
func (n *node) nonNull() *node {
	if n.kind != unionType {
		return n
	}
	for _, b := range n.branches {
		if b.kind != nullType {
			return b
		}
	}
	return n
}

// find returns the type of the field of an id, outside lists and maps.
func (n *node) find(id, depth int) *node {
	n = n.nonNull()
	if depth == 0 {
		return nil
	}
	for _, f := range n.fields {
		if f.id == id {
			return f.node
		}
		if found := f.node.find(id, depth-1); found != nil {
			return found
		}
	}
	return nil
}

// assign numbers the wanted fields that are outside lists and maps.
func (n *node) assign(slots map[int]int, depth int) {
	if depth == 0 {
		return
	}
	for _, b := range n.branches {
		b.assign(slots, depth-1)
	}
	for i := range n.fields {
		f := &n.fields[i]
		f.slot = -1
		if slot, ok := slots[f.id]; ok {
			f.slot = slot
		}
		f.node.assign(slots, depth-1)
	}
}

// A schemaParser turns a schema's JSON into nodes. named holds the types that have a name.
type schemaParser struct {
	named map[string]*node
	nodes int
}

func parseSchema(text []byte) (*node, error) {
	if len(text) > maxSchema {
		return nil, fmt.Errorf("%w: a schema of %d bytes", ErrUnsupported, len(text))
	}
	p := &schemaParser{named: map[string]*node{}}
	root, err := p.parse(text, &schemaJSON{}, 0)
	if err == nil && root.kind != recordType {
		return nil, fmt.Errorf("%w: a schema that is no record", ErrUnsupported)
	}
	return root, err
}

// schemaJSON is what counts of a type or field.
type schemaJSON struct {
	Type      json.RawMessage   `json:"type"`
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Logical   string            `json:"logicalType"`
	Items     json.RawMessage   `json:"items"`
	Values    json.RawMessage   `json:"values"`
	Size      int64             `json:"size"`
	Scale     int               `json:"scale"`
	Fields    []json.RawMessage `json:"fields"`
	ID        *int              `json:"field-id"`
}

func (p *schemaParser) parse(text json.RawMessage, around *schemaJSON, depth int) (*node, error) {
	if p.nodes++; depth > maxDepth || p.nodes > maxNodes {
		return nil, fmt.Errorf("%w: a schema too deep or too wide", ErrUnsupported)
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("%w: a schema without a type", ErrMalformed)
	}
	switch text[0] {
	case '"':
		return p.reference(text, around)
	case '[':
		var branches []json.RawMessage
		if err := json.Unmarshal(text, &branches); err != nil {
			return nil, fmt.Errorf("%w: schema: %v", ErrMalformed, err)
		}
		n := &node{kind: unionType}
		for _, b := range branches {
			branch, err := p.parse(b, &schemaJSON{}, depth+1)
			if err != nil {
				return nil, err
			}
			n.branches = append(n.branches, branch)
		}
		return n, nil
	}
	var s schemaJSON
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: schema: %v", ErrMalformed, err)
	}
	return p.complex(&s, depth)
}

// reference finds a type by its name; s is what stands around it.
func (p *schemaParser) reference(text json.RawMessage, s *schemaJSON) (*node, error) {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return nil, fmt.Errorf("%w: schema: %v", ErrMalformed, err)
	}
	if kind, ok := primitives[name]; ok {
		return &node{kind: kind, name: name, logical: s.Logical, scale: s.Scale}, nil
	}
	if n := p.named[name]; n != nil && n.kind != recordType { // records by reference could multiply without bound
		return n, nil
	}
	return nil, fmt.Errorf("%w: a schema of the unknown type %.40q", ErrUnsupported, name)
}

func (p *schemaParser) complex(s *schemaJSON, depth int) (*node, error) {
	var name string
	if json.Unmarshal(s.Type, &name) != nil { // a type in braces of its own
		return p.parse(s.Type, s, depth+1)
	}
	n := &node{name: name, logical: s.Logical, scale: s.Scale, size: s.Size}
	var err error
	switch name {
	case "array":
		n.kind = listType
		n.items, err = p.parse(s.Items, &schemaJSON{}, depth+1)
	case "map":
		n.kind = mapType
		n.items, err = p.parse(s.Values, &schemaJSON{}, depth+1)
	case "fixed":
		n.kind = fixedType
		p.define(s, n)
	case "enum":
		n.kind = enumType
		p.define(s, n)
	case "record", "error":
		n.kind = recordType
		p.define(s, n)
		err = p.members(s, n, depth)
	default:
		return p.reference(s.Type, s)
	}
	return n, err
}

func (p *schemaParser) define(s *schemaJSON, n *node) {
	p.named[s.Name] = n
	if s.Namespace != "" {
		p.named[s.Namespace+"."+s.Name] = n
	}
}

func (p *schemaParser) members(s *schemaJSON, n *node, depth int) error {
	for _, text := range s.Fields {
		var m schemaJSON
		if err := json.Unmarshal(text, &m); err != nil {
			return fmt.Errorf("%w: schema: %v", ErrMalformed, err)
		}
		of, err := p.parse(m.Type, &schemaJSON{}, depth+1)
		if err != nil {
			return err
		}
		f := field{id: -1, name: m.Name, node: of, slot: -1}
		if m.ID != nil {
			f.id = *m.ID
		}
		n.fields = append(n.fields, f)
	}
	return nil
}
