package render

import (
	"fmt"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

type profile = stats.Profile

// finding is one of the report, ready to show.
type finding struct {
	Class, Sign, Severity, Title, Rule, Confidence, Why, Do, Set, Impact string
	Open                                                                 bool
	Changes                                                              []change
	ChangesOf                                                            string
	Estimates                                                            []string
	Confirm                                                              []recommendation
	Snippets                                                             []snippet
	Sources                                                              []recommendation
}

// change is a figure before and after.
type change struct{ Name, Before, After string }

type snippet struct{ Kind, Language, Code string }

// findings are all that have room, half of it at most; the first three are open.
func (p *reportView) findings(r *advisor.Report, all *budget) {
	const open, most = 3, 1000
	room := &budget{all.left / 2}
	defer func() { all.left -= all.left/2 - room.left }()
	for i, a := range r.Advice {
		f := finding{
			Class: severityClass(a.Severity), Sign: sign(a.Severity), Severity: clean(string(a.Severity)), Title: clean(a.Title), Rule: clean(a.Rule), Confidence: clean(string(a.Confidence)),
			Why: shorten(clean(a.Why), most), Do: shorten(clean(a.Do), 2*most), Set: shorten(clean(a.Set), most), Impact: strings.Trim(effect(a.Impact), " ()"), Open: i < open,
		}
		f.Impact = clean(f.Impact)
		if a.Effect != nil {
			f.Changes, f.ChangesOf = changes(a.Effect)
			for _, e := range a.Effect.Estimates {
				f.Estimates = append(f.Estimates, shorten(clean(e), most))
			}
		}
		for _, c := range a.Confirm {
			f.Confirm = append(f.Confirm, recommendation{clean(c.Metric), shorten(clean(c.Shows), most)})
		}
		for _, s := range a.Sources {
			f.Sources = append(f.Sources, recommendation{shorten(clean(s.URL), most), clean(s.Read)})
		}
		if !room.take(2000 + 2*(len(f.Title)+len(f.Rule)+len(f.Why)+len(f.Do)+len(f.Set)) + 400*len(f.Sources) + 400*len(f.Confirm)) {
			p.FindingsOmitted = len(r.Advice) - i
			return
		}
		p.snippets(&f, a.Snippets, room)
		p.Findings = append(p.Findings, f)
	}
}

// maxSnippet is how many bytes a snippet may have.
const maxSnippet = 80 << 10

func (p *reportView) snippets(f *finding, all []advisor.Snippet, room *budget) {
	for _, s := range all {
		var lines []string
		for l := range strings.Lines(s.Code) {
			lines = append(lines, clean(strings.TrimSuffix(l, "\n")))
		}
		code := strings.Join(lines, "\n")
		if len(code) > maxSnippet || !room.take(2*len(code)+400) {
			p.SnippetsOmitted++
			continue
		}
		kind := clean(s.Kind)
		if strings.TrimSpace(kind) == "" {
			kind = "snippet"
		}
		f.Snippets = append(f.Snippets, snippet{kind, clean(s.Language), code})
	}
}

func severityClass(s advisor.Severity) string {
	if s.Rank() == 0 {
		return string(advisor.Info)
	}
	return string(s)
}

// changes are the figures that a change changes, and which plan they are of.
func changes(e *advisor.Effect) (out []change, of string) {
	about := ""
	if len(e.Estimates) > 0 {
		about = "~"
	}
	add := func(name string, before, after int64, spell func(int64) string) {
		if before != after {
			out = append(out, change{name, spell(before), about + spell(after)})
		}
	}
	add("Files", e.Before.Files, e.After.Files, advisor.Count)
	add("Tasks", e.Before.Tasks, e.After.Tasks, advisor.Count)
	add("Waves", e.Before.Waves, e.After.Waves, advisor.Count)
	add("Idle cores", e.Before.IdleCores, e.After.IdleCores, advisor.Count)
	add("Largest task", e.Before.LargestTaskBytes, e.After.LargestTaskBytes, advisor.Size)
	if e.Before.LargestTaskBytes != e.Before.LargestTaskExpandedBytes {
		add("Largest task in memory", e.Before.LargestTaskExpandedBytes, e.After.LargestTaskExpandedBytes, advisor.Size)
	}
	of = clean(e.Before.Plan)
	if e.Before.Plan != e.After.Plan {
		of += " to " + clean(e.After.Plan)
	}
	return out, of
}

// plansView is the task plan of each reader, with a bar of its tasks.
type plansView struct {
	Cluster string
	Rows    []planRow
	Doubts  []recommendation
	Assumed string
}

type planRow struct {
	Reader, Tasks, Waves, Idle, Median, Largest, Expanded string
	Bar                                                   string // per cent
	Advised                                               bool
}

func newPlansView(r *advisor.Report) plansView {
	v := plansView{Cluster: clean(cluster(r.Engine)), Assumed: clean(strings.Join(r.Engine.Assumed, ", "))}
	most := int64(1)
	for _, p := range r.Plans {
		most = max(most, p.Tasks)
	}
	for _, p := range r.Plans {
		v.Rows = append(v.Rows, planRow{
			Reader: clean(p.Reader), Tasks: approx(p), Waves: advisor.Count(p.Waves), Idle: advisor.Count(p.IdleCores), Median: advisor.Size(p.TaskBytes.P50),
			Largest: advisor.Size(p.TaskBytes.Max), Expanded: expanded(p), Bar: share(p.Tasks, most), Advised: p.Reader == "dynamicframe_grouped",
		})
	}
	names, said := doubts(r.Plans)
	for i := range said {
		v.Doubts = append(v.Doubts, recommendation{clean(names[i]), shorten(clean(said[i]), 1000)})
	}
	return v
}

// share is a part of a whole in per cent, at least half of one where there is any, for the width of a bar.
func share(part, whole int64) string {
	if part <= 0 || whole <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", max(100*float64(part)/float64(whole), 0.5))
}

type formatRow struct{ Name, Files, Bytes, Share, Bar, Median, Largest, Splits string }

type openedRow struct{ Name, Opened, Share, Grows string }

type ignoredRow struct{ Name, Reason, Objects, Bytes, Example string }

type classRow struct{ Name, Objects, Bytes, Readable string }

// maxRows of each table that is not of partitions are shown.
const maxRows = 60

func (p *reportView) tables(r *advisor.Report) {
	f := r.Profile
	for i, x := range f.Formats {
		if i == maxRows {
			p.FormatsOmitted = len(f.Formats) - i
			break
		}
		median, largest := formatSizes(x)
		p.Formats = append(p.Formats, formatRow{shorten(clean(formatName(x)), 80), advisor.Count(x.Objects), advisor.Size(x.Bytes), advisor.Percent(x.Bytes, f.Totals.Bytes), share(x.Bytes, f.Totals.Bytes), median, largest, splits(x)})
	}
	if x := f.Probe; x != nil && x.Objects > 0 {
		p.OpenedNote = fmt.Sprintf("Opened %s of %s (%s): %s of %s. Shares are of bytes, %s %% confidence.", plural(x.Objects, "file"), advisor.Count(f.Totals.Objects), clean(x.Mode), plural(x.Requests, "read"), advisor.Size(x.BytesRead), percent(x.Confidence))
		for _, c := range x.Codecs[:min(len(x.Codecs), maxRows)] {
			p.Opened = append(p.Opened, openedRow{shorten(clean(codecName(c)), 80), advisor.Count(c.Probed), between(c), clean(grown(f, c))})
		}
	}
	for i, g := range f.Ignored {
		if i == maxRows {
			p.IgnoredOmitted = len(f.Ignored) - i
			break
		}
		objects, bytes := ignoredCounts(g)
		example := ""
		if len(g.Examples) > 0 {
			example = shorten(Printable(g.Examples[0]), 120)
		}
		p.Ignored = append(p.Ignored, ignoredRow{shorten(clean(ignoredName(g)), 120), clean(strings.ReplaceAll(g.Reason, "_", " ")), objects, bytes, example})
	}
	for _, c := range f.StorageClasses[:min(len(f.StorageClasses), maxRows)] {
		readable := "yes"
		if !c.Readable {
			readable = "no, it must be restored"
		}
		p.Classes = append(p.Classes, classRow{shorten(Printable(c.Class), 80), advisor.Count(c.Objects), advisor.Size(c.Bytes), readable})
	}
	for i, w := range r.Warnings {
		if i == maxRows {
			p.WarningsOmitted = len(r.Warnings) - i
			break
		}
		p.Warnings = append(p.Warnings, shorten(clean(w.Message+counted(w)), 1000))
	}
	for _, s := range r.Skipped[:min(len(r.Skipped), maxRows)] {
		p.Skipped = append(p.Skipped, recommendation{clean(s.Rule), shorten(clean(s.Reason), 400)})
	}
}

type compactionView struct {
	Target, Candidates, Before, After, Bytes, TasksSaved string
	Rows                                                 []compactedRow
	Estimate                                             string
}

type compactedRow struct{ Path, Files, After, Bytes, Removed string }

func newCompactionView(c *advisor.Compaction) *compactionView {
	if c == nil {
		return nil
	}
	v := &compactionView{
		Target: advisor.Size(c.TargetBytes), Candidates: plural(c.Candidates, "partition"), Before: advisor.Count(c.FilesBefore), After: advisor.Count(c.FilesAfter),
		Bytes: advisor.Size(c.Bytes), TasksSaved: advisor.Count(c.TasksSaved), Estimate: shorten(clean(c.Estimate), 1000),
	}
	for _, p := range c.Partitions[:min(len(c.Partitions), 20)] {
		v.Rows = append(v.Rows, compactedRow{shorten(pathName(p.Path), 200), advisor.Count(p.Files), advisor.Count(p.FilesAfter), advisor.Size(p.Bytes), advisor.Count(int64(p.FilesRemovedPerGiB))})
	}
	return v
}

// facts are what else is worth knowing of a report, and of the run that made it.
func facts(r *advisor.Report) []recommendation {
	var out []recommendation
	add := func(name, value string) { out = append(out, recommendation{name, shorten(clean(value), 400)}) }
	if a := r.Profile.Ages; a != nil {
		add("Written", a.Oldest.UTC().Format(time.DateTime)+" to "+a.Newest.UTC().Format(time.DateTime)+" UTC")
	}
	if k := r.Profile.Skew; k != nil {
		add("Skew over partitions", fmt.Sprintf("Gini %.2f, coefficient of variation %.2f, largest %.1f × the median", k.Gini, k.CV, k.MaxOverMedian))
	}
	add("Engine", cluster(r.Engine))
	if !r.Run.Started.IsZero() {
		add("Listed", fmt.Sprintf("%s UTC, in %.1f s", r.Run.Started.UTC().Format(time.DateTime), r.Run.Seconds))
		if r.Run.Requests > 0 {
			add("Requests", fmt.Sprintf("%s, %.2f per 1,000 objects, $%.4f", advisor.Count(r.Run.Requests), r.Run.RequestsPerThousand, r.Run.Dollars))
		}
	}
	add("Made by", r.Tool.Name+" "+r.Tool.Version+", "+r.Schema)
	return out
}
