// Package advisor judges a profile: it plans how an engine would read the dataset, checks rules against that, and says
// what to set. Facts come from stats and judgement is made here; neither lists, reads or prints anything.
//
// [Advise] takes a profile, an [Engine] on a cluster (see [NewEngine]) and rules, and returns a [Judgement]: a task plan for
// each reader, the settings that follow, and [Advice], worst first. It cannot fail. All sizes are bytes; a plan that is not
// the engine's own says so, and everything assumed is named in Engine.Assumed. [Report] holds all of it, as the JSON document
// that [Schema] describes; [ReadReport] reads one back and refuses what does not agree with itself.
//
// A [Rule] is a value with a function. The program's own are in advisor/rules; [Validate] holds a list to what is asked of it.
package advisor

import (
	"slices"

	"s3layout/stats"
)

// Facts is what a rule may look at.
type Facts struct {
	// Target is the target's URI as the user spells it.
	Target      string
	Profile     *stats.Profile
	Engine      Engine
	Plans       []Plan
	Recommended Recommended
	// Compaction is nil where it is not worth it.
	Compaction *Compaction

	// files is what plans are made of; nil stands for what the profile has.
	files *layout
	// own is the plan that Own returns, where it is made already.
	own *Plan
	// sizes are those of the files that Spark cuts, and of the others; nil until they are taken from the profile.
	sizes map[bool]sizes
}

// Plan returns the plan of a reader, and whether there is one.
func (f *Facts) Plan(reader string) (Plan, bool) {
	for _, p := range f.Plans {
		if p.Reader == reader {
			return p, true
		}
	}
	return Plan{}, false
}

// Advise plans the reads of a profile on an engine, and checks every rule. It is pure: the same profile, engine and
// rules give the same judgement.
func Advise(target string, p *stats.Profile, e Engine, rules []*Rule) Judgement {
	f := newFacts(target, p, e)
	advice := []Advice{}
	var skipped []Skipped
	for _, r := range rules {
		if reason := r.Scope.Skips(f); reason != "" {
			skipped = append(skipped, Skipped{r.ID, reason})
			continue
		}
		if a := r.Check(r, f); a != nil {
			if a.Impact == nil {
				a.Impact = a.Effect.impact()
			}
			if !e.DynamicFrames {
				a.Confirm = withoutGlue(a.Confirm)
			}
			advice = append(advice, *a)
		}
	}
	slices.SortStableFunc(advice, func(a, b Advice) int { return b.Severity.Rank() - a.Severity.Rank() })
	return Judgement{
		Plans: f.Plans, Recommended: f.Recommended, Compaction: f.Compaction, Advice: advice,
		NothingToChange: nothingToChange(f, advice, rules), LeaveAlone: leaveAlone(f), Skipped: skipped,
	}
}

func newFacts(target string, p *stats.Profile, e Engine) *Facts {
	f := &Facts{Target: target, Profile: p, Engine: e}
	f.sizes = spread(p)
	f.Recommended = recommend(f)
	f.Plans = plans(f)
	executors(f.Plans, e)
	recommendWrite(f)
	own := f.Own()
	f.own = &own
	f.Compaction = compaction(f)
	return f
}
