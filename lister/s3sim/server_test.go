package s3sim

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestRPS asks twice as fast as the server allows, for ten seconds of fake time.
func TestRPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := lake("a")
		s.RPS = 100
		good := 0
		for range 2000 {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", "/lake?list-type=2", nil))
			if w.Code == 200 {
				good++
			} else if w.Code != 503 || code(w.Body.String()) != "SlowDown" {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			time.Sleep(5 * time.Millisecond)
		}
		if good < 1000 || good > 1011 {
			t.Errorf("%d answers in 10 s at 100 a second, with a burst of 10", good)
		}
		if stats := s.Stats(); stats.Throttled != int64(2000-good) || stats.Requests != 2000 {
			t.Errorf("%+v", stats)
		}
	})
}

// TestLatency waits as told, side by side, and no longer than the client does.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := lake("a")
		s.Latency = 100 * time.Millisecond
		start := time.Now()
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/lake?list-type=2", nil))
			})
		}
		group.Wait()
		if took := time.Since(start); took != s.Latency {
			t.Errorf("8 requests at once took %v", took)
		}
		if stats := s.Stats(); stats.MaxInFlight != 8 || stats.Lists != 8 || stats.ByOp[OpListV2] != 8 || stats.Entries != 8 {
			t.Errorf("%+v", stats)
		}
	})
}

func TestStopFreesThePort(t *testing.T) {
	base, stop, err := Start(lake("a"))
	if err != nil {
		t.Fatal(err)
	}
	stop()
	stop()
	addr := base[len("http://"):]
	if _, stop, err = StartAt(lake("a"), addr); err != nil {
		t.Fatal(err)
	}
	if _, _, err := StartAt(lake("a"), addr); err == nil {
		t.Error("the same port twice")
	}
	stop()
}

// TestForeignKeyspace lists a keyspace that this package did not make.
func TestForeignKeyspace(t *testing.T) {
	type plain struct{ Keyspace }
	base := serve(t, New(map[string]*Bucket{"lake": {Keys: Concat(plain{Objects(named([]string{"a", "b"})...)}, plain{Objects(Object{Key: "c"})})}}))
	if r := list(t, base, v2()); len(r.Contents) != 3 || r.Contents[1].Size != 1 {
		t.Errorf("%+v", r)
	}
}

func TestEmptyServer(t *testing.T) {
	var s Server
	base := serve(t, &s)
	if resp, _ := do(t, "GET", base+"/"); resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
	s2 := New(map[string]*Bucket{"lake": {}})
	if r := list(t, serve(t, s2), v2()); len(r.Contents) != 0 || *r.IsTruncated {
		t.Errorf("%+v", r)
	}
}

// TestPipe retries through faults for an hour that takes no time.
func TestPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := lake("a", "b")
		s.Latency = time.Minute
		s.Fault = FirstOf(
			When(Fault{Kind: ResetBody}, func(r *Request) bool { return r.Attempt == 1 }),
			When(Fault{Kind: ResetEarly}, func(r *Request) bool { return r.Attempt == 2 }),
			When(Fault{Kind: CutBody}, func(r *Request) bool { return r.Attempt == 3 }),
			When(Fault{Kind: Stall, Wait: time.Hour}, func(r *Request) bool { return r.Attempt == 4 }),
			When(Fault{Kind: Drip}, func(r *Request) bool { return r.Attempt == 5 }),
		)
		dial, stop := Pipe(s)
		defer stop()
		transport := &http.Transport{DialContext: dial, DisableKeepAlives: true}
		start := time.Now()
		for attempt, want := range []error{syscall.ECONNRESET, syscall.ECONNRESET, io.ErrUnexpectedEOF, io.ErrUnexpectedEOF, nil, nil} {
			if _, err := get(transport, "http://s3.test/lake?list-type=2"); !errors.Is(err, want) {
				t.Errorf("attempt %d: %v, want %v", attempt+1, err, want)
			}
		}
		if took := time.Since(start); took < time.Hour+6*time.Minute {
			t.Errorf("it took %v", took)
		}
		stop()
		if _, err := get(transport, "http://s3.test/lake"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after stop: %v", err)
		}
	})
}

func get(transport http.RoundTripper, url string) ([]byte, error) {
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
