package predicate

import (
	"cmp"
	"strconv"
	"strings"
)

// This file is what is known of values that depend on a column still unknown. Without it, a predicate on
// to_date(concat(year, '-', month, '-', day)) would have to see every day of every year.

// order returns the least and the greatest result that [compare] may have, provided neither value is null.
func order(k kind, a, b value) (low, high int) {
	switch {
	case !a.open() && !b.open():
		low = compare(k, a, b)
		return low, low
	case a.open() && b.open():
		return -1, 1
	case b.open():
		low, high = order(k, b, a)
		return -high, -low
	case k == kindString:
		return orderStart(a.s, b.s)
	case k == kindDate && a.bounded:
		return cmp.Compare(a.i, b.i), cmp.Compare(a.high, b.i)
	}
	return -1, 1
}

// orderStart compares all text that starts with start.
func orderStart(start, s string) (low, high int) {
	n := min(len(start), len(s))
	if c := strings.Compare(start[:n], s[:n]); c != 0 {
		return c, c
	}
	switch {
	case len(start) > len(s):
		return 1, 1
	case len(start) == len(s):
		return 0, 1
	}
	return -1, 1
}

// openAs converts an open value: text that starts with a year or a month becomes a date within it.
func openAs(from, to kind, v value) value {
	switch {
	case from == to:
		return v
	case from == kindString && to == kindDate:
		return openDate(v.s)
	}
	return value{may: anything}
}

// openDate returns what [parseDate] may make of text that starts with start.
func openDate(start string) value {
	year, rest, ok := strings.Cut(strings.TrimLeft(start, " "), "-")
	if !ok || len(year) < 4 || len(year) > 7 || !allDigits(year) {
		return value{may: anything}
	}
	month, _, ok := strings.Cut(rest, "-")
	if !ok || len(month) < 1 || len(month) > 2 || !allDigits(month) {
		month = ""
	}
	return within(year, month)
}

// within returns an open date of a year, or of a month if that is not empty.
func within(year, month string) value {
	y, _ := strconv.ParseInt(year, 10, 64)
	first, last := int64(1), int64(12)
	if month != "" {
		first, _ = strconv.ParseInt(month, 10, 64)
		last = first
	}
	low, okLow := daysOf(y, first, 1)
	high, okHigh := daysOf(y, last, daysIn(y, last))
	return value{may: anything, i: low, high: high, bounded: okLow && okHigh}
}

// parseOpen returns what [datePattern.parse] may make of text that starts with start: something within its year, and
// within its month, as far as start and pattern begin with them in full width.
func (p datePattern) parseOpen(start string) value {
	var year, month string
	for _, f := range p {
		size := max(f.width, len(f.text))
		fixed := f.letter == 0 || f.letter == 'y' && size == 4 || f.letter == 'M' && size == 2
		if !fixed || len(start) < size || f.letter != 0 && !allDigits(start[:size]) {
			break
		}
		switch f.letter {
		case 'y':
			year = start[:size]
		case 'M':
			month = start[:size]
		}
		start = start[size:]
	}
	if year == "" {
		return value{may: anything}
	}
	return within(year, month)
}
