package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

type columnsList = stats.Columns

// Words for numbers and keys in a finding. A key is data of a stranger: it is always quoted, with everything that does
// not print escaped.

func comma(n int64) string { return advisor.Count(n) }

func size(n int64) string { return advisor.Size(n) }

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return comma(n) + " " + noun + "s"
}

func quoted(key string) string { return strconv.Quote(key) }

// quotedList quotes the first few of many.
func quotedList(keys []string, show int) string {
	var out []string
	for _, k := range keys[:min(show, len(keys))] {
		out = append(out, quoted(k))
	}
	if more := len(keys) - show; more > 0 {
		out = append(out, fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

func andList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// jsonList spells a list the way the exclusions option wants it.
func jsonList(items []string) string {
	b, err := json.Marshal(items)
	if err != nil {
		return "[]"
	}
	return string(b)
}

// shellQuoted spells a word for a POSIX shell.
func shellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// printable reports whether text can stand on a line as it is.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) || r == '\ufffd' })
}
