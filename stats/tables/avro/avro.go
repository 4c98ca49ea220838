// Package avro reads a few fields of every record of an Avro object container file, found by the field-id that Apache
// Iceberg gives them: names differ between writers, ids do not.
//
// It takes every byte for hostile. No length or count is trusted, depth is bounded, and what it allocates is held to what
// it reads and inflates. It resolves no schemas, and passes over lists and maps.
package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Errors that callers may match.
var (
	ErrMalformed   = errors.New("malformed Avro")
	ErrUnsupported = errors.New("unsupported Avro")
)

const (
	magic      = "Obj\x01"
	syncLength = 16
)

// Kind says which member of a Value holds it.
type Kind uint8

// Kinds of values. A field that the file does not have is Null.
const (
	Null  Kind = iota
	Bool       // I: 0 or 1
	Long       // I: int and long
	Float      // F: float and double
	Bytes      // B: bytes, string, fixed
)

// A Value is what one field holds. B is a part of the file or of a buffer: it is good until the next record.
type Value struct {
	Kind Kind
	I    int64
	F    float64
	B    []byte
}

// A File is the header of an object container file, and the blocks behind it.
type File struct {
	// Meta is the header's metadata, such as Iceberg's partition-spec. The values are parts of the file.
	Meta map[string][]byte

	root   *node
	codec  string
	sync   []byte
	blocks []byte
}

// Open reads the header of a file that is in memory whole.
func Open(b []byte) (*File, error) {
	if !bytes.HasPrefix(b, []byte(magic)) {
		return nil, fmt.Errorf("%w: it does not begin as an object container file", ErrMalformed)
	}
	d := &decoder{b: b[len(magic):]}
	f := &File{Meta: map[string][]byte{}}
	for n := d.count(); n > 0 && d.err == nil; n = d.count() {
		for ; n > 0 && d.err == nil; n-- {
			key := string(d.bytes())
			f.Meta[key] = d.bytes()
		}
	}
	f.sync = d.take(syncLength)
	if d.err != nil {
		return nil, d.err
	}
	f.blocks, f.codec = d.b, string(f.Meta["avro.codec"])
	var err error
	f.root, err = parseSchema(f.Meta["avro.schema"])
	return f, err
}

// A Field is a member of a record in a file's schema.
type Field struct {
	ID   int
	Name string
	// Logical is the logical type, such as date; "" where there is none.
	Logical string
	// Primitive is the Avro type of the value, its null aside.
	Primitive string
	// Scale is that of a decimal.
	Scale int
}

// Fields lists the fields of the record that the field of that id holds; none where there is no such record.
func (f *File) Fields(id int) []Field {
	n := f.root.find(id, maxDepth)
	if n == nil {
		return nil
	}
	n = n.nonNull()
	out := make([]Field, 0, len(n.fields))
	for _, m := range n.fields {
		of := m.node.nonNull()
		out = append(out, Field{ID: m.id, Name: m.name, Logical: of.logical, Primitive: of.name, Scale: of.scale})
	}
	return out
}

// Records calls each with the wanted fields of every record, in order of ids, until it returns an error. The slice is used
// again. Every block has to end in the sync marker, and the file in a block.
func (f *File) Records(ids []int, each func(values []Value) error) error {
	slots := map[int]int{}
	for i, id := range ids {
		slots[id] = i
	}
	f.root.assign(slots, maxDepth)
	values := make([]Value, len(ids))
	inflater := &inflater{codec: f.codec}
	d := &decoder{b: f.blocks}
	for len(d.b) > 0 {
		rows := d.long()
		body := d.bytes()
		end := d.take(syncLength)
		if d.err != nil {
			return d.err
		}
		if !bytes.Equal(end, f.sync) {
			return fmt.Errorf("%w: a block that does not end in the sync marker", ErrMalformed)
		}
		plain, err := inflater.inflate(body)
		if err != nil {
			return err
		}
		if err := f.block(rows, plain, values, each); err != nil {
			return err
		}
	}
	return nil
}

// block decodes the records of one block, none of which may be empty, so that a count cannot outrun the bytes.
func (f *File) block(rows int64, plain []byte, values []Value, each func([]Value) error) error {
	if rows < 0 || rows > int64(len(plain)) {
		return fmt.Errorf("%w: a block of %d bytes claims %d records", ErrMalformed, len(plain), rows)
	}
	d := &decoder{b: plain, values: values, steps: stepsPerByte * (len(plain) + 1)}
	for ; rows > 0; rows-- {
		clear(values)
		if d.read(f.root, -1, 0); d.err != nil {
			return d.err
		}
		if err := each(values); err != nil {
			return err
		}
	}
	if len(d.b) > 0 {
		return fmt.Errorf("%w: %d bytes behind the last record of a block", ErrMalformed, len(d.b))
	}
	return nil
}

// A decoder reads Avro's binary encoding. The first malformed byte is kept in err; from there on every read gives zero.
type decoder struct {
	b      []byte
	values []Value
	steps  int // that are left: a value takes one, and most take bytes, too
	err    error
}

// stepsPerByte bounds the values that take no bytes, such as nulls: a schema of many would multiply every record.
const stepsPerByte = 16

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrMalformed, what)
	}
	d.b = nil
}

func (d *decoder) take(n int64) []byte {
	if n < 0 || n > int64(len(d.b)) {
		d.fail("a length beyond the end")
		return nil
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) long() int64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail("an integer that has no end, or more than 64 bits")
		return 0
	}
	d.b = d.b[n:]
	return int64(v>>1) ^ -int64(v&1)
}

func (d *decoder) bytes() []byte { return d.take(d.long()) }

// count reads the count of a block of a list or map, which says its size in bytes where it is negative.
func (d *decoder) count() int64 {
	n := d.long()
	if n < 0 {
		d.long()
		n = -n
	}
	if n < 0 || n > int64(len(d.b)) {
		if n != 0 {
			d.fail("more elements than bytes")
		}
		return 0
	}
	return n
}

// read decodes a value into its slot, -1 for none.
func (d *decoder) read(n *node, slot, depth int) {
	if d.steps--; depth > maxDepth || d.steps < 0 {
		d.fail("values nested too deep, or too many without bytes")
		return
	}
	v := Value{}
	switch n.kind {
	case nullType:
	case boolType:
		if b := d.take(1); len(b) == 1 {
			v = Value{Kind: Bool, I: int64(b[0] & 1)}
		}
	case longType:
		v = Value{Kind: Long, I: d.long()}
	case floatType:
		if b := d.take(4); len(b) == 4 {
			v = Value{Kind: Float, F: float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))}
		}
	case doubleType:
		if b := d.take(8); len(b) == 8 {
			v = Value{Kind: Float, F: math.Float64frombits(binary.LittleEndian.Uint64(b))}
		}
	case bytesType:
		v = Value{Kind: Bytes, B: d.bytes()}
	case fixedType:
		v = Value{Kind: Bytes, B: d.take(n.size)}
	case enumType:
		v = Value{Kind: Long, I: d.long()}
	case unionType:
		i := d.long()
		if i < 0 || i >= int64(len(n.branches)) {
			d.fail("a union of another branch")
			return
		}
		d.read(n.branches[i], slot, depth+1)
		return
	case listType, mapType:
		d.elements(n, depth)
	case recordType:
		for i := range n.fields {
			if d.read(n.fields[i].node, n.fields[i].slot, depth+1); d.err != nil {
				return
			}
		}
	}
	if slot >= 0 && d.err == nil {
		d.values[slot] = v
	}
}

// elements passes over those of a list or map, none of which may be empty, so that nested counts cannot multiply.
func (d *decoder) elements(n *node, depth int) {
	for count := d.count(); count > 0; count = d.count() {
		for ; count > 0; count-- {
			before := len(d.b)
			if n.kind == mapType {
				d.bytes()
			}
			if d.read(n.items, -1, depth+1); d.err != nil {
				return
			}
			if len(d.b) == before {
				d.fail("an element without bytes")
				return
			}
		}
	}
}
