package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"s3layout/lister"
	"s3layout/stats"
)

// A bucket is objects in memory, some of which fail.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	errs    map[string]error
	wait    time.Duration
	reads   atomic.Int64
	most    atomic.Int64
	open    atomic.Int64
}

func (b *bucket) ReadRange(ctx context.Context, key string, p []byte, off int64) (int, error) {
	b.reads.Add(1)
	if n := b.open.Add(1); n > b.most.Load() {
		b.most.Store(n)
	}
	defer b.open.Add(-1)
	if b.wait > 0 {
		select {
		case <-time.After(b.wait):
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.errs[key]; err != nil {
		return 0, fmt.Errorf("read %q: %w", key, err)
	}
	body := b.objects[key]
	if off >= int64(len(body)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, body[off:])
	if n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// run profiles the bucket, and surveys it.
func (b *bucket) run(ctx context.Context, o Options) *stats.Profile {
	draw := o.Requests
	if o.All {
		draw = stats.DrawAll
	}
	c := stats.NewCollector(stats.Options{Draw: draw})
	for key, body := range b.objects {
		c.Add([]lister.Object{{Key: key, Size: int64(len(body))}})
	}
	p := c.Profile()
	Run(ctx, b, c.Sample(), p, o)
	return p
}

func parquet(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.FromSlash("../probe/testdata/parquet/spark_snappy.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func lake(t testing.TB, n int) *bucket {
	b := &bucket{objects: map[string][]byte{}, errs: map[string]error{}}
	for i := range n {
		b.objects[fmt.Sprintf("day=%d/part-%05d.parquet", i%7, i)] = parquet(t)
	}
	return b
}

// TestFailures counts what cannot be read by its kind, and loses nothing.
func TestFailures(t *testing.T) {
	b := lake(t, 60)
	kinds := []error{fs.ErrNotExist, fs.ErrPermission, lister.ErrArchived, io.ErrUnexpectedEOF, context.DeadlineExceeded, errors.New("odd")}
	i := 0
	for key := range b.objects {
		if i%2 == 0 {
			b.errs[key] = kinds[i/2%len(kinds)]
		}
		i++
	}
	p := b.run(t.Context(), Options{All: true})
	var failed int64
	for _, f := range p.Probe.Failed {
		failed += f.Objects
		if f.Objects != 5 || len(f.Examples) != 3 {
			t.Errorf("%+v", f)
		}
	}
	if failed != 30 || p.Probe.Objects != 60 || p.Formats[0].Probed != 30 || len(p.Probe.Files) != 60 || len(p.Probe.Failed) != len(kinds) {
		t.Errorf("%d failed of %d, %d read, %d described: %+v", failed, p.Probe.Objects, p.Formats[0].Probed, len(p.Probe.Files), p.Probe.Failed)
	}
	if c := p.Probe.Codecs; len(c) != 2 || c[0].Share != 0.5 || c[1].Share != 0.5 {
		t.Errorf("shares %+v", c)
	}
}

// TestDenied stops after three files where nothing may be read, and goes on where something may.
func TestDenied(t *testing.T) {
	b := lake(t, 50)
	for key := range b.objects {
		b.errs[key] = fs.ErrPermission
	}
	var p *stats.Profile
	for _, o := range []Options{{Requests: 40}, {All: true}} {
		b.reads.Store(0)
		p = b.run(t.Context(), o)
		if n := b.reads.Load(); n != 3 || p.Probe.Mode != Off || p.Probe.Stopped != Denied || p.Probe.Objects != 0 {
			t.Errorf("%+v: %d reads, %+v", o, n, p.Probe)
		}
	}
	// Only what lies under a few prefixes is denied: the first files are, and not all.
	b = lake(t, 50)
	for key := range b.objects {
		if strings.HasPrefix(key, "day=0/") || strings.HasPrefix(key, "day=6/") {
			b.errs[key] = fs.ErrPermission
		}
	}
	p = b.run(t.Context(), Options{All: true})
	if n := b.reads.Load(); n != 50 || p.Probe.Mode != Every || p.Probe.Failed[0].Objects != int64(len(b.errs)) || len(p.Probe.Files) != 50 {
		t.Errorf("%d reads, %+v", n, p.Probe)
	}
	if !slices.IsSortedFunc(p.Probe.Files, func(a, b stats.ProbedFile) int { return strings.Compare(a.Key, b.Key) }) {
		t.Error("files are not in the order of their keys")
	}
}

// TestRequests holds a sample to its requests, and to the files that are open at a time.
func TestRequests(t *testing.T) {
	for _, requests := range []int{1, 2, 3, 7, 20, 200} {
		synctest.Test(t, func(t *testing.T) {
			b := lake(t, 300)
			for i := range 30 {
				b.objects[fmt.Sprintf("x/unnamed-%d", i)] = append(make([]byte, 0, 200<<10), parquet(t)...)
			}
			b.wait = 30 * time.Millisecond
			begun := time.Now()
			p := b.run(t.Context(), Options{Requests: requests, Concurrency: 16})
			if n := b.reads.Load(); n > int64(requests) || p.Probe.Requests != n || requests > 2 && n < int64(requests)/2 {
				t.Errorf("%d reads for %d, and it says %d", n, requests, p.Probe.Requests)
			}
			if most := b.most.Load(); most > 16 {
				t.Errorf("%d files open at a time", most)
			}
			if took := time.Since(begun); took > 1500*time.Millisecond {
				t.Errorf("%d requests took %v", requests, took)
			}
		})
	}
}

// TestTimeouts gives up a file that does not come, and not the run.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lake(t, 5)
		b.wait = time.Hour
		p := b.run(t.Context(), Options{All: true})
		if p.Probe.Failed[0].Kind != "timeout" || p.Probe.Failed[0].Objects != 5 {
			t.Errorf("%+v", p.Probe.Failed)
		}
	})
}

// TestStopped returns at once when the context ends, with what there is.
func TestStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lake(t, 500)
		b.wait = time.Second
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(2500*time.Millisecond, func() { cancel(io.ErrClosedPipe) })
		begun := time.Now()
		p := b.run(ctx, Options{All: true, Concurrency: 8})
		if time.Since(begun) > 3*time.Second || p.Probe.Stopped == "" || p.Probe.Objects == 0 || p.Probe.Objects > 30 || len(p.Probe.Failed) > 0 {
			t.Errorf("after %v: %d files, %+v, %q", time.Since(begun), p.Probe.Objects, p.Probe.Failed, p.Probe.Stopped)
		}
	})
}

// TestSame gives the same profile whatever comes first.
func TestSame(t *testing.T) {
	b := lake(t, 400)
	want := ""
	for range 4 {
		text, err := json.Marshal(b.run(t.Context(), Options{Requests: 60}))
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(text)
		}
		if string(text) != want {
			t.Fatalf("got\n%s\nwant\n%s", text, want)
		}
	}
}

// TestUnnamed tells from bytes what names do not.
func TestUnnamed(t *testing.T) {
	b := &bucket{objects: map[string][]byte{}}
	for i := range 40 {
		b.objects[fmt.Sprintf("part-%05d", i)] = parquet(t)
		b.objects[fmt.Sprintf("part-%05d.parquet", i)] = parquet(t)
	}
	p := b.run(t.Context(), Options{Requests: 30})
	for _, f := range p.Formats {
		if f.Format != "parquet" || f.Compression != "snappy" || f.Evidence != "probe" || f.Expansion == nil || f.Expansion.Origin != "footer" {
			t.Errorf("%+v", f)
		}
	}
	if len(p.Probe.Mismatches) > 0 || len(p.Probe.Blocks) != 1 || len(p.Probe.Schemas) != 1 || p.Probe.Schemas[0].Distinct != 1 {
		t.Errorf("%+v", p.Probe)
	}
}
