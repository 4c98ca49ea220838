package parquet

import (
	"encoding/binary"
	"fmt"
)

// Encodings. Source: apache/parquet-format, Encodings.md.
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaBytes      = 7
	encodingRLEDictionary   = 8
)

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// decoder returns what reads the values of a page one by one.
func (c *column) decoder(encoding int64, b []byte) (func() (Value, error), error) {
	typ := c.leaf.Type
	switch {
	case encoding == encodingPlain:
		return plain(typ, b), nil
	case encoding == encodingPlainDictionary || encoding == encodingRLEDictionary:
		return c.indexed(b), nil
	case encoding == encodingRLE && typ == Boolean:
		if len(b) < 4 {
			return nil, malformed("booleans without a length")
		}
		l := newLevels(b[4:], 1)
		return func() (Value, error) { n, err := l.next(); return Value{I: int64(n)}, err }, nil
	case encoding == encodingDelta && (typ == Int32 || typ == Int64):
		d := newDelta(b)
		return func() (Value, error) { n, err := d.next(); return Value{I: n}, err }, nil
	case encoding == encodingDeltaLength && typ == ByteArray:
		return deltaLengths(b)
	case encoding == encodingDeltaBytes && typ == ByteArray:
		return deltaBytes(b)
	}
	return nil, fmt.Errorf("%w: encoding %d of type %d", ErrUnsupported, encoding, typ)
}

func plain(typ int64, b []byte) func() (Value, error) {
	take := func(n int) []byte {
		if n > len(b) {
			return nil
		}
		out := b[:n:n]
		b = b[n:]
		return out
	}
	bit := 0
	switch typ {
	case Boolean:
		return func() (Value, error) {
			if bit/8 >= len(b) {
				return Value{}, malformed("fewer values than levels")
			}
			v := int64(b[bit/8]>>(bit%8)) & 1
			bit++
			return Value{I: v}, nil
		}
	case Int32:
		return func() (Value, error) {
			if p := take(4); p != nil {
				return Value{I: int64(int32(binary.LittleEndian.Uint32(p)))}, nil
			}
			return Value{}, malformed("fewer values than levels")
		}
	case Int64:
		return func() (Value, error) {
			if p := take(8); p != nil {
				return Value{I: int64(binary.LittleEndian.Uint64(p))}, nil
			}
			return Value{}, malformed("fewer values than levels")
		}
	}
	return func() (Value, error) {
		p := take(4)
		if p == nil || uint64(binary.LittleEndian.Uint32(p)) > uint64(len(b)) {
			return Value{}, malformed("fewer values than levels, or one beyond its page")
		}
		return Value{B: take(int(binary.LittleEndian.Uint32(p)))}, nil
	}
}

// indexed reads numbers of entries of the dictionary.
func (c *column) indexed(b []byte) func() (Value, error) {
	l := levels{}
	if len(b) > 0 {
		l = newLevels(b[1:], int(b[0]))
	}
	return func() (Value, error) {
		i, err := l.next()
		if err != nil {
			return Value{}, err
		}
		if i >= len(c.dictionary) {
			return Value{}, malformed("a value that the dictionary does not have")
		}
		return c.dictionary[i], nil
	}
}

// levels reads the hybrid of run lengths and bit packing.
type levels struct {
	b      []byte
	width  int
	run    uint64 // how often value comes again
	value  int
	packed uint64 // values that are left in the packed run
	bits   uint64 // read from b, and how many
	have   int
}

func newLevels(b []byte, width int) levels { return levels{b: b, width: width} }

func (l *levels) next() (int, error) {
	if l.width == 0 {
		return 0, nil
	}
	if l.width > 32 {
		return 0, malformed("values of more than 32 bits")
	}
	for l.run == 0 && l.packed == 0 {
		if err := l.begin(); err != nil {
			return 0, err
		}
	}
	if l.run > 0 {
		l.run--
		return l.value, nil
	}
	for l.have < l.width {
		if len(l.b) == 0 {
			return 0, malformed("a packed run that ends early")
		}
		l.bits |= uint64(l.b[0]) << l.have
		l.b = l.b[1:]
		l.have += 8
	}
	v := int(l.bits & (1<<l.width - 1))
	l.bits >>= l.width
	l.have -= l.width
	if l.packed--; l.packed == 0 {
		l.bits, l.have = 0, 0
	}
	return v, nil
}

// begin reads the header of a run.
func (l *levels) begin() error {
	header, n := binary.Uvarint(l.b)
	if n <= 0 {
		return malformed("fewer levels than values")
	}
	l.b = l.b[n:]
	if header&1 == 1 {
		// The last run may be cut short: it then has values for as many as there are.
		l.packed = min(header>>1, uint64(len(l.b))) * 8
		return nil
	}
	size := (l.width + 7) / 8
	if size > len(l.b) {
		return malformed("a run without its value")
	}
	var v uint32
	for i := range size {
		v |= uint32(l.b[i]) << (8 * i)
	}
	l.b = l.b[size:]
	l.run, l.value = header>>1, int(v)
	return nil
}
