package s3sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"syscall"
	"testing"
)

// discard is a ResponseWriter that counts.
type discard struct {
	h http.Header
	n int64
}

func (d *discard) Header() http.Header { return d.h }
func (d *discard) WriteHeader(int)     {}
func (d *discard) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return len(p), nil
}

// reportCPU reports the CPU time of an operation, which neighbours on a busy machine leave alone.
func reportCPU(b *testing.B) (done func()) {
	start := cpuTime()
	return func() { b.ReportMetric(float64(cpuTime()-start)/float64(b.N), "cpu-ns/op") }
}

func cpuTime() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkPage is one page of 1,000 keys in the middle of 10 million, without the cost of the socket.
func BenchmarkPage(b *testing.B) {
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			ks, err := Named(name, 10_000_000)
			if err != nil {
				b.Fatal(err)
			}
			s := New(map[string]*Bucket{"lake": {Keys: ks}})
			after := url.QueryEscape(string(ks.AppendKey(nil, 5_000_000)))
			r := httptest.NewRequest("GET", "/lake?list-type=2&encoding-type=url&start-after="+after, nil)
			b.ReportAllocs()
			defer reportCPU(b)()
			for b.Loop() {
				w := &discard{h: http.Header{}}
				s.ServeHTTP(w, r)
				b.SetBytes(w.n)
			}
		})
	}
}

// BenchmarkFolders is one page of 1,000 common prefixes of 500 files each.
func BenchmarkFolders(b *testing.B) {
	keys := Grid{
		N: 5_000_000, Per: 500, Name: appendPart,
		Prefix: func(dst []byte, g int64) []byte { return append(appendPadded(append(dst, "dt="...), g, 6), '/') },
	}.Keys()
	s := New(map[string]*Bucket{"lake": {Keys: keys}})
	r := httptest.NewRequest("GET", "/lake?list-type=2&delimiter=/", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(&discard{h: http.Header{}}, r)
	}
}

// BenchmarkSocket is the same page over the loopback interface, client and server together.
func BenchmarkSocket(b *testing.B) {
	ks, _ := Named("hive500", 10_000_000)
	base, stop, err := Start(New(map[string]*Bucket{"lake": {Keys: ks}}))
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	for b.Loop() {
		resp, err := http.Get(fmt.Sprint(base, "/lake?list-type=2&encoding-type=url"))
		if err != nil {
			b.Fatal(err)
		}
		d := &discard{}
		if _, err := resp.Body.(interface{ Read([]byte) (int, error) }).Read(make([]byte, 1)); err != nil {
			b.Fatal(err)
		}
		drain(resp, d)
	}
}

func drain(resp *http.Response, d *discard) {
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		d.n += int64(n)
		if err != nil {
			resp.Body.Close()
			return
		}
	}
}
