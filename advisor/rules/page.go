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

// Threshold spells a limit: bytes in binary units, all else as a number of units.
func Threshold(l advisor.Limit) string {
	if l.Unit == "bytes" {
		return advisor.Size(l.Value)
	}
	return advisor.Count(l.Value) + " " + l.Unit
}

// cell keeps text within a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
