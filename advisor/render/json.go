package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"s3layout/advisor"
)

// JSON writes the report document: indented, one document, a newline at its end. Characters that do not print are
// escaped, so that a key cannot steer a terminal.
func JSON(w io.Writer, r *advisor.Report, _ Options) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	_, err = w.Write(append(escapeUnprintable(b), '\n'))
	return err
}

// escapeUnprintable writes every character that is not ASCII and does not print as \uXXXX, and breaks what a log of CI takes
// for a command. json has escaped C0.
func escapeUnprintable(b []byte) []byte {
	if bytes.Contains(b, []byte("##")) { // nowhere but in a string
		b = bytes.ReplaceAll(b, []byte("##["), []byte(`#\u0023[`))
		b = bytes.ReplaceAll(b, []byte("##vso["), []byte(`#\u0023vso[`))
	}
	out := make([]byte, 0, len(b)+len(b)/16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n' || 0x20 <= r && r < 0x7f || r >= 0x80 && unicode.IsPrint(r):
			out = append(out, b[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}
