package probe

import (
	"path/filepath"
	"testing"
)

// What one probe costs beside its requests.
func BenchmarkFile(b *testing.B) {
	eachFixture(b, func(name string, body []byte) {
		switch base := filepath.Base(name); base {
		case "columns_5000.parquet", "row_groups.parquet", "spark_snappy.parquet", "codec_zlib.orc", "codec_zstd.orc", "columns_600.orc",
			"codec_snappy.avro", "codec_zstandard.avro", "codec_bzip2.avro", "types.avro", "file_zstd.arrow":
			b.Run(base, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(body)))
				for b.Loop() {
					probe(b, base, body)
				}
			})
		}
	})
}
