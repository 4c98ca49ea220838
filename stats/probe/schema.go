package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"

	"s3layout/stats"
)

const (
	// maxColumns are listed: 88 bytes each, within the megabyte that a probe may take beside its input.
	maxColumns = 6000
	// maxPath is the longest path, types and all, that is listed; longestPath of one that is taken at all.
	maxPath     = 4 << 10
	longestPath = 64 << 10
	// maxSchemaDepth is how deep groups may nest.
	maxSchemaDepth = 256
	// maxSchemaElements is how many nodes a schema may have.
	maxSchemaElements = 100_000
)

// A schemaBuilder takes the leaves of a schema in order. What it keeps is bounded by the size of the metadata that it
// comes from, whatever paths that spells.
type schemaBuilder struct {
	leaves  int64
	columns []Column
	// text is how many bytes of paths and types may yet be kept, work how many may yet be hashed.
	text, work int
	hash       hash.Hash
	line       []byte
}

// newSchema starts a schema of at most n leaves, told by metadata of that many bytes.
func newSchema(n, metadata int) *schemaBuilder {
	n = min(n, maxColumns)
	return &schemaBuilder{
		columns: make([]Column, 0, n), text: 3*metadata + 32<<10, work: 8*metadata + 1<<20, hash: sha256.New(),
	}
}

// leaf takes the next one; typ and logical are kept. It returns false where the schema is out of bounds.
func (s *schemaBuilder) leaf(path []byte, typ, logical string, repeated int) bool {
	s.leaves++
	s.line = append(s.line[:0], path...)
	s.line = append(s.line, '\t')
	s.line = append(s.line, typ...)
	s.line = append(s.line, '\t')
	s.line = append(s.line, logical...)
	s.line = append(s.line, '\t')
	s.line = strconv.AppendInt(s.line, int64(repeated), 10)
	s.line = append(s.line, '\n')
	s.hash.Write(s.line)
	s.work -= len(s.line)
	if len(s.columns) < cap(s.columns) && int64(len(s.columns)) == s.leaves-1 && len(s.line) <= maxPath && s.text > 0 {
		c := Column{Path: stats.Spell(string(path)), Type: typ, Logical: logical, Repeated: repeated}
		s.text -= len(c.Path) + len(typ) + len(logical)
		s.columns = append(s.columns, c)
	}
	return s.work >= 0
}

// addChunk adds a column chunk of the given leaf, from 0.
func (s *schemaBuilder) addChunk(ordinal int64, codec string, c *chunk) {
	if ordinal >= int64(len(s.columns)) {
		return
	}
	column := &s.columns[ordinal]
	column.CompressedBytes += c.compressed
	column.UncompressedBytes += c.uncompressed
	switch column.Codec {
	case codec:
	case "":
		column.Codec = codec
	default:
		column.Codec = "mixed"
	}
}

func (s *schemaBuilder) finish() *Schema {
	return &Schema{Fingerprint: hex.EncodeToString(s.hash.Sum(nil)), Leaves: s.leaves, Columns: s.columns}
}

// A path spells the place in a tree whose nodes come before their children.
type path struct {
	name  []byte
	stack []pathGroup
}

// A pathGroup is an open node: how many children it still waits for, and the length of its path.
type pathGroup struct {
	left     int64
	length   int
	repeated int
}

// enter appends the name of a node below the innermost group that waits for one; false where none does, or the path
// grows too long. The root has no name.
func (p *path) enter(name []byte) bool {
	if len(p.stack) == 0 {
		return false
	}
	group := &p.stack[len(p.stack)-1]
	group.left--
	p.name = p.name[:group.length]
	if len(p.name)+len(name) >= longestPath {
		return false
	}
	if len(p.stack) > 1 {
		p.name = append(p.name, '.')
	}
	p.name = append(p.name, name...)
	return true
}

// repeated is how many of the open groups are lists.
func (p *path) repeated() int {
	if len(p.stack) == 0 {
		return 0
	}
	return p.stack[len(p.stack)-1].repeated
}

// open makes the node that was entered last a group of so many children.
func (p *path) open(children int64, repeated int) bool {
	p.stack = append(p.stack, pathGroup{left: children, length: len(p.name), repeated: repeated})
	return len(p.stack) <= maxSchemaDepth
}

// close ends all groups that wait for nothing.
func (p *path) close() {
	for len(p.stack) > 0 && p.stack[len(p.stack)-1].left == 0 {
		p.stack = p.stack[:len(p.stack)-1]
	}
}
