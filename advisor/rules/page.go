package rules

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"s3layout/advisor"
)

// Page is the documentation of all rules in Markdown: README.md of this directory.
func Page() []byte {
	var b bytes.Buffer
	b.WriteString("# What s3layout looks for\n\n")
	b.WriteString("Made from the rules themselves by `go test ./advisor/rules -run TestPage -update`; `s3layout explain RULE` prints one.\n\n")
	b.WriteString("| rule | what it finds | confidence | for |\n|---|---|---|---|\n")
	for _, r := range All {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.ID, cell(r.Title), r.Confidence, cell(r.Scope.String()))
	}
	for _, r := range All {
		section(&b, r)
	}
	points(&b)
	return b.Bytes()
}

func section(w io.Writer, r *advisor.Rule) {
	fmt.Fprintf(w, "\n## %s\n\n**%s** (since %s, %s; for %s)\n\n", r.ID, r.Title, r.Since, r.Confidence, r.Scope)
	fmt.Fprintf(w, "%s %s\n\n", r.Doc.Saw, r.Doc.Costs)
	fmt.Fprintf(w, "*What to do.* %s\n\n*Leave it alone if:* %s\n", r.Doc.Do, r.Doc.Ignore)
	if len(r.Limits) > 0 {
		fmt.Fprint(w, "\n| threshold | value | why |\n|---|---|---|\n")
	}
	for _, l := range r.Limits {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", l.Name, Threshold(l), cell(l.Reason))
	}
	fmt.Fprint(w, "\nA running job confirms it:\n\n")
	for _, s := range r.Confirm {
		fmt.Fprintf(w, "- %s: %s\n", s.Metric, s.Shows)
	}
	fmt.Fprint(w, "\nSources:\n\n")
	for _, s := range r.Sources {
		fmt.Fprintf(w, "- <%s> (read %s)\n", s.URL, s.Read)
	}
}

// points is the table of what has been handed around, and what holds.
func points(w io.Writer) {
	fmt.Fprint(w, "\n## What is handed around on Glue and S3, and what holds\n\n")
	fmt.Fprint(w, "Points of a support engineer's notes of 2020, each with the rules that judge it. What a layout does not show is said, with what would tell.\n\n")
	fmt.Fprint(w, "| point | says | rules | answer | what this tool cannot see, and what would tell | obsolete |\n|---|---|---|---|---|---|\n")
	for _, p := range Points {
		var links []string
		for _, id := range p.Rules {
			links = append(links, fmt.Sprintf("[%s](#%s)", id, id))
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", p.Number, cell(p.Says), dash(strings.Join(links, ", ")), cell(p.Answer), dash(cell(p.Cannot)), dash(cell(p.Obsolete)))
	}
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// Threshold spells a limit: bytes in binary units, all else as a number of units.
func Threshold(l advisor.Limit) string {
	if l.Unit == "bytes" {
		return advisor.Size(l.Value)
	}
	return advisor.Count(l.Value) + " " + l.Unit
}

// cell keeps text within a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
