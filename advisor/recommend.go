package advisor

import (
	"slices"
	"strconv"

	"s3layout/advisor/spark"
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
	targetOutputBytes = spark.TargetFile
	// leastOutputBytes is the least that Redshift Spectrum and Athena want of a file.
	leastOutputBytes = 64 << 20
	// groupBytes is the most uncompressed text that one task should group: as much as Spark puts in one.
	groupBytes = 128 << 20
	minGroup   = 1 << 20
	// GroupedTimes is how far a job's own groupSize may be from the one that is computed here, by a formula of our own, before
	// it is worth a word.
	GroupedTimes = 4
	// tasksPerCore is what Spark's tuning guide recommends: two to three.
	tasksPerCore = 3
)

// groupable formats are those that Glue groups: csv, ion, grokLog, json and xml. Text and names without an extension
// are read as one of them.
var groupable = []string{"csv", "tsv", "json", "xml", "ion", "text", "unknown"}

// Groupable reports whether Glue's groupFiles applies to the format of most files.
func (f *Facts) Groupable() bool {
	objects, _ := f.groupables()
	return 2*objects > f.Profile.Totals.Objects
}

// groupables counts the files in formats that Glue groups.
func (f *Facts) groupables() (objects, bytes int64) {
	for _, t := range f.Profile.Formats {
		if slices.Contains(groupable, t.Format) {
			objects, bytes = objects+t.Objects, bytes+t.Bytes
		}
	}
	return objects, bytes
}

// MeanBytes is the mean file size; 0 where there are no files.
func (f *Facts) MeanBytes() int64 { return f.Profile.Sizes.Mean }

// GroupTarget is how many bytes a group should hold at most, in whole MiB: groupBytes, less where most of what can be
// grouped is compressed, because it grows in memory: 128 MiB / 5.9 is 21 MiB.
func (f *Facts) GroupTarget() int64 {
	_, bytes := f.groupables()
	if f.CompressedText() <= bytes/2 {
		return groupBytes
	}
	return max(int64(groupBytes/f.TextGrows())/minGroup, 1) * minGroup
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
	r.UseS3ListImplementation = f.Profile.Totals.Objects > AutoGroupingFiles
	r.GroupFiles = groupFiles(f)
	if grouping(r.GroupFiles) {
		r.GroupSize = strconv.FormatInt(groupSize(f), 10)
	}
	if f.groupedAbout(r) {
		r.GroupFiles, r.GroupSize = f.Engine.GroupFiles, strconv.FormatInt(f.Engine.GroupSizeBytes, 10)
	}
	return r
}

// GroupedWell reports whether what is recommended is the grouping that the job sets.
func (f *Facts) GroupedWell() bool {
	e, r := f.Engine, f.Recommended
	return grouping(e.GroupFiles) && r.GroupFiles == e.GroupFiles && r.GroupSize == strconv.FormatInt(e.GroupSizeBytes, 10)
}

// groupedAbout reports whether the grouping that the job sets is about as good as the one that would be recommended: as many
// tasks, within a factor of GroupedTimes, and not much more in each.
func (f *Facts) groupedAbout(r Recommended) bool {
	e := f.Engine
	if !grouping(r.GroupFiles) || !grouping(e.GroupFiles) || e.GroupSizeBytes == 0 {
		return false
	}
	size, _ := strconv.ParseInt(r.GroupSize, 10, 64)
	own, best := asSetPlan(f), groupedBy(f, grouped, r.GroupFiles, size)
	return own.Tasks <= GroupedTimes*best.Tasks && best.Tasks <= GroupedTimes*own.Tasks && e.GroupSizeBytes <= GroupedTimes*f.GroupTarget()
}

// groupFiles decides on the option of that name; "" leaves it alone. It goes by the files that can be grouped, so that
// a few large ones of another format do not hide many small ones.
func groupFiles(f *Facts) string {
	files, bytes := f.groupables()
	if !f.Groupable() {
		return ""
	}
	switch mean, target := bytes/files, f.GroupTarget(); {
	case mean >= target && f.Profile.Totals.Objects > AutoGroupingFiles:
		return "none" // Glue would group by itself what is as large as a group already
	case mean >= target/2 || files <= tasksPerCore*f.Engine.Cores:
		return ""
	}
	if s := f.Profile.Skew; s != nil && s.MedianObjects <= 2 && f.Profile.Totals.Partitions > 10*f.Engine.Cores {
		return "acrossPartition"
	}
	return "inPartition"
}

// grouping reports whether a value of groupFiles groups.
func grouping(value string) bool { return value == "inPartition" || value == "acrossPartition" }

// groupSize gives every core tasksPerCore groups, in whole MiB, held to [minGroup, GroupTarget]. Glue's own formula is
// not published.
func groupSize(f *Facts) int64 {
	_, bytes := f.groupables()
	size := divUp(bytes, tasksPerCore*max(f.Engine.Cores, 1))
	size = divUp(size, minGroup) * minGroup
	return min(max(size, minGroup), f.GroupTarget())
}

// recommendWrite fills what is set between read and write: as many partitions as files to write, if that is fewer than
// the tasks of the read; or as many as the cores need, if the read leaves them idle.
func recommendWrite(f *Facts) {
	read := f.read()
	if len(f.Profile.TableFormats) > 0 || read.Tasks == 0 {
		return
	}
	write := max(divUp(f.Profile.Totals.Bytes, targetOutputBytes), 1)
	cores := f.Engine.Cores
	switch {
	case read.IdleCores > 0 && read.TaskBytes.Max > f.Engine.MaxPartitionBytes:
		f.Recommended.Repartition = max(write, tasksPerCore*cores)
	case write >= read.Tasks:
	case f.MeanBytes() >= leastOutputBytes && bytesEach(f, f.planOf(DataFrame)) >= leastOutputBytes:
		// They were written well; how Glue cuts them, and so what a DynamicFrame would write, is not published.
	case write >= cores:
		f.Recommended.Coalesce = evenly(write, cores, read.Tasks)
	default:
		f.Recommended.Repartition = write
	}
}

// evenly is the multiple of the cores that is nearest to so many tasks, and less than most: 38 on 36 cores take two rounds, of
// which the second has 2. Files are then at most twice as large, and at least two thirds.
func evenly(tasks, cores, most int64) int64 {
	n := max((tasks+cores/2)/cores, 1)
	if n*cores >= most {
		n = max(tasks/cores, 1)
	}
	return n * cores
}

func bytesEach(f *Facts, p Plan) int64 { return f.Profile.Totals.Bytes / max(p.Tasks, 1) }

// read is the plan of the job's own reader: spark.read on Spark; on Glue a DynamicFrame, as advised.
func (f *Facts) read() Plan {
	if f.Recommended.GroupFiles == "none" {
		return f.planOf(DynamicFrame)
	}
	for _, reader := range []string{grouped, asSet, automatic, DynamicFrame, DataFrame} {
		if p, ok := f.Plan(reader); ok {
			return p
		}
	}
	return Plan{}
}

// leftoverPatterns spells exclusions for the kinds of file that Spark passes over and a DynamicFrame reads.
func leftoverPatterns(p *stats.Profile) []string {
	var out []string
	for _, i := range p.Ignored {
		if pattern := Exclusion(i); pattern != "" {
			out = append(out, pattern)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Exclusion returns the pattern that keeps a DynamicFrame from reading one kind of ignored object, or "" where there is
// none: no reader wants the kind read, but a pattern might hit data (_* : _x=1 is a partition), or nothing is gained.
//
// No page of AWS settles what Glue holds a pattern against: the path below the target, the key, or the whole URI.
// {x,**/x} means the same in all three: x at the start, or after a slash.
//
// Note: **x, the form of AWS's own example **.pdf, does so too, but takes data with it: **_temporary/** the directory
// orders_temporary/, **_metadata the file user_metadata. And **/x alone misses x in the target itself.
//
// A star that ends a pattern does not cross a slash: the column of _started_at=2026-04-19/ is data. What is left is a file
// of such a name with a '=' in it (_SUCCESS_a=b), which Spark reads; no glob can tell it apart.
func Exclusion(i stats.Ignored) string {
	if i.Reason != stats.Hidden && i.Reason != stats.Marker {
		return ""
	}
	switch i.Kind {
	case "_SUCCESS", "_metadata", "_common_metadata", "_committed", "_started":
		return anywhere(i.Kind + "*")
	case "_temporary", "_delta_log", "_spark_metadata", "_change_data", "_symlink_format_manifest", ".hoodie":
		return anywhere(i.Kind) + "/**"
	case ".metadata", ".spark-staging", ".hive-staging":
		return anywhere(i.Kind) + "**"
	case ".DS_Store":
		return anywhere(i.Kind)
	case ".crc":
		return anywhere(".*.crc")
	case ".*":
		return anywhere(".") + "**"
	case "_$folder$", "._COPYING_":
		return "**" + i.Kind
	}
	return ""
}

// anywhere matches what starts with a component that matches the pattern, at any depth.
func anywhere(pattern string) string { return "{" + pattern + ",**/" + pattern + "}" }

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
