package render

import (
	"fmt"
	"io"
	"strings"

	"s3layout/advisor/audit"
)

// AuditHTML writes a summary as one page.
func AuditHTML(w io.Writer, s *audit.Summary, _ Options) error {
	return page(`{{spell .File}}: audit`, `<main>
<h1>Audit of {{count64 .Counts.Targets}} targets</h1>
<p class="soft"><code>{{spell .File}}</code>, {{stamp .Run.Started}}, {{clean .Tool.Name}} {{clean .Tool.Version}}</p>
<p>Exit {{.Exit.Code}}: {{clean .Exit.Reason}}</p>
<ul class="tiles"><li class="error"><b>{{.Counts.Error}}</b> error</li><li class="unknown"><b>{{.Counts.Unknown}}</b> unknown</li><li class="warn"><b>{{.Counts.Warn}}</b> warn</li><li class="pass"><b>{{.Counts.Pass}}</b> pass</li><li><b>{{.Counts.New}}</b> new</li><li><b>{{.Counts.Worse}}</b> worse</li><li><b>{{.Counts.Unchanged}}</b> as before</li><li><b>{{.Counts.Gone}}</b> gone</li></ul>
{{range .Warnings}}<p class="note">{{warning .}}</p>
{{end}}<h2>Targets</h2>
<div class="scroll"><table><thead><tr><th scope="col">State</th><th scope="col">Target</th><th scope="col">Owner</th><th scope="col" class="n">Files</th><th scope="col" class="n">Bytes</th><th scope="col" class="n">Partitions</th><th scope="col">What is not as it should be</th></tr></thead><tbody>
{{range .Targets}}<tr><td class="state {{clean (print .State)}}">{{sign .State}} {{clean (print .State)}}</td><td class="id"><b>{{spell .Name}}</b><br><code>{{spell .URI}}</code>{{range .Tags}} <span class="soft">{{clean .}}</span>{{end}}</td><td>{{clean .Owner}}</td>{{if and .Complete .Totals}}<td class="n">{{count .Totals.Objects}}</td><td class="n">{{size .Totals.Bytes}}</td><td class="n">{{count .Totals.Partitions}}</td>{{else}}<td class="n">–</td><td class="n">–</td><td class="n">–</td>{{end}}<td>{{range .Problems}}<p>{{clean .}}</p>{{end}}{{range shown .}}<p><span class="state {{word .}}">{{word .}}</span> {{check .}}</p>{{end}}</td></tr>
{{end}}</tbody></table></div>
</main>`, map[string]any{
		"count64": func(n int) string { return fmt.Sprint(n) }, "sign": stateSign, "warning": func(w audit.Warning) string { return clean(warningText(w)) },
		"shown": func(r audit.Result) []audit.Check { return shownChecks(&r, true) },
		"word":  func(c audit.Check) string { return clean(checkWord(c)) }, "check": func(c audit.Check) string { return clean(checkText(c)) },
	}).Execute(w, s)
}

// AuditMarkdown writes a summary for a pull request or a step's summary: what got worse first.
func AuditMarkdown(w io.Writer, s *audit.Summary, o Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### s3layout audit: %s\n\n%s. ", markdownText(string(s.State)), markdownText(stateCounts(s.Counts)))
	if line := changeCounts(s); line != "" {
		fmt.Fprintf(&b, "%s. ", markdownText(line))
	}
	fmt.Fprintf(&b, "Exit %d: %s.\n\n| state | target | files | bytes | |\n|---|---|---:|---:|---|\n", s.Exit.Code, markdownText(s.Exit.Reason))
	left := 0
	for i := range s.Targets {
		row := auditRow(&s.Targets[i], o.Known)
		if b.Len()+len(row) > maxComment {
			left++
			continue
		}
		b.WriteString(row)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%d targets are left out: a comment takes no more than 64 KiB.\n", left)
	}
	for _, warning := range s.Warnings {
		if line := "\n> " + markdownText(warningText(warning)) + "\n"; b.Len()+len(line) < maxComment {
			b.WriteString(line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// maxComment is what a comment on GitHub holds, and some room for what is said at its end.
const maxComment = 63 << 10

func auditRow(r *audit.Result, known bool) string {
	files, size := "–", "–"
	if r.Totals != nil && r.Complete {
		files, size = spellInt(r.Totals.Objects, "count"), spellInt(r.Totals.Bytes, "bytes")
	}
	var cell []string
	for _, p := range r.Problems {
		cell = append(cell, markdownText(p))
	}
	for _, c := range shownChecks(r, known) {
		cell = append(cell, "**"+markdownText(checkWord(c))+"** "+markdownText(checkText(c)))
	}
	if n := asBefore(r); n > 0 && !known {
		cell = append(cell, fmt.Sprintf("%d as before", n))
	}
	return fmt.Sprintf("| %s %s | %s | %s | %s | %s |\n", stateSign(r.State), markdownText(string(r.State)), markdownKey(r.Name, maxMarkdownKey), files, size, strings.Join(cell, "<br>"))
}

func spellInt(n int64, unit string) string {
	x := float64(n)
	return spellValue(&x, unit)
}
