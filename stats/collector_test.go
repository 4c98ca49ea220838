package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"s3layout/lister"
)

// Reasons are judged in a fixed order: an object that several would fit has the first.
func TestJudgingOrder(t *testing.T) {
	opts := Options{Exclude: globs(t, "ex/**", "**.tmp"), Include: globs(t, "in/**", "ex/**")}
	for _, tt := range []struct {
		object       lister.Object
		reason, kind string
	}{
		{lister.Object{Key: "ex/_x/", StorageClass: "GLACIER"}, Excluded, "ex/**"},
		{lister.Object{Key: "ex/a.tmp", Size: 1}, Excluded, "ex/**"}, // the first pattern that matches
		{lister.Object{Key: "in/a.tmp", Size: 1}, Excluded, "**.tmp"},
		{lister.Object{Key: "out/_x/", StorageClass: "GLACIER"}, NotIncluded, ""},
		{lister.Object{Key: "in/_x/", StorageClass: "GLACIER"}, Marker, "/"},
		{lister.Object{Key: "in/_x/.y_$folder$", StorageClass: "GLACIER"}, Marker, "_$folder$"},
		{lister.Object{Key: "in/_x/.y", StorageClass: "GLACIER"}, Hidden, "_*"}, // the topmost
		{lister.Object{Key: "in/x/.y", StorageClass: "GLACIER"}, Hidden, ".*"},
		{lister.Object{Key: "in/x/y", StorageClass: "GLACIER"}, ZeroBytes, ""},
		{lister.Object{Key: "in/x/y", StorageClass: "GLACIER", Size: 1}, Archived, "GLACIER"},
		{lister.Object{Key: "in/x/y", StorageClass: "DEEP_ARCHIVE", Size: 1}, Archived, "DEEP_ARCHIVE"},
		{lister.Object{Key: "in/x/y", StorageClass: "GLACIER_IR", Size: 1}, "", ""},
		{lister.Object{Key: "in/x/y", Size: 1}, "", ""},
		{lister.Object{Key: "in/x/y", Size: 0}, ZeroBytes, ""},
		{lister.Object{Key: "in/x/y", Size: -1}, ZeroBytes, ""}, // a source that breaks its contract
	} {
		c := NewCollector(opts)
		c.Add([]lister.Object{tt.object})
		p := c.Profile()
		if tt.reason == "" {
			if p.Totals.Objects != 1 || len(p.Ignored) != 0 {
				t.Errorf("%+v: %d objects, ignored %+v", tt.object, p.Totals.Objects, p.Ignored)
			}
			continue
		}
		want := []Ignored{{Reason: tt.reason, Kind: tt.kind, Objects: 1, Bytes: max(tt.object.Size, 0), Examples: []string{tt.object.Key}}}
		if toJSON(t, p.Ignored) != toJSON(t, want) || p.Totals != (Totals{}) {
			t.Errorf("%+v: %d objects, ignored %s, want %s", tt.object, p.Totals.Objects, toJSON(t, p.Ignored), toJSON(t, want))
		}
		seen := tt.reason != Excluded && tt.reason != NotIncluded
		if (len(p.StorageClasses) == 1) != seen {
			t.Errorf("%+v: storage classes %+v", tt.object, p.StorageClasses)
		}
	}
}

func TestIgnoredKinds(t *testing.T) {
	c := NewCollector(Options{Exclude: globs(t, "x/**")})
	for _, key := range []string{"b/", "d/", "a/", "c/", "a/", "_SUCCESS", "t/_SUCCESS", "t/.a.crc", "x/2", "x/1", "\xff/"} {
		c.Add([]lister.Object{object(key, 10)})
	}
	c.Add([]lister.Object{{Key: "g", Size: 5, StorageClass: "GLACIER"}, object("z", 0)})
	wantJSON(t, "ignored", c.Profile().Ignored, `[`+
		`{"reason":"excluded","kind":"x/**","objects":2,"bytes":20,"examples":["x/1","x/2"]},`+
		`{"reason":"marker","kind":"/","objects":6,"bytes":60,"examples":["a/","b/","c/"]},`+
		`{"reason":"hidden","kind":"_SUCCESS","objects":2,"bytes":20,"examples":["_SUCCESS","t/_SUCCESS"]},`+
		`{"reason":"hidden","kind":".crc","objects":1,"bytes":10,"examples":["t/.a.crc"]},`+
		`{"reason":"zero_bytes","kind":"","objects":1,"bytes":0,"examples":["z"]},`+
		`{"reason":"storage_class","kind":"GLACIER","objects":1,"bytes":5,"examples":["g"]}]`)
}

func TestExamplesAreTheSmallest(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	words := []string{"", "a", "a", "b", "c", "d", "\xff", "aa"}
	for range 50 {
		var e examples
		for _, w := range shuffled(r, words) {
			e.keep(w)
		}
		if got := []string(e); !slices.Equal(got, []string{"", "a", "aa"}) {
			t.Fatalf("kept %q", got)
		}
	}
}

func TestStorageClasses(t *testing.T) {
	p := profileOf([]lister.Object{
		{Key: "a", Size: 5}, {Key: "b", Size: 6, StorageClass: "STANDARD"}, {Key: "c", Size: 100, StorageClass: "GLACIER"},
		{Key: "_hidden", Size: 7, StorageClass: "STANDARD_IA"}, {Key: "d", Size: 7, StorageClass: "ONEZONE_IA"}, {Key: "e/"}, {Key: "f", Size: 1},
		{Key: "g", Size: 1, StorageClass: "\xff"},
	})
	wantJSON(t, "classes", p.StorageClasses, `[{"class":"GLACIER","objects":1,"bytes":100,"readable":false},`+
		`{"class":"STANDARD","objects":4,"bytes":12,"readable":true},`+
		`{"class":"ONEZONE_IA","objects":1,"bytes":7,"readable":true},{"class":"STANDARD_IA","objects":1,"bytes":7,"readable":true},`+
		`{"class":"\\xff","objects":1,"bytes":1,"readable":true}]`)
}

// Add keeps neither the slice nor what is in it.
func TestAddKeepsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	lake := mixedLake(r)
	want := facts(t, profileOf(lake))
	c := NewCollector(Options{})
	one := objects("x=1/f")
	c.Add(one)
	for p := range c.partitions.all() {
		if unsafe.StringData(p.path) == unsafe.StringData(one[0].Key) {
			t.Error("a partition's path keeps the key, and with it the page, alive")
		}
	}
	c = NewCollector(Options{})
	page := make([]lister.Object, 100)
	for len(lake) > 0 {
		n := copy(page, lake)
		lake = lake[n:]
		c.Add(page[:n])
		for i := range page {
			page[i] = lister.Object{Key: "_overwritten/", Size: -9, Modified: time.Now(), StorageClass: "OVERWRITTEN"}
		}
	}
	if got := facts(t, c.Profile()); got != want {
		t.Errorf("after the pages were overwritten:\n got %.2000s\nwant %.2000s", got, want)
	}
}

// A Profile is what it was when it was made, and making one disturbs nothing.
func TestProfileWhileCollecting(t *testing.T) {
	lake := mixedLake(rand.New(rand.NewPCG(8, 8)))
	half := len(lake) / 2
	c := NewCollector(Options{})
	c.Add(lake[:half])
	p := c.Profile()
	want := facts(t, p)
	if again := facts(t, c.Profile()); again != want {
		t.Error("a second Profile differs from the first")
	}
	c.Add(lake[half:])
	if got := facts(t, p); got != want {
		t.Error("a Profile changed after it was made")
	}
	if got := facts(t, c.Profile()); got != facts(t, profileOf(lake)) {
		t.Error("a Profile half way changed the one at the end")
	}
}

func TestTableFormatsAreBounded(t *testing.T) {
	var keys []string
	for i := range 3*maxTables + 1 {
		keys = append(keys, fmt.Sprintf("t%06d/_delta_log/0.json", i))
	}
	want := profileOf(objects(keys...)).TableFormats
	if len(want) != maxTables || want[0].Path != "t000000" || want[maxTables-1].Path != fmt.Sprintf("t%06d", maxTables-1) {
		t.Fatalf("%d tables from %q to %q", len(want), want[0].Path, want[len(want)-1].Path)
	}
	slices.Reverse(keys)
	c := NewCollector(Options{})
	c.Add(objects(keys...))
	if len(c.tables.logs) > 2*maxTables {
		t.Errorf("holds %d tables", len(c.tables.logs))
	}
	if got := c.Profile().TableFormats; !reflect.DeepEqual(got, want) {
		t.Errorf("in another order: %d tables from %q", len(got), got[0].Path)
	}
}

// Memory does not grow with the number of suffixes, which in a flat directory may be one for each file.
func TestSuffixesAreNotKept(t *testing.T) {
	c := NewCollector(Options{})
	for i := range 1000 {
		c.Add(objects(fmt.Sprintf("events.%d", i)))
	}
	if p := c.Profile(); len(p.Formats) != 1 || p.Formats[0].Objects != 1000 || len(p.Partitions[0].Formats) != 1 {
		t.Errorf("formats %+v", p.Formats)
	}
	if len(c.formats) != 1 || len(c.files) != 1 {
		t.Errorf("holds %d formats and %d sets", len(c.formats), len(c.files))
	}
}

func TestWarnings(t *testing.T) {
	p := profileOf(objects("a//f", "/f", "//f", "b/f", "a/\uFFFD", "\uFFFD/f", "\uFFFD/g", "x=/f", "x=/g", "y=1/=2/f", "h/_x=/f", "z=1/a/=/f", "z=1/a/=b/f", "_hidden//\uFFFD"))
	wantJSON(t, "warnings", p.Warnings, `[`+
		`{"code":"empty_component","message":"keys with an empty component (//): Hadoop and Spark cannot address them","objects":3},`+
		`{"code":"replacement_character","message":"keys with U+FFFD: the server may not be able to spell them","objects":3},`+
		`{"code":"empty_partition_column","message":"\"h/_x=\" has an empty column name or value: Spark refuses it","objects":0},`+
		`{"code":"empty_partition_column","message":"\"x=\" has an empty column name or value: Spark refuses it","objects":0},`+
		`{"code":"empty_partition_column","message":"\"y=1/=2\" has an empty column name or value: Spark refuses it","objects":0}]`)
	if w := profileOf(objects("a/b", "x=1/f")).Warnings; len(w) != 0 {
		t.Errorf("warnings of nothing unusual: %+v", w)
	}
}

// The directory of one object says nothing about the next, however alike their keys are.
func TestDirectoriesAreToldApart(t *testing.T) {
	keys := []string{"f", "/f", "a/f", "a/b/f", "ab/f", "a/f", "a/", "a", "a/b", "", "a//f", "a/f/", "x=1/f", "x=10/f", "x=1/y=2/f", "x=1/f", "_x/f", "_x", "x/f"}
	for _, first := range keys {
		for _, second := range keys {
			c := NewCollector(Options{})
			c.Add(objects(first, second))
			apart := NewCollector(Options{})
			apart.Add(objects(first))
			apart.last, apart.kind = directory{}, fileKind{}
			apart.Add(objects(second))
			if got, want := facts(t, c.Profile()), facts(t, apart.Profile()); got != want {
				t.Errorf("%q then %q:\n got %s\nwant %s", first, second, got, want)
			}
		}
	}
}

func TestAges(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 4, 19, hour, 0, 0, 0, time.UTC) }
	east := time.FixedZone("east", 5*3600)
	p := profileOf([]lister.Object{
		{Key: "x=1/a", Size: 1, Modified: at(11).In(east)}, {Key: "x=1/b", Size: 1, Modified: at(3)}, {Key: "x=1/c", Size: 1},
		{Key: "x=2/a", Size: 1, Modified: at(9)}, {Key: "x=3/a", Size: 1}, {Key: "_x", Size: 1, Modified: at(1)}, {Key: "x=1/z", Modified: at(23)},
	})
	wantJSON(t, "ages", p.Ages, `{"oldest":"2026-04-19T03:00:00Z","newest":"2026-04-19T11:00:00Z"}`)
	wantJSON(t, "partition", []*time.Time{p.Partitions[0].Oldest, p.Partitions[0].Newest}, `["2026-04-19T03:00:00Z","2026-04-19T11:00:00Z"]`)
	if p.Partitions[2].Oldest != nil || p.Partitions[2].Newest != nil {
		t.Errorf("a partition without times has %v", p.Partitions[2])
	}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), false}, {time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC), false},
		{time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), true}, {time.Date(9999, 12, 31, 23, 59, 59, 999, time.UTC), true},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), false}, {time.Unix(1<<60, 0), false}, {time.Unix(-1<<60, 0), false},
	} {
		p := profileOf([]lister.Object{{Key: "a", Size: 1, Modified: tt.at}})
		toJSON(t, p)
		if (p.Ages != nil) != tt.want {
			t.Errorf("a file of %v has ages %v", tt.at, p.Ages)
		}
	}
	if ages := profileOf(objects("a")).Ages; ages != nil {
		t.Errorf("files without times have ages %v", ages)
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	for name, keys := range map[string][]string{
		"one directory":        {"x=1/a.snappy.parquet", "x=1/b.snappy.parquet"},
		"two hive directories": {"t/x=1/a.csv.gz", "t/x=2/b.csv.gz"},
		"two suffixes":         {"x=1/a.csv.gz", "x=1/b.json"},
		"many suffixes":        {"x=1/a.1", "x=1/a.2", "x=1/a.3"},
		"no partition":         {"a", "b"},
		"ignored":              {"_x/a", "x/", "_x/b"},
	} {
		var batch []lister.Object
		for i := range 60 {
			batch = append(batch, lister.Object{
				Key: keys[i%len(keys)], Size: int64(1 + i%50), Modified: time.Unix(int64(i), 0), StorageClass: "STANDARD",
			})
		}
		c := NewCollector(Options{})
		for range 200 {
			c.Add(batch)
		}
		if n := testing.AllocsPerRun(100, func() { c.Add(batch) }); n != 0 {
			t.Errorf("%s: %v allocations for %d objects", name, n, len(batch))
		}
	}
}

// FuzzCollector holds that each object is counted once, that what is summed two ways agrees, and that any keys make a
// document.
func FuzzCollector(f *testing.F) {
	f.Add("a\nx=1/b\n_c\nd/\n\nx=/e\n//f\n2026/04/g.csv.gz\nt/_delta_log/h", int64(7), uint64(1))
	f.Add("\xff=\xfe/\xfd\na=%zz/b=%41/c\nx.gz.parquet\n\uFFFD", int64(math.MaxInt64), uint64(2))
	f.Add("in/x\nex/y\nin/z_$folder$\nin/t/metadata/v1.metadata.json", int64(-1), uint64(3))
	opts := Options{}
	for _, tt := range []struct {
		list    *[]*lister.Glob
		pattern string
	}{{&opts.Exclude, "ex/**"}, {&opts.Exclude, "**[!a-z]x"}} {
		g, err := lister.ParseGlob(tt.pattern)
		if err != nil {
			f.Fatal(err)
		}
		*tt.list = append(*tt.list, g)
	}
	f.Fuzz(func(t *testing.T, keys string, size int64, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		classes := []string{"", "STANDARD", "GLACIER", keys[:min(len(keys), 3)]}
		var all []lister.Object
		for i, key := range strings.Split(keys, "\n") {
			o := lister.Object{Key: key, Size: size >> (uint(i) % 64), StorageClass: classes[r.IntN(len(classes))]}
			if r.IntN(2) == 0 {
				o.Modified = time.Unix(r.Int64N(1<<40), 0)
			}
			all = append(all, o)
		}
		c, other := NewCollector(opts), NewCollector(opts)
		c.Add(all)
		for _, o := range shuffled(r, all) {
			other.Add([]lister.Object{o})
		}
		p := c.Profile()
		if got, want := facts(t, other.Profile()), facts(t, p); got != want {
			t.Errorf("in another order:\n got %s\nwant %s", got, want)
		}
		checkSums(t, p, int64(len(all)))
	})
}

// checkSums fails unless everything that a profile counts twice agrees, and it has seen n objects.
func checkSums(t *testing.T, p *Profile, n int64) {
	t.Helper()
	var ignored int64
	for _, i := range p.Ignored {
		ignored += i.Objects
	}
	if p.Totals.Objects+ignored != n {
		t.Errorf("%d objects and %d ignored of %d", p.Totals.Objects, ignored, n)
	}
	var formats, partitions, bins, files, kinds count
	sum := func(c *count, objects, bytes int64) {
		c.objects += objects
		c.bytes = addSaturating(c.bytes, bytes)
	}
	for _, f := range p.Formats {
		sum(&formats, f.Objects, f.Bytes)
	}
	for _, part := range p.Partitions {
		sum(&partitions, part.Objects, part.Bytes)
		for _, f := range part.Formats {
			sum(&kinds, f.Objects, 0)
		}
		if s := part.Sizes; s.Min > s.P50 || s.P50 > s.P95 || s.P95 > s.Max {
			t.Errorf("partition %q: sizes %+v", part.Path, s)
		}
	}
	for _, bin := range p.Sizes.Histogram {
		sum(&bins, bin.Objects, bin.Bytes)
	}
	for _, splittable := range []bool{true, false} {
		sizes, _ := p.FileSizes(splittable)
		for size, n := range sizes {
			for range n {
				sum(&files, 1, size)
			}
		}
	}
	want := count{p.Totals.Objects, p.Totals.Bytes}
	for what, got := range map[string]count{"formats": formats, "partitions": partitions, "bins": bins, "file sizes": files} {
		if got != want {
			t.Errorf("%s sum to %+v, want %+v", what, got, want)
		}
	}
	if kinds.objects != want.objects || p.Totals.Partitions != int64(len(p.Partitions)) {
		t.Errorf("%d objects in the partitions' formats, want %d; %d partitions, %d listed", kinds.objects, want.objects, p.Totals.Partitions, len(p.Partitions))
	}
}
