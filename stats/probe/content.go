package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"s3layout/stats"
	"s3layout/stats/probe/codec"
	"s3layout/stats/probe/text"
)

// maxPlain is how much of what a file inflates to is looked at as text.
const maxPlain = 64 << 10

// wholeInflated is how much of a file is inflated that was read whole: what bzip2's decoder leaves of 1 MiB. Those of xz and
// lzma take as much again as comes out.
const wholeInflated = 528 << 10

// readContent tells what a file holds that none of Formats shows: its codec, from the head, and what that inflates to.
func (f *file) readContent(out *Finding) {
	c := codec.Detect(f.head)
	if c != codec.None {
		out.Container, out.Compression, out.Evidence = string(c), c.Family(), EvidenceMagic
	}
	limits := codec.Limits{Compressed: len(f.head), Inflated: int(f.limits.Inflated)}
	if int64(len(f.head)) == f.size && f.limits.Inflated == maxInflated && c != codec.XZ && c != codec.LZMA {
		limits.Inflated = wholeInflated // so that the expansion is that of the file, not of its beginning
	}
	plain, consumed, truncated, err := f.inflate(c, limits)
	if c != codec.None {
		out.Expansion = inflatedExpansion(consumed, len(plain), err)
		if truncated && f.limits.Inflated < maxInflated { // the beginning of a stream is what compresses worst
			out.Expansion = &Expansion{Basis: unknown, Reason: "it is inflated no further than it takes to tell what it holds"}
		}
	}
	if err != nil && !errors.Is(err, codec.ErrUnsupported) {
		out.Problem = &Problem{Kind: Malformed, What: "its compressed bytes are damaged", Offset: int64(consumed)}
	}
	if len(plain) == 0 {
		return
	}
	whole := !truncated && int64(len(f.head)) == f.size
	for _, format := range Formats {
		// What is compressed as a whole has no end to read, and no engine reads it.
		if c != codec.None && format.match(plain, nil) {
			out.Format, out.Evidence = format.Name, EvidenceMagic
			return
		}
	}
	out.readText(f.detect(plain, whole), c)
}

// inflate inflates the head. Where not all of it is wanted, a stream gets a few KiB only: its decoder
// hands out 32 KiB at a time.
func (f *file) inflate(c codec.Codec, limits codec.Limits) (plain []byte, consumed int, truncated bool, err error) {
	if short := limits; limits.Inflated < maxInflated && (c == codec.Gzip || c == codec.BGZF || c == codec.Zlib) {
		short.Compressed, short.Inflated = shortStream, maxInflated
		plain, consumed, truncated, err = codec.Inflate(f.head, c, short)
		if err != nil || !truncated || int64(len(plain)) >= f.limits.Text {
			return plain, consumed, truncated, err
		}
	}
	return codec.Inflate(f.head, c, limits)
}

// shortStream is what a stream gets, bytes.
const shortStream = 2 << 10

func inflatedExpansion(consumed, inflated int, err error) *Expansion {
	e := &Expansion{Basis: unknown}
	switch {
	case errors.Is(err, codec.ErrUnsupported):
		e.Reason = "the codec is not inflated here"
	case err != nil && inflated == 0:
		e.Reason = "the compressed bytes are damaged"
	case consumed == 0 || inflated == 0:
		e.Reason = "the sample ends before the first block does"
	default:
		return &Expansion{Basis: "inflated_sample", CompressedBytes: int64(consumed), UncompressedBytes: int64(inflated)}
	}
	return e
}

// detect looks at inflated bytes as text: at Limits.Text of them, and at maxPlain where those do not settle it.
func (f *file) detect(plain []byte, whole bool) text.Finding {
	if n := int(f.limits.Text); n < maxPlain && len(plain) > n {
		if t := text.Detect(plain[:n], false); t.Confidence == text.Certain && !t.LongestCut && t.Header != text.HeaderUnknown {
			return t
		}
	}
	return text.Detect(plain[:min(len(plain), maxPlain)], whole && len(plain) <= maxPlain)
}

// readText keeps what the text tells.
func (out *Finding) readText(t text.Finding, c codec.Codec) {
	if t.Format != text.Unknown {
		out.Format, out.Evidence = t.Format, EvidenceContent
		if c == codec.None {
			out.Compression = string(codec.None)
		}
	}
	out.Text = &Text{
		Layout: string(t.Layout), Delimiter: stats.Spell(t.Delimiter), Header: string(t.Header), Columns: t.Columns, Quoted: t.Quoted,
		RowTag: stats.Spell(t.RowTag), Spans: t.Spans, Records: t.Records, Bad: t.Bad, Encoding: string(t.Encoding), BOM: t.BOM,
		Newline: t.Newline, LongestLine: t.LongestLine, LongestCut: t.LongestCut, Confidence: string(t.Confidence), Reason: t.Reason,
		Binary: t.Binary, Blank: t.Empty,
	}
	if len(t.Names) > 0 {
		out.Schema = namedSchema(t.Format, t.Names)
	}
}

// namedSchema makes a schema of names alone. Those of JSON objects may come in any order.
func namedSchema(format string, names []string) *Schema {
	if format == text.JSON {
		names = slices.Sorted(slices.Values(names))
	}
	sum := sha256.New()
	s := &Schema{Leaves: int64(len(names)), Columns: make([]Column, 0, len(names))}
	for _, name := range names {
		sum.Write([]byte(name))
		sum.Write([]byte{'\n'})
		s.Columns = append(s.Columns, Column{Path: stats.Spell(name)})
	}
	s.Fingerprint = hex.EncodeToString(sum.Sum(nil))
	return s
}
