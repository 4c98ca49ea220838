package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"s3layout/advisor"
	"s3layout/advisor/spark"
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
		Costs:  "spark.read on the target stops with 'Conflicting directory structures detected' or 'Conflicting partition column names detected' (from Spark 4.0 CONFLICTING_DIRECTORY_STRUCTURES and CONFLICTING_PARTITION_COLUMN_NAMES). Files in the target itself, beside key=value directories, are passed over without a word.",
		Do:     "Read each dataset on its own, or name the directories and set basePath; move stray files, and shallower directories down. From Spark 4.0 ignoreInvalidPartitionPaths passes over the first error.",
		Ignore: "The data is read through the Data Catalog, one table for each dataset.",
	},
	Sources: []advisor.Source{discovery},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		p := f.Profile.Partitioning
		columns := slices.DeleteFunc(slices.Clone(p.Columns), func(c columnsList) bool { return len(c.Names) == 0 })
		if p.Scheme != "hive" && p.Scheme != "mixed" || len(columns) == 0 || len(f.Profile.TableFormats) > 0 { // tables are not read by their directories
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
			a.Evidence["error"] = conflictError(f, "Conflicting directory structures detected. Suspicious paths:", "CONFLICTING_DIRECTORY_STRUCTURES")
		case len(lists) > 1:
			a.Why = fmt.Sprintf("spark.read stops: columns %s and %s.", quoted(lists[0]), quoted(lists[1]))
			a.Set = "give every partition directory the same columns"
			a.Evidence["error"] = conflictError(f, "Conflicting partition column names detected:", "CONFLICTING_PARTITION_COLUMN_NAMES")
			if deeper, uneven := unevenDepth(columns); uneven {
				a.Evidence["uneven_depth"] = true
				a.Set = "move shallower directories a level down, or read each depth alone"
				a.Snippets = append(a.Snippets, depthRead(f, deeper))
			}
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

// conflictError is the error that the engine's Spark raises, as its log has it.
func conflictError(f *advisor.Facts, message, class string) string {
	if v, err := spark.ParseVersion(f.Engine.SparkVersion); err == nil && v.AtLeast(spark.Version{Major: 4}) {
		return "[" + class + "]"
	}
	return message
}

// unevenDepth reports whether one list of columns begins another, and returns the longest.
func unevenDepth(columns []columnsList) (deepest []string, uneven bool) {
	for _, c := range columns {
		if len(c.Names) > len(deepest) {
			deepest = c.Names
		}
	}
	for _, c := range columns {
		if !slices.Equal(c.Names, deepest[:len(c.Names)]) {
			return nil, false
		}
	}
	return deepest, true
}

// depthRead reads the directories that have all columns, and no others.
func depthRead(f *advisor.Facts, columns []string) advisor.Snippet {
	base := strings.TrimRight(f.Target, "/") + "/"
	return sparkSnippet(fmt.Sprintf("# Only the directories with all %d columns; the shallower ones are another read.\ndf = (\n    spark.read\n    .option(\"basePath\", %s)\n    .format(%s)\n    .load(%s)\n)\n",
		len(columns), pyString(base), pyString(sparkFormat(mainFormat(f))), pyString(base+strings.Repeat("*=*/", len(columns)))))
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
