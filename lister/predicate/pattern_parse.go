package predicate

import (
	"strconv"
	"strings"
	"time"
)

// parse reads all of a text, as days. Month and day are the first where the pattern has none; the time is checked and
// dropped. A field of one letter takes as many digits as there are, less those that fields right behind it need.
// Source: java.time.format.DateTimeFormatterBuilder and Spark DateTimeFormatterHelper (3.5), resolver style strict.
//
// Note: what only the formatter of Spark 2 would read makes Spark 3 fail, where spark.sql.legacy.timeParserPolicy is not
// set; here it is null.
func (p datePattern) parse(s string) (days int64, ok bool) {
	date := map[byte]int64{'M': 1, 'd': 1}
	for i, f := range p {
		if f.letter == 0 {
			if len(s) < len(f.text) || !strings.EqualFold(s[:len(f.text)], f.text) {
				return 0, false
			}
			s = s[len(f.text):]
			continue
		}
		var n int64
		if n, s, ok = f.parse(s, p[i+1:].reserved()); !ok {
			return 0, false
		}
		date[f.letter] = n
	}
	if s != "" || date['H'] > 23 || date['m'] > 59 || date['s'] > 59 {
		return 0, false
	}
	return daysOf(date['y'], date['M'], date['d'])
}

// reserved counts the digits that fields of a fixed width take which stand at the start.
func (p datePattern) reserved() (digits int) {
	for _, f := range p {
		if f.letter == 0 || f.width == 1 || f.letter == 'M' && f.width > 2 {
			break
		}
		digits += f.width
	}
	return digits
}

// parse reads a field at the start of a text, and returns what is left of it.
func (f dateField) parse(s string, reserved int) (n int64, rest string, ok bool) {
	if f.letter == 'M' && f.width > 2 {
		return parseMonth(s, f.width)
	}
	sign := int64(1)
	if f.letter == 'y' && f.width != 2 && strings.HasPrefix(s, "-") {
		s, sign = s[1:], -1
	}
	size := leadingDigits(s)
	switch {
	case f.width == 1:
		size -= reserved
	case f.letter == 'y' && f.width == 4:
		if size-reserved > 4 {
			return 0, "", false
		}
		size = min(size, 4)
	default:
		size = min(size, f.width)
	}
	if size < f.width || size > 18 {
		return 0, "", false
	}
	n, _ = strconv.ParseInt(s[:size], 10, 64)
	if f.letter == 'y' && f.width == 2 {
		n += 2000
	}
	return sign * n, s[size:], n < 1e9
}

func parseMonth(s string, width int) (n int64, rest string, ok bool) {
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if width == 3 {
			name = name[:3]
		}
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			return int64(m), s[len(name):], true
		}
	}
	return 0, "", false
}
