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
	"io"
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
	d := memory(b[len(magic):])
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
	defer inflater.close()
	d := memory(f.blocks)
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
		if err := f.block(rows, body, inflater, values, each); err != nil {
			return err
		}
	}
	return nil
}

// block decodes the records of one block, none of which may be empty, so that a count cannot outrun the bytes.
func (f *File) block(rows int64, body []byte, inflater *inflater, values []Value, each func([]Value) error) error {
	if rows < 0 {
		return fmt.Errorf("%w: a block of %d records", ErrMalformed, rows)
	}
	d, err := inflater.open(body)
	if err != nil {
		return err
	}
	d.values = values
	for ; rows > 0; rows-- {
		clear(values)
		d.kept = d.kept[:0]
		before := d.used()
		if d.read(f.root, -1, 0); d.err != nil {
			return d.err
		}
		if d.used() == before {
			return fmt.Errorf("%w: a record without bytes", ErrMalformed)
		}
		if err := each(values); err != nil {
			return err
		}
	}
	if d.fill(1); d.err != nil && d.err != errEnd {
		return d.err
	}
	if len(d.b) > 0 {
		return fmt.Errorf("%w: bytes behind the last record of a block", ErrMalformed)
	}
	return nil
}

// A decoder reads Avro's binary encoding, from memory or through a window on what is inflated. The first malformed byte is
// kept in err; from there on every read gives zero.
type decoder struct {
	b      []byte // what was not yet read of memory, or of the window
	values []Value
	steps  int // that are left: a value takes one, and most take bytes, too
	err    error

	more   io.Reader // nil: b is all
	window []byte
	came   int64  // bytes that came into b
	most   int64  // that may come
	kept   []byte // the values of a record, where the window moves on
}

// stepsPerByte bounds the values that take no bytes, such as nulls: a schema of many would multiply every record.
const stepsPerByte = 16

const (
	// firstWindow and maxWindow are how much is inflated at a time: the window grows for a value that is longer.
	firstWindow = 16 << 10
	maxWindow   = 16 << 20
)

// errEnd is that there are no more bytes, where one more was asked for.
var errEnd = fmt.Errorf("%w: a length beyond the end", ErrMalformed)

// memory is a decoder of bytes that are there.
func memory(b []byte) *decoder {
	return &decoder{b: b, came: int64(len(b)), steps: stepsPerByte * (len(b) + 1)}
}

// used is how many bytes were read.
func (d *decoder) used() int64 { return d.came - int64(len(d.b)) }

func (d *decoder) fail(what string) { d.stop(fmt.Errorf("%w: %s", ErrMalformed, what)) }

func (d *decoder) stop(err error) {
	if d.err == nil {
		d.err = err
	}
	d.b, d.more = nil, nil
}

// fill makes b at least n bytes long, or fails. The window doubles as its bytes come, whatever n claims.
func (d *decoder) fill(n int) {
	for len(d.b) < n {
		switch {
		case d.more == nil:
			d.stop(errEnd)
			return
		case n > maxWindow || d.came > d.most:
			d.stop(fmt.Errorf("%w: a value of %d bytes, or a block that inflates to more than %d", ErrUnsupported, n, d.most))
			return
		case len(d.b) == len(d.window):
			d.window = append(make([]byte, 0, max(firstWindow, 2*len(d.window))), d.b...)
			d.window = d.window[:cap(d.window)]
			d.b = d.window[:len(d.b)]
		default:
			copy(d.window, d.b)
		}
		held := len(d.b)
		got, err := d.more.Read(d.window[held:])
		d.b = d.window[:held+got]
		d.came += int64(got)
		d.steps += stepsPerByte * got
		switch {
		case err == io.EOF:
			d.more = nil
		case err != nil:
			d.stop(fmt.Errorf("%w: a block that does not inflate: %v", ErrMalformed, err))
			return
		}
	}
}

// take returns the next n bytes, which are good until the next are taken.
func (d *decoder) take(n int64) []byte {
	if n < 0 || n > int64(len(d.b)) && (d.more == nil || n > maxWindow) {
		d.fail("a length beyond the end")
		return nil
	}
	if d.fill(int(n)); d.err != nil {
		return nil
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

// pass reads n bytes, and keeps none.
func (d *decoder) pass(n int64) {
	for n > int64(len(d.b)) && d.more != nil {
		n -= int64(len(d.b))
		d.b = d.b[len(d.b):]
		if d.fill(1); d.err != nil {
			return
		}
	}
	d.take(n)
}

// keep is b for as long as the record lasts.
func (d *decoder) keep(b []byte) []byte {
	if d.window == nil {
		return b
	}
	start := len(d.kept)
	d.kept = append(d.kept, b...)
	return d.kept[start:len(d.kept):len(d.kept)]
}

func (d *decoder) long() int64 {
	if len(d.b) < binary.MaxVarintLen64 && d.more != nil {
		for n := 1; n <= binary.MaxVarintLen64 && d.more != nil && (n == 1 || d.b[n-2] >= 0x80); n++ {
			if d.fill(n); d.err != nil {
				return 0
			}
		}
	}
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
	if n < 0 || n > int64(len(d.b)) && d.more == nil {
		d.fail("more elements than bytes")
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
		d.text(slot, d.long())
		return
	case fixedType:
		d.text(slot, n.size)
		return
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

// text reads so many bytes into a slot, or passes over them.
func (d *decoder) text(slot int, n int64) {
	if slot < 0 {
		d.pass(n)
		return
	}
	if b := d.take(n); d.err == nil {
		d.values[slot] = Value{Kind: Bytes, B: d.keep(b)}
	}
}

// elements passes over those of a list or map, none of which may be empty, so that nested counts cannot multiply.
func (d *decoder) elements(n *node, depth int) {
	for count := d.count(); count > 0; count = d.count() {
		for ; count > 0; count-- {
			before := d.used()
			if n.kind == mapType {
				d.pass(d.long())
			}
			if d.read(n.items, -1, depth+1); d.err != nil {
				return
			}
			if d.used() == before {
				d.fail("an element without bytes")
				return
			}
		}
	}
}
