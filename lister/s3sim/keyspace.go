package s3sim

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Object is one key of a bucket and what is known of it.
type Object struct {
	Key          string
	Size         int64 // bytes; with a Body, the length of the body
	Modified     time.Time
	StorageClass string // "" is STANDARD
	ETag         string // without quotes; "" is computed

	// Body is what GET serves. If nil, GET serves Size bytes computed from the key and the offset, begun by Head and
	// ended by Tail where they are set: a 10 GiB Parquet file needs only its footer. Where neither is, they go by the name:
	// lines of JSON or CSV, gzip of these, or a footer of Parquet.
	Body, Head, Tail []byte
}

// Keyspace is a sorted set of keys, by position. Positions run from 0 to Len()-1 in byte order of the keys; other
// positions panic. Implementations are immutable and safe for concurrent use.
type Keyspace interface {
	Len() int64
	// AppendKey appends the i-th key in byte order to dst.
	AppendKey(dst []byte, i int64) []byte
	// At returns everything about the i-th key.
	At(i int64) Object
}

// attrs is what a listing says of one object besides its key. An empty etag means the 16 bytes of sum in hex.
type attrs struct {
	size     int64
	modified int64 // Unix milliseconds
	class    string
	etag     string
	sum      [2]uint64
}

// An attributed keyspace gives the attributes of a key without the allocations of At.
type attributed interface {
	attrs(i int64) attrs
}

// sourceOf returns the attributes of any keyspace.
func sourceOf(ks Keyspace) attributed {
	if a, ok := ks.(attributed); ok {
		return a
	}
	return foreign{ks}
}

// foreign is a keyspace from outside this package.
type foreign struct{ Keyspace }

func (f foreign) attrs(i int64) attrs {
	o := f.At(i)
	return o.attrs(i)
}

func (o *Object) attrs(i int64) attrs {
	a := attrs{size: o.Size, modified: o.Modified.UnixMilli(), class: o.StorageClass, etag: o.ETag}
	if a.etag == "" {
		a.sum = sumOf(i, a.size)
	}
	return a
}

// objects is a keyspace that is stored.
type objects []Object

// Objects returns the keyspace of the objects given, in any order. Objects with a body get its length as size and its
// MD5 as ETag, unless they name one. Duplicate keys panic.
func Objects(objs ...Object) Keyspace {
	out := slices.Clone(objs)
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	for i := range out {
		if i > 0 && out[i].Key == out[i-1].Key {
			panic(fmt.Sprintf("s3sim: duplicate key %q", out[i].Key))
		}
		out[i].complete()
	}
	return objects(out)
}

func (o *Object) complete() {
	if o.Body == nil {
		return
	}
	o.Size = int64(len(o.Body))
	if o.ETag == "" {
		sum := md5.Sum(o.Body)
		o.ETag = hex.EncodeToString(sum[:])
	}
}

func (o objects) Len() int64                           { return int64(len(o)) }
func (o objects) AppendKey(dst []byte, i int64) []byte { return append(dst, o[i].Key...) }
func (o objects) At(i int64) Object                    { return o[i] }
func (o objects) attrs(i int64) attrs                  { return o[i].attrs(i) }

// concat is several keyspaces, one after the other.
type concat struct {
	parts []part
	n     int64
}

type part struct {
	Keyspace
	attributed
	start int64 // position of the first key
}

// Concat joins keyspaces whose keys follow each other: the last key of one is less than the first of the next. It
// panics when they do not. Empty parts are dropped.
func Concat(parts ...Keyspace) Keyspace {
	c := &concat{}
	for _, ks := range parts {
		if ks.Len() == 0 {
			continue
		}
		c.mustFollow(ks)
		c.parts = append(c.parts, part{ks, sourceOf(ks), c.n})
		c.n += ks.Len()
	}
	return c
}

func (c *concat) mustFollow(next Keyspace) {
	if c.n == 0 {
		return
	}
	last, first := c.AppendKey(nil, c.n-1), next.AppendKey(nil, 0)
	if string(last) >= string(first) {
		panic(fmt.Sprintf("s3sim: keyspaces interleave: %q is not less than %q", last, first))
	}
}

// find returns the part that holds position i, and the position within it.
func (c *concat) find(i int64) (*part, int64) {
	lo, hi := 0, len(c.parts)
	for hi-lo > 1 {
		mid := int(uint(lo+hi) >> 1)
		if c.parts[mid].start <= i {
			lo = mid
		} else {
			hi = mid
		}
	}
	return &c.parts[lo], i - c.parts[lo].start
}

func (c *concat) Len() int64 { return c.n }

func (c *concat) AppendKey(dst []byte, i int64) []byte {
	p, j := c.find(i)
	return p.AppendKey(dst, j)
}

func (c *concat) At(i int64) Object {
	p, j := c.find(i)
	return p.At(j)
}

func (c *concat) attrs(i int64) attrs {
	p, j := c.find(i)
	return p.attributed.attrs(j)
}

// Search returns the position of the first key that is not less than key: Len() when there is none.
func Search(ks Keyspace, key string) int64 {
	var buf []byte
	return search(ks, key, false, &buf)
}

// SearchAfter returns the position of the first key greater than key: Len() when there is none.
func SearchAfter(ks Keyspace, key string) int64 {
	var buf []byte
	return search(ks, key, true, &buf)
}

// search is a binary search in about log2(Len()) calls of AppendKey, all of them into buf. With after, a key equal to
// the one sought is passed over.
func search(ks Keyspace, key string, after bool, buf *[]byte) int64 {
	lo, hi := int64(0), ks.Len()
	for lo < hi {
		mid := int64(uint64(lo+hi) >> 1)
		k := ks.AppendKey((*buf)[:0], mid)
		*buf = k
		if string(k) < key || after && string(k) == key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// prefixEnd returns the least string greater than every string that begins with prefix. It is false when there is
// none: the empty prefix, or nothing but 0xFF.
func prefixEnd(prefix string) (string, bool) {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1}), true
		}
	}
	return "", false
}
