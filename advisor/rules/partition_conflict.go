package rules

import (
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor"
)

// PartitionConflict fires when Spark will refuse the directories, or pass over some in silence.
var PartitionConflict = &advisor.Rule{
	ID:    "partition-conflict",
	Title: "Spark refuses these directories, or skips some",
	Since: "0.1",
	Doc: advisor.Doc{
		Saw:    "key=value directories that do not agree: they start in several places, have different columns, or have data files beside them.",
		Costs:  "spark.read on the target stops with 'Conflicting directory structures detected' or 'Conflicting partition column names detected'. Files in the target itself, beside key=value directories, are passed over without a word.",
		Do:     "Read each dataset on its own, or name the directories and set basePath; move stray files.",
		Ignore: "The data is read through the Data Catalog, one table for each dataset.",
	},
	Sources: []advisor.Source{discovery},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile.Partitioning
		columns := slices.DeleteFunc(slices.Clone(p.Columns), func(c columnsList) bool { return len(c.Names) == 0 })
		if p.Scheme != "hive" && p.Scheme != "mixed" || len(columns) == 0 {
			return nil
		}
		a := r.Found(advisor.Critical)
		a.Evidence["base_paths"] = p.BasePaths
		a.Evidence["column_lists"] = len(columns)
		a.Evidence["root_objects"] = p.RootObjects
		a.Evidence["outside"] = p.Outside
		switch {
		case len(p.BasePaths) > 1 || len(p.Outside) > 0:
			places := append(slices.Clone(p.BasePaths), p.Outside...)
			a.Why = fmt.Sprintf("Partitions start in %d places (%s): Spark stops with 'Conflicting directory structures detected'.", len(places), quotedList(places, 2))
			a.Set = "read each directory on its own"
		case distinctFold(columns) > 1:
			a.Why = fmt.Sprintf("Partitions have different columns (%s; %s): Spark stops with 'Conflicting partition column names detected'.",
				quoted(strings.Join(columns[0].Names, ", ")), quoted(strings.Join(columns[1].Names, ", ")))
			a.Set = "make every partition directory equally deep"
		case p.RootObjects > 0:
			a.Severity = advisor.Warning
			a.Why = fmt.Sprintf("%s in the target itself, beside key=value directories: Spark passes over them in silence.", plural(p.RootObjects, "file"))
			a.Set = "move them into a partition"
		default:
			return nil
		}
		return a
	},
}
