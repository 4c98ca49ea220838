package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"s3layout/advisor"
)

// The page's parts. charts.min.js is Apache ECharts, cut to what the page draws; see assets/README.md.
var (
	//go:embed assets/report.html
	pageHTML string
	//go:embed assets/report.css
	pageCSS string
	//go:embed assets/report.js
	pageScript string
	//go:embed assets/charts.min.js
	chartsScript string
)

var pageTemplate = template.Must(template.New("report").Parse(pageHTML))

// HTML writes a report as one page for a browser: it asks for nothing, and works without its scripts. Its policy allows the two
// scripts and the style that are in it and nothing else, so that a key that got out of its place would not run. It has at
// most 2 MiB: partitions and snippets that do not fit are counted, not shown.
func HTML(w io.Writer, r *advisor.Report, _ Options) error {
	if r.Profile == nil {
		return errNoProfile
	}
	var b bytes.Buffer
	for room := maxPage - len(pageHTML) - len(pageCSS) - len(pageScript) - len(chartsScript) - pageReserve; ; room = room*2/3 - 1 {
		b.Reset()
		if err := pageTemplate.Execute(&b, newReportView(r, &budget{room})); err != nil {
			return fmt.Errorf("write the page: %w", err)
		}
		if b.Len() <= maxPage || room <= 0 {
			_, err := w.Write(b.Bytes())
			return err
		}
	}
}

// contentPolicy allows what is in the page, by its hash.
func contentPolicy(style string, scripts ...string) string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	allowed := ""
	for _, s := range scripts {
		allowed += hash(s)
	}
	return "default-src 'none'; script-src" + allowed + "; style-src" + hash(style) + "; img-src data:; base-uri 'none'; form-action 'none'"
}

// reportView is what the template shows. Strings of the report are printable; the template escapes them for where they stand.
type reportView struct {
	Policy          string
	CSS             template.CSS
	Charts, Script  template.JS
	Title, Target   string
	Scope           []string
	Complete        bool
	Missing         []missingRange
	MoreMissing     int
	Verdict         []badge
	NothingToChange bool
	Tiles           []tile
	Lines           []string
	Findings        []finding
	Sizes           sizesView
	Plans           plansView
	Recommended     []recommendation
	LeaveAlone      []recommendation
	Partitions      partitionsView
	Compaction      *compactionView
	Formats         []formatRow
	Opened          []openedRow
	OpenedNote      string
	Ignored         []ignoredRow
	Classes         []classRow
	Warnings        []string
	Skipped         []recommendation
	Facts           []recommendation
	Data            pageData
	SnippetsOmitted int
	FormatsOmitted  int
	IgnoredOmitted  int
	WarningsOmitted int
	FindingsOmitted int
}

type missingRange struct{ Span, Cause string }

// badge is a count of findings of one severity.
type badge struct{ Class, Sign, Text string }

type tile struct{ Name, Value, Note string }

func newReportView(r *advisor.Report, room *budget) reportView {
	p := reportView{
		Policy: contentPolicy(pageCSS, chartsScript, pageScript), CSS: template.CSS(pageCSS), Charts: template.JS(chartsScript), Script: template.JS(pageScript),
		Title: shorten(Printable(r.Target.URI), 120), Target: shorten(Printable(r.Target.URI), 2000), Complete: r.Complete, NothingToChange: r.NothingToChange,
	}
	p.Scope = scope(r.Target)
	p.head(r)
	p.findings(r, room)
	p.Sizes = newSizesView(r.Profile.Sizes)
	p.Plans = newPlansView(r)
	for _, s := range recommendations(r.Recommended) {
		p.Recommended = append(p.Recommended, recommendation{s.Name, shorten(clean(s.Value), 2000)})
	}
	for _, s := range r.LeaveAlone {
		p.LeaveAlone = append(p.LeaveAlone, recommendation{clean(s.Name), shorten(clean(s.Why), 1000)})
	}
	p.tables(r)
	p.Facts = facts(r)
	p.Partitions, p.Data = newPartitionsView(r.Profile, room)
	p.Compaction = newCompactionView(r.Compaction)
	return p
}

// Bounds on a page, bytes, and how many of them are for all but findings and partitions. The rest has bounds of its own, and
// takes more where all of it must be escaped: then findings and partitions give way.
const (
	maxPage     = 2 << 20
	pageReserve = 160 << 10
)

// budget is how many bytes there is room for.
type budget struct{ left int }

// take reports whether so many bytes fit, and takes them.
func (b *budget) take(n int) bool {
	if n > b.left {
		return false
	}
	b.left -= n
	return true
}

// scope is what narrows the target.
func scope(t advisor.Target) []string {
	var out []string
	for _, s := range t.Exclude {
		out = append(out, "without "+shorten(Printable(s), 200))
	}
	for _, s := range t.Include {
		out = append(out, "only "+shorten(Printable(s), 200))
	}
	if t.Where != "" {
		out = append(out, "where "+shorten(Printable(t.Where), 400))
	}
	return out[:min(len(out), 20)]
}

func (p *reportView) head(r *advisor.Report) {
	for i, m := range r.Incomplete {
		if i == 5 && len(r.Incomplete) > 6 {
			p.MoreMissing = len(r.Incomplete) - i
			break
		}
		p.Missing = append(p.Missing, missingRange{shorten(span(m), 600), shorten(Printable(m.Cause), 600)})
	}
	p.Verdict = badges(r)
	f := r.Profile
	p.Tiles = []tile{
		{"Files", advisor.Count(f.Totals.Objects), "median " + knownSize(f, f.Sizes.P50)},
		{"Bytes", advisor.Size(f.Totals.Bytes), "largest file " + knownSize(f, f.Sizes.Max)},
		partitionTile(r),
		taskTile(r),
	}
	p.Lines = append(p.Lines, contents(f))
	p.Lines = append(p.Lines, tableLines(f.TableFormats)...)
	if line := opened(f); line != "" {
		p.Lines = append(p.Lines, line)
	}
	for i, line := range p.Lines {
		p.Lines[i] = shorten(clean(line), 400)
	}
}

func badges(r *advisor.Report) []badge {
	var out []badge
	for _, s := range []advisor.Severity{advisor.Critical, advisor.Warning, advisor.Info} {
		n := int64(0)
		for _, a := range r.Advice {
			if a.Severity == s {
				n++
			}
		}
		if n == 0 {
			continue
		}
		text := map[advisor.Severity]string{advisor.Critical: fmt.Sprintf("%d critical", n), advisor.Warning: plural(n, "warning"), advisor.Info: plural(n, "hint")}[s]
		out = append(out, badge{string(s), sign(s), text})
	}
	if r.NothingToChange || len(r.Advice) == 0 && r.Profile.Totals.Objects > 0 {
		out = append([]badge{{"good", "✓", "nothing to change"}}, out...)
	}
	return out
}

// knownSize is – where there are no files.
func knownSize(f *profile, n int64) string {
	if f.Totals.Objects == 0 {
		return "–"
	}
	return advisor.Size(n)
}

func partitionTile(r *advisor.Report) tile {
	f := r.Profile
	if len(f.Partitioning.Keys) == 0 {
		return tile{"Partitions", "none", "not partitioned"}
	}
	_, names, _ := strings.Cut(partitions(f), " (")
	count, _, _ := strings.Cut(partitions(f), " ")
	return tile{"Partitions", count, "by " + clean(strings.TrimSuffix(names, ")"))}
}

func taskTile(r *advisor.Report) tile {
	if r.Profile.Totals.Objects == 0 {
		return tile{"Tasks", "–", "no files to read"}
	}
	plan := map[string]advisor.Plan{}
	for _, p := range r.Plans {
		plan[p.Reader] = p
	}
	note := "on " + plural(r.Engine.Cores, "core")
	if g, ok := plan["dynamicframe_grouped"]; ok {
		return tile{"Tasks", approx(plan["dynamicframe"]) + " → " + approx(g), "DynamicFrame, as advised, " + note}
	}
	if d, ok := plan["dynamicframe"]; ok {
		return tile{"Tasks", approx(d), "DynamicFrame, " + note}
	}
	return tile{"Tasks", approx(plan["dataframe"]), "spark.read, " + note}
}
