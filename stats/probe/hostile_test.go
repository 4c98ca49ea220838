package probe

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A hostile is a file made to hurt a reader, and the problem that it has to end in; none where a bound holds silently.
type hostile struct {
	name string
	body []byte
	kind ProblemKind
}

// hostiles are those of all formats.
func hostiles(t testing.TB) []hostile {
	return slices.Concat(hostileParquet(), hostileORC(t), hostileAvro(t))
}

func TestHostile(t *testing.T) {
	for _, h := range hostiles(t) {
		t.Run(h.name, func(t *testing.T) {
			got := checked(t, h.name, h.body)
			if h.kind != "" && (got.Problem == nil || got.Problem.Kind != h.kind) {
				t.Errorf("problem %v, want one that is %s", got.Problem, h.kind)
			}
		})
	}
}

// Every prefix of a short file, and a file with any one byte near an end changed, ends in a finding, within bounds.
func TestDamaged(t *testing.T) {
	eachFixture(t, func(name string, body []byte) {
		if len(body) > 1800 {
			return
		}
		for n := range body {
			checkFinding(t, body[:n], probe(t, name, body[:n]))
		}
		damaged := bytes.Clone(body)
		for i := range body {
			if i >= 200 && i < len(body)-500 {
				continue
			}
			for _, b := range []byte{0, 0xff, body[i] ^ 0x41} {
				damaged[i] = b
				checkFinding(t, damaged, probe(t, name, damaged))
			}
			damaged[i] = body[i]
		}
	})
}

// No file takes more memory than 8 times what is read of it and 1 MiB, all allocations counted, those collected too.
func TestAllocation(t *testing.T) {
	eachFixture(t, func(name string, body []byte) { checked(t, name, body) })
	for _, h := range hostiles(t) {
		checked(t, h.name, h.body)
	}
}

func checked(t testing.TB, name string, body []byte) *Finding {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := probe(t, name, body)
	runtime.ReadMemStats(&after)
	if spent, bound := after.TotalAlloc-before.TotalAlloc, uint64(8*got.BytesRead+1<<20); spent > bound {
		t.Errorf("%s: %d bytes allocated for %d read, the bound is %d", name, spent, got.BytesRead, bound)
	}
	checkFinding(t, body, got)
	return got
}

// checkFinding holds what is true of every finding, whatever the bytes.
func checkFinding(t testing.TB, body []byte, got *Finding) {
	t.Helper()
	if got.Requests > 3 || got.BytesRead > int64(len(body)) {
		t.Errorf("%d requests for %d bytes of %d", got.Requests, got.BytesRead, len(body))
	}
	if p := got.Problem; p != nil && (p.Offset < 0 || p.Offset > int64(len(body)) || p.What == "") {
		t.Errorf("the problem %v is not in a file of %d bytes", p, len(body))
	}
	if got.Rows != nil && *got.Rows < 0 {
		t.Errorf("%d rows", *got.Rows)
	}
	for _, c := range got.Codecs {
		if c.CompressedBytes < 0 || c.UncompressedBytes < 0 {
			t.Errorf("codec %+v", c)
		}
	}
	if s := got.Schema; s != nil {
		if int64(len(s.Columns)) > s.Leaves {
			t.Errorf("%d columns of %d", len(s.Columns), s.Leaves)
		}
		for _, c := range s.Columns {
			if !utf8.ValidString(c.Path + c.Type + c.Logical) {
				t.Errorf("column %+q", c.Path)
			}
		}
	}
	if r, ok := got.Expansion.Ratio(); ok && !(r > 0 && r < math.Inf(1)) {
		t.Errorf("expansion %v", r)
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
}

func TestShortFiles(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4, 7, 8, 11, 12} {
		for _, name := range []string{"a", "a.parquet", "a.orc", "a.avro", "a.csv", "a.arrow"} {
			for _, fill := range []string{"\x00", "PAR1", "PARE", "ORC", "Obj\x01", "ARROW1\x00\x00", "\xff"} {
				body := []byte(strings.Repeat(fill, 12)[:n])
				got := checked(t, name, body)
				if empty := got.Problem != nil && got.Problem.Kind == Empty; empty != (n == 0) {
					t.Errorf("%s of %d bytes: %v", name, n, got.Problem)
				}
			}
		}
	}
}

// The bytes decide, and the finding says where the name does not agree.
func TestMismatch(t *testing.T) {
	parquet := parquetFile(thriftFooter())
	for _, tt := range []struct {
		name     string
		body     []byte
		format   string
		mismatch bool
		requests int
	}{
		{"a.parquet", parquet, "parquet", false, 1},
		{"a", parquet, "parquet", false, 1},
		{"a.csv", parquet, "parquet", true, 1},
		{"a.orc", parquet, "parquet", true, 1},
		{"a.parquet.gz", parquet, "parquet", true, 1},
		{"a.gz.parquet", parquet, "parquet", false, 1},
		{"a.parquet", []byte("id,name\n1,one\n"), "unknown", true, 1},
		{"a.csv", []byte("id,name\n1,one\n"), "unknown", false, 1},
		{"a.parquet.gz", []byte("\x1f\x8b\x08 and so on"), "unknown", false, 1},
		{"a.csv.gz", []byte("\x1f\x8b\x08 and so on"), "unknown", false, 1},
	} {
		got := probe(t, tt.name, tt.body)
		if got.Format != tt.format || got.Mismatch != tt.mismatch || got.Requests != tt.requests {
			t.Errorf("%s: %s, mismatch %t, %d requests", tt.name, got.Format, got.Mismatch, got.Requests)
		}
	}
}

// A reader notes what is asked of it.
type reader struct {
	io.ReaderAt
	ranges [][2]int64
}

func (r *reader) ReadAt(b []byte, offset int64) (int, error) {
	r.ranges = append(r.ranges, [2]int64{offset, int64(len(b))})
	return r.ReaderAt.ReadAt(b, offset)
}

// A long file is read from the end that its name says, and only the missing part of a long footer.
func TestRanges(t *testing.T) {
	const mib = 1 << 20
	long := func(footer []byte) []byte {
		return append(append([]byte(parquetMagic), make([]byte, mib)...), parquetFile(footer)[4:]...)
	}
	short, large := long(thriftFooter()), long(append(make([]byte, 0, 100_000), wideFooter(9000)...))
	text := bytes.Repeat([]byte("a,b\n"), mib/4)
	for _, tt := range []struct {
		name string
		body []byte
		want string
	}{
		{"a.parquet", short, "tail"},
		{"a", short, "head tail"},
		{"a.csv", short, "head tail"},
		{"a.parquet", large, "tail rest"},
		{"a", large, "head tail rest"},
		{"a.csv", text, "head"},
		{"a.parquet", text, "tail head"},
		{"a", short[:70_000], "head tail"},
	} {
		size := int64(len(tt.body))
		r := &reader{ReaderAt: bytes.NewReader(tt.body)}
		got, err := File(r, size, tt.name, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var asked []string
		total := int64(0)
		for i, x := range r.ranges {
			total += x[1]
			switch {
			case x[0] == 0:
				asked = append(asked, "head")
			case x[0]+x[1] == size:
				asked = append(asked, "tail")
			default:
				asked = append(asked, "rest")
			}
			if asked[i] != "rest" && x[1] > 64<<10 {
				t.Errorf("%s: a request of %d bytes", tt.name, x[1])
			}
		}
		if got := strings.Join(asked, " "); got != tt.want {
			t.Errorf("%s: asked for %s, want %s", tt.name, got, tt.want)
		}
		if got.BytesRead != total || got.Requests != len(r.ranges) {
			t.Errorf("%s: says %d bytes in %d requests, read %d in %d", tt.name, got.BytesRead, got.Requests, total, len(r.ranges))
		}
	}
}

// A read that fails, or ends early, is an error and no finding.
func TestReadErrors(t *testing.T) {
	body := parquetFile(thriftFooter())
	if _, err := File(bytes.NewReader(body), int64(len(body))+1, "a.parquet", Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file shorter than listed: %v", err)
	}
	broken := errors.New("broken")
	if _, err := File(failing{broken}, 100, "a.parquet", Limits{}); !errors.Is(err, broken) {
		t.Errorf("a failing read: %v", err)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

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
