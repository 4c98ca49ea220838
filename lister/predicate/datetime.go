package predicate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const microsPerDay = 24 * 60 * 60 * 1_000_000

// daysOf returns the days from 1970-01-01 to a date of the proleptic Gregorian calendar, or false where there is none.
// Source of both conversions: http://howardhinnant.github.io/date_algorithms.html.
func daysOf(year, month, day int64) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*((month+9)%12)+2)/5 + day - 1
	days := era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
	return days, days == int64(int32(days))
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func civil(days int64) (year, month, day int64) {
	days += 719468
	era := floorDiv(days, 146097)
	dayOfEra := days - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	year, month, day = yearOfEra+era*400, (shifted+2)%12+1, dayOfYear-(153*shifted+2)/5+1
	if month <= 2 {
		year++
	}
	return year, month, day
}

// weekday returns 0 for a Sunday to 6 for a Saturday.
func weekday(days int64) int64 { return floorMod(days+4, 7) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// trimAll drops white space and control characters at both ends. Source: Spark UTF8String.trimAll (3.5).
func trimAll(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// parseDate reads yyyy, yyyy-[m]m, or yyyy-[m]m-[d]d and then nothing, or a space or a T and anything, as days.
// Source: Spark DateTimeUtils.stringToDate (3.5).
func parseDate(s string) (int64, bool) {
	s = trimAll(s)
	sign := int64(1)
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if at := strings.IndexAny(s, " T"); at >= 0 {
		if strings.Count(s[:at], "-") != 2 {
			return 0, false
		}
		s = s[:at]
	}
	fields := [3]int64{0, 1, 1}
	for i, part := range strings.Split(s, "-") {
		if i == 3 || i == 0 && (len(part) < 4 || len(part) > 7) || i > 0 && (len(part) < 1 || len(part) > 2) || !allDigits(part) {
			return 0, false
		}
		fields[i], _ = strconv.ParseInt(part, 10, 64)
	}
	return daysOf(sign*fields[0], fields[1], fields[2])
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// formatDate writes yyyy-MM-dd, with a sign where the year has not four digits.
func formatDate(days int64) string {
	year, month, day := civil(days)
	if year < 0 || year > 9999 {
		return fmt.Sprintf("%+05d-%02d-%02d", year, month, day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// formatTimestamp writes yyyy-MM-dd HH:mm:ss and the fraction of a second that is not zero.
func formatTimestamp(micros int64) string {
	days, rest := floorDiv(micros, microsPerDay), floorMod(micros, microsPerDay)
	seconds, fraction := rest/1_000_000, rest%1_000_000
	s := fmt.Sprintf("%s %02d:%02d:%02d", formatDate(days), seconds/3600, seconds/60%60, seconds%60)
	if fraction > 0 {
		s += strings.TrimRight(fmt.Sprintf(".%06d", fraction), "0")
	}
	return s
}

// timestampOf joins days and microseconds, or returns false beyond the 292,000 years either side that 64 bits hold.
func timestampOf(days, micros int64) (int64, bool) {
	if days > math.MaxInt64/microsPerDay-1 || days < math.MinInt64/microsPerDay+1 {
		return 0, false
	}
	return days*microsPerDay + micros, true
}
