package predicate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A dateField is a letter of a date pattern and how often it stands there, or, with letter 0, plain text.
type dateField struct {
	letter byte
	width  int
	text   string
}

// A datePattern is that of java.time.format.DateTimeFormatter, as far as Spark lets it through and it is supported here.
type datePattern []dateField

// widths are the letters that are supported, and how often they may stand in a row to format and to parse.
var widths = map[byte]struct{ format, parse string }{
	'y': {"124", "124"},
	'M': {"1234", "1234"},
	'd': {"12", "12"},
	'E': {"1234", ""},
	'H': {"12", "12"},
	'm': {"12", "12"},
	's': {"12", "12"},
}

const supportedPattern = "; supported are y yy yyyy, M MM MMM MMMM, d dd, H HH, m mm, s ss, E EEE EEEE to format, and text in ''"

// compilePattern reads a pattern, or says what is wrong with it.
func compilePattern(s string, parsing bool) (fields datePattern, reason string) {
	seen := map[byte]bool{}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\'':
			text, size := quotedText(s[i:])
			if size == 0 {
				return nil, "has a quote that is not closed"
			}
			fields = append(fields, dateField{text: text})
			i += size
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			n := len(s[i:]) - len(strings.TrimLeft(s[i:], string(c)))
			allowed := widths[c].format
			if parsing {
				allowed = widths[c].parse
			}
			if n > 9 || !strings.Contains(allowed, strconv.Itoa(n)) || allowed == "" {
				return nil, fmt.Sprintf("has %q, which is not supported%s", s[i:i+n], supportedPattern)
			}
			if parsing && seen[c] {
				return nil, fmt.Sprintf("has %q twice; write it once", c)
			}
			seen[c] = true
			fields = append(fields, dateField{letter: c, width: n})
			i += n
		case strings.IndexByte("[]{}#", c) >= 0:
			return nil, fmt.Sprintf("has %q, which is not supported%s", c, supportedPattern)
		default:
			fields = append(fields, dateField{text: s[i : i+1]})
			i++
		}
	}
	if parsing && !seen['y'] {
		return nil, "has no year; write one with yyyy"
	}
	return fields, ""
}

// quotedText reads text between quotes, in which a doubled quote is one, and so is an empty pair.
func quotedText(s string) (text string, size int) {
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' && i > 1 {
			i++
			continue
		}
		if i == 1 {
			return "'", 2
		}
		return strings.ReplaceAll(s[1:i], "''", "'"), i + 1
	}
	return "", 0
}

// format writes a timestamp.
func (p datePattern) format(micros int64) string {
	days, seconds := floorDiv(micros, microsPerDay), floorMod(micros, microsPerDay)/1_000_000
	year, month, day := civil(days)
	var out strings.Builder
	for _, f := range p {
		switch f.letter {
		case 'y':
			out.WriteString(formatYear(year, f.width))
		case 'M':
			out.WriteString(formatName(time.Month(month), month, f.width))
		case 'E':
			name := time.Weekday(weekday(days)).String()
			if f.width < 4 {
				name = name[:3]
			}
			out.WriteString(name)
		case 'd':
			out.WriteString(pad(day, f.width))
		case 'H':
			out.WriteString(pad(seconds/3600, f.width))
		case 'm':
			out.WriteString(pad(seconds/60%60, f.width))
		case 's':
			out.WriteString(pad(seconds%60, f.width))
		default:
			out.WriteString(f.text)
		}
	}
	return out.String()
}

// formatYear writes the year before 1 as 0, like Spark, not as 1 of the era before.
func formatYear(year int64, width int) string {
	abs := max(year, -year)
	sign := ""
	switch {
	case width == 2:
		return pad(abs%100, 2)
	case year < 0:
		sign = "-"
	case width == 4 && year > 9999:
		sign = "+"
	}
	return sign + pad(abs, width)
}

func formatName(name fmt.Stringer, n int64, width int) string {
	switch width {
	case 3:
		return name.String()[:3]
	case 4:
		return name.String()
	}
	return pad(n, width)
}

func pad(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	if len(s) < width {
		s = strings.Repeat("0", width-len(s)) + s
	}
	return s
}
