package advisor

import (
	"slices"
	"strings"
)

// Judgement is what Advise makes of a profile.
type Judgement struct {
	Plans       []Plan
	Recommended Recommended
	Compaction  *Compaction
	Advice      []Advice
	// NothingToChange is set where nothing is wrong; rules that are offers may have found something.
	NothingToChange bool
	LeaveAlone      []Setting
	Skipped         []Skipped
}

// Judge puts a judgement into the report.
func (r *Report) Judge(j Judgement) {
	r.Plans, r.Recommended, r.Compaction, r.Advice = j.Plans, j.Recommended, j.Compaction, j.Advice
	r.NothingToChange, r.LeaveAlone, r.Skipped = j.NothingToChange, j.LeaveAlone, j.Skipped
}

// nothingToChange reports whether there are files, and only offers are found.
func nothingToChange(f *Facts, advice []Advice, rules []*Rule) bool {
	offers := map[string]bool{}
	for _, r := range rules {
		offers[r.ID] = r.Offer
	}
	return f.Profile.Totals.Objects > 0 && !slices.ContainsFunc(advice, func(a Advice) bool { return !offers[a.Rule] })
}

// Advised is the plan of the job's own reader with what is recommended: spark.read on Spark; on Glue a DynamicFrame,
// grouped where that is advised.
func (f *Facts) Advised() Plan { return f.read() }

// CoresPerExecutor is how many tasks an executor runs at a time: one executor runs on each worker but the driver's. It is 0
// for Spark, whose executors are not known.
func (e Engine) CoresPerExecutor() int64 {
	if e.Workers < 2 {
		return 0
	}
	return max(e.Cores/(e.Workers-1), 1)
}

// executors fills how many executors each plan keeps busy.
func executors(plans []Plan, e Engine) {
	per := e.CoresPerExecutor()
	for i := range plans {
		if per > 0 {
			plans[i].MaxNeededExecutors = divUp(plans[i].Tasks, per)
		}
	}
}

// withoutGlue leaves out metrics that only AWS Glue has.
func withoutGlue(signals []Signal) []Signal {
	return slices.DeleteFunc(slices.Clone(signals), func(s Signal) bool { return strings.HasPrefix(s.Metric, "glue.") })
}
