package s3

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister/s3sim"
)

// TestSilence leaves an answer when nothing has come for the read timeout, long before the attempt's own time is up; one
// that drips is left when that is. Both times the next attempt, or the last one, ends the wait.
func TestSilence(t *testing.T) {
	keys := ready(t, "counter", 1000)
	for _, test := range []struct {
		fault s3sim.Fault
		each  time.Duration // that an attempt takes
	}{
		{s3sim.Fault{Kind: s3sim.Stall}, 30 * time.Second},
		{s3sim.Fault{Kind: s3sim.Drip, Wait: time.Second}, time.Minute},
		{s3sim.Fault{Kind: s3sim.Drip, Wait: 29 * time.Second}, time.Minute},
		{s3sim.Fault{Kind: s3sim.Drip, Wait: 31 * time.Second}, 30 * time.Second},
	} {
		for _, times := range []int{1, 100} {
			server := lake(keys)
			server.Fault = s3sim.Times(times, test.fault)
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				begun := time.Now()
				r := listAll(t.Context(), client, "s3://lake/", Options{MaxAttempts: 3})
				if (r.err == nil) != (times == 1) || r.err != nil && !errors.Is(r.err, context.DeadlineExceeded) {
					t.Errorf("%+v, %d times: %v", test.fault, times, r.err)
				}
				if r.err != nil && strings.Contains(r.err.Error(), "nothing came for 30s") != (test.each == 30*time.Second) {
					t.Errorf("%+v: %v", test.fault, r.err)
				}
				want := time.Duration(min(times, 3)) * test.each
				if took := time.Since(begun); took < want || took > want+time.Second {
					t.Errorf("%+v, %d times: took %v, want %v", test.fault, times, took, want)
				}
			})
		}
	}
}

// TestSilenceOfReads is TestSilence for a range of an object.
func TestSilenceOfReads(t *testing.T) {
	server := lake(bodies(readable()))
	server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.Stall}, func(r *s3sim.Request) bool { return r.Op == s3sim.OpGetObject && r.Attempt == 1 })
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		source := opened(t, client, Options{ReadTimeout: 7 * time.Second})
		begun := time.Now()
		if _, err := source.ReadRange(t.Context(), "plain", make([]byte, 10), 0); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took < 7*time.Second || took > 8*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestSlowAnswer is one that takes less than the read timeout to begin, and one that takes more.
func TestSlowAnswer(t *testing.T) {
	keys := ready(t, "counter", 10)
	for latency, requests := range map[time.Duration]int64{29 * time.Second: 1, 31 * time.Second: 2} {
		server := lake(keys)
		server.Latency = latency
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{MaxAttempts: 2})
			if u := r.source.Usage(); (r.err == nil) != (requests == 1) || u.Requests != requests {
				t.Errorf("answers after %v: %+v, %v", latency, u, r.err)
			}
			time.Sleep(latency) // the server's goroutines sleep, too
		})
	}
}

// TestUnreachable is how long it takes to say that a server cannot be reached: under 3 s, and a request or three.
func TestUnreachable(t *testing.T) {
	for name, test := range map[string]struct {
		err      error
		requests int64
		why      string
	}{
		"no such name":     {&net.DNSError{Err: "no such host", Name: "s3.test", IsNotFound: true}, 1, `the name "s3.test" does not resolve`},
		"no resolver":      {&net.DNSError{Err: "server misbehaving", Name: "s3.test", IsTemporary: true}, unreachableAttempts, `the name "s3.test" does not resolve`},
		"refused":          {&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, unreachableAttempts, "nothing listens there: connection refused"},
		"nobody signed it": {x509.UnknownAuthorityError{}, 1, "the server's certificate is not trusted"},
		"another's name":   {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "s3.test"}, 1, "the server's certificate is not trusted"},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, leave := testClient("http://s3.test", func(context.Context, string, string) (net.Conn, error) { return nil, test.err })
			defer leave()
			begun := time.Now()
			r := listAll(t.Context(), client, "s3://lake/", Options{})
			if took := time.Since(begun); r.err == nil || took > 3*time.Second {
				t.Errorf("%s: took %v, %v", name, took, r.err)
			}
			if got := r.source.Usage().Requests; got != test.requests {
				t.Errorf("%s: %d requests, want %d", name, got, test.requests)
			}
			p := Config{}.Explain(r.source.target, r.err)
			if !strings.HasPrefix(p.Why, test.why) || p.Fix == "" || strings.ContainsAny(p.Why+p.Fix, "\n") {
				t.Errorf("%s: %+v", name, p)
			}
		})
	}
}

// TestRefusedMidway is a server that stops listening for a while: once it has been there, it may come back.
func TestRefusedMidway(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	server := lake(keys)
	synctest.Test(t, func(t *testing.T) {
		dial, stop := s3sim.Pipe(server)
		defer stop()
		dials := 0
		client, leave := testClient("http://s3.test", func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dials++; dials >= 2 && dials <= 8 {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
			}
			return dial(ctx, network, addr)
		})
		defer leave()
		server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.ResetEarly}, func(r *s3sim.Request) bool { return r.Seq == 2 })
		r := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: 1, PageSize: 100})
		if u := r.source.Usage(); u.Retries != 8 {
			t.Errorf("%+v after %d dials", u, dials)
		}
	})
}
