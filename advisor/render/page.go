package render

import (
	"html/template"
	"strings"

	"s3layout/advisor"
)

// The pages of this file's neighbours are one file each: no script, no request to anywhere, readable in light and dark, on a
// phone and on paper. html/template escapes all that is shown; what does not print is spelled before.

// pageHead begins every page: a policy that allows a style and nothing else.
const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{template "title" .}}</title>
<style>
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --page: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --bad: #b3261e; --warn: #8a5300; --good: #1a6b34; --unknown: #5b3ea8; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9aa5b1; --page: #0d1117; --panel: #161b22; --line: #30363d; --bad: #ff8a80; --warn: #f2b25c; --good: #7ee2a0; --unknown: #c3b0ff; --accent: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--panel); font-weight: 600; white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.id { min-width: 13rem; }
.state { font-weight: 600; white-space: nowrap; }
.error, .critical, .worse, .new { color: var(--bad); }
.warn, .warning { color: var(--warn); }
.pass, .better, .gone { color: var(--good); }
.unknown { color: var(--unknown); }
.note { border-left: 4px solid var(--warn); background: var(--panel); padding: .5rem .8rem; margin: .5rem 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 6px; background: var(--panel); padding: .5rem 1rem; min-width: 7rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; margin: 1rem 0; }
polyline { fill: none; stroke: var(--accent); stroke-width: 2; }
circle { fill: var(--accent); }
.axis { stroke: var(--line); }
svg { max-width: 100%; height: auto; display: block; }
@media print { .scroll { overflow: visible; border: 0; } body { max-width: none; padding: 0; } }
</style>
</head>
<body>
`

const pageFoot = `
</body>
</html>
`

// page makes a template of a title and a body, with further functions.
func page(title, body string, more ...map[string]any) *template.Template {
	t := template.New("page")
	for _, funcs := range more {
		t.Funcs(funcs)
	}
	t.Funcs(template.FuncMap{
		"spell": func(s string) string { return clean(Printable(s)) }, "clean": clean, "stamp": stamp, "value": spellValue, "change": spellChange, "count": advisor.Count, "size": advisor.Size,
		"words": func(s string) string { return strings.ReplaceAll(clean(s), "_", " ") }, "signed": signed, "signedSize": signedSize,
	})
	template.Must(t.Parse(`{{define "title"}}` + title + `{{end}}` + pageHead + body + pageFoot))
	return t
}

// signedSize spells how many bytes more or less.
func signedSize(before, after int64) string {
	n := float64(after) - float64(before)
	if n > 0 {
		return "+" + spellValue(&n, advisor.UnitBytes)
	}
	return spellValue(&n, advisor.UnitBytes)
}
