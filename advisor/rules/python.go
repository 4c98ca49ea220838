package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor"
)

// Snippets beside glueRead: what a job, its parameters or a shell take. Everything that comes from a key is spelled by
// pyString or as JSON.

// sparkRead is a spark.read of the target, with calls such as option(...) between.
func sparkRead(f *advisor.Facts, format string, calls ...string) advisor.Snippet {
	var b strings.Builder
	if format == "avro" {
		b.WriteString("# needs the package org.apache.spark:spark-avro\n")
	}
	b.WriteString("df = (\n    spark.read\n")
	for _, c := range calls {
		fmt.Fprintf(&b, "    .%s\n", c)
	}
	fmt.Fprintf(&b, "    .format(%s)\n    .load(%s)\n)\n", pyString(sparkFormat(format)), pyString(f.Target))
	return sparkSnippet(b.String())
}

func sparkSnippet(code string) advisor.Snippet {
	return advisor.Snippet{Kind: "spark-dataframe", Language: "python", Code: code}
}

// sparkFormat is the name that spark.read.format takes.
func sparkFormat(format string) string {
	switch format {
	case "tsv":
		return "csv"
	case "parquet", "orc", "avro", "json", "csv", "xml":
		return format
	}
	return "text"
}

// mainFormat is the format of most bytes that has a name.
func mainFormat(f *advisor.Facts) string {
	if formats := formatTotals(f); len(formats) > 0 {
		return formats[0].name
	}
	return "unknown"
}

// glueReadExcluding is a DynamicFrame read that leaves out what the patterns match, beside what is recommended anyway.
func glueReadExcluding(f *advisor.Facts, format string, patterns []string) advisor.Snippet {
	with := *f
	with.Recommended.Exclusions = slices.Concat(patterns, f.Recommended.Exclusions)
	s := glueRead(&with, "exclusions")
	return s
}

// catalogRead is a DynamicFrame read of a table in the Data Catalog, with lines of additional_options and more arguments.
func catalogRead(comment string, options []string, arguments ...string) advisor.Snippet {
	var b strings.Builder
	if strings.Contains(strings.Join(options, ""), "json.dumps") {
		b.WriteString("import json\n\n")
	}
	b.WriteString(comment)
	b.WriteString("frame = glueContext.create_dynamic_frame.from_catalog(\n    database=\"DATABASE\",\n    table_name=\"TABLE\",\n")
	for _, a := range arguments {
		fmt.Fprintf(&b, "    %s,\n", a)
	}
	if len(options) > 0 {
		fmt.Fprintf(&b, "    additional_options={\n%s\n    },\n", strings.Join(options, "\n"))
	}
	b.WriteString("    transformation_ctx=\"frame\",\n)\n")
	return advisor.Snippet{Kind: "glue-catalog", Language: "python", Code: b.String()}
}

// catalogOptions is a read of a table with the named options set as recommended; none where none is.
func catalogOptions(f *advisor.Facts, options ...string) []advisor.Snippet {
	if lines := readOptions(f, options...); len(lines) > 0 {
		return []advisor.Snippet{catalogRead("", lines)}
	}
	return nil
}

// conf sets something of Spark: as a flag of spark-submit, and on Glue as job parameters.
func conf(f *advisor.Facts, name string, value int64) []advisor.Snippet {
	setting := fmt.Sprintf("%s=%d", name, value)
	out := []advisor.Snippet{{Kind: "spark-conf", Language: "shell", Code: "--conf " + setting + "\n"}}
	if f.Engine.DynamicFrames {
		out = append(out, jobParameters(map[string]string{"--conf": setting}))
	}
	return out
}

// jobParameters are the DefaultArguments of CreateJob, or the Arguments of StartJobRun.
func jobParameters(parameters map[string]string) advisor.Snippet {
	b, err := json.MarshalIndent(parameters, "", "  ")
	if err != nil {
		b = []byte("{}")
	}
	return advisor.Snippet{Kind: "job-parameters", Language: "json", Code: string(b) + "\n"}
}

// columnNames are the partition columns in path order, where all partitions have the same; nil else.
func columnNames(f *advisor.Facts) []string {
	p := f.Profile.Partitioning
	if p.Scheme != "hive" && p.Scheme != "mixed" {
		return nil
	}
	var names []string
	for _, c := range p.Columns {
		switch {
		case len(c.Names) == 0:
		case names != nil:
			return nil
		default:
			names = c.Names
		}
	}
	return names
}

// columnsOf quotes names for repartition, which reads a dot as a field of a struct; partitionBy takes them as they are.
func columnsOf(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "`" + strings.ReplaceAll(n, "`", "``") + "`"
		if plainName(n) {
			out[i] = n
		}
	}
	return out
}

// pyArguments spells strings as the arguments of a call.
func pyArguments(items []string) string {
	list := pyList(items)
	return list[1 : len(list)-1]
}

// beside is a directory next to the target: s3://b/data/ and parquet make s3://b/data_parquet/. Of a whole bucket it is one
// that a reader of the bucket passes over.
func beside(target, what string) string {
	base := strings.TrimRight(target, "/")
	if scheme, rest, ok := strings.Cut(base, "://"); ok && !strings.Contains(rest, "/") {
		return scheme + "://" + rest + "/_" + what + "/"
	}
	return base + "_" + what + "/"
}
