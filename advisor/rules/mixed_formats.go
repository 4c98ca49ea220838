package rules

import (
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor"
)

// MixedFormats fires when one prefix holds several formats: a read takes one.
var MixedFormats = &advisor.Rule{
	ID:    "mixed-formats",
	Title: "Several formats under one prefix",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("the job's log", "'is not a Parquet file. Expected magic number at tail', or its like for ORC and Avro"),
		signal("a count of _corrupt_record", "about as many rows as the other format has lines"),
	},
	Doc: advisor.Doc{
		Saw:    "Data files of more than one format, by their names.",
		Costs:  "A read names one format and takes every file for it. Parquet, ORC and Avro readers stop at the first foreign file; text readers make records of it, mostly without an error. A crawler makes several tables, or one that Athena cannot read.",
		Do:     "Keep one format a prefix. Until then name the files: pathGlobFilter for spark.read, exclusions for a DynamicFrame, and read each format on its own.",
		Ignore: "Each job already names its files.",
	},
	Sources: []advisor.Source{
		{URL: "https://spark.apache.org/docs/latest/sql-data-sources-generic-options.html", Read: "2026-11"},
		{URL: "https://github.com/aws-samples/aws-glue-samples/issues/70", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		formats := formatTotals(f)
		if len(f.Profile.TableFormats) > 0 || len(formats) < 2 {
			return nil
		}
		a := r.Found(advisor.Warning)
		var objects int64
		var names, patterns []string
		counts := map[string]int64{}
		for i, t := range formats {
			counts[t.name] = t.objects
			if i > 0 {
				objects += t.objects
				names = append(names, spelledFormat(t.name))
				patterns = append(patterns, t.patterns()...)
			}
		}
		main := formats[0]
		a.Evidence["formats"] = counts
		a.Evidence["main_format"] = main.name
		a.Evidence["other_objects"] = objects
		others := andList(names)
		if len(names) > 2 {
			others = fmt.Sprintf("%d other formats", len(names))
		}
		a.Why = fmt.Sprintf("%s beside %s: %s.", others, spelledFormat(main.name), plural(objects, "file"))
		a.Set = fmt.Sprintf("pathGlobFilter=%s, or a prefix for each format", main.glob())
		a.Snippets = append(a.Snippets, sparkRead(f, main.name, fmt.Sprintf("option(\"pathGlobFilter\", %s)", pyString(main.glob()))))
		if f.Engine.DynamicFrames && len(patterns) > 0 {
			a.Snippets = append(a.Snippets, glueReadExcluding(f, main.name, patterns))
		}
		return a
	},
}

// spelledFormat names a format for people.
func spelledFormat(name string) string {
	if name == "unknown" {
		return "unnamed"
	}
	return name
}

type formatTotal struct {
	name           string
	objects, bytes int64
}

// formatTotals sums the formats that spark.read tells apart, those of most bytes first. A name without a known suffix counts
// as foreign among formats that say at their end what they are, and else as the main one.
func formatTotals(f *advisor.Facts) []formatTotal {
	var out []formatTotal
	for _, t := range f.Profile.Formats {
		name := t.Format
		if name == "tsv" {
			name = "csv"
		}
		i := slices.IndexFunc(out, func(o formatTotal) bool { return o.name == name })
		if i < 0 {
			i = len(out)
			out = append(out, formatTotal{name: name})
		}
		out[i].objects += t.Objects
		out[i].bytes += t.Bytes
	}
	slices.SortStableFunc(out, func(a, b formatTotal) int {
		if known := btoi(a.name == "unknown") - btoi(b.name == "unknown"); known != 0 {
			return known
		}
		return int(min(max(b.bytes-a.bytes, -1), 1))
	})
	if last := len(out) - 1; last > 0 && out[last].name == "unknown" && !slices.Contains([]string{"parquet", "orc", "avro"}, out[0].name) {
		out = out[:last]
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// suffixes are those that names of a format end in, before a codec's.
var suffixes = map[string]string{
	"parquet": "parquet,parq,pq", "orc": "orc", "avro": "avro", "json": "json,jsonl,ndjson,geojson", "csv": "csv,tsv,tab,psv",
	"text": "txt,text,log", "xml": "xml", "ion": "ion,10n", "arrow": "arrow,feather",
}

// glob is a Hadoop glob on names, as pathGlobFilter has it.
func (t formatTotal) glob() string {
	list := suffixes[t.name]
	switch {
	case t.name == "parquet" || t.name == "orc" || t.name == "avro":
		return "*." + t.name
	case strings.Contains(list, ","):
		return "*.{" + list + "}*"
	case list != "":
		return "*." + list + "*"
	}
	return "*"
}

// patterns are exclusions of Glue's that match the names of a format, its compressed files too; none for names without a
// known suffix.
func (t formatTotal) patterns() []string {
	list := suffixes[t.name]
	if list == "" {
		return nil
	}
	return []string{"**.{" + list + "}", "**.{" + list + "}.*"}
}
