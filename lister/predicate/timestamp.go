package predicate

import (
	"regexp"
	"strconv"
	"strings"
)

// parseTimestamp reads a date as [parseDate] does, or one and after a space or a T the time [h]h[:[m]m[:[s]s[.fraction]]] and
// a zone: Z, UTC, GMT, or an offset such as +01:00; without a zone it is UTC. It returns microseconds.
// Source: Spark DateTimeUtils.parseTimestampString (3.5).
//
// Note: a time without a date would be today's in Spark, and regions such as Europe/Paris need a database that changes;
// both are no timestamp here.
func parseTimestamp(s string) (int64, bool) {
	s = trimAll(s)
	at := strings.IndexAny(s, " T")
	if at < 0 {
		at = len(s)
	}
	if year, _, _ := strings.Cut(strings.TrimLeft(s[:at], "+-"), "-"); len(year) > 6 {
		return 0, false
	}
	days, ok := parseDate(s[:at])
	if !ok {
		return 0, false
	}
	var micros int64
	if at < len(s) {
		if strings.Count(s[1:at], "-") != 2 {
			return 0, false
		}
		if micros, ok = parseTime(s[at+1:]); !ok {
			return 0, false
		}
	}
	return timestampOf(days, micros)
}

func parseTime(s string) (int64, bool) {
	var clock [3]int64
	for i := range clock {
		n := leadingDigits(s)
		if n < 1 || n > 2 {
			return 0, false
		}
		clock[i], _ = strconv.ParseInt(s[:n], 10, 64)
		s = s[n:]
		if i == 2 || s == "" {
			break
		}
		if s[0] != ':' {
			return 0, false
		}
		s = s[1:]
	}
	if clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return 0, false
	}
	micros := (clock[0]*3600 + clock[1]*60 + clock[2]) * 1_000_000
	if strings.HasPrefix(s, ".") {
		n := leadingDigits(s[1:])
		digits := s[1 : 1+n]
		fraction, _ := strconv.ParseInt((digits + "000000")[:6], 10, 64)
		micros += fraction
		s = s[1+n:]
	}
	offset, ok := parseZone(strings.Trim(s, " "))
	return micros - offset*1_000_000, ok
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// parseZone returns the seconds that a zone is ahead of UTC.
func parseZone(s string) (int64, bool) {
	for _, utc := range []string{"UTC", "GMT", "UT"} {
		s = strings.TrimPrefix(s, utc)
	}
	if s == "" || s == "Z" {
		return 0, true
	}
	sign := int64(1)
	switch s[0] {
	case '-':
		sign = -1
	case '+':
	default:
		return 0, false
	}
	match := offsetSyntax.FindStringSubmatch(s[1:])
	if match == nil {
		return 0, false
	}
	var parts [3]int64 // of the one alternative that matched
	for i, digits := range match[1:] {
		if digits != "" {
			parts[i%3], _ = strconv.ParseInt(digits, 10, 64)
		}
	}
	seconds := parts[0]*3600 + parts[1]*60 + parts[2]
	return sign * seconds, parts[1] < 60 && parts[2] < 60 && seconds <= 18*3600
}

// offsetSyntax is +h:mm:ss with or without the colons, as java.time.ZoneId reads it after Spark has filled up hours and
// minutes of one digit.
var offsetSyntax = regexp.MustCompile(`^(?:(\d\d?)()()|(\d\d?):(\d\d?)()|(\d\d?):(\d\d):(\d\d)|(\d\d)(\d\d)(\d\d)?)$`)
