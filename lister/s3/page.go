package s3

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"s3layout/lister"
)

// page is one decoded answer to ListObjectsV2. Keys are whole keys, not yet relative to the target.
type page struct {
	objects   []lister.Object
	name      string
	prefix    string
	token     string
	keyCount  int // -1 where the answer does not say
	truncated bool
	encoded   bool    // keys were percent-encoded by the server
	seen      element // the elements of the root that the answer has had, as bits
	keys      []byte  // of all objects, one behind the other, until they are strings
	ends      []int   // where each of them ends
}

// A ProtocolError is an answer that is not a listing page, whatever its status says. It counts as transient: a proxy
// may have answered in the server's place.
type ProtocolError struct{ Reason string }

func (e *ProtocolError) Error() string { return "the answer is not a listing page: " + e.Reason }

func protocolf(format string, args ...any) error { return &ProtocolError{fmt.Sprintf(format, args...)} }

// element numbers the elements that the decoder knows, of the page and of an object, as bits.
type element uint32

const elementOther element = 0

const (
	elementResult element = 1 << iota
	elementContents
	elementKey
	elementLastModified
	elementETag
	elementSize
	elementStorageClass
	elementChecksumType
	elementName
	elementPrefix
	elementStartAfter
	elementDelimiter
	elementContinuationToken
	elementNextContinuationToken
	elementKeyCount
	elementMaxKeys
	elementEncodingType
	elementIsTruncated
	elementCommonPrefixes
	elementError
	elementOwner
	elementChecksumAlgorithm
)

// elements are the names, in the order of their numbers.
var elements = [...]string{
	"ListBucketResult", "Contents", "Key", "LastModified", "ETag", "Size", "StorageClass", "ChecksumType", "Name", "Prefix",
	"StartAfter", "Delimiter", "ContinuationToken", "NextContinuationToken", "KeyCount", "MaxKeys", "EncodingType",
	"IsTruncated", "CommonPrefixes", "Error", "Owner", "ChecksumAlgorithm",
}

// elementOf returns the number of a name. It is a switch, since half of the decoder's work is names.
func elementOf(name []byte) element {
	switch string(name) {
	case "Contents":
		return elementContents
	case "Key":
		return elementKey
	case "LastModified":
		return elementLastModified
	case "ETag":
		return elementETag
	case "Size":
		return elementSize
	case "StorageClass":
		return elementStorageClass
	case "ChecksumType":
		return elementChecksumType
	case "ChecksumAlgorithm":
		return elementChecksumAlgorithm
	case "Owner":
		return elementOwner
	}
	for i, known := range elements {
		if string(name) == known {
			return 1 << i
		}
	}
	return elementOther
}

// decodePage reads the XML of a ListObjectsV2 answer. The page is a full document or an error: nothing of a page that
// ends early counts. p is reset first, its buffers used again; the strings of the objects are new. The body is changed.
func decodePage(body []byte, p *page) error {
	*p = page{objects: p.objects[:0], keys: p.keys[:0], ends: p.ends[:0], keyCount: -1}
	s := scanner{b: body}
	root, err := s.root()
	switch {
	case err != nil:
		return err
	case root.kind == elementError:
		return protocolf("status 200 with an Error document")
	case root.kind != elementResult:
		return protocolf("root element %q", clip(string(root.raw)))
	case root.empty:
		return protocolf("an empty document")
	}
	for {
		t, more, err := s.child(&root)
		if err == nil && more {
			err = p.field(&s, &t)
		}
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	return p.finish()
}

// field reads an element of the root. All but Contents and CommonPrefixes come once at most.
func (p *page) field(s *scanner, t *tag) error {
	switch t.kind {
	case elementContents:
		return p.contents(s, t)
	case elementCommonPrefixes:
		return noPrefixes(s, t)
	case elementName, elementPrefix, elementStartAfter, elementDelimiter, elementContinuationToken, elementNextContinuationToken,
		elementKeyCount, elementMaxKeys, elementEncodingType, elementIsTruncated:
	default:
		return s.skip(t, 1)
	}
	text, err := s.text(t)
	if err != nil {
		return err
	}
	if p.seen&t.kind != 0 {
		return protocolf("<%s> comes twice", t.raw)
	}
	p.seen |= t.kind
	return p.set(t.kind, string(text))
}

func (p *page) set(kind element, text string) (err error) {
	switch kind {
	case elementName:
		p.name = text
	case elementPrefix:
		p.prefix = text
	case elementNextContinuationToken:
		if p.token = text; len(text) > maxTokenBytes {
			return protocolf("a continuation token of %d bytes", len(text))
		}
	case elementIsTruncated:
		if p.truncated = text == "true"; !p.truncated && text != "false" {
			return protocolf("IsTruncated is %q", clip(text))
		}
	case elementKeyCount:
		if p.keyCount, err = strconv.Atoi(text); err != nil || p.keyCount < 0 {
			return protocolf("KeyCount is %q", clip(text))
		}
	case elementMaxKeys:
		if _, err := strconv.Atoi(text); err != nil {
			return protocolf("MaxKeys is %q", clip(text))
		}
	case elementEncodingType:
		if p.encoded = text == "url"; !p.encoded && text != "" {
			return protocolf("EncodingType is %q", clip(text))
		}
	}
	return nil
}

// noPrefixes reads a CommonPrefixes, which must be empty: no delimiter was asked for, and the keys behind a common prefix
// would be lost.
func noPrefixes(s *scanner, t *tag) error {
	if t.empty {
		return nil
	}
	for {
		child, more, err := s.child(t)
		if err != nil || !more {
			return err
		}
		if child.kind != elementPrefix {
			if err := s.skip(&child, 2); err != nil {
				return err
			}
			continue
		}
		text, err := s.text(&child)
		if err != nil {
			return err
		}
		if len(text) > 0 {
			return protocolf("it holds a common prefix, without a delimiter")
		}
	}
}

func (p *page) contents(s *scanner, t *tag) error {
	if len(p.objects) == pageKeys {
		return protocolf("it holds more than %d keys", pageKeys)
	}
	if !t.empty && p.plain(s) {
		return nil
	}
	o := lister.Object{Size: -1}
	var key []byte
	seen := element(0)
	for !t.empty {
		child, more, err := s.child(t)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		switch child.kind {
		case elementKey, elementLastModified, elementSize, elementStorageClass, elementETag, elementChecksumType, elementChecksumAlgorithm:
		default:
			if err := s.skip(&child, 2); err != nil {
				return err
			}
			continue
		}
		text, err := s.text(&child)
		if err != nil {
			return err
		}
		if seen&child.kind != 0 && child.kind != elementChecksumAlgorithm {
			return protocolf("<%s> comes twice in an object", child.raw)
		}
		seen |= child.kind
		switch child.kind {
		case elementKey:
			key = text
		case elementSize:
			o.Size, err = parseSize(text)
		case elementLastModified:
			o.Modified, err = parseTime(text)
		case elementStorageClass:
			o.StorageClass = storageClass(text)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case len(key) == 0:
		return protocolf("an object without a key")
	case o.Size < 0:
		return protocolf("an object without a size")
	}
	p.add(&o, key)
	return nil
}

// plain reads the rest of an object, and all that follow, as long as they are plain. It reports whether the first one was.
func (p *page) plain(s *scanner) bool {
	const start = "<Contents>"
	if s.cr {
		return false
	}
	some := false
	for {
		o, key, n := plainObject(s.b[s.i:])
		if n == 0 {
			if some {
				s.i -= len(start) // contents begins with the start tag read
			}
			return some
		}
		s.i += n
		p.add(&o, key)
		some = true
		if len(p.objects) == pageKeys || !s.at(start) {
			return true
		}
		s.i += len(start)
	}
}

// add appends an object whose key is as the answer has it.
func (p *page) add(o *lister.Object, key []byte) {
	p.objects = append(p.objects, *o)
	p.keys = append(p.keys, key...)
	p.ends = append(p.ends, len(p.keys))
}

// finish decodes the keys, and makes one string of them that all objects share.
func (p *page) finish() error {
	if p.seen&elementIsTruncated == 0 {
		return protocolf("IsTruncated is missing")
	}
	if p.encoded {
		if err := p.decodeKeys(); err != nil {
			return err
		}
	}
	all, start := string(p.keys), 0
	for i, end := range p.ends {
		p.objects[i].Key, start = all[start:end], end
	}
	return nil
}

// decodeKeys replaces the keys by what they stand for, in place.
func (p *page) decodeKeys() error {
	from, to := 0, 0
	for i, end := range p.ends {
		plain, ok := unescape(p.keys[from:end])
		if !ok {
			return protocolf("the key %q is not percent-encoded", clip(string(p.keys[from:end])))
		}
		from, to = end, to+copy(p.keys[to:], plain)
		p.ends[i] = to
	}
	p.keys = p.keys[:to]
	return nil
}

// check holds a page against the request that it answers.
func (p *page) check(bucket string, r request) error {
	if p.name != bucket && p.name != "" && isPlainBucket(bucket) {
		return protocolf("it is for the bucket %q", clip(p.name))
	}
	if !p.isFor(r.prefix) {
		return protocolf("it is for the prefix %q", clip(p.prefix))
	}
	if len(p.objects) > r.maxKeys {
		return protocolf("it holds %d keys where %d were asked for", len(p.objects), r.maxKeys)
	}
	if p.keyCount >= 0 && p.keyCount != len(p.objects) {
		return protocolf("it holds %d keys and says %d", len(p.objects), p.keyCount)
	}
	last := r.after
	for i := range p.objects {
		key := p.objects[i].Key
		if !strings.HasPrefix(key, r.prefix) {
			return protocolf("the key %q is outside the prefix", clip(key))
		}
		if len(key) > maxKeyBytes {
			return protocolf("a key of %d bytes", len(key))
		}
		if r.ordered && key <= last {
			return errOrder
		}
		last = key
	}
	if !r.ordered {
		return p.distinct()
	}
	return nil
}

// isFor reports whether the prefix that the page names, if it does, is the one given. Some servers encode the keys alone.
func (p *page) isFor(prefix string) bool {
	if p.prefix == "" || p.prefix == prefix {
		return true
	}
	plain, ok := unescape([]byte(p.prefix))
	return p.encoded && ok && string(plain) == prefix
}

// isPlainBucket reports whether the name is a bucket's own, which answers repeat, and not an access point's ARN or alias.
func isPlainBucket(name string) bool {
	for _, suffix := range [...]string{"-s3alias", "--ol-s3", "--op-s3", "--xa-s3", ".mrap"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return !strings.HasPrefix(name, "arn:")
}

// distinct refuses a page of keys in no order that has one twice.
func (p *page) distinct() error {
	keys := make(map[string]struct{}, len(p.objects))
	for i := range p.objects {
		keys[p.objects[i].Key] = struct{}{}
	}
	if len(keys) != len(p.objects) {
		return protocolf("it holds a key twice")
	}
	return nil
}

const (
	// maxKeyBytes is more than S3 allows (1,024), for servers that allow more.
	maxKeyBytes = 4096
	// maxTokenBytes bounds a continuation token.
	maxTokenBytes = 8 << 10
)

// errOrder tells that keys do not ascend from start-after: the server ignores it, or does not sort.
var errOrder = errors.New("keys do not ascend from start-after")
