// Package parquet reads a few columns of a Parquet file, row by row, as a Delta checkpoint needs them: BOOLEAN, INT32,
// INT64 and BYTE_ARRAY, nested or not, in the encodings and codecs that writers of checkpoints use.
//
// It takes every byte for hostile: no length or count is trusted, and what it allocates is held to what it reads and
// inflates. Where a page has a checksum it is checked. It follows no reference out of the file and decrypts nothing.
//
// Note: a general library was tried. It panics, prints, and runs out of memory on hostile files, none of which can be
// recovered from, and its use of reflection keeps every method of the program in the binary (13 MB).
package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"s3layout/stats/thrift"
)

// Errors that callers may match. Errors of the reader are returned as they are.
var (
	ErrMalformed   = errors.New("malformed Parquet")
	ErrUnsupported = errors.New("unsupported Parquet")
)

const (
	magic   = "PAR1"
	trailer = 8
	// maxFooter is in bytes. A footer describes every column of every row group, statistics too.
	maxFooter = 64 << 20
	// maxChunk is the largest column chunk that is read, bytes, and maxPage the largest page, inflated.
	maxChunk = 512 << 20
	maxPage  = 256 << 20
	// valuesPerRow bounds the values of a row's lists, and maxRowValues those of one row.
	valuesPerRow = 256
	maxRowValues = 10_000
	maxLeaves    = 100_000
	maxGroups    = 1 << 20
)

// Physical types.
const (
	Boolean   = 0
	Int32     = 1
	Int64     = 2
	ByteArray = 6
)

// A Leaf is a column that holds values.
type Leaf struct {
	// Path is the names from the root, groups of lists and maps included: add, partitionValues, key_value, key.
	Path []string
	// Type is the physical type.
	Type int64

	maxDef, maxRep int
}

// Repeated reports whether a row may hold several values of the column.
func (l *Leaf) Repeated() bool { return l.maxRep > 0 }

// A File is the footer of a file.
type File struct {
	Rows   int64
	Leaves []Leaf

	r      io.ReaderAt
	size   int64
	groups []group
}

type group struct {
	rows   int64
	chunks []chunk // of every leaf, in order
}

type chunk struct {
	codec         int64
	values        int64
	offset, bytes int64
}

// Open reads the footer of a file of size bytes.
func Open(r io.ReaderAt, size int64) (*File, error) {
	if size < int64(len(magic))+trailer {
		return nil, fmt.Errorf("%w: %d bytes are too short", ErrMalformed, size)
	}
	end := make([]byte, trailer)
	if err := readAt(r, end, size-trailer); err != nil {
		return nil, err
	}
	if string(end[4:]) != magic {
		return nil, fmt.Errorf("%w: it has no plain footer", ErrMalformed)
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length == 0 || length > size-trailer-int64(len(magic)) || length > maxFooter {
		return nil, fmt.Errorf("%w: a footer of %d bytes in a file of %d", ErrMalformed, length, size)
	}
	footer := make([]byte, length)
	if err := readAt(r, footer, size-trailer-length); err != nil {
		return nil, err
	}
	f := &File{r: r, size: size}
	if err := f.decode(footer); err != nil {
		return nil, err
	}
	return f, nil
}

// readAt fills p or fails.
func readAt(r io.ReaderAt, p []byte, at int64) error {
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends within what its metadata names", ErrMalformed)
	}
	return err
}

// decode reads FileMetaData. Source: apache/parquet-format, src/main/thrift/parquet.thrift.
func (f *File) decode(footer []byte) error {
	t := &thrift.Walker{B: footer}
	rows := int64(-1)
	t.Structure(thrift.Struct, func(id int, typ byte) {
		switch id {
		case 2:
			f.readSchema(t, typ)
		case 3:
			rows = t.Integer(typ)
		case 4:
			t.List(typ, thrift.NoBegin, func(typ byte) { f.readGroup(t, typ) })
		case 8:
			t.Fail("an encryption algorithm")
		default:
			t.Skip(typ)
		}
	})
	if err := walked(t); err != nil {
		return err
	}
	if rows < 0 || rows > f.size || // each has bytes of its own: a path is like no other
		len(f.Leaves) == 0 {
		return fmt.Errorf("%w: a schema of %d columns and %d rows in %d bytes", ErrMalformed, len(f.Leaves), rows, f.size)
	}
	f.Rows = rows
	for _, g := range f.groups {
		if rows -= g.rows; rows < 0 {
			break
		}
	}
	if rows != 0 {
		return fmt.Errorf("%w: the rows of the row groups are not those of the file", ErrMalformed)
	}
	return nil
}

// walked is why a walk ended before its time.
func walked(t *thrift.Walker) error {
	if t.Err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrMalformed, t.Err)
}

// An element is a SchemaElement.
type element struct {
	typ, repetition, children int64
	name                      string
}

func (f *File) readSchema(t *thrift.Walker, typ byte) {
	if f.Leaves != nil {
		t.Fail("two schemas")
		return
	}
	var elements []element
	t.List(typ, thrift.NoBegin, func(typ byte) {
		e := element{typ: -1}
		t.Structure(typ, func(id int, typ byte) {
			switch id {
			case 1:
				e.typ = t.Integer(typ)
			case 3:
				e.repetition = t.Integer(typ)
			case 4:
				e.name = string(t.Text(typ))
			case 5:
				e.children = t.Integer(typ)
			default:
				t.Skip(typ)
			}
		})
		if elements = append(elements, e); len(elements) > maxLeaves {
			t.Fail("a schema too wide")
		}
	})
	if t.Err == nil {
		f.Leaves = leavesOf(t, elements)
	}
}

// maxNesting is how deep groups may nest.
const maxNesting = 32

// leavesOf walks the schema, which lists a group before its members.
func leavesOf(t *thrift.Walker, elements []element) []Leaf {
	var out []Leaf
	at := 0
	var walk func(path []string, def, rep int)
	walk = func(path []string, def, rep int) {
		if at >= len(elements) || len(path) > maxNesting || t.Err != nil {
			t.Fail("a schema that does not add up")
			return
		}
		e := elements[at]
		at++
		if at > 1 { // the root has neither name nor repetition
			path = append(path[:len(path):len(path)], e.name)
			if e.repetition > 0 {
				def++
			}
			if e.repetition == 2 {
				rep++
			}
		}
		if e.children == 0 && at > 1 {
			out = append(out, Leaf{Path: path, Type: e.typ, maxDef: def, maxRep: rep})
			return
		}
		if e.children < 0 || e.children > int64(len(elements)) {
			t.Fail("a group of impossible size")
			return
		}
		for range e.children {
			if walk(path, def, rep); t.Err != nil {
				return
			}
		}
	}
	if walk(nil, 0, 0); at != len(elements) {
		t.Fail("a schema that does not add up")
	}
	return out
}

func (f *File) readGroup(t *thrift.Walker, typ byte) {
	g := group{rows: -1}
	t.Structure(typ, func(id int, typ byte) {
		switch id {
		case 1:
			t.List(typ, thrift.NoBegin, func(typ byte) { g.chunks = append(g.chunks, f.readChunk(t, typ)) })
		case 3:
			g.rows = t.Integer(typ)
		default:
			t.Skip(typ)
		}
	})
	if t.Err == nil && (g.rows < 0 || len(g.chunks) != len(f.Leaves) || len(f.groups) == maxGroups) {
		t.Fail("a row group without rows, or not of as many columns as the schema")
	}
	f.groups = append(f.groups, g)
}

func (f *File) readChunk(t *thrift.Walker, typ byte) chunk {
	c := chunk{bytes: -1}
	data, dictionary := int64(-1), int64(0)
	t.Structure(typ, func(id int, typ byte) {
		switch id {
		case 1:
			if len(t.Text(typ)) > 0 {
				t.Fail("a column in another file")
			}
		case 3:
			t.Structure(typ, func(id int, typ byte) {
				switch id {
				case 4:
					c.codec = t.Integer(typ)
				case 5:
					c.values = t.Integer(typ)
				case 7:
					c.bytes = t.Integer(typ)
				case 9:
					data = t.Integer(typ)
				case 11:
					dictionary = t.Integer(typ)
				default:
					t.Skip(typ)
				}
			})
		case 8:
			t.Fail("an encrypted column")
		default:
			t.Skip(typ)
		}
	})
	c.offset = data
	if dictionary > 0 && dictionary < data {
		c.offset = dictionary
	}
	if t.Err == nil && (c.offset < 0 || c.bytes < 0 || c.bytes > f.size || c.offset > f.size-c.bytes || c.values < 0 || c.values > math.MaxInt64/2) {
		t.Fail("a column chunk beyond the file")
	}
	return c
}
