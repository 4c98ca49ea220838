package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// healing are the kinds that a client gets past by asking again.
func healing() []s3sim.FaultKind {
	return slices.DeleteFunc(s3sim.Kinds(), func(k s3sim.FaultKind) bool {
		switch k {
		case s3sim.AccessDenied, s3sim.ExpiredToken, s3sim.WrongRegion, s3sim.AuthMalformed, s3sim.RedirectLoop:
			return true
		}
		return k.Silent() // TestVerify and TestFutureModified have these
	})
}

// harmless are the kinds under which a listing is whole even if they never end.
var harmless = []s3sim.FaultKind{s3sim.RawControl}

// vague are the kinds that may leave a listing whole or not: keys out of order make it serial, and a token
// matters only after a page without keys, which behind the last key may be truncated here.
var vague = []s3sim.FaultKind{s3sim.UnorderedKeys, s3sim.SameToken, s3sim.TokenCycle, s3sim.NoToken}

// lighter makes keys that are too long 64 KiB, instead of the 32 MiB that take long. TestBodyLimit is about those.
func lighter(fault func(*s3sim.Request) *s3sim.Fault) func(*s3sim.Request) *s3sim.Fault {
	return func(r *s3sim.Request) *s3sim.Fault {
		f := fault(r)
		if f != nil && f.Kind == s3sim.HugeKey {
			f = &s3sim.Fault{Kind: f.Kind, N: 64 << 10}
		}
		return f
	}
}

// TestTransientFaults spoils a share of the requests, each query three times in a row at most: the listing is whole, or
// says what is not.
func TestTransientFaults(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	seeds := uint64(2)
	if racing {
		keys, seeds = ready(t, "hive500", 2000), 1
	}
	want := truth(keys, "events/")
	for _, kind := range healing() {
		for seed := range seeds {
			server := lake(keys)
			server.Fault = lighter(s3sim.Schedule(seed, 0.5, kind))
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				r := listAll(t.Context(), client, "s3://lake/events", Options{Concurrency: 8, PageSize: 100})
				if err := r.verdict(want); err != nil {
					t.Errorf("%v, seed %d: %v", kind, seed, err)
				}
				if r.err != nil && !slices.Contains(vague, kind) {
					t.Errorf("%v, seed %d: not whole: %v", kind, seed, r.err)
				}
				if server.Stats().Faults[kind.String()] == 0 {
					t.Errorf("%v, seed %d: nothing happened", kind, seed)
				}
			})
		}
	}
}

// TestMixedFaults is all of them at once, the incurable ones too.
func TestMixedFaults(t *testing.T) {
	kinds := slices.DeleteFunc(s3sim.Kinds(), s3sim.FaultKind.Silent)
	seeds := uint64(15)
	if racing {
		seeds = 7
	}
	for _, name := range []string{"hive500", "unicode", "flat"} {
		keys := ready(t, name, 2000)
		for seed := range seeds {
			server := lake(keys)
			server.Fault = lighter(s3sim.Schedule(seed, 0.05+float64(seed%5)*0.2, kinds...))
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 1 << (seed % 7), PageSize: 50})
				if err := r.verdict(truth(keys, "")); err != nil {
					t.Errorf("%s, seed %d: %v", name, seed, err)
				}
			})
		}
	}
}

// TestPermanentFaults spoils every request, every one but the first, and every one in a range of keys.
func TestPermanentFaults(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	want := truth(keys, "events/")
	kinds := s3sim.Kinds()
	if racing {
		kinds = slices.DeleteFunc(kinds, func(k s3sim.FaultKind) bool { return k%3 != 0 })
	}
	middle := keys.At(1200).Key
	upper := keys.At(1800).Key
	for _, kind := range kinds {
		if kind.Silent() {
			continue
		}
		for name, when := range map[string]func(*s3sim.Request) bool{
			"all":     func(*s3sim.Request) bool { return true },
			"later":   func(r *s3sim.Request) bool { return r.After != "" },
			"between": func(r *s3sim.Request) bool { return middle <= r.After && r.After < upper },
		} {
			server := lake(keys)
			server.Fault = lighter(s3sim.When(s3sim.Fault{Kind: kind}, when))
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				r := listAll(t.Context(), client, "s3://lake/events/", Options{Concurrency: 8, PageSize: 100, AttemptTimeout: 2 * time.Second})
				if err := r.verdict(want); err != nil {
					t.Errorf("%v, %s: %v", kind, name, err)
				}
				if slices.Contains(harmless, kind) != (r.err == nil) && !slices.Contains(vague, kind) {
					t.Errorf("%v, %s: %d keys, %v", kind, name, len(r.objects), r.err)
				}
				if got := r.source.Usage(); name != "between" && kind != s3sim.EmptyPage && got.Requests > 100 && r.err != nil {
					t.Errorf("%v, %s: %d requests", kind, name, got.Requests)
				}
				if name == "between" && r.err != nil && len(r.objects) < 1000 {
					t.Errorf("%v, %s: only %d keys: %v", kind, name, len(r.objects), r.err)
				}
				if name == "all" && r.err != nil && len(r.objects) > 0 && !slices.Contains(vague, kind) {
					t.Errorf("%v: %d keys", kind, len(r.objects))
				}
			})
		}
	}
}

// TestStorm is an outage of 300 answers that begins when most of 64 workers are at it.
func TestStorm(t *testing.T) {
	keys, busy := ready(t, "hive500", 600_000), int64(56)
	if racing {
		keys, busy = ready(t, "hive500", 400_000), 44
	}
	server := lake(keys)
	server.Latency = 20 * time.Millisecond
	var left atomic.Int64
	left.Store(300)
	server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.SlowDown}, func(*s3sim.Request) bool {
		return server.Stats().MaxInFlight >= busy && left.Add(-1) >= 0
	})
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		source := New(client, target("s3://lake/"), Options{Concurrency: 64})
		n := int64(0)
		if err := source.List(t.Context(), func(objects []lister.Object) error { n += int64(len(objects)); return nil }); err != nil || n != keys.Len() {
			t.Fatalf("%d of %d keys, %v", n, keys.Len(), err)
		}
		u := source.Usage()
		if u.Throttled != 300 || u.Retries != 300 {
			t.Errorf("%+v", u)
		}
		if pages := keys.Len() / pageKeys; u.Requests > 300+pages*3/2 {
			t.Errorf("%d requests for %d pages and 300 failures", u.Requests, pages)
		}
	})
}

// TestOutageFirst is an outage that is over before the first page is given up.
func TestOutageFirst(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, test := range []struct {
		failures int64
		whole    bool
	}{{9, true}, {10, false}} {
		server := lake(keys)
		server.Fault = s3sim.Outage(test.failures, s3sim.Fault{Kind: s3sim.InternalError})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 8})
			if (r.err == nil) != test.whole {
				t.Errorf("%d failures: %v", test.failures, r.err)
			}
			if !test.whole && r.source.Usage().Requests != DefaultMaxAttempts {
				t.Errorf("%+v", r.source.Usage())
			}
		})
	}
}

// TestServerGone ends soon when no range can be listed any more.
func TestServerGone(t *testing.T) {
	keys := ready(t, "hive500", 64000)
	server := lake(keys)
	server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.Unavailable}, func(r *s3sim.Request) bool { return r.Seq > 100 })
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 64, PageSize: 100})
		if err := r.verdict(truth(keys, "")); err != nil || r.err == nil {
			t.Errorf("%v, %v", err, r.err)
		}
		if u := r.source.Usage(); u.Requests > 100+64*(DefaultMaxAttempts+2) {
			t.Errorf("%d requests", u.Requests)
		}
	})
}

// TestFailuresByKind asks for a page again after a failure of one kind, however often it has failed in other ways before.
func TestFailuresByKind(t *testing.T) {
	first := func(n int, kind s3sim.FaultKind) (kinds []s3sim.FaultKind) {
		for range n {
			kinds = append(kinds, kind)
		}
		return kinds
	}
	for name, kinds := range map[string][]s3sim.FaultKind{
		"a refusal after throttling":        append(first(8, s3sim.SlowDown), s3sim.WrongRegion),
		"an error after throttling":         append(first(15, s3sim.SlowDown), s3sim.InternalError),
		"a refusal after errors":            append(first(5, s3sim.InternalError), s3sim.AccessDenied),
		"a page out of order after errors":  append(first(3, s3sim.InternalError), s3sim.UnorderedKeys),
		"three refusals and a few of each":  {s3sim.SlowDown, s3sim.AccessDenied, s3sim.InternalError, s3sim.WrongRegion, s3sim.SlowDown, s3sim.AccessDenied},
		"nine errors in a row are not more": first(9, s3sim.InternalError),
	} {
		keys := ready(t, "hive500", 3000)
		server := lake(keys)
		server.Fault = func(r *s3sim.Request) *s3sim.Fault {
			if at := int(r.Seq) - 2; at >= 0 && at < len(kinds) { // those of the second page
				return &s3sim.Fault{Kind: kinds[at]}
			}
			return nil
		}
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: 1})
			if w := r.source.Warnings(); len(w) != 0 || r.source.Usage().Retries != int64(len(kinds)) {
				t.Errorf("%s: %v, %+v", name, w, r.source.Usage())
			}
		})
	}
}

// TestRetryAfter waits as long as the server asks, in each of the ways in which it can.
func TestRetryAfter(t *testing.T) {
	for _, kind := range []s3sim.FaultKind{s3sim.RetryAfterSeconds, s3sim.RetryAfterDate, s3sim.RetryAfterMillis} {
		for asked, want := range map[time.Duration]time.Duration{3 * time.Second: 3 * time.Second, 12 * time.Second: 12 * time.Second, time.Hour: backoffCap} {
			keys := ready(t, "counter", 10)
			server := lake(keys)
			server.Fault = s3sim.Times(1, s3sim.Fault{Kind: kind, Wait: asked})
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				begun := time.Now()
				mustList(t, client, "s3://lake/", truth(keys, ""), Options{})
				waited := time.Since(begun)
				least := want
				if kind == s3sim.RetryAfterDate && asked < backoffCap {
					least -= time.Second // a date has no fractions
				}
				if waited < least || waited > want+time.Second {
					t.Errorf("%v of %v: waited %v", kind, asked, waited)
				}
			})
		}
	}
}

// TestBackoff holds the waits without advice to their bounds.
func TestBackoff(t *testing.T) {
	for attempt := 1; attempt < 40; attempt++ {
		longest := time.Duration(0)
		for range 200 {
			longest = max(longest, backoff(errEarlyEnd, attempt, time.Time{}))
		}
		if bound := min(backoffBase<<min(attempt, 10), backoffCap) + time.Millisecond; longest > bound || longest < bound/2 {
			t.Errorf("attempt %d: up to %v, bound %v", attempt, longest, bound)
		}
	}
}

// TestDeadline leaves answers that stall or drip when the attempt's time is up.
func TestDeadline(t *testing.T) {
	keys := ready(t, "counter", 1000)
	for _, kind := range []s3sim.FaultKind{s3sim.Stall, s3sim.Drip} {
		for _, times := range []int{2, 100} {
			server := lake(keys)
			server.Fault = s3sim.Times(times, s3sim.Fault{Kind: kind})
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				begun := time.Now()
				r := listAll(t.Context(), client, "s3://lake/", Options{MaxAttempts: 4, AttemptTimeout: 5 * time.Second})
				attempts := min(times+1, 4)
				if (r.err == nil) != (attempts > times) {
					t.Errorf("%v: %v", kind, r.err)
				}
				if r.err != nil && !errors.Is(r.err, context.DeadlineExceeded) {
					t.Errorf("%v: %v", kind, r.err)
				}
				if took, want := time.Since(begun), time.Duration(min(times, attempts))*5*time.Second; took < want || took > want+2*time.Second {
					t.Errorf("%v, %d times: took %v, want %v", kind, times, took, want)
				}
			})
		}
	}
}

// TestRedirects are never followed: not to the same server, and not to another.
func TestRedirects(t *testing.T) {
	for _, location := range []string{"", "http://elsewhere.test/lake?list-type=2"} {
		server := lake(ready(t, "counter", 10))
		server.Fault = s3sim.Always(s3sim.Fault{Kind: s3sim.RedirectLoop, Location: location})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{})
			if r.err == nil || r.source.Usage().Requests != 1 || server.Stats().Requests != 1 {
				t.Errorf("%+v, %v", r.source.Usage(), r.err)
			}
		})
	}
}

// TestRegion asks again, once, where the answer says that the bucket is.
func TestRegion(t *testing.T) {
	keys := ready(t, "hive500", 2500)
	elsewhere := func(r *s3sim.Request) bool { return r.Seq == 1 }
	for name, server := range map[string]*s3sim.Server{
		"301": s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: keys, Region: "ap-south-1"}}),
		"400": func() *s3sim.Server {
			s := lake(keys)
			s.Buckets["lake"].Region = "ap-south-1"
			s.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.AuthMalformed, Region: "ap-south-1"}, elsewhere)
			return s
		}(),
	} {
		for _, uri := range []string{"s3://lake/", "s3://lake/events"} {
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				before := server.Stats().Requests
				root := strings.TrimPrefix(uri, "s3://lake/")
				if root != "" {
					root += "/"
				}
				r := mustList(t, client, uri, truth(keys, root), Options{Concurrency: 1})
				if len(r.notices) != 1 || !strings.Contains(r.notices[0], "ap-south-1") {
					t.Errorf("%s: notices %q", name, r.notices)
				}
				if got := server.Stats().Requests - before; got > 3+2+2 {
					t.Errorf("%s: %d requests", name, got)
				}
			})
		}
	}
	for kind, most := range map[s3sim.FaultKind]int64{s3sim.WrongRegion: 2, s3sim.AuthMalformed: 2} {
		server := lake(keys)
		server.Fault = s3sim.Always(s3sim.Fault{Kind: kind})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{})
			if r.err == nil || len(r.objects) > 0 || r.source.Usage().Requests > most {
				t.Errorf("%v: %+v, %v", kind, r.source.Usage(), r.err)
			}
		})
	}
}

// TestOddRegions is what no region can be called: it would become a part of a host's name.
func TestOddRegions(t *testing.T) {
	for region, requests := range map[string]int64{
		"eu-west-9": 2, "": 1, "EU": 1, "eu west": 1, "evil.example.com/": 1, "a@b": 1, strings.Repeat("a", 32): 2, strings.Repeat("a", 33): 1,
	} {
		server := lake(ready(t, "counter", 1))
		server.Fault = s3sim.Always(s3sim.Fault{Kind: s3sim.AuthMalformed, Region: region})
		if region == "" {
			server.Fault = s3sim.Always(s3sim.Fault{Kind: s3sim.RedirectLoop})
		}
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{})
			if r.err == nil || server.Stats().Requests != requests || int64(len(r.notices)) != requests-1 {
				t.Errorf("%q: %d requests, %q, %v", region, server.Stats().Requests, r.notices, r.err)
			}
		})
	}
}

// TestSerialTokens is what a server can do wrong with tokens, where they are followed.
func TestSerialTokens(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, bucket := range []s3sim.Bucket{{Keys: keys, IgnoreStartAfter: true}, {Keys: keys, Directory: true}} {
		for _, kind := range []s3sim.FaultKind{s3sim.SameToken, s3sim.TokenCycle, s3sim.NoToken} {
			for _, pages := range []int64{0, 10} {
				server := s3sim.New(map[string]*s3sim.Bucket{"lake": &bucket})
				server.Fault = s3sim.When(s3sim.Fault{Kind: kind}, func(r *s3sim.Request) bool { return r.Seq > pages })
				bubble(t, server, func(t *testing.T, client *s3.Client) {
					r := listAll(t.Context(), client, "s3://lake/", Options{PageSize: 100})
					if err := r.verdict(truth(keys, "")); err != nil || r.err == nil {
						t.Errorf("%v after %d: %v, %v", kind, pages, err, r.err)
					}
					// A few requests find out that start-after does not work.
					if got := server.Stats().Requests; got > max(pages, 4)+3+6 {
						t.Errorf("%v after %d: %d requests", kind, pages, got)
					}
					if got := server.Stats().Requests; kind == s3sim.SameToken && pages > 0 && got != pages+1 {
						t.Errorf("%v after %d: %d requests, though the token was known", kind, pages, got)
					}
				})
			}
		}
	}
}

// TestEmptyPages are legal: they are passed by their tokens, wherever they come, and not for ever.
func TestEmptyPages(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, often := range []int{1, 3, 20} {
		server := lake(keys)
		seen := map[string]int{}
		server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.EmptyPage}, func(r *s3sim.Request) bool {
			seen[r.After]++ // one worker: one request at a time
			return seen[r.After] <= often
		})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := mustList(t, client, "s3://lake/events", truth(keys, "events/"), Options{Concurrency: 1, PageSize: 500})
			if u := r.source.Usage(); u.Requests > int64(8*(often+1)+2) || u.Retries > 0 {
				t.Errorf("%d empty pages: %+v", often, u)
			}
		})
	}
}

// TestEmptyPagesForever gives a server up that always has one more page, and never a key, wherever that begins.
func TestEmptyPagesForever(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for _, bucket := range []s3sim.Bucket{{Keys: keys}, {Keys: keys, Directory: true}} {
		for _, pages := range []int64{0, 6} {
			server := s3sim.New(map[string]*s3sim.Bucket{"lake": &bucket})
			server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.EmptyPage}, func(r *s3sim.Request) bool { return r.Seq > pages })
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 1, PageSize: 100})
				if err := r.verdict(truth(keys, "")); err != nil || !errors.Is(r.err, errEmptyPages) {
					t.Errorf("after %d pages: %v, %v", pages, err, r.err)
				}
				if u := r.source.Usage(); u.Requests > pages+maxEmptyPages+5 {
					t.Errorf("after %d pages: %d requests", pages, u.Requests)
				}
			})
		}
	}
}

// TestDeniedRange lists the rest, and names what is denied and why.
func TestDeniedRange(t *testing.T) {
	keys := ready(t, "hive500", 30000)
	want := truth(keys, "")
	for _, kind := range []s3sim.FaultKind{s3sim.AccessDenied, s3sim.InternalError} {
		low, high := keys.At(12000).Key, keys.At(14000).Key
		server := lake(keys)
		server.Latency = 10 * time.Millisecond
		server.Fault = s3sim.When(s3sim.Fault{Kind: kind}, func(r *s3sim.Request) bool { return low <= r.After && r.After < high })
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 16, PageSize: 100})
			if err := r.verdict(want); err != nil {
				t.Fatal(err)
			}
			var partial *lister.IncompleteError
			if !errors.As(r.err, &partial) {
				t.Fatal(r.err)
			}
			for _, m := range partial.Missing {
				if m.Beyond(low) || m.After >= high {
					t.Errorf("%v: %v is missing, and does not touch the range", kind, m.Range)
				}
				if kind == s3sim.AccessDenied && codeOf(m.Err) != "AccessDenied" {
					t.Errorf("%v: %v", kind, m.Err)
				}
			}
			if len(r.objects) < 10000 {
				t.Errorf("%v: %d of %d keys", kind, len(r.objects), len(want))
			}
		})
	}
}

// TestMissingRanges spells ranges below the target, in order.
func TestMissingRanges(t *testing.T) {
	err := incomplete("data/", []lister.Missing{
		{Range: lister.Range{After: "data/m", End: "data/p"}, Err: errEnough}, {Range: lister.Range{After: "data/", End: "data/b"}, Err: errEarlyEnd},
	})
	if got, want := fmt.Sprint(err), fmt.Sprintf(`incomplete listing: keys up to "b": %v; keys after "m" up to "p": enough`, errEarlyEnd); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, errEnough) || !errors.Is(err, errEarlyEnd) {
		t.Error("the causes are lost")
	}
	if incomplete("", nil) != nil {
		t.Error("nothing missing is an error")
	}
}
