package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// PartitionConflict fires when Spark will refuse the directories, or pass over some in silence.
var PartitionConflict = &advisor.Rule{
	ID:    "partition-conflict",
	Title: "Spark refuses these directories, or skips some",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("spark.read on the target", "stops before the first job, with the error that the finding quotes"),
	},
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
		bases, lists := basePaths(f.Profile), columnLists(columns)
		a := r.Found(advisor.Critical)
		a.Evidence["base_paths"] = bases
		a.Evidence["column_lists"] = lists
		a.Evidence["root_objects"] = p.RootObjects
		switch {
		case len(bases) > 1:
			a.Why = fmt.Sprintf("spark.read stops: data starts in %s.", quotedList(dotted(bases), 2))
			a.Set = "read each directory on its own"
		case len(lists) > 1:
			a.Why = fmt.Sprintf("spark.read stops: columns %s and %s.", quoted(lists[0]), quoted(lists[1]))
			a.Set = "give every partition directory the same columns"
		case p.RootObjects > 0:
			a.Severity = advisor.Warning
			a.Why = fmt.Sprintf("%s in the target itself, which spark.read skips.", plural(p.RootObjects, "file"))
			a.Set = "move them into a partition"
		default:
			return nil
		}
		return a
	},
}

// basePaths are the directories that Spark would take for the root of a table, told apart as Spark does: without case.
// A directory with data that is in no key=value directory is one of its own; stats names some of them.
func basePaths(p *stats.Profile) []string {
	at := map[string]string{}
	for _, base := range slices.Concat(p.Partitioning.BasePaths, p.Partitioning.Outside) {
		if base != "" || p.Partitioning.RootObjects > 0 || anyStartsAtRoot(p) {
			at[strings.ToLower(base)] = base
		}
	}
	return slices.Sorted(maps.Values(at))
}

// dotted writes the target itself as a dot.
func dotted(paths []string) []string {
	out := slices.Clone(paths)
	if len(out) > 0 && out[0] == "" {
		out[0] = "."
	}
	return out
}

// anyStartsAtRoot reports whether the first directory of a partition is key=value.
func anyStartsAtRoot(p *stats.Profile) bool {
	for part := range p.EachPartition {
		if first, _, _ := strings.Cut(part.Path, "/"); strings.Contains(first, "=") {
			return true
		}
	}
	return false
}

// columnLists spells the lists of columns that differ by more than case: Spark compares them without it.
func columnLists(columns []columnsList) []string {
	seen := map[string]bool{}
	var out []string
	for _, c := range columns {
		list := strings.Join(c.Names, "/")
		if fold := strings.ToLower(list); !seen[fold] {
			seen[fold] = true
			out = append(out, list)
		}
	}
	return out
}
