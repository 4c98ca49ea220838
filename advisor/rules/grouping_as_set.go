package rules

import (
	"fmt"

	"s3layout/advisor"
)

// GroupingAsSet fires where the job's own groupFiles or groupSize do not fit the files.
var GroupingAsSet = &advisor.Rule{
	ID:    "grouping-as-set",
	Title: "groupFiles or groupSize as set do not fit",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiTasks, "about as many as the plan dynamicframe_as_set has"),
		signal(allHeap, "above 0.5 where groups are too large for a core's share of the memory"),
	},
	Doc: advisor.Doc{
		Saw:    "A groupSize (--group-size) that makes several times as many or as few tasks as the cores need, or larger ones than memory allows; groupFiles=none (--group-files) on many small files; either of them on a format that Glue does not group.",
		Costs:  "1048576, the value of an example in AWS's guide that is copied everywhere, makes 100,000 tasks of 100 GB. Groups that are too large leave cores idle, and each is inflated in the memory of one task.",
		Do:     "Set the group size from the bytes and the cores: three groups a core, at most 128 MiB of uncompressed text.",
		Ignore: "The number of output files was chosen by it, or each record needs the name of its file (then groupFiles=none is right).",
	},
	Limits: []advisor.Limit{
		{Name: "times", Value: advisor.GroupedTimes, Unit: "times the tasks or the size", Reason: "Glue's own formula is not published, and ours is a rule of thumb: what is within a factor of four of it is as good"},
		{Name: "warn_tasks", Value: 10000, Unit: "tasks", Reason: "so many tasks cost the driver and the scheduler minutes"},
	},
	Sources: []advisor.Source{groupingPage, tuningGuide},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		e, best := f.Engine, f.Recommended
		if e.GroupFiles == "" && e.GroupSizeBytes == 0 || len(f.Profile.TableFormats) > 0 || f.Profile.Totals.Objects == 0 {
			return nil
		}
		own := f.Own()
		a := r.Found(advisor.Info)
		a.Evidence["tasks_as_set"] = own.Tasks
		a.Evidence["groupFiles_as_set"], a.Evidence["groupSize_as_set"] = e.GroupFiles, e.GroupSizeBytes
		a.Evidence["times_threshold"] = r.Limit("times")
		switch {
		case !f.Groupable():
			a.Why = fmt.Sprintf("Glue does not group %s: the options do nothing.", mainFormat(f))
			a.Set = "leave groupFiles and groupSize out"
			return a
		case best.GroupSize != "":
			return regroup(r, f, a, own)
		case own.Reader == advisor.DynamicFrame || own.IdleCores == 0 || f.Grouped("none", 0).After.IdleCores > 0:
			return nil
		}
		a.Why = fmt.Sprintf("as set %s leave %s idle; ungrouped none would be.", plural(own.Tasks, "task"), plural(own.IdleCores, "core"))
		a.Set = "groupFiles=none"
		a.Effect = f.Grouped("none", 0)
		return a
	},
}

// regroup holds the job's grouping to the recommended one; nil where that is the job's own.
func regroup(r *advisor.Rule, f *advisor.Facts, a *advisor.Advice, own advisor.Plan) *advisor.Advice {
	e := f.Engine
	switch {
	case f.GroupedWell():
		return nil
	case e.GroupFiles == "" && own.Reader == advisor.DynamicFrame: // groupSize alone does nothing, as grouping-gap tells
		return nil
	case e.GroupFiles != "none" && e.GroupSizeBytes == 0: // Glue picks a size
		return nil
	}
	if own.Tasks > r.Limit("warn_tasks") || e.GroupSizeBytes > r.Limit("times")*f.GroupTarget() {
		a.Severity = advisor.Warning
	}
	a.Why = fmt.Sprintf("groupSize %s: %s of %s on %s.", size(e.GroupSizeBytes), plural(own.Tasks, "task"), size(own.TaskBytes.P50), plural(e.Cores, "core"))
	if e.GroupFiles == "none" {
		a.Why = fmt.Sprintf("groupFiles=none: %s of %s on %s.", plural(own.Tasks, "task"), size(own.TaskBytes.P50), plural(e.Cores, "core"))
	}
	grouped(a, f)
	a.Effect = groupedEffect(f)
	return a
}
