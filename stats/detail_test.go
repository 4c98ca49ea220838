package stats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"s3layout/lister"
)

// through writes a profile as a document and reads it.
func through(t *testing.T, p *Profile) *Profile {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out Profile
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if err := out.Unpack(); err != nil {
		t.Fatal(err)
	}
	return &out
}

type sizeCount struct{ size, n int64 }

func fileSizes(p *Profile, splittable bool) (out []sizeCount, exact bool) {
	sizes, exact := p.FileSizes(splittable)
	for size, n := range sizes {
		out = append(out, sizeCount{size, n})
	}
	return out, exact
}

func checkAlike(t *testing.T, got, want *Profile) {
	t.Helper()
	for _, splittable := range []bool{true, false} {
		g, gotExact := fileSizes(got, splittable)
		w, wantExact := fileSizes(want, splittable)
		if !slices.Equal(g, w) || gotExact != wantExact {
			t.Errorf("sizes (splittable %t): got %d, exact %t; want %d, exact %t", splittable, len(g), gotExact, len(w), wantExact)
		}
	}
	if g, w := slices.Collect(got.EachPartition), slices.Collect(want.EachPartition); !slices.Equal(g, w) {
		t.Errorf("partitions: got %d, want %d", len(g), len(w))
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if !bytes.Equal(g, w) || got.SizeError() != want.SizeError() {
		t.Errorf("figures differ, or their error: %g, %g", got.SizeError(), want.SizeError())
	}
}

// anyLake is what a listing may hold: sizes of all magnitudes, odd paths, both kinds of file.
func anyLake(r *rand.Rand) []lister.Object {
	suffixes := []string{".csv", ".json.gz", ".parquet", ".csv.zst", "", ".avro", ".tmp", ".GZ"}
	dirs := []string{"", "a=%d/", "a=%d/b=\xff\xfe%d/", "2026/04/%d/", "x/y%d/", "a=%d/_hidden/", "A=%d/"}
	out := make([]lister.Object, r.IntN(400))
	for i := range out {
		dir := dirs[r.IntN(len(dirs))]
		if n := strings.Count(dir, "%d"); n > 0 {
			dir = fmt.Sprintf(dir, []any{r.IntN(9), r.IntN(3)}[:n]...)
		}
		out[i] = lister.Object{
			Key:  dir + fmt.Sprint("f", i) + suffixes[r.IntN(len(suffixes))],
			Size: r.Int64N(1 << r.IntN(63)), StorageClass: []string{"", "GLACIER"}[r.IntN(2)],
		}
	}
	return out
}

func TestDetail(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		c := NewCollector(Options{Partitions: r.IntN(5), MaxPartitions: []int{0, 3}[r.IntN(2)]})
		c.Add(anyLake(r))
		p := c.Profile()
		if err := p.Pack(); err != nil {
			t.Fatal(err)
		}
		checkAlike(t, through(t, p), p)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// Above the limit of different sizes what is packed is the histogram, and says so.
func TestDetailOfSketch(t *testing.T) {
	c := NewCollector(Options{})
	c.files[true] = newSizeSet(100)
	var batch []lister.Object
	for i := range 1000 {
		batch = append(batch, lister.Object{Key: fmt.Sprintf("%d.csv", i), Size: int64(i+1) * 12345})
	}
	c.Add(batch)
	p := c.Profile()
	if err := p.Pack(); err != nil {
		t.Fatal(err)
	}
	if p.Detail.Exact || p.SizeError() != MeanError {
		t.Fatalf("exact %t, error %g", p.Detail.Exact, p.SizeError())
	}
	checkAlike(t, through(t, p), p)
}

func packedLake(t *testing.T) *Profile {
	t.Helper()
	c := NewCollector(Options{Partitions: 3})
	var batch []lister.Object
	for i := range 300 {
		batch = append(batch, lister.Object{Key: fmt.Sprintf("a=%d/%d.csv", i%50, i), Size: int64(1000 + i*i)})
	}
	c.Add(append(batch, lister.Object{Key: "a=1/x.csv.gz", Size: 5}))
	p := c.Profile()
	if err := p.Pack(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Partitions that there is no room for are counted as one.
func TestDetailBounded(t *testing.T) {
	p := packedLake(t)
	if err := p.pack(-1); err != nil {
		t.Fatal(err)
	}
	got := through(t, p)
	if n := len(slices.Collect(got.EachPartition)); n != 0 || got.Other == nil || got.Other.Partitions != 50 || got.Other.Objects != 301 || got.Other.Bytes != p.Totals.Bytes {
		t.Errorf("%d partitions and %+v", n, got.Other)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Code != "partitions_folded" {
		t.Errorf("%+v", got.Warnings)
	}
	checkAlike(t, through(t, got), got)
}

// Without detail there are the figures.
func TestNoDetail(t *testing.T) {
	p := packedLake(t)
	p.Detail = nil
	got := through(t, p)
	if got.SizeError() != 1 {
		t.Errorf("error %g", got.SizeError())
	}
	sizes, exact := fileSizes(got, true)
	files, bytes := int64(0), int64(0)
	for _, s := range sizes {
		files, bytes = files+s.n, bytes+s.size*s.n
	}
	if off := float64(bytes) / float64(p.Totals.Bytes); exact || files != 300 || off < 0.99 || off > 1.01 {
		t.Errorf("exact %t, %d files of %d bytes", exact, files, bytes)
	}
	if n := len(slices.Collect(got.EachPartition)); n != 3 || got.Other.Partitions != 47 {
		t.Errorf("%d partitions and %+v", n, got.Other)
	}
}

// What judgement reads is in the document: a field of Profile that is not exported is restored by Unpack.
func TestDetailIsAll(t *testing.T) {
	restored := []string{"totals", "files", "histograms", "Warnings"}
	kind := reflect.TypeFor[Profile]()
	for i := range kind.NumField() {
		f := kind.Field(i)
		if (!f.IsExported() || f.Tag.Get("json") == "-") && !slices.Contains(restored, f.Name) {
			t.Errorf("%s is not in the document: Unpack must restore it, or advise judges without it", f.Name)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(p *Profile)
		want  string
	}{
		"another version":      {func(p *Profile) { p.Detail.Version = 2 }, "version 2"},
		"not gzip":             {func(p *Profile) { p.Detail.Splittable = []byte("{}") }, "unpack"},
		"cut":                  {func(p *Profile) { p.Detail.Splittable = p.Detail.Splittable[:40] }, "unpack"},
		"a flipped bit":        {func(p *Profile) { p.Detail.Splittable[30] ^= 1 }, "sizes"},
		"sizes swapped":        {func(p *Profile) { p.Detail.Splittable, p.Detail.Whole = p.Detail.Whole, p.Detail.Splittable }, "formats count"},
		"no sizes":             {func(p *Profile) { p.Detail.Splittable = nil }, "formats count 300"},
		"no partitions":        {func(p *Profile) { p.Detail.Partitions = nil; p.Totals.Partitions = 0 }, "less than totals count"},
		"sizes as partitions":  {func(p *Profile) { p.Detail.Partitions = p.Detail.Splittable }, "partitions"},
		"a file below zero":    {func(p *Profile) { p.Formats[0].Objects = -1 }, "profile.formats.objects is -1"},
		"too many files":       {func(p *Profile) { p.Totals.Objects = math.MaxInt64 }, "profile.totals.objects is"},
		"formats do not count": {func(p *Profile) { p.Totals.Objects = 7 }, "count 301 files, and profile.totals 7"},
		"too many partitions":  {func(p *Profile) { p.Totals.Partitions = 49 }, "1, 0 files"},
		"too many bytes":       {func(p *Profile) { p.Totals.Bytes-- }, "1 bytes too many"},
	} {
		p := packedLake(t)
		tt.spoil(p)
		if err := p.Unpack(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := packedLake(t)
	p.Detail, p.Formats[0].Sizes.Histogram[0].Objects = nil, 99
	if err := p.Unpack(); err == nil || !strings.Contains(err.Error(), "in its histogram") {
		t.Errorf("%v", err)
	}
}

// A bomb is not unpacked to its end.
func TestUnpackBounded(t *testing.T) {
	p := packedLake(t)
	p.Detail.Whole = bomb(t)
	if err := p.Unpack(); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	for _, seed := range []string{"", "\x02", "\x03\x05", "\x02\x02\x02", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\x0a\x03\x00a=1\x01\x05\x03\x01b=2"} {
		f.Add([]byte(seed), []byte(seed), int64(2))
	}
	f.Fuzz(func(t *testing.T, sizes, partitions []byte, objects int64) {
		p := &Profile{
			Totals: Totals{Objects: objects, Bytes: 15, Partitions: 2}, Formats: []Format{{Splittable: true, Objects: objects}},
			Detail: &Detail{Version: 1, Splittable: zipped(t, sizes), Partitions: zipped(t, partitions)},
		}
		if p.Unpack() != nil {
			return
		}
		last, n := int64(0), int64(0)
		got, _ := fileSizes(p, true)
		for _, s := range got {
			if s.size <= last || s.n < 1 {
				t.Fatalf("%+v after %d", s, last)
			}
			last, n = s.size, n+s.n
		}
		if n != objects {
			t.Fatalf("%d files of %d", n, objects)
		}
		for part := range p.EachPartition {
			n -= part.Objects
		}
		for part, alike := range p.Other.Alike {
			n -= part.Objects * alike
		}
		if n != 0 {
			t.Fatalf("%d files in no partition", n)
		}
	})
}
