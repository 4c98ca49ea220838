package rules

import (
	"fmt"

	"s3layout/advisor"
)

// GroupingThreshold fires above the number of files at which a DynamicFrame groups by itself.
var GroupingThreshold = &advisor.Rule{
	ID:    "grouping-threshold",
	Title: "Above 50,000 files Glue groups by itself",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiTasks, "far fewer than files, and not the number that is planned here"),
		signal(driverHeap, "below 0.5 once groups are set"),
	},
	Doc: advisor.Doc{
		Saw:    "More than 50,000 input files in a format that Glue can group (csv, json, xml, ion, grokLog).",
		Costs:  "Glue turns grouping on and picks a group size by a formula that it does not publish, so that the number of tasks and of output files is not in your hands. spark.read does not group: it packs at most 32 files in a task.",
		Do:     "Set groupFiles and groupSize yourself, so that the plan is known; to none where the files are as large as a group already.",
		Ignore: "The job needs the name of each input file (grouping hides it: set groupFiles to none), or the prefix is read with spark.read.",
	},
	Limits: []advisor.Limit{
		{Name: "files", Value: advisor.AutoGroupingFiles, Unit: "files", Reason: "grouping is on by default when the input has more than 50,000 files"},
	},
	Sources: []advisor.Source{groupingPage},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		files := f.Profile.Totals.Objects
		if files <= r.Limit("files") || f.Recommended.GroupFiles == "" || f.Engine.GroupFiles != "" || f.Engine.GroupSizeBytes > 0 {
			return nil
		}
		if f.Recommended.GroupSize == "" {
			return largeEnough(r, f)
		}
		a := r.Found(advisor.Warning)
		a.Evidence["files_threshold"] = r.Limit("files")
		a.Why = fmt.Sprintf("%s files > %s: Glue picks its own group size.", comma(files), comma(r.Limit("files")))
		grouped(a, f)
		if after, ok := f.Plan("dynamicframe_grouped"); ok {
			a.Set += fmt.Sprintf("  (~%s)", plural(after.Tasks, "task"))
			a.Evidence["tasks_as_advised"] = after.Tasks
		}
		return a
	},
}

// largeEnough is the finding where grouping would join files that are as large as a group already.
func largeEnough(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
	a := r.Found(advisor.Info)
	a.Evidence["files"] = f.Profile.Totals.Objects
	a.Evidence["files_threshold"] = r.Limit("files")
	a.Evidence["mean_bytes"] = f.MeanBytes()
	a.Evidence["group_target_bytes"] = f.GroupTarget()
	a.Why = fmt.Sprintf("%s files > %s: Glue groups files of %s.", comma(f.Profile.Totals.Objects), comma(r.Limit("files")), size(f.MeanBytes()))
	a.Do = "Turn grouping off: the files are as large as a task should be."
	a.Set = "groupFiles=" + f.Recommended.GroupFiles
	a.Snippets = append(a.Snippets, glueRead(f, allOptions...))
	a.Snippets = append(a.Snippets, catalogOptions(f, allOptions...)...)
	return a
}

// grouped adds what both rules say of the recommended grouping.
func grouped(a *advisor.Advice, f *advisor.Facts) {
	a.Evidence["files"] = f.Profile.Totals.Objects
	a.Evidence["mean_bytes"] = f.MeanBytes()
	a.Set = fmt.Sprintf("groupFiles=%s groupSize=%s", f.Recommended.GroupFiles, f.Recommended.GroupSize)
	a.Snippets = append(a.Snippets, glueRead(f, allOptions...))
	a.Snippets = append(a.Snippets, catalogOptions(f, allOptions...)...)
}
