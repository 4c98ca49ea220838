package probe

import (
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// An orcKind is a value of Type.Kind: its name, and the bytes that one value takes once it is decoded.
type orcKind struct {
	name  string
	width int64
}

const (
	orcString, orcBinary                 = 7, 8
	orcList, orcMap, orcStruct, orcUnion = 10, 11, 12, 13
	orcDecimal                           = 14
	orcVarchar, orcChar                  = 16, 17
)

var orcKinds = [...]orcKind{
	{"boolean", 1}, {"tinyint", 1}, {"smallint", 2}, {"int", 4}, {"bigint", 8}, {"float", 4}, {"double", 8}, {"string", 0},
	{"binary", 0}, {"timestamp", 8}, {"array", 0}, {"map", 0}, {"struct", 0}, {"uniontype", 0}, {"decimal", 8}, {"date", 4},
	{"varchar", 0}, {"char", 0}, {"timestamp with local time zone", 8}, {"geometry", 0}, {"geography", 0},
}

// orcTypes walks the types of a footer, which come in preorder, and the statistics, one for each.
type orcTypes struct {
	schema    *schemaBuilder
	tree      path
	groups    []orcGroup
	oversized bool
	// sizes has for each type what its values take: a width, none (a group), or the length of all.
	sizes []byte
	// stats counts the types whose statistics have come, and bytes sums them up: -1 where some tell too little.
	stats int
	bytes int64
	// reliable is not set for the first writers, which summed up the lengths of texts wrongly (HIVE-8732): readers do not
	// believe them.
	reliable bool
}

// Of sizes: else a width.
const (
	sizeNone   = 0
	sizeText   = 254
	sizeBinary = 255
)

// An orcGroup is an open group: the identifiers of its children and, of a struct, their names, as they stand in its
// message.
type orcGroup struct {
	kind     uint64
	ids      []byte
	message  []byte
	children int
}

// begin expects n types at most, told by metadata of that many bytes.
func (t *orcTypes) begin(n, metadata int) {
	t.schema, t.sizes = newSchema(n, metadata), make([]byte, 0, n)
}

// An orcType is a decoded Type, but for the names of its fields.
type orcType struct {
	kind, precision, scale, length uint64
	ids                            []byte
}

func (t *orcTypes) add(message []byte) bool {
	typ := orcType{kind: math.MaxUint64}
	unpacked := false
	ok := eachField(message, func(field protowire.Number, v uint64, body []byte) bool {
		switch field {
		case 1:
			typ.kind = v
		case 2:
			unpacked = unpacked || body == nil || typ.ids != nil
			typ.ids = body
		case 4:
			typ.length = v
		case 5:
			typ.precision = v
		case 6:
			typ.scale = v
		}
		return true
	})
	if !ok || unpacked || typ.kind >= uint64(len(orcKinds)) {
		return false
	}
	id := len(t.sizes)
	t.sizes = append(t.sizes, typ.size())
	if id > 0 && !t.enter(uint64(id)) {
		return false
	}
	depth := t.tree.repeated()
	if typ.kind < orcList || typ.kind > orcUnion {
		ok = t.schema.leaf(t.tree.name, typ.name(), "", depth)
		t.oversized = t.oversized || !ok
	} else {
		ok = t.open(&typ, message, depth)
	}
	t.tree.close()
	t.groups = t.groups[:len(t.tree.stack)]
	return ok
}

// enter names the type with the given identifier, which its parent has to have announced.
func (t *orcTypes) enter(id uint64) bool {
	if len(t.groups) == 0 {
		return false
	}
	g := &t.groups[len(t.groups)-1]
	want, n := protowire.ConsumeVarint(g.ids)
	if n < 0 || want != id {
		return false
	}
	g.ids = g.ids[n:]
	name, ok := g.childName()
	if !ok || !t.tree.enter(name) {
		return false
	}
	g.children++
	return true
}

func (g *orcGroup) childName() ([]byte, bool) {
	switch g.kind {
	case orcList:
		return []byte("_elem"), true
	case orcMap:
		return []byte([]string{"_key", "_value"}[min(g.children, 1)]), true
	case orcUnion:
		return strconv.AppendInt(nil, int64(g.children), 10), true
	}
	for len(g.message) > 0 {
		field, typ, n := protowire.ConsumeTag(g.message)
		g.message = g.message[n:]
		if field == 3 && typ == protowire.BytesType {
			name, n := protowire.ConsumeBytes(g.message)
			g.message = g.message[n:]
			return name, true
		}
		g.message = g.message[protowire.ConsumeFieldValue(field, typ, g.message):]
	}
	return nil, false
}

// open makes the type a group; message has been found to be well formed.
func (t *orcTypes) open(typ *orcType, message []byte, depth int) bool {
	children := int64(0)
	for ids := typ.ids; len(ids) > 0; children++ {
		_, n := protowire.ConsumeVarint(ids)
		if n < 0 {
			return false
		}
		ids = ids[n:]
	}
	if typ.kind == orcList || typ.kind == orcMap {
		depth++
	}
	t.groups = append(t.groups, orcGroup{kind: typ.kind, ids: typ.ids, message: message})
	if !t.tree.open(children, depth) {
		t.oversized = true
		return false
	}
	return true
}

// whole reports whether there was a root, and no group lacks children.
func (t *orcTypes) whole() bool { return len(t.sizes) > 0 && len(t.tree.stack) == 0 }

func (t *orcType) name() string {
	name := orcKinds[t.kind].name
	switch t.kind {
	case orcDecimal:
		return name + "(" + strconv.FormatUint(t.precision, 10) + "," + strconv.FormatUint(t.scale, 10) + ")"
	case orcVarchar, orcChar:
		return name + "(" + strconv.FormatUint(t.length, 10) + ")"
	}
	return name
}

func (t *orcType) size() byte {
	switch {
	case t.kind == orcString || t.kind == orcVarchar || t.kind == orcChar:
		return sizeText
	case t.kind == orcDecimal && t.precision > 18:
		return 16
	case orcKinds[t.kind].width > 0:
		return byte(orcKinds[t.kind].width)
	case t.kind >= orcList && t.kind <= orcUnion:
		return sizeNone
	}
	return sizeBinary
}

// addStatistics adds what a ColumnStatistics says of the next type.
func (t *orcTypes) addStatistics(message []byte) {
	if t.stats >= len(t.sizes) || t.bytes < 0 {
		t.bytes = -1
		return
	}
	size := t.sizes[t.stats]
	t.stats++
	values, length := int64(-1), int64(-1)
	eachField(message, func(field protowire.Number, v uint64, body []byte) bool {
		switch {
		case field == 1:
			values = int64(v)
		case field == 4 && size == sizeText && t.reliable:
			length = statisticsSum(body, 3)
		case field == 8 && size == sizeBinary && t.reliable:
			length = statisticsSum(body, 1)
		}
		return true
	})
	switch {
	case size == sizeText || size == sizeBinary:
		if length < 0 && values == 0 {
			length = 0
		}
	case values > math.MaxInt64/256:
		length = -1
	case values >= 0:
		length = values * int64(size)
	}
	if length < 0 || length > math.MaxInt64-t.bytes {
		t.bytes = -1
		return
	}
	t.bytes += length
}

// statisticsSum is a field of StringStatistics or BinaryStatistics; -1 where there is none.
func statisticsSum(message []byte, want protowire.Number) int64 {
	sum := int64(-1)
	eachField(message, func(field protowire.Number, v uint64, _ []byte) bool {
		if field == want {
			sum = protowire.DecodeZigZag(v)
		}
		return true
	})
	return sum
}

func (t *orcTypes) expansion(stored int64) *Expansion {
	switch {
	case t.stats < len(t.sizes) || t.bytes < 0:
		return &Expansion{Basis: unknown, Reason: "the footer lacks the statistics of a column"}
	case stored == 0 || t.bytes == 0:
		return &Expansion{Basis: unknown, Reason: "the footer counts no bytes"}
	}
	return &Expansion{Basis: "column_statistics", CompressedBytes: stored, UncompressedBytes: t.bytes}
}
