package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// compactSnippets rewrite the first partitions of the compaction plan with plain Spark: each is read, written with files of a
// good size beside the dataset, counted, and put back in its place. There is none where directories of partitions may lie in
// one another, since replacing one would take the others with it; nor where one reader does not read all of the files: several
// formats, or a codec that Spark takes for text; nor for logs that AWS delivers, which validate-logs holds to digests of the
// files as they are: a copy is compacted, not they.
//
// Spark cannot overwrite what it reads, so that there is a copy in between; and S3 knows no rename, so that the swap is a
// delete and a write. The comments say what that means for readers.
//
// Note: with partitionBy and spark.sql.sources.partitionOverwriteMode=dynamic Spark would find the directory by itself, but
// not where it lies below another, and it spells month=04 as month=4 unless told otherwise. A directory by its own path has
// neither trouble.
func compactSnippets(f *advisor.Facts) []advisor.Snippet {
	c := f.Compaction
	misread := slices.ContainsFunc(f.Profile.Formats, func(t stats.Format) bool { return t.Misread })
	if c == nil || len(c.Partitions) == 0 || columnListCount(f) > 1 || len(formatTotals(f)) > 1 || misread || len(f.AWSServices()) > 0 {
		return nil
	}
	format := sparkFormat(mainFormat(f))
	var notes strings.Builder
	read, write := "", ""
	switch format {
	case "parquet":
		read = ".option(\"mergeSchema\", True)"
	case "orc":
	case "avro":
		notes.WriteString("# Needs the package org.apache.spark:spark-avro.\n")
	default:
		format = "text"
		notes.WriteString(compactLines)
		if f.Profile.Formats[0].Compression == "gzip" {
			write = ".option(\"compression\", \"gzip\")"
		}
	}
	if most := slices.MaxFunc(c.Partitions, func(a, b advisor.Compacted) int { return cmp.Compare(a.Files, b.Files) }).Files; most >= advisor.DriverFiles/2 {
		fmt.Fprintf(&notes, compactCrowded, comma(most))
	}
	var plan strings.Builder
	for _, p := range c.Partitions {
		fmt.Fprintf(&plan, "    (%s, %d),\n", pyString(p.Path), p.FilesAfter)
	}
	if c.PartitionsOmitted > 0 {
		fmt.Fprintf(&plan, "    # and %s more\n", plural(c.PartitionsOmitted, "partition"))
	}
	return []advisor.Snippet{{Kind: "spark-compaction", Language: "python", Code: fmt.Sprintf(compactCode,
		notes.String(), pyString(strings.TrimRight(f.Target, "/")+"/"), pyString(beside(f.Target, "compacting")), plan.String(), format, read, write)}}
}

func columnListCount(f *advisor.Facts) int {
	n := 0
	for _, c := range f.Profile.Partitioning.Columns {
		if len(c.Names) > 0 {
			n++
		}
	}
	return n
}

const compactLines = `# Lines are copied as they are, and end in \n. Of csv with header lines, or records of several lines, this makes a
# muddle: read and write these with a reader of their own.
`

const compactCrowded = `# One directory holds %s files, and spark.read lists a directory whole: the driver may not survive it. List a
# part of the names at a time (aws s3api list-objects-v2 --prefix, a day each) and load these paths; or read with a
# DynamicFrame, groupFiles and useS3ListImplementation, and write elsewhere.
`

const compactCode = `# Compaction, partition by partition. NOT ATOMIC: S3 has no rename, so that the swap deletes the old files and
# then writes the new ones. Meanwhile a reader sees a part of the partition, and what a writer adds may be deleted:
# stop both, or use a table format, whose OPTIMIZE or rewrite_data_files is atomic. What has been counted is whole
# in staging: if this stops half-way, copy it back from there. Versioning of the bucket keeps what is deleted.
%simport re

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
source = %s
staging = %s
plan = [  # directory, files to write
%s]


def read(root, directory):
    path = re.sub(r"([\\{}\[\]*?])", r"\\\1", root + directory)  # names, not patterns
    return spark.read.option("recursiveFileLookup", True).format("%[5]s")%[6]s.load(path)


def write(df, root, directory):
    marks = "mapreduce.fileoutputcommitter.marksuccessfuljobs"  # no _SUCCESS in each directory
    df.write.mode("overwrite").option(marks, "false").format("%[5]s")%[7]s.save(root + directory)


for directory, files in plan:
    old = read(source, directory)
    rows = old.count()
    write(old.repartition(files), staging, directory)
    new = read(staging, directory)
    if new.count() != rows:
        raise RuntimeError(f"{directory}: staged another number of rows than the {rows} that were read")
    write(new.coalesce(files), source, directory)
    print(directory, rows, "rows,", files, "files")
# Once all is counted again, delete staging: aws s3 rm --recursive
`
