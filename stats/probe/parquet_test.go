package probe

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
)

// parquetFile is a file of nothing but the footer.
func parquetFile(footer []byte) []byte {
	b := append([]byte(parquetMagic), footer...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(footer)))
	return append(b, parquetMagic...)
}

// Footers by hand, field by field: a header is the distance from the last field's number, and the type.

const (
	rootOfOne  = "\x48\x01r\x15\x02\x00" // name "r", one child
	int32Leaf  = "\x15\x02\x25\x00\x18\x01a\x00"
	rowsOfZero = "\x16\x00"
)

// thriftFooter has one column and no row group.
func thriftFooter() []byte {
	return []byte("\x15\x04\x19\x2c" + rootOfOne + int32Leaf + rowsOfZero + "\x19\x0c\x00")
}

// wideFooter has n columns.
func wideFooter(n int) []byte {
	b := append([]byte("\x15\x04\x19\xfc"), binary.AppendUvarint(nil, uint64(n+1))...)
	b = append(b, "\x48\x01r\x15"...)
	b = binary.AppendVarint(b, int64(n))
	b = append(b, 0)
	for range n {
		b = append(b, int32Leaf...)
	}
	return append(b, rowsOfZero+"\x19\x0c\x00"...)
}

// withGroup has one column, and one row group with one chunk of those sizes.
func withGroup(compressed, uncompressed int64) []byte {
	b := []byte("\x15\x04\x19\x2c" + rootOfOne + int32Leaf + rowsOfZero + "\x19\x1c" + "\x19\x1c" + "\x3c" + "\x45\x02" + "\x26")
	b = append(binary.AppendVarint(b, uncompressed), '\x16')
	b = append(binary.AppendVarint(b, compressed), 0, 0)
	return append(b, "\x16\x00\x16\x02\x00\x00"...)
}

func hostileParquet() []hostile {
	schema := "\x15\x04\x19\x2c" + rootOfOne + int32Leaf + rowsOfZero
	length := func(n uint32) []byte {
		b := parquetFile(thriftFooter())
		binary.LittleEndian.PutUint32(b[len(b)-8:], n)
		return b
	}
	deep := func(open string) []byte {
		return parquetFile([]byte(schema + "\x19\x0c" + strings.Repeat(open, 100_000)))
	}
	return []hostile{
		{"footer of 0.parquet", length(0), Malformed},
		{"footer of 4 GiB.parquet", length(math.MaxUint32), Malformed},
		{"footer longer than the file.parquet", length(uint32(len(thriftFooter()) + 1)), Malformed},
		{"footer of zeros.parquet", parquetFile(make([]byte, 100)), Malformed},
		{"no footer.parquet", []byte("PAR1 and then nothing that ends it"), Truncated},
		{"magic twice.parquet", []byte("PAR1PAR1"), Truncated},
		{"schema of 2 G elements.parquet", parquetFile([]byte("\x15\x04\x19\xfc\xff\xff\xff\xff\x07")), Malformed},
		{"row groups by the 100 million.parquet", parquetFile([]byte(schema + "\x19\xfc\x80\xc2\xd7\x2f" + strings.Repeat("\x00", 1000))), Malformed},
		{"empty row groups.parquet", parquetFile(append([]byte(schema+"\x19\xfc\xd0\x0f"), make([]byte, 3000)...)), Malformed},
		{"row groups with rows alone.parquet", parquetFile([]byte(schema + "\x19\xfc\xd0\x0f" + strings.Repeat("\x19\x0c\x26\x00\x00", 3000))), Malformed},
		{"a string of 2 GiB.parquet", parquetFile([]byte(schema + "\x19\x0c\x28\xff\xff\xff\xff\x07")), Malformed},
		{"a map of 2 G.parquet", parquetFile([]byte("\x1b\xff\xff\xff\xff\x07\x88")), Malformed},
		{"an endless integer.parquet", parquetFile([]byte("\x15" + strings.Repeat("\xff", 100))), Malformed},
		{"nested structures.parquet", deep("\x5c"), Malformed},
		{"nested lists.parquet", deep("\x59\x19"), Malformed},
		{"nested maps.parquet", deep("\x5b\x01\xbb"), Malformed},
		{"a negative count of children.parquet", parquetFile([]byte("\x15\x04\x19\x2c\x48\x01r\x15\x01\x00" + int32Leaf)), Malformed},
		{"more children than elements.parquet", parquetFile([]byte("\x15\x04\x19\x2c\x48\x01r\x15\x04\x00" + int32Leaf + rowsOfZero + "\x19\x0c\x00")), Malformed},
		{"more elements than children.parquet", parquetFile([]byte("\x15\x04\x19\x3c" + rootOfOne + int32Leaf + int32Leaf + rowsOfZero + "\x19\x0c\x00")), Malformed},
		{"no schema.parquet", parquetFile([]byte("\x36\x00\x19\x0c\x00")), Malformed},
		{"negative rows.parquet", parquetFile([]byte("\x15\x04\x19\x2c" + rootOfOne + int32Leaf + "\x16\x01\x19\x0c\x00")), Malformed},
		{"compressed to 206 GB.parquet", parquetFile(withGroup(206e9, 206e9)), Malformed},
		{"a negative size.parquet", parquetFile(withGroup(-1, 1)), Malformed},
		{"groups nested without end.parquet", parquetFile(nestedGroups(1000)), Oversized},
		{"100,001 elements.parquet", parquetFile(wideFooter(100_001)), Oversized},
		{"long paths.parquet", parquetFile(longPaths(30_000, 20_000)), Oversized},
		{"names of 100 KB.parquet", parquetFile(longPaths(100_000, 10)), Malformed},
		{"columns of 4 KB not in UTF-8.parquet", parquetFile(append(longPaths(4000, 200), 1)), Malformed},
	}
}

// nestedGroups is a schema of groups with one child each.
func nestedGroups(n int) []byte {
	b := append([]byte("\x15\x04\x19\xfc"), binary.AppendUvarint(nil, uint64(n))...)
	for range n {
		b = append(b, rootOfOne...)
	}
	return b
}

// longPaths is a schema of one group with a long name, and many leaves below it.
func longPaths(name, leaves int) []byte {
	b := append([]byte("\x15\x04\x19\xfc"), binary.AppendUvarint(nil, uint64(leaves+2))...)
	b = append(b, rootOfOne+"\x48"...)
	b = append(b, binary.AppendUvarint(nil, uint64(name))...)
	b = append(b, bytes.Repeat([]byte{0xff}, name)...)
	b = append(b, '\x15')
	b = append(binary.AppendVarint(b, int64(leaves)), 0)
	for range leaves {
		b = append(b, int32Leaf...)
	}
	return b
}

// A claim of 206 GB once uncompressed is no more than a claim.
func TestParquetClaims(t *testing.T) {
	got := checked(t, "a.parquet", parquetFile(withGroup(10, 206e9)))
	if got.Problem != nil || got.Expansion.UncompressedBytes != 206e9 || got.Blocks.Uncompressed.Max != 206e9 {
		t.Errorf("%v, %s", got.Problem, fmt.Sprint(got.Expansion))
	}
}

// The decoded size is told where every chunk tells enough, and only there.
func TestParquetDecoded(t *testing.T) {
	// Statistics with one null; size statistics with five bytes of text.
	const nulls, lengths = "\x5c\x36\x02\x00", "\x9c\x16\x0a\x00"
	for _, tt := range []struct {
		name, leaf, values, rest string
		want                     int64
	}{
		{"integers", "\x15\x02\x25\x00\x18\x01a\x00", "\x16\x14", nulls, 9 * 4},
		{"nulls not counted", "\x15\x02\x25\x00\x18\x01a\x00", "\x16\x14", "", 0},
		{"more nulls than values", "\x15\x02\x25\x00\x18\x01a\x00", "\x16\x00", nulls, 0},
		{"2^62 integers", "\x15\x02\x25\x00\x18\x01a\x00", "\x16\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", nulls, 0},
		{"fixed", "\x15\x0e\x15\x06\x15\x00\x18\x01a\x00", "\x16\x14", nulls, 9 * 3},
		{"fixed at no length", "\x15\x0e\x25\x00\x18\x01a\x00", "\x16\x14", nulls, 0},
		{"text", "\x15\x0c\x25\x00\x18\x01a\x00", "\x16\x14", lengths, 5},
		{"text without lengths", "\x15\x0c\x25\x00\x18\x01a\x00", "\x16\x14", nulls, 0},
	} {
		footer := "\x15\x04\x19\x2c" + rootOfOne + tt.leaf + rowsOfZero + "\x19\x1c\x19\x1c\x3c" +
			"\x56" + tt.values[1:] + "\x16\x02\x16\x02" + tt.rest + "\x00\x00" + "\x16\x00\x16\x02\x00\x00"
		got := checked(t, "a.parquet", parquetFile([]byte(footer)))
		if got.Problem != nil || got.Expansion.DecodedBytes != tt.want {
			t.Errorf("%s: %v, %+v, want %d", tt.name, got.Problem, got.Expansion, tt.want)
		}
	}
}

func FuzzParquet(f *testing.F) {
	eachFixture(f, func(name string, body []byte) {
		if strings.HasSuffix(name, ".parquet") && len(body) < 8000 {
			length := int(binary.LittleEndian.Uint32(body[len(body)-8:]))
			f.Add(body[len(body)-8-length : len(body)-8])
		}
	})
	for _, h := range hostileParquet() {
		if len(h.body) > 12 && len(h.body) < 10_000 {
			f.Add(h.body[4 : len(h.body)-8])
		}
	}
	f.Fuzz(func(t *testing.T, footer []byte) { checked(t, "a.parquet", parquetFile(footer)) })
}
