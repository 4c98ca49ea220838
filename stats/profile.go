package stats

import "time"

// Profile is what a listing says about the layout of a dataset. All sizes are bytes, all other numbers counts, unless a
// field says otherwise. It is the same, byte for byte, whatever the order in which objects came.
type Profile struct {
	// What an engine would read.
	Totals Totals `json:"totals"`
	// Sizes of the files that an engine would read.
	Sizes Sizes `json:"sizes"`
	// Formats, compressions and whether Spark splits them; most bytes first.
	Formats []Format `json:"formats"`
	// How directories name partitions, as Spark would discover it.
	Partitioning Partitioning `json:"partitioning"`
	// Partitions, most bytes first.
	Partitions []Partition `json:"partitions"`
	// Partitions that are counted but not listed above.
	PartitionsOmitted int64 `json:"partitions_omitted"`
	// The partitions beyond the bound on how many are told apart (--max-partitions), as one; absent where none are. Totals
	// and sizes count their files; partitions, skew and the values of partition columns do not.
	Other *Other `json:"other,omitempty"`
	// How unevenly bytes lie over the partitions that are told apart; absent with fewer than two.
	Skew *Skew `json:"skew,omitempty"`
	// Storage classes of everything that no pattern left out.
	StorageClasses []StorageClass `json:"storage_classes"`
	// When the files that an engine would read were written; absent when there are none.
	Ages *Ages `json:"ages,omitempty"`
	// Directories that a table format manages. Where their metadata was read, all other figures are of their live files.
	TableFormats []TableFormat `json:"table_format"`
	// What an engine would not read, by reason and kind, and what patterns left out.
	Ignored []Ignored `json:"ignored"`
	// What the files themselves show; absent where nobody looked.
	Probe *Probe `json:"probe,omitempty"`

	// What plans are made of beside these figures, packed; absent in a document that is not meant to be judged again.
	Detail *Detail `json:"detail,omitempty"`

	// Warnings say what the figures do not show.
	Warnings []Warning `json:"-"`

	// totals are all partitions, most bytes first; see EachPartition.
	totals []PartitionTotals
	// files holds exact sizes while they fit; see FileSizes.
	files map[bool]*SizeSet
	// histograms stand in for files when they do not.
	histograms map[bool]*histogram
}

// Totals counts the files that an engine would read.
type Totals struct {
	Objects int64 `json:"objects"`
	// Sum of sizes; it stops at 2^63-1. Readers that keep numbers in a double are exact up to 2^53.
	Bytes      int64 `json:"bytes"`
	Partitions int64 `json:"partitions"`
}

// Sizes is a distribution of file sizes. Quantiles are nearest-rank: the smallest size that at least that share of the
// files does not exceed.
type Sizes struct {
	Min  int64 `json:"min"`
	P01  int64 `json:"p01"`
	P05  int64 `json:"p05"`
	P25  int64 `json:"p25"`
	P50  int64 `json:"p50"`
	P75  int64 `json:"p75"`
	P95  int64 `json:"p95"`
	P99  int64 `json:"p99"`
	Max  int64 `json:"max"`
	Mean int64 `json:"mean"`
	// Largest error of a quantile, relative to the true size; 0 when every size was kept. Min, max and mean are exact.
	RelativeError float64 `json:"relative_error"`
	// Files by size, one bin for each power of two, from the first that holds a file to the last.
	Histogram []Bin `json:"histogram,omitempty"`
}

// Bin counts the files larger than the previous bin's LE and at most LE.
type Bin struct {
	LE      int64 `json:"le"`
	Objects int64 `json:"objects"`
	Bytes   int64 `json:"bytes"`
}

// Format counts the files of one format, compression and reading.
type Format struct {
	// parquet, orc, avro, json, csv, tsv, text, xml, ion, arrow, or unknown.
	Format string `json:"format"`
	// none, gzip, bzip2, snappy, zstd, lz4, deflate, lzo, xz, brotli, zip, compress, 7z, or unknown.
	Compression string `json:"compression"`
	// Whether Spark cuts one such file into several tasks; it decides by the name alone.
	Splittable bool `json:"splittable"`
	// Set when Spark does not know the codec that the name shows, and would read compressed bytes as if they were text.
	Misread bool   `json:"misread,omitempty"`
	Objects int64  `json:"objects"`
	Bytes   int64  `json:"bytes"`
	Sizes   *Sizes `json:"sizes,omitempty"`
	// What format and compression were told from: name; or probe, where the name does not tell one of them and files that were
	// opened do. Compression is then mixed where they differ.
	Evidence string `json:"evidence"`
	// Files that were opened and read.
	Probed int64 `json:"probed,omitempty"`
	// What they turned out to be, most bytes first.
	Found []FormatFound `json:"found,omitempty"`
	// Shares of the bytes of this format, as in probe.codecs.
	Codecs []CodecShare `json:"codecs,omitempty"`
	// How much they grow once inflated; absent where that is not known.
	Expansion *FileExpansion `json:"expansion,omitempty"`

	named FileType
}

// Type is what the names of the files say, whatever was found in them.
func (f *Format) Type() FileType { return f.named }

// Partitioning is how directory names cut the dataset.
type Partitioning struct {
	// hive (key=value), date (2026/04/19), mixed (hive beside something else), or none.
	Scheme string `json:"scheme"`
	// Partition columns in path order.
	Keys []PartitionKey `json:"keys"`
	// Directories below the target that key=value (or date) directories start in; Spark refuses more than one.
	BasePaths []string `json:"base_paths"`
	// Data files in the target itself. Beside key=value directories, Spark passes over them in silence.
	RootObjects int64 `json:"root_objects"`
	// Some of the directories below the target that hold data files and are in no key=value directory; the smallest.
	// Beside key=value directories, Spark refuses them.
	Outside []string `json:"outside"`
	// Lists of columns that occur, most partitions first; Spark refuses more than one.
	Columns []Columns `json:"columns"`
	// The partitions as they would be if the last columns were dropped, the coarsest first; the last level is the partitions
	// as they are. Absent where partitions differ in their columns, or some are not told apart.
	Levels []Level `json:"levels,omitempty"`
	// Values of the partition that comes last in the order of its columns: of dates the newest. Absent where partitions
	// differ in their columns.
	Last []Value `json:"last,omitempty"`
}

// Level is the partitions by the columns up to one.
type Level struct {
	// The last column that is kept.
	Key        string `json:"key"`
	Partitions int64  `json:"partitions"`
	MinBytes   int64  `json:"min_bytes"`
	// Bytes and files of the median partition.
	MedianBytes   int64 `json:"median_bytes"`
	MedianObjects int64 `json:"median_objects"`
	MaxBytes      int64 `json:"max_bytes"`
}

// PartitionKey is one partition column.
type PartitionKey struct {
	Name string `json:"name"`
	// What Spark infers: integer, long, decimal, double, timestamp, date, string, or null.
	Type     string `json:"type"`
	Distinct int64  `json:"distinct"`
	// Smallest and largest value, in the order of the type.
	Min string `json:"min"`
	Max string `json:"max"`
	// Partitions in which the value is __HIVE_DEFAULT_PARTITION__.
	Nulls int64 `json:"nulls"`
}

// Columns is one list of partition columns, with how many partitions have it and one of them.
type Columns struct {
	Names      []string `json:"names"`
	Partitions int64    `json:"partitions"`
	Example    string   `json:"example"`
}

// Partition is one partition directory: the path up to its last key=value (or date) component.
type Partition struct {
	// Directory below the target, without a slash at its end; "" is the target itself. Bytes that are not UTF-8 are
	// shown as \xNN.
	Path string `json:"path"`
	// The path's exact bytes; only where they are not UTF-8.
	PathBase64 string `json:"path_base64,omitempty"`
	// Column values in path order, unescaped; null is __HIVE_DEFAULT_PARTITION__.
	Values  []Value `json:"values"`
	Objects int64   `json:"objects"`
	Bytes   int64   `json:"bytes"`
	// Files under 96 MiB; see SmallFileBytes. Beyond 64 files it is within relative_error.
	SmallObjects int64             `json:"small_objects,omitempty"`
	Sizes        PartitionSizes    `json:"sizes"`
	Formats      []PartitionFormat `json:"formats"`
	Oldest       *time.Time        `json:"oldest,omitempty"`
	Newest       *time.Time        `json:"newest,omitempty"`
}

// Other is partitions that are not told apart. Those that are have the smallest hashes of their paths: a sample that is fair,
// and the same in whatever order objects came.
type Other struct {
	Partitions int64 `json:"partitions"`
	// Set when there were too many to count: partitions is then within 1 % where 100,000 or more are told apart.
	Estimated bool  `json:"estimated,omitempty"`
	Objects   int64 `json:"objects"`
	Bytes     int64 `json:"bytes"`
	// Smallest and largest file, bytes.
	Min     int64             `json:"min"`
	Max     int64             `json:"max"`
	Formats []PartitionFormat `json:"formats"`
	Oldest  *time.Time        `json:"oldest,omitempty"`
	Newest  *time.Time        `json:"newest,omitempty"`
}

// Value is one partition column's value.
type Value struct {
	Key   string  `json:"key"`
	Value *string `json:"value"`
}

// SmallFileBytes is the size below which a file is worth joining with others: three quarters of 128 MiB, the lower end of the
// band that no engine's guide contradicts. Iceberg and the Glue Data Catalog, too, rewrite what is under 75 % of their target.
const SmallFileBytes = 96 << 20

// PartitionSizes is the size distribution of one partition.
type PartitionSizes struct {
	Min           int64   `json:"min"`
	P50           int64   `json:"p50"`
	P95           int64   `json:"p95"`
	Max           int64   `json:"max"`
	RelativeError float64 `json:"relative_error"`
	// Files by size, one for each power of two that holds a file. Beyond 64 files they are within relative_error.
	Histogram []SizeCount `json:"histogram,omitempty"`
}

// SizeCount counts the files larger than half of LE and at most LE.
type SizeCount struct {
	LE      int64 `json:"le"`
	Objects int64 `json:"objects"`
}

// PartitionFormat counts the files of one format and compression in a partition.
type PartitionFormat struct {
	Format      string `json:"format"`
	Compression string `json:"compression"`
	Objects     int64  `json:"objects"`
}

// Skew says how unevenly the dataset lies over its partitions.
type Skew struct {
	// Gini coefficient of bytes over partitions: 0 all alike, towards 1 all in one.
	Gini float64 `json:"gini"`
	// Coefficient of variation of bytes over partitions: standard deviation over mean.
	CV float64 `json:"cv"`
	// Bytes of the largest partition over those of the median one.
	MaxOverMedian float64 `json:"max_over_median"`
	MedianBytes   int64   `json:"median_bytes"`
	MaxBytes      int64   `json:"max_bytes"`
	// Path of the largest partition by bytes.
	Largest string `json:"largest"`
	// The same for files.
	ObjectsMaxOverMedian float64 `json:"objects_max_over_median"`
	MedianObjects        int64   `json:"median_objects"`
	MaxObjects           int64   `json:"max_objects"`
	// The two groups that partitions fall into best by bytes (two-means); absent where all are alike.
	LowerGroup *Group `json:"lower_group,omitempty"`
	UpperGroup *Group `json:"upper_group,omitempty"`
}

// Group is some of the partitions.
type Group struct {
	Partitions int64 `json:"partitions"`
	MeanBytes  int64 `json:"mean_bytes"`
}

// StorageClass counts objects of one storage class.
type StorageClass struct {
	Class   string `json:"class"`
	Objects int64  `json:"objects"`
	Bytes   int64  `json:"bytes"`
	// Whether an engine can read such an object without a restore.
	Readable bool `json:"readable"`
}

// Ages is when files were written.
type Ages struct {
	Oldest time.Time `json:"oldest"`
	Newest time.Time `json:"newest"`
}

// Reasons for which an object is not counted as data, in the order in which they are judged.
const (
	Excluded    = "excluded"     // an exclusion pattern matches it
	NotIncluded = "not_included" // there are inclusion patterns, and none matches
	NotSelected = "not_selected" // it is in no partition that the predicate selects
	// Of tables of which the metadata was read, and that are not data of the current version.
	DeleteFile    = "table_deletes"      // it holds deletes of the current version: readers need it
	TableHistory  = "table_history"      // an older version refers to it
	Unchecked     = "table_unchecked"    // not live, and older versions were not read
	Unreferenced  = "table_unreferenced" // nothing that was read refers to it
	TableChanges  = "table_changes"      // Delta's change data
	TableMetadata = "table_metadata"     // the log, metadata and manifests

	Marker    = "marker"        // a directory marker: a key that ends in / or in _$folder$
	Hidden    = "hidden"        // Spark skips the name, or a directory above it
	ZeroBytes = "zero_bytes"    // no bytes, so no task
	Archived  = "storage_class" // GLACIER or DEEP_ARCHIVE: reading fails until it is restored
)

// Ignored counts objects that are not data, by reason and kind.
type Ignored struct {
	// excluded, not_included, not_selected, table_deletes, table_history, table_unchecked, table_unreferenced, table_changes,
	// table_metadata, marker, hidden, zero_bytes or storage_class.
	Reason string `json:"reason"`
	// What it is more closely: the pattern, the table's format, old or young, the hidden name, the storage class.
	Kind     string   `json:"kind"`
	Objects  int64    `json:"objects"`
	Bytes    int64    `json:"bytes"`
	Examples []string `json:"examples"`
	// Set where objects and bytes are unknown, and shown as 0: the listing jumps over whole directories of them, of a target
	// of a page or more.
	Uncounted bool `json:"uncounted,omitempty"`
}

// Warning is something that a reader of the figures should know. It is not a judgement on the layout.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// Objects that it concerns; 0 where that is not known.
	Objects int64 `json:"objects"`
}
