package parquet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"s3layout/stats/tables/parquet"
)

// columns are the names in rows.json of the leaves of the fixtures, by path.
var columns = map[string]string{
	"txn": "txn", "add.path": "add.path", "add.partitionValues.key_value.key": "key", "add.partitionValues.key_value.value": "value",
	"add.size": "add.size", "add.dataChange": "add.dataChange", "add.deletionVector.storageType": "dv.storageType",
	"add.deletionVector.offset": "dv.offset", "remove.path": "remove.path", "features.list.element": "features",
}

// Every row of every fixture holds what pyarrow reads there: see testdata/make.py.
func TestRows(t *testing.T) {
	text, err := os.ReadFile("testdata/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][][]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	eachFixture(t, func(name string, body []byte) {
		f, err := parquet.Open(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var numbers []int
		for i, l := range f.Leaves {
			if columns[strings.Join(l.Path, ".")] == "" {
				t.Fatalf("%s: leaf %q", name, l.Path)
			}
			numbers = append(numbers, i)
		}
		n := 0
		err = f.EachRow(numbers, func(row [][]parquet.Value) error {
			for i, values := range row {
				l := f.Leaves[i]
				var got []any
				for _, v := range values {
					got = append(got, plain(l, v))
				}
				if w := want[columns[strings.Join(l.Path, ".")]][n]; !slices.Equal(got, w) {
					t.Fatalf("%s: row %d of %q: %v, want %v", name, n, l.Path, got, w)
				}
			}
			n++
			return nil
		})
		if rows := len(want["txn"]); err != nil || n != rows && name != "empty.parquet" || int64(n) != f.Rows {
			t.Errorf("%s: %d rows of %d, %v", name, n, rows, err)
		}
	})
}

func plain(l parquet.Leaf, v parquet.Value) any {
	switch {
	case v.Null:
		return nil
	case l.Type == parquet.ByteArray:
		return string(v.B)
	case l.Type == parquet.Boolean:
		return v.I == 1
	}
	return float64(v.I)
}

func eachFixture(t testing.TB, each func(name string, body []byte)) {
	files, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		each(filepath.Base(file), body)
	}
}

// An error of each ends the walk and is returned.
func TestStop(t *testing.T) {
	stop := errors.New("stop")
	body, err := os.ReadFile("testdata/snappy.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := f.EachRow([]int{1}, func([][]parquet.Value) error { n++; return stop }); err != stop || n != 1 {
		t.Errorf("%v after %d rows", err, n)
	}
}

// A page of which a bit differs from its checksum is refused.
func TestChecksum(t *testing.T) {
	body, err := os.ReadFile("testdata/gzip_crc.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if err := readAll(body); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{200, 2000, 5000} {
		damaged := bytes.Clone(body)
		damaged[at] ^= 1
		if err := readAll(damaged); !errors.Is(err, parquet.ErrMalformed) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
}

// Any beginning of a file, and a file with any byte changed, ends in an error of a known kind, or in rows, within bounds.
func TestDamaged(t *testing.T) {
	eachFixture(t, func(name string, body []byte) {
		if len(body) > 12000 {
			return
		}
		for at := 0; at < len(body); at += 97 {
			checked(t, name, body[:at])
			damaged := bytes.Clone(body)
			for _, b := range []byte{0, 0xff, body[at] ^ 0x41} {
				damaged[at] = b
				checked(t, name, damaged)
			}
		}
	})
}

// checked holds a file to a known error, and to memory: what a page may claim is 1 MiB and 1024 times what it has, and a
// reader keeps one for each column.
func checked(t testing.TB, name string, body []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := readAll(body)
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(1024*len(body)+16<<20) {
		t.Errorf("%s: %d bytes allocated for %d", name, spent, len(body))
	}
	if err != nil && !errors.Is(err, parquet.ErrMalformed) && !errors.Is(err, parquet.ErrUnsupported) {
		t.Errorf("%s: %v", name, err)
	}
}

func readAll(body []byte) error {
	f, err := parquet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	var numbers []int
	for i := range f.Leaves[:min(len(f.Leaves), 16)] {
		numbers = append(numbers, i)
	}
	return f.EachRow(numbers, func(row [][]parquet.Value) error {
		for i, values := range row {
			if !f.Leaves[numbers[i]].Repeated() && len(values) != 1 {
				return errors.New("a column that is not repeated has not one value")
			}
		}
		return nil
	})
}

func FuzzParquet(f *testing.F) {
	eachFixture(f, func(_ string, body []byte) {
		if len(body) < 15000 {
			f.Add(body)
		}
	})
	f.Fuzz(func(t *testing.T, body []byte) { checked(t, "fuzzed", body) })
}
