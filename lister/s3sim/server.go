package s3sim

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Bucket is a keyspace and the ways in which its server is odd. The zero value of every field but Keys is S3 itself.
// A bucket must not change once requests arrive.
type Bucket struct {
	Keys Keyspace
	// Store, if set, is what the bucket holds instead of Keys, and PUT adds to it. Others answer every write with 405.
	Store *Store
	// Region is where the bucket is, the server's region if "". A request whose credential scope names another one is
	// answered 301 PermanentRedirect with x-amz-bucket-region. Requests without a scope pass.
	Region string
	// RequesterPays makes every request without "x-amz-request-payer: requester" a 403 AccessDenied.
	RequesterPays bool
	// Denied lists prefixes: LIST of one, or of a prefix below one, is a 403 AccessDenied. A LIST of a parent shows
	// their keys, as IAM's s3:prefix condition would have it.
	Denied []string

	// Directory is a directory bucket (S3 Express One Zone): keys come in no order, start-after is a 400, the only
	// delimiter is "/" and a prefix must end in it.
	Directory bool
	// IgnoreStartAfter is a server that does not know start-after: every listing begins at the first key.
	IgnoreStartAfter bool
	// IgnoreEncoding is a server that does not know encoding-type=url: keys are XML-escaped and no EncodingType is said.
	IgnoreEncoding bool
	// RawControl, with IgnoreEncoding or where encoding-type is not asked for, writes control characters as they are:
	// XML that no reader takes.
	RawControl bool
}

// Server is S3 in a box. The zero value is an empty, open, instant S3. Fields must not change once requests arrive.
type Server struct {
	Buckets map[string]*Bucket

	// Latency is waited before each answer, or until the client leaves.
	Latency time.Duration
	// RPS > 0 answers requests above this rate, of all buckets together, with 503 SlowDown: a token bucket that holds
	// a tenth of a second's worth, at least one.
	RPS float64
	// Region is where the server is: "" is us-east-1.
	Region string
	// AccessKey, when set, must be the access key of every request: absent is 403 AccessDenied, another is 403
	// InvalidAccessKeyId. The signature is not looked at.
	AccessKey string
	// PageCap is the most entries of one page, 1000 if 0.
	PageCap int
	// Fault decides per request what goes wrong: nil is nothing. It is called from many goroutines at once.
	Fault func(*Request) *Fault

	counters counters
	limiter  limiter
	attempts attempts
	pages    sync.Pool // of *page
}

// New returns a server of the buckets given.
func New(buckets map[string]*Bucket) *Server { return &Server{Buckets: buckets} }

var _ http.Handler = (*Server)(nil)

// ServeHTTP answers one request. Faults that break the connection need a connection that can be hijacked; elsewhere
// they panic with http.ErrAbortHandler, as handlers do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.counters.enter()()
	c := s.parse(w, r)
	s.counters.count(&c.Request)
	w.Header()["X-Amz-Request-Id"] = []string{requestID(c.Seq)}
	w.Header()["Server"] = []string{"s3sim"}
	if !wait(r.Context(), s.Latency) {
		panic(http.ErrAbortHandler)
	}
	if s.RPS > 0 && !s.limiter.allow(time.Now(), s.RPS) {
		c.refuse(errSlowDown)
		return
	}
	c.serve(s.faultOf(c))
}

// faultOf asks Fault about the request, and drops the faults that cannot happen to it.
func (s *Server) faultOf(c *call) *Fault {
	if s.Fault == nil {
		return nil
	}
	c.Attempt = s.attempts.next(&c.Request)
	f := s.Fault(&c.Request)
	if f == nil || !f.Kind.fits(c.Op) {
		return nil
	}
	s.counters.faults[f.Kind].Add(1)
	return f
}

// serve answers the call, gone wrong by f if that is not nil.
func (c *call) serve(f *Fault) {
	if f != nil && f.Kind.info().refuse != nil {
		f.Kind.info().refuse(c, f)
		return
	}
	if err := c.check(); err != nil {
		c.refuse(err)
		return
	}
	c.handler()(c, f)
}

// wait sleeps for d and reports whether the context outlived it.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// requestID is the sequence number as S3 spells such things: 16 characters, upper case.
func requestID(seq int64) string {
	var tmp [16]byte
	for i := 15; i >= 0; i-- {
		tmp[i] = "0123456789ABCDEF"[seq&15]
		seq >>= 4
	}
	return string(tmp[:])
}

// limiter is a token bucket. The mutex is here because requests of all connections draw on it.
type limiter struct {
	mu     sync.Mutex
	tokens float64
	last   time.Time
}

// allow takes a token of rps a second, if there is one.
func (l *limiter) allow(now time.Time, rps float64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	burst := max(rps/10, 1)
	if l.last.IsZero() {
		l.tokens = burst
	} else {
		l.tokens = min(burst, l.tokens+now.Sub(l.last).Seconds()*rps)
	}
	l.last = now
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}

// atomicMax raises m to v if v is more.
func atomicMax(m *atomic.Int64, v int64) {
	for {
		old := m.Load()
		if v <= old || m.CompareAndSwap(old, v) {
			return
		}
	}
}
