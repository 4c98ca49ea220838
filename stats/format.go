package stats

import "strings"

// FileType is what a file's name says about its content and about how Spark reads it.
type FileType struct {
	Format      string
	Compression string
	// Splittable is Spark's own verdict: it goes by the name, so that a text file whose codec it does not know counts as
	// plain and is cut.
	Splittable bool
	// Misread is set when the name shows a codec that Spark does not know: .GZ, .zip, .tgz, .xz.
	Misread bool
}

// codecs maps a lower-case suffix to the compression that it stands for. hadoop is set where Hadoop's
// CompressionCodecFactory knows the suffix (in lower case only), splittable where its codec can start in the middle.
// Source: Hadoop 3, META-INF/services/org.apache.hadoop.io.compress.CompressionCodec; only BZip2Codec is a
// SplittableCompressionCodec.
var codecs = map[string]struct {
	name               string
	hadoop, splittable bool
}{
	".gz": {"gzip", true, false}, ".bz2": {"bzip2", true, true}, ".zst": {"zstd", true, false},
	".lz4": {"lz4", true, false}, ".snappy": {"snappy", true, false}, ".deflate": {"deflate", true, false},
	".gzip": {"gzip", false, false}, ".tgz": {"gzip", false, false}, ".bzip2": {"bzip2", false, false},
	".zstd": {"zstd", false, false}, ".lzo": {"lzo", false, false}, ".lzo_deflate": {"lzo", false, false},
	".xz": {"xz", false, false}, ".br": {"brotli", false, false}, ".zip": {"zip", false, false},
	".bgz": {"gzip", false, false}, ".lzma": {"lzma", false, false},
	".z": {"compress", false, false}, ".7z": {"7z", false, false}, ".sz": {"snappy", false, false},
}

var formats = map[string]string{
	".parquet": "parquet", ".parq": "parquet", ".pq": "parquet", ".orc": "orc", ".avro": "avro",
	".json": "json", ".jsonl": "json", ".ndjson": "json", ".geojson": "json",
	".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".psv": "csv",
	".txt": "text", ".text": "text", ".log": "text", ".xml": "xml", ".ion": "ion", ".10n": "ion",
	".arrow": "arrow", ".feather": "arrow",
}

// infixes are the codec names that writers put before the extension of a format that compresses inside: x.snappy.parquet.
var infixes = map[string]string{
	".snappy": "snappy", ".gz": "gzip", ".gzip": "gzip", ".zstd": "zstd", ".zst": "zstd", ".lz4": "lz4", ".lz4raw": "lz4",
	".brotli": "brotli", ".br": "brotli", ".lzo": "lzo", ".zlib": "deflate", ".deflate": "deflate", ".bz2": "bzip2",
	".bzip2": "bzip2", ".xz": "xz", ".uncompressed": "none",
}

// maxSuffix is longer than any suffix of the tables.
const maxSuffix = 16

// TypeOf tells a file's type from its name alone, the last component of its key.
func TypeOf(name string) FileType {
	suffix, rest := cutSuffix(name)
	codec, compressed := codecs[strings.ToLower(suffix)]
	if !compressed {
		return plainType(strings.ToLower(suffix), rest)
	}
	inner, _ := cutSuffix(rest)
	t := FileType{Format: formatOf(strings.ToLower(inner)), Compression: codec.name}
	known := codec.hadoop && suffix == strings.ToLower(suffix)
	if selfCompressed(t.Format) {
		t.Splittable = true
		t.Misread = true
		return t
	}
	t.Misread = !known
	t.Splittable = !known || codec.splittable
	return t
}

// HadoopCodec is the compression that Hadoop's CompressionCodecFactory takes a file for, by the last suffix of its name and
// in lower case only; "none" where it knows no codec and reads the bytes as they are. TypeOf says what the name means to a
// person.
func HadoopCodec(name string) string {
	suffix, _ := cutSuffix(name)
	if c := codecs[suffix]; c.hadoop {
		return c.name
	}
	return "none"
}

func plainType(suffix, rest string) FileType {
	t := FileType{Format: formatOf(suffix), Compression: "none", Splittable: true}
	if t.Format == "arrow" {
		t.Splittable = false
	}
	if selfCompressed(t.Format) {
		t.Compression = "unknown"
		inner, _ := cutSuffix(rest)
		if c, ok := infixes[strings.ToLower(inner)]; ok {
			t.Compression = c
		}
	}
	return t
}

// selfCompressed formats compress inside, split whatever the codec, and cannot be read through another codec.
func selfCompressed(format string) bool {
	return format == "parquet" || format == "orc" || format == "avro"
}

func formatOf(suffix string) string {
	if f, ok := formats[suffix]; ok {
		return f
	}
	return "unknown"
}

// cutSuffix splits at the last dot, which must not be the first byte: ".gz" is a hidden file, not a suffix.
func cutSuffix(name string) (suffix, rest string) {
	start := max(len(name)-maxSuffix, 0)
	at := strings.LastIndexByte(name[start:], '.')
	if dot := start + at; at >= 0 && dot > 0 {
		return name[dot:], name[:dot]
	}
	return "", name
}

// typeSuffix returns the part of a name that its type depends on, its last suffix or the last two. decided is set where the
// type of every longer name that ends so is the same.
func typeSuffix(name string) (suffix string, decided bool) {
	outer, rest := cutSuffix(name)
	lower := strings.ToLower(outer)
	if _, compressed := codecs[lower]; !compressed && !selfCompressed(formatOf(lower)) {
		return outer, outer != ""
	}
	inner, _ := cutSuffix(rest)
	return name[len(name)-len(outer)-len(inner):], inner != ""
}
