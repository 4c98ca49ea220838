package s3sim

import "encoding/binary"

const hexDigits = "0123456789abcdef"

// pairs is "00" to "99", one after the other.
const pairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" +
	"40414243444546474849" + "50515253545556575859" + "60616263646566676869" + "70717273747576777879" +
	"80818283848586878889" + "90919293949596979899"

// appendPadded appends v, which is not negative, in decimal, with zeros to the width given; wider numbers are not cut.
func appendPadded(dst []byte, v int64, width int) []byte {
	var tmp [20]byte
	at := len(tmp)
	for v >= 10 {
		q := v / 100
		at -= 2
		copy(tmp[at:at+2], pairs[(v-q*100)*2:])
		v = q
	}
	if v > 0 {
		at--
		tmp[at] = byte('0' + v)
	} else if at < len(tmp) && tmp[at] == '0' {
		at++
	}
	for len(tmp)-at < width {
		at--
		tmp[at] = '0'
	}
	return append(dst, tmp[at:]...)
}

// appendHex appends v as 16 lower-case hex digits.
func appendHex(dst []byte, v uint64) []byte {
	dst = binary.BigEndian.AppendUint64(dst, hex8(uint32(v>>32)))
	return binary.BigEndian.AppendUint64(dst, hex8(uint32(v)))
}

// hex8 returns the 8 hex digits of v, the first in the highest byte. It spreads the nibbles over the bytes of a word,
// then adds '0' to each, and 39 more ('a' - '0' - 10) to those above 9.
func hex8(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	above := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + above*39
}

func appendSum(dst []byte, sum [2]uint64) []byte {
	return appendHex(appendHex(dst, sum[0]), sum[1])
}

// stamp writes times, and remembers the day of the last one.
type stamp struct {
	text [24]byte // 2026-11-01T00:00:00.000Z
	day  int64    // days since 1970-01-01, plus one so that 0 is no day
}

// append appends a time in Unix milliseconds as S3 writes it in listings: 2026-11-01T00:00:00.000Z.
func (s *stamp) append(dst []byte, ms int64) []byte {
	secs, frac := floorDiv(ms, 1000)
	day, clock := floorDiv(secs, 86400)
	if s.day != day+1 {
		s.day = day + 1
		copy(s.text[:], "0000-00-00T00:00:00.000Z")
		appendDate(s.text[:0], day)
	}
	hour, minute := clock/3600, clock/60%60
	copy(s.text[11:13], pairs[hour*2:])
	copy(s.text[14:16], pairs[minute*2:])
	copy(s.text[17:19], pairs[(clock%60)*2:])
	s.text[20] = byte('0' + frac/100)
	copy(s.text[21:23], pairs[(frac%100)*2:])
	return append(dst, s.text[:]...)
}

func appendTime(dst []byte, ms int64) []byte {
	var s stamp
	return s.append(dst, ms)
}

func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		return quotient - 1, remainder + b
	}
	return quotient, remainder
}

func appendDate(dst []byte, days int64) []byte {
	year, month, day := civil(days)
	dst = append(appendPadded(dst, year, 4), '-')
	dst = append(appendPadded(dst, month, 2), '-')
	return appendPadded(dst, day, 2)
}

// civil turns days since 1970-01-01 into a date of the Gregorian calendar, for years 0 to 9999. Source: Howard
// Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
func civil(days int64) (year, month, day int64) {
	z := days + 719468
	era, doe := floorDiv(z, 146097)
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	year, month, day = yoe+era*400, mp+3, doy-(153*mp+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// plainURL marks the bytes that encoding-type=url leaves alone: the unreserved ones of RFC 3986, and the slash.
var plainURL = byteSet("-._~/")

// plainXML marks the bytes that need no escape in XML text: printable ASCII but for markup, and all of UTF-8's
// multi-byte sequences.
var plainXML = func() (set [256]bool) {
	for b := 0x20; b < 0x100; b++ {
		set[b] = b != '&' && b != '<' && b != '>' && b != '"' && b != 0x7f
	}
	return set
}()

// byteSet holds letters, digits and the extra bytes given.
func byteSet(extra string) (set [256]bool) {
	for b := 0; b < 128; b++ {
		set[b] = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
	}
	for i := 0; i < len(extra); i++ {
		set[extra[i]] = true
	}
	return set
}

// encoding is how a listing spells keys.
type encoding uint8

const (
	encodeXML encoding = iota // XML escapes, control characters as &#x1;
	encodeURL                 // encoding-type=url: percent escapes, space as +
	encodeRaw                 // markup escaped, control characters as they are: no XML reader takes that
)

// append appends s in this encoding.
func (e encoding) append(dst, s []byte) []byte {
	plain := &plainXML
	if e == encodeURL {
		plain = &plainURL
	}
	from := 0
	for i, b := range s {
		if plain[b] {
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = e.appendByte(dst, b)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

func (e encoding) appendByte(dst []byte, b byte) []byte {
	switch {
	case e == encodeURL && b == ' ':
		return append(dst, '+')
	case e == encodeURL:
		return append(dst, '%', "0123456789ABCDEF"[b>>4], "0123456789ABCDEF"[b&15])
	case b == '&':
		return append(dst, "&amp;"...)
	case b == '<':
		return append(dst, "&lt;"...)
	case b == '>':
		return append(dst, "&gt;"...)
	case b == '"':
		return append(dst, "&quot;"...)
	case e == encodeRaw:
		return append(dst, b)
	}
	return appendCharRef(dst, b)
}

// appendCharRef appends a control character as S3 does: &#x1; for 0x01, &#x7f; for DEL.
func appendCharRef(dst []byte, b byte) []byte {
	dst = append(dst, "&#x"...)
	if b >= 0x10 {
		dst = append(dst, hexDigits[b>>4])
	}
	return append(dst, hexDigits[b&15], ';')
}

func (e encoding) appendString(dst []byte, s string) []byte { return e.append(dst, []byte(s)) }
