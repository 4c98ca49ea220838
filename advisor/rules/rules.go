// Package rules is what s3layout knows about layouts: one rule a file, all of them in All. A rule looks at facts and
// returns a finding; it does no I/O and prints nothing.
package rules

import (
	"fmt"
	"strconv"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// All lists the rules, in the order in which equally severe findings are shown.
var All = []*advisor.Rule{
	MisreadCodec,
	MismatchedContent,
	MultiLineRecords,
	PartitionConflict,
	MixedFormats,
	DateDirectories,
	TableFormat,
	DeadFiles,
	ArchivedObjects,
	DriverFiles,
	GroupingThreshold,
	GroupingGap,
	GroupingAsSet,
	GroupingNoEffect,
	UnsplittableFiles,
	TooManyTasks,
	PartitionSkew,
	SchemaDrift,
	RowGroups,
	SmallFiles,
	CrowdedPartitions,
	IDLikeKey,
	SmallPartitions,
	AthenaPartitions,
	IdleCores,
	Leftovers,
	CoarsePartitions,
	WriteFiles,
	TextFormat,
	UndocumentedCodec,
	LargeFiles,
	SplitTails,
	GlueLister,
	PartitionPruning,
}

// Find returns the rule of that ID.
func Find(id string) (*advisor.Rule, bool) {
	for _, r := range All {
		if r.ID == id {
			return r, true
		}
	}
	return nil, false
}

// Pages of AWS and files of Spark that several rules stand on.
var (
	groupingPage = advisor.Source{URL: "https://docs.aws.amazon.com/glue/latest/dg/grouping-input-files.html", Read: "2026-11"}
	oomPage      = advisor.Source{URL: "https://docs.aws.amazon.com/glue/latest/dg/monitor-profile-debug-oom-abnormalities.html", Read: "2026-11"}
	stragglers   = advisor.Source{URL: "https://docs.aws.amazon.com/glue/latest/dg/monitor-profile-debug-straggler.html", Read: "2026-11"}
	filePacking  = advisor.Source{URL: "https://github.com/apache/spark/blob/v3.5.1/sql/core/src/main/scala/org/apache/spark/sql/execution/datasources/FilePartition.scala", Read: "2026-11"}
	tuningGuide  = advisor.Source{URL: "https://spark.apache.org/docs/latest/tuning.html", Read: "2026-11"}
	hiddenNames  = advisor.Source{URL: "https://github.com/apache/spark/blob/v3.5.1/core/src/main/scala/org/apache/spark/util/HadoopFSUtils.scala", Read: "2026-11"}
	discovery    = advisor.Source{URL: "https://github.com/apache/spark/blob/v3.5.1/sql/core/src/main/scala/org/apache/spark/sql/execution/datasources/PartitioningUtils.scala", Read: "2026-11"}
)

// largerThan counts the files of a format larger than a power of two.
func largerThan(t stats.Format, bytes int64) (objects, size int64) {
	if t.Sizes == nil {
		return 0, 0
	}
	for _, b := range t.Sizes.Histogram {
		if b.LE > bytes {
			objects += b.Objects
			size += b.Bytes
		}
	}
	return objects, size
}

// moreThan reports whether part is more than so many percent of the whole.
func moreThan(percent, part, whole int64) bool {
	return 100*float64(part) > float64(percent)*float64(whole)
}

// allOptions are those of Glue's that may be recommended, in the order in which snippets have them.
var allOptions = []string{"groupFiles", "groupSize", "useS3ListImplementation", "exclusions", "excludeStorageClasses"}

// readOptions is the connection_options or additional_options of a DynamicFrame read, as what is recommended sets them.
func readOptions(f *advisor.Facts, only ...string) []string {
	r := f.Recommended
	all := map[string]string{}
	if r.GroupFiles != "" {
		all["groupFiles"] = pyString(r.GroupFiles)
	}
	if r.GroupSize != "" {
		all["groupSize"] = pyString(r.GroupSize)
	}
	if len(r.Exclusions) > 0 {
		all["exclusions"] = "json.dumps(" + pyList(r.Exclusions) + ")"
	}
	if len(r.ExcludeStorageClasses) > 0 {
		all["excludeStorageClasses"] = pyList(r.ExcludeStorageClasses)
	}
	if r.UseS3ListImplementation {
		all["useS3ListImplementation"] = "True"
	}
	var out []string
	for _, name := range only {
		if v, ok := all[name]; ok {
			out = append(out, fmt.Sprintf("        %s: %s,", pyString(name), v))
		}
	}
	return out
}

// glueFormat is the value of create_dynamic_frame's format for the dataset's main format; FORMAT where names do not tell.
func glueFormat(f *advisor.Facts) string {
	for _, t := range f.Profile.Formats {
		switch t.Format {
		case "tsv":
			return "csv"
		case "text":
			return "grokLog"
		case "unknown", "arrow": // not a format of Glue's
			continue
		}
		return t.Format
	}
	return "FORMAT"
}

// glueRead is a DynamicFrame read with the named options set as recommended.
func glueRead(f *advisor.Facts, options ...string) advisor.Snippet {
	lines := readOptions(f, options...)
	var b strings.Builder
	if strings.Contains(strings.Join(lines, ""), "json.dumps") {
		b.WriteString("import json\n\n")
	}
	b.WriteString("frame = glueContext.create_dynamic_frame.from_options(\n")
	b.WriteString("    connection_type=\"s3\",\n    connection_options={\n")
	fmt.Fprintf(&b, "        \"paths\": [%s],\n        \"recurse\": True,\n", pyString(f.Target))
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	format := glueFormat(f)
	if format == "FORMAT" {
		b.WriteString("    },\n    format=\"FORMAT\",  # names do not tell: csv, json, xml, ion, or grokLog for logs, with format_options\n")
	} else {
		fmt.Fprintf(&b, "    },\n    format=%s,\n", pyString(format))
	}
	b.WriteString("    transformation_ctx=\"frame\",\n)\n") // bookmarks do nothing without
	return advisor.Snippet{Kind: "glue-dynamicframe", Language: "python", Code: b.String()}
}

// pyString spells a Python string literal in ASCII, whatever bytes s holds: Go and Python share these escapes.
func pyString(s string) string {
	return strconv.QuoteToASCII(s)
}

func pyList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = pyString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func reads(f *advisor.Facts) string {
	if f.Engine.DynamicFrames {
		return "dynamicframe"
	}
	return "dataframe"
}

// groupedEffect is what the recommended grouping changes.
func groupedEffect(f *advisor.Facts) *advisor.Effect {
	bytes, _ := strconv.ParseInt(f.Recommended.GroupSize, 10, 64)
	return f.Grouped(f.Recommended.GroupFiles, bytes)
}
