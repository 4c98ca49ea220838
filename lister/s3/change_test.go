package s3

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// TestChangingLake adds and removes objects while they are listed: what is there all the time comes once, and what comes
// and goes once at most. Each request meets another state of the lake.
func TestChangingLake(t *testing.T) {
	seeds := uint64(4)
	if racing {
		seeds = 2
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		lasts, fleeting := map[string]bool{}, map[string]bool{}
		for i := range 4000 {
			key := fmt.Sprintf("x=%02d/%05d.csv", i%40, r.IntN(100_000))
			if i%4 == 0 {
				fleeting[key] = true
			} else if !fleeting[key] {
				lasts[key] = true
			}
		}
		var states []*s3sim.Server
		for range 16 {
			var keys []string
			for key := range lasts {
				keys = append(keys, key)
			}
			for key := range fleeting {
				if !lasts[key] && r.IntN(2) == 0 {
					keys = append(keys, key)
				}
			}
			states = append(states, lake(named(keys...)))
		}
		var requests atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			states[requests.Add(1)%int64(len(states))].ServeHTTP(w, r)
		}))
		client, leave := testClient(server.URL, nil)
		times := map[string]int{}
		err := New(client, target("s3://lake/"), Options{Concurrency: 1 << seed, PageSize: 50, Verify: true}).List(t.Context(), func(objects []lister.Object) error {
			for _, o := range objects {
				times[strings.Clone(o.Key)]++
			}
			return nil
		})
		leave()
		server.Close()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for key := range lasts {
			if times[key] != 1 {
				t.Errorf("seed %d: %q was there all the time, and came %d times", seed, key, times[key])
			}
		}
		for key, n := range times {
			if n > 1 || !lasts[key] && !fleeting[key] {
				t.Errorf("seed %d: %q came %d times", seed, key, n)
			}
		}
	}
}

// TestFutureModified never drops an object for its time.
func TestFutureModified(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	server := lake(keys)
	server.Fault = s3sim.Always(s3sim.Fault{Kind: s3sim.FutureModified})
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 8, PageSize: 100})
		future := 0
		for _, o := range r.objects {
			if o.Modified.Year() == 2099 {
				future++
			}
		}
		if r.err != nil || len(r.objects) != 3000 || future < 30 {
			t.Errorf("%d objects, %d of them of 2099, %v", len(r.objects), future, r.err)
		}
	})
}

// TestBudget is what a listing without faults may cost, 1.1 requests for a thousand keys and 64, and that no request is sent
// beyond Options.MaxRequests. TestSimulation holds larger lakes to it.
func TestBudget(t *testing.T) {
	for _, name := range s3sim.Names() {
		keys := ready(t, name, 20_000)
		want := truth(keys, "")
		server := lake(keys)
		server.Latency = 10 * time.Millisecond
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			const workers = 8
			r := mustList(t, client, "s3://lake/", want, Options{Concurrency: workers})
			if u := r.source.Usage(); u.Requests > 20*11/10+64 {
				t.Errorf("%s: %d requests for 20 pages and %d workers", name, u.Requests, workers)
			}
			for _, most := range []int64{1, 20} {
				before := server.Stats().Requests
				r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: workers, MaxRequests: most})
				if err := r.verdict(want); err != nil || !errors.Is(r.err, errBudget) {
					t.Errorf("%s, at most %d: %v, %v", name, most, err, r.err)
				}
				if sent := server.Stats().Requests - before; sent != most || r.source.Usage().Requests != most {
					t.Errorf("%s: %d requests were sent, at most %d may be", name, sent, most)
				}
			}
		})
	}
}

// TestHTTP2 is a server of HTTP/2 that resets streams before and within its answers.
func TestHTTP2(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, kind := range []s3sim.FaultKind{s3sim.ResetEarly, s3sim.ResetBody, s3sim.CutBody} {
		sim := lake(keys)
		sim.Fault = s3sim.Schedule(1, 0.5, kind)
		server := httptest.NewUnstartedServer(sim)
		server.EnableHTTP2 = true
		server.StartTLS()
		c, _ := testClient(server.URL, nil)
		o := c.Options()
		o.HTTPClient = server.Client()
		r := mustList(t, s3.New(o), "s3://lake/", truth(keys, ""), Options{Concurrency: 8, PageSize: 100})
		if u := r.source.Usage(); u.Retries < 5 || sim.Stats().Faults[kind.String()] < 5 {
			t.Errorf("%v: %+v", kind, u)
		}
		server.Close()
	}
}

// TestBrokenHTTP2 knows the errors that net/http has for HTTP/2 and does not export.
func TestBrokenHTTP2(t *testing.T) {
	for text, want := range map[string]bool{
		"http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=\"\"": true,
		"http2: client connection lost": true, "stream error: stream ID 3; INTERNAL_ERROR; received from peer": true,
		"connection error: PROTOCOL_ERROR": true, "http: server gave HTTP response to HTTPS client": false, "unsupported protocol scheme": false,
	} {
		if got := transient(fmt.Errorf("send: %w", errors.New(text))); got != want {
			t.Errorf("%s: transient %v", text, got)
		}
	}
}

// TestDoubt asks again where a request is refused in the middle of a listing that has worked, and not before; a refusal that
// holds takes four requests.
func TestDoubt(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, kind := range []s3sim.FaultKind{s3sim.AccessDenied, s3sim.ExpiredToken, s3sim.WrongRegion, s3sim.AuthMalformed, s3sim.RedirectLoop} {
		for _, test := range []struct {
			from  int64 // requests that are answered
			times int
			whole bool
			most  int64 // requests in all
		}{{0, 100, false, 2}, {1, 3, true, 32 + 3}, {1, 4, false, 1 + 4}, {1, 100, false, 1 + 4}} {
			server := lake(keys)
			refused := 0
			server.Fault = s3sim.When(s3sim.Fault{Kind: kind}, func(r *s3sim.Request) bool {
				if r.Seq > test.from && refused < test.times {
					refused++
					return true
				}
				return false
			})
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				begun := time.Now()
				r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 1, PageSize: 100})
				if err := r.verdict(truth(keys, "")); err != nil || test.whole != (r.err == nil) {
					t.Errorf("%v, %+v: %v, %v", kind, test, err, r.err)
				}
				if u := r.source.Usage(); u.Requests > test.most {
					t.Errorf("%v, %+v: %d requests", kind, test, u.Requests)
				}
				if took := time.Since(begun); took > time.Second {
					t.Errorf("%v, %+v: took %v", kind, test, took)
				}
			})
		}
	}
}
