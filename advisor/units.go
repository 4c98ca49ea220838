package advisor

import (
	"fmt"
	"strconv"
	"strings"
)

// Size spells bytes in binary units with at most three significant digits (four from 1000 on), so that every output says the
// same: 1536 is "1.5 KiB", 1020 KiB stays "1020 KiB".
func Size(n int64) string {
	if n < 1<<10 {
		return strconv.FormatInt(n, 10) + " B"
	}
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	x := float64(n) / (1 << 10)
	u := 0
	for x >= 1023.5 && u < len(units)-1 {
		x /= 1 << 10
		u++
	}
	digits := 0
	switch {
	case x < 9.995:
		digits = 2
	case x < 99.95:
		digits = 1
	}
	return trimZeros(strconv.FormatFloat(x, 'f', digits, 64)) + " " + units[u]
}

// trimZeros drops zeros that end a fraction.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Count spells a number with a comma for each thousand.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent spells a share of a whole: "62 %", and "<1 %" rather than 0 for what is there.
func Percent(part, whole int64) string {
	switch p := 100 * float64(part) / float64(max(whole, 1)); {
	case part == 0:
		return "0 %"
	case p < 1:
		return "<1 %"
	case p > 99 && part < whole:
		return ">99 %"
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}
