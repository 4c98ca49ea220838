package text

import (
	"bytes"
	"encoding/json"
)

// JSONText is the string that a value of such JSON stands for; "" where it is none.
func JSONText(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// EachMember walks JSON that json.Valid has accepted, and builds none of it, as EachElement does: it calls each for every member of an object, and for none of another value.
func EachMember(text []byte, each func(key, value []byte)) {
	eachPart(text, '{', func(part, rest []byte) []byte {
		key := part[1 : len(part)-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(JSONText(part))
		}
		rest = bytes.TrimLeft(rest, jsonSpace+":")
		n := valueLength(rest)
		each(key, rest[:n])
		return rest[n:]
	})
}

// EachElement calls each for every element of an array, and for none of another value.
func EachElement(text []byte, each func(value []byte)) {
	eachPart(text, '[', func(part, rest []byte) []byte {
		each(part)
		return rest
	})
}

const jsonSpace = " \t\r\n"

// eachPart calls next with each value that a comma or the bracket ends, and with what follows; next returns the rest.
func eachPart(text []byte, bracket byte, next func(part, rest []byte) []byte) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] != bracket {
		return
	}
	text = text[1 : len(text)-1]
	for {
		text = bytes.TrimLeft(text, jsonSpace+",")
		if len(text) == 0 {
			return
		}
		n := valueLength(text)
		text = next(text[:n], text[n:])
	}
}

// valueLength is the length of the value that text begins with.
func valueLength(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(text)
}

// stringLength is the length of the string that text begins with, both quotes counted.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
