// Package thrift walks values in Thrift's compact protocol, which Parquet's metadata is in, without building them. It takes
// every byte for hostile, allocates nothing, and knows no schema: what a field means is its caller's.
package thrift

import "fmt"

// Types of the compact protocol.
// Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
const (
	True = iota + 1
	False
	I8
	I16
	I32
	I64
	Double
	Binary
	List
	Set
	Map
	Struct
	UUID
)

// maxDepth is how deep structures and lists may nest; FileMetaData takes eight.
const maxDepth = 32

// A Walker walks the value that begins B. What ends the walk is kept in Err: from there on every read gives zero, and every
// loop its end.
type Walker struct {
	B []byte
	// At is where in B the walk is.
	At  int
	Err *Error

	depth int
}

// An Error is the first thing that was wrong, in words that hold none of the bytes, and where in B.
type Error struct {
	What   string
	Offset int
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s, at byte %d of its metadata", e.What, e.Offset)
}

// Fail ends the walk, unless it has ended.
func (t *Walker) Fail(what string) {
	if t.Err == nil {
		t.Err = &Error{What: what, Offset: t.At}
	}
}

// Remaining is how many bytes are left.
func (t *Walker) Remaining() int { return len(t.B) - t.At }

func (t *Walker) byte() byte {
	if t.Err != nil || t.At >= len(t.B) {
		t.Fail("the metadata ends within a value")
		return 0
	}
	t.At++
	return t.B[t.At-1]
}

func (t *Walker) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		c := t.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	t.Fail("an integer of more than 64 bits")
	return 0
}

func (t *Walker) varint() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes returns a part of B, not a copy.
func (t *Walker) bytes(n uint64) []byte {
	if t.Err != nil || n > uint64(t.Remaining()) {
		t.Fail("a length beyond the end of the metadata")
		return nil
	}
	t.At += int(n)
	return t.B[t.At-int(n) : t.At]
}

// Integer reads a field that has to be an integer.
func (t *Walker) Integer(typ byte) int64 {
	switch typ {
	case I8:
		return int64(int8(t.byte()))
	case I16, I32, I64:
		return t.varint()
	}
	t.Fail("an integer field of another type")
	return 0
}

// Boolean reads a field that has to be a boolean, whose type is the value.
func (t *Walker) Boolean(typ byte) bool {
	if typ != True && typ != False {
		t.Fail("a boolean field of another type")
	}
	return typ == True
}

// Size reads a field that has to be an integer of zero or more.
func (t *Walker) Size(typ byte) int64 {
	n := t.Integer(typ)
	if n < 0 {
		t.Fail("a negative size")
		return 0
	}
	return n
}

// Text reads a field that has to be a string. It returns a part of B.
func (t *Walker) Text(typ byte) []byte {
	if typ != Binary {
		t.Fail("a string field of another type")
		return nil
	}
	return t.bytes(t.uvarint())
}

func (t *Walker) enter() bool {
	if t.depth == maxDepth {
		t.Fail("values nested more than 32 deep")
	}
	t.depth++
	return t.Err == nil
}

// Structure calls each for every field of a structure; each has to read the field's value, or skip it.
func (t *Walker) Structure(typ byte, each func(id int, typ byte)) {
	if typ != Struct {
		t.Fail("a structure of another type")
	}
	id := 0
	for ok := t.enter(); ok && t.Err == nil; {
		header := t.byte()
		if header == 0 {
			break
		}
		if delta := int(header >> 4); delta > 0 {
			id += delta
		} else {
			id = int(int16(t.varint()))
		}
		each(id, header&15)
	}
	t.depth--
}

// List calls begin with the number of elements, and each for every element. No list has more elements than the
// metadata has bytes left.
func (t *Walker) List(typ byte, begin func(n int), each func(typ byte)) {
	if typ != List && typ != Set {
		t.Fail("a list of another type")
	}
	header := t.byte()
	n := uint64(header >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	if n > uint64(t.Remaining()) {
		t.Fail("a list longer than the metadata")
	}
	if t.enter() {
		begin(int(n))
		for ; n > 0 && t.Err == nil; n-- {
			each(header & 15)
		}
	}
	t.depth--
}

// NoBegin is for lists of which the number of elements does not count.
func NoBegin(int) {}

// Skip passes over the value of a field.
func (t *Walker) Skip(typ byte) {
	switch typ {
	case True, False: // the type is the value
	case I8:
		t.byte()
	case I16, I32, I64:
		t.uvarint()
	case Double:
		t.bytes(8)
	case UUID:
		t.bytes(16)
	case Binary:
		t.bytes(t.uvarint())
	case List, Set:
		t.List(typ, NoBegin, t.skipElement)
	case Map:
		t.skipMap()
	case Struct:
		t.Structure(typ, func(_ int, typ byte) { t.Skip(typ) })
	default:
		t.Fail("a value of no known type")
	}
}

// skipElement passes over an element of a list or map, where a boolean is a byte of its own.
func (t *Walker) skipElement(typ byte) {
	if typ == True || typ == False {
		t.byte()
		return
	}
	t.Skip(typ)
}

func (t *Walker) skipMap() {
	n := t.uvarint()
	if n == 0 {
		return
	}
	types := t.byte()
	if n > uint64(t.Remaining())/2 {
		t.Fail("a map longer than the metadata")
	}
	if t.enter() {
		for ; n > 0 && t.Err == nil; n-- {
			t.skipElement(types >> 4)
			t.skipElement(types & 15)
		}
	}
	t.depth--
}
