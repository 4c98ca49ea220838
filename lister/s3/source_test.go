package s3

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/listertest"
	"s3layout/lister/s3sim"
)

// hostileKeys is what a bucket may hold and a listing has trouble with.
func hostileKeys() []string {
	keys := []string{
		"/lead", "//", "///x", "a//b", "a+b", "a b", "a%20b", "%", "%%", "%2", "%zz", "a&amp;b", "<Key>", "]]>", "'", "\"", "a\\b",
		".", "..", "../up", "a/./b", "a/../b", "?", "#frag", "a?b=c&d", "\r", "\n", "\r\n", "\t", "a\rb", "a\nb", "\x00", "\x01\x1f",
		"\x7f", "\u0080", "\ufeffbom", "\ufffe", "\uffff", "\ufffd", "\U0010ffff", "\U0010ffff\U0010ffff", "é", "e\u0301", "\u202egnp",
		"\xff", "\xfe\xff", "a\xffb", "a\xfeb", "\xc3", "\xed\xa0\x80", "\x1b[2J", "z" + strings.Repeat("k", 1023), strings.Repeat("é", 512),
		"s3://b/k", "key=", "=", "~", "_", "-", "*", "(", ")", "!", "@", "$", ",", ";", ":", "|", "^", "`", "{", "}", "[", "]",
	}
	for c := range 256 {
		keys = append(keys, fmt.Sprintf("byte%02x-%c", c, 'x')+string([]byte{byte(c)})+"tail")
	}
	return keys
}

// TestContract holds the source to lister.Source over a loopback server: every keyspace, at the sizes where pages end.
func TestContract(t *testing.T) {
	sizes := []int64{0, 1, 999, 1000, 1001, 2500}
	if racing {
		sizes = []int64{0, 1000, 1001, 2500}
	}
	for _, name := range s3sim.Names() {
		for _, n := range sizes {
			keys := ready(t, name, n)
			client := overTCP(t, lake(keys))
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				listertest.Run(t, truth(keys, ""), func(*testing.T) lister.Source { return New(client, target("s3://lake/"), Options{Concurrency: 8}) })
			})
		}
	}
}

// TestKeyspaces lists every keyspace with every number of workers, and with pages of all sizes.
func TestKeyspaces(t *testing.T) {
	crowds, n := []int{1, 2, 8, 64}, int64(30000)
	if racing {
		crowds, n = []int{16}, 6000
	}
	for _, name := range s3sim.Names() {
		t.Run(name, func(t *testing.T) {
			keys := ready(t, name, n)
			want := truth(keys, "")
			for _, workers := range crowds {
				server := lake(keys)
				r := mustList(t, overTCP(t, server), "s3://lake/", want, Options{Concurrency: workers})
				if most := server.Stats().MaxInFlight; most > int64(workers) {
					t.Errorf("%d requests at once with %d workers", most, workers)
				}
				if u := r.source.Usage(); u.Requests != server.Stats().Requests || u.Retries != 0 || u.Throttled != 0 || u.InFlight != 0 {
					t.Errorf("%+v, and the server had %d requests", u, server.Stats().Requests)
				}
			}
			small := ready(t, name, 600)
			for _, page := range []int{1, 7, 1000} {
				mustList(t, overTCP(t, lake(small)), "s3://lake/", truth(small, ""), Options{Concurrency: 8, PageSize: page})
			}
		})
	}
}

// TestHostileKeys lists keys of any bytes, from servers that encode them and servers that do not.
func TestHostileKeys(t *testing.T) {
	plain := hostileKeys()
	for _, root := range []string{"", "dir/", "a+b/%41/", "\x01/"} {
		var keys []string
		for _, k := range plain {
			if len(root)+len(k) <= 1024 {
				keys = append(keys, root+k)
			}
		}
		for _, ignores := range []bool{false, true} {
			space := named(keys...)
			server := lake(space)
			server.Buckets["lake"].IgnoreEncoding = ignores
			client := overTCP(t, server)
			for _, page := range []int{1, 7, 1000} {
				mustList(t, client, "s3://lake/"+root, truth(space, root), Options{Concurrency: 8, PageSize: page})
			}
		}
	}
}

// TestRandomKeys lists random sets of random keys, of bytes that are few enough to share beginnings.
func TestRandomKeys(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	alphabets := []string{"ab/", "01", "aZ09=-_.", "\x00\xff\x80", "é日😀\U0010ffff/", " +%&<>'\"\r\n"}
	for round := range 60 {
		letters := []byte(alphabets[round%len(alphabets)])
		if round%len(alphabets) == 4 {
			letters = nil
		}
		keys := map[string]bool{}
		for range 1 + dice.IntN(300) {
			key := ""
			for range 1 + dice.IntN(6) {
				if letters == nil {
					key += string([]rune(alphabets[4])[dice.IntN(5)])
				} else {
					key += string(letters[dice.IntN(len(letters))])
				}
			}
			keys[key] = true
		}
		var list []string
		for k := range keys {
			list = append(list, k)
		}
		space := named(list...)
		server := lake(space)
		server.Buckets["lake"].IgnoreEncoding = round%2 == 1
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			mustList(t, client, "s3://lake/", truth(space, ""), Options{Concurrency: 4, PageSize: 1 + dice.IntN(20)})
		})
	}
}

// TestSmallPrefixCostsOneRequest is what a user pays for a directory of up to 1,000 objects.
func TestSmallPrefixCostsOneRequest(t *testing.T) {
	for _, n := range []int64{0, 1, 999, 1000} {
		for _, uri := range []string{"s3://lake", "s3://lake/", "s3://lake/events/", "s3://lake/events"} {
			keys := ready(t, "counter", n)
			server := lake(keys)
			root := ""
			if strings.Contains(uri, "events") {
				root = "events/"
			}
			mustList(t, overTCP(t, server), uri, truth(keys, root), Options{})
			if got := server.Stats().Requests; got != 1 {
				t.Errorf("%s with %d objects: %d requests", uri, n, got)
			}
		}
	}
}

// TestSerialCost is the fewest requests possible, for a single worker.
func TestSerialCost(t *testing.T) {
	server := lake(ready(t, "hive500", 30000))
	mustList(t, overTCP(t, server), "s3://lake/", truth(server.Buckets["lake"].Keys, ""), Options{Concurrency: 1})
	if got := server.Stats().Requests; got > 31 {
		t.Errorf("%d requests for 30 pages", got)
	}
}

// TestSiblings is what lies beside the directory: it is never counted, and said once.
func TestSiblings(t *testing.T) {
	few := []string{"data/", "data/a", "data/b/c"}
	many := append([]string{}, few...)
	for i := range 2500 {
		many = append(many, fmt.Sprintf("data/m/%05d", i))
	}
	wide := append([]string{}, few...)
	for i := range 2500 {
		wide = append(wide, fmt.Sprintf("data-old/%05d", i))
	}
	for _, test := range []struct {
		name     string
		keys     []string
		beside   []string
		warnings string
		requests int64 // at most
	}{
		{"alone", few, nil, "", 1},
		{"before", few, []string{"data-old/x"}, "sibling_prefix", 1},
		{"after", few, []string{"data0"}, "sibling_prefix", 1},
		{"file", few, []string{"data.json"}, "sibling_prefix", 1},
		{"object", few, []string{"data"}, "object_beside", 1},
		{"all", few, []string{"data", "data.json", "data0", "data-old/x", "datb"}, "sibling_prefix object_beside", 1},
		{"large alone", many, []string{"dat", "e"}, "", 12},
		{"large after", many, []string{"data0"}, "sibling_prefix", 12},
		{"large before", many, []string{"data-old/x"}, "sibling_prefix", 12},
		{"large object", many, []string{"data"}, "object_beside", 12},
		{"large highest", many, []string{"data/\U0010ffff\U0010ffff"}, "", 12},
		{"large sibling", wide, []string{"data"}, "sibling_prefix object_beside", 4},
	} {
		space := named(append(test.keys[:len(test.keys):len(test.keys)], test.beside...)...)
		for _, uri := range []string{"s3://lake/data", "s3://lake/data/"} {
			server := lake(space)
			r := mustList(t, overTCP(t, server), uri, truth(space, "data/"), Options{Concurrency: 2})
			var codes []string
			for _, w := range r.source.Warnings() {
				codes = append(codes, w.Code)
			}
			want := test.warnings
			if strings.HasSuffix(uri, "/") {
				want = ""
			}
			if got := strings.Join(codes, " "); got != want {
				t.Errorf("%s, %s: warnings %q, want %q", test.name, uri, got, want)
			}
			if got := server.Stats().Requests; got > test.requests {
				t.Errorf("%s, %s: %d requests", test.name, uri, got)
			}
		}
	}
}

// TestObjectAsTarget lists a target that is one object, with and without others whose names begin so.
func TestObjectAsTarget(t *testing.T) {
	crowd := []string{"dir/one.csv"}
	for i := range 2500 {
		crowd = append(crowd, fmt.Sprintf("dir/one.csv-%05d", i))
	}
	for _, keys := range [][]string{{"dir/one.csv"}, {"dir/one.csv", "dir/one.csv2", "dir/other"}, crowd} {
		r := listAll(t.Context(), overTCP(t, lake(named(keys...))), "s3://lake/dir/one.csv", Options{})
		if r.err != nil || len(r.objects) != 1 || r.objects[0].Key != "one.csv" {
			t.Errorf("%d keys: %v, %v", len(keys), r.objects, r.err)
		}
		if w := r.source.Warnings(); len(w) == 0 || w[len(w)-1].Code != "target_is_object" {
			t.Errorf("%d keys: warnings %v", len(keys), w)
		}
	}
	if r := listAll(t.Context(), overTCP(t, lake(named("dirt"))), "s3://lake/dir", Options{}); r.err != nil || len(r.objects) != 0 {
		t.Errorf("a name that only begins so: %v, %v", r.objects, r.err)
	}
}

// TestDirectoryPolicy is a policy that allows s3:prefix "data/*" alone: the directory is asked for by its own name, then.
func TestDirectoryPolicy(t *testing.T) {
	space := named("data/a", "data/b", "data-secret/c")
	server := lake(space)
	server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.AccessDenied}, func(r *s3sim.Request) bool { return !strings.HasPrefix(r.Prefix, "data/") })
	mustList(t, overTCP(t, server), "s3://lake/data", truth(space, "data/"), Options{})
}

// TestDirectoryBuckets lists buckets in no order, by name and by what they answer.
func TestDirectoryBuckets(t *testing.T) {
	for _, n := range []int64{0, 1, 1000, 5500} {
		for _, bucket := range []string{"lake", "lake--usw2-az1--x-s3"} {
			keys := ready(t, "hive500", n)
			server := s3sim.New(map[string]*s3sim.Bucket{bucket: {Keys: keys, Directory: true}})
			for _, uri := range []string{"/", "/events/", "/events"} {
				if uri == "/events" && bucket == "lake" {
					continue // it takes no such prefix, and its name does not say so
				}
				r := mustList(t, overTCP(t, server), "s3://"+bucket+uri, truth(keys, strings.TrimSuffix(uri[1:], "/")+strings.Repeat("/", min(1, len(uri)-1))), Options{PageSize: 100})
				if u := r.source.Usage(); u.Requests > n/100+4 {
					t.Errorf("%s%s with %d keys: %d requests", bucket, uri, n, u.Requests)
				}
			}
		}
	}
}

// TestServersWithoutStartAfter falls back to continuation tokens, and says so.
func TestServersWithoutStartAfter(t *testing.T) {
	for _, workers := range []int{1, 8, 64} {
		for _, uri := range []string{"s3://lake/", "s3://lake/events/", "s3://lake/events"} {
			keys := ready(t, "hive500", 6000)
			server := lake(keys)
			server.Buckets["lake"].IgnoreStartAfter = true
			root := strings.TrimPrefix(uri, "s3://lake/")
			if root != "" {
				root = "events/"
			}
			r := mustList(t, overTCP(t, server), uri, truth(keys, root), Options{Concurrency: workers, PageSize: 100})
			if w := r.source.Warnings(); len(w) != 1 || w[0].Code != "start_after_ignored" {
				t.Errorf("warnings %v", w)
			}
			if u := r.source.Usage(); u.Requests > 60+12 {
				t.Errorf("%d requests for 60 pages", u.Requests)
			}
		}
	}
}

var errEnough = errors.New("enough")

// TestCancel ends listings at any moment: at once, with the reason, and with nobody left behind.
func TestCancel(t *testing.T) {
	keys := ready(t, "hive500", 30000)
	want := truth(keys, "")
	for _, fault := range []func(*s3sim.Request) *s3sim.Fault{
		nil, s3sim.Schedule(1, 0.5, s3sim.SlowDown, s3sim.ResetBody), s3sim.When(s3sim.Fault{Kind: s3sim.Stall}, func(r *s3sim.Request) bool { return r.Seq > 5 }),
	} {
		for _, after := range []time.Duration{0, 15 * time.Millisecond, 55 * time.Millisecond, 105 * time.Millisecond, 3 * time.Second} {
			server := lake(keys)
			server.Latency, server.Fault = 10*time.Millisecond, fault
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(after, func() { cancel(errEnough) })
				begun := time.Now()
				r := listAll(ctx, client, "s3://lake/", Options{Concurrency: 8, PageSize: 100})
				if waited := time.Since(begun) - after; waited > time.Second {
					t.Errorf("returned %v after the cancellation", waited)
				}
				if r.err != nil && !errors.Is(r.err, errEnough) {
					t.Errorf("cancelled after %v: %v", after, r.err)
				}
				if err := r.verdict(want); err != nil {
					t.Errorf("cancelled after %v: %v", after, err)
				}
			})
		}
	}
}

// TestNoLeak counts goroutines around listings that fail, over real connections.
func TestNoLeak(t *testing.T) {
	keys := ready(t, "hive500", 6000)
	for _, kind := range s3sim.Kinds() {
		switch kind {
		case s3sim.Stall, s3sim.Drip, s3sim.HugeKey:
			continue // TestFaults has them, in a bubble, which does not end with a goroutine left
		}
		server := lake(keys)
		url, stop, err := s3sim.Start(server)
		if err != nil {
			t.Fatal(err)
		}
		server.Fault = s3sim.When(s3sim.Fault{Kind: kind, Wait: time.Millisecond}, func(r *s3sim.Request) bool { return r.Seq > 4 })
		before := runtime.NumGoroutine()
		client, leave := testClient(url, nil)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errEnough)
		r := listAll(ctx, client, "s3://lake/", Options{Concurrency: 8, PageSize: 100, MaxAttempts: 2})
		cancel()
		leave()
		if err := r.verdict(truth(keys, "")); err != nil && !kind.Silent() {
			t.Errorf("%v: %v", kind, err)
		}
		stop()
		for begun := time.Now(); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
			if time.Since(begun) > 2*time.Second {
				t.Fatalf("%v: %d goroutines, %d before", kind, runtime.NumGoroutine(), before)
			}
		}
	}
}

// TestConsumerFails ends a large listing at its first batch and in the middle.
func TestConsumerFails(t *testing.T) {
	server := lake(ready(t, "hive500", 6000))
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		for _, batches := range []int{1, 2, 10} {
			calls := 0
			err := New(client, target("s3://lake/"), Options{Concurrency: 8, PageSize: 100}).List(t.Context(), func([]lister.Object) error {
				if calls++; calls == batches {
					return errEnough
				}
				return nil
			})
			if !errors.Is(err, errEnough) || calls != batches {
				t.Errorf("%v after %d calls, want %d", err, calls, batches)
			}
		}
	})
}
