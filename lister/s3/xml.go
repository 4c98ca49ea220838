package s3

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner reads the subset of XML that listings are written in: elements, text, the five named entities and character
// references, comments, a declaration. Everything else is refused: a document type, CDATA, processing instructions, text
// between elements, and whatever encoding/xml refuses. The one thing it takes that encoding/xml does not is a character
// that XML has no room for (a control character, a byte that is no UTF-8): keys may hold any, and servers write them.
type scanner struct {
	b  []byte // the document; text is resolved in place
	i  int    // where to read on
	cr bool   // there are carriage returns in it
}

// tag is a start tag. kind is element's number for its local name; raw is the name as written, prefix and all.
type tag struct {
	raw   []byte
	kind  element
	empty bool // <Name/>
}

const maxDepth = 16

var errEarlyEnd = protocolf("it ends early")

// root skips everything before the root element, and reads its start tag.
func (s *scanner) root() (tag, error) {
	s.b = bytes.TrimPrefix(s.b, []byte("\xef\xbb\xbf"))
	s.cr = bytes.IndexByte(s.b, '\r') >= 0
	if bytes.Contains(s.b, []byte("]]>")) {
		return tag{}, protocolf("it holds ]]>")
	}
	for {
		s.space()
		switch {
		case s.i == len(s.b):
			return tag{}, protocolf("an empty body")
		case s.b[s.i] != '<':
			return tag{}, protocolf("it is not XML")
		case s.at("<?xml"):
			if err := s.declaration(); err != nil {
				return tag{}, err
			}
		case s.at("<!--"):
			if err := s.comment(); err != nil {
				return tag{}, err
			}
		case s.at("<!"):
			return tag{}, protocolf("it declares a document type")
		default:
			return s.open()
		}
	}
}

// end accepts space and comments after the root, and nothing else.
func (s *scanner) end() error {
	for {
		s.space()
		if s.i == len(s.b) {
			return nil
		}
		if !s.at("<!--") {
			return protocolf("more follows the root element")
		}
		if err := s.comment(); err != nil {
			return err
		}
	}
}

func (s *scanner) at(mark string) bool {
	return len(s.b)-s.i >= len(mark) && string(s.b[s.i:s.i+len(mark)]) == mark
}

func (s *scanner) space() {
	for s.i < len(s.b) && isSpace(s.b[s.i]) {
		s.i++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// comment consumes a comment, which holds no "--" before its end.
func (s *scanner) comment() error {
	at := bytes.Index(s.b[s.i+4:], []byte("--"))
	if at < 0 || s.i+4+at+2 >= len(s.b) {
		return errEarlyEnd
	}
	s.i += 4 + at + 3
	if s.b[s.i-1] != '>' {
		return protocolf("a comment with -- inside")
	}
	return nil
}

// declaration consumes <?xml version="1.0" encoding="UTF-8"?>.
func (s *scanner) declaration() error {
	s.i += len("<?xml")
	for {
		name, value, err := s.attribute()
		switch {
		case err != nil:
			return err
		case name == nil && s.at("?>"):
			s.i += len("?>")
			return nil
		case name == nil:
			return protocolf("a malformed declaration")
		}
		known := false
		switch string(name) {
		case "version":
			known = string(value) == "1.0"
		case "encoding":
			known = strings.EqualFold(string(value), "utf-8")
		case "standalone":
			known = string(value) == "yes" || string(value) == "no"
		}
		if !known {
			return protocolf("it is declared as XML of %s %q", clip(string(name)), clip(string(value)))
		}
	}
}

// attribute reads space and name="value". The name is nil where something else follows.
func (s *scanner) attribute() (name, value []byte, err error) {
	start := s.i
	s.space()
	if s.i == len(s.b) {
		return nil, nil, errEarlyEnd
	}
	if name = s.name(); name == nil {
		return nil, nil, nil
	}
	if s.i-len(name) == start {
		return nil, nil, protocolf("a malformed tag")
	}
	s.space()
	if !s.at("=") {
		return nil, nil, protocolf("an attribute without a value")
	}
	s.i++
	s.space()
	if !s.at(`"`) && !s.at("'") {
		return nil, nil, protocolf("an attribute without quotes")
	}
	quote := s.b[s.i]
	n := bytes.IndexByte(s.b[s.i+1:], quote)
	if n < 0 {
		return nil, nil, errEarlyEnd
	}
	value = s.b[s.i+1 : s.i+1+n]
	s.i += n + 2
	if bytes.IndexByte(value, '<') >= 0 {
		return nil, nil, protocolf("an attribute with < inside")
	}
	value, err = s.resolve(value)
	return name, value, err
}

// nameByte marks what a name may hold. Listings need no letters but ASCII.
var nameByte = func() (set [256]bool) {
	for c := range set {
		c := byte(c)
		set[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == ':'
	}
	return set
}()

// name reads a name, nil where there is none.
func (s *scanner) name() []byte {
	start := s.i
	for s.i < len(s.b) && nameByte[s.b[s.i]] {
		s.i++
	}
	if s.i == start || s.b[start] < 'A' {
		s.i = start
		return nil
	}
	return s.b[start:s.i]
}

// open reads a start tag, where the scanner is at its '<'.
func (s *scanner) open() (tag, error) {
	s.i++
	name := s.name()
	if name == nil {
		if s.i == len(s.b) {
			return tag{}, errEarlyEnd
		}
		return tag{}, protocolf("a malformed tag")
	}
	t := tag{raw: name, kind: elementOf(name)}
	if s.i < len(s.b) && s.b[s.i] == '>' {
		s.i++
		if t.kind == elementOther {
			return t, t.resolveName()
		}
		return t, nil
	}
	if err := t.resolveName(); err != nil {
		return t, err
	}
	for {
		name, _, err := s.attribute()
		if err != nil {
			return t, err
		}
		if name == nil {
			break
		}
	}
	if s.at("/") {
		t.empty = true
		s.i++
	}
	if s.i == len(s.b) {
		return t, errEarlyEnd
	}
	if s.b[s.i] != '>' {
		return t, protocolf("a malformed tag")
	}
	s.i++
	return t, nil
}

// resolveName finds the kind of a name that is not among the known ones as it is written: with a prefix, or in another
// case. The latter is refused: other readers take <key> for <Key>, and a page must not depend on who reads it.
func (t *tag) resolveName() error {
	local := t.raw
	if colon := bytes.IndexByte(local, ':'); colon >= 0 {
		if local = local[colon+1:]; colon == 0 || len(local) == 0 || bytes.IndexByte(local, ':') >= 0 {
			return protocolf("a malformed name")
		}
		t.kind = elementOf(local)
	}
	if t.kind != elementOther {
		return nil
	}
	for _, known := range elements {
		if known != "" && strings.EqualFold(known, string(local)) {
			return protocolf("an element %q", clip(string(local)))
		}
	}
	return nil
}

// child reads the next start tag in parent, or parent's end tag, for which it returns false.
func (s *scanner) child(parent *tag) (tag, bool, error) {
	for {
		s.space()
		if s.i+1 >= len(s.b) {
			return tag{}, false, errEarlyEnd
		}
		if s.b[s.i] != '<' {
			return tag{}, false, protocolf("text between elements")
		}
		switch s.b[s.i+1] {
		case '/':
			return tag{}, false, s.close(parent)
		case '!':
			if err := s.inner(); err != nil {
				return tag{}, false, err
			}
		default:
			t, err := s.open()
			return t, err == nil, err
		}
	}
}

// inner consumes a comment inside the root; there is nothing else that begins with "<!".
func (s *scanner) inner() error {
	switch {
	case s.at("<!--"):
		return s.comment()
	case strings.HasPrefix("<!--", string(s.b[s.i:min(s.i+4, len(s.b))])):
		return errEarlyEnd
	}
	return protocolf("a declaration inside")
}

// close consumes the end tag of t, where the scanner is at its "</".
func (s *scanner) close(t *tag) error {
	end := s.i + 2 + len(t.raw)
	if end < len(s.b) && s.b[end] == '>' && string(s.b[s.i+2:end]) == string(t.raw) {
		s.i = end + 1
		return nil
	}
	s.i += 2
	name := s.name()
	if s.space(); s.i == len(s.b) {
		return errEarlyEnd
	}
	if string(name) != string(t.raw) || s.b[s.i] != '>' {
		return protocolf("<%s> is closed by </%s>", clip(string(t.raw)), clip(string(name)))
	}
	s.i++
	return nil
}

// text reads the content of an element that holds nothing else, and its end tag.
func (s *scanner) text(t *tag) ([]byte, error) {
	if t.empty {
		return nil, nil
	}
	n := bytes.IndexByte(s.b[s.i:], '<')
	if n < 0 || s.i+n+1 >= len(s.b) {
		return nil, errEarlyEnd
	}
	raw := s.b[s.i : s.i+n]
	s.i += n
	if s.b[s.i+1] != '/' {
		return nil, protocolf("<%s> holds more than text", clip(string(t.raw)))
	}
	if err := s.close(t); err != nil {
		return nil, err
	}
	return s.resolve(raw)
}

// skip consumes the content of an element that the decoder does not know, at most maxDepth deep.
func (s *scanner) skip(t *tag, depth int) error {
	if t.empty {
		return nil
	}
	if depth > maxDepth {
		return protocolf("it is nested too deep")
	}
	for {
		n := bytes.IndexByte(s.b[s.i:], '<')
		if n < 0 || s.i+n+1 >= len(s.b) {
			return errEarlyEnd
		}
		if _, err := s.resolve(s.b[s.i : s.i+n]); err != nil {
			return err
		}
		s.i += n
		child, more, err := s.child(t)
		if err != nil || !more {
			return err
		}
		if err := s.skip(&child, depth+1); err != nil {
			return err
		}
	}
}

// resolve replaces entities in place, and line ends the way XML does. What it returns is never longer.
func (s *scanner) resolve(raw []byte) ([]byte, error) {
	if s.cr {
		raw = lineEnds(raw)
	}
	at := bytes.IndexByte(raw, '&')
	if at < 0 {
		return raw, nil
	}
	out := raw[:at]
	for raw = raw[at:]; ; raw = raw[at:] {
		n := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if n < 0 {
			return nil, protocolf("an entity without an end")
		}
		r, ok := entity(raw[1:n])
		if !ok {
			return nil, protocolf("an unknown entity")
		}
		out = utf8.AppendRune(out, r)
		raw = raw[n+1:]
		if at = bytes.IndexByte(raw, '&'); at < 0 {
			return append(out, raw...), nil
		}
		out = append(out, raw[:at]...)
	}
}

// lineEnds turns \r\n and \r into \n, in place.
func lineEnds(raw []byte) []byte {
	out := raw[:0]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '\r' {
			c = '\n'
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		}
		out = append(out, c)
	}
	return out
}

// entity returns the character that a name between & and ; stands for.
func entity(name []byte) (rune, bool) {
	switch string(name) {
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
	digits, isRef := bytes.CutPrefix(name, []byte("#"))
	if !isRef {
		return 0, false
	}
	base := 10
	if hex, isHex := bytes.CutPrefix(digits, []byte("x")); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(string(digits), base, 21)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}

func clip(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}
