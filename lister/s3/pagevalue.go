package s3

import (
	"bytes"
	"strconv"
	"time"
)

// unescape decodes %XX in place, and + as a space: S3 spells a space as +, and a plus sign as %2B. What it returns is
// never longer.
func unescape(raw []byte) ([]byte, bool) {
	if bytes.IndexByte(raw, '+') >= 0 {
		for i, c := range raw {
			if c == '+' {
				raw[i] = ' '
			}
		}
	}
	from := bytes.IndexByte(raw, '%')
	if from < 0 {
		return raw, true
	}
	to := from
	for {
		if from+2 >= len(raw) {
			return nil, false
		}
		hi, lo := unhex(raw[from+1]), unhex(raw[from+2])
		if hi|lo > 15 {
			return nil, false
		}
		raw[to] = hi<<4 | lo
		to++
		from += 3
		n := bytes.IndexByte(raw[from:], '%')
		if n < 0 {
			return raw[:to+copy(raw[to:], raw[from:])], true
		}
		copy(raw[to:], raw[from:from+n])
		to += n
		from += n
	}
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

func parseSize(text []byte) (int64, error) {
	if n, ok := number(text); ok && 0 < len(text) && len(text) <= 18 {
		return int64(n), nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 {
		return 0, protocolf("Size is %q", clip(string(text)))
	}
	return n, nil
}

// parseTime reads an RFC 3339 time with any number of digits after the second; the usual form without a detour.
func parseTime(text []byte) (time.Time, error) {
	if t, ok := parseUTC(text); ok {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return t, protocolf("LastModified is %q", clip(string(text)))
	}
	return t.UTC(), nil
}

// parseUTC reads 2026-11-24T01:02:03.456Z, with or without a fraction.
func parseUTC(b []byte) (time.Time, bool) {
	if len(b) < 20 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return time.Time{}, false
	}
	year, ok1 := number(b[0:4])
	month, day, ok2 := twoDigits(b[5], b[6]), twoDigits(b[8], b[9]), true
	hour, minute, second := twoDigits(b[11], b[12]), twoDigits(b[14], b[15]), twoDigits(b[17], b[18])
	nano := 0
	if fraction := b[19 : len(b)-1]; len(fraction) > 0 {
		if fraction[0] != '.' || len(fraction) < 2 || len(fraction) > 10 {
			return time.Time{}, false
		}
		nano, ok2 = number(fraction[1:])
		for range 10 - len(fraction) {
			nano *= 10
		}
	}
	if !ok1 || !ok2 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	days := daysBefore(year, month) + int(day) - 1
	return time.Unix(int64(days)*86400+int64(hour*3600+minute*60+second), int64(nano)).UTC(), true
}

// twoDigits is the number that two digits spell, more than any of them where one is no digit.
func twoDigits(tens, ones byte) uint {
	t, o := uint(tens-'0'), uint(ones-'0')
	if t > 9 || o > 9 {
		return 100
	}
	return t*10 + o
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// daysOf is the length of a month, 1 to 12.
func daysOf(year int, month uint) uint {
	if month == 2 && isLeap(year) {
		return 29
	}
	return monthDays[month] - monthDays[month-1]
}

// monthDays is how many days of a common year each month, 1 to 12, ends after.
var monthDays = [...]uint{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// daysBefore counts the days of the Gregorian calendar from 1970 to the first of a month; years are 0 to 9999.
func daysBefore(year int, month uint) int {
	const before1970 = 1970*365 + 1969/4 - 1969/100 + 1969/400 + 1 // the year 0 is a leap year
	days := year*365 + int(monthDays[month-1])
	if year > 0 {
		last := year - 1
		days += last/4 - last/100 + last/400 + 1
	}
	if month > 2 && isLeap(year) {
		days++
	}
	return days - before1970
}

func number(digits []byte) (int, bool) {
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// storageClass returns the class as a string that needs no memory of its own, where it is a known one.
func storageClass(text []byte) string {
	switch string(text) {
	case "STANDARD":
		return "STANDARD"
	case "STANDARD_IA":
		return "STANDARD_IA"
	case "INTELLIGENT_TIERING":
		return "INTELLIGENT_TIERING"
	case "ONEZONE_IA":
		return "ONEZONE_IA"
	case "GLACIER":
		return "GLACIER"
	case "GLACIER_IR":
		return "GLACIER_IR"
	case "DEEP_ARCHIVE":
		return "DEEP_ARCHIVE"
	case "REDUCED_REDUNDANCY":
		return "REDUCED_REDUNDANCY"
	case "EXPRESS_ONEZONE":
		return "EXPRESS_ONEZONE"
	}
	return string(text)
}
