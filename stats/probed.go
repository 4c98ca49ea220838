package stats

// Probe says what was read of the files themselves, and what it showed. Figures from a sample are those of the files that
// were opened, not of all, but for shares, which are estimates with an interval.
type Probe struct {
	// off, sample or all.
	Mode string `json:"mode"`
	// Why files were not opened, or no more of them; absent otherwise.
	Stopped string `json:"stopped,omitempty"`
	// Files opened, failures included.
	Objects int64 `json:"objects"`
	// Ranges read and their bytes. Requests that were repeated are counted in run.
	Requests  int64 `json:"requests"`
	BytesRead int64 `json:"bytes_read"`
	// Files that could not be read, by kind.
	Failed []ProbeFailure `json:"failed"`
	// Files that were read and not understood, by kind.
	Problems []ProbeProblem `json:"problems"`
	// How the intervals of all shares are made, and the confidence with which those of one list hold together.
	Method     string  `json:"method,omitempty"`
	Confidence float64 `json:"confidence,omitempty"`
	// What the bytes of the dataset are in, most first.
	Codecs []CodecShare `json:"codecs"`
	// The most that everything that is not among codecs has of the bytes, a share.
	Unseen float64 `json:"unseen"`
	// Files that an engine would not read as what they are, most files first.
	Mismatches []Mismatch `json:"mismatches"`
	// The parts that files are read in, by format.
	Blocks []BlockHealth `json:"blocks"`
	// Formats whose files tell their columns, and whether they agree.
	Schemas []SchemaDrift `json:"schemas"`
	// How the records of text lie, by format, most files first.
	Text []TextLayout `json:"text"`
	// Every file, by key: only where all were opened, at most 10,000.
	Files []ProbedFile `json:"files,omitempty"`
}

// ProbeFailure counts files that could not be read. Examples are keys.
type ProbeFailure struct {
	// not_found, denied, archived, truncated, timeout, or error.
	Kind     string   `json:"kind"`
	Objects  int64    `json:"objects"`
	Examples []string `json:"examples"`
}

// ProbeProblem counts files whose bytes could not be understood.
type ProbeProblem struct {
	// empty, truncated, malformed, oversized, or unsupported.
	Kind string `json:"kind"`
	// What is wrong, in words that hold no bytes of a file.
	What     string   `json:"what"`
	Format   string   `json:"format"`
	Objects  int64    `json:"objects"`
	Examples []string `json:"examples"`
}

// CodecShare is an estimate of the bytes that are of one format and compression.
type CodecShare struct {
	// The format and the compression that were found; "unread" where the file could not be read.
	Format      string `json:"format"`
	Compression string `json:"compression"`
	// Files that the estimate rests on.
	Probed int64 `json:"probed"`
	// Share of the bytes, from 0 to 1, and the ends of its interval.
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// FormatFound is what some of the files of a format turned out to be.
type FormatFound struct {
	Format      string `json:"format"`
	Compression string `json:"compression"`
	// The codec around the whole file, where there is one: gzip, bgzf, hadoop_snappy.
	Container string `json:"container,omitempty"`
	// What Spark up to 3.5 makes of such a file under its name: reads, garbage, nothing, fails or lost; and Spark 4.
	Outcome  string `json:"outcome"`
	Outcome4 string `json:"outcome_spark_4"`
	// Whether Spark cuts the file, by its name, and who can start in the middle of the bytes: hadoop, index, elsewhere, never.
	Splits    bool   `json:"splits"`
	Splitting string `json:"splitting"`
	// Records go over several lines: Spark needs multiLine, and then does not cut.
	MultiLine bool  `json:"multi_line,omitempty"`
	Files     int64 `json:"files"`
	Bytes     int64 `json:"bytes"`
}

// FileExpansion is how many bytes a byte of a file becomes, over the files in which that could be told.
type FileExpansion struct {
	// Mean over bytes: what a byte of such files becomes. Smallest and largest of a file.
	Ratio float64 `json:"ratio"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	// Files that it rests on.
	Files int64 `json:"files"`
	// Where the figures come from: footer (sizes of encoded pages), column_statistics, inflated_sample, stated_sizes.
	Origin string `json:"origin"`
	// Mean over bytes of what the values take without any encoding; only where every footer says so.
	Decoded float64 `json:"decoded,omitempty"`
}

// Mismatch counts files that are not what their name says, or that Spark does not read as what they are.
type Mismatch struct {
	// What the name promises.
	NamedFormat      string `json:"named_format"`
	NamedCompression string `json:"named_compression"`
	// What the bytes are.
	Format      string `json:"format"`
	Compression string `json:"compression"`
	// Set where the bytes are not what the name promises; else only the codec's suffix is one that Spark does not know.
	Mismatch bool `json:"mismatch"`
	// What Spark up to 3.5 makes of it, and Spark 4: reads, garbage, nothing, fails or lost.
	Outcome  string   `json:"outcome"`
	Outcome4 string   `json:"outcome_spark_4"`
	Objects  int64    `json:"objects"`
	Bytes    int64    `json:"bytes"`
	Examples []string `json:"examples"`
}

// BlockHealth is the Parquet row groups, ORC stripes or Avro blocks of the files that were opened. Sizes are compressed bytes.
type BlockHealth struct {
	Format string `json:"format"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
	Blocks int64  `json:"blocks"`
	// Of all blocks together.
	BytesMean int64 `json:"bytes_mean"`
	BytesMax  int64 `json:"bytes_max"`
	RowsMax   int64 `json:"rows_max"`
	// Blocks of a file: the median file, and the one with most.
	PerFileP50 int64 `json:"per_file_p50"`
	PerFileMax int64 `json:"per_file_max"`
	// Blocks under 16 MiB and above 512 MiB.
	Under16MiB int64 `json:"under_16_mib"`
	Over512MiB int64 `json:"over_512_mib"`
	// Files of more than one block whose blocks average under 16 MiB: the file could have fewer. And their bytes.
	Fragmented      int64    `json:"fragmented"`
	FragmentedBytes int64    `json:"fragmented_bytes"`
	Examples        []string `json:"examples"`
}

// SchemaDrift says whether the files of a format agree on their columns.
type SchemaDrift struct {
	Format string `json:"format"`
	// Files whose columns are known, and how many different sets of them there are.
	Files    int64 `json:"files"`
	Distinct int64 `json:"distinct"`
	// The columns are names from the first bytes of text, so that files may seem to differ that do not.
	NamesOnly bool `json:"names_only,omitempty"`
	// Schemas, most files first; at most 20.
	Schemas []SchemaCount `json:"schemas"`
	// Columns that not all schemas have alike, at most 50; absent where the schemas are equal but for their order.
	Columns []ColumnDrift `json:"columns"`
}

// SchemaCount is one schema.
type SchemaCount struct {
	Fingerprint string `json:"fingerprint"`
	Columns     int64  `json:"columns"`
	Files       int64  `json:"files"`
	// Share of the files.
	Share   float64 `json:"share"`
	Example string  `json:"example"`
}

// ColumnDrift is a column on which files differ.
type ColumnDrift struct {
	Path string `json:"path"`
	// Files that lack it.
	Missing int64 `json:"missing"`
	// The types that it has, most files first.
	Types []TypeCount `json:"types"`
}

// TypeCount is how many files have a column in one type.
type TypeCount struct {
	Type  string `json:"type"`
	Files int64  `json:"files"`
}

// TextLayout counts the files in which records lie alike.
type TextLayout struct {
	Format string `json:"format"`
	// JSON: lines, array, multiline, concatenated.
	Layout string `json:"layout,omitempty"`
	// Delimited values.
	Delimiter string `json:"delimiter,omitempty"`
	Header    string `json:"header,omitempty"`
	RowTag    string `json:"row_tag,omitempty"`
	MultiLine bool   `json:"multi_line,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
	Objects   int64  `json:"objects"`
	Example   string `json:"example"`
}

// ProbedFile is one file.
type ProbedFile struct {
	Key         string `json:"key"`
	Size        int64  `json:"size"`
	Format      string `json:"format"`
	Compression string `json:"compression"`
	Container   string `json:"container,omitempty"`
	// magic, header, footer, content, or none.
	Evidence  string  `json:"evidence"`
	Mismatch  bool    `json:"mismatch,omitempty"`
	Outcome   string  `json:"outcome,omitempty"`
	Splits    bool    `json:"splits"`
	Splitting string  `json:"splitting,omitempty"`
	Expansion float64 `json:"expansion,omitempty"`
	Schema    string  `json:"schema,omitempty"`
	Blocks    int64   `json:"blocks,omitempty"`
	// Why it could not be read or understood.
	Failed  string `json:"failed,omitempty"`
	Problem string `json:"problem,omitempty"`
}
