package probe

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"s3layout/stats"
)

const (
	orcMagic = "ORC"
	// maxStripes bounds what is kept of them, 16 bytes each.
	maxStripes = 1 << 14
	// maxInflatedBase and maxInflatedRatio bound an inflated footer: so many bytes, and so many for each compressed byte.
	maxInflatedBase  = 96 << 10
	maxInflatedRatio = 4
)

// orcEnd is the last field of a postscript since Hive 0.12: number 8000, a string of three bytes, the magic.
const orcEnd = "\x82\xf4\x03\x03" + orcMagic

// isORC looks for the end of the postscript, which its length follows. At the head three letters alone could begin any
// text.
func isORC(head, tail []byte) bool {
	if bytes.HasSuffix(tail[:max(len(tail)-1, 0)], []byte(orcEnd)) {
		return true
	}
	return bytes.HasPrefix(head, []byte(orcMagic)) && bytes.ContainsFunc(head[:min(len(head), 256)], isControl)
}

// isControl reports whether a character is one that text does not hold.
func isControl(r rune) bool { return r < '\t' || r > '\r' && r < ' ' && r != '\x1b' }

// orcCodecs are the values of CompressionKind.
var orcCodecs = [...]string{"none", "zlib", "snappy", "lzo", "lz4", "zstd", "brotli"}

// orcWriters are the values of Footer.writer.
var orcWriters = [...]string{"ORC Java", "ORC C++", "Presto", "Scritchley Go", "Trino", "CUDF"}

// An orcTail decodes the postscript and the footer.
type orcTail struct {
	out   *Finding
	facts *ORC
	// size is the file's, footerAt where in it the footer begins.
	size, footerAt int64
	footerLength   uint64
	version        []byte

	rows, compressed []int64
	stored           int64
	types            orcTypes
	writer           uint64
	software         []byte
	problem          *Problem
}

// fail keeps the first problem.
func (o *orcTail) fail(kind ProblemKind, what string, at int64) bool {
	if o.problem == nil {
		o.problem = &Problem{Kind: kind, What: what, Offset: at}
	}
	return false
}

// readORC decodes the file's tail. Source: orc.apache.org/specification/ORCv1, and proto/orc/proto/orc_proto.proto of
// apache/orc-format.
func readORC(f *file, out *Finding) error {
	o := &orcTail{out: out, facts: &ORC{}, size: f.size}
	defer func() {
		if o.problem != nil {
			out.Problem = o.problem
		}
	}()
	if !o.postscript(f.tail) {
		return nil
	}
	if o.footerLength > uint64(f.limits.Footer) {
		o.fail(Oversized, fmt.Sprintf("a footer of %d bytes", o.footerLength), o.footerAt)
		return nil
	}
	length := int64(o.footerLength)
	footer, err := f.beforeEnd(f.size-o.footerAt-length, length)
	if err != nil {
		return err
	}
	if body, ok := o.inflate(footer); ok && o.footer(body, len(footer)) {
		o.finish()
	}
	return nil
}

// postscript reads the lengths, which end the file.
func (o *orcTail) postscript(tail []byte) bool {
	end := len(tail) - 1
	n := int(tail[end])
	if n > end {
		return o.fail(Truncated, "too short for its postscript", 0)
	}
	at := o.size - 1 - int64(n)
	codec, magic := uint64(math.MaxUint64), []byte(nil)
	ok := eachField(tail[end-n:end], func(field protowire.Number, v uint64, body []byte) bool {
		switch field {
		case 1:
			o.footerLength = v
		case 2:
			codec = v
		case 3:
			o.facts.CompressionBlockBytes = int64(min(v, math.MaxInt64))
		case 4:
			o.version = orcVersion(o.version, v, body)
		case 6:
			o.types.reliable = v > 0
		case 8000:
			magic = body
		}
		return true
	})
	if !ok || string(magic) != orcMagic && codec == math.MaxUint64 {
		return o.fail(Truncated, "it begins as ORC and has no postscript", o.size)
	}
	if o.footerLength == 0 || o.footerLength > uint64(at) {
		return o.fail(Malformed, fmt.Sprintf("a footer of %d bytes in a file of %d", o.footerLength, o.size), at)
	}
	o.footerAt = at - int64(o.footerLength)
	o.facts.FooterBytes = int64(o.footerLength)
	o.facts.Version = string(o.version)
	if codec >= uint64(len(orcCodecs)) {
		return o.fail(Unsupported, "a compression of no known kind", at)
	}
	o.out.Compression = orcCodecs[codec]
	if codec == 0 {
		o.facts.CompressionBlockBytes = 0
	}
	o.out.ORC = o.facts
	return true
}

// orcVersion appends parts of the version, packed or one by one: "0.12".
func orcVersion(version []byte, v uint64, packed []byte) []byte {
	if packed == nil {
		packed = protowire.AppendVarint(nil, v)
	}
	for len(packed) > 0 && len(version) < 16 {
		part, n := protowire.ConsumeVarint(packed)
		if n < 0 {
			break
		}
		if len(version) > 0 {
			version = append(version, '.')
		}
		version = strconv.AppendUint(version, part, 10)
		packed = packed[n:]
	}
	return version
}

// inflate undoes the compression of the footer: chunks with a header of three bytes, twice their length plus one where
// they are stored as they are.
func (o *orcTail) inflate(footer []byte) ([]byte, bool) {
	codec := o.out.Compression
	if codec == "none" {
		return footer, true
	}
	body := make([]byte, 0, maxInflatedRatio*len(footer)+maxInflatedBase)
	for rest := footer; len(rest) > 0; {
		at := o.footerAt + int64(len(footer)-len(rest))
		if len(rest) < 3 {
			return nil, o.fail(Malformed, "the footer ends within the header of a chunk", at)
		}
		header := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		n, kind := header>>1, codec
		if header&1 == 1 {
			kind = "none"
		}
		if rest = rest[3:]; n > len(rest) {
			return nil, o.fail(Malformed, "a chunk longer than the footer", at)
		}
		var err error
		switch body, err = appendInflated(body, kind, rest[:n]); {
		case errors.Is(err, errFull):
			return nil, o.fail(Oversized, fmt.Sprintf("a footer of %d bytes that inflates to more than %d", len(footer), cap(body)), at)
		case errors.Is(err, errUnsupported):
			return nil, o.fail(Unsupported, "a footer compressed as "+codec, at)
		case err != nil:
			return nil, o.fail(Malformed, "a chunk that does not inflate as "+codec, at)
		}
		rest = rest[n:]
	}
	return body, true
}

// footer decodes the footer itself; length is its size in the file.
func (o *orcTail) footer(body []byte, length int) bool {
	stripes, types := 0, 0
	if !eachField(body, func(field protowire.Number, _ uint64, _ []byte) bool {
		switch field {
		case 3:
			stripes++
		case 4:
			types++
		}
		return true
	}) {
		return o.fail(Malformed, "a footer that is no message", o.footerAt)
	}
	if stripes > maxStripes || types > maxSchemaElements {
		return o.fail(Oversized, fmt.Sprintf("%d stripes and %d types", stripes, types), o.footerAt)
	}
	o.rows, o.compressed = make([]int64, 0, stripes), make([]int64, 0, stripes)
	o.types.begin(types, length)
	rows, counted := uint64(0), false
	ok := eachField(body, func(field protowire.Number, v uint64, body []byte) bool {
		switch field {
		case 3:
			return o.stripe(body)
		case 4:
			return o.types.add(body)
		case 6:
			rows, counted = v, true
		case 7:
			o.types.addStatistics(body)
		case 8:
			o.facts.RowIndexStride = int64(min(v, math.MaxInt64))
		case 9:
			o.writer = v
		case 10:
			o.out.Encryption = "columns"
		case 12:
			o.software = body
		}
		return true
	})
	switch {
	case !ok && o.types.oversized:
		return o.fail(Oversized, "a schema too deep, or whose paths are far longer than its names", o.footerAt)
	case !ok || !o.types.whole():
		return o.fail(Malformed, "stripes beyond the file, or a schema that is no tree", o.footerAt)
	case counted && rows > math.MaxInt64:
		return o.fail(Malformed, "a negative count of rows", o.footerAt)
	}
	total := int64(rows)
	if !counted {
		for _, n := range o.rows {
			total += min(n, math.MaxInt64-total)
		}
	}
	o.out.Rows = &total
	return true
}

// stripe reads a StripeInformation. All stripes together lie within the file.
func (o *orcTail) stripe(body []byte) bool {
	var lengths [3]uint64
	rows := uint64(0)
	ok := eachField(body, func(field protowire.Number, v uint64, _ []byte) bool {
		switch field {
		case 2, 3, 4:
			lengths[field-2] = v
		case 5:
			rows = v
		}
		return true
	})
	for _, n := range lengths {
		ok = ok && n <= uint64(o.size)
	}
	length := int64(lengths[0]) + int64(lengths[1]) + int64(lengths[2])
	if !ok || length < 0 || length > o.size-o.stored || rows > math.MaxInt64 {
		return false
	}
	o.stored += length
	o.rows, o.compressed = append(o.rows, int64(rows)), append(o.compressed, length)
	return true
}

func (o *orcTail) finish() {
	out := o.out
	out.Evidence = EvidenceFooter
	if len(o.rows) > 0 {
		out.Blocks = blocksOf(o.rows, o.compressed, nil)
		out.Codecs = []Codec{{Name: out.Compression, CompressedBytes: o.stored}}
	}
	out.Schema = o.types.schema.finish()
	writer := "unknown writer " + strconv.FormatUint(o.writer, 10)
	if o.writer < uint64(len(orcWriters)) {
		writer = orcWriters[o.writer]
	}
	if len(o.software) > 0 {
		writer += " " + stats.Spell(string(o.software[:min(len(o.software), maxText)]))
	}
	out.Writer = writer
	out.Expansion = o.types.expansion(o.stored)
}
