package parquet

import "encoding/binary"

// A delta reads DELTA_BINARY_PACKED integers.
type delta struct {
	b         []byte
	broken    bool
	miniCount uint64 // miniblocks of a block
	miniSize  uint64 // values of a miniblock
	total     uint64 // values that are left, the first included
	last      int64
	first     bool
	least     int64
	widths    []byte // of the miniblocks that are left in the block
	mini      levels // the current one
	inMini    uint64 // values that are left in it
}

func newDelta(b []byte) *delta {
	d := &delta{b: b, first: true}
	block := d.uvarint()
	d.miniCount = d.uvarint()
	d.total = d.uvarint()
	d.last = d.varint()
	if d.miniCount == 0 || d.miniCount > uint64(len(b)) || block%d.miniCount != 0 || block > 1<<20 {
		d.broken = true
		return d
	}
	d.miniSize = block / d.miniCount
	d.broken = d.broken || d.miniSize == 0 || d.miniSize%8 != 0
	return d
}

func (d *delta) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.broken = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *delta) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *delta) next() (int64, error) {
	if d.broken || d.total == 0 {
		return 0, malformed("integers that end early")
	}
	d.total--
	if d.first {
		d.first = false
		return d.last, nil
	}
	for d.inMini == 0 {
		if d.begin(); d.broken {
			return 0, malformed("integers that end early")
		}
	}
	v, err := d.packed()
	d.inMini--
	d.last += d.least + v
	return d.last, err
}

// begin opens the next miniblock, and a block where there is none left in this one.
func (d *delta) begin() {
	if len(d.widths) == 0 {
		d.least = d.varint()
		if d.broken || uint64(len(d.b)) < d.miniCount {
			d.broken = true
			return
		}
		d.widths, d.b = d.b[:d.miniCount], d.b[d.miniCount:]
	}
	width := int(d.widths[0])
	d.widths = d.widths[1:]
	size := d.miniSize / 8 * uint64(width)
	if width > 64 {
		d.broken = true
		return
	}
	size = min(size, uint64(len(d.b))) // the last one may be cut short
	d.mini = levels{b: d.b[:size], width: width}
	d.b = d.b[size:]
	d.inMini = d.miniSize
}

// packed reads one packed value, of up to 64 bits.
func (d *delta) packed() (int64, error) {
	m := &d.mini
	var v uint64
	for got := 0; got < m.width; {
		if m.have == 0 {
			if len(m.b) == 0 {
				return 0, malformed("integers that end early")
			}
			m.bits, m.have, m.b = uint64(m.b[0]), 8, m.b[1:]
		}
		n := min(m.have, m.width-got)
		v |= (m.bits & (1<<n - 1)) << got
		m.bits >>= n
		m.have -= n
		got += n
	}
	return int64(v), nil
}

// all reads every integer, none of which may be negative. None takes less than a bit, but for those of width 0.
func (d *delta) all() ([]int64, error) {
	if d.broken || d.total > maxDeltaRun*uint64(len(d.b)+1) {
		return nil, malformed("more integers than bytes")
	}
	var out []int64
	for d.total > 0 {
		n, err := d.next()
		if err != nil {
			return nil, err
		}
		if n < 0 || n > maxPage {
			return nil, malformed("a negative length")
		}
		out = append(out, n)
	}
	return out, nil
}

// maxDeltaRun bounds how many integers a byte may stand for: those of a miniblock of width 0.
const maxDeltaRun = 64

// sharedPerByte bounds what the values of a page may share, so that it cannot multiply: a path of 150 bytes of which 5 differ
// shares 29.
const sharedPerByte = 256

// deltaLengths reads DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
func deltaLengths(b []byte) (func() (Value, error), error) {
	d := newDelta(b)
	lengths, err := d.all()
	if err != nil {
		return nil, err
	}
	rest := d.b
	return func() (Value, error) {
		if len(lengths) == 0 || lengths[0] > int64(len(rest)) {
			return Value{}, malformed("fewer values than levels")
		}
		n := lengths[0]
		lengths = lengths[1:]
		v := Value{B: rest[:n:n]}
		rest = rest[n:]
		return v, nil
	}, nil
}

// deltaBytes reads DELTA_BYTE_ARRAY: how much of the value before each shares, then what follows that.
func deltaBytes(b []byte) (func() (Value, error), error) {
	d := newDelta(b)
	shared, err := d.all()
	if err != nil {
		return nil, err
	}
	suffix, err := deltaLengths(d.b)
	if err != nil {
		return nil, err
	}
	var last []byte
	left := int64(1<<20 + sharedPerByte*len(b))
	return func() (Value, error) {
		v, err := suffix()
		if err != nil {
			return v, err
		}
		if len(shared) == 0 || shared[0] > int64(len(last)) {
			return Value{}, malformed("fewer values than levels")
		}
		if left -= shared[0]; left < 0 {
			return Value{}, malformed("values that share too much")
		}
		next := make([]byte, 0, shared[0]+int64(len(v.B)))
		last = append(append(next, last[:shared[0]]...), v.B...)
		shared = shared[1:]
		return Value{B: last}, nil
	}, nil
}
