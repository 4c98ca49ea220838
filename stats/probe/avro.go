package probe

import (
	"bytes"
	"errors"
	"math"
)

const (
	avroMagic = "Obj\x01"
	avroSync  = 16
	// maxSampled is how many blocks are inflated, and maxSample how many bytes come of it in all.
	maxSampled = 16
	maxSample  = 512 << 10
)

func isAvro(head, _ []byte) bool { return bytes.HasPrefix(head, []byte(avroMagic)) }

// avroCodecs spells avro.codec as spark.sql.avro.compression.codec does.
var avroCodecs = map[string]string{
	"": "none", "null": "none", "deflate": "deflate", "snappy": "snappy", "bzip2": "bzip2", "xz": "xz", "zstandard": "zstandard",
}

// An avroFile walks the head of an object container file. The first problem ends the walk.
type avroFile struct {
	out     *Finding
	b       []byte
	size    int64
	at      int
	problem *Problem

	schema, codec []byte
	sync          []byte
	blocks        []avroBlock
}

// An avroBlock is one that begins in the sample. data ends early where the sample does.
type avroBlock struct {
	rows, dataBytes int64
	length          int64
	data            []byte
	whole           bool
}

// readAvro decodes the header, and the blocks of the head.
// Source: avro.apache.org/docs/1.12.0/specification, Object Container Files.
func readAvro(f *file, out *Finding) error {
	a := &avroFile{out: out, b: f.head, size: f.size, at: len(avroMagic)}
	out.Avro = &Avro{}
	if a.header(); a.problem == nil {
		out.Evidence = EvidenceHeader
		a.readSchema()
	}
	if a.problem == nil {
		a.readBlocks()
		a.finish()
	}
	out.Problem = a.problem
	return nil
}

func (a *avroFile) fail(kind ProblemKind, what string) {
	if a.problem == nil {
		a.problem = &Problem{Kind: kind, What: what, Offset: int64(a.at)}
	}
}

// short is the problem that the bytes read have come to their end.
func (a *avroFile) short(what string) {
	if int64(len(a.b)) < a.size {
		a.fail(Oversized, what+" is longer than what was read of the file")
		return
	}
	a.fail(Truncated, "the file ends within "+what)
}

// long reads an integer in zigzag form.
func (a *avroFile) long(what string) int64 {
	var v uint64
	for shift := 0; shift < 64 && a.problem == nil; shift += 7 {
		if a.at >= len(a.b) {
			a.short(what)
			return 0
		}
		c := a.b[a.at]
		a.at++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int64(v>>1) ^ -int64(v&1)
		}
	}
	a.fail(Malformed, "an integer of more than 64 bits")
	return 0
}

func (a *avroFile) bytes(what string) []byte {
	n := a.long(what)
	switch {
	case a.problem != nil:
		return nil
	case n < 0 || n > a.size-int64(a.at):
		a.fail(Malformed, "a length beyond the end of the file")
		return nil
	case n > int64(len(a.b)-a.at):
		a.short(what)
		return nil
	}
	a.at += int(n)
	return a.b[a.at-int(n) : a.at]
}

// header reads the metadata, a map in blocks of a count each, and the sync marker.
func (a *avroFile) header() {
	const what = "the header"
	for a.problem == nil {
		n := a.long(what)
		if n == 0 {
			break
		}
		if n < 0 { // then the size of the block in bytes follows
			a.long(what)
			n = -n
		}
		if n < 0 || n > a.size {
			a.fail(Malformed, "more metadata than bytes")
		}
		for ; n > 0 && a.problem == nil; n-- {
			key, value := a.bytes(what), a.bytes(what)
			switch string(key) {
			case "avro.schema":
				a.schema = value
			case "avro.codec":
				a.codec = value
			}
		}
	}
	if a.problem == nil {
		if len(a.b)-a.at < avroSync {
			a.short(what)
			return
		}
		a.sync = a.b[a.at : a.at+avroSync]
		a.at += avroSync
		a.out.Avro.HeaderBytes = int64(a.at)
	}
}

func (a *avroFile) readSchema() {
	if codec, ok := avroCodecs[string(a.codec)]; ok {
		a.out.Compression = codec
	}
	schema, problem := parseAvroSchema(a.schema)
	a.out.Schema = schema
	if problem != nil {
		a.problem = problem
		a.problem.Offset = int64(len(avroMagic))
		return
	}
	if a.out.Compression == unknown {
		a.fail(Unsupported, "a codec of no known name")
	}
}

// readBlocks walks the blocks that begin in the sample, and holds each to the sync marker that ends it.
func (a *avroFile) readBlocks() {
	for a.at < len(a.b) {
		start := a.at
		rows, n := a.long("a block"), a.long("a block")
		switch {
		case a.problem != nil && a.problem.Kind == Oversized: // the sample ends in a block's first bytes
			a.problem = nil
			return
		case a.problem != nil:
			return
		case rows < 0 || n < 0 || n > a.size-int64(a.at)-avroSync:
			a.fail(blockKind(rows, n), "a block beyond the end of the file")
			return
		}
		end := int64(a.at) + n
		block := avroBlock{rows: rows, dataBytes: n, length: end + avroSync - int64(start)}
		if block.whole = end+avroSync <= int64(len(a.b)); !block.whole {
			block.data = a.b[a.at:min(end, int64(len(a.b)))]
			a.blocks = append(a.blocks, block)
			return
		}
		block.data = a.b[a.at:end]
		if !bytes.Equal(a.b[end:end+avroSync], a.sync) {
			a.at = int(end)
			a.fail(Malformed, "a block that does not end in the sync marker")
			return
		}
		a.out.Avro.SyncMarkers++
		a.blocks = append(a.blocks, block)
		a.at = int(end) + avroSync
	}
	if int64(a.at) == a.size {
		a.out.Avro.Whole = true
	}
}

func blockKind(rows, n int64) ProblemKind {
	if rows < 0 || n < 0 {
		return Malformed
	}
	return Truncated
}

func (a *avroFile) finish() {
	rows, lengths := make([]int64, len(a.blocks)), make([]int64, len(a.blocks))
	total, stored := int64(0), int64(0)
	for i, b := range a.blocks {
		rows[i], lengths[i] = b.rows, b.length
		stored += b.length
		if total > math.MaxInt64-b.rows {
			a.fail(Malformed, "more rows than 64 bits count")
			return
		}
		total += b.rows
	}
	if a.out.Avro.Whole {
		a.out.Rows = &total
	}
	if len(a.blocks) > 0 {
		a.out.Blocks = blocksOf(rows, lengths, nil)
		a.out.Codecs = []Codec{{Name: a.out.Compression, CompressedBytes: stored}}
	}
	a.out.Expansion = a.expansion()
}

// expansion inflates whole blocks of the sample. Where there is none it takes what one says of itself.
func (a *avroFile) expansion() *Expansion {
	e := &Expansion{Basis: "inflated_sample"}
	s := &sizer{codec: a.out.Compression, left: maxSample}
	for i := range a.blocks {
		b := &a.blocks[i]
		if !b.whole || i == maxSampled {
			break
		}
		n, err := s.size(b.data)
		if errors.Is(err, errFull) {
			break
		}
		if err != nil {
			a.fail(Malformed, "a block that does not inflate as "+s.codec)
			return &Expansion{Basis: unknown, Reason: "a block does not inflate"}
		}
		e.CompressedBytes += b.length
		e.UncompressedBytes += n
	}
	if s.codec == "xz" {
		e.Basis = "stated_sizes"
	}
	if e.CompressedBytes == 0 && len(a.blocks) > 0 {
		b := &a.blocks[0]
		if n, ok := statedSize(s.codec, b.data, b.dataBytes); ok {
			e = &Expansion{Basis: "stated_sizes", CompressedBytes: b.length, UncompressedBytes: n}
		}
	}
	if e.CompressedBytes == 0 || e.UncompressedBytes == 0 {
		return &Expansion{Basis: unknown, Reason: "no block of the sample can be inflated within bounds"}
	}
	return e
}
