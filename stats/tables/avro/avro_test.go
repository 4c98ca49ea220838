package avro_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"s3layout/stats/tables/avro"
)

// fixtures are what testdata/make.py wrote with fastavro, and what it read back.
func eachFixture(t testing.TB, each func(name string, body []byte, want [][]any)) {
	files, err := filepath.Glob("testdata/*.avro")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	text, err := os.ReadFile("testdata/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var want [][]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		each(filepath.Base(file), body, want)
	}
}

var wanted = []int{0, 100, 104, 1000, 1001, 1002, 143, 999}

func TestRecords(t *testing.T) {
	eachFixture(t, func(name string, body []byte, want [][]any) {
		f, err := avro.Open(body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(f.Meta["partition-spec"]) != "[]" {
			t.Errorf("%s: metadata %q", name, f.Meta)
		}
		n := 0
		err = f.Records(wanted, func(values []avro.Value) error {
			var got []any
			for _, v := range values {
				got = append(got, plain(v))
			}
			if !slices.Equal(got, want[n]) {
				t.Fatalf("%s: record %d: %v, want %v", name, n, got, want[n])
			}
			n++
			return nil
		})
		if err != nil || n != len(want) {
			t.Errorf("%s: %d records of %d, %v", name, n, len(want), err)
		}
		fields := f.Fields(102)
		if len(fields) != 3 || fields[0] != (avro.Field{ID: 1000, Name: "day", Logical: "date", Primitive: "int"}) ||
			fields[1] != (avro.Field{ID: 1001, Name: "price", Logical: "decimal", Primitive: "bytes", Scale: 2}) || fields[2].Primitive != "string" {
			t.Errorf("%s: fields %+v", name, fields)
		}
		if f.Fields(7) != nil {
			t.Errorf("%s: fields of what is not there", name)
		}
	})
}

func plain(v avro.Value) any {
	switch v.Kind {
	case avro.Bytes:
		return string(v.B)
	case avro.Float:
		return v.F
	case avro.Long:
		return float64(v.I)
	case avro.Bool:
		return v.I == 1
	}
	return nil
}

// file makes an object container file of one block.
func file(schema, codec string, rows int64, block []byte) []byte {
	long := func(n int64) []byte { return binary.AppendUvarint(nil, uint64(n<<1)^uint64(n>>63)) }
	text := func(s string) []byte { return append(long(int64(len(s))), s...) }
	sync := strings.Repeat("s", 16)
	return bytes.Join([][]byte{[]byte("Obj\x01"), long(2), text("avro.schema"), text(schema), text("avro.codec"), text(codec), long(0), []byte(sync),
		long(rows), text(string(block)), []byte(sync)}, nil)
}

func deflated(n int) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	io.CopyN(w, zeros{}, int64(n))
	w.Close()
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// hostiles are made to take time or memory.
func hostiles() map[string][]byte {
	const one = `{"type":"record","name":"r","fields":[{"name":"a","type":"long","field-id":0}]}`
	nested := strings.Repeat(`{"type":"array","items":`, 5000) + `"int"` + strings.Repeat("}", 5000)
	nulls := `{"type":"record","name":"r","fields":[` + strings.Repeat(`{"name":"n","type":"null"},`, 15000) + `{"name":"a","type":"int"}]}`
	doubling := `{"type":"record","name":"r0","fields":[]}`
	for i := range 20 {
		name := string(rune('a' + i))
		doubling = `{"type":"record","name":"` + name + `","fields":[{"name":"x","type":` + doubling + `},{"name":"y","type":"` + name + `"}]}`
	}
	return map[string][]byte{
		"no magic": []byte("Obj"), "only magic": []byte("Obj\x01"), "endless count": append([]byte("Obj\x01"), bytes.Repeat([]byte{0xff}, 64)...),
		"rows without bytes": file(`{"type":"record","name":"r","fields":[]}`, "null", 1<<40, nil),
		"more rows":          file(one, "null", 3, []byte{2, 4}), "fewer rows": file(one, "null", 1, []byte{2, 4}), "negative rows": file(one, "null", -1, nil),
		"bomb": file(one, "deflate", 1<<27, deflated(1<<28)), "nested": file(`{"type":"record","name":"r","fields":[{"name":"a","type":`+nested+`}]}`, "null", 0, nil),
		"nulls": file(nulls, "null", 10000, make([]byte, 10000)), "doubling": file(doubling, "null", 0, nil), "codec": file(one, "xz", 1, []byte{2}),
		"union": file(`{"type":"record","name":"r","fields":[{"name":"a","type":["null","long"]}]}`, "null", 1, []byte{6, 2}),
		"empty elements": file(`{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"array","items":"null"}}]}`, "null", 1,
			append(binary.AppendUvarint(nil, 1<<30), make([]byte, 100)...)),
		"no schema": file("", "null", 0, nil), "no record": file(`"int"`, "null", 0, nil), "unknown type": file(`{"type":"record","name":"r","fields":[{"name":"a","type":"odd"}]}`, "null", 0, nil),
	}
}

func TestHostile(t *testing.T) {
	for name, body := range hostiles() {
		if err := checked(t, name, body); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

// checked holds a file to a known error, and to memory, all allocations counted, those collected too: 8 times the input and
// 1 MiB. The schema takes more, as trees of JSON do; snappy blocks are held whole, and grow 22-fold at most; zstd's decoder holds
// a window.
func checked(t testing.TB, name string, body []byte) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := readAll(body)
	runtime.ReadMemStats(&after)
	most := 8*len(body) + 1<<20
	if f, _ := avro.Open(body); f != nil {
		most += 80 * len(f.Meta["avro.schema"])
	}
	switch {
	case bytes.Contains(body, []byte("snappy")):
		most += 30 * len(body)
	case bytes.Contains(body, []byte("zstandard")):
		most += 2*8<<20 + 1<<20
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(most) {
		t.Errorf("%s: %d bytes allocated for %d", name, spent, len(body))
	}
	if err != nil && !errors.Is(err, avro.ErrMalformed) && !errors.Is(err, avro.ErrUnsupported) {
		t.Errorf("%s: %v", name, err)
	}
	return err
}

func readAll(body []byte) error {
	f, err := avro.Open(body)
	if err != nil {
		return err
	}
	f.Fields(102)
	return f.Records(wanted, func([]avro.Value) error { return nil })
}

func TestStop(t *testing.T) {
	stop := errors.New("stop")
	f, err := avro.Open(file(`{"type":"record","name":"r","fields":[{"name":"a","type":"long","field-id":0}]}`, "null", 2, []byte{2, 4}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := f.Records([]int{0}, func([]avro.Value) error { n++; return stop }); err != stop || n != 1 {
		t.Errorf("%v after %d records", err, n)
	}
}

// Any beginning of a file, and a file with any byte changed, ends in an error of a known kind or in records.
func TestDamaged(t *testing.T) {
	eachFixture(t, func(name string, body []byte, _ [][]any) {
		for at := 0; at < len(body); at += 101 {
			checked(t, name, body[:at])
			damaged := bytes.Clone(body)
			for _, b := range []byte{0, 0xff, body[at] ^ 0x41} {
				damaged[at] = b
				checked(t, name, damaged)
			}
		}
	})
}

func FuzzAvro(f *testing.F) {
	eachFixture(f, func(_ string, body []byte, _ [][]any) { f.Add(body) })
	for name, body := range hostiles() {
		if name != "bomb" {
			f.Add(body)
		}
	}
	r, err := zip.OpenReader("../testdata/iceberg/partitioned.zip")
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	for _, file := range r.File {
		if strings.HasSuffix(file.Name, ".avro") {
			in, err := file.Open()
			if err != nil {
				f.Fatal(err)
			}
			body, _ := io.ReadAll(in)
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { checked(t, "fuzzed", body) })
}

// A value that is longer than the window is read whole, and one that nobody wants is passed over.
func TestLongValues(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"a","type":"string","field-id":0},{"name":"b","type":"string","field-id":1}]}`
	var plain []byte
	for i := range 4 {
		for range 2 {
			plain = binary.AppendUvarint(plain, 2*100_000)
			plain = append(plain, bytes.Repeat([]byte{'a' + byte(i)}, 100_000)...)
		}
	}
	var block bytes.Buffer
	w, _ := flate.NewWriter(&block, flate.BestCompression)
	w.Write(plain)
	w.Close()
	for _, tt := range []struct {
		rows int64
		ok   bool
	}{{3, false}, {4, true}, {5, false}} {
		f, err := avro.Open(file(schema, "deflate", tt.rows, block.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = f.Records([]int{1}, func(v []avro.Value) error {
			if len(v[0].B) != 100_000 || v[0].B[0] != 'a'+byte(n) || v[0].B[99_999] != 'a'+byte(n) {
				t.Errorf("record %d: %d bytes", n, len(v[0].B))
			}
			n++
			return nil
		})
		if (err == nil) != tt.ok {
			t.Errorf("%d rows: %v", tt.rows, err)
		}
	}
}
