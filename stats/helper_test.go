package stats

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"s3layout/lister"
)

func object(key string, size int64) lister.Object { return lister.Object{Key: key, Size: size} }

// objects makes one object of one byte for each key.
func objects(keys ...string) []lister.Object {
	var out []lister.Object
	for _, key := range keys {
		out = append(out, object(key, 1))
	}
	return out
}

func profileOf(batches ...[]lister.Object) *Profile {
	c := NewCollector(Options{})
	for _, batch := range batches {
		c.Add(batch)
	}
	return c.Profile()
}

func globs(t *testing.T, patterns ...string) []*lister.Glob {
	t.Helper()
	var out []*lister.Glob
	for _, p := range patterns {
		g, err := lister.ParseGlob(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	return out
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	return string(data)
}

// wantJSON compares by the JSON that a reader would see.
func wantJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	if s := toJSON(t, got); s != want {
		t.Errorf("%s:\n got %s\nwant %s", what, s, want)
	}
}

// logNormal draws n sizes of at least one byte around the median.
func logNormal(r *rand.Rand, n int, median, sigma float64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = max(1, int64(median*math.Exp(sigma*r.NormFloat64())))
	}
	return out
}

func shuffled[T any](r *rand.Rand, s []T) []T {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

// nearestRank is the smallest of the ascending values that at least percent of them do not exceed, by its definition.
func nearestRank(ascending []int64, percent int) int64 {
	for i, v := range ascending {
		if 100*(i+1) >= percent*len(ascending) {
			return v
		}
	}
	return ascending[len(ascending)-1]
}

func relativeDistance(got, want int64) float64 {
	return math.Abs(float64(got)-float64(want)) / float64(want)
}

// mixedLake returns several thousand objects with something of everything that a Collector tells apart.
func mixedLake(r *rand.Rand) []lister.Object {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var all []lister.Object
	add := func(class, format string, args ...any) {
		all = append(all, lister.Object{
			Key: fmt.Sprintf(format, args...), Size: 1 + r.Int64N(1<<(1+r.UintN(33))), StorageClass: class,
			Modified: start.Add(time.Duration(r.Int64N(1e15))),
		})
	}
	suffixes := []string{"snappy.parquet", "gz.parquet", "csv", "csv.gz", "json.GZ", "json.bz2", "tar.gz", "orc", "dat"}
	classes := []string{"", "STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}
	for i := range 2000 {
		class := classes[min(r.IntN(40), len(classes)-1)*r.IntN(2)]
		suffix := suffixes[r.IntN(len(suffixes))]
		add(class, "events/dt=2026-%02d-%02d/hour=%02d/part-%05d.%s", 1+i%3, 1+i%7, i%5, i, suffix)
		add(class, "events/dt=2026-01-01/hour=%d/part-%05d.%s", i%2, i, suffix)
	}
	for i := range 300 {
		add("", "events/dt=__HIVE_DEFAULT_PARTITION__/hour=%d/f%d", i%3, i)
		add("", "raw/2026/%02d/%02d/%02d/f%d.json", 1+i%12, 1+i%28, i%24, i)
		add("", "tmp%d/a/f%d.csv", i%9, i)
		add("", "f%d.xyz%d", i, i%4)
		add("", "events/a%%2Fb=%%20%d/c=1e%d/\xff%d", i%4, i%3, i)
		add("", "\xfe\xffx=%d/\xff%d", i%3, i)
		add("", "events//x=/f%d", i)
		add("", "ev\uFFFDnts/y=%d.5/f%d", i%3, i)
	}
	for i := range 40 {
		add("", "table%d/_delta_log/%020d.json", i%5, i)
		add("", "table%d/.hoodie/%d.commit", i%4, i)
		add("", "ice%d/metadata/%05d.metadata.json", i%3, i)
		add("", "events/_temporary/0/t%d", i)
		add("", "skip/f%d", i)
		add("", "events/dt=2026-01-0%d_$folder$", i)
		all = append(all, object(fmt.Sprintf("events/dt=%d/", i), 0), object(fmt.Sprintf("events/empty%d", i), 0))
	}
	return all
}

// facts is everything that a Profile says, as one string.
func facts(t testing.TB, p *Profile) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, toJSON(t, p), toJSON(t, p.Warnings))
	for _, splittable := range []bool{false, true} {
		sizes, exact := p.FileSizes(splittable)
		fmt.Fprintln(&b, splittable, exact)
		for size, n := range sizes {
			fmt.Fprint(&b, " ", size, "x", n)
		}
	}
	return b.String()
}

// zipped is gzip of a part of Detail.
func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bomb unpacks to more than Unpack takes.
func bomb(t testing.TB) []byte {
	t.Helper()
	return zipped(t, make([]byte, maxUnpackedDetail+1))
}
