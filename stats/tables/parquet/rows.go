package parquet

import (
	"fmt"
	"slices"
)

// A Value is one value of a column. Null is set where the value, or a group above it, is absent, or a list is empty. B is
// good until the next row.
type Value struct {
	Null bool
	I    int64 // of a BOOLEAN (0 or 1), INT32 or INT64
	B    []byte
}

// EachRow calls each with the values of the wanted leaves, numbers in Leaves, for every row: exactly one value of a leaf
// that is not repeated. It stops at the first error, that of each included.
func (f *File) EachRow(leaves []int, each func(row [][]Value) error) error {
	row := make([][]Value, len(leaves))
	for i := range f.groups {
		columns := make([]*column, len(leaves))
		for j, leaf := range leaves {
			c, err := f.column(&f.groups[i], leaf)
			if err != nil {
				return err
			}
			columns[j] = c
		}
		for range f.groups[i].rows {
			for j, c := range columns {
				if err := c.next(); err != nil {
					return fmt.Errorf("column %.80q: %w", f.Leaves[leaves[j]].Path, err)
				}
				row[j] = c.row
			}
			if err := each(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// column reads the chunk of a leaf.
func (f *File) column(g *group, leaf int) (*column, error) {
	l, k := &f.Leaves[leaf], g.chunks[leaf]
	switch l.Type {
	case Boolean, Int32, Int64, ByteArray:
	default:
		return nil, fmt.Errorf("%w: column %.80q is of type %d", ErrUnsupported, l.Path, l.Type)
	}
	if k.bytes > maxChunk {
		return nil, fmt.Errorf("%w: a column chunk of %d bytes", ErrUnsupported, k.bytes)
	}
	c := &column{leaf: l, codec: k.codec, b: make([]byte, k.bytes), budget: maxRowValues + valuesPerRow*g.rows}
	return c, readAt(f.r, c.b, k.offset)
}

// A column reads one chunk, page by page.
type column struct {
	leaf  *Leaf
	codec int64
	b     []byte // that is left of the chunk
	row   []Value

	budget int64 // of values

	left       int64 // values in the page, nulls included
	def, rep   levels
	value      func() (Value, error)
	begun      bool // rep of the next value is read
	nextRep    int
	page       []byte // inflated; used again
	dictionary []Value
}

// next reads the values of one row.
func (c *column) next() error {
	c.row = c.row[:0]
	for {
		if err := c.fill(); err != nil || c.left == 0 {
			if err == nil && len(c.row) == 0 {
				err = fmt.Errorf("%w: fewer values than rows", ErrMalformed)
			}
			return err
		}
		rep, err := c.peekRep()
		if err != nil {
			return err
		}
		if first := len(c.row) == 0; first != (rep == 0) {
			if first {
				return fmt.Errorf("%w: a row that begins within a list", ErrMalformed)
			}
			return nil
		}
		v, err := c.one()
		if err != nil {
			return err
		}
		if c.budget--; c.budget < 0 || len(c.row) == maxRowValues {
			return malformed("a list too long")
		}
		c.row = append(c.row, v)
		if c.leaf.maxRep == 0 {
			return nil
		}
	}
}

// peekRep is the repetition level of the next value.
func (c *column) peekRep() (int, error) {
	if c.begun || c.leaf.maxRep == 0 {
		return c.nextRep, nil
	}
	rep, err := c.rep.next()
	c.nextRep, c.begun = rep, err == nil
	return rep, err
}

func (c *column) one() (Value, error) {
	c.begun = false
	c.left--
	if c.leaf.maxDef > 0 {
		def, err := c.def.next()
		if err != nil {
			return Value{}, err
		}
		if def > c.leaf.maxDef {
			return Value{}, fmt.Errorf("%w: a definition level of %d", ErrMalformed, def)
		}
		if def < c.leaf.maxDef {
			return Value{Null: true}, nil
		}
	}
	return c.value()
}

// fill makes a page with values the current one. Where there is none left is 0. The row that was begun moves out of the
// page's buffer.
func (c *column) fill() error {
	for c.left == 0 && len(c.b) > 0 {
		for i := range c.row {
			c.row[i].B = slices.Clone(c.row[i].B)
		}
		if err := c.readPage(); err != nil {
			return err
		}
	}
	return nil
}
