package s3

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister/s3sim"
)

// codes are those of the warnings of a source.
func codes(s *Source) (out string) {
	for _, w := range s.Warnings() {
		out += w.Code + " "
	}
	return out
}

// TestVerify finds the rest where a server ends early: always, once in a while, and at one key.
func TestVerify(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	early := s3sim.Fault{Kind: s3sim.EarlyEnd}
	for name, fault := range map[string]func(*s3sim.Request) *s3sim.Fault{
		"always":    s3sim.Always(early),
		"sometimes": s3sim.Schedule(1, 0.3, s3sim.EarlyEnd),
		"once":      s3sim.Outage(1, early),
		"above":     s3sim.When(early, func(r *s3sim.Request) bool { return r.After > keys.At(2000).Key }),
	} {
		for _, workers := range []int{1, 8} {
			server, other := lake(keys), lake(keys)
			server.Fault, other.Fault = fault, fault
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: workers, PageSize: 100})
				if r.err != nil || len(r.objects) >= 3000 {
					t.Errorf("%s: %d keys without --verify, %v: the fault shows nothing", name, len(r.objects), r.err)
				}
			})
			bubble(t, other, func(t *testing.T, client *s3.Client) {
				r := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: workers, PageSize: 100, Verify: true})
				if got := codes(r.source); got != "early_end " {
					t.Errorf("%s: warnings %s", name, got)
				}
			})
		}
	}
}

// TestVerifyEmptyEnd is a server that says of an end without keys that it is one: it is asked again, and given up in the end.
func TestVerifyEmptyEnd(t *testing.T) {
	keys := ready(t, "hive500", 300)
	for _, often := range []int{1, DefaultMaxAttempts - 1, DefaultMaxAttempts} {
		server := lake(keys)
		times := 0
		server.Fault = func(r *s3sim.Request) *s3sim.Fault {
			if r.After == keys.At(99).Key && r.MaxKeys != "1" && times < often {
				times++
				return &s3sim.Fault{Kind: s3sim.EmptyEnd}
			}
			return nil
		}
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 1, PageSize: 100, Verify: true})
			if err := r.verdict(truth(keys, "")); err != nil {
				t.Error(err)
			}
			if whole := often < DefaultMaxAttempts; whole != (r.err == nil) || !whole && !errors.Is(r.err, errEnds) {
				t.Errorf("%d times: %v", often, r.err)
			}
		})
	}
}

// TestVerifyCost is a request for each end that the server tells of, and nothing where it tells of none.
func TestVerifyCost(t *testing.T) {
	for _, n := range []int64{0, 1, 999, 1000, 1001, 30_000} {
		for _, workers := range []int{1, 16} {
			keys := ready(t, "counter", n)
			server := lake(keys)
			server.Latency = 10 * time.Millisecond
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				plain := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: workers}).source.Usage().Requests
				r := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: workers, Verify: true})
				more := r.source.Usage().Requests - plain
				if most := int64(1 + workers/2); more < 1 || more > most || workers == 1 && more != 1 {
					t.Errorf("%d keys, %d workers: %d requests more than %d", n, workers, more, plain)
				}
				if len(r.source.Warnings()) > 0 {
					t.Errorf("%d keys: %v", n, r.source.Warnings())
				}
			})
		}
	}
}

// TestVerifyWhat is what cannot be looked behind, and says so: no start-after. An object is what it is.
func TestVerifyWhat(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	few := ready(t, "hive500", 30)
	for name, test := range map[string]struct {
		bucket s3sim.Bucket
		codes  string
	}{
		"ignores start-after, many keys": {s3sim.Bucket{Keys: keys, IgnoreStartAfter: true}, "start_after_ignored not_verified "},
		"ignores start-after, few keys":  {s3sim.Bucket{Keys: few, IgnoreStartAfter: true}, "not_verified "},
		"unordered":                      {s3sim.Bucket{Keys: keys, Directory: true}, "unordered not_verified "},
	} {
		server := s3sim.New(map[string]*s3sim.Bucket{"lake": &test.bucket})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := mustList(t, client, "s3://lake/", truth(test.bucket.Keys, ""), Options{Verify: true})
			if got := codes(r.source); got != test.codes {
				t.Errorf("%s: %s, want %s", name, got, test.codes)
			}
		})
	}
	bubble(t, lake(named("dir/a", "dir/b", "dir/c")), func(t *testing.T, client *s3.Client) {
		r := listAll(t.Context(), client, "s3://lake/dir/b", Options{Verify: true})
		if r.err != nil || len(r.objects) != 1 || r.objects[0].Key != "b" {
			t.Errorf("an object: %v, %v", r.objects, r.err)
		}
	})
}

// TestVerifyFails is a check that cannot be made: what it was to find counts as missing, and nothing that was listed does.
func TestVerifyFails(t *testing.T) {
	for _, n := range []int64{0, 50, 300} {
		keys := ready(t, "hive500", n)
		server := lake(keys)
		server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.InternalError}, func(r *s3sim.Request) bool { return r.MaxKeys == "1" })
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := listAll(t.Context(), client, "s3://lake/", Options{Concurrency: 2, PageSize: 100, Verify: true})
			if err := r.verdict(truth(keys, "")); err != nil || r.err == nil || int64(len(r.objects)) != n {
				t.Errorf("%d keys: %v, %v, %d listed", n, err, r.err, len(r.objects))
			}
		})
	}
}

// TestVerifyResumed verifies what is left, too.
func TestVerifyResumed(t *testing.T) {
	keys := ready(t, "hive500", 2000)
	server := lake(keys)
	server.Fault = s3sim.Schedule(7, 0.3, s3sim.EarlyEnd)
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		open := func() *Source {
			return New(client, target("s3://lake/"), Options{Concurrency: 4, PageSize: 50, Verify: true})
		}
		r, runs := interrupted(t.Context(), open, always, func(run, batch int) bool { return batch == 5 })
		if err := same(&r, truth(keys, "")); err != nil || runs < 3 {
			t.Error(fmt.Errorf("%d runs: %w", runs, err))
		}
	})
}
