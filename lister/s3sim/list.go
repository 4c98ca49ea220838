package s3sim

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// listQuery is a listing as the server understood it.
type listQuery struct {
	prefix, delimiter, after string

	max   int // entries, at most the page cap: what MaxKeys says
	limit int // entries to give; differs from max in faults only
	enc   encoding
	owner bool
}

// list answers ListObjectsV2 and ListObjects.
func (c *call) list(f *Fault) {
	q, bad := c.listQuery()
	if bad != nil {
		c.refuse(bad)
		return
	}
	f.prepare(&q)
	p := c.s.page()
	defer c.s.release(p)
	p.query = q
	more := p.read(c.b, c.t.pos)
	c.s.counters.entries.Add(int64(p.keys + p.groups))
	h := c.head(p, more)
	f.alter(c, p, &h)
	c.deliver(f, "application/xml", bytesBody(p.render(&h)))
}

func (s *Server) page() *page {
	if p, ok := s.pages.Get().(*page); ok {
		return p
	}
	return new(page)
}

// release gives the page back, unless a fault has made it huge.
func (s *Server) release(p *page) {
	if cap(p.contents) < 4<<20 {
		s.pages.Put(p)
	}
}

func (c *call) listQuery() (q listQuery, bad *s3Error) {
	q = listQuery{prefix: c.Prefix, delimiter: c.Delimiter, after: c.After}
	q.owner = c.Op == OpListV1 || c.q.Get("fetch-owner") == "true"
	if c.b.RawControl {
		q.enc = encodeRaw
	}
	switch spelling := c.q.Get("encoding-type"); {
	case spelling != "" && spelling != "url":
		return q, errArgument("Invalid Encoding Method specified in Request", "encoding-type", spelling)
	case spelling == "url" && !c.b.IgnoreEncoding:
		q.enc = encodeURL
	}
	if c.tokenErr {
		return q, errArgument("The continuation token provided is incorrect", "continuation-token", c.Token)
	}
	if c.b.Directory {
		if bad := c.directoryRefusal(); bad != nil {
			return q, bad
		}
	}
	q.max, bad = c.maxKeys()
	q.limit = q.max
	return q, bad
}

func (c *call) maxKeys() (int, *s3Error) {
	pageCap := cmp.Or(c.s.PageCap, 1000)
	if c.MaxKeys == "" {
		return pageCap, nil
	}
	n, err := strconv.ParseInt(c.MaxKeys, 10, 64)
	if err != nil || n > math.MaxInt32 {
		return 0, errArgument("Provided max-keys not an integer or within integer range", "max-keys", c.MaxKeys)
	}
	if n < 0 {
		return 0, errArgument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", c.MaxKeys)
	}
	return min(int(n), pageCap), nil
}

// directoryRefusal is what a directory bucket does not take. Source: Amazon S3 API Reference, ListObjectsV2.
func (c *call) directoryRefusal() *s3Error {
	switch {
	case c.q.Has("start-after"):
		return errArgument("StartAfter is not supported for directory buckets", "start-after", c.StartAfter)
	case c.Op == OpListV1:
		return errNotImplemented
	case c.Delimiter != "" && c.Delimiter != "/":
		return errArgument("Directory buckets only support the delimiter /", "delimiter", c.Delimiter)
	case c.Prefix != "" && !strings.HasSuffix(c.Prefix, "/"):
		return errArgument("Prefix must end in the delimiter for directory buckets", "prefix", c.Prefix)
	}
	return nil
}

// head is what a page says of itself; faults put other things in.
type head struct {
	preamble      string // after the XML declaration: a DTD
	v1            bool
	name, prefix  string
	after, token  string // as asked: StartAfter or Marker, ContinuationToken
	hasToken      bool
	next          string // NextContinuationToken or NextMarker, "" for none
	keyCount, max int
	truncated     string // "true", "false"; "" leaves the element out
}

func (c *call) head(p *page, more bool) head {
	h := head{
		v1: c.Op == OpListV1, name: c.Bucket, prefix: c.Prefix, after: c.StartAfter, token: c.Token,
		hasToken: c.q.Has("continuation-token"), keyCount: p.keys + p.groups, max: p.query.max,
		truncated: strconv.FormatBool(more),
	}
	if h.v1 {
		h.after = c.After
	}
	if more {
		h.next = c.next(p)
	}
	return h
}

// next is where the page after this one begins. V1 names it only where there is a delimiter: without one, the last key
// is known to all.
func (c *call) next(p *page) string {
	switch {
	case c.Op == OpListV2:
		return token{after: string(p.last), pos: p.pos}.String()
	case c.Delimiter != "":
		return string(p.last)
	}
	return ""
}

func (h *head) append(b []byte, q *listQuery) []byte {
	b = append(b, xmlHead...)
	b = append(b, h.preamble...)
	b = append(b, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`...)
	b = appendElement(b, "Name", h.name)
	b = appendEncoded(b, "Prefix", h.prefix, q.enc)
	if h.v1 {
		b = h.appendV1(b, q)
	} else {
		b = h.appendV2(b, q)
	}
	b = appendNumber(b, "MaxKeys", h.max)
	if q.delimiter != "" {
		b = appendEncoded(b, "Delimiter", q.delimiter, q.enc)
	}
	if q.enc == encodeURL {
		b = appendElement(b, "EncodingType", "url")
	}
	if h.truncated != "" {
		b = appendElement(b, "IsTruncated", h.truncated)
	}
	return b
}

func (h *head) appendV1(b []byte, q *listQuery) []byte {
	b = appendEncoded(b, "Marker", h.after, q.enc)
	if h.next != "" {
		b = appendEncoded(b, "NextMarker", h.next, q.enc)
	}
	return b
}

func (h *head) appendV2(b []byte, q *listQuery) []byte {
	if h.after != "" {
		b = appendEncoded(b, "StartAfter", h.after, q.enc)
	}
	if h.hasToken {
		b = appendElement(b, "ContinuationToken", h.token)
	}
	if h.next != "" {
		b = appendElement(b, "NextContinuationToken", h.next)
	}
	return appendNumber(b, "KeyCount", h.keyCount)
}

func appendEncoded(dst []byte, name, value string, enc encoding) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = enc.appendString(dst, value)
	return append(append(append(dst, "</"...), name...), '>')
}

func appendNumber(dst []byte, name string, n int) []byte {
	return appendElement(dst, name, strconv.Itoa(n))
}
