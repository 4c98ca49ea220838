package advisor

import (
	"fmt"
	"slices"
	"strings"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// Doubts are the reasons for which a plan is not the engine's own, each a clause; none means that it is.

// because joins doubts into one sentence.
func because(doubts []string) string { return strings.Join(doubts, "; ") }

// scanDoubts are those of a DataFrame scan.
func scanDoubts(f *Facts) []string {
	out := sizeDoubts(f)
	p := f.Profile.Partitioning
	if len(f.Profile.TableFormats) > 0 {
		out = append(out, "a table format's own reader plans from its log, not from the listing")
	}
	if hive := p.Scheme == "hive" || p.Scheme == "mixed"; hive && (p.RootObjects > 0 || len(p.Outside) > 0 || len(p.BasePaths) > 1 || len(p.Columns) > 1) {
		out = append(out, "spark.read stops at these directories, or passes over files in them: this counts every file")
	}
	if names := f.scanFormats(); len(names) > 1 {
		out = append(out, "one scan reads one format, and this counts "+strings.Join(names, ", "))
	}
	if f.packsByDirectory() {
		out = append(out, "by spark.sql.sources.useV1SourceList a data source of version 2 reads this: it packs partition by partition, and this all at once")
	}
	if most, some := f.scansMultiLine(); some && !most {
		out = append(out, "some files have records over several lines: read with multiLine, none is cut")
	}
	if f.xml() > 0 && !f.spark4() {
		out = append(out, "Spark reads xml through a package up to 3.5")
	}
	return append(out, codecDoubts(f)...)
}

// rddDoubts are those of Hadoop's FileInputFormat.
func rddDoubts(f *Facts) []string {
	out := append(sizeDoubts(f), codecDoubts(f)...)
	for _, k := range f.Profile.Partitioning.Keys {
		if strings.HasPrefix(k.Name, "_") {
			return append(out, "FileInputFormat passes over directories that start with _, and this counts them")
		}
	}
	return out
}

// frameDoubts are those of an ungrouped DynamicFrame. That each file makes a task is AWS's own account of it.
func frameDoubts(f *Facts, in spark.Input) []string {
	out := append(sizeDoubts(f), codecDoubts(f)...)
	if !in.Uncut(f.Engine.BlockSizeBytes) {
		out = append(out, fmt.Sprintf("Glue does not publish how it cuts a file; this cuts at blocks of %s, as Hadoop does", Size(f.Engine.BlockSizeBytes)))
	}
	return out
}

func sizeDoubts(f *Facts) []string {
	switch off := f.Profile.SizeError(); {
	case off == 0:
		return nil
	case off > stats.MeanError:
		return []string{"the report has no sizes of files (profile.detail): they come from its histogram, and may be half or twice as large"}
	}
	return []string{"too many different file sizes to keep: this is of means of files alike to 1/64, and within 1 %"}
}

// codecDoubts: a listing judges suffixes as Spark 3 does, to which .GZ is plain text.
func codecDoubts(f *Facts) []string {
	files := f.FoldedCodecs()
	if files == 0 {
		return nil
	}
	return []string{fmt.Sprintf("from Spark 4.0 a codec's suffix counts in upper case, too: some of %s files may be read whole", Count(files))}
}

// FoldedCodecs counts the files that the engine's Spark inflates if their suffix is a codec's in upper case, as it does
// from 4.0, and not if it is another word for the codec (.gzip, .tgz): a profile does not tell these apart. Parquet, ORC
// and Avro are not read through a codec.
func (f *Facts) FoldedCodecs() (files int64) {
	if !f.spark4() {
		return 0
	}
	for _, t := range f.Profile.Formats {
		if t.Misread && slices.Contains(groupable, t.Format) && slices.Contains(hadoopCodecs, t.Compression) {
			files += t.Objects
		}
	}
	return files
}

// hadoopCodecs are those that Hadoop picks by a suffix.
var hadoopCodecs = []string{"gzip", "bzip2", "zstd", "lz4", "snappy", "deflate"}

// sparkFrom reports whether the engine's Spark is that version or newer.
func (f *Facts) sparkFrom(first spark.Version) bool {
	v, err := spark.ParseVersion(f.Engine.SparkVersion)
	return err == nil && v.AtLeast(first)
}

// FoldsCodecs reports whether the engine's Spark knows the suffixes of codecs in upper case, too.
func (f *Facts) FoldsCodecs() bool { return f.spark4() }

func (f *Facts) spark4() bool { return f.sparkFrom(spark.FoldsCodecs) }

// scanFormats are the formats that spark.read.format tells apart, those of most bytes first. A name that tells no format
// may be of any.
func (f *Facts) scanFormats() []string {
	var out []string
	for _, t := range f.Profile.Formats {
		name := t.Format
		if name == "tsv" {
			name = "csv"
		}
		if name != "unknown" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// packsByDirectory reports whether the job reads some format through a data source of version 2, whose plan differs where there
// are several partitions. Which sizes lie in which is not kept. Directories without columns are one partition to it.
func (f *Facts) packsByDirectory() bool {
	list, p := f.Engine.UseV1SourceList, f.Profile
	return list != nil && p.Totals.Partitions > 1 && (p.Partitioning.Scheme == "hive" || p.Partitioning.Scheme == "mixed") &&
		slices.ContainsFunc(f.scanFormats(), func(format string) bool { return !spark.ReadsV1(format, *list) })
}

// xml is how many files are xml.
func (f *Facts) xml() int64 {
	var files int64
	for _, t := range f.Profile.Formats {
		if t.Format == "xml" {
			files += t.Objects
		}
	}
	return files
}
