package stats

import (
	"fmt"
	"strings"
	"testing"
)

func TestTypeOf(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, tt := range []struct{ name, format, compression, flags string }{
		// Text formats split unless Hadoop knows a codec by the name that cannot start in the middle.
		{"a.csv", "csv", "none", "split"},
		{"a.json", "json", "none", "split"},
		{"a.jsonl", "json", "none", "split"},
		{"a.ndjson", "json", "none", "split"},
		{"a.txt", "text", "none", "split"},
		{"a.log", "text", "none", "split"},
		{"a.tsv", "tsv", "none", "split"},
		{"a.xml", "xml", "none", "split"},
		{"a.ion", "ion", "none", "split"},
		{"a.csv.bz2", "csv", "bzip2", "split"},
		{"a.json.bz2", "json", "bzip2", "split"},
		{"a.csv.gz", "csv", "gzip", ""},
		{"a.csv.zst", "csv", "zstd", ""},
		{"a.csv.lz4", "csv", "lz4", ""},
		{"a.csv.snappy", "csv", "snappy", ""},
		{"a.csv.deflate", "csv", "deflate", ""},
		{"a.b.csv.zst", "csv", "zstd", ""},
		{"a.2026.01.csv.zst", "csv", "zstd", ""},

		// What it does not know it takes for plain text, and cuts.
		{"a.csv.GZ", "csv", "gzip", "split misread"},
		{"a.csv.Gz", "csv", "gzip", "split misread"},
		{"a.csv.BZ2", "csv", "bzip2", "split misread"},
		{"a.csv.gzip", "csv", "gzip", "split misread"},
		{"a.csv.zstd", "csv", "zstd", "split misread"},
		{"a.csv.zip", "csv", "zip", "split misread"},
		{"a.csv.ZIP", "csv", "zip", "split misread"},
		{"a.csv.xz", "csv", "xz", "split misread"},
		{"a.csv.lzo", "csv", "lzo", "split misread"},
		{"a.csv.lzo_deflate", "csv", "lzo", "split misread"},
		{"a.csv.br", "csv", "brotli", "split misread"},
		{"a.csv.Z", "csv", "compress", "split misread"},
		{"a.csv.7z", "csv", "7z", "split misread"},
		{"a.tgz", "unknown", "gzip", "split misread"},
		{"a.vcf.bgz", "unknown", "gzip", "split misread"},
		{"a.csv.lzma", "csv", "lzma", "split misread"},
		{"a.zip", "unknown", "zip", "split misread"},
		{"a.tar.gz", "unknown", "gzip", ""},
		{"a.gz", "unknown", "gzip", ""},
		{"a.gz.gz", "unknown", "gzip", ""},

		// The format comes from the job; its suffix is read in any case.
		{"data.JSON", "json", "none", "split"},
		{"data.JSON.gz", "json", "gzip", ""},
		{"data.Csv", "csv", "none", "split"},
		{"DATA.PARQUET", "parquet", "unknown", "split"},

		// Formats that compress inside split whatever the codec, and none can be read through another one.
		{"x.parquet", "parquet", "unknown", "split"},
		{"x.c000.parquet", "parquet", "unknown", "split"},
		{"x.gz.parquet", "parquet", "gzip", "split"},
		{"x.GZ.parquet", "parquet", "gzip", "split"},
		{"x.snappy.parquet", "parquet", "snappy", "split"},
		{"part-00000-8d2f1c5e-91f4-4a3f-bb52-0c2f9b0f7a11.c000.snappy.parquet", "parquet", "snappy", "split"},
		{"x.zstd.parquet", "parquet", "zstd", "split"},
		{"x.lz4raw.parquet", "parquet", "lz4", "split"},
		{"x.brotli.parquet", "parquet", "brotli", "split"},
		{"x.uncompressed.parquet", "parquet", "none", "split"},
		{"x.zlib.orc", "orc", "deflate", "split"},
		{"x.orc", "orc", "unknown", "split"},
		{"x.avro", "avro", "unknown", "split"},
		{"x.parquet.gz", "parquet", "gzip", "split misread"},
		{"x.snappy.parquet.gz", "parquet", "gzip", "split misread"},
		{"x.orc.bz2", "orc", "bzip2", "split misread"},
		{"x.avro.zip", "avro", "zip", "split misread"},
		{"x.snappy.csv", "csv", "none", "split"},
		{"x.arrow", "arrow", "none", ""},
		{"x.feather", "arrow", "none", ""},

		// Names without a suffix, and what looks like one.
		{"part-00000", "unknown", "none", "split"},
		{"", "unknown", "none", "split"},
		{".", "unknown", "none", "split"},
		{"..", "unknown", "none", "split"},
		{"a.", "unknown", "none", "split"},
		{".gz", "unknown", "none", "split"},
		{".json.bz2", "unknown", "bzip2", "split"},
		{".csv", "unknown", "none", "split"},
		{"gz", "unknown", "none", "split"},
		{"agz", "unknown", "none", "split"},
		{"a.csv_gz", "unknown", "none", "split"},
		{"a.csv gz", "unknown", "none", "split"},
		{"a.dat", "unknown", "none", "split"},
		{"events.1586900000", "unknown", "none", "split"},
		{"a." + long, "unknown", "none", "split"},
		{long + ".csv.gz", "csv", "gzip", ""},
		{"a." + long + ".gz", "unknown", "gzip", ""},
		{"a.csv.\xff", "unknown", "none", "split"},
		{"\xff.csv", "csv", "none", "split"},
		{"a.cſv", "unknown", "none", "split"},
	} {
		got := TypeOf(tt.name)
		want := FileType{tt.format, tt.compression, strings.Contains(tt.flags, "split"), strings.Contains(tt.flags, "misread")}
		if got != want {
			t.Errorf("TypeOf(%.80q) = %+v, want %+v", tt.name, got, want)
		}
	}
}

func TestCutSuffix(t *testing.T) {
	for _, tt := range []struct{ name, suffix, rest string }{
		{"", "", ""}, {"a", "", "a"}, {".a", "", ".a"}, {"a.b", ".b", "a"}, {"a.", ".", "a"}, {"a.b.c", ".c", "a.b"}, {"..a", ".a", "."},
		{"a." + strings.Repeat("b", maxSuffix-2), "." + strings.Repeat("b", maxSuffix-2), "a"},
		{"a." + strings.Repeat("b", maxSuffix-1), "." + strings.Repeat("b", maxSuffix-1), "a"},
		{"a." + strings.Repeat("b", maxSuffix), "", "a." + strings.Repeat("b", maxSuffix)},
		{"." + strings.Repeat("b", maxSuffix-1), "", "." + strings.Repeat("b", maxSuffix-1)},
		{"a.b." + strings.Repeat("c", maxSuffix), "", "a.b." + strings.Repeat("c", maxSuffix)},
	} {
		if suffix, rest := cutSuffix(tt.name); suffix != tt.suffix || rest != tt.rest {
			t.Errorf("cutSuffix(%q) = %q, %q, want %q, %q", tt.name, suffix, rest, tt.suffix, tt.rest)
		}
	}
	for suffix := range codecs {
		if len(suffix) > maxSuffix || suffix != strings.ToLower(suffix) {
			t.Errorf("codec %q cannot be found", suffix)
		}
	}
	for suffix := range formats {
		if len(suffix) > maxSuffix || suffix != strings.ToLower(suffix) {
			t.Errorf("format %q cannot be found", suffix)
		}
		if _, both := codecs[suffix]; both {
			t.Errorf("%q is a format and a codec", suffix)
		}
	}
}

// FuzzTypeOf holds that a type depends on the last two suffixes alone, and that only known words come out.
func FuzzTypeOf(f *testing.F) {
	for _, name := range []string{"", ".gz", "a.csv.gz", "x.gz.parquet", "a.b.c.GZ", "a.JSON.", "\xff.\xff", "x.uncompressed.orc", "a.tgz"} {
		f.Add(name)
	}
	known := map[string]bool{"unknown": true, "none": true}
	for _, c := range codecs {
		known[c.name] = true
	}
	for _, name := range formats {
		known[name] = true
	}
	for _, name := range infixes {
		known[name] = true
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := TypeOf(name)
		if !known[got.Format] || !known[got.Compression] {
			t.Errorf("TypeOf(%q) = %+v", name, got)
		}
		if selfCompressed(got.Format) && !got.Splittable || got.Misread && !got.Splittable {
			t.Errorf("TypeOf(%q) = %+v: what Spark takes for plain or for its own format, it cuts", name, got)
		}
		suffix, decided := typeSuffix(name)
		if !strings.HasSuffix(name, suffix) {
			t.Fatalf("typeSuffix(%q) = %q", name, suffix)
		}
		for _, before := range []string{"x", "x.", "x.gz", "x.json", ".", "x.c000"} {
			other := before + suffix
			if suffix == name || !decided && before != "x" {
				continue
			}
			if TypeOf(other) != got {
				t.Errorf("TypeOf(%q) = %+v, but of %q %+v", name, got, other, TypeOf(other))
			}
		}
	})
}

func ExampleTypeOf() {
	for _, name := range []string{"a.csv.gz", "a.csv.GZ", "a.gz.parquet"} {
		fmt.Printf("%s: %+v\n", name, TypeOf(name))
	}
	// Output:
	// a.csv.gz: {Format:csv Compression:gzip Splittable:false Misread:false}
	// a.csv.GZ: {Format:csv Compression:gzip Splittable:true Misread:true}
	// a.gz.parquet: {Format:parquet Compression:gzip Splittable:true Misread:false}
}

func TestHadoopCodec(t *testing.T) {
	for name, want := range map[string]string{
		"a.gz": "gzip", "a.parquet.gz": "gzip", "a.csv.bz2": "bzip2", "a.zst": "zstd", "a.lz4": "lz4", "a.snappy": "snappy",
		"a.deflate": "deflate", "a.GZ": "none", "a.gzip": "none", "a.gz.csv": "none", "a.snappy.parquet": "none", "a": "none", "": "none",
	} {
		if got := HadoopCodec(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
