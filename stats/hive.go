package stats

import (
	"slices"
	"strings"
)

// A layout is what the name of a directory says about partitions.
type layout struct {
	scheme string // hive, date or none
	base   string // directory that the partition columns start in
	path   string // directory up to the last partition component; "" where there is none
}

const hive = "hive"

// layoutOf reads a directory's path below the target the way Spark discovers partitions: from the leaf upwards, it
// passes components without '=', takes every key=value that follows, and stops at the next one without. Where there
// are none, directories that spell a date are taken for partitions.
// Source: Spark PartitioningUtils.parsePartition (3.5).
func layoutOf(dir string) layout {
	end := len(dir)
	for end > 0 && !isColumn(lastComponent(dir[:end])) {
		end = parentEnd(dir, end)
	}
	if end == 0 {
		return dateLayout(dir)
	}
	start := end
	for start > 0 && isColumn(lastComponent(dir[:start])) {
		start = parentEnd(dir, start)
	}
	return layout{scheme: hive, base: dir[:start], path: dir[:end]}
}

func isColumn(component string) bool { return strings.IndexByte(component, '=') >= 0 }

// hasEmptyColumn reports whether a component has nothing before or after its first '='; Spark refuses such a directory.
func hasEmptyColumn(columns string) bool {
	for component := range strings.SplitSeq(strings.TrimPrefix(columns, "/"), "/") {
		name, value, _ := strings.Cut(component, "=")
		if name == "" || value == "" {
			return true
		}
	}
	return false
}

func lastComponent(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// parentEnd returns the length of the parent of path[:end].
func parentEnd(path string, end int) int { return max(strings.LastIndexByte(path[:end], '/'), 0) }

// hiveValues splits a partition path into its columns. A component is name=value, cut at the first '='; both are
// unescaped. nil values are __HIVE_DEFAULT_PARTITION__. raw is the value as it is spelled, from which types are told.
func hiveValues(l layout) (values []Value, raw []string) {
	for _, component := range strings.Split(strings.TrimPrefix(l.path[len(l.base):], "/"), "/") {
		name, spelled, _ := strings.Cut(component, "=")
		v := Value{Key: unescapePath(name)}
		if spelled != hiveDefault {
			plain := unescapePath(spelled)
			v.Value = &plain
		}
		values = append(values, v)
		raw = append(raw, spelled)
	}
	return values, raw
}

const hiveDefault = "__HIVE_DEFAULT_PARTITION__"

// unescapePath replaces %XX by the character U+00XX; anything else after a '%' stays as it is.
// Source: Spark ExternalCatalogUtils.unescapePathName (3.5).
func unescapePath(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, okHi := hexDigit(s[i+1])
			lo, okLo := hexDigit(s[i+2])
			if okHi && okLo {
				out.WriteRune(rune(hi<<4 | lo))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// dateLayout finds a run of directories that spell a date: 2026/04, 2026/04/19, 2026/04/19/07, 2026-04-19,
// 2026-04-19/07. Loaders such as Firehose and CloudTrail write them; Spark sees no partition columns in them.
func dateLayout(dir string) layout {
	components := strings.Split(dir, "/")
	at := 0
	for i := range components {
		if n := dateRun(components[i:]); n > 0 {
			end := at + len(strings.Join(components[i:i+n], "/"))
			return layout{scheme: "date", base: strings.TrimSuffix(dir[:at], "/"), path: dir[:end]}
		}
		at += len(components[i]) + 1
	}
	return layout{scheme: "none"}
}

// dateRun returns how many of the components, from the first, spell a date.
func dateRun(c []string) int {
	if n := len(c[0]); n == 10 && c[0][4] == '-' && c[0][7] == '-' && isYear(c[0][:4]) && inRange(c[0][5:7], 1, 12) && inRange(c[0][8:], 1, 31) {
		if len(c) > 1 && inRange(c[1], 0, 23) {
			return 2
		}
		return 1
	}
	if !isYear(c[0]) || len(c) < 2 || !inRange(c[1], 1, 12) {
		return 0
	}
	if len(c) < 3 || !inRange(c[2], 1, 31) {
		return 2
	}
	if len(c) < 4 || !inRange(c[3], 0, 23) {
		return 3
	}
	return 4
}

func isYear(s string) bool { return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && isDigits(s) }

func inRange(s string, lo, hi int) bool {
	if len(s) != 2 || !isDigits(s) {
		return false
	}
	n := int(s[0]-'0')*10 + int(s[1]-'0')
	return lo <= n && n <= hi
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// dateValues names the components of a date path: year, month, day and hour, or date and hour.
func dateValues(l layout) (values []Value, raw []string) {
	names := []string{"year", "month", "day", "hour"}
	components := strings.Split(strings.TrimPrefix(l.path[len(l.base):], "/"), "/")
	if len(components[0]) == 10 {
		names = []string{"date", "hour"}
	}
	for i, c := range components {
		values = append(values, Value{Key: names[i], Value: &components[i]})
		raw = append(raw, c)
	}
	return values, raw
}

// columns yields the names and values of the partition columns as they are spelled, in path order; values are raw.
func (l layout) columns(yield func(name, value string) bool) {
	if l.scheme != hive {
		values, raw := l.values()
		for i, v := range values {
			if !yield(v.Key, raw[i]) {
				return
			}
		}
		return
	}
	for component := range strings.SplitSeq(strings.TrimPrefix(l.path[len(l.base):], "/"), "/") {
		name, value, _ := strings.Cut(component, "=")
		if !yield(name, value) {
			return
		}
	}
}

// names returns the partition columns' names, unescaped.
func (l layout) names() []string {
	names := []string{}
	for name := range l.columns {
		if l.scheme == hive {
			name = unescapePath(name)
		}
		names = append(names, name)
	}
	return names
}

// values returns the partition columns of a layout, in path order.
func (l layout) values() (values []Value, raw []string) {
	switch l.scheme {
	case hive:
		return hiveValues(l)
	case "date":
		return dateValues(l)
	}
	return nil, nil
}

// ColumnValues returns the columns that a directory's path below the target shows, whatever stands between them: every
// key=value component, and the parts of the first date. What a directory shows, those below it show too. nil values are
// __HIVE_DEFAULT_PARTITION__; the first of several of one name counts.
func ColumnValues(dir string) []Value {
	var out []Value
	add := func(values []Value) {
		for _, v := range values {
			if !slices.ContainsFunc(out, func(w Value) bool { return w.Key == v.Key }) {
				out = append(out, v)
			}
		}
	}
	for at := 0; at < len(dir); {
		component, _, _ := strings.Cut(dir[at:], "/")
		if isColumn(component) {
			values, _ := hiveValues(layout{path: component})
			add(values)
		}
		at += len(component) + 1
	}
	values, _ := dateLayout(dir).values()
	add(values)
	return out
}
