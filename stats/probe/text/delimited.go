package text

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// delimiters are tried in this order, which decides between equals. ^A is Hive's.
var delimiters = []byte{',', '\t', ';', '|', 1}

// maxQuotedLines is how many lines a quoted value may have before its quote counts as a character like others.
const maxQuotedLines = 200

// keptRows and keptColumns bound the values that are compared with the first record's.
const (
	keptRows    = 40
	keptColumns = 200
)

// A table is a text read in one dialect.
type table struct {
	dialect dialect
	counts  map[int]int // records by number of values
	records int
	quoted  bool // a value is quoted
	spans   bool // a quoted value has line ends
	first   []string
	rows    [][]string // the next records
}

// delimited tells whether the text is a table: at least two records, nearly all of them with the same number of values,
// more than one.
func (f *Finding) delimited(body []byte, lines [][]byte, whole bool) bool {
	const likely, certain = 900, 990 // of a thousand records
	const surelyRecords = 5
	if len(lines) < 2 {
		return false
	}
	var best table
	columns, share := 0, 0
	for _, d := range delimiters {
		if bytes.IndexByte(lines[0], d) < 0 && bytes.IndexByte(lines[1], d) < 0 {
			continue
		}
		t := readTable(body, d, whole)
		n, s := t.mode(), t.share()
		if t.records < 2 || n < 2 || s < likely || s < share || s == share && n <= columns {
			continue
		}
		if t.keep(body); !t.isProse(n) {
			best, columns, share = t, n, s
		}
	}
	if share == 0 {
		return false
	}
	f.Format, f.Confidence = CSV, Likely
	if best.dialect.delimiter == '\t' {
		f.Format = TSV
	}
	if share >= certain && best.records >= surelyRecords {
		f.Confidence = Certain
	}
	f.Delimiter, f.Columns, f.Records, f.Bad = string(best.dialect.delimiter), columns, best.records, best.records-best.counts[columns]
	f.Quoted, f.Spans = best.quoted, best.spans
	f.Header = best.header()
	if f.Header == HeaderYes {
		seen := map[string]bool{}
		for _, name := range best.first {
			f.addName([]byte(name), seen)
		}
	}
	return true
}

func (t *table) mode() int {
	most := 0
	for n, count := range t.counts {
		if count > t.counts[most] || count == t.counts[most] && n > most {
			most = n
		}
	}
	return most
}

// A dialect says what quotes mean. Within them, a quote is doubled (RFC 4180) or, where escape is set, follows a backslash:
// what Spark writes.
type dialect struct {
	delimiter      byte
	quotes, escape bool
}

// readTable reads the whole records of body, in the dialect in which most of them agree: without quotes where one does not
// end.
func readTable(body []byte, delimiter byte, whole bool) table {
	t, ok := readRecords(body, dialect{delimiter, true, false}, whole)
	if bytes.Contains(body, []byte(`\"`)) {
		escaped, fine := readRecords(body, dialect{delimiter, true, true}, whole)
		if fine && (!ok || escaped.share() > t.share()) {
			t, ok = escaped, true
		}
	}
	if !ok {
		t, _ = readRecords(body, dialect{delimiter, false, false}, whole)
	}
	return t
}

// share is how many of a thousand records have as many values as most have.
func (t *table) share() int {
	return t.counts[t.mode()] * 1000 / max(t.records, 1)
}

// readRecords counts the values of each whole record; it refuses a quote that does not end.
func readRecords(body []byte, d dialect, whole bool) (table, bool) {
	t := table{dialect: d, counts: map[int]int{}}
	for at := 0; at < len(body); {
		n, lines, quoted, empty := 0, 0, false, true
		for last := false; !last; n++ {
			v := d.readValue(body[at:])
			if lines += v.lines; lines > maxQuotedLines || v.open && whole {
				return t, false
			}
			if v.open || v.cut && !whole {
				return t, true // the sample ends in this record
			}
			quoted, empty, last = quoted || v.quoted, empty && len(v.raw) == 0, v.last
			at += v.size
		}
		if n == 1 && empty && !quoted {
			continue // an empty line
		}
		t.counts[n]++
		t.records++
		t.quoted = t.quoted || quoted
		t.spans = t.spans || lines > 0
	}
	return t, true
}

// keep reads the values of the first records.
func (t *table) keep(body []byte) {
	for len(body) > 0 && len(t.rows) < min(t.records-1, keptRows) {
		most := keptColumns
		if t.first == nil {
			most = MaxNames
		}
		values := make([]string, 0, min(most, t.mode()))
		n, quoted := 0, false
		for last := false; !last; n++ {
			v := t.dialect.readValue(body)
			if len(values) < cap(values) {
				values = append(values, t.dialect.text(v))
			}
			body, last, quoted = body[v.size:], v.last || v.open, quoted || v.quoted
		}
		switch {
		case n == 1 && values[0] == "" && !quoted: // an empty line
		case t.first == nil:
			t.first = values
		default:
			t.rows = append(t.rows, values)
		}
	}
}

// A value is one field of a record.
type value struct {
	raw    []byte
	size   int // with the delimiter or line end behind it
	lines  int // line ends inside quotes
	quoted bool
	open   bool // a quote does not end
	last   bool // of its record
	cut    bool // the text ends here, without a line end
}

// text returns a value without its quotes, and not much of a long one.
func (d dialect) text(v value) string {
	s := string(v.raw[:min(len(v.raw), maxName+1)])
	if v.quoted && d.escape {
		s = strings.ReplaceAll(s, `\"`, `"`)
	}
	if v.quoted {
		s = strings.ReplaceAll(s, `""`, `"`)
	}
	return s
}

// readValue reads one value from the beginning of text.
func (d dialect) readValue(text []byte) value {
	v := value{raw: text}
	if !d.quotes || len(text) == 0 || text[0] != '"' {
		return v.end(text, 0, d.delimiter)
	}
	v.quoted = true
	for at := 1; at < len(text); at++ {
		switch text[at] {
		case '\n':
			v.lines++
		case '\r':
			if at+1 < len(text) && text[at+1] != '\n' {
				v.lines++
			}
		case '"':
			if at+1 < len(text) && text[at+1] == '"' {
				at++
				continue
			}
			v.raw = text[1:at]
			return v.end(text, at+1, d.delimiter)
		case '\\':
			if d.escape {
				at++
			}
		}
	}
	v.open = true
	v.size = len(text)
	return v
}

// end finds the delimiter or line end from at. What stands between a closing quote and it belongs to the value.
func (v value) end(text []byte, at int, delimiter byte) value {
	for at < len(text) && text[at] != delimiter && text[at] != '\n' && text[at] != '\r' {
		at++
	}
	if !v.quoted {
		v.raw = text[:at]
	}
	v.size = at
	switch {
	case at == len(text):
		v.last, v.cut = true, true
	case text[at] == delimiter:
		v.size++
	default:
		v.last = true
		v.size++
		if text[at] == '\r' && at+1 < len(text) && text[at+1] == '\n' {
			v.size++
		}
	}
	return v
}

// isProse recognises what has as many delimiters on each line by accident: log lines whose times have a comma before the
// milliseconds (the default of Python's logging and of log4j), sentences, and programs, whose lines begin with a tab or end
// with a semicolon, so that only one column ever holds something.
func (t *table) isProse(columns int) bool {
	rows := append([][]string{t.first}, t.rows...)
	clock, sentences := 0, 0
	filled := map[int]bool{}
	for _, row := range rows {
		for column, value := range row {
			if strings.TrimSpace(value) != "" {
				filled[column] = true
			}
		}
		if len(row) < 2 {
			continue
		}
		before, after := row[0], row[1]
		if len(before) >= 3 && before[len(before)-3] == ':' && len(after) > 3 && isNumber(after[:3]) && !isNumber(after) {
			clock++
		}
		if columns <= 3 && t.dialect.delimiter != '\t' && strings.HasPrefix(after, " ") && strings.Count(row[0], " ")+strings.Count(after, " ") >= 4 {
			sentences++
		}
	}
	return t.dialect.delimiter == ',' && clock*2 > len(rows) || sentences*2 > len(rows) || len(filled) < 2
}

// header compares the first record with the others: it names columns where each value is a name and some column below holds
// numbers, dates or truth values only; it does not where one of its own values is one of those, is empty, or comes twice.
func (t *table) header() Header {
	if len(t.rows) == 0 {
		return HeaderUnknown
	}
	seen := map[string]bool{}
	for _, name := range t.first {
		if name == "" || typed(name) || seen[name] || !utf8.ValidString(name) || strings.ContainsAny(name, "\r\n") {
			if name == "" && len(seen) == 0 && t.indexed() {
				seen[name] = true // pandas leaves the name of its index empty
				continue
			}
			return HeaderNo
		}
		seen[name] = true
	}
	for column := range t.first {
		values, all := 0, true
		for _, row := range t.rows {
			if column < len(row) && row[column] != "" {
				values++
				all = all && typed(row[column])
			}
		}
		if values > 0 && all {
			return HeaderYes
		}
	}
	return HeaderUnknown
}

// indexed tells whether the first column counts 0, 1, 2.
func (t *table) indexed() bool {
	for i, row := range t.rows {
		if row[0] != strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// typed tells whether a value is a number, a date, a time or a truth value.
func typed(s string) bool {
	s = strings.TrimSpace(s)
	if isNumber(s) || strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return true
	}
	if len(s) < 8 || s[0] < '0' || s[0] > '9' {
		return false
	}
	for _, layout := range []string{time.DateOnly, "2006/01/02", "01/02/2006", "02.01.2006", time.TimeOnly} {
		if len(s) >= len(layout) {
			if _, err := time.Parse(layout, s[:len(layout)]); err == nil {
				return true
			}
		}
	}
	return false
}

func isNumber(s string) bool {
	if s == "" || s[0] > '9' {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
