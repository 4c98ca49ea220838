package probe

import (
	"fmt"
	"slices"
)

// A Finding is what a probe learned of one file. Sizes are in bytes.
type Finding struct {
	// Format is one of Formats, one of package text's, or "unknown".
	Format string `json:"format"`
	// Compression is the codec of most of the compressed bytes, as Spark spells it for the format ("zstd" in Parquet and
	// ORC, "zstandard" in Avro), "none", or "unknown". Of a file that is compressed as a whole it is Container's family.
	Compression string `json:"compression"`
	// Container is the codec that the file is compressed in as a whole, as package codec spells it: gzip, bgzf, hadoop_lz4;
	// absent where it is not.
	Container string `json:"container,omitempty"`
	// Evidence says what Format and Compression rest on.
	Evidence Evidence `json:"evidence"`
	// Named is the format that the name promises, and Mismatch is set where the bytes are something else.
	Named    string `json:"named"`
	Mismatch bool   `json:"mismatch,omitempty"`
	// Unread is set where Limits.Requests kept the file from being read further.
	Unread bool `json:"unread,omitempty"`
	// Problem is what kept the file from being understood. What was learned before it stands.
	Problem *Problem `json:"problem,omitempty"`

	// Rows is absent where the file does not say.
	Rows *int64 `json:"rows,omitempty"`
	// Writer is the program that the file says wrote it.
	Writer string `json:"writer,omitempty"`
	// Encryption is "footer" where nothing can be read, "columns" where some columns cannot.
	Encryption string `json:"encryption,omitempty"`
	// Codecs has every codec in use, most compressed bytes first.
	Codecs []Codec `json:"codecs,omitempty"`
	// Blocks are the parts that an engine reads on their own: Parquet row groups, ORC stripes, and the Avro blocks of the
	// sample.
	Blocks *Blocks `json:"blocks,omitempty"`
	Schema *Schema `json:"schema,omitempty"`
	// Expansion says how large the file's data becomes.
	Expansion *Expansion `json:"expansion,omitempty"`
	Parquet   *Parquet   `json:"parquet,omitempty"`
	ORC       *ORC       `json:"orc,omitempty"`
	Avro      *Avro      `json:"avro,omitempty"`
	Text      *Text      `json:"text,omitempty"`

	// Requests counts the calls of ReadAt, and BytesRead what they brought.
	Requests  int   `json:"requests"`
	BytesRead int64 `json:"bytes_read"`
}

const unknown = "unknown"

// Evidence is what a verdict rests on.
type Evidence string

const (
	// EvidenceNone: no format of the list shows.
	EvidenceNone Evidence = "none"
	// EvidenceMagic: the format's mark was seen, and no more could be read.
	EvidenceMagic Evidence = "magic"
	// EvidenceContent: the first bytes were inflated, where they are compressed, and read.
	EvidenceContent Evidence = "content"
	// EvidenceHeader and EvidenceFooter: the file's own header or footer was decoded.
	EvidenceHeader Evidence = "header"
	EvidenceFooter Evidence = "footer"
)

// A Problem is why a file could not be understood.
type Problem struct {
	Kind ProblemKind `json:"kind"`
	// What says it in words that hold no bytes of the file.
	What string `json:"what"`
	// Offset is where in the file; inside compressed metadata, where that begins.
	Offset int64 `json:"offset"`
}

// ProblemKind tells problems apart for counting.
type ProblemKind string

const (
	Empty       ProblemKind = "empty"
	Truncated   ProblemKind = "truncated"   // cut short, or still being written
	Malformed   ProblemKind = "malformed"   // against its format's rules
	Oversized   ProblemKind = "oversized"   // more than Limits, or the package's own bounds, let in
	Unsupported ProblemKind = "unsupported" // well formed, as far as is known, and not read here
)

func (p *Problem) String() string { return fmt.Sprintf("%s at byte %d: %s", p.Kind, p.Offset, p.What) }

// A Codec is one codec's share of a file.
type Codec struct {
	Name string `json:"name"`
	// Columns counts the columns with any chunk in this codec.
	Columns           int64 `json:"columns,omitempty"`
	CompressedBytes   int64 `json:"compressed_bytes"`
	UncompressedBytes int64 `json:"uncompressed_bytes,omitempty"`
}

// Blocks summarises the parts of a file that are read on their own.
type Blocks struct {
	Count      int64  `json:"count"`
	Rows       Spread `json:"rows"`
	Compressed Spread `json:"compressed_bytes"`
	// Uncompressed is absent where the file does not say.
	Uncompressed *Spread `json:"uncompressed_bytes,omitempty"`
	// Under16MiB and Over512MiB count blocks by compressed bytes.
	Under16MiB int64 `json:"under_16_mib"`
	Over512MiB int64 `json:"over_512_mib"`
}

const (
	smallBlock = 16 << 20
	largeBlock = 512 << 20
)

// A Spread is the smallest, the nearest-rank median and the largest of some values.
type Spread struct {
	Min int64 `json:"min"`
	P50 int64 `json:"p50"`
	Max int64 `json:"max"`
}

// spreadOf sorts the values.
func spreadOf(values []int64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	return Spread{Min: values[0], P50: values[(len(values)-1)/2], Max: values[len(values)-1]}
}

// blocksOf sorts the values; uncompressed may be nil.
func blocksOf(rows, compressed, uncompressed []int64) *Blocks {
	b := &Blocks{Count: int64(len(rows)), Rows: spreadOf(rows), Compressed: spreadOf(compressed)}
	if uncompressed != nil {
		s := spreadOf(uncompressed)
		b.Uncompressed = &s
	}
	for _, n := range compressed {
		if n < smallBlock {
			b.Under16MiB++
		}
		if n > largeBlock {
			b.Over512MiB++
		}
	}
	return b
}

// A Schema is what the file says its columns are.
type Schema struct {
	// Fingerprint is equal where two files have the same schema for a reader: a SHA-256, in hex. Avro: of the parsing
	// canonical form. Others: of one line for each column, path, type, logical type and repeated, joined by tabs and ended
	// by \n. Whether a column may be null, and its field identifier, do not count.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Leaves counts the columns that hold values: the leaves of the schema's tree.
	Leaves int64 `json:"leaves"`
	// Columns are the first leaves, in the file's order: at most 6,000, and fewer of a schema whose paths are long.
	Columns []Column `json:"columns"`
}

// A Text is how the records of a text file lie, as its first bytes show it. See package text for the terms.
type Text struct {
	// Layout of JSON: lines, array, multiline, concatenated.
	Layout string `json:"layout,omitempty"`
	// Delimiter, Header (yes, no, unknown), Columns and Quoted are of delimited values.
	Delimiter string `json:"delimiter,omitempty"`
	Header    string `json:"header,omitempty"`
	Columns   int    `json:"columns,omitempty"`
	Quoted    bool   `json:"quoted,omitempty"`
	// RowTag is the element of XML that repeats under the root.
	RowTag string `json:"row_tag,omitempty"`
	// Spans is set where a record goes over several lines, so that Spark must be told (multiLine) and then reads the file
	// in one task.
	Spans bool `json:"spans,omitempty"`
	// Records counts whole records of the sample, Bad those that break the format.
	Records int `json:"records"`
	Bad     int `json:"bad,omitempty"`
	// Encoding, with BOM where a mark says so, and Newline: lf, crlf, cr, mixed, or absent where no line ends.
	Encoding string `json:"encoding,omitempty"`
	BOM      bool   `json:"bom,omitempty"`
	Newline  string `json:"newline,omitempty"`
	// LongestLine is in bytes; LongestCut is set where the end of the sample cuts it.
	LongestLine int  `json:"longest_line,omitempty"`
	LongestCut  bool `json:"longest_cut,omitempty"`
	// Confidence is certain, likely or unknown; Reason says why a format is unknown, or what is out of the ordinary.
	Confidence string `json:"confidence"`
	Reason     string `json:"reason,omitempty"`
	// Binary is set where the bytes are no text.
	Binary bool `json:"binary,omitempty"`
	// Blank is set where there is nothing but white space.
	Blank bool `json:"blank,omitempty"`
}

// A Column is a leaf of a schema. Its texts are valid UTF-8, by stats.Spell.
type Column struct {
	// Path joins the names from the root with dots: address.street, tags.list.element.
	Path string `json:"path"`
	// Type is the physical type as the format spells it: INT64, FIXED_LEN_BYTE_ARRAY(16); decimal(10,2) in ORC.
	Type string `json:"type"`
	// Logical is what the type stands for: STRING, TIMESTAMP(MICROS,true), DECIMAL(10,2).
	Logical string `json:"logical,omitempty"`
	// Repeated counts the lists that the column lies in.
	Repeated int `json:"repeated,omitempty"`
	// Codec is "mixed" where row groups differ. Parquet only, as are the sizes.
	Codec             string `json:"codec,omitempty"`
	CompressedBytes   int64  `json:"compressed_bytes,omitempty"`
	UncompressedBytes int64  `json:"uncompressed_bytes,omitempty"`
}

// An Expansion compares what the data takes in the file with what it takes once inflated.
type Expansion struct {
	// Basis is where the figures come from: "footer" (the pages' uncompressed sizes: still encoded, so that dictionaries
	// count once), "column_statistics" (values times width, and the length of all strings), "inflated_sample" (blocks
	// that were inflated), "stated_sizes" (what blocks say of themselves), or "unknown".
	Basis string `json:"basis"`
	// Reason says why it is unknown.
	Reason            string `json:"reason,omitempty"`
	CompressedBytes   int64  `json:"compressed_bytes,omitempty"`
	UncompressedBytes int64  `json:"uncompressed_bytes,omitempty"`
	// DecodedBytes is what the values of a Parquet file take without any encoding: values times width, and the length of
	// all byte arrays. 0 where the footer lacks a figure that it takes: nulls counted, and the size statistics of
	// format 2.10, which parquet-mr from 1.15, Arrow C++ from 19 and others write.
	DecodedBytes int64 `json:"decoded_bytes,omitempty"`
}

// Ratio is the bytes that one byte of the file becomes, and false where that is unknown.
func (e *Expansion) Ratio() (float64, bool) {
	if e == nil || e.CompressedBytes <= 0 || e.UncompressedBytes <= 0 {
		return 0, false
	}
	return float64(e.UncompressedBytes) / float64(e.CompressedBytes), true
}

// Parquet is what only Parquet footers tell.
type Parquet struct {
	FooterBytes int64 `json:"footer_bytes"`
	// Chunks counts column chunks: columns times row groups. The next four count those that have one.
	Chunks        int64 `json:"chunks"`
	ColumnIndexes int64 `json:"column_indexes"`
	OffsetIndexes int64 `json:"offset_indexes"`
	BloomFilters  int64 `json:"bloom_filters"`
	Encrypted     int64 `json:"encrypted,omitempty"`
	// External is set where chunks lie in other files, as in _metadata.
	External bool `json:"external,omitempty"`
}

// ORC is what only ORC tails tell.
type ORC struct {
	FooterBytes int64 `json:"footer_bytes"`
	// Version is the format's: "0.12".
	Version string `json:"version,omitempty"`
	// CompressionBlockBytes is the most that a compressed chunk inflates to, as the file says; 0 where none is.
	CompressionBlockBytes int64 `json:"compression_block_bytes,omitempty"`
	// RowIndexStride is the rows between two entries of the index; 0 is no index.
	RowIndexStride int64 `json:"row_index_stride,omitempty"`
}

// Avro is what only Avro files tell.
type Avro struct {
	// HeaderBytes is where the first block begins.
	HeaderBytes int64 `json:"header_bytes"`
	// SyncMarkers counts the blocks of the sample whose end was seen, and is the file's sync marker.
	SyncMarkers int64 `json:"sync_markers"`
	// Whole is set where the sample is the whole file; else Finding.Blocks has those that begin in the sample, and
	// Finding.Rows is unknown.
	Whole bool `json:"whole,omitempty"`
}
