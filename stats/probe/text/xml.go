package text

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// maxDepth is how deep elements may nest, and maxElements how many are looked at. The decoder keeps all attributes of an
// element, at 50 bytes a byte, which xmlSample bounds.
const (
	xmlSample   = 32 << 10
	maxDepth    = 16
	maxElements = 5000
)

var errUnopened = errors.New("an element ends that did not begin")

// xml tells whether start, which begins with <, is XML. Document type declarations, and with them entities, are not
// followed.
func (f *Finding) xml(start []byte, whole bool) bool {
	if len(start) > xmlSample {
		start, whole = start[:xmlSample], false
	}
	d := xml.NewDecoder(bytes.NewReader(start))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // bytes stand for themselves: names are ASCII, nearly always
	depth, elements, rows := 0, 0, 0
	var row xml.Name
	rowStart := int64(0)
	for {
		before := d.InputOffset()
		token, err := d.RawToken()
		if err != nil {
			return f.endXML(err, elements, rows, depth, whole)
		}
		switch token := token.(type) {
		case xml.Directive:
			if bytes.HasPrefix(bytes.ToLower(token), []byte("doctype html")) {
				return false
			}
			f.Reason = "it declares a document type"
		case xml.StartElement:
			if elements++; elements == 1 && token.Name.Local == "html" {
				return false
			}
			if depth++; depth == 2 {
				rowStart = before
				if rows == 0 {
					row = token.Name
				}
			}
			if elements == maxElements {
				return f.endXML(io.EOF, elements, rows, 0, whole)
			}
			if depth > maxDepth {
				f.Format, f.Confidence, f.Reason = XML, Likely, "elements nest deeper than 16"
				return true
			}
		case xml.EndElement:
			if depth == 2 && token.Name == row {
				if rows++; rows > 1 {
					f.RowTag = row.Local
				}
				f.Spans = f.Spans || bytes.ContainsAny(start[rowStart:d.InputOffset()], "\r\n")
			}
			if depth--; depth < 0 {
				return f.endXML(errUnopened, elements, rows, depth, whole)
			}
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(token)) > 0 {
				return false
			}
		}
	}
}

// endXML judges what was read before err. RawToken does not match end elements with their starts, which is enough here.
func (f *Finding) endXML(err error, elements, rows, depth int, whole bool) bool {
	var syntax *xml.SyntaxError
	cut := err == io.EOF && depth != 0 || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF"
	if elements > 0 && f.Reason != "" && !cut && err != io.EOF {
		f.Format, f.Confidence = XML, Likely // entities of its own, as a rule
		return true
	}
	if elements == 0 || err != io.EOF && !cut || cut && whole {
		f.RowTag, f.Spans, f.Reason = "", false, ""
		return false
	}
	if len(f.RowTag) > maxName {
		f.RowTag = ""
	}
	f.Format, f.Records, f.Confidence = XML, rows, Likely
	if rows > 1 || err == io.EOF && depth == 0 {
		f.Confidence = Certain
	}
	return true
}
