package codec

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fixture is a file of testdata with what its reference reader says of it, recorded by testdata/make.py.
type fixture struct {
	name   string
	codec  Codec
	data   []byte
	plain  int // -1 where no reader was asked
	digest string
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	var all []fixture
	for _, row := range table(t, "expected.tsv") {
		data, err := os.ReadFile(filepath.Join("testdata", row[0]))
		if err != nil || strconv.Itoa(len(data)) != row[3] {
			t.Fatalf("%s: %d bytes, recorded %s, %v", row[0], len(data), row[3], err)
		}
		plain, err := strconv.Atoi(row[4])
		if err != nil {
			plain = -1
		}
		all = append(all, fixture{row[0], Codec(row[2]), data, plain, row[5]})
	}
	if len(all) < 40 {
		t.Fatalf("%d fixtures", len(all))
	}
	return all
}

func table(t testing.TB, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows
}

// file returns one file of testdata.
func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every codec is told from the whole file, and from a head that ends anywhere after its first bytes.
func TestDetect(t *testing.T) {
	for _, f := range fixtures(t) {
		if got := Detect(f.data); got != f.codec {
			t.Errorf("%s is %s, detected %s", f.name, f.codec, got)
		}
		for n := 64; n < len(f.data); n += 1 + n/16 {
			if got := Detect(f.data[:n]); got != f.codec {
				t.Errorf("%s cut at %d is %s, detected %s", f.name, n, f.codec, got)
			}
		}
	}
}

// What is not compressed is not said to be, though it begins like something that is.
func TestDetectPlain(t *testing.T) {
	for _, text := range []string{
		"", "\x00", "\x1f\x8b", "B", "BZh", "BZh9,rest,of,a,row\n1,2,3,4\n", "BZhalf;1;2\n", "x^2 + y^2 = z^2 is a formula of a text\n",
		"x\x01", "x\x9c not zlib at all, by the third byte", "h\x81\n", "8O is a smiley\n", "]\x00\x00",
		"\x00{\x00\"\x00i\x00d\x00\"\x00:\x001\x00}\x00\n\x00{\x00\"\x00i\x00d\x00\"\x00:\x002\x00}", // UTF-16
		"\x00\x00\x00{\x00\x00\x00\"\x00\x00\x00i\x00\x00\x00d",                                      // UTF-32
		"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",                                           // an MP4 box
		"\x00\x01\x00\x00\x00\x0f\x00\x80\x00\x03\x00pGDEF",                                          // a font
		strings.Repeat("\x00", 4096), "PAR1\x15\x04\x15\x10", "Obj\x01\x04\x16avro.schema", "ORC", "7z;1;2\n", "PK,1,2\n",
	} {
		if got := Detect([]byte(text)); got != None {
			t.Errorf("%q is plain, detected %s", text, got)
		}
	}
}

// A whole file inflates to what the reference reader got, and all of it is used.
func TestInflateWhole(t *testing.T) {
	for _, f := range fixtures(t) {
		plain, consumed, truncated, err := Inflate(f.data, f.codec, Limits{})
		if f.codec == LZO {
			if !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s: %v", f.name, err)
			}
			continue
		}
		if f.plain < 0 {
			continue
		}
		sum := sha256.Sum256(plain)
		if err != nil || truncated || len(plain) != f.plain || hex.EncodeToString(sum[:]) != f.digest {
			t.Errorf("%s: %d plain bytes, want %d, truncated %t, %v", f.name, len(plain), f.plain, truncated, err)
		}
		if consumed != len(f.data) && f.codec != Zip {
			t.Errorf("%s: used %d of %d", f.name, consumed, len(f.data))
		}
	}
}

// What is inflated of a head that ends anywhere is a beginning of the whole, made of the bytes said to be consumed.
func TestInflateCut(t *testing.T) {
	for _, f := range fixtures(t) {
		if f.plain < 0 {
			continue
		}
		whole, _, _, _ := Inflate(f.data, f.codec, Limits{})
		last, steps := 0, 64
		if f.plain > 1<<16 {
			steps = 4
		}
		for n := 0; n <= len(f.data); n += 1 + n/steps {
			plain, consumed, truncated, err := Inflate(f.data[:n], f.codec, Limits{})
			if err != nil || consumed > n || len(plain) < last || !bytes.HasPrefix(whole, plain) {
				t.Fatalf("%s cut at %d: %d plain bytes, %d before, used %d, %v", f.name, n, len(plain), last, consumed, err)
			}
			if !truncated && f.codec != Zip && consumed < n {
				t.Fatalf("%s cut at %d: whole, with %d used", f.name, n, consumed)
			}
			if again, _, _, _ := Inflate(f.data[:consumed], f.codec, Limits{}); f.codec != Zip && !bytes.Equal(again, plain) {
				t.Fatalf("%s cut at %d: %d bytes came from the %d used, which inflate to %d", f.name, n, len(plain), consumed, len(again))
			}
			last = len(plain)
		}
	}
}

// The codecs that can be read to the byte give most of a head that ends within a block, not only its whole blocks.
func TestInflateWithinABlock(t *testing.T) {
	for _, f := range fixtures(t) {
		if f.plain < 0 || strings.HasPrefix(f.name, "wide.") || slices.Contains([]Codec{None, Bzip2, Zstd, XZ, LZMA}, f.codec) {
			continue
		}
		n := len(f.data) * 3 / 4
		plain, consumed, truncated, err := Inflate(f.data[:n], f.codec, Limits{})
		if err != nil || !truncated || consumed < n-64 && f.codec != Zip || len(plain) < f.plain*6/10 {
			t.Errorf("%s cut at %d: %d of %d plain bytes from %d, truncated %t, %v", f.name, n, len(plain), f.plain, consumed, truncated, err)
		}
	}
}

// The expansion of a sample agrees with the file's own, wherever the limit of inflated bytes falls: but for a third, as the
// rows repeat and so cost more where they come first.
func TestExpansionUnderLimit(t *testing.T) {
	for _, f := range fixtures(t) {
		if !strings.HasPrefix(f.name, "wide.") || f.codec == Zstd { // Zstd's first block holds all the distinct bytes
			continue
		}
		whole := float64(f.plain) / float64(len(f.data))
		for _, limit := range []int{300_000, 350_001, 500_000} {
			plain, consumed, truncated, err := Inflate(f.data, f.codec, Limits{Inflated: limit})
			if err != nil || !truncated || len(plain) > limit {
				t.Fatalf("%s: %d plain bytes, truncated %t, %v", f.name, len(plain), truncated, err)
			}
			if got := float64(len(plain)) / float64(consumed); got < whole*0.7 || got > whole*1.3 {
				t.Errorf("%s limited to %d: expansion %.1f, the file's is %.1f", f.name, limit, got, whole)
			}
		}
	}
}

// A claim of more than the bounds is not believed, and a limit above them not granted.
func TestInflateLimits(t *testing.T) {
	noise := make([]byte, 100_000)
	plain, consumed, truncated, err := Inflate(noise, None, Limits{Compressed: 1 << 30, Inflated: 1 << 30})
	if len(plain) != MaxCompressed || consumed != MaxCompressed || !truncated || err != nil {
		t.Error(len(plain), consumed, truncated, err)
	}
	plain, consumed, truncated, err = Inflate(noise, None, Limits{Inflated: 10})
	if len(plain) != 10 || consumed != 10 || !truncated || err != nil {
		t.Error(len(plain), consumed, truncated, err)
	}
}

// Bytes that break their codec's rules are an error, after what came before them.
func TestInflateCorrupt(t *testing.T) {
	for _, f := range fixtures(t) {
		if f.plain < 0 || f.codec == None || f.codec == Zip {
			continue
		}
		broken := append(bytes.Clone(f.data), bytes.Repeat([]byte{0x5a}, 200)...)
		if f.codec == LZMA || f.codec == Zlib { // nothing may follow these, and their readers do not look
			broken = bytes.Clone(f.data)
			for i := range broken[len(broken)/2:] {
				broken[len(broken)/2+i] ^= 0x5a
			}
		}
		plain, _, _, err := Inflate(broken, f.codec, Limits{})
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %d plain bytes, %v", f.name, len(plain), err)
		}
		if f.codec != LZMA && f.codec != Zlib && len(plain) != f.plain {
			t.Errorf("%s: %d plain bytes before the broken ones, want %d", f.name, len(plain), f.plain)
		}
	}
}

// Spark 3.5.9 was given each codec's bytes under each name: testdata/make.py read.
func TestReadAgreesWithSpark(t *testing.T) {
	rows := table(t, "spark.tsv")
	if len(rows) < 100 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		c, name, tasks, outcome := Codec(row[1]), row[2], row[3], row[4]
		got := Read(name, c)
		lost := got.Outcome == Lost && (outcome == "nothing" || outcome == "fails")
		if string(got.Outcome) != outcome && !lost && outcome != "no native library" {
			t.Errorf("%s of codec %s as %s: %s, Spark %s", row[0], c, name, got.Outcome, outcome)
		}
		if got.Splits != (tasks != "1") && len(file(t, row[0])) > 1000 {
			t.Errorf("%s as %s: splits %t, Spark cut %s tasks", row[0], name, got.Splits, tasks)
		}
	}
}

func TestSplits(t *testing.T) {
	for c, want := range map[Codec]Splitting{None: SplitsInHadoop, Bzip2: SplitsInHadoop, Gzip: SplitsNowhere, BGZF: SplitsElsewhere,
		Zstd: SplitsElsewhere, LZO: SplitsWithIndex, HadoopSnappy: SplitsElsewhere, Zip: SplitsNowhere, Zlib: SplitsNowhere} {
		if got := c.Splits(); got != want {
			t.Errorf("%s splits %s, want %s", c, got, want)
		}
	}
	if BGZF.Family() != "gzip" || HadoopLZ4.Family() != "lz4" || HadoopSnappy.Family() != "snappy" || Zstd.Family() != "zstd" {
		t.Error("families")
	}
}

func TestIsSeekableZstd(t *testing.T) {
	table := "\x5e\x2a\x4d\x18\x11\x00\x00\x00\x0d\x00\x00\x00\x64\x00\x00\x00\x01\x00\x00\x00\x00\xb1\xea\x92\x8f"
	if !IsSeekableZstd([]byte(table)) || IsSeekableZstd([]byte(table[:20])) || IsSeekableZstd(nil) || IsSeekableZstd(file(t, "one.zst")) {
		t.Error("seek table")
	}
}

// gunzip is the plain rows that most fixtures hold.
func gunzip(t testing.TB, name string) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(file(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
