package tables_test

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/tables"
)

// A lake is objects in memory, a lister.Reader.
type lake struct {
	bodies map[string][]byte
	at     map[string]time.Time
	gets   atomic.Int64
}

func (l *lake) ReadRange(ctx context.Context, key string, p []byte, off int64) (int, error) {
	l.gets.Add(1)
	body, ok := l.bodies[key]
	if !ok {
		return 0, &fs.PathError{Op: "read", Path: key, Err: fs.ErrNotExist}
	}
	n := copy(p, body[min(off, int64(len(body))):])
	if n < len(p) {
		return n, fmt.Errorf("read %q: %w", key, io.ErrUnexpectedEOF)
	}
	return n, nil
}

func (l *lake) put(key string, body []byte) {
	l.bodies[key], l.at[key] = body, written
}

var (
	written = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	now     = written.AddDate(0, 0, 1)
)

func newLake() *lake { return &lake{bodies: map[string][]byte{}, at: map[string]time.Time{}} }

func (l *lake) objects() []lister.Object {
	var out []lister.Object
	for _, key := range slices.Sorted(maps.Keys(l.bodies)) {
		out = append(out, lister.Object{Key: key, Size: int64(len(l.bodies[key])), Modified: l.at[key]})
	}
	return out
}

// unzip puts the files of a fixture below a directory.
func (l *lake) unzip(t testing.TB, file, dir string) {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		l.put(dir+f.Name, body)
	}
}

// profile lists a lake twice: for the logs of its tables, and with what these say.
func (l *lake) profile(t testing.TB, opts tables.Options) *stats.Profile {
	t.Helper()
	first := stats.NewCollector(stats.Options{})
	first.Add(l.objects())
	opts.Now = now
	read, err := tables.Read(t.Context(), l, first.TableLogs(), opts)
	if err != nil {
		t.Fatal(err)
	}
	second := stats.NewCollector(stats.Options{Tables: read})
	second.Add(l.objects())
	return second.Profile()
}

// live lists the keys that are counted as live data.
func (l *lake) live(t testing.TB, opts tables.Options) (live, deletes, history, unreferenced []string, partitions map[string]string) {
	t.Helper()
	first := stats.NewCollector(stats.Options{})
	first.Add(l.objects())
	opts.Now = now
	read, err := tables.Read(t.Context(), l, first.TableLogs(), opts)
	if err != nil {
		t.Fatal(err)
	}
	partitions = map[string]string{}
	for _, o := range l.objects() {
		dir := o.Key[:max(strings.LastIndexByte(o.Key, '/'), 0)]
		class, partition := read.Judge(&o, dir, strings.HasPrefix(o.Key, "_") || strings.HasPrefix(o.Key, "."))
		switch class {
		case stats.LiveData:
			live = append(live, o.Key)
			partitions[o.Key] = partition
		case stats.LiveDeletes:
			deletes = append(deletes, o.Key)
		case stats.HistoryFile:
			history = append(history, o.Key)
		case stats.YoungFile, stats.OldFile:
			unreferenced = append(unreferenced, o.Key)
		}
	}
	return live, deletes, history, unreferenced, partitions
}

// expected is what a table's reference reader lists: see testdata.
type expected struct {
	Version          int64
	Location         string
	Snapshot         string
	Live             []string
	LiveBytes        int64 `json:"live_bytes"`
	Deletes          []string
	Outside          []string
	Tombstoned       []string
	History          []string
	PartitionColumns string `json:"partition_columns"`
	Partitions       map[string][]*string
}

func eachFixture(t *testing.T, format string, each func(t *testing.T, file string, want expected)) {
	files, err := filepath.Glob("testdata/" + format + "/*.zip")
	if err != nil || len(files) < 18 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".zip"), func(t *testing.T) {
			text, err := os.ReadFile(strings.TrimSuffix(file, ".zip") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want expected
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			each(t, file, want)
		})
	}
}

func sorted(s []string) []string {
	out := slices.Sorted(slices.Values(s))
	return slices.Compact(out)
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if got, want := sorted(got), sorted(want); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Only live files are drawn to be opened.
func TestDrawn(t *testing.T) {
	for _, format := range []string{"delta", "iceberg"} {
		eachFixture(t, format, func(t *testing.T, file string, want expected) {
			l := newLake()
			l.unzip(t, file, "t/")
			l.put("plain/part.csv", []byte("a,b\n"))
			first := stats.NewCollector(stats.Options{Draw: 200})
			first.Add(l.objects())
			read, err := tables.Read(t.Context(), l, first.TableLogs(), tables.Options{Root: "s3://copied/to/", Now: now})
			if err != nil {
				t.Fatal(err)
			}
			for _, draw := range []int{200, stats.DrawAll} {
				second := stats.NewCollector(stats.Options{Tables: read, Draw: draw})
				second.Add(l.objects())
				var drawn []string
				sample := second.Sample()
				for round := sample.Next(1000, func(*stats.Pick) int { return 1 }); len(round) > 0; round = sample.Next(1000, func(*stats.Pick) int { return 1 }) {
					for _, d := range round {
						drawn = append(drawn, d.Key)
					}
				}
				live := []string{"plain/part.csv"}
				for _, name := range want.Live {
					live = append(live, "t/"+name)
				}
				same(t, "drawn", drawn, live)
			}
		})
	}
}

// Of every Delta table exactly those files are live that delta-rs or delta-spark lists, at the root and below.
func TestDelta(t *testing.T) {
	eachFixture(t, "delta", func(t *testing.T, file string, want expected) {
		for _, dir := range []string{"", "a/b/table/"} {
			l := newLake()
			l.unzip(t, file, dir)
			opts := tables.Options{Root: "s3://lake/x/"}
			live, deletes, history, _, partitions := l.live(t, opts)
			under := func(names []string) (out []string) {
				for _, name := range names {
					out = append(out, dir+name)
				}
				return out
			}
			same(t, "live", live, under(want.Live))
			same(t, "deletes", deletes, under(want.Deletes))
			for _, key := range under(want.Tombstoned) {
				if _, there := l.bodies[key]; there && !slices.Contains(history, key) {
					t.Errorf("%s has a tombstone and is not history", key)
				}
			}
			for name, values := range want.Partitions {
				if got := valuesOf(partitions[dir+name]); !slices.Equal(got, spelled(values)) {
					t.Errorf("%s is in %q, want %q", name, got, spelled(values))
				}
			}
			p := l.profile(t, opts)
			checkSums(t, l, p)
			b := p.TableFormats[0]
			if b.Version != fmt.Sprint(want.Version) || b.Basis != "metadata" || b.Check == "differs" || b.Missing != 0 {
				t.Errorf("%+v", b)
			}
			if got := strings.Join(b.PartitionColumns, ","); got != want.PartitionColumns {
				t.Errorf("partitioned by %q, want %q", got, want.PartitionColumns)
			}
			if got := b.Objects.Live.Bytes; len(want.Outside) == 0 && got != want.LiveBytes || p.Totals.Bytes != got || p.Totals.Objects != int64(len(want.Live)) {
				t.Errorf("%d live bytes, totals %+v, want %d in %d files", got, p.Totals, want.LiveBytes, len(want.Live))
			}
			if len(want.Outside) > 0 && (b.Outside == nil || b.Outside.Objects != int64(len(want.Outside))) {
				t.Errorf("outside %+v, want %d", b.Outside, len(want.Outside))
			}
		}
	})
}

// valuesOf is the values in a partition's directory.
func valuesOf(dir string) []string {
	var out []string
	for _, v := range stats.ColumnValues(dir) {
		if v.Value == nil {
			out = append(out, "null")
		} else {
			out = append(out, *v.Value)
		}
	}
	return out
}

func spelled(values []*string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = "null"
		if v != nil && *v != "" {
			out[i] = *v
		}
	}
	return out
}

// checkSums holds that every object that is listed is counted once: as data, or among what is ignored, and in a class of its
// table.
func checkSums(t *testing.T, l *lake, p *stats.Profile) {
	t.Helper()
	var objects, bytes, listed int64
	for _, o := range l.objects() {
		objects++
		listed += o.Size
	}
	n := p.Totals.Objects
	bytes = p.Totals.Bytes
	for _, g := range p.Ignored {
		n += g.Objects
		bytes += g.Bytes
	}
	if n != objects || bytes != listed {
		t.Errorf("%d objects of %d bytes are counted, %d of %d were listed", n, bytes, objects, listed)
	}
	var all stats.TableCount
	for _, b := range p.TableFormats {
		if b.Objects == nil {
			t.Errorf("%s %s is not read: %s", b.Format, b.Path, b.Reason)
			continue
		}
		sum := b.Objects.All()
		all.Objects += sum.Objects
		all.Bytes += sum.Bytes
	}
	if all.Objects != objects || all.Bytes != listed {
		t.Errorf("the classes of tables hold %+v of %d objects, %d bytes", all, objects, listed)
	}
}

// Of every Iceberg table exactly those files are live that pyiceberg or iceberg-spark lists, where the table lies where it was
// written, and where it was copied to.
func TestIceberg(t *testing.T) {
	eachFixture(t, "iceberg", func(t *testing.T, file string, want expected) {
		for _, at := range []struct{ root, dir string }{
			{want.Location, ""}, {"s3://copied/to", "a/table/"}, {strings.TrimSuffix(want.Location, "/"+filepath.Base(want.Location)), filepath.Base(want.Location) + "/"},
		} {
			l := newLake()
			l.unzip(t, file, at.dir)
			opts := tables.Options{Root: at.root}
			live, deletes, history, _, partitions := l.live(t, opts)
			under := func(names []string) (out []string) {
				for _, name := range names {
					out = append(out, at.dir+name)
				}
				return out
			}
			same(t, "live", live, under(want.Live))
			same(t, "deletes", deletes, under(want.Deletes))
			for _, key := range under(want.History) {
				if _, there := l.bodies[key]; there && !slices.Contains(history, key) {
					t.Errorf("%s is of an older snapshot and not history", key)
				}
			}
			for name, values := range want.Partitions {
				if got := valuesOf(partitions[at.dir+name]); !slices.Equal(got, spelled(values)) {
					t.Errorf("%s is in %q, want %q", name, got, spelled(values))
				}
			}
			p := l.profile(t, opts)
			checkSums(t, l, p)
			b := p.TableFormats[0]
			if b.Version != want.Snapshot || b.Basis != "metadata" || b.Check == "differs" || b.Missing != 0 {
				t.Errorf("%+v", b)
			}
			if b.Objects == nil || b.Objects.Live.Bytes != want.LiveBytes || p.Totals.Bytes != want.LiveBytes {
				t.Errorf("%+v, totals %+v, want %d live bytes", b.Objects, p.Totals, want.LiveBytes)
			}
		}
	})
}
