package render

import (
	"fmt"
	"io"
	"math"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// A TrendFormat is one way to write how metrics went.
type TrendFormat struct {
	Name, Doc string
	Write     func(w io.Writer, t *audit.Trend, o Options) error
}

// TrendFormats lists them; the first is the default.
var TrendFormats = []TrendFormat{
	{"text", "for people: a line of bars for each metric", TrendText},
	{"json", "the document, for programs", TrendJSON},
	{"html", "one page with a chart for each metric", TrendHTML},
}

// TrendJSON writes the document of a trend; see JSON.
func TrendJSON(w io.Writer, t *audit.Trend, _ Options) error { return writeDocument(w, t) }

// TrendText writes a line for each metric: the first value, the last, what changed, and bars between. Where one metric is
// asked for, its runs follow.
func TrendText(w io.Writer, trend *audit.Trend, o Options) error {
	t := newText(o)
	for i, target := range trend.Targets {
		if i > 0 {
			t.blank()
		}
		t.line(fit(Printable(target.Name)+"  "+Printable(target.URI), t.width))
		t.line("  " + runsText(target))
		for _, p := range target.Problems {
			t.listed("▲ ", p, advisor.Warning)
		}
		if target.Runs == 0 {
			continue
		}
		t.trendLines(target.Series)
		if len(target.Series) == 1 {
			t.trendRuns(target.Series[0])
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func runsText(t audit.TargetTrend) string {
	out := plural(int64(t.Runs), "run")
	if t.Incomplete > 0 {
		out += fmt.Sprintf(", %d incomplete", t.Incomplete)
	}
	if t.Runs > 0 && len(t.Series) > 0 {
		points := t.Series[0].Points
		out += ", " + day(points[0]) + " to " + day(points[len(points)-1])
	}
	return out
}

func day(p audit.Point) string { return p.Started.UTC().Format("2006-01-02") }

// trendLines are all series; the bars take what is left of the width, 30 columns at most, and show the last runs.
func (t *text) trendLines(series []audit.Series) {
	room := min(max(t.width-69, 8), 30)
	wide := t.width >= 78
	if wide {
		t.linef("  %-22s %10s %10s  %-20s %s", "metric", "first", "last", "change", "trend")
	}
	for _, s := range series {
		change := trendChange(s)
		if wide {
			t.line(fmt.Sprintf("  %-22s %10s %10s  %s %s", s.Metric, spellValue(s.First, s.Unit), spellValue(s.Last, s.Unit), fit(change, 20), trendBars(s, room)))
			continue
		}
		t.line(fit("  "+s.Metric, 25) + " " + spellValue(s.Last, s.Unit))
		t.line("    " + trendBars(s, max(t.width-8, 8)))
	}
}

// trendChange is the last value less the first: "=" where they are the same, "–" where there are not two.
func trendChange(s audit.Series) string {
	switch {
	case s.Change == nil:
		return "–"
	case *s.Change == 0:
		return "="
	}
	out := spellValue(s.Change, s.Unit)
	if *s.Change > 0 {
		out = "+" + out
	}
	if s.Ratio != nil {
		out += " (" + spellRatio(*s.Ratio) + ")"
	}
	return out
}

var sparks = []rune("▁▂▃▄▅▆▇█")

// trendBars draws the last n points between the least and the most; what is not known is a dot.
func trendBars(s audit.Series, n int) string {
	points := s.Points
	if len(points) > n {
		points = points[len(points)-n:]
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if p.Value != nil {
			low, high = min(low, *p.Value), max(high, *p.Value)
		}
	}
	var b strings.Builder
	for _, p := range points {
		switch {
		case p.Value == nil:
			b.WriteRune('·')
		case high <= low:
			b.WriteRune(sparks[3])
		default:
			b.WriteRune(sparks[min(int((*p.Value-low)/(high-low)*float64(len(sparks))), len(sparks)-1)])
		}
	}
	return b.String()
}

// trendRuns lists the runs of one metric, the newest first.
func (t *text) trendRuns(s audit.Series) {
	t.blank()
	t.linef("  %-18s %12s  %s", "run", "value", "change")
	for i := len(s.Points) - 1; i >= 0; i-- {
		p := s.Points[i]
		change := "–"
		if before := previous(s.Points, i); before != nil && p.Value != nil {
			d := *p.Value - *before
			if change = spellValue(&d, s.Unit); d > 0 {
				change = "+" + change
			} else if d == 0 {
				change = "="
			}
		}
		t.linef("  %-18s %12s  %s", stamp(p.Started), spellValue(p.Value, s.Unit), change)
	}
}

// previous is the last known value before a point.
func previous(points []audit.Point, at int) *float64 {
	for at--; at >= 0; at-- {
		if points[at].Value != nil {
			return points[at].Value
		}
	}
	return nil
}

// TrendHTML writes one page: a chart for each metric, and its values as a table.
func TrendHTML(w io.Writer, trend *audit.Trend, _ Options) error {
	return page(`s3layout trend`, `<main>
<h1>Trend</h1>
{{range .Targets}}<h2>{{spell .Name}}</h2>
<p class="soft"><code>{{spell .URI}}</code> {{runs .}}</p>
{{range .Problems}}<p class="note">{{clean .}}</p>
{{end}}<div class="charts">{{range .Series}}<div><p><b>{{words .Metric}}</b> {{value .Last .Unit}} <span class="soft">{{value .Min .Unit}} to {{value .Max .Unit}}</span></p>
<svg viewBox="0 0 320 80" role="img" aria-label="{{chart .}}"><path d="M0 79.5 H320" class="axis"/>{{range lines .}}<polyline points="{{.}}"/>{{end}}{{range dots .}}<circle cx="{{.X}}" cy="{{.Y}}" r="2"><title>{{.Title}}</title></circle>{{end}}</svg></div>
{{end}}</div>
{{if .Series}}<div class="scroll"><table><thead><tr><th scope="col">Run</th>{{range .Series}}<th scope="col" class="n">{{words .Metric}}</th>{{end}}</tr></thead><tbody>
{{range rows .}}<tr><td>{{.Run}}</td>{{range .Values}}<td class="n">{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>{{end}}
{{end}}</main>`, map[string]any{
		"runs": runsText, "chart": chartText, "lines": chartLines, "dots": chartDots, "rows": trendRows,
	}).Execute(w, trend)
}

// chartText says in words what a chart shows.
func chartText(s audit.Series) string {
	return fmt.Sprintf("%s over %s: from %s to %s", clean(s.Metric), plural(int64(len(s.Points)), "run"), spellValue(s.First, s.Unit), spellValue(s.Last, s.Unit))
}

// A chartDot is a run on a chart of 320 by 80.
type chartDot struct{ X, Y, Title string }

// place is where a point lies; ok is false for what is not known.
func place(s audit.Series, i int) (x, y float64, ok bool) {
	p := s.Points[i]
	if p.Value == nil {
		return 0, 0, false
	}
	x, y = 160, 40
	if len(s.Points) > 1 {
		x = 4 + 312*float64(i)/float64(len(s.Points)-1)
	}
	if *s.Max > *s.Min {
		y = 74 - 68*(*p.Value-*s.Min)/(*s.Max-*s.Min)
	}
	return x, y, true
}

// chartLines are the points of each stretch of known values.
func chartLines(s audit.Series) (out []string) {
	var stretch []string
	flush := func() {
		if len(stretch) > 1 {
			out = append(out, strings.Join(stretch, " "))
		}
		stretch = nil
	}
	for i := range s.Points {
		x, y, ok := place(s, i)
		if !ok {
			flush()
			continue
		}
		stretch = append(stretch, fmt.Sprintf("%.1f,%.1f", x, y))
	}
	flush()
	return out
}

func chartDots(s audit.Series) (out []chartDot) {
	for i, p := range s.Points {
		if x, y, ok := place(s, i); ok {
			out = append(out, chartDot{fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", y), stamp(p.Started) + " " + spellValue(p.Value, s.Unit)})
		}
	}
	return out
}

// A trendRow is one run of all metrics.
type trendRow struct {
	Run    string
	Values []string
}

// trendRows are the runs, the newest first.
func trendRows(t audit.TargetTrend) (out []trendRow) {
	for i := t.Runs - 1; i >= 0 && len(t.Series) > 0; i-- {
		row := trendRow{Run: stamp(t.Series[0].Points[i].Started)}
		for _, s := range t.Series {
			row.Values = append(row.Values, spellValue(s.Points[i].Value, s.Unit))
		}
		out = append(out, row)
	}
	return out
}
