package s3sim

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Store is a keyspace that PUT adds to: the objects of a bucket that may be written. The zero value is empty. It answers
// If-None-Match: * as S3 does, and takes no other write.
type Store struct {
	// Now is the time of what is written; nil is time.Now.
	Now func() time.Time

	mu   sync.Mutex // requests of all connections write
	keys objects    // sorted; replaced, never changed
}

// maxPut bounds one object.
const maxPut = 64 << 20

// Keys are the objects as they are now.
func (s *Store) Keys() Keyspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys
}

// put adds an object, or replaces it unless only is set; it reports whether it did.
func (s *Store) put(key string, body []byte, only bool) bool {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	o := Object{Key: key, Body: body, Modified: now()}
	o.complete()
	s.mu.Lock()
	defer s.mu.Unlock()
	at, found := slices.BinarySearchFunc(s.keys, key, func(o Object, key string) int { return strings.Compare(o.Key, key) })
	if found && only {
		return false
	}
	keys := slices.Clone(s.keys)
	if found {
		keys[at] = o
	} else {
		keys = slices.Insert(keys, at, o)
	}
	s.keys = keys
	return true
}

// write answers PutObject, in a bucket that has a Store; anything else is refused.
func (c *call) write(_ *Fault) {
	if c.b == nil || c.b.Store == nil || c.r.Method != http.MethodPut || c.Key == "" {
		c.refuse(errMethod)
		return
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxPut+1))
	if err != nil || len(body) > maxPut {
		c.refuse(errArgument("The body is too large or ends early", "Content-Length", c.r.Header.Get("Content-Length")))
		return
	}
	if !c.b.Store.put(c.Key, body, c.r.Header.Get("If-None-Match") == "*") {
		c.refuse(errPrecondition.with("Condition", "If-None-Match"))
		return
	}
	o := Object{Key: c.Key, Body: body}
	o.complete()
	c.w.Header()["Etag"] = []string{`"` + o.ETag + `"`}
	c.w.Header()["Content-Length"] = []string{"0"}
	c.w.WriteHeader(http.StatusOK)
}
