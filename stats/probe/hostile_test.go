package probe

import (
	"bytes"
	"encoding/json"
	"errors"
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
	if spent, bound := after.TotalAlloc-before.TotalAlloc, uint64(8*got.BytesRead+1<<20+poolLoss); spent > bound {
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
		{"a.parquet", []byte("id,name\n1,one\n"), "csv", true, 1},
		{"a.csv", []byte("id,name\n1,one\n"), "csv", false, 1},
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
