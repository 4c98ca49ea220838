package advisor

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// DiffSchemaID names the version of the document of a difference. Fields may be added within it, never renamed or removed.
const DiffSchemaID = "s3layout/diff/v1"

// Difference is what changed between two reports.
type Difference struct {
	// Version of this document: s3layout/diff/v1.
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
	Old    Side   `json:"old"`
	New    Side   `json:"new"`
	// Whether the figures of both are whole and of the same objects. Where it is not, caveats say why, and of what is
	// incomplete no change is told.
	Comparable bool     `json:"comparable"`
	Caveats    []Caveat `json:"caveats"`
	// Whether anything differs beyond noise.
	Changed bool `json:"changed"`
	// What counts as noise.
	Noise      Noise            `json:"noise"`
	Metrics    []MetricChange   `json:"metrics"`
	Findings   []FindingChange  `json:"findings"`
	Partitions PartitionChanges `json:"partitions"`
}

// Side is one of two reports.
type Side struct {
	Target   Target    `json:"target"`
	Tool     Tool      `json:"tool"`
	Engine   string    `json:"engine"`
	Complete bool      `json:"complete"`
	Started  time.Time `json:"started"`
}

// Caveat is why a comparison shows less than it seems to.
type Caveat struct {
	// old_incomplete, new_incomplete, other_target, other_selection, other_engine, other_version, other_probe, reversed or
	// partitions_not_told_apart.
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Noise is which changes of a metric are not told as changes: those up to Ratio of the old value, and those up to the
// figure of the metric's unit. A change that is more than both counts.
type Noise struct {
	// Of the old value: 0.01 is 1 %.
	Ratio float64 `json:"ratio"`
	Count float64 `json:"count"`
	Bytes float64 `json:"bytes"`
	// Of a metric that is a ratio itself.
	Ratios float64 `json:"ratios"`
}

// DefaultNoise is what no job notices: a hundredth, and fewer bytes than the smallest bar of a histogram of file sizes.
var DefaultNoise = Noise{Ratio: 0.01, Count: 0, Bytes: 64 << 10, Ratios: 0.001}

// MetricChange is one metric in both reports. A value is absent where the report does not have it, and the change where one
// of both is, or where a report is incomplete.
type MetricChange struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit"`
	Old    *float64 `json:"old,omitempty"`
	New    *float64 `json:"new,omitempty"`
	Change *float64 `json:"change,omitempty"`
	// The change over the old value; absent where that is 0.
	Ratio *float64 `json:"ratio,omitempty"`
	// better, worse, changed (neither), noise (below the threshold) or unknown.
	Verdict string `json:"verdict"`
}

// FindingChange is one rule in both reports.
type FindingChange struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	// new, worse (more severe), unchanged, better (less severe), gone, or unknown: one of both reports cannot tell.
	Change string `json:"change"`
	// Severities; absent where the report has no such finding.
	Old Severity `json:"old,omitempty"`
	New Severity `json:"new,omitempty"`
	// What the new report says, or the old one where it is gone.
	Why string `json:"why"`
	// What the old report said, where both have it and say different things.
	OldWhy string `json:"old_why,omitempty"`
	// The same in every run, for a rule, a target and a selection.
	Fingerprint string `json:"fingerprint"`
	// Why it is unknown.
	Reason string `json:"reason,omitempty"`
}

// Changes of a finding.
const (
	New       = "new"
	Worse     = "worse"
	Unchanged = "unchanged"
	Better    = "better"
	Gone      = "gone"
	Unknown   = "unknown"
)

// changes are in the order in which they are shown.
var changes = []string{New, Worse, Unknown, Unchanged, Better, Gone}

// PartitionChanges are what appeared, vanished, grew and shrank, and how many of each there are.
type PartitionChanges struct {
	// Whether every partition of both reports is told apart; if not, nothing is said to appear or vanish.
	Complete bool  `json:"complete"`
	Appeared int64 `json:"appeared"`
	Vanished int64 `json:"vanished"`
	Grew     int64 `json:"grew"`
	Shrank   int64 `json:"shrank"`
	Same     int64 `json:"same"`
	// The largest changes of bytes first.
	List    []PartitionChange `json:"list"`
	Omitted int64             `json:"omitted"`
}

// PartitionChange is one partition in both reports; a count is 0 where there is no such partition.
type PartitionChange struct {
	Path string `json:"path"`
	// The path's exact bytes; only where they are not UTF-8.
	PathBase64 string `json:"path_base64,omitempty"`
	// appeared, vanished, grew or shrank.
	Change     string `json:"change"`
	OldObjects int64  `json:"old_objects"`
	NewObjects int64  `json:"new_objects"`
	OldBytes   int64  `json:"old_bytes"`
	NewBytes   int64  `json:"new_bytes"`
}

// DiffOptions are how two reports are compared. The zero value stands for DefaultNoise, and no partitions in the list.
type DiffOptions struct {
	Tool  Tool
	Noise *Noise
	MetricOptions
	// Partitions is how many of them the list holds; -1 is all.
	Partitions int
}

// Diff compares two reports. It is pure, and a partial answer never looks whole: where a report is incomplete, its counts
// are lower bounds, so that no metric is said to have changed, and no finding to be new or gone for lack of keys.
func Diff(before, after *Report, o DiffOptions) *Difference {
	noise := DefaultNoise
	if o.Noise != nil {
		noise = *o.Noise
	}
	d := &Difference{Schema: DiffSchemaID, Tool: o.Tool, Old: sideOf(before), New: sideOf(after), Noise: noise, Caveats: caveats(before, after)}
	whole := before.Complete && after.Complete
	d.Comparable = whole && sameObjects(before.Target, after.Target)
	for _, m := range Metrics {
		if !m.Volatile {
			d.Metrics = append(d.Metrics, metricChange(m, before, after, o.MetricOptions, noise, whole))
		}
	}
	d.Findings = findingChanges(before, after)
	if whole {
		d.Partitions = partitionChanges(before.Profile, after.Profile, noise, o.Partitions)
	}
	d.Partitions.List = append([]PartitionChange{}, d.Partitions.List...)
	if whole && !d.Partitions.Complete {
		d.Caveats = append(d.Caveats, Caveat{"partitions_not_told_apart", "not every partition is told apart in both reports: none is said to appear or vanish"})
	}
	d.Changed = d.changed()
	return d
}

func sideOf(r *Report) Side {
	return Side{Target: r.Target, Tool: r.Tool, Engine: r.Engine.Name, Complete: r.Complete, Started: r.Run.Started}
}

func sameObjects(a, b Target) bool {
	return a.URI == b.URI && a.Where == b.Where && slices.Equal(a.Exclude, b.Exclude) && slices.Equal(a.Include, b.Include)
}

func caveats(before, after *Report) []Caveat {
	out := []Caveat{}
	add := func(differs bool, code, message string) {
		if differs {
			out = append(out, Caveat{code, message})
		}
	}
	a, b := before.Target, after.Target
	add(!before.Complete, "old_incomplete", "the old report is of an incomplete listing: its counts are lower bounds, and no change is told")
	add(!after.Complete, "new_incomplete", "the new report is of an incomplete listing: its counts are lower bounds, and no change is told")
	add(a.URI != b.URI, "other_target", "the reports are of different targets")
	add(a.URI == b.URI && !sameObjects(a, b), "other_selection", "the reports are of different parts of the target: --exclude, --include or --where differ")
	add(sameEngine(before.Engine, after.Engine) != "", "other_engine", "tasks and findings are for different engines or clusters: "+sameEngine(before.Engine, after.Engine))
	add(before.Tool.Version != after.Tool.Version, "other_version", "the reports are by different versions of s3layout, whose rules may differ")
	add(opened(before) != opened(after), "other_probe", "files were opened for one report only: what is inside them is judged in that one")
	add(after.Run.Started.Before(before.Run.Started), "reversed", "the new report is older than the old one")
	return out
}

// sameEngine is "" where plans and advice are for the same engine and cluster, else what differs first.
func sameEngine(a, b Engine) string {
	switch {
	case a.Name != b.Name:
		return a.Name + " and " + b.Name
	case a.Cores != b.Cores:
		return Count(a.Cores) + " and " + Count(b.Cores) + " cores"
	case a.DriverMemoryBytes != b.DriverMemoryBytes || a.MaxPartitionBytes != b.MaxPartitionBytes || a.OpenCostBytes != b.OpenCostBytes || a.Parallelism != b.Parallelism:
		return "memory or settings differ"
	}
	return ""
}

func opened(r *Report) bool { return r.Profile.Probe != nil && r.Profile.Probe.Objects > 0 }

func metricChange(m Metric, before, after *Report, o MetricOptions, noise Noise, whole bool) MetricChange {
	out := MetricChange{Name: m.Name, Unit: m.Unit, Verdict: Unknown}
	was, had := m.Of(before, o)
	is, has := m.Of(after, o)
	if had {
		out.Old = &was
	}
	if has {
		out.New = &is
	}
	if !had || !has || !whole {
		return out
	}
	change := is - was
	out.Change = &change
	if was != 0 {
		ratio := round6(change / math.Abs(was))
		out.Ratio = &ratio
	}
	switch {
	case !noise.exceeded(m.Unit, was, is):
		out.Verdict = "noise"
	case !m.Worse:
		out.Verdict = "changed"
	case change > 0:
		out.Verdict = Worse
	default:
		out.Verdict = Better
	}
	return out
}

// exceeded reports whether a change is more than noise.
func (n Noise) exceeded(unit string, was, is float64) bool {
	least := map[string]float64{UnitCount: n.Count, UnitBytes: n.Bytes, UnitRatio: n.Ratios}[unit]
	change := math.Abs(is - was)
	return change > least && change > n.Ratio*math.Abs(was)
}

// findingChanges compares by rule: a rule has one finding at most.
func findingChanges(before, after *Report) []FindingChange {
	out := []FindingChange{}
	old := map[string]*Advice{}
	for i := range before.Advice {
		old[before.Advice[i].Rule] = &before.Advice[i]
	}
	seen := map[string]bool{}
	for i := range after.Advice {
		is := &after.Advice[i]
		if !seen[is.Rule] {
			out = append(out, findingChange(before, after, old[is.Rule], is))
		}
		seen[is.Rule] = true
	}
	for i := range before.Advice {
		if was := &before.Advice[i]; !seen[was.Rule] {
			out = append(out, findingChange(before, after, was, nil))
			seen[was.Rule] = true
		}
	}
	slices.SortFunc(out, func(a, b FindingChange) int {
		return cmp.Or(slices.Index(changes, a.Change)-slices.Index(changes, b.Change), b.rank()-a.rank(), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

func (f FindingChange) rank() int { return max(f.Old.Rank(), f.New.Rank()) }

func findingChange(before, after *Report, was, is *Advice) FindingChange {
	shown := cmp.Or(is, was)
	out := FindingChange{Rule: shown.Rule, Title: shown.Title, Why: shown.Why, Fingerprint: Fingerprint(after.Target, shown.Rule)}
	switch {
	case was == nil:
		out.Change, out.New = New, is.Severity
		out.unless(cannotTell(before, is.Rule))
	case is == nil:
		out.Change, out.Old = Gone, was.Severity
		out.unless(cannotTell(after, was.Rule))
	default:
		out.Old, out.New = was.Severity, is.Severity
		out.Change = Unchanged
		if was.Why != is.Why {
			out.OldWhy = was.Why
		}
		if d := is.Severity.Rank() - was.Severity.Rank(); d > 0 {
			out.Change = Worse
		} else if d < 0 {
			out.Change = Better
		}
		if out.Change != Unchanged && !(before.Complete && after.Complete) {
			out.unless("a report is incomplete")
		}
	}
	return out
}

func (f *FindingChange) unless(reason string) {
	if reason != "" {
		f.Change, f.Reason = Unknown, reason
	}
}

// cannotTell says why a report without a finding of a rule does not show that there was none; "" where it does.
func cannotTell(r *Report, rule string) string {
	if !r.Complete {
		return "the other report is incomplete"
	}
	for _, s := range r.Skipped {
		if s.Rule == rule {
			return "the other report did not check it: " + s.Reason
		}
	}
	return ""
}

func (d *Difference) changed() bool {
	p := d.Partitions
	return p.Appeared+p.Vanished+p.Grew+p.Shrank > 0 ||
		slices.ContainsFunc(d.Metrics, func(m MetricChange) bool { return m.Verdict != "noise" && m.Change != nil }) ||
		slices.ContainsFunc(d.Findings, func(f FindingChange) bool { return f.Change != Unchanged && f.Change != Unknown })
}
