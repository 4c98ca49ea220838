package predicate

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the backslashes of a string literal: \uXXXX, \UXXXXXXXX, \ooo, and the letters below; \% and \_ stay as
// they are, for LIKE; before anything else the backslash is dropped.
// Source: Spark SparkParserUtils.unescapeSQLString (3.5).
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		if r, size := numericEscape(s[i+1:]); size > 0 {
			i += size
			if low, lowSize := numericEscape(strings.TrimPrefix(s[i+1:], `\`)); utf16.IsSurrogate(r) && lowSize == 5 && s[i+1] == '\\' {
				r, i = utf16.DecodeRune(r, low), i+1+lowSize
			}
			out.WriteRune(r)
			continue
		}
		i++
		out.WriteString(plainEscape(s[i]))
	}
	return out.String()
}

// numericEscape reads what follows a backslash as a code point, and returns how many bytes that took, or 0.
func numericEscape(s string) (rune, int) {
	switch {
	case len(s) >= 5 && s[0] == 'u':
		return numericRune(s[1:5], 16, 5)
	case len(s) >= 9 && s[0] == 'U':
		return numericRune(s[1:9], 16, 9)
	case len(s) >= 3 && (s[0] == '0' || s[0] == '1'):
		return numericRune(s[:3], 8, 3)
	}
	return 0, 0
}

func numericRune(digits string, base, size int) (rune, int) {
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, 0
	}
	return rune(n), size
}

func plainEscape(c byte) string {
	switch c {
	case '0':
		return "\x00"
	case 'b':
		return "\b"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case 'Z':
		return "\x1a"
	case '%', '_':
		return `\` + string(rune(c))
	}
	return string([]byte{c})
}
