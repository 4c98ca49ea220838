package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

// details is everything that the first screen had no room for.
func (t *text) details(r *advisor.Report) {
	said := map[string]bool{}
	for _, p := range r.Plans {
		said[p.Estimate] = true // it follows below
	}
	for _, a := range r.Advice {
		t.finding(a, said)
	}
	t.plans(r)
	t.recommended(r.Recommended)
	t.leaveAlone(r.LeaveAlone)
	t.compaction(r.Compaction, r.Recommended.GroupFiles != "")
	t.tables(r)
	t.snippets(r.Advice)
	t.notes(r)
}

func (t *text) finding(a advisor.Advice, said map[string]bool) {
	t.blank()
	t.alert(t.heading(a), a.Severity)
	why := a.Why
	if a.Confidence != "" {
		why += " (" + string(a.Confidence) + ")"
	}
	t.paragraph("why", why)
	t.paragraph("do", a.Do)
	t.paragraph("set", a.Set)
	if a.Effect != nil {
		t.effect(a.Effect, said)
	} else if a.Impact != nil {
		effect := fmt.Sprintf("%s %s → %s", a.Impact.Metric, advisor.Count(a.Impact.Before), advisor.Count(a.Impact.After))
		if a.Impact.Estimate != "" {
			effect += " (estimate: " + a.Impact.Estimate + ")"
		}
		t.paragraph("effect", effect)
	}
	if len(a.Confirm) > 0 {
		t.paragraph("check", a.Confirm[0].Metric+": "+a.Confirm[0].Shows)
	}
}

// effect shows the figures that a change changes, and why they are estimates: each reason once in a report.
func (t *text) effect(e *advisor.Effect, said map[string]bool) {
	about := ""
	if len(e.Estimates) > 0 {
		about = "~"
	}
	var parts []string
	add := func(name string, before, after int64, spell func(int64) string) {
		if before != after {
			parts = append(parts, fmt.Sprintf("%s %s → %s%s", name, spell(before), about, spell(after)))
		}
	}
	add("files", e.Before.Files, e.After.Files, advisor.Count)
	add("tasks", e.Before.Tasks, e.After.Tasks, advisor.Count)
	add("waves", e.Before.Waves, e.After.Waves, advisor.Count)
	add("idle cores", e.Before.IdleCores, e.After.IdleCores, advisor.Count)
	add("largest task", e.Before.LargestTaskBytes, e.After.LargestTaskBytes, advisor.Size)
	if e.Before.LargestTaskBytes != e.Before.LargestTaskExpandedBytes {
		add("in memory", e.Before.LargestTaskExpandedBytes, e.After.LargestTaskExpandedBytes, advisor.Size)
	}
	if len(parts) == 0 {
		return
	}
	if e.Before.Plan != e.After.Plan {
		parts[0] = e.Before.Plan + " to " + e.After.Plan + ": " + parts[0]
	} else if e.Before.Plan == "dataframe" && e.Before.Files > advisor.AutoGroupingFiles && e.Before.Files != e.After.Files {
		parts[0] = "of spark.read: " + parts[0]
	}
	t.paragraph("effect", strings.Join(parts, ", "))
	var why []string
	for _, reason := range e.Estimates {
		if !said[reason] {
			why = append(why, reason)
		}
		said[reason] = true
	}
	if len(why) > 0 {
		t.paragraph("", "~ "+strings.Join(why, "; "))
	}
}

func (t *text) paragraph(name, s string) {
	const indent = 10
	if t.plain {
		t.line(strings.TrimPrefix(name+": ", ": ") + s)
		return
	}
	for i, l := range Wrap(t.spelled(clean(s)), t.width-indent) {
		if i > 0 {
			name = ""
		}
		t.linef("  %-8s%s", name, l)
	}
}

func (t *text) plans(r *advisor.Report) {
	t.blank()
	t.line("task plan on " + cluster(r.Engine))
	if !t.plain {
		t.linef("  %-22s %11s %8s %10s %10s %10s", "reader", "tasks", "waves", "median", "largest", "in memory")
	}
	for _, p := range r.Plans {
		if t.plain {
			t.linef("%s: %s tasks in %s waves, median task %s, largest %s, in memory %s", p.Reader, approx(p), advisor.Count(p.Waves), advisor.Size(p.TaskBytes.P50), advisor.Size(p.TaskBytes.Max), expanded(p))
			continue
		}
		t.linef("  %-22s %11s %8s %10s %10s %10s", p.Reader, approx(p), advisor.Count(p.Waves), advisor.Size(p.TaskBytes.P50), advisor.Size(p.TaskBytes.Max), expanded(p))
	}
	names, said := doubts(r.Plans)
	for i, what := range said {
		t.paragraph("", names[i]+": "+what)
	}
	t.paragraph("", "assumed: "+strings.Join(r.Engine.Assumed, ", ")+"; ~ is an estimate")
}

// cluster names the engine and what it runs on.
func cluster(e advisor.Engine) string {
	cores := plural(e.Cores, "core")
	if e.WorkerType != "" {
		cores = fmt.Sprintf("%d × %s = %s", e.Workers, e.WorkerType, cores)
	}
	return fmt.Sprintf("%s (Spark %s), %s", e.Name, e.SparkVersion, cores)
}

// expanded is what the largest task becomes in memory, marked where it is an estimate.
func expanded(p advisor.Plan) string {
	if p.Expanded.Factor > 1 {
		return "~" + advisor.Size(p.Expanded.Max)
	}
	return advisor.Size(p.Expanded.Max)
}

// doubts says what the plans stand on: why one is an estimate, how bytes grow, what the driver keeps. What holds for
// several readers is said once.
func doubts(plans []advisor.Plan) (names, said []string) {
	say := func(name, what string) {
		if i := slices.Index(said, what); i >= 0 {
			names[i] += ", " + name
			return
		}
		names, said = append(names, name), append(said, what)
	}
	for _, p := range plans {
		if p.Estimate != "" {
			say(p.Reader, p.Estimate)
		}
	}
	for _, p := range plans {
		if p.Expanded.Origin != "" && p.TaskBytes.Max > 0 {
			say("in memory", p.Expanded.Origin)
			break
		}
	}
	for _, p := range plans {
		if p.Driver != nil {
			say("driver", fmt.Sprintf("~%s for the list of files: %s", advisor.Size(p.Driver.Bytes), p.Driver.Estimate))
		}
	}
	var needed []string
	for _, p := range plans {
		if p.MaxNeededExecutors > 0 {
			needed = append(needed, p.Reader+" "+advisor.Count(p.MaxNeededExecutors))
		}
	}
	if len(needed) > 0 {
		say("executors", "at most "+strings.Join(needed, ", ")+" have a task of the read")
	}
	return names, said
}

func (t *text) tables(r *advisor.Report) {
	p := r.Profile
	if p.Ages != nil {
		t.blank()
		t.linef("written %s to %s", p.Ages.Oldest.Format(time.DateTime), p.Ages.Newest.Format(time.DateTime))
	}
	if len(p.Formats) > 0 {
		t.blank()
		if !t.plain {
			t.linef("%-24s %10s %10s %10s %10s  %s", "format", "files", "bytes", "median", "largest", "splits")
		}
		for _, f := range p.Formats {
			median, largest := formatSizes(f)
			if t.plain {
				t.linef("format %s: %s, %s, median %s, largest %s, Spark splits it: %s", formatName(f), plural(f.Objects, "file"), advisor.Size(f.Bytes), orUnknown(median), orUnknown(largest), splits(f))
				continue
			}
			t.linef("%-24s %10s %10s %10s %10s  %s", formatName(f), advisor.Count(f.Objects), advisor.Size(f.Bytes), median, largest, splits(f))
		}
	}
	t.probed(p)
	if len(p.Partitioning.Keys) > 0 {
		t.blank()
		t.partitionRows("partition", p, 10)
		for _, line := range otherPartitions(p, 10) {
			t.line(line)
		}
	}
	if len(p.Ignored) > 0 {
		t.blank()
		if !t.plain {
			t.linef("%-34s %10s %10s  %s", "ignored", "objects", "bytes", "for example")
		}
		for _, g := range p.Ignored {
			example := ""
			if len(g.Examples) > 0 {
				example = Printable(g.Examples[0])
			}
			objects, bytes := ignoredCounts(g)
			if t.plain {
				t.linef("ignored %s: %s objects, %s, for example %s", ignoredName(g), orUnknown(objects), orUnknown(bytes), example)
				continue
			}
			t.linef("%s %10s %10s  %s", fit(ignoredName(g), 34), objects, bytes, shorten(example, max(t.width-58, 8)))
		}
	}
}

// splits says whether Spark cuts the files of a format.
func splits(f stats.Format) string {
	switch {
	case f.Misread:
		return "misread"
	case f.Splittable:
		return "yes"
	}
	return "no"
}

// formatSizes are the median and the largest file of a format; – where they are not known.
func formatSizes(f stats.Format) (median, largest string) {
	if f.Sizes == nil {
		return "–", "–"
	}
	return advisor.Size(f.Sizes.P50), advisor.Size(f.Sizes.Max)
}

// ignoredCounts are the objects of a kind and their bytes; – where they are not known.
func ignoredCounts(g stats.Ignored) (objects, bytes string) {
	if g.Uncounted {
		return "–", "–"
	}
	return advisor.Count(g.Objects), advisor.Size(g.Bytes)
}

// otherPartitions says what so many rows of partitions do not show.
func otherPartitions(p *stats.Profile, shown int) []string {
	var out []string
	more := p.Totals.Partitions - int64(min(shown, len(p.Partitions)))
	if p.Other != nil {
		more -= p.Other.Partitions
	}
	if more > 0 {
		out = append(out, "and "+plural(more, "more partition"))
	}
	if o := p.Other; o != nil {
		about := ""
		if o.Estimated {
			about = "about "
		}
		out = append(out, fmt.Sprintf("and other, not told apart: %s%s with %s, %s", about, plural(o.Partitions, "partition"), plural(o.Objects, "file"), advisor.Size(o.Bytes)))
	}
	return out
}

// A recommendation is a setting and its value, as the job spells them.
type recommendation struct{ Name, Value string }

// recommendations lists what to set.
func recommendations(r advisor.Recommended) []recommendation {
	var set []recommendation
	add := func(name, value string) {
		if value != "" && value != "0" && value != "[]" {
			set = append(set, recommendation{name, value})
		}
	}
	add("groupFiles", r.GroupFiles)
	add("groupSize", r.GroupSize)
	add("exclusions", list(r.Exclusions))
	add("excludeStorageClasses", list(r.ExcludeStorageClasses))
	if r.UseS3ListImplementation {
		add("useS3ListImplementation", "True")
	}
	add("repartition after the read", fmt.Sprint(r.Repartition))
	add("coalesce before the write", fmt.Sprint(r.Coalesce))
	return set
}

// recommended lists what to set, as the job spells it.
func (t *text) recommended(r advisor.Recommended) {
	set := recommendations(r)
	if len(set) == 0 {
		return
	}
	t.blank()
	t.line("recommended")
	for _, s := range set {
		t.paragraph("", s.Name+" = "+s.Value)
	}
}

func list(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = `"` + s + `"`
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// fullest is the fullest snippet of each kind: the others hold parts of it.
func fullest(advice []advisor.Advice) []advisor.Snippet {
	var out []advisor.Snippet
	for _, a := range advice {
		for _, s := range a.Snippets {
			i := slices.IndexFunc(out, func(o advisor.Snippet) bool { return o.Kind == s.Kind })
			switch {
			case i < 0:
				out = append(out, s)
			case len(s.Code) > len(out[i].Code):
				out[i] = s
			}
		}
	}
	return out
}

func (t *text) snippets(advice []advisor.Advice) {
	for _, s := range fullest(advice) {
		t.blank()
		t.linef("# paste: %s, %s", s.Kind, s.Language)
		for l := range strings.Lines(s.Code) {
			l = clean(strings.TrimSuffix(l, "\n"))
			if t.ascii {
				l = asciiOnly(l)
			}
			t.b.WriteString(l + "\n")
		}
	}
}

// maxNotes of one code are shown: many tables may each have the same to say.
const maxNotes = 3

func (t *text) notes(r *advisor.Report) {
	t.blank()
	seen := map[string]int{}
	for _, w := range r.Warnings {
		if seen[w.Code]++; seen[w.Code] <= maxNotes {
			t.paragraph("note", w.Message+counted(w))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(seen)) {
		if more := seen[code] - maxNotes; more > 0 {
			t.paragraph("note", fmt.Sprintf("and %s of code %s, all in --format json", plural(int64(more), "more note"), Printable(code)))
		}
	}
	requests := ""
	if r.Run.Requests > 0 {
		requests = fmt.Sprintf(" · %s (%.2f per 1,000 objects, $%.4f)", plural(r.Run.Requests, "request"), r.Run.RequestsPerThousand, r.Run.Dollars)
	}
	if !r.Run.Started.IsZero() {
		t.linef("listed in %.1f s%s", r.Run.Seconds, requests)
	}
	if len(r.Advice) > 0 {
		t.linef("s3layout explain %s tells more", Printable(r.Advice[0].Rule))
	}
}
