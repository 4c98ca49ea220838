package s3sim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNamedIncrease checks every pair of small keyspaces and a sample of large ones.
func TestNamedIncrease(t *testing.T) {
	for _, name := range Names() {
		for _, n := range []int64{0, 1, 2, 9, 10, 11, 499, 500, 501, 1001, 20_000} {
			ks := mustNamed(t, name, n)
			for i := int64(0); i+1 < n; i++ {
				increases(t, name, ks, i)
			}
		}
		for _, n := range []int64{1_000_003, MaxNamed} {
			ks := mustNamed(t, name, n)
			for k := range uint64(20_000) {
				increases(t, name, ks, int64(mix(k)%uint64(n-1)))
			}
			increases(t, name, ks, 0)
			increases(t, name, ks, n-2)
		}
	}
}

func mustNamed(t *testing.T, name string, n int64) Keyspace {
	t.Helper()
	ks, err := Named(name, n)
	if err != nil {
		t.Fatal(err)
	}
	if ks.Len() != n {
		t.Fatalf("%s of %d has %d keys", name, n, ks.Len())
	}
	return ks
}

func increases(t *testing.T, name string, ks Keyspace, i int64) {
	t.Helper()
	a, b := string(ks.AppendKey(nil, i)), string(ks.AppendKey(nil, i+1))
	if a >= b {
		t.Fatalf("%s: key %d %q is not less than %q", name, i, a, b)
	}
	if len(b) > 1024 || strings.Contains(b, "//") {
		t.Fatalf("%s: key %d is %q", name, i+1, b)
	}
}

func TestNamedErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		n    int64
	}{{"nope", 1}, {"hex", -1}, {"hex", MaxNamed + 1}} {
		if _, err := Named(test.name, test.n); err == nil {
			t.Errorf("Named(%q, %d) is no error", test.name, test.n)
		}
	}
}

// TestNamedObjects checks that At and the listing path tell the same, and that the values make sense.
func TestNamedObjects(t *testing.T) {
	for _, name := range Names() {
		ks := mustNamed(t, name, 10_000)
		total := int64(0)
		for i := range int64(10_000) {
			o, a := ks.At(i), sourceOf(ks).attrs(i)
			if o.Key != string(ks.AppendKey(nil, i)) || o.Size != a.size || o.Modified.UnixMilli() != a.modified || o.ETag != string(appendSum(nil, a.sum)) {
				t.Fatalf("%s %d: %+v, but %+v", name, i, o, a)
			}
			if o.Size <= 0 || o.Modified.Year() < 2024 || o.Modified.Unix() > epochEnd {
				t.Fatalf("%s %d: %+v", name, i, o)
			}
			total += o.Size
		}
		t.Logf("%-8s %s .. %s, mean %d KiB", name, ks.AppendKey(nil, 0), ks.AppendKey(nil, 9_999), total/10_000>>10)
	}
}

// TestShapes checks what the names promise.
func TestShapes(t *testing.T) {
	if key := string(mustNamed(t, "counter", 10).AppendKey(nil, 3)); key != "events/part-0000000003-c000.snappy.parquet" {
		t.Error(key)
	}
	if key := string(mustNamed(t, "kafka", 100).AppendKey(nil, 1)); key != "topics/orders.v1/partition=0/orders.v1+0+0000001000.json" {
		t.Error(key)
	}
	for name, want := range map[string]struct{ folders, largest int }{
		"counter": {1, 20_000}, "hex": {1, 20_000}, "hive500": {40, 500}, "hive10": {2000, 10}, "half": {21, 10_000},
		"kafka": {10, 2000}, "unicode": {33, 607}, "flat": {1, 20_000}, "single": {20_000, 1},
		"hive50": {400, 50}, "hive1": {20_000, 1},
	} {
		folders, largest := shapeOf(mustNamed(t, name, 20_000))
		if folders != want.folders || largest != want.largest {
			t.Errorf("%s: %d folders, the largest of %d", name, folders, largest)
		}
	}
}

func shapeOf(ks Keyspace) (folders, largest int) {
	count := map[string]int{}
	for i := range ks.Len() {
		key := string(ks.AppendKey(nil, i))
		folder := key[:strings.LastIndexByte(key, '/')]
		count[folder]++
		largest = max(largest, count[folder])
	}
	return len(count), largest
}

func TestSearch(t *testing.T) {
	spaces := []Keyspace{Objects(named(odd)...), Objects(), mustNamed(t, "half", 777), mustNamed(t, "unicode", 300), Groups(
		Group{Prefix: "b/", N: 3, Name: fixed}, Group{Prefix: "a/", N: 12, Name: fixed}, Group{Prefix: "c", N: 0, Name: fixed})}
	for _, ks := range spaces {
		keys := make([]string, ks.Len())
		for i := range keys {
			keys[i] = string(ks.AppendKey(nil, int64(i)))
		}
		for _, key := range append(slices.Clone(keys), "", "a", "a/", "zz", "\xff\xff\xff", "events/dt=2016", "Straße/日/") {
			at, after := 0, 0
			for at < len(keys) && keys[at] < key {
				at++
			}
			for after < len(keys) && keys[after] <= key {
				after++
			}
			if got := Search(ks, key); got != int64(at) {
				t.Errorf("Search(%q) = %d, want %d", key, got, at)
			}
			if got := SearchAfter(ks, key); got != int64(after) {
				t.Errorf("SearchAfter(%q) = %d, want %d", key, got, after)
			}
		}
	}
}

func fixed(dst []byte, i int64) []byte { return appendPadded(dst, i, 4) }

func TestGroups(t *testing.T) {
	modified := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	ks := Groups(Group{
		Prefix: "x/", N: 2, Name: fixed,
		Size:         func(i int64) int64 { return 10 + i },
		Modified:     func(int64) time.Time { return modified },
		StorageClass: func(int64) string { return "GLACIER" },
		Ends:         func(int64) (head, tail []byte) { return []byte("PAR1"), []byte("PAR1") },
	})
	o := ks.At(1)
	if o.Key != "x/0001" || o.Size != 11 || !o.Modified.Equal(modified) || o.StorageClass != "GLACIER" || string(o.Tail) != "PAR1" {
		t.Errorf("got %+v", o)
	}
}

func TestConstructionPanics(t *testing.T) {
	same := func(dst []byte, _ int64) []byte { return append(dst, "same"...) }
	for name, build := range map[string]func(){
		"duplicate key":    func() { Objects(Object{Key: "a"}, Object{Key: "a"}) },
		"interleaving":     func() { Groups(Group{Prefix: "a", N: 20, Name: fixed}, Group{Prefix: "a0001", N: 2, Name: fixed}) },
		"not increasing":   func() { Groups(Group{Prefix: "a", N: 2, Name: same}) },
		"no keys to a row": func() { Grid{N: 3}.Keys() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			build()
		}()
	}
}

func TestAppend(t *testing.T) {
	for _, test := range []struct {
		v     int64
		width int
		want  string
	}{{0, 0, ""}, {0, 1, "0"}, {0, 3, "000"}, {7, 1, "7"}, {7, 4, "0007"}, {10, 2, "10"}, {99, 1, "99"}, {100, 2, "100"}, {1005, 6, "001005"}, {9_000_000_000, 4, "9000000000"}} {
		if got := string(appendPadded(nil, test.v, test.width)); got != test.want {
			t.Errorf("appendPadded(%d, %d) = %q, want %q", test.v, test.width, got, test.want)
		}
	}
	if got := string(appendHex(nil, 0x0123456789abcdef)); got != "0123456789abcdef" {
		t.Error(got)
	}
	for k := range uint64(20_000) {
		at := time.UnixMilli(int64(mix(k)%200_000_000_000_000) - 60_000_000_000_000).UTC()
		if got, want := string(appendTime(nil, at.UnixMilli())), at.Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("appendTime: %s, want %s", got, want)
		}
	}
}

func TestToken(t *testing.T) {
	for _, tok := range []token{{}, {after: "a/b\xff"}, {pos: 1 << 40}, {after: "k", pos: 3, nonce: 9}} {
		got, ok := parseToken(tok.String())
		if !ok || got != tok {
			t.Errorf("%+v came back as %+v", tok, got)
		}
	}
}

func TestLogNormal(t *testing.T) {
	size := LogNormal(1<<20, 1, 42)
	below := 0
	for i := range int64(100_000) {
		if size(i) < 1<<20 {
			below++
		}
	}
	if below < 48_500 || below > 51_500 {
		t.Errorf("%d of 100,000 sizes are below the median", below)
	}
}
