package render

import (
	"regexp"
	"strings"
)

// markdownKey puts a key into a code span, shortened in its middle to n columns.
func markdownKey(key string, n int) string { return codeSpan(shorten(Printable(key), n)) }

// markdownCode puts text that was put together, such as a setting, into a code span; "" stays.
func markdownCode(s string) string {
	const most = 600
	if s == "" {
		return ""
	}
	return codeSpan(shorten(clean(s), most))
}

// codeSpan makes printable text a code span that is one in a table's cell, too. There \| is a bar; a bar behind a backslash
// is spelled as its code, since parsers disagree on that.
func codeSpan(s string) string {
	if strings.TrimSpace(s) == "" {
		return "` `"
	}
	s = strings.ReplaceAll(s, `\|`, `\\x7c`)
	s = strings.ReplaceAll(s, "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return fence + s + fence
}

// unsafe is what a word of prose has where it needs a code span: a link, a mention, a reference to an issue or a commit.
var unsafe = regexp.MustCompile("@|://|(?i:www\\.|mailto:|xmpp:|\\bgh-[0-9])|#[0-9]|\\b[0-9a-f]{7,40}\\b|`")

// markdownText makes text for a line of Markdown: what has a meaning there is escaped, and words that would link or mention
// are in code spans. Spaces become one: at the start of a line four would be code.
func markdownText(s string) string {
	const most = 1500
	words := strings.Fields(shorten(clean(s), most))
	for i, w := range words {
		if unsafe.MatchString(w) && !number.MatchString(w) {
			words[i] = codeSpan(w)
		} else {
			words[i] = markdownPunctuation.Replace(w)
		}
	}
	return strings.Join(words, " ")
}

// number is a word that looks like the hash of a commit, and is none.
var number = regexp.MustCompile(`^[(~]?[0-9.,]+[).,:;%]*$`)

var markdownPunctuation = func() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_{}[]<>#|~!$&" {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...)
}()
