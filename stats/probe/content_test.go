package probe

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"s3layout/stats/probe/codec"
)

// records reads a table of tab-separated fields.
func records(t testing.TB, name string) (out [][]string) {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(fields) > 1 {
			out = append(out, fields)
		}
	}
	return out
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestCodecs probes what reference writers compressed: codec and expansion are those of the reference readers.
func TestCodecs(t *testing.T) {
	for _, want := range records(t, "codec/testdata/expected.tsv") {
		body := fixture(t, "codec/testdata/"+want[0])
		got := checked(t, want[0], body)
		container := want[2]
		if container == "none" {
			container = ""
		}
		if got.Container != container || got.Requests != 1 {
			t.Errorf("%s: container %q, want %q, in %d requests", want[0], got.Container, container, got.Requests)
		}
		size, err := strconv.Atoi(want[4])
		if err != nil || container == "" || container == "zip" { // an archive has a directory, too
			continue
		}
		ratio, ok := got.Expansion.Ratio()
		if exact := float64(size) / float64(len(body)); !ok || ratio < exact*0.999999 || ratio > exact*1.000001 {
			t.Errorf("%s: %g-fold, the reference has %g; %+v", want[0], ratio, exact, got.Expansion)
		}
		if got.Problem != nil || got.Format != "json" && got.Format != "text" {
			t.Errorf("%s: %s, %v", want[0], got.Format, got.Problem)
		}
	}
}

// wrapped is a body in every codec that can be written here, by the suffix that its files have.
func wrapped(t testing.TB, body []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"": body}
	write := func(suffix string, f func(b *bytes.Buffer) error) {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		out[suffix] = b.Bytes()
	}
	finish := func(w interface {
		Write([]byte) (int, error)
		Close() error
	}, err error,
	) error {
		if err == nil {
			_, err = w.Write(body)
		}
		if err == nil {
			err = w.Close()
		}
		return err
	}
	write(".gz", func(b *bytes.Buffer) error { return finish(gzip.NewWriter(b), nil) })
	write(".deflate", func(b *bytes.Buffer) error { return finish(zlib.NewWriter(b), nil) })
	write(".zst", func(b *bytes.Buffer) error { w, err := zstd.NewWriter(b); return finish(w, err) })
	write(".sz", func(b *bytes.Buffer) error { return finish(snappy.NewBufferedWriter(b), nil) })
	write(".xz", func(b *bytes.Buffer) error { w, err := xz.NewWriter(b); return finish(w, err) })
	write(".lz4", func(b *bytes.Buffer) error { return finish(lz4.NewWriter(b), nil) })
	write(".zip", func(b *bytes.Buffer) error {
		z := zip.NewWriter(b)
		w, err := z.Create("rows")
		if err == nil {
			_, err = w.Write(body)
		}
		if err == nil {
			err = z.Close()
		}
		return err
	})
	write(".snappy", func(b *bytes.Buffer) error {
		for chunk := range slices.Chunk(body, 256<<10) {
			block := snappy.Encode(nil, chunk)
			b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(chunk))))
			b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(block))))
			b.Write(block)
		}
		return nil
	})
	return out
}

// TestTextInCodecs probes what reference writers wrote, in every codec: what the text is does not depend on it.
func TestTextInCodecs(t *testing.T) {
	for _, want := range records(t, "text/testdata/expected.tsv") {
		for suffix, body := range wrapped(t, fixture(t, "text/testdata/"+want[0])) {
			name := want[0] + suffix
			got := checked(t, name, body)
			if got.Format != want[2] || got.Text == nil {
				t.Errorf("%s: %s, want %s; %+v", name, got.Format, want[2], got.Problem)
				continue
			}
			x := got.Text
			text := fmt.Sprint(dash(x.Layout), " ", dash(strings.NewReplacer("\t", `\t`, "\x01", `\x01`).Replace(x.Delimiter)), " ", dash(x.Header), " ", dash(x.Encoding), " ", dash(x.Newline))
			if reference := strings.Join([]string{want[3], want[4], want[5], want[9], want[10]}, " "); text != reference {
				t.Errorf("%s: %s, want %s", name, text, reference)
			}
			if spans := want[8]; spans != "-" && x.Spans != (spans == "yes") {
				t.Errorf("%s: spans %t, want %s", name, x.Spans, spans)
			}
			if got.Mismatch && want[2] != "unknown" {
				t.Errorf("%s: a mismatch, and the name says so", name)
			}
		}
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// TestVerdicts holds what a reader makes of a file under that name, and who can split it.
func TestVerdicts(t *testing.T) {
	lines := fixture(t, "text/testdata/lines.json")
	pretty := fixture(t, "text/testdata/prettyrows.json")
	comma := fixture(t, "text/testdata/comma.csv")
	quoted := fixture(t, "text/testdata/multiline.csv")
	pickle := fixture(t, "text/testdata/rows.pickle")
	tar := fixture(t, "text/testdata/rows.tar")
	parquet := fixture(t, "testdata/parquet/codec_snappy.parquet")
	in := func(body []byte, suffix string) []byte { return wrapped(t, body)[suffix] }
	for _, tt := range []struct {
		name      string
		body      []byte
		mismatch  bool
		outcome   codec.Outcome
		folded    codec.Outcome
		splits    bool
		splitting codec.Splitting
	}{
		{"a.json", lines, false, "reads", "reads", true, "hadoop"},
		{"a.json.gz", in(lines, ".gz"), false, "reads", "reads", false, "never"},
		{"a.json.GZ", in(lines, ".gz"), false, "garbage", "reads", true, "never"},
		{"a.tgz", in(tar, ".gz"), false, "garbage", "garbage", true, "never"},
		{"a.tar.gz", in(tar, ".gz"), false, "garbage", "garbage", false, "never"},
		{"a.csv", in(comma, ".gz"), true, "garbage", "garbage", true, "never"},
		{"a", in(comma, ".zst"), true, "garbage", "garbage", true, "elsewhere"},
		{"a.csv.gz", comma, true, "fails", "fails", false, "hadoop"},
		{"a.csv.bz2", comma, true, "nothing", "nothing", true, "hadoop"},
		{"a.json", pretty, false, "reads", "reads", false, "never"},
		{"a.csv", quoted, false, "reads", "reads", false, "never"},
		{"a.csv", lines, true, "garbage", "garbage", true, "hadoop"},
		{"a.json", comma, true, "garbage", "garbage", true, "hadoop"},
		{"a.txt", comma, false, "reads", "reads", true, "hadoop"},
		{"a.csv", pickle, true, "garbage", "garbage", true, "hadoop"},
		{"a.parquet", parquet, false, "reads", "reads", true, "hadoop"},
		{"a", parquet, false, "reads", "reads", true, "hadoop"},
		{"a.csv", parquet, true, "garbage", "garbage", true, "hadoop"},
		{"a.csv.gz", parquet, true, "fails", "fails", false, "hadoop"},
		{"a.csv.gz", in(parquet, ".gz"), true, "garbage", "garbage", false, "never"},
		{"a.parquet.gz", in(parquet, ".gz"), false, "fails", "fails", true, "never"},
		{"a.parquet.gz", parquet, true, "reads", "reads", true, "hadoop"},
		{"a.parquet", comma, true, "fails", "fails", true, "hadoop"},
		{"a.orc", parquet, true, "fails", "fails", true, "hadoop"},
		{"a.csv.lz4", in(comma, ".lz4"), false, "lost", "lost", false, "elsewhere"},
		{"a.csv.snappy", in(comma, ".snappy"), false, "reads", "reads", false, "elsewhere"},
		{"a.csv.zip", in(comma, ".zip"), false, "garbage", "garbage", true, "never"},
	} {
		got := checked(t, tt.name, tt.body)
		v := got.Verdict(tt.name)
		if got.Mismatch != tt.mismatch || v.Outcome != tt.outcome || v.Folded != tt.folded || v.Splits != tt.splits || v.Splitting != tt.splitting {
			t.Errorf("%s, %s in %q: mismatch %t, %+v; want %t, %s, %s, splits %t, %s",
				tt.name, got.Format, got.Container, got.Mismatch, v, tt.mismatch, tt.outcome, tt.folded, tt.splits, tt.splitting)
		}
	}
}

// TestBombs inflates what grows without end: as much as is let in, and no more.
func TestBombs(t *testing.T) {
	zeros := make([]byte, 32<<20)
	copy(zeros, "{")
	for suffix, body := range wrapped(t, zeros) {
		if suffix == "" {
			continue
		}
		got := checked(t, "bomb"+suffix, body)
		if e := got.Expansion; e == nil || e.UncompressedBytes > wholeInflated {
			t.Errorf("%s: %+v", suffix, e)
		}
		nested := checked(t, "bomb.gz", wrapped(t, body)[".gz"])
		if nested.Container != "gzip" {
			t.Errorf("%s in gzip: %q", suffix, nested.Container)
		}
	}
}

// TestFewRequests holds that a bound on requests is kept, and said; what is left can be read from the end.
func TestFewRequests(t *testing.T) {
	body := append(append([]byte(parquetMagic), make([]byte, 1<<20)...), parquetFile(thriftFooter())[4:]...)
	r := bytes.NewReader(body)
	got, err := File(r, int64(len(body)), "part-00000", Limits{Requests: 1})
	if err != nil || !got.Unread || got.Requests != 1 || got.Format != "parquet" || got.Mismatch {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = File(r, int64(len(body)), "part-00000", Limits{Requests: 2, FromEnd: true})
	if err != nil || got.Unread || got.Requests != 1 || got.Evidence != EvidenceFooter {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = File(r, int64(len(body)), "a.orc", Limits{Requests: 1})
	if err != nil || got.Unread || got.Format != "parquet" || !got.Mismatch {
		t.Errorf("%+v, %v", got, err)
	}
	text := bytes.Repeat([]byte("a,b\n"), 1<<18)
	got, err = File(bytes.NewReader(text), int64(len(text)), "a.orc", Limits{Requests: 1})
	if err != nil || !got.Unread || got.Format != "unknown" {
		t.Errorf("%+v, %v", got, err)
	}
}

// FuzzFile probes any bytes under any name.
func FuzzFile(f *testing.F) {
	for _, want := range records(f, "codec/testdata/expected.tsv") {
		if body := fixture(f, "codec/testdata/"+want[0]); len(body) < 3000 {
			f.Add(body, want[0])
		}
	}
	for _, want := range records(f, "text/testdata/expected.tsv") {
		if body := fixture(f, "text/testdata/"+want[0]); len(body) < 3000 {
			f.Add(body, want[0])
			f.Add(wrapped(f, body)[".gz"], want[0]+".gz")
		}
	}
	eachFixture(f, func(name string, body []byte) {
		if len(body) < 3000 {
			f.Add(body, filepath.Base(name))
		}
	})
	f.Fuzz(func(t *testing.T, body []byte, name string) {
		got := checked(t, name, body)
		if v := got.Verdict(name); v.Outcome == "" || v.Folded == "" || v.Splitting == "" {
			t.Errorf("%+v", v)
		}
	})
}
