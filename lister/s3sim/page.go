package s3sim

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// page is one page of a listing while it is made. Pages are pooled: every buffer is reused.
type page struct {
	query listQuery

	contents []byte // room for the head, then the <Contents> elements
	prefixes []byte // the <CommonPrefixes> elements
	cuts     []int  // where each element of contents begins
	keys     int    // elements in contents
	groups   int    // elements in prefixes

	last []byte // the last entry listed, a key or a common prefix
	pos  uint64 // of unordered listings: how many keys the listing has given so far

	source attributed // the attributes of the keys listed
	key    []byte     // scratch: the key at hand
	head   []byte     // scratch: what stands before the first element
	stem   stem
	stamp  stamp
}

// headRoom is what contents leaves free, so that a head of usual length is put before it without moving 200 KB.
const headRoom = 4096

// read fills the page from the bucket and reports whether there is more. pos is where an unordered listing goes on.
func (p *page) read(b *Bucket, pos uint64) (more bool) {
	p.contents = slices.Grow(p.contents[:0], headRoom)[:headRoom]
	p.prefixes, p.cuts, p.stem = p.prefixes[:0], p.cuts[:0], stem{p.stem.key[:0], p.stem.text[:0]}
	p.keys, p.groups, p.pos, p.last = 0, 0, 0, append(p.last[:0], p.query.after...)
	if b.Keys == nil || p.query.limit == 0 {
		return false
	}
	p.source = sourceOf(b.Keys)
	if b.Directory && p.query.delimiter == "" {
		return p.readUnordered(b.Keys, pos)
	}
	at, end := p.bounds(b.Keys)
	more = p.readOrdered(b.Keys, at, end)
	if b.Directory {
		p.swapEnds()
	}
	return more
}

// readOrdered lists the positions [at, end), of which every key has the prefix and comes after query.after.
func (p *page) readOrdered(ks Keyspace, at, end int64) (more bool) {
	skip := len(p.query.prefix)
	for at < end && p.keys+p.groups < p.query.limit {
		p.key = ks.AppendKey(p.key[:0], at)
		if n := rollUp(p.key, skip, p.query.delimiter); n > 0 {
			at = p.addPrefix(ks, n, end)
			continue
		}
		p.addObject(at)
		p.key, p.last = p.last, p.key
		at++
	}
	return at < end
}

// bounds returns the positions [at, end) of what is left to list. One rule says what is left, for keys and common
// prefixes alike: the entries greater than query.after. So a common prefix that after lies in is not listed again,
// whether after was a token or a start-after.
//
// Note: what AWS does with a start-after inside a common prefix is not settled (ECOSYSTEM.md); this is what moto,
// rclone, versitygw and gofakes3 do.
func (p *page) bounds(ks Keyspace) (at, end int64) {
	q := &p.query
	if at = search(ks, q.prefix, false, &p.key); q.after >= q.prefix {
		at = p.seekAfter(ks)
	}
	end = ks.Len()
	if stop, ok := prefixEnd(q.prefix); ok {
		end = search(ks, stop, false, &p.key)
	}
	return at, max(at, end)
}

func (p *page) seekAfter(ks Keyspace) int64 {
	q := &p.query
	if strings.HasPrefix(q.after, q.prefix) {
		if n := rollUp([]byte(q.after), len(q.prefix), q.delimiter); n > 0 {
			return p.seekPast(ks, q.after[:n])
		}
	}
	return search(ks, q.after, true, &p.key)
}

// seekPast returns the position of the first key after all that begin with prefix.
func (p *page) seekPast(ks Keyspace, prefix string) int64 {
	stop, ok := prefixEnd(prefix)
	if !ok {
		return ks.Len()
	}
	return search(ks, stop, false, &p.key)
}

// rollUp returns the length of the common prefix that key falls into: up to and with the first delimiter after the
// first skip bytes. 0 says that the key stands for itself.
func rollUp(key []byte, skip int, delimiter string) int {
	if delimiter == "" {
		return 0
	}
	i := bytes.Index(key[skip:], []byte(delimiter))
	if i < 0 {
		return 0
	}
	return skip + i + len(delimiter)
}

// addPrefix lists the first n bytes of the key at hand as a common prefix and returns the position after all of it.
func (p *page) addPrefix(ks Keyspace, n int, end int64) int64 {
	prefix := string(p.key[:n])
	p.prefixes = append(p.prefixes, "<CommonPrefixes><Prefix>"...)
	p.prefixes = p.query.enc.appendString(p.prefixes, prefix)
	p.prefixes = append(p.prefixes, "</Prefix></CommonPrefixes>"...)
	p.groups++
	p.last = append(p.last[:0], prefix...)
	return min(p.seekPast(ks, prefix), end)
}

const ownerXML = "<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>"

// addObject lists the key at hand, which is the i-th.
func (p *page) addObject(i int64) {
	a := p.source.attrs(i)
	p.cuts = append(p.cuts, len(p.contents))
	b := append(p.contents, "<Contents><Key>"...)
	b = p.stem.append(b, p.key, p.query.enc)
	b = append(b, "</Key><LastModified>"...)
	b = p.stamp.append(b, a.modified)
	b = append(b, "</LastModified><ETag>&quot;"...)
	if a.etag == "" {
		b = appendSum(b, a.sum)
	} else {
		b = encodeXML.appendString(b, a.etag)
	}
	b = append(b, "&quot;</ETag><Size>"...)
	b = strconv.AppendInt(b, a.size, 10)
	b = append(b, "</Size>"...)
	if p.query.owner {
		b = append(b, ownerXML...)
	}
	b = append(b, "<StorageClass>"...)
	b = append(b, className(a.class)...)
	p.contents = append(b, "</StorageClass></Contents>"...)
	p.keys++
}

func className(class string) string {
	if class == "" {
		return "STANDARD"
	}
	return class
}

// readUnordered lists the keys of the prefix in the order of a fixed permutation, from the pos-th on.
func (p *page) readUnordered(ks Keyspace, pos uint64) (more bool) {
	p.query.after = ""
	at, end := p.bounds(ks)
	n := uint64(end - at)
	step := coprime(n)
	for ; pos < n && p.keys < p.query.limit; pos++ {
		i := at + int64((pos*step+n/3)%n)
		p.key = ks.AppendKey(p.key[:0], i)
		p.addObject(i)
	}
	p.pos, p.last = pos, p.last[:0]
	return pos < n
}

// coprime returns a number near 0.618 n that has no factor in common with n, so that its multiples modulo n visit
// every number below n once.
func coprime(n uint64) uint64 {
	for step := n*618/1000 | 1; ; step += 2 {
		a, b := n, step
		for b != 0 {
			a, b = b, a%b
		}
		if a <= 1 {
			return step
		}
	}
}

// render returns the whole answer. It is good until the page is put back.
func (p *page) render(h *head) []byte {
	p.head = h.append(p.head[:0], &p.query)
	b := append(p.contents, p.prefixes...)
	p.contents = append(b, "</ListBucketResult>"...)
	start := headRoom - len(p.head)
	if start < 0 {
		return slices.Concat(p.head, p.contents[headRoom:])
	}
	copy(p.contents[start:], p.head)
	return p.contents[start:]
}

// stem remembers how the folder of the last key is spelled: its neighbours mostly lie in the same one.
type stem struct{ key, text []byte }

// append appends the key in the encoding given.
func (s *stem) append(dst, key []byte, enc encoding) []byte {
	if !bytes.HasPrefix(key, s.key) || len(s.key) == 0 {
		s.key = append(s.key[:0], key[:bytes.LastIndexByte(key, '/')+1]...)
		s.text = enc.append(s.text[:0], s.key)
	}
	return enc.append(append(dst, s.text...), key[len(s.key):])
}
