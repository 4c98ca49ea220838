package advisor

import (
	"slices"
	"strconv"
	"strings"

	"s3layout/stats"
)

// Numbers that the recommendations stand on.
const (
	// AutoGroupingFiles: above so many input files a DynamicFrame groups by itself. Source: AWS Glue guide,
	// grouping-input-files.
	AutoGroupingFiles = 50000
	// DriverFiles is the order of magnitude at which a Spark driver of DriverFilesMemory runs out of memory.
	// Source: AWS big data blog, 2019, on the Standard worker of Glue 0.9; scaled to the driver in use it is an estimate.
	DriverFiles       = 650000
	DriverFilesMemory = 16 << 30
	// targetOutputBytes is the file size to write: the middle of the band (128 to 512 MiB) that no engine's guide
	// contradicts.
	targetOutputBytes = 256 << 20
	// groupBytes is the most uncompressed text that one task should group: as much as Spark puts in one.
	groupBytes = 128 << 20
	minGroup   = 1 << 20
	// tasksPerCore is what Spark's tuning guide recommends: two to three.
	tasksPerCore = 3
)

// groupable formats are those that Glue groups: csv, ion, grokLog, json and xml. Text and names without an extension
// are read as one of them.
var groupable = []string{"csv", "tsv", "json", "xml", "ion", "text", "unknown"}

// Groupable reports whether Glue's groupFiles applies to the format of most files.
func (f *Facts) Groupable() bool {
	var yes int64
	for _, t := range f.Profile.Formats {
		if slices.Contains(groupable, t.Format) {
			yes += t.Objects
		}
	}
	return 2*yes > f.Profile.Totals.Objects
}

// MeanBytes is the mean file size; 0 where there are no files.
func (f *Facts) MeanBytes() int64 { return f.Profile.Sizes.Mean }

// GroupTarget is how many bytes a group should hold at most: groupBytes, less where most bytes are compressed text,
// which grows in memory.
func (f *Facts) GroupTarget() int64 {
	if 2*f.CompressedText() > f.Profile.Totals.Bytes {
		return int64(groupBytes / f.Engine.AssumedExpansion)
	}
	return groupBytes
}

// CompressedText is the bytes of compressed files in formats that do not compress inside.
func (f *Facts) CompressedText() int64 {
	var n int64
	for _, t := range f.Profile.Formats {
		if slices.Contains(groupable, t.Format) && t.Compression != "none" {
			n += t.Bytes
		}
	}
	return n
}

// recommend fills what is set at the read. The order of the cases is the one in which they settle the question.
func recommend(f *Facts) Recommended {
	var r Recommended
	if !f.Engine.DynamicFrames || f.Profile.Totals.Objects == 0 {
		return r
	}
	r.Exclusions = leftoverPatterns(f.Profile)
	r.ExcludeStorageClasses = archivedClasses(f.Profile)
	if len(f.Profile.TableFormats) > 0 {
		return r
	}
	files := f.Profile.Totals.Objects
	r.UseS3ListImplementation = files > AutoGroupingFiles
	if !f.Groupable() || files <= tasksPerCore*f.Engine.Cores || f.MeanBytes() >= f.GroupTarget()/2 {
		return r
	}
	r.GroupFiles = "inPartition"
	if s := f.Profile.Skew; s != nil && s.MedianObjects <= 2 && f.Profile.Totals.Partitions > 10*f.Engine.Cores {
		r.GroupFiles = "acrossPartition"
	}
	r.GroupSize = strconv.FormatInt(groupSize(f), 10)
	return r
}

// groupSize gives every core tasksPerCore groups, in whole MiB, held to [minGroup, GroupTarget]. Glue's own formula is
// not published.
func groupSize(f *Facts) int64 {
	size := divUp(f.Profile.Totals.Bytes, tasksPerCore*max(f.Engine.Cores, 1))
	size = divUp(size, minGroup) * minGroup
	return min(max(size, minGroup), f.GroupTarget())
}

// recommendWrite fills what is set between read and write: as many partitions as files to write, if that is fewer than
// the tasks of the read; or as many as the cores need, if the read leaves them idle.
func recommendWrite(f *Facts) {
	read := f.Plans[len(f.Plans)-1]
	if len(f.Profile.TableFormats) > 0 || read.Tasks == 0 {
		return
	}
	write := max(divUp(f.Profile.Totals.Bytes, targetOutputBytes), 1)
	cores := f.Engine.Cores
	switch {
	case read.IdleCores > 0 && read.TaskBytes.Max > f.Engine.MaxPartitionBytes:
		f.Recommended.Repartition = max(write, tasksPerCore*cores)
	case write >= read.Tasks:
	case write >= cores:
		f.Recommended.Coalesce = write
	default:
		f.Recommended.Repartition = write
	}
}

// leftoverPatterns spells an exclusion for each kind of file that Spark passes over and a DynamicFrame reads. A
// pattern starts with ** and no slash, so that it matches whether Glue holds it against the whole URI, the key or the
// path below the target: no page of AWS settles which.
func leftoverPatterns(p *stats.Profile) []string {
	var out []string
	for _, i := range p.Ignored {
		if i.Reason == stats.Hidden || i.Reason == stats.Marker {
			out = append(out, leftoverPattern(i.Kind)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// leftoverPattern returns the patterns for a kind of hidden name. Names that this version does not know get none where a
// pattern might hit data: _x=1 is a partition.
func leftoverPattern(kind string) []string {
	switch kind {
	case "/", "_*", "_symlink_format_manifest":
		return nil
	case ".*", "_committed", "_started", ".metadata":
		return []string{"**/" + strings.TrimSuffix(kind, "*") + "**"}
	case "_temporary", "_delta_log", "_spark_metadata", ".hoodie", "_change_data":
		return []string{"**" + kind + "/**"}
	case ".spark-staging", ".hive-staging":
		return []string{"**" + kind + "**"}
	}
	return []string{"**" + kind}
}

func archivedClasses(p *stats.Profile) []string {
	var out []string
	for _, c := range p.StorageClasses {
		if !c.Readable {
			out = append(out, c.Class)
		}
	}
	slices.Sort(out)
	return out
}

func divUp(a, b int64) int64 {
	if a <= 0 {
		return 0
	}
	return (a-1)/b + 1
}
