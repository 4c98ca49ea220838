package rules

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/stats"
)

// Leftovers fires for files that Spark passes over and a DynamicFrame reads.
var Leftovers = &advisor.Rule{
	ID:    "leftovers",
	Title: "Files to exclude",
	Since: "0.1",
	Scope: advisor.Scope{DynamicFrames: true, Readers: []string{advisor.DynamicFrame}}, Confidence: advisor.Heuristic,
	Confirm: []advisor.Signal{
		signal("frame.count() with the exclusions and without", "the numbers differ, or the read without them fails"),
	},
	Doc: advisor.Doc{
		Saw:    "Files that no reader wants: _temporary, _SUCCESS, checksums, folder markers, logs of table formats.",
		Costs:  "Spark passes over names that start with _ or a dot; Glue DynamicFrames do not, so that they read half-written data or fail to parse it. All of them cost listing and storage.",
		Do:     "Exclude them in the read. Delete what a failed job left in _temporary once no job is running.",
		Ignore: "Only spark.read reads the prefix: it passes over these by itself.",
	},
	Limits: []advisor.Limit{
		{Name: "warn_percent", Value: 1, Unit: "% of objects or bytes", Reason: "below it they are clutter, above it a failed job's data"},
	},
	Sources: []advisor.Source{
		hiddenNames, {URL: "https://github.com/apache/hudi/issues/5891", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		patterns := f.Recommended.Exclusions
		if len(patterns) == 0 {
			return nil
		}
		var objects, bytes int64
		kinds := map[string]bool{}
		var left []stats.Ignored
		for _, i := range f.Profile.Ignored {
			if advisor.Exclusion(i) != "" {
				objects, bytes = objects+i.Objects, bytes+i.Bytes
				kinds[i.Kind] = true
				left = append(left, i)
			}
		}
		a := r.Found(advisor.Info)
		limit := r.Limit("warn_percent")
		if moreThan(limit, objects, f.Profile.Totals.Objects+objects) || moreThan(limit, bytes, f.Profile.Totals.Bytes+bytes) {
			a.Severity = advisor.Warning
		}
		a.Evidence["objects"] = objects
		a.Evidence["bytes"] = bytes
		a.Evidence["kinds"] = sortedKeys(kinds)
		a.Why = fmt.Sprintf("Spark skips %s (%s) that a DynamicFrame reads.", plural(objects, "object"), size(bytes))
		a.Set = exclusions(patterns)
		a.Effect = f.Without(left...)
		a.Impact = &advisor.Impact{Metric: "objects", Before: f.Profile.Totals.Objects + objects, After: f.Profile.Totals.Objects}
		a.Snippets = append(a.Snippets, glueRead(f, "exclusions"))
		a.Snippets = append(a.Snippets, catalogOptions(f, "exclusions")...)
		return a
	},
}

// exclusions spells the option in a line; where there are too many patterns for one, it counts them.
func exclusions(patterns []string) string {
	const line = 76
	if s := "exclusions=" + jsonList(patterns); len(s) <= line {
		return s
	}
	return fmt.Sprintf("exclusions: the %d patterns of the snippet", len(patterns))
}
