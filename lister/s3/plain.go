package s3

import (
	"bytes"

	"s3layout/lister"
)

// plainObject reads the rest of a Contents behind its start tag, where it is written as servers write nearly all of them:
// known elements, each once, in any order, and nothing else; no attribute, no space, no entity but the quotes of an ETag, no
// carriage return anywhere in the document. n is the length of that, end tag included; it is 0 for everything else, which
// page.contents then reads from the beginning. So this decides nothing: whatever it takes, contents would take as well, and
// in several times the time.
func plainObject(b []byte) (o lister.Object, key []byte, n int) {
	seen := element(0)
	for len(b)-n >= len("</Contents>") {
		rest := b[n:]
		var kind element
		var text []byte
		var size int
		ok := true
		switch rest[1] {
		case 'K':
			kind = elementKey
			key, size = between(rest, "<Key>", "</Key>")
			ok = bytes.IndexByte(key, '&') < 0
		case 'L':
			kind = elementLastModified
			text, size = between(rest, "<LastModified>", "</LastModified>")
			o.Modified, ok = parseUTC(text)
		case 'E':
			kind = elementETag
			text, size = between(rest, "<ETag>", "</ETag>")
			ok = isPlainETag(text)
		case 'S':
			kind = elementSize
			var value int
			if text, size = between(rest, "<Size>", "</Size>"); size > 0 {
				value, ok = number(text)
				ok = ok && 0 < len(text) && len(text) <= 18
				o.Size = int64(value)
				break
			}
			kind = elementStorageClass
			text, size = between(rest, "<StorageClass>", "</StorageClass>")
			o.StorageClass = storageClass(text)
			ok = bytes.IndexByte(text, '&') < 0
		case 'C':
			kind = elementChecksumAlgorithm
			if text, size = between(rest, "<ChecksumAlgorithm>", "</ChecksumAlgorithm>"); size == 0 {
				kind = elementChecksumType
				text, size = between(rest, "<ChecksumType>", "</ChecksumType>")
			}
			ok = bytes.IndexByte(text, '&') < 0
		case '/':
			if string(rest[:len("</Contents>")]) != "</Contents>" || len(key) == 0 || seen&elementSize == 0 {
				return o, nil, 0
			}
			return o, key, n + len("</Contents>")
		}
		if !ok || size == 0 || seen&kind != 0 {
			return o, nil, 0
		}
		seen |= kind
		n += size
	}
	return o, nil, 0
}

// between returns the text between a start tag that b begins with and its end tag, and the length of all three; 0 where
// there is no such element, or more than text in it.
func between(b []byte, start, end string) (text []byte, n int) {
	if len(b) < len(start) || string(b[:len(start)]) != start {
		return nil, 0
	}
	at := bytes.IndexByte(b[len(start):], '<')
	if at < 0 {
		return nil, 0
	}
	at += len(start)
	if len(b)-at < len(end) || string(b[at:at+len(end)]) != end {
		return nil, 0
	}
	return b[len(start):at], at + len(end)
}

// isPlainETag reports whether text is without entities, but for quotes around it.
func isPlainETag(text []byte) bool {
	const quote = "&quot;"
	if len(text) >= 2*len(quote) && string(text[:len(quote)]) == quote && string(text[len(text)-len(quote):]) == quote {
		text = text[len(quote) : len(text)-len(quote)]
	}
	return bytes.IndexByte(text, '&') < 0
}
