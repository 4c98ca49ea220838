package stats

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"s3layout/lister"
)

// The same objects make the same bytes, in any order, in any batches, in any time zone.
func TestProfileOrder(t *testing.T) {
	t.Parallel()
	lake := mixedLake(rand.New(rand.NewPCG(9, 9)))
	exclude := globs(t, "skip/**")
	collect := func(batches ...[]lister.Object) string {
		c := NewCollector(Options{Exclude: exclude})
		for _, batch := range batches {
			c.Add(batch)
		}
		return facts(t, c.Profile())
	}
	want := collect(lake)
	for _, part := range []string{`"excluded"`, `"hidden"`, `"marker"`, `"zero_bytes"`, `"storage_class"`, `"mixed"`, `"delta"`, `"hudi"`, `"iceberg"`, `"path_base64"`,
		`"misread":true`, `"splittable":false`, `"bzip2"`, `"date"`, `"double"`, `"integer"`, `"nulls":`, `"skew"`, "empty_partition_column", "replacement_character"} {
		if !strings.Contains(want, part) {
			t.Errorf("the lake has no %s", part)
		}
	}
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 10))
		zone := time.FixedZone("zone", int(seed)*600)
		objects := shuffled(r, lake)
		var pages [][]lister.Object
		for len(objects) > 0 {
			n := min(1+r.IntN(1000), len(objects))
			for i := range objects[:n] {
				if m := &objects[i].Modified; !m.IsZero() {
					*m = m.In(zone)
				}
			}
			pages = append(pages, objects[:n])
			objects = objects[n:]
		}
		if got := collect(pages...); got != want {
			t.Fatalf("seed %d: another document", seed)
		}
	}
	checkSums(t, profileOf(lake), int64(len(lake)))
}

func TestEmptyProfile(t *testing.T) {
	const empty = `{"totals":{"objects":0,"bytes":0,"partitions":0},` +
		`"sizes":{"min":0,"p01":0,"p05":0,"p25":0,"p50":0,"p75":0,"p95":0,"p99":0,"max":0,"mean":0,"relative_error":0},"formats":[],` +
		`"partitioning":{"scheme":"none","keys":[],"base_paths":[],"root_objects":0,"outside":[],"columns":[]},"partitions":[],"partitions_omitted":0,`
	wantJSON(t, "nothing", profileOf(), empty+`"storage_classes":[],"table_format":[],"ignored":[]}`)
	wantJSON(t, "nothing read", profileOf(objects("_x")), empty+`"storage_classes":[{"class":"STANDARD","objects":1,"bytes":1,"readable":true}],`+
		`"table_format":[],"ignored":[{"reason":"hidden","kind":"_*","objects":1,"bytes":1,"examples":["_x"]}]}`)
	for _, splittable := range []bool{true, false} {
		sizes, exact := profileOf().FileSizes(splittable)
		for range sizes {
			t.Error("an empty profile has a size")
		}
		if !exact {
			t.Error("an empty profile is not exact")
		}
	}
}

// The smallest profile that has everything: no array of it is null.
func TestProfileDocument(t *testing.T) {
	p := profileOf([]lister.Object{{Key: "t/x=1/f.csv.gz", Size: 128 << 20, Modified: time.Unix(0, 0)}, object("t/x=__HIVE_DEFAULT_PARTITION__/g", 1)})
	wantJSON(t, "partitioning", p.Partitioning, `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":1}],`+
		`"base_paths":["t"],"root_objects":0,"outside":[],"columns":[{"names":["x"],"partitions":2,"example":"t/x=1"}],`+
		`"levels":[{"key":"x","partitions":2,"min_bytes":1,"median_bytes":1,"median_objects":1,"max_bytes":134217728}],"last":[{"key":"x","value":"1"}]}`)
	wantJSON(t, "partitions", p.Partitions, `[{"path":"t/x=1","values":[{"key":"x","value":"1"}],"objects":1,"bytes":134217728,`+
		`"sizes":{"min":134217728,"p50":134217728,"p95":134217728,"max":134217728,"relative_error":0,"histogram":[{"le":134217728,"objects":1}]},`+
		`"formats":[{"format":"csv","compression":"gzip","objects":1}],"oldest":"1970-01-01T00:00:00Z","newest":"1970-01-01T00:00:00Z"},`+
		`{"path":"t/x=__HIVE_DEFAULT_PARTITION__","values":[{"key":"x","value":null}],"objects":1,"bytes":1,"small_objects":1,`+
		`"sizes":{"min":1,"p50":1,"p95":1,"max":1,"relative_error":0,"histogram":[{"le":1,"objects":1}]},"formats":[{"format":"unknown","compression":"none","objects":1}]}]`)
	wantJSON(t, "sizes", p.Sizes, `{"min":1,"p01":1,"p05":1,"p25":1,"p50":1,"p75":134217728,"p95":134217728,"p99":134217728,"max":134217728,"mean":67108864,`+
		`"relative_error":0,"histogram":[{"le":1,"objects":1,"bytes":1}`+zeroBins(2, 1<<26)+`,{"le":134217728,"objects":1,"bytes":134217728}]}`)
}

// zeroBins spells the empty bins from one power of two to another.
func zeroBins(from, to int64) string {
	var b strings.Builder
	for le := from; le <= to; le *= 2 {
		fmt.Fprintf(&b, `,{"le":%d,"objects":0,"bytes":0}`, le)
	}
	return b.String()
}

func TestPartitioning(t *testing.T) {
	for _, tt := range []struct{ name, keys, want string }{
		{"no directory", "a b", `{"scheme":"none","keys":[],"base_paths":[""],"root_objects":2,"outside":[],"columns":[{"names":[],"partitions":1,"example":""}]}`},
		{"directories", "b/f a/f c/f d/f b/c/f", `{"scheme":"none","keys":[],"base_paths":[""],"root_objects":0,"outside":["a","b","b/c"],` +
			`"columns":[{"names":[],"partitions":1,"example":""}]}`},
		{"hive", "x=1/y=b/f x=2/y=a/f", `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":2,"min":"1","max":"2","nulls":0},` +
			`{"name":"y","type":"string","distinct":2,"min":"a","max":"b","nulls":0}],"base_paths":[""],"root_objects":0,"outside":[],` +
			`"columns":[{"names":["x","y"],"partitions":2,"example":"x=1/y=b"}]}`},
		{"date", "2026/04/19/f 2026/04/20/f", `{"scheme":"date","keys":[{"name":"year","type":"integer","distinct":1,"min":"2026","max":"2026","nulls":0},` +
			`{"name":"month","type":"integer","distinct":1,"min":"04","max":"04","nulls":0},{"name":"day","type":"integer","distinct":2,"min":"19","max":"20","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":["2026/04/19","2026/04/20"],"columns":[{"names":["year","month","day"],"partitions":2,"example":"2026/04/19"}]}`},
		{"files in the root beside partitions", "f g x=1/f", `{"scheme":"mixed","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":[""],"root_objects":2,"outside":[],"columns":[{"names":[],"partitions":1,"example":""},{"names":["x"],"partitions":1,"example":"x=1"}]}`},
		{"directories beside partitions", "x=1/f tmp/f x=1/a/f", `{"scheme":"mixed","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":["tmp"],"columns":[{"names":[],"partitions":1,"example":""},{"names":["x"],"partitions":1,"example":"x=1"}]}`},
		{"two tables", "a/x=1/f b/x=1/f b/x=2/f", `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":2,"min":"1","max":"2","nulls":0}],` +
			`"base_paths":["a","b"],"root_objects":0,"outside":[],"columns":[{"names":["x"],"partitions":3,"example":"a/x=1"}]}`},
		{"uneven depth", "x=1/f x=1/y=1/f x=1/y=2/f", `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},` +
			`{"name":"y","type":"integer","distinct":2,"min":"1","max":"2","nulls":0}],"base_paths":[""],"root_objects":0,"outside":[],` +
			`"columns":[{"names":["x","y"],"partitions":2,"example":"x=1/y=1"},{"names":["x"],"partitions":1,"example":"x=1"}]}`},
		{"conflicting names", "x=1/f y=1/f", `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},` +
			`{"name":"y","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],"base_paths":[""],"root_objects":0,"outside":[],` +
			`"columns":[{"names":["x"],"partitions":1,"example":"x=1"},{"names":["y"],"partitions":1,"example":"y=1"}]}`},
		{"a name with a slash", "a%2Fb=1/f a=1/b=1/f", `{"scheme":"hive","keys":[{"name":"a/b","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},` +
			`{"name":"a","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},{"name":"b","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a","b"],"partitions":1,"example":"a=1/b=1"},{"names":["a/b"],"partitions":1,"example":"a%2Fb=1"}]}`},
		{"a name with a space", "a%20b=1/f a=1/b=1/f", `{"scheme":"hive","keys":[{"name":"a b","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},` +
			`{"name":"a","type":"integer","distinct":1,"min":"1","max":"1","nulls":0},{"name":"b","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a","b"],"partitions":1,"example":"a=1/b=1"},{"names":["a b"],"partitions":1,"example":"a%20b=1"}]}`},
		{"escaped names are the same name", "%61=1/f a=2/f", `{"scheme":"hive","keys":[{"name":"a","type":"integer","distinct":2,"min":"1","max":"2","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a"],"partitions":2,"example":"%61=1"}]}`},
		{"types widen", "a=10/f a=9/f a=2.5/f", `{"scheme":"hive","keys":[{"name":"a","type":"double","distinct":3,"min":"2.5","max":"10","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a"],"partitions":3,"example":"a=10"}]}`},
		{"as text", "a=10/f a=9/f a=x/f", `{"scheme":"hive","keys":[{"name":"a","type":"string","distinct":3,"min":"10","max":"x","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a"],"partitions":3,"example":"a=10"}]}`},
		{"nulls only", "a=__HIVE_DEFAULT_PARTITION__/f", `{"scheme":"hive","keys":[{"name":"a","type":"null","distinct":0,"min":"","max":"","nulls":1}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["a"],"partitions":1,"example":"a=__HIVE_DEFAULT_PARTITION__"}]}`},
		{"hidden ones take no part", "x=1/f _y/z=1/f w=1/_f v=1/", `{"scheme":"hive","keys":[{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":[""],"root_objects":0,"outside":[],"columns":[{"names":["x"],"partitions":1,"example":"x=1"}]}`},
		{"one after more columns", "a/x=1/f 2026-04-19/07/f", `{"scheme":"mixed","keys":[{"name":"date","type":"date","distinct":1,"min":"2026-04-19","max":"2026-04-19","nulls":0},` +
			`{"name":"hour","type":"integer","distinct":1,"min":"07","max":"07","nulls":0},{"name":"x","type":"integer","distinct":1,"min":"1","max":"1","nulls":0}],` +
			`"base_paths":["","a"],"root_objects":0,"outside":["2026-04-19/07"],"columns":[{"names":["date","hour"],"partitions":1,"example":"2026-04-19/07"},` +
			`{"names":["x"],"partitions":1,"example":"a/x=1"}]}`},
	} {
		got := profileOf(objects(strings.Fields(tt.keys)...)).Partitioning
		got.Levels, got.Last = nil, nil // see TestLevels
		wantJSON(t, tt.name, got, tt.want)
	}
}

// The smallest and largest value do not depend on the order in which they come, even among numbers that no order fits.
func TestKeyRangeIsStable(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	values := []string{"2", "10", "1" + strings.Repeat("1", 64), "NaN", "-Infinity", "+1", "0", "-5", "0.0", "-0"}
	for range 100 {
		var k keyStats
		for _, raw := range shuffled(r, values) {
			k.add(raw)
		}
		if got := k.export("x"); got.Min != "-Infinity" || got.Max != "NaN" || got.Type != "double" || got.Distinct != 10 {
			t.Fatalf("exported %+v", got)
		}
	}
}

func TestPartitionsOrder(t *testing.T) {
	p := profileOf([]lister.Object{object("x=b/f", 5), object("x=a/f", 5), object("x=c/f", 9), object("x=d/f", 2), object("x=d/g", 2)})
	var got []string
	for _, part := range p.Partitions {
		got = append(got, fmt.Sprint(part.Path, " ", part.Objects, " ", part.Bytes))
	}
	if want := "x=c 1 9, x=a 1 5, x=b 1 5, x=d 2 4"; strings.Join(got, ", ") != want {
		t.Errorf("partitions %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestNotUTF8(t *testing.T) {
	p := profileOf(objects("x=\xff%41/f", "x=\xfe%41/f", `x=\xff%41/f`, "\xff_$folder$"))
	if p.Totals.Partitions != 3 || p.Partitioning.Keys[0].Distinct != 3 {
		t.Fatalf("%d partitions, keys %+v", p.Totals.Partitions, p.Partitioning.Keys)
	}
	want := []struct{ path, base64, value string }{
		{`x=\xff%41`, "", `\xffA`}, {`x=\xfe%41`, "x=\xfe%41", `\xfeA`}, {`x=\xff%41`, "x=\xff%41", `\xffA`},
	}
	for i, part := range p.Partitions {
		exact, err := base64.StdEncoding.DecodeString(part.PathBase64)
		if part.Path != want[i].path || err != nil || string(exact) != want[i].base64 || *part.Values[0].Value != want[i].value {
			t.Errorf("partition %d is %q, %q, value %q; want %q", i, part.Path, exact, *part.Values[0].Value, want[i])
		}
	}
	if got := p.Ignored[0].Examples[0]; got != `\xff_$folder$` {
		t.Errorf("example %q", got)
	}
}

func TestSpell(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""}, {"abc", "abc"}, {"é", "é"}, {"\uFFFD", "\uFFFD"}, {"\x00", "\x00"}, {"\xff", `\xff`}, {"a\x80é\xc3", `a\x80é\xc3`},
		{"\uFFFD\xff", "\uFFFD\\xff"}, {"\xed\xa0\x80", `\xed\xa0\x80`},
	} {
		if got := Spell(tt.in); got != tt.want {
			t.Errorf("Spell(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestTotalsSaturate(t *testing.T) {
	p := profileOf([]lister.Object{object("x=1/a.csv", math.MaxInt64), object("x=2/b.csv", math.MaxInt64), object("_c", math.MaxInt64), object("_d", math.MaxInt64)})
	const most = math.MaxInt64
	if p.Totals.Bytes != most || p.Formats[0].Bytes != most || p.Ignored[0].Bytes != most || p.StorageClasses[0].Bytes != most || p.Sizes.Histogram[0].Bytes != most {
		t.Errorf("totals %+v, formats %+v", p.Totals, p.Formats)
	}
	if p.Sizes.P50 != most || p.Sizes.Max != most || p.Skew.Gini != 0 || p.Skew.CV != 0 || p.Skew.MaxOverMedian != 1 {
		t.Errorf("sizes %+v, skew %+v", p.Sizes, p.Skew)
	}
	toJSON(t, p)
	checkSums(t, p, 4)
}

func TestSkew(t *testing.T) {
	for _, tt := range []struct {
		bytes    []int64
		gini, cv float64
		ratio    float64
		median   int64
	}{
		{[]int64{1, 1}, 0, 0, 1, 1},
		{[]int64{1, 3}, 0.25, 0.5, 3, 1},
		{[]int64{3, 1}, 0.25, 0.5, 3, 1},
		{[]int64{1, 2, 3, 4}, 0.25, 0.447214, 2, 2}, // (-3-2+3+12)/(4*10); sqrt(1.25)/2.5
		{[]int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 91}, 0.81, 2.7, 91, 1},
		{[]int64{5, 5, 5, 5, 5}, 0, 0, 1, 5},
		{[]int64{1, 1, 4}, 0.333333, 0.707107, 4, 1}, // Σ(2i-n-1)x = -2+8 = 6, nΣx = 18; sqrt(2)/2
	} {
		var all []lister.Object
		for i, n := range tt.bytes {
			all = append(all, object(fmt.Sprintf("x=%d/f", i), n))
		}
		s := profileOf(all).Skew
		if s.Gini != tt.gini || s.CV != tt.cv || s.MaxOverMedian != tt.ratio || s.MedianBytes != tt.median {
			t.Errorf("%d: skew %+v, want gini %v, cv %v, max over median %v of %d", tt.bytes, s, tt.gini, tt.cv, tt.ratio, tt.median)
		}
	}
	if s := profileOf(objects("x=1/f", "x=1/g")).Skew; s != nil {
		t.Errorf("one partition has skew %+v", s)
	}
	s := profileOf([]lister.Object{object("x=1/a", 1), object("x=1/b", 1), object("x=1/c", 1), object("x=2/a", 9), object("x=3/a", 2)}).Skew
	wantJSON(t, "skew", s, `{"gini":0.333333,"cv":0.662401,"max_over_median":3,"median_bytes":3,"max_bytes":9,"largest":"x=2",`+
		`"objects_max_over_median":3,"median_objects":1,"max_objects":3,"lower_group":{"partitions":2,"mean_bytes":2},"upper_group":{"partitions":1,"mean_bytes":9}}`)
}

func TestFormats(t *testing.T) {
	p := profileOf([]lister.Object{object("a.csv", 10), object("b.csv", 20), object("c.csv.gz", 30), object("d.csv.GZ", 30), object("e.parquet", 100)})
	var got []string
	for _, f := range p.Formats {
		got = append(got, fmt.Sprint(f.Format, " ", f.Compression, " ", f.Splittable, " ", f.Misread, " ", f.Objects, " ", f.Bytes, " ", f.Sizes.Min, " ", f.Sizes.Max, " ", f.Sizes.Mean, " ", f.Evidence))
	}
	want := []string{
		"parquet unknown true false 1 100 100 100 100 name", "csv gzip false false 1 30 30 30 30 name", "csv gzip true true 1 30 30 30 30 name",
		"csv none true false 2 30 10 20 15 name",
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("formats\n got %q\nwant %q", got, want)
	}
	wantJSON(t, "of the partition", p.Partitions[0].Formats, `[{"format":"csv","compression":"gzip","objects":2},{"format":"csv","compression":"none","objects":2},`+
		`{"format":"parquet","compression":"unknown","objects":1}]`)
	split, _ := p.FileSizes(true)
	var sizes []string
	for size, n := range split {
		sizes = append(sizes, fmt.Sprint(size, "x", n))
	}
	if s := strings.Join(sizes, " "); s != "10x1 20x1 30x1 100x1" {
		t.Errorf("splittable sizes %s", s)
	}
}
