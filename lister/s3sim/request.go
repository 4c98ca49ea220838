package s3sim

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Request is what a Fault function may decide by. Fields that the operation does not have are empty.
type Request struct {
	Seq     int64  // 1 is the first request that this server got
	Op      string // one of the Op constants
	Bucket  string
	Key     string // of GetObject and HeadObject
	Range   string // the Range header
	Attempt int    // how often this very query was made, this time included: 1 is the first. 0 without a Fault function

	// Of listings, decoded. After is the key that the page begins after, be it from Token or from StartAfter.
	Prefix, Delimiter, StartAfter, Token, After, MaxKeys string
}

// List reports whether the request is a listing, of either version.
func (r *Request) List() bool { return r.Op == OpListV2 || r.Op == OpListV1 }

// Query is a number that identical queries share, whenever they are made and however they are signed.
func (r *Request) Query() uint64 {
	return hashString(strings.Join([]string{
		r.Op, r.Bucket, r.Key, r.Range, r.Prefix, r.Delimiter, r.StartAfter, r.Token, r.After, r.MaxKeys,
	}, "\x00"))
}

// call is one request on its way through the server.
type call struct {
	Request
	s *Server
	w http.ResponseWriter
	r *http.Request
	q url.Values
	b *Bucket // nil where there is none of that name
	t token   // of Token
	// tokenErr says that Token is none of ours.
	tokenErr bool
}

func (s *Server) parse(w http.ResponseWriter, r *http.Request) *call {
	c := &call{s: s, w: w, r: r, q: r.URL.Query()}
	c.Seq = s.counters.seq.Add(1)
	c.Bucket, c.Key = s.address(r)
	c.b = s.Buckets[c.Bucket]
	if c.b != nil && c.b.Store != nil {
		held := *c.b
		held.Keys = held.Store.Keys()
		c.b = &held
	}
	c.Op = c.operation()
	c.Range = r.Header.Get("Range")
	if c.List() {
		c.parseList()
	}
	return c
}

func (c *call) parseList() {
	c.Prefix, c.Delimiter = c.q.Get("prefix"), c.q.Get("delimiter")
	c.MaxKeys = c.q.Get("max-keys")
	if c.Op == OpListV1 {
		c.After = c.q.Get("marker")
		return
	}
	c.StartAfter = c.q.Get("start-after")
	if c.b == nil || !c.b.IgnoreStartAfter {
		c.After = c.StartAfter
	}
	if c.q.Has("continuation-token") {
		c.Token = c.q.Get("continuation-token")
		var ok bool
		c.t, ok = parseToken(c.Token)
		c.tokenErr, c.After = !ok, c.t.after
	}
}

// address finds bucket and key in a request of either style.
func (s *Server) address(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if bucket := s.hostBucket(r.Host); bucket != "" {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// hostBucket returns the bucket that a virtual-host style request names: the longest beginning of the host name that
// is a bucket, or all that stands before ".s3.". It is "" for path style.
func (s *Server) hostBucket(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !strings.Contains(host, ".") || net.ParseIP(host) != nil {
		return ""
	}
	for end := strings.LastIndexByte(host, '.'); end > 0; end = strings.LastIndexByte(host[:end], '.') {
		if s.Buckets[host[:end]] != nil {
			return host[:end]
		}
	}
	bucket, _, found := strings.Cut(host, ".s3.")
	if !found {
		return ""
	}
	return bucket
}

// subresources are the query parameters that make a request something else than a listing or a GET, as AWS has them.
var subresources = []string{
	"acl", "accelerate", "analytics", "attributes", "cors", "encryption", "intelligent-tiering", "inventory",
	"legal-hold", "lifecycle", "logging", "metrics", "notification", "object-lock", "ownershipControls", "policy",
	"policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select", "session",
	"tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
}

func (c *call) operation() string {
	switch c.r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPut, http.MethodPost, http.MethodDelete, http.MethodPatch:
		return OpWrite
	default:
		return OpUnknown
	}
	for _, name := range subresources {
		if c.q.Has(name) {
			return OpUnknown
		}
	}
	if c.r.Method == http.MethodHead {
		return c.headOperation()
	}
	return c.getOperation()
}

func (c *call) headOperation() string {
	switch {
	case c.Bucket == "":
		return OpUnknown
	case c.Key == "":
		return OpHeadBucket
	}
	return OpHeadObject
}

func (c *call) getOperation() string {
	switch {
	case c.Bucket == "":
		return OpListBuckets
	case c.Key != "":
		return OpGetObject
	case c.q.Has("location"):
		return OpLocation
	case c.q.Get("list-type") == "2":
		return OpListV2
	}
	return OpListV1
}

// handler returns what answers the operation. The fault, which may be nil, is the handler's to apply.
func (c *call) handler() func(*call, *Fault) {
	switch c.Op {
	case OpListV2, OpListV1:
		return (*call).list
	case OpListBuckets:
		return (*call).listBuckets
	case OpHeadBucket:
		return (*call).headBucket
	case OpLocation:
		return (*call).location
	case OpHeadObject, OpGetObject:
		return (*call).object
	case OpWrite:
		return (*call).write
	}
	return func(c *call, _ *Fault) { c.refuse(errNotImplemented) }
}
