package parquet

import "fmt"

// Types of the compact protocol.
// Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
const (
	thriftTrue = iota + 1
	thriftFalse
	thriftI8
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
	thriftUUID
)

const maxDepth = 32

// A thrift walks a value in Thrift's compact protocol without building it. The first malformed byte is kept in err and
// ends the walk: from there on every read gives zero, and every loop its end.
type thrift struct {
	b     []byte
	at    int
	depth int
	err   error
}

func (t *thrift) fail(what string) {
	if t.err == nil {
		t.err = fmt.Errorf("%w: %s, at byte %d of its metadata", ErrMalformed, what, t.at)
	}
}

func (t *thrift) byte() byte {
	if t.err != nil || t.at >= len(t.b) {
		t.fail("it ends within a value")
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		c := t.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	t.fail("an integer of more than 64 bits")
	return 0
}

func (t *thrift) bytes(n uint64) []byte {
	if t.err != nil || n > uint64(len(t.b)-t.at) {
		t.fail("a length beyond the end")
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

func (t *thrift) integer(typ byte) int64 {
	switch typ {
	case thriftI8:
		return int64(int8(t.byte()))
	case thriftI16, thriftI32, thriftI64:
		v := t.uvarint()
		return int64(v>>1) ^ -int64(v&1)
	}
	t.fail("an integer field of another type")
	return 0
}

func (t *thrift) boolean(typ byte) bool {
	if typ != thriftTrue && typ != thriftFalse {
		t.fail("a boolean field of another type")
	}
	return typ == thriftTrue
}

func (t *thrift) text(typ byte) []byte {
	if typ != thriftBinary {
		t.fail("a string field of another type")
		return nil
	}
	return t.bytes(t.uvarint())
}

func (t *thrift) enter() bool {
	if t.depth == maxDepth {
		t.fail("values nested too deep")
	}
	t.depth++
	return t.err == nil
}

// fields calls each for every field of a structure that begins here; each has to read the field's value, or skip it.
func (t *thrift) fields(each func(id int, typ byte)) {
	id := 0
	for ok := t.enter(); ok && t.err == nil; {
		header := t.byte()
		if header == 0 {
			break
		}
		if delta := int(header >> 4); delta > 0 {
			id += delta
		} else {
			id = int(int16(t.integer(thriftI16)))
		}
		each(id, header&15)
	}
	t.depth--
}

func (t *thrift) structure(typ byte, each func(id int, typ byte)) {
	if typ != thriftStruct {
		t.fail("a structure of another type")
		return
	}
	t.fields(each)
}

// list calls each for every element; none has more elements than there are bytes left.
func (t *thrift) list(typ byte, each func(typ byte)) {
	if typ != thriftList && typ != thriftSet {
		t.fail("a list of another type")
		return
	}
	header := t.byte()
	n := uint64(header >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	if n > uint64(len(t.b)-t.at) {
		t.fail("a list longer than the metadata")
	}
	if t.enter() {
		for ; n > 0 && t.err == nil; n-- {
			each(header & 15)
		}
	}
	t.depth--
}

func (t *thrift) skip(typ byte) {
	switch typ {
	case thriftTrue, thriftFalse: // the type is the value
	case thriftI8:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		t.bytes(8)
	case thriftUUID:
		t.bytes(16)
	case thriftBinary:
		t.bytes(t.uvarint())
	case thriftList, thriftSet:
		t.list(typ, t.skipElement)
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.fields(func(_ int, typ byte) { t.skip(typ) })
	default:
		t.fail("a value of no known type")
	}
}

// skipElement passes over an element of a list or map, where a boolean is a byte of its own.
func (t *thrift) skipElement(typ byte) {
	if typ == thriftTrue || typ == thriftFalse {
		t.byte()
		return
	}
	t.skip(typ)
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if n == 0 {
		return
	}
	types := t.byte()
	if n > uint64(len(t.b)-t.at)/2 {
		t.fail("a map longer than the metadata")
	}
	if t.enter() {
		for ; n > 0 && t.err == nil; n-- {
			t.skipElement(types >> 4)
			t.skipElement(types & 15)
		}
	}
	t.depth--
}
