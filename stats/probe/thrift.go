package probe

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

// maxThriftDepth is how deep structures and lists may nest; FileMetaData takes eight.
const maxThriftDepth = 32

// A thrift walks a value in Thrift's compact protocol without building it. The first malformed byte is kept in
// problem and ends the walk: from there on every read gives zero, and every loop its end. Nothing is allocated.
type thrift struct {
	b       []byte
	at      int
	depth   int
	problem *Problem
}

// fail keeps the first problem, at an offset within b.
func (t *thrift) fail(kind ProblemKind, what string) {
	if t.problem == nil {
		t.problem = &Problem{Kind: kind, What: what, Offset: int64(t.at)}
	}
}

func (t *thrift) malformed(what string) { t.fail(Malformed, what) }

func (t *thrift) remaining() int { return len(t.b) - t.at }

func (t *thrift) byte() byte {
	if t.problem != nil || t.at >= len(t.b) {
		t.malformed("the metadata ends within a value")
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
	t.malformed("an integer of more than 64 bits")
	return 0
}

func (t *thrift) varint() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes returns a part of b, not a copy.
func (t *thrift) bytes(n uint64) []byte {
	if t.problem != nil || n > uint64(t.remaining()) {
		t.malformed("a length beyond the end of the metadata")
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// integer reads a field that has to be an integer.
func (t *thrift) integer(typ byte) int64 {
	switch typ {
	case thriftI8:
		return int64(int8(t.byte()))
	case thriftI16, thriftI32, thriftI64:
		return t.varint()
	}
	t.malformed("an integer field of another type")
	return 0
}

// size reads a field that has to be an integer of zero or more.
func (t *thrift) size(typ byte) int64 {
	n := t.integer(typ)
	if n < 0 {
		t.malformed("a negative size")
		return 0
	}
	return n
}

// text reads a field that has to be a string. It returns a part of b.
func (t *thrift) text(typ byte) []byte {
	if typ != thriftBinary {
		t.malformed("a string field of another type")
		return nil
	}
	return t.bytes(t.uvarint())
}

func (t *thrift) enter() bool {
	if t.depth == maxThriftDepth {
		t.malformed("values nested more than 32 deep")
	}
	t.depth++
	return t.problem == nil
}

// structure calls each for every field of a structure; each has to read the field's value, or skip it.
func (t *thrift) structure(typ byte, each func(id int, typ byte)) {
	if typ != thriftStruct {
		t.malformed("a structure of another type")
	}
	id := 0
	for ok := t.enter(); ok && t.problem == nil; {
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

// list calls begin with the number of elements, and each for every element. No list has more elements than the
// metadata has bytes left.
func (t *thrift) list(typ byte, begin func(n int), each func(typ byte)) {
	if typ != thriftList && typ != thriftSet {
		t.malformed("a list of another type")
	}
	header := t.byte()
	n := uint64(header >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	if n > uint64(t.remaining()) {
		t.malformed("a list longer than the metadata")
	}
	if t.enter() {
		begin(int(n))
		for ; n > 0 && t.problem == nil; n-- {
			each(header & 15)
		}
	}
	t.depth--
}

func noBegin(int) {}

// skip passes over the value of a field.
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
		t.list(typ, noBegin, t.skipElement)
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.structure(typ, func(_ int, typ byte) { t.skip(typ) })
	default:
		t.malformed("a value of no known type")
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
	if n > uint64(t.remaining())/2 {
		t.malformed("a map longer than the metadata")
	}
	if t.enter() {
		for ; n > 0 && t.problem == nil; n-- {
			t.skipElement(types >> 4)
			t.skipElement(types & 15)
		}
	}
	t.depth--
}
