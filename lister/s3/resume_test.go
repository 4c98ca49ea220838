package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// interrupted lists as a process does that is killed and started again: of each run the objects count that were delivered
// when a state was last taken, after every batch that saves says. A run ends with the batch that kills says.
func interrupted(ctx context.Context, open func() *Source, saves, kills func(run, batch int) bool) (r result, runs int) {
	var saved []byte
	var kept []lister.Object
	for {
		r.source = open()
		if saved != nil {
			if err := r.source.Resume(saved); err != nil {
				r.err = fmt.Errorf("resume from %s: %w", saved, err)
				return r, runs
			}
		}
		r.objects = slices.Clone(kept)
		batches := 0
		r.err = r.source.List(ctx, func(objects []lister.Object) error {
			batches++
			r.objects = append(r.objects, objects...)
			if saves(runs, batches) {
				state, err := r.source.State()
				if err != nil {
					return err
				}
				saved, kept = state, slices.Clone(r.objects)
			}
			if kills(runs, batches) {
				return errEnough
			}
			return nil
		})
		if runs++; !errors.Is(r.err, errEnough) || runs > 10_000 {
			return r, runs
		}
	}
}

func always(int, int) bool { return true }

// TestResumeEveryBoundary is MR6: it cuts the listing after each of its pages, and lists the rest.
func TestResumeEveryBoundary(t *testing.T) {
	crowds := []int{2, 64}
	if racing {
		crowds = []int{8}
	}
	for _, name := range []string{"hive500", "unicode", "flat"} {
		keys := ready(t, name, 1000)
		want := truth(keys, "")
		for _, workers := range crowds {
			for at := 1; ; at++ {
				runs := 0
				bubble(t, lake(keys), func(t *testing.T, client *s3.Client) {
					open := func() *Source {
						return New(client, target("s3://lake/"), Options{Concurrency: workers, PageSize: 50})
					}
					var r result
					r, runs = interrupted(t.Context(), open, always, func(run, batch int) bool { return run == 0 && batch == at })
					if r.err != nil {
						t.Errorf("%s, %d workers, cut after %d pages: %v", name, workers, at, r.err)
					}
					if err := same(&r, want); err != nil {
						t.Errorf("%s, %d workers, cut after %d pages: %v", name, workers, at, err)
					}
				})
				if runs == 1 || t.Failed() {
					break
				}
			}
		}
	}
}

// TestResumeEveryPage is killed again after each page that it lists, until nothing is left.
func TestResumeEveryPage(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	server := lake(keys)
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		open := func() *Source { return New(client, target("s3://lake/events"), Options{Concurrency: 8, PageSize: 100}) }
		r, runs := interrupted(t.Context(), open, always, func(_, batch int) bool { return batch == 1 })
		if err := same(&r, truth(keys, "events/")); err != nil || runs < 20 {
			t.Errorf("%d runs: %v", runs, err)
		}
	})
}

// TestResumeLosesLittle counts the pages that a killed run asked for and did not save: no more than were in flight or waiting.
func TestResumeLosesLittle(t *testing.T) {
	keys := ready(t, "hive500", 5_000)
	for _, workers := range []int{1, 4, 16} {
		for at := 1; at < 100; at += 31 {
			server := lake(keys)
			server.Latency = 10 * time.Millisecond
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				asked := int64(0)
				open := func() *Source {
					asked = server.Stats().Requests
					return New(client, target("s3://lake/"), Options{Concurrency: workers, PageSize: 50})
				}
				r, _ := interrupted(t.Context(), open, always, func(run, batch int) bool { return run == 0 && batch == at })
				if err := same(&r, truth(keys, "")); err != nil {
					t.Fatal(err)
				}
				if lost := asked - int64(at); lost < 0 || lost > int64(workers+min(workers, maxWaiting)) {
					t.Errorf("%d workers, killed after %d pages: %d more were asked for", workers, at, lost)
				}
			})
		}
	}
}

// TestResumeMissing lists what another run could not: the server is better now.
func TestResumeMissing(t *testing.T) {
	keys := ready(t, "hive500", 20_000)
	low, high := keys.At(5000).Key, keys.At(9000).Key
	server := lake(keys)
	broken := true
	server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.AccessDenied}, func(r *s3sim.Request) bool { return broken && low <= r.After && r.After < high })
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		o := Options{Concurrency: 4, PageSize: 100}
		first := listAll(t.Context(), client, "s3://lake/", o)
		state, err := first.source.State()
		if err != nil || first.err == nil {
			t.Fatal(first.err, err)
		}
		broken = false
		before, missing := server.Stats().Requests, 20_000-int64(len(first.objects))
		second := New(client, target("s3://lake/"), o)
		if err := second.Resume(state); err != nil {
			t.Fatal(err)
		}
		first.err = second.List(t.Context(), func(objects []lister.Object) error {
			first.objects = append(first.objects, objects...)
			return nil
		})
		if err := same(&first, truth(keys, "")); err != nil {
			t.Error(err)
		}
		if more := server.Stats().Requests - before; missing < 4000 || more > missing/100*3/2+20 {
			t.Errorf("%d requests for %d keys that were missing", more, missing)
		}
	})
}

// TestResumeJumps has directories that are jumped over, some of them at the end of a span.
func TestResumeJumps(t *testing.T) {
	keys := ready(t, "hive500", 6000)
	skip := func(dir string) bool {
		return strings.HasSuffix(dir, "/") && strings.Contains(dir, "hour=") && len(dir)%2 == 0 || strings.Contains(dir, "day=07")
	}
	server := lake(keys)
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		open := func() *Source {
			return New(client, target("s3://lake/"), Options{Concurrency: 8, PageSize: 50, Skip: skip})
		}
		r, _ := interrupted(t.Context(), open, always, func(run, batch int) bool { return batch == 3 })
		if r.err != nil || len(r.source.left.ranges) > 0 {
			t.Errorf("%v, left %q", r.err, r.source.left.ranges)
		}
	})
}

// TestResumeSerial is a server that ignores start-after: its pages are read again, and delivered once.
func TestResumeSerial(t *testing.T) {
	keys := ready(t, "hive500", 2000)
	for at := 1; at < 22; at++ {
		server := s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: keys, IgnoreStartAfter: true}})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			open := func() *Source {
				return New(client, target("s3://lake/"), Options{Concurrency: 4, PageSize: 100})
			}
			r, _ := interrupted(t.Context(), open, always, func(run, batch int) bool { return run < 2 && batch == at })
			if err := same(&r, truth(keys, "")); err != nil {
				t.Errorf("cut after %d pages: %v", at, err)
			}
			if w := r.source.Warnings(); len(w) != 1 || w[0].Code != "start_after_ignored" {
				t.Errorf("cut after %d pages: %v", at, w)
			}
		})
	}
}

// TestResumeUnordered is a directory bucket: it says that it cannot, before a page and behind it.
func TestResumeUnordered(t *testing.T) {
	keys := ready(t, "hive500", 2000)
	server := s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: keys, Directory: true}, "d--use1-az4--x-s3": {Keys: keys, Directory: true}})
	for _, uri := range []string{"s3://lake/", "s3://d--use1-az4--x-s3/"} {
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			s := New(client, target(uri), Options{})
			err := s.List(t.Context(), func([]lister.Object) error {
				_, err := s.State()
				return err
			})
			if !errors.Is(err, lister.ErrNotResumable) {
				t.Errorf("%s: %v", uri, err)
			}
		})
	}
}

// TestResumeKeepsWhatItKnows has the warnings of the first page, and the region, in what is resumed.
func TestResumeKeepsWhatItKnows(t *testing.T) {
	keys := named("data", "data-old/x", "data/1", "data/2", "data/3", "data/4")
	server := s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: keys, Region: "ap-south-1"}})
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		open := func() *Source { return New(client, target("s3://lake/data"), Options{PageSize: 2}) }
		want := mustList(t, client, "s3://lake/data", truth(keys, "data/"), Options{PageSize: 2}).source.Warnings()
		r, runs := interrupted(t.Context(), open, always, func(run, batch int) bool { return run == 0 })
		if err := same(&r, truth(keys, "data/")); err != nil || runs != 2 {
			t.Error(runs, err)
		}
		if got := r.source.Warnings(); !slices.Equal(got, want) || len(want) != 2 {
			t.Errorf("got %v, want %v", got, want)
		}
		if r.source.region != "ap-south-1" {
			t.Errorf("region %q", r.source.region)
		}
	})
}

// TestResumeObject is a target that is an object: everything is delivered with the first page.
func TestResumeObject(t *testing.T) {
	bubble(t, lake(named("a/b", "a/bc")), func(t *testing.T, client *s3.Client) {
		open := func() *Source { return New(client, target("s3://lake/a/b"), Options{}) }
		r, runs := interrupted(t.Context(), open, always, func(run, batch int) bool { return run == 0 })
		if r.err != nil || runs != 2 || len(r.objects) != 1 || r.objects[0].Key != "b" {
			t.Errorf("%+v after %d runs", r, runs)
		}
	})
}

// TestResumeRefuses is what is no state of this target's listing.
func TestResumeRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		uri, state string
		ok         bool
	}{
		"all":             {"s3://b/p/", `{"root":"cC8=","left":[{}]}`, true},
		"nothing left":    {"s3://b/p/", `{"root":"cC8=","left":null}`, true},
		"ranges":          {"s3://b/p/", `{"root":"cC8=","left":[{"end":"cC9h"},{"after":"cC9i"}]}`, true},
		"without a slash": {"s3://b/p", `{"root":"cC8=","left":[{}]}`, true},
		"an object":       {"s3://b/p", `{"root":"","left":[]}`, true},
		"empty":           {"s3://b/p/", ``, false},
		"half":            {"s3://b/p/", `{"root":"cC8=","left":[`, false},
		"more behind":     {"s3://b/p/", `{"root":"cC8=","left":[{}]} {}`, false},
		"other fields":    {"s3://b/p/", `{"root":"cC8=","left":[{}],"tokens":[]}`, false},
		"another root":    {"s3://b/q/", `{"root":"cC8=","left":[{}]}`, false},
		"no root":         {"s3://b/q/", `{"left":[{}]}`, false},
		"outside":         {"s3://b/p/", `{"root":"cC8=","left":[{"after":"cQ=="}]}`, false},
		"backwards":       {"s3://b/p/", `{"root":"cC8=","left":[{"after":"cC9i","end":"cC9h"}]}`, false},
		"overlapping":     {"s3://b/p/", `{"root":"cC8=","left":[{},{"after":"cC9i"}]}`, false},
		"a host":          {"s3://b/p/", `{"root":"cC8=","region":"evil.example/","left":[{}]}`, false},
		"unordered":       {"s3://b--x-s3/p/", `{"root":"cC8=","left":[{}]}`, false},
	} {
		if err := New(nil, target(test.uri), Options{}).Resume([]byte(test.state)); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStateTooEarly is a source that has listed nothing.
func TestStateTooEarly(t *testing.T) {
	if _, err := New(nil, target("s3://b/"), Options{}).State(); !errors.Is(err, errNotBegun) {
		t.Error(err)
	}
}

// FuzzResume reads any bytes as a state; what is taken is written again alike.
func FuzzResume(f *testing.F) {
	f.Add([]byte(`{"root":"cC8=","region":"eu-west-1","left":[{"end":"cC9h"},{"after":"cC9i"}],"warnings":[{"Code":"c","Message":"m"}]}`))
	f.Add([]byte(`{"root":"cC8=","left":null,"start_after_ignored":true}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, b := New(nil, target("s3://b/p/"), Options{}), New(nil, target("s3://b/p/"), Options{})
		if a.Resume(in) != nil {
			return
		}
		first, err := a.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Resume(first); err != nil {
			t.Fatalf("%q became %q: %v", in, first, err)
		}
		if second, _ := b.State(); string(second) != string(first) {
			t.Errorf("%q became %q, then %q", in, first, second)
		}
	})
}
