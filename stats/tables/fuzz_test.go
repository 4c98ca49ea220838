package tables_test

import (
	"bytes"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"s3layout/stats/tables"
)

// readDamaged reads a table of which one file of metadata has another body, and holds the outcome to what is true of any: no
// figure of dead files without an account, every object counted once, memory bounded.
func readDamaged(t testing.TB, l *lake, key string, body []byte) {
	t.Helper()
	whole := l.bodies[key]
	l.bodies[key] = body
	defer func() { l.bodies[key] = whole }()
	var input int
	for _, b := range l.bodies {
		input += len(b)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := l.profile(t, tables.Options{Root: "s3://lake/w/db/t", MaxRequests: 200})
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(1024*input+32<<20) {
		t.Errorf("%s: %d bytes allocated for %d", key, spent, input)
	}
	for _, b := range p.TableFormats {
		if (b.Basis == "metadata") != (b.Objects != nil) || (b.Basis == "listing") != (b.Reason != "") {
			t.Errorf("%+v", b)
		}
	}
	n := p.Totals.Objects
	for _, g := range p.Ignored {
		n += g.Objects
	}
	if n != int64(len(l.bodies)) {
		t.Errorf("%d objects of %d", n, len(l.bodies))
	}
}

// tableOf is a fixture, and the keys of its metadata.
func tableOf(t testing.TB, file string) (l *lake, metadata []string) {
	l = newLake()
	l.unzip(t, file, "")
	for _, key := range slices.Sorted(maps.Keys(l.bodies)) {
		if strings.HasPrefix(key, "metadata/") || strings.HasPrefix(key, "_delta_log/") {
			metadata = append(metadata, key)
		}
	}
	return l, metadata
}

// A table of which any file of metadata is cut short, or has a byte changed, is read or is not: nothing in between.
func TestDamaged(t *testing.T) {
	for _, file := range []string{"delta/spark_v2_json", "delta/checkpoint", "iceberg/partitioned", "iceberg/spark_v3_vectors"} {
		l, metadata := tableOf(t, "testdata/"+file+".zip")
		for i, key := range metadata {
			whole := l.bodies[key]
			for at := i % 7; at < len(whole); at += 1 + len(whole)/5 {
				readDamaged(t, l, key, whole[:at])
				damaged := bytes.Clone(whole)
				damaged[at] ^= 0x41
				readDamaged(t, l, key, damaged)
			}
		}
	}
}

func FuzzCommit(f *testing.F) {
	l, metadata := tableOf(f, "testdata/delta/spark_vectors.zip")
	for _, key := range metadata {
		if strings.HasSuffix(key, ".json") {
			f.Add(l.bodies[key])
		}
	}
	f.Add([]byte(`{"add":{"path":"a%2","size":1}}`))
	f.Add([]byte(`{"add":{"path":"a","deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA"}}}`))
	f.Add([]byte(`{"protocol":{"minReaderVersion":3,"readerFeatures":["catalogManaged"]}}`))
	f.Fuzz(func(t *testing.T, body []byte) { readDamaged(t, l, "_delta_log/00000000000000000001.json", body) })
}

func FuzzTableMetadata(f *testing.F) {
	l, metadata := tableOf(f, "testdata/iceberg/partitioned.zip")
	newest := ""
	for _, key := range metadata {
		if strings.HasSuffix(key, ".metadata.json") {
			f.Add(l.bodies[key])
			newest = key
		}
	}
	other, more := tableOf(f, "testdata/iceberg/spark_gzip.zip")
	for _, key := range more {
		f.Add(other.bodies[key])
	}
	f.Fuzz(func(t *testing.T, body []byte) { readDamaged(t, l, newest, body) })
}

// FuzzNames reads tables whose metadata has any names.
func FuzzNames(f *testing.F) {
	f.Add("00000000000000000003.checkpoint.0000000001.0000000002.parquet", "3")
	f.Add("v7.gz.metadata.json", "7")
	f.Add("00002-legacy-bare.metadata.json.gz", "00002-legacy-bare")
	f.Add("_sidecars/x.parquet", "-1")
	f.Fuzz(func(t *testing.T, name, hint string) {
		for _, dir := range []string{"t/_delta_log/", "t/metadata/"} {
			l := newLake()
			l.put(dir+name, []byte("{}"))
			l.put("t/metadata/version-hint.text", []byte(hint))
			l.put("t/metadata/v1.metadata.json", []byte("{}"))
			readDamaged(t, l, dir+name, []byte("{}"))
		}
	})
}
