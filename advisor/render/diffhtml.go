package render

import (
	"io"

	"s3layout/advisor"
)

// DiffHTML writes a difference as one page.
func DiffHTML(w io.Writer, d *advisor.Difference, _ Options) error {
	return page(`{{spell .New.Target.URI}}: what changed`, `<main>
<h1>{{spell .New.Target.URI}}</h1>
<p class="soft">{{if ne .Old.Target.URI .New.Target.URI}}<code>{{spell .Old.Target.URI}}</code> {{end}}{{stamp .Old.Started}} ({{clean .Old.Engine}}{{if not .Old.Complete}}, incomplete{{end}}) → {{stamp .New.Started}} ({{clean .New.Engine}}{{if not .New.Complete}}, incomplete{{end}})</p>
{{range .Caveats}}<p class="note"><b>{{words .Code}}</b>: {{clean .Message}}</p>
{{end}}{{if and (not .Changed) .Old.Complete .New.Complete}}<p>Nothing changed beyond noise.</p>{{end}}
<h2>Findings</h2>
{{if .Findings}}<div class="scroll"><table><thead><tr><th scope="col">Change</th><th scope="col">Finding</th><th scope="col">Severity</th><th scope="col">Why</th></tr></thead><tbody>
{{range .Findings}}<tr><td class="state {{clean .Change}}">{{clean .Change}}</td><td>{{clean .Title}}<br><code>{{spell .Rule}}</code></td><td>{{if .Old}}{{clean (print .Old)}}{{end}}{{if and .Old .New}}{{if ne .Old .New}} → {{clean (print .New)}}{{end}}{{else if .New}}{{clean (print .New)}}{{end}}</td><td>{{clean .Why}}{{if .OldWhy}}<br><span class="soft">was: {{clean .OldWhy}}</span>{{end}}{{if .Reason}}<br><span class="soft">not known: {{clean .Reason}}</span>{{end}}</td></tr>
{{end}}</tbody></table></div>{{else}}<p>None in either report.</p>{{end}}
<h2>Figures</h2>
<div class="scroll"><table><thead><tr><th scope="col">Metric</th><th scope="col" class="n">Old</th><th scope="col" class="n">New</th><th scope="col">Change</th></tr></thead><tbody>
{{range .Metrics}}<tr><td><code>{{spell .Name}}</code></td><td class="n">{{value .Old .Unit}}</td><td class="n">{{value .New .Unit}}</td><td class="{{clean .Verdict}}">{{change .}}</td></tr>
{{end}}</tbody></table></div>
<h2>Partitions</h2>
{{with .Partitions}}<p>{{count .Appeared}} appeared, {{count .Vanished}} vanished, {{count .Grew}} grew, {{count .Shrank}} shrank, {{count .Same}} as before.</p>
{{if .List}}<div class="scroll"><table><thead><tr><th scope="col">Change</th><th scope="col">Partition</th><th scope="col" class="n">Files</th><th scope="col" class="n">Bytes</th></tr></thead><tbody>
{{range .List}}<tr><td>{{clean .Change}}</td><td><code>{{spell .Path}}</code></td><td class="n">{{count .OldObjects}} → {{count .NewObjects}}</td><td class="n">{{signedSize .OldBytes .NewBytes}}</td></tr>
{{end}}</tbody></table></div>{{end}}{{if .Omitted}}<p class="soft">and {{count .Omitted}} more.</p>{{end}}{{end}}
</main>`).Execute(w, d)
}
