package s3sim

import (
	"sync"
	"sync/atomic"
)

// Stats is what a server has seen so far.
type Stats struct {
	Requests    int64            // all of them
	Lists       int64            // ListObjectsV2 and ListObjects
	ByOp        map[string]int64 // requests by operation, those seen only
	Throttled   int64            // 503 answers, for RPS and for faults
	Faults      map[string]int64 // faults injected by kind, those seen only
	MaxInFlight int64            // most requests under way at once
	Entries     int64            // keys and common prefixes listed
}

// ops lists what a request may be, as AWS names it.
var ops = [...]string{
	OpListV2, OpListV1, OpListBuckets, OpHeadBucket, OpLocation, OpHeadObject, OpGetObject, OpWrite, OpUnknown,
}

// The operations of a Request.
const (
	OpListV2      = "ListObjectsV2"
	OpListV1      = "ListObjects"
	OpListBuckets = "ListBuckets"
	OpHeadBucket  = "HeadBucket"
	OpLocation    = "GetBucketLocation"
	OpHeadObject  = "HeadObject"
	OpGetObject   = "GetObject"
	OpWrite       = "Write"   // any PUT, POST, DELETE: answered 405, but for PutObject where the bucket has a Store
	OpUnknown     = "Unknown" // answered 501
)

type counters struct {
	seq, inFlight, maxInFlight, throttled, entries atomic.Int64

	byOp   [len(ops)]atomic.Int64
	faults [kinds]atomic.Int64
}

// enter counts a request as under way until the function returned is called.
func (c *counters) enter() (leave func()) {
	atomicMax(&c.maxInFlight, c.inFlight.Add(1))
	return func() { c.inFlight.Add(-1) }
}

func (c *counters) count(r *Request) {
	for i, op := range ops {
		if op == r.Op {
			c.byOp[i].Add(1)
		}
	}
}

// Stats returns what the server has seen so far. It may be called at any time.
func (s *Server) Stats() Stats {
	c := &s.counters
	out := Stats{
		Requests: c.seq.Load(), Throttled: c.throttled.Load(), MaxInFlight: c.maxInFlight.Load(),
		Entries: c.entries.Load(), ByOp: map[string]int64{}, Faults: map[string]int64{},
	}
	for i, op := range ops {
		if n := c.byOp[i].Load(); n > 0 {
			out.ByOp[op] = n
		}
	}
	for k := range c.faults {
		if n := c.faults[k].Load(); n > 0 {
			out.Faults[FaultKind(k).String()] = n
		}
	}
	out.Lists = out.ByOp[OpListV2] + out.ByOp[OpListV1]
	return out
}

// attempts counts identical queries. The mutex is here because the same query may arrive on two connections at once.
// It grows by 16 bytes or so per distinct query, and only on servers that have a Fault function.
type attempts struct {
	mu   sync.Mutex
	seen map[uint64]int
}

// next returns how often this query has been made, this time included.
func (a *attempts) next(r *Request) int {
	id := r.Query()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = make(map[uint64]int)
	}
	a.seen[id]++
	return a.seen[id]
}
