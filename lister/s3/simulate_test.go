package s3

import (
	"cmp"
	"container/heap"
	"slices"
	"testing"
	"time"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// A simulation lists keys with a board and workers under a clock of its own: an answer takes the latency, then some CPU
// of one of two cores, in the order of the requests. Nothing in it depends on the machine.
type simulation struct {
	keys    []string // in order
	workers int
	latency time.Duration
	cpu     time.Duration // that a page of 1,000 keys takes, at both ends

	now      time.Duration
	cores    [2]time.Duration // when each is free
	events   answers
	requests int
	empty    int // requests that brought no key of their own
	partial  float64
	counted  int
}

// answer is a page that comes at a time.
type answer struct {
	at     time.Duration
	seq    int
	worker int
	span   *span
}

type answers []answer

func (a answers) Len() int { return len(a) }
func (a answers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(a[i].at, a[j].at), cmp.Compare(a[i].seq, a[j].seq)) < 0
}
func (a answers) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *answers) Push(x any)   { *a = append(*a, x.(answer)) }
func (a *answers) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

// run lists everything.
func (s *simulation) run(prefix string) {
	b, whole := newBoard(prefix, lister.Range{})
	idle := make([]int, 0, s.workers)
	for w := s.workers - 1; w > 0; w-- {
		idle = append(idle, w)
	}
	s.send(0, whole)
	for len(s.events) > 0 {
		e := heap.Pop(&s.events).(answer)
		s.now = e.at
		objects, truncated := s.page(b.after(e.span))
		own, done := b.advance(e.span, objects, truncated)
		s.counted += own
		if own == 0 {
			s.empty++
		} else {
			s.partial += 1 - float64(own)/pageKeys
		}
		if done {
			idle = append(idle, e.worker)
		} else {
			s.send(e.worker, e.span)
		}
		for len(idle) > 0 {
			sp := b.cut()
			if sp == nil {
				break
			}
			s.send(idle[len(idle)-1], sp)
			idle = idle[:len(idle)-1]
		}
	}
}

// send asks for the next page of a span.
func (s *simulation) send(worker int, sp *span) {
	s.requests++
	core := 0
	if s.cores[1] < s.cores[0] {
		core = 1
	}
	ready := max(s.now+s.latency, s.cores[core])
	s.cores[core] = ready + s.cpu
	heap.Push(&s.events, answer{ready + s.cpu, s.requests, worker, sp})
}

func (s *simulation) page(after string) ([]lister.Object, bool) {
	from, found := slices.BinarySearch(s.keys, after)
	if found {
		from++
	}
	to := min(from+pageKeys, len(s.keys))
	objects := make([]lister.Object, to-from)
	for i := range objects {
		objects[i].Key = s.keys[from+i]
	}
	return objects, to < len(s.keys)
}

// TestSimulation holds listings of many keyspaces by 64 workers at 30 ms to what they may cost in requests and in time.
// Requests are at most 1.1 for a thousand keys, and 64. Time is compared with a serial listing at 44 ms a page, of which
// 14 are the SDK's: the least ratio is a little less than it was when it was set.
func TestSimulation(t *testing.T) {
	for _, group := range []struct {
		keyspaces []keyspace
		keys      int
	}{{ofServer(), 1_000_000}, {keyspaces, 200_000}, {unseen, 200_000}} {
		for _, k := range group.keyspaces {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				simulate(t, k, group.keys)
			})
		}
	}
}

func simulate(t *testing.T, k keyspace, n int) {
	if racing {
		n = 50_000
	}
	s := simulation{keys: k.keys(n), workers: 64, latency: 30 * time.Millisecond, cpu: 1300 * time.Microsecond}
	s.run("")
	pages := float64(len(s.keys)) / pageKeys
	if s.counted != len(s.keys) {
		t.Errorf("counted %d of %d", s.counted, len(s.keys))
	}
	ratio := pages * 0.044 / s.now.Seconds()
	t.Logf("%s: %.0f pages in %d requests (%d empty, %.1f pages not filled), %.3f s, %.1f × serial", k.name, pages, s.requests, s.empty, s.partial, s.now.Seconds(), ratio)
	if most := 1.1*pages + 64; float64(s.requests) > most {
		t.Errorf("%d requests, the most are %.0f", s.requests, most)
	}
	if least := ratios[k.name]; ratio < least && !racing {
		t.Errorf("%.1f × serial, the least is %.1f", ratio, least)
	}
}

func ofServer() []keyspace {
	var out []keyspace
	for _, name := range s3sim.Names() {
		out = append(out, known(name))
	}
	return out
}

// ratios are the least that listings are faster than a serial one.
var ratios = map[string]float64{
	"counter": 49.1, "hex": 48.8, "hive500": 44.4, "hive10": 44.9, "half": 34.6, "kafka": 44.6, "unicode": 22.5, "flat": 11.1,
	"single": 49.1, "uuid": 27.1, "times": 22.0, "country": 17.5, "hosts": 5.9, "cloudtrail": 3.6, "mixed": 8.8, "decimals": 23.4,
	"base64": 25.1, "long": 17.3, "sharded": 21.5, "ulid": 18.0, "sparkjobs": 16.9, "firehose": 18.0, "connect": 3.8, "unpadded": 23.1,
	"people": 5.4, "thousands": 26.4, "needle": 15.9, "letters": 9.5, "iceberg": 21.2, "addresses": 19.9, "seconds": 20.7, "tenants": 14.2,
}
