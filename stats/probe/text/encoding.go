package text

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how characters are spelled in bytes.
type Encoding string

// UTF8 includes ASCII. Latin1 is said of bytes that are no UTF-8 and have no controls among the upper half: of the many
// 8-bit encodings, ISO 8859-1 is the one that Java takes first. EightBit is said of the others.
const (
	UTF8     Encoding = "utf-8"
	UTF16LE  Encoding = "utf-16le"
	UTF16BE  Encoding = "utf-16be"
	UTF32LE  Encoding = "utf-32le"
	UTF32BE  Encoding = "utf-32be"
	Latin1   Encoding = "latin-1"
	EightBit Encoding = "8-bit"
)

var marks = []struct {
	bytes    string
	encoding Encoding
}{ // the longer mark before the one that it begins with
	{"\xff\xfe\x00\x00", UTF32LE}, {"\x00\x00\xfe\xff", UTF32BE}, {"\xef\xbb\xbf", UTF8}, {"\xff\xfe", UTF16LE}, {"\xfe\xff", UTF16BE},
}

// decode finds the encoding and returns the text, in UTF-8 where it was in wider units. It refuses what holds controls that
// no text has.
func (f *Finding) decode(plain []byte, whole bool) ([]byte, bool) {
	f.Encoding = UTF8
	for _, m := range marks {
		if bytes.HasPrefix(plain, []byte(m.bytes)) {
			f.Encoding, f.BOM = m.encoding, true
			plain = plain[len(m.bytes):]
			break
		}
	}
	if !f.BOM {
		f.Encoding = wide(plain)
	}
	switch f.Encoding {
	case UTF16LE, UTF16BE, UTF32LE, UTF32BE:
		plain = narrow(plain, f.Encoding)
	}
	invalid, controls, upper := count(plain, whole)
	if invalid > 0 {
		if f.BOM || invalid*10 > len(plain)*3 {
			return nil, false
		}
		f.Encoding = Latin1
		if upper > 0 {
			f.Encoding = EightBit
		}
	}
	return plain, controls == 0
}

// wide recognises UTF-16 and UTF-32 without a mark, by the zeros that characters of ASCII have there.
func wide(plain []byte) Encoding {
	sample := plain[:min(len(plain), 4096)&^3]
	var zeros [4]int
	for i, b := range sample {
		if b == 0 {
			zeros[i&3]++
		}
	}
	quarter := len(sample) / 4
	full := func(n int) bool { return quarter >= 2 && n*10 >= quarter*7 }
	none := func(n int) bool { return n == 0 }
	switch {
	case full(zeros[1]) && full(zeros[2]) && full(zeros[3]) && none(zeros[0]):
		return UTF32LE
	case full(zeros[0]) && full(zeros[1]) && full(zeros[2]) && none(zeros[3]):
		return UTF32BE
	case full(zeros[1]) && full(zeros[3]) && none(zeros[0]) && none(zeros[2]):
		return UTF16LE
	case full(zeros[0]) && full(zeros[2]) && none(zeros[1]) && none(zeros[3]):
		return UTF16BE
	}
	return UTF8
}

// narrow returns text of wide units as UTF-8. A unit that the sample cuts is left out.
func narrow(plain []byte, e Encoding) []byte {
	out := make([]byte, 0, len(plain)*3/2)
	switch e {
	case UTF32LE, UTF32BE:
		for ; len(plain) >= 4; plain = plain[4:] {
			r := binary.LittleEndian.Uint32(plain)
			if e == UTF32BE {
				r = binary.BigEndian.Uint32(plain)
			}
			out = utf8.AppendRune(out, rune(min(r, utf8.MaxRune+1)))
		}
		return out
	}
	unit := func(b []byte) rune {
		if e == UTF16BE {
			return rune(binary.BigEndian.Uint16(b))
		}
		return rune(binary.LittleEndian.Uint16(b))
	}
	for ; len(plain) >= 2; plain = plain[2:] {
		r := unit(plain)
		if utf16.IsSurrogate(r) && len(plain) >= 4 {
			if both := utf16.DecodeRune(r, unit(plain[2:])); both != utf8.RuneError {
				r, plain = both, plain[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// count finds bytes that are no UTF-8, controls that no text has, and bytes of the upper controls of ISO 8859 where they
// are no UTF-8. Tab, line ends, form feed, escape and Hive's delimiters ^A to ^C are text; so is Ctrl-Z at the end. The
// first control ends the count.
func count(plain []byte, whole bool) (invalid, controls, upper int) {
	for i := 0; i < len(plain) && controls == 0; {
		b := plain[i]
		if b >= 0x20 && b < 0x7f {
			i++
			continue
		}
		if b < utf8.RuneSelf {
			if b < 0x20 && (b == 0 || b > 3 && b < 9 || b > 13 && b != 0x1b) && (b != 0x1a || !whole || i+1 < len(plain)) || b == 0x7f {
				controls++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(plain[i:])
		if r == utf8.RuneError && size == 1 {
			if !whole && !utf8.FullRune(plain[i:]) {
				break
			}
			invalid++
			if b < 0xa0 {
				upper++
			}
		}
		i += size
	}
	return invalid, controls, upper
}

// scaleLines turns the longest line from bytes of UTF-8 into bytes of the file, near enough for what it is used for: text in
// wide units is nearly all ASCII where it is recognised without a mark.
func (f *Finding) scaleLines() {
	switch f.Encoding {
	case UTF16LE, UTF16BE:
		f.LongestLine *= 2
	case UTF32LE, UTF32BE:
		f.LongestLine *= 4
	}
}
