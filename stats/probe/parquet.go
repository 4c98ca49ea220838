package probe

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"s3layout/stats"
	"s3layout/stats/thrift"
)

const (
	parquetMagic   = "PAR1"
	encryptedMagic = "PARE"
	// parquetTrailer is the footer's length and the magic that ends the file.
	parquetTrailer = 8
	// maxRowGroups bounds what is kept of them, 24 bytes each.
	maxRowGroups = 1 << 20
	// maxText bounds a text that a file says of itself.
	maxText = 256
)

func isParquet(head, tail []byte) bool {
	return hasParquetMagic(bytes.HasPrefix, head) || hasParquetMagic(bytes.HasSuffix, tail)
}

func hasParquetMagic(has func(s, magic []byte) bool, s []byte) bool {
	return has(s, []byte(parquetMagic)) || has(s, []byte(encryptedMagic))
}

// readParquet decodes the footer.
// Source: apache/parquet-format, README.md and src/main/thrift/parquet.thrift.
func readParquet(f *file, out *Finding) error {
	if !hasParquetMagic(bytes.HasSuffix, f.tail) {
		out.Problem = &Problem{Kind: Truncated, What: "it begins as Parquet and has no footer", Offset: f.size}
		return nil
	}
	at := f.size - parquetTrailer
	if f.size < int64(len(parquetMagic))+parquetTrailer {
		out.Problem = &Problem{Kind: Truncated, What: "too short for Parquet"}
		return nil
	}
	trailer := f.tail[len(f.tail)-parquetTrailer:]
	length := int64(binary.LittleEndian.Uint32(trailer))
	switch {
	case length == 0 || length > at-int64(len(parquetMagic)):
		out.Problem = &Problem{Kind: Malformed, What: fmt.Sprintf("a footer of %d bytes in a file of %d", length, f.size), Offset: at}
		return nil
	case length > f.limits.Footer:
		out.Problem = &Problem{Kind: Oversized, What: fmt.Sprintf("a footer of %d bytes", length), Offset: at}
		return nil
	}
	footer, err := f.beforeEnd(parquetTrailer, length)
	if err != nil {
		return err
	}
	out.Parquet = &Parquet{FooterBytes: length}
	if bytes.HasSuffix(trailer, []byte(encryptedMagic)) {
		out.Encryption, out.Evidence = "footer", EvidenceFooter
		out.Expansion = &Expansion{Basis: unknown, Reason: "the footer is encrypted"}
		return nil
	}
	p := &parquetFooter{Walker: thrift.Walker{B: footer}, out: out, facts: out.Parquet, fileSize: f.size}
	if p.decode(); p.Err != nil {
		out.Problem = &Problem{Kind: cmp.Or(p.kind, Malformed), What: p.Err.What, Offset: int64(p.Err.Offset) + at - length}
		return nil
	}
	out.Evidence = EvidenceFooter
	return nil
}

// parquetCodecs are the values of CompressionCodec, as spark.sql.parquet.compression.codec spells them.
var parquetCodecs = [...]string{"none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw", unknown}

// A parquetFooter decodes FileMetaData in one pass.
type parquetFooter struct {
	thrift.Walker
	kind     ProblemKind // of Err, where it is not Malformed
	out      *Finding
	facts    *Parquet
	fileSize int64

	schema  *schemaBuilder
	codecs  [len(parquetCodecs)]codecUse
	rows    int64
	hasRows bool
	groups  bool
	// One entry for each row group.
	groupRows, groupCompressed, groupUncompressed []int64
	compressed, uncompressed                      int64
	decoded                                       decoded
}

// codecUse counts what one codec holds. columns has a bit for each that was seen, count of them.
type codecUse struct {
	chunks, compressed, uncompressed int64
	columns                          []uint64
	count                            int64
}

// fail ends the walk for another reason than bytes that are malformed.
func (p *parquetFooter) fail(kind ProblemKind, what string) {
	if p.Err == nil {
		p.kind = kind
	}
	p.Fail(what)
}

func (p *parquetFooter) decode() {
	p.Structure(thrift.Struct, p.fileField)
	switch {
	case p.Err != nil:
	case p.schema == nil || !p.hasRows || !p.groups:
		p.Fail("the footer lacks its schema, its rows or its row groups")
	case !p.facts.External && p.compressed > p.fileSize:
		p.Fail("the columns claim more bytes than the file has")
	}
	if p.Err == nil {
		p.finish()
	}
}

func (p *parquetFooter) fileField(id int, typ byte) {
	switch id {
	case 2:
		p.readSchema(typ)
	case 3:
		p.rows, p.hasRows = p.Size(typ), true
	case 4:
		p.readRowGroups(typ)
	case 6:
		created := p.Text(typ)
		p.out.Writer = stats.Spell(string(created[:min(len(created), maxText)]))
	case 8:
		p.out.Encryption = "columns"
		p.Skip(typ)
	default:
		p.Skip(typ)
	}
}

func (p *parquetFooter) readRowGroups(typ byte) {
	if p.schema == nil || p.groups {
		p.Fail("row groups before the schema, or twice")
		return
	}
	p.groups = true
	p.List(typ, func(n int) {
		if n > maxRowGroups {
			p.fail(Oversized, fmt.Sprintf("%d row groups", n))
			return
		}
		// A row group of one column takes more than seven bytes: a list that claims more groups ends in a problem.
		n = min(n, p.Remaining()/7)
		p.groupRows, p.groupCompressed, p.groupUncompressed = make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)
	}, p.rowGroup)
}

func (p *parquetFooter) rowGroup(typ byte) {
	g := rowGroup{rows: -1}
	p.Structure(typ, func(id int, typ byte) {
		switch id {
		case 1:
			p.List(typ, thrift.NoBegin, func(typ byte) { p.chunk(&g, typ) })
		case 3:
			g.rows = p.Size(typ)
		default:
			p.Skip(typ)
		}
	})
	if p.Err != nil {
		return
	}
	if g.rows < 0 || g.chunks != p.schema.leaves {
		p.Fail("a row group without rows, or not of as many columns as the schema")
		return
	}
	if p.fits(&g) {
		p.groupRows = append(p.groupRows, g.rows)
		p.groupCompressed = append(p.groupCompressed, g.compressed)
		p.groupUncompressed = append(p.groupUncompressed, g.uncompressed)
	}
}

// fits adds a group's sizes to the file's, which may not overflow.
func (p *parquetFooter) fits(g *rowGroup) bool {
	if g.compressed > math.MaxInt64-p.compressed || g.uncompressed > math.MaxInt64-p.uncompressed {
		p.Fail("sizes beyond 64 bits")
		return false
	}
	p.compressed += g.compressed
	p.uncompressed += g.uncompressed
	if len(p.groupRows) == cap(p.groupRows) {
		p.Fail("row groups too short to be any")
		return false
	}
	return true
}

// A rowGroup is what is gathered of one; its sizes are those of its chunks, the group's own being optional.
type rowGroup struct {
	rows, chunks             int64
	compressed, uncompressed int64
}

// A chunk is what is gathered of a ColumnChunk. nulls and byteArrays are -1 where it does not tell.
type chunk struct {
	codec, compressed, uncompressed int64
	values, nulls, byteArrays       int64
	hasMeta, bloom                  bool
	encrypted                       bool
}

func (p *parquetFooter) chunk(g *rowGroup, typ byte) {
	c := chunk{nulls: -1, byteArrays: -1}
	p.Structure(typ, func(id int, typ byte) {
		switch id {
		case 1:
			elsewhere := len(p.Text(typ)) > 0
			p.facts.External = p.facts.External || elsewhere
		case 3:
			c.hasMeta = true
			p.Structure(typ, func(id int, typ byte) { p.columnField(&c, id, typ) })
		case 4:
			p.facts.OffsetIndexes++
			p.Skip(typ)
		case 6:
			p.facts.ColumnIndexes++
			p.Skip(typ)
		case 8:
			c.encrypted = true
			p.Skip(typ)
		default:
			p.Skip(typ)
		}
	})
	if p.Err == nil {
		p.addChunk(g, &c)
	}
}

func (p *parquetFooter) columnField(c *chunk, id int, typ byte) {
	switch id {
	case 4:
		c.codec = p.Size(typ)
	case 5:
		c.values = p.Size(typ)
	case 6:
		c.uncompressed = p.Size(typ)
	case 7:
		c.compressed = p.Size(typ)
	case 12:
		p.member(typ, 3, &c.nulls)
	case 16:
		p.member(typ, 1, &c.byteArrays)
	case 14:
		c.bloom = true
		p.Skip(typ)
	default:
		p.Skip(typ)
	}
}

// member reads one field of a structure, a size, and skips the others.
func (p *parquetFooter) member(typ byte, want int, to *int64) {
	p.Structure(typ, func(id int, typ byte) {
		if id == want {
			*to = p.Size(typ)
			return
		}
		p.Skip(typ)
	})
}

func (p *parquetFooter) addChunk(g *rowGroup, c *chunk) {
	p.facts.Chunks++
	ordinal := g.chunks
	g.chunks++
	if c.encrypted {
		p.facts.Encrypted++
	}
	if c.bloom {
		p.facts.BloomFilters++
	}
	switch {
	case c.hasMeta: // under a plaintext footer it lacks the statistics of an encrypted column, and has the rest
	case c.encrypted:
		p.fail(Unsupported, "the metadata of a column is encrypted")
		return
	default:
		p.Fail("a column chunk without its metadata")
		return
	}
	if c.compressed > math.MaxInt64-g.compressed || c.uncompressed > math.MaxInt64-g.uncompressed {
		p.Fail("sizes beyond 64 bits")
		return
	}
	g.compressed += c.compressed
	g.uncompressed += c.uncompressed
	codec := min(c.codec, int64(len(parquetCodecs)-1))
	p.codecs[codec].add(c, ordinal, p.schema.leaves)
	p.schema.addChunk(ordinal, parquetCodecs[codec], c)
	p.decoded.add(ordinal, c)
}

func (u *codecUse) add(c *chunk, ordinal, leaves int64) {
	if u.columns == nil {
		u.columns = make([]uint64, (leaves+63)/64)
	}
	u.chunks++
	// Sums of a file's chunks: fits finds an overflow when the row group ends.
	u.compressed += c.compressed
	u.uncompressed += c.uncompressed
	if word, bit := ordinal/64, uint64(1)<<(ordinal%64); int(word) < len(u.columns) && u.columns[word]&bit == 0 {
		u.columns[word] |= bit
		u.count++
	}
}

func (p *parquetFooter) finish() {
	out := p.out
	out.Rows = &p.rows
	out.Schema = p.schema.finish()
	if len(p.groupRows) > 0 {
		out.Blocks = blocksOf(p.groupRows, p.groupCompressed, p.groupUncompressed)
	}
	for i, use := range p.codecs {
		if use.chunks > 0 {
			out.Codecs = append(out.Codecs, Codec{parquetCodecs[i], use.count, use.compressed, use.uncompressed})
		}
	}
	slices.SortStableFunc(out.Codecs, func(a, b Codec) int { return cmp.Compare(b.CompressedBytes, a.CompressedBytes) })
	if len(out.Codecs) > 0 {
		out.Compression = out.Codecs[0].Name
	}
	if p.facts.Encrypted > 0 {
		out.Encryption = "columns"
	}
	out.Expansion = &Expansion{Basis: unknown, Reason: "the footer counts no bytes"}
	if p.compressed > 0 && p.uncompressed > 0 {
		out.Expansion = &Expansion{Basis: "footer", CompressedBytes: p.compressed, UncompressedBytes: p.uncompressed}
		if !p.decoded.unknown {
			out.Expansion.DecodedBytes = p.decoded.bytes
		}
	}
}
