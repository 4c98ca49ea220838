package s3

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	sayTrunc  bool   // whether the answer says
	encoded   bool   // keys were percent-encoded by the server
	arena     []byte // bytes of all keys
	spans     []int  // where each key starts in the arena
	body      []byte // the answer as it came
}

// A ProtocolError is an answer that is not a listing page, whatever its status says. It counts as transient: a proxy
// may have answered in the server's place.
type ProtocolError struct{ Reason string }

func (e *ProtocolError) Error() string { return "the answer is not a listing page: " + e.Reason }

func protocolf(format string, args ...any) error { return &ProtocolError{fmt.Sprintf(format, args...)} }

// decodePage reads the XML of a ListObjectsV2 answer. The page is a full document or an error: nothing of a page that
// ends early counts. p is reset first, its buffers used again; the strings of the objects are new.
func decodePage(body []byte, p *page) error {
	*p = page{objects: p.objects[:0], arena: p.arena[:0], spans: p.spans[:0], body: p.body, keyCount: -1}
	s := scanner{rest: body}
	if err := s.prolog(); err != nil {
		return err
	}
	name, empty, err := s.open()
	switch {
	case err != nil:
		return err
	case name == "Error":
		return protocolf("status 200 with an Error document")
	case name != "ListBucketResult":
		return protocolf("root element %q", clip(name))
	case empty:
		return protocolf("an empty document")
	}
	if err := s.children("ListBucketResult", func(name string, empty bool) error { return p.field(&s, name, empty) }); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return p.finish()
}

func (p *page) field(s *scanner, name string, empty bool) error {
	if empty {
		return nil
	}
	if name == "Contents" {
		return p.contents(s)
	}
	switch name {
	case "Name", "Prefix", "NextContinuationToken", "IsTruncated", "KeyCount", "EncodingType":
	default:
		return s.skip(name, 1)
	}
	text, err := s.text(name)
	if err != nil {
		return err
	}
	switch name {
	case "Name":
		p.name = string(text)
	case "Prefix":
		p.prefix = string(text)
	case "NextContinuationToken":
		p.token = string(text)
	case "IsTruncated":
		p.sayTrunc = true
		if p.truncated = string(text) == "true"; !p.truncated && string(text) != "false" {
			return protocolf("IsTruncated is %q", clip(string(text)))
		}
	case "KeyCount":
		if p.keyCount, err = strconv.Atoi(string(text)); err != nil || p.keyCount < 0 {
			return protocolf("KeyCount is %q", clip(string(text)))
		}
	case "EncodingType":
		p.encoded = string(text) == "url"
	}
	return nil
}

func (p *page) contents(s *scanner) error {
	o := lister.Object{Size: -1}
	start := len(p.arena)
	hasKey := false
	err := s.children("Contents", func(name string, empty bool) error {
		if empty {
			hasKey = hasKey || name == "Key"
			return nil
		}
		switch name {
		case "Key", "Size", "LastModified", "StorageClass":
		default:
			return s.skip(name, 2)
		}
		text, err := s.text(name)
		if err != nil {
			return err
		}
		switch name {
		case "Key":
			hasKey = true
			p.arena = append(p.arena, text...)
		case "Size":
			o.Size, err = parseSize(text)
		case "LastModified":
			o.Modified, err = parseTime(text)
		case "StorageClass":
			o.StorageClass = storageClass(text)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !hasKey:
		return protocolf("an object without a key")
	case o.Size < 0:
		return protocolf("an object without a size")
	}
	p.objects = append(p.objects, o)
	p.spans = append(p.spans, start)
	return nil
}

// finish decodes the keys and turns the arena into one string that they all share.
func (p *page) finish() error {
	if !p.sayTrunc {
		return protocolf("IsTruncated is missing")
	}
	if len(p.objects) == 0 {
		return p.decodePrefix()
	}
	ends := append(p.spans[1:len(p.spans):len(p.spans)], len(p.arena))
	if p.encoded {
		if err := p.unescape(ends); err != nil {
			return err
		}
	}
	keys := string(p.arena)
	for i := range p.objects {
		p.objects[i].Key = keys[p.spans[i]:ends[i]]
	}
	return nil
}

// unescape decodes every key in place: what is decoded is never longer.
func (p *page) unescape(ends []int) error {
	out := p.arena[:0]
	for i := range p.objects {
		raw := p.arena[p.spans[i]:ends[i]]
		p.spans[i] = len(out)
		var ok bool
		if out, ok = appendUnescaped(out, raw); !ok {
			return protocolf("the key %q is not percent-encoded", clip(string(raw)))
		}
		ends[i] = len(out)
	}
	p.arena = out
	return p.decodePrefix()
}

func (p *page) decodePrefix() error {
	if !p.encoded {
		return nil
	}
	prefix, ok := appendUnescaped(nil, []byte(p.prefix))
	if !ok {
		return protocolf("the prefix %q is not percent-encoded", clip(p.prefix))
	}
	p.prefix = string(prefix)
	return nil
}

// appendUnescaped decodes %XX, and + as a space: S3 spells a space as +, and a plus sign as %2B.
func appendUnescaped(dst, raw []byte) ([]byte, bool) {
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '+':
			dst = append(dst, ' ')
		case '%':
			if i+2 >= len(raw) {
				return dst, false
			}
			hi, lo := unhex(raw[i+1]), unhex(raw[i+2])
			if hi|lo > 15 {
				return dst, false
			}
			dst = append(dst, hi<<4|lo)
			i += 2
		default:
			dst = append(dst, raw[i])
		}
	}
	return dst, true
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

func parseSize(text []byte) (int64, error) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 {
		return 0, protocolf("Size is %q", clip(string(text)))
	}
	return n, nil
}

// parseTime reads an RFC 3339 time with any number of digits after the second; the usual form without a detour.
func parseTime(text []byte) (time.Time, error) {
	if t, ok := parseUTC(text); ok {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return t, protocolf("LastModified is %q", clip(string(text)))
	}
	return t.UTC(), nil
}

func parseUTC(b []byte) (time.Time, bool) {
	if len(b) < 20 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return time.Time{}, false
	}
	year, ok1 := number(b[0:4])
	month, ok2 := number(b[5:7])
	day, ok3 := number(b[8:10])
	hour, ok4 := number(b[11:13])
	minute, ok5 := number(b[14:16])
	second, ok6 := number(b[17:19])
	nano := 0
	ok7 := true
	if fraction := b[19 : len(b)-1]; len(fraction) > 0 {
		if fraction[0] != '.' || len(fraction) < 2 || len(fraction) > 10 {
			return time.Time{}, false
		}
		nano, ok7 = number(fraction[1:])
		for range 10 - len(fraction) {
			nano *= 10
		}
	}
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	return t, t.Day() == day
}

func number(digits []byte) (int, bool) {
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// storageClass returns the class as a string that needs no memory of its own, where it is a known one.
func storageClass(text []byte) string {
	switch string(text) {
	case "STANDARD":
		return "STANDARD"
	case "STANDARD_IA":
		return "STANDARD_IA"
	case "INTELLIGENT_TIERING":
		return "INTELLIGENT_TIERING"
	case "ONEZONE_IA":
		return "ONEZONE_IA"
	case "GLACIER":
		return "GLACIER"
	case "GLACIER_IR":
		return "GLACIER_IR"
	case "DEEP_ARCHIVE":
		return "DEEP_ARCHIVE"
	case "REDUCED_REDUNDANCY":
		return "REDUCED_REDUNDANCY"
	case "EXPRESS_ONEZONE":
		return "EXPRESS_ONEZONE"
	}
	return string(text)
}

// scanner reads the subset of XML that listings are written in: elements, text, the five named entities and character
// references, comments and a prolog. It knows no DTD and no other entity: a document with one is refused.
type scanner struct {
	rest  []byte
	spare []byte // text after its entities were resolved
}

const maxDepth = 16

var errEarlyEnd = protocolf("it ends early")

// prolog skips the byte order mark, the XML declaration, comments and space.
func (s *scanner) prolog() error {
	s.rest = bytes.TrimPrefix(s.rest, []byte("\xef\xbb\xbf"))
	for {
		s.rest = bytes.TrimLeft(s.rest, " \t\r\n")
		switch {
		case len(s.rest) == 0:
			return protocolf("an empty body")
		case bytes.HasPrefix(s.rest, []byte("<?")):
			if err := s.after("?>"); err != nil {
				return err
			}
		case bytes.HasPrefix(s.rest, []byte("<!--")):
			if err := s.after("-->"); err != nil {
				return err
			}
		case s.rest[0] != '<':
			return protocolf("it is not XML")
		case bytes.HasPrefix(s.rest, []byte("<!")):
			return protocolf("it declares a document type")
		default:
			return nil
		}
	}
}

func (s *scanner) after(mark string) error {
	at := bytes.Index(s.rest, []byte(mark))
	if at < 0 {
		return errEarlyEnd
	}
	s.rest = s.rest[at+len(mark):]
	return nil
}

// open reads a start tag; empty reports <Name/>. The rest must start at '<'.
func (s *scanner) open() (name string, empty bool, err error) {
	at := bytes.IndexByte(s.rest, '>')
	if at < 0 {
		return "", false, errEarlyEnd
	}
	tag := s.rest[1:at]
	s.rest = s.rest[at+1:]
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		tag, empty = tag[:n-1], true
	}
	if space := bytes.IndexAny(tag, " \t\r\n"); space >= 0 {
		tag = tag[:space]
	}
	if colon := bytes.IndexByte(tag, ':'); colon >= 0 {
		tag = tag[colon+1:]
	}
	if len(tag) == 0 || bytes.ContainsAny(tag, "<!?/&\"'") {
		return "", false, protocolf("a malformed tag")
	}
	return tagName(tag), empty, nil
}

// tagName returns the tag as a string that needs no memory of its own, where it is a known one.
func tagName(tag []byte) string {
	switch string(tag) {
	case "Contents":
		return "Contents"
	case "Key":
		return "Key"
	case "LastModified":
		return "LastModified"
	case "ETag":
		return "ETag"
	case "Size":
		return "Size"
	case "StorageClass":
		return "StorageClass"
	}
	return string(tag)
}

// children calls fn for each element up to the closing tag of name. fn must consume the element.
func (s *scanner) children(name string, fn func(name string, empty bool) error) error {
	for {
		at := bytes.IndexByte(s.rest, '<')
		if at < 0 {
			return errEarlyEnd
		}
		s.rest = s.rest[at:]
		if len(s.rest) < 2 {
			return errEarlyEnd
		}
		switch s.rest[1] {
		case '/':
			return s.close(name)
		case '!':
			if !bytes.HasPrefix(s.rest, []byte("<!--")) {
				return protocolf("a declaration inside")
			}
			if err := s.after("-->"); err != nil {
				return err
			}
			continue
		}
		child, empty, err := s.open()
		if err != nil {
			return err
		}
		if err := fn(child, empty); err != nil {
			return err
		}
	}
}

// close consumes </name>; the rest must start with "</".
func (s *scanner) close(name string) error {
	at := bytes.IndexByte(s.rest, '>')
	if at < 0 {
		return errEarlyEnd
	}
	tag := s.rest[2:at]
	s.rest = s.rest[at+1:]
	if string(tag) == name {
		return nil
	}
	tag = bytes.TrimRight(tag, " \t\r\n")
	if colon := bytes.IndexByte(tag, ':'); colon >= 0 {
		tag = tag[colon+1:]
	}
	if string(tag) != name {
		return protocolf("<%s> is closed by </%s>", clip(name), clip(string(tag)))
	}
	return nil
}

// text reads the content of a leaf element and its closing tag. The result is valid until the next call.
func (s *scanner) text(name string) ([]byte, error) {
	at := bytes.IndexByte(s.rest, '<')
	if at < 0 || at+1 >= len(s.rest) {
		return nil, errEarlyEnd
	}
	raw := s.rest[:at]
	s.rest = s.rest[at:]
	if s.rest[1] != '/' {
		return nil, protocolf("<%s> holds more than text", clip(name))
	}
	if err := s.close(name); err != nil {
		return nil, err
	}
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw, nil
	}
	return s.resolve(raw)
}

// resolve replaces entities, and line ends the way XML does.
func (s *scanner) resolve(raw []byte) ([]byte, error) {
	out := s.spare[:0]
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\r':
			out = append(out, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case c != '&':
			out = append(out, c)
		default:
			semi := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
			if semi < 0 {
				return nil, protocolf("an entity without an end")
			}
			r, ok := entity(string(raw[i+1 : i+semi]))
			if !ok {
				return nil, protocolf("an unknown entity")
			}
			out = utf8.AppendRune(out, r)
			i += semi
		}
	}
	s.spare = out
	return out, nil
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isRef := strings.CutPrefix(name, "#")
	if !isRef {
		return 0, false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && n > 0 && utf8.ValidRune(rune(n))
}

// skip consumes an element that the decoder does not know, at most maxDepth deep.
func (s *scanner) skip(name string, depth int) error {
	if depth > maxDepth {
		return protocolf("it is nested too deep")
	}
	return s.children(name, func(child string, empty bool) error {
		if empty {
			return nil
		}
		return s.skip(child, depth+1)
	})
}

// end accepts space and comments after the root, and nothing else.
func (s *scanner) end() error {
	for {
		s.rest = bytes.TrimLeft(s.rest, " \t\r\n\x00")
		if len(s.rest) == 0 {
			return nil
		}
		if !bytes.HasPrefix(s.rest, []byte("<!--")) {
			return protocolf("more follows the root element")
		}
		if err := s.after("-->"); err != nil {
			return err
		}
	}
}

func clip(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}

// check holds a page against the request that it answers.
func (p *page) check(prefix, after string, maxKeys int, ordered bool) error {
	if p.prefix != prefix && p.prefix != "" {
		return protocolf("it is for the prefix %q", clip(p.prefix))
	}
	if len(p.objects) > maxKeys {
		return protocolf("it holds %d keys where %d were asked for", len(p.objects), maxKeys)
	}
	if p.keyCount >= 0 && p.keyCount != len(p.objects) {
		return protocolf("it holds %d keys and says %d", len(p.objects), p.keyCount)
	}
	last := after
	for i := range p.objects {
		key := p.objects[i].Key
		if !strings.HasPrefix(key, prefix) {
			return protocolf("the key %q is outside the prefix", clip(key))
		}
		if len(key) > maxKeyBytes {
			return protocolf("a key of %d bytes", len(key))
		}
		if ordered && (key < last || key == last && (i > 0 || after != "")) {
			return errOrder
		}
		last = key
	}
	return nil
}

// maxKeyBytes is more than S3 allows (1,024), for servers that allow more.
const maxKeyBytes = 4096

// errOrder tells that keys do not ascend from start-after: the server ignores it, or does not sort.
var errOrder = errors.New("keys do not ascend from start-after")
