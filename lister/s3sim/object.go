package s3sim

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// find returns the object that the call names.
func (c *call) find() (o Object, found bool) {
	if c.b.Keys == nil {
		return Object{}, false
	}
	i := Search(c.b.Keys, c.Key)
	if i == c.b.Keys.Len() || string(c.b.Keys.AppendKey(nil, i)) != c.Key {
		return Object{}, false
	}
	o = c.b.Keys.At(i)
	if o.ETag == "" {
		o.ETag = string(appendSum(nil, sumOf(i, o.Size)))
	}
	if o.Body == nil && o.Head == nil && o.Tail == nil {
		o.Head, o.Tail = contentEnds(o.Key, o.Size)
	}
	return o, true
}

// object answers GetObject and HeadObject.
func (c *call) object(f *Fault) {
	o, found := c.find()
	if !found {
		c.refuse(errNoSuchKey.with("Key", c.Key))
		return
	}
	if c.Op == OpGetObject && frozen(o.StorageClass) {
		c.refuse(errObjectState.with("StorageClass", o.StorageClass))
		return
	}
	if done := c.precondition(&o); done {
		return
	}
	from, to, status := parseRange(c.Range, o.Size)
	if status == http.StatusRequestedRangeNotSatisfiable {
		c.refuse(errRange.with("RangeRequested", c.Range).with("ActualObjectSize", strconv.FormatInt(o.Size, 10)))
		return
	}
	c.describe(&o)
	if status == http.StatusPartialContent {
		c.w.Header()["Content-Range"] = []string{contentRange(from, to, o.Size)}
	}
	c.deliverStatus(f, status, "binary/octet-stream", &content{o: &o, from: from, to: to})
}

// frozen reports whether objects of the class must be restored before they can be read.
func frozen(class string) bool { return class == "GLACIER" || class == "DEEP_ARCHIVE" }

// precondition answers If-Match and If-None-Match where they end the call.
func (c *call) precondition(o *Object) (done bool) {
	if match := c.r.Header.Get("If-Match"); match != "" && !etagMatches(match, o.ETag) {
		c.refuse(errPrecondition.with("Condition", "If-Match"))
		return true
	}
	if match := c.r.Header.Get("If-None-Match"); match != "" && etagMatches(match, o.ETag) {
		c.describe(o)
		c.w.WriteHeader(http.StatusNotModified)
		return true
	}
	return false
}

func etagMatches(list, etag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.Trim(part, `"`) == etag {
			return true
		}
	}
	return false
}

func (c *call) describe(o *Object) {
	h := c.w.Header()
	h["Etag"] = []string{`"` + o.ETag + `"`}
	h["Last-Modified"] = []string{o.Modified.UTC().Truncate(time.Second).Format(http.TimeFormat)}
	h["Accept-Ranges"] = []string{"bytes"}
	if class := className(o.StorageClass); class != "STANDARD" {
		h["X-Amz-Storage-Class"] = []string{class}
	}
	if c.b.RequesterPays {
		h["X-Amz-Request-Charged"] = []string{"requester"}
	}
}

func contentRange(from, to, size int64) string {
	return "bytes " + strconv.FormatInt(from, 10) + "-" + strconv.FormatInt(to-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// parseRange turns a Range header into the bytes [from, to) of an object: "bytes=a-b", "bytes=a-" or "bytes=-n" (the
// last n, the whole object when it has fewer). status is 206, 416, or 200 for the whole object, which is also the
// answer to headers that are not understood.
func parseRange(header string, size int64) (from, to int64, status int) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash {
		return 0, size, http.StatusOK
	}
	if first == "" {
		return suffixRange(last, size)
	}
	from, err := strconv.ParseInt(first, 10, 64)
	to = size
	if err == nil && last != "" {
		to, err = strconv.ParseInt(last, 10, 64)
		to = min(to, size-1) + 1
	}
	switch {
	case err != nil || from < 0 || last != "" && from < size && to <= from:
		return 0, size, http.StatusOK
	case from >= size:
		return 0, 0, http.StatusRequestedRangeNotSatisfiable
	}
	return from, to, http.StatusPartialContent
}

func suffixRange(last string, size int64) (from, to int64, status int) {
	n, err := strconv.ParseInt(last, 10, 64)
	switch {
	case err != nil || n < 0:
		return 0, size, http.StatusOK
	case n == 0 || size == 0:
		return 0, 0, http.StatusRequestedRangeNotSatisfiable
	}
	return max(size-n, 0), size, http.StatusPartialContent
}

// content is the bytes [from, to) of an object. It never holds more than one chunk of them.
type content struct {
	o        *Object
	from, to int64
}

func (c *content) size() int64 { return c.to - c.from }

const chunkSize = 32 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

func (c *content) WriteTo(w io.Writer) (written int64, err error) {
	if c.o.Body != nil {
		n, err := w.Write(c.o.Body[c.from:c.to])
		return int64(n), err
	}
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	seed := hashString(c.o.Key)
	for at := c.from; at < c.to && err == nil; {
		p := chunk[:min(c.to-at, chunkSize)]
		c.o.fill(p, seed, at)
		var n int
		n, err = w.Write(p)
		at, written = at+int64(n), written+int64(n)
	}
	return written, err
}

// fill computes the bytes of the object from offset on.
func (o *Object) fill(p []byte, seed uint64, offset int64) {
	fillContent(p, seed, offset)
	overlay(p, offset, o.Head, 0)
	overlay(p, offset, o.Tail, o.Size-int64(len(o.Tail)))
}

// overlay copies the part of piece, which begins at pieceAt, that lies in p, which begins at offset.
func overlay(p []byte, offset int64, piece []byte, pieceAt int64) {
	shift := pieceAt - offset
	switch {
	case shift >= int64(len(p)) || -shift >= int64(len(piece)):
	case shift >= 0:
		copy(p[shift:], piece)
	default:
		copy(p, piece[-shift:])
	}
}
