package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// json tells whether start, which begins with a brace or a bracket, is JSON, and how it lies on lines.
func (f *Finding) json(start []byte, lines [][]byte, whole bool) bool {
	valid, bad, first := 0, 0, false
	var objects [][]byte
	for _, line := range lines {
		switch line = bytes.TrimSpace(line); {
		case len(line) == 0:
		case (line[0] == '{' || line[0] == '[') && json.Valid(line):
			first = first || valid+bad == 0
			if valid++; line[0] == '{' {
				objects = append(objects, line)
			}
		default:
			bad++
		}
	}
	array := start[0] == '['
	if first && valid > 9*bad && !(array && valid == 1) {
		f.Format, f.Layout, f.Records, f.Bad, f.Confidence = JSON, Lines, valid+bad, bad, Certain
		if valid == 1 || bad > 0 {
			f.Confidence = Likely
		}
		f.nameLines(objects)
		return true
	}
	n, spans, err := values(start)
	cut := errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !cut || n == 0 && len(start) < 32 {
		return false // an opening brace and a few bytes: JSON begins so, and so does much else
	}
	f.Format, f.Records, f.Spans, f.Confidence = JSON, n, spans, Likely
	if n > 1 || !cut {
		f.Confidence = Certain
	}
	switch {
	case array && n <= 1:
		f.Layout = Array
	case spans:
		f.Layout = MultiLine
	case n > 1:
		f.Layout = Concatenated
	}
	switch {
	case cut && whole:
		f.Bad, f.Reason = 1, "the last value does not end"
	case cut && n == 0:
		f.Reason = "a value is longer than the sample"
	}
	f.nameObjects(start)
	return true
}

// values counts the objects and arrays that follow each other in text to its end, and tells whether one of them goes over
// several lines. The error is io.ErrUnexpectedEOF where text ends within the last, which may count for that. The standard
// library's decoder checks every byte, and nests no deeper than 10,000.
func values(text []byte) (n int, spans bool, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		rest := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n")
		if len(rest) == 0 || n == maxLines {
			return n, spans, nil
		}
		if rest[0] != '{' && rest[0] != '[' {
			return n, spans, errors.New("no object and no array")
		}
		var skip skipped
		if err := d.Decode(&skip); err != nil {
			return n, spans || bytes.ContainsAny(rest, "\r\n"), err
		}
		size := len(rest) - (len(text) - int(d.InputOffset()))
		spans = spans || bytes.ContainsAny(rest[:size], "\r\n")
		n++
	}
}

// skipped is a value of which nothing is kept.
type skipped struct{}

func (*skipped) UnmarshalJSON([]byte) error { return nil }

// maxTokens bounds the names that are read to find the different ones: reading one allocates some 200 bytes.
const maxTokens = 4000

// nameLines collects the top-level names of the objects on lines, each of which json.Valid has accepted: of the first
// thousand, which show what a schema is.
func (f *Finding) nameLines(objects [][]byte) {
	const enough = 1000
	seen := map[string]bool{}
	for _, object := range objects[:min(len(objects), enough)] {
		EachMember(object, func(name, _ []byte) { f.addName(name, seen) })
	}
}

// nameObjects does the same for objects that follow each other, or that an array holds.
func (f *Finding) nameObjects(start []byte) {
	seen, tokens := map[string]bool{}, maxTokens
	d := json.NewDecoder(bytes.NewReader(start))
	if f.Layout == Array {
		if _, err := d.Token(); err != nil {
			return
		}
	}
	for d.More() && f.nameObject(d, seen, &tokens) {
	}
}

// nameObject reads one object and tells whether it ended.
func (f *Finding) nameObject(d *json.Decoder, seen map[string]bool, tokens *int) bool {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for d.More() {
		name, err := d.Token()
		if *tokens--; err != nil || *tokens < 0 {
			return false
		}
		var skip skipped
		if err := d.Decode(&skip); err != nil {
			return false
		}
		if s, ok := name.(string); ok {
			f.addName([]byte(s), seen)
		}
	}
	_, err := d.Token()
	return err == nil
}
