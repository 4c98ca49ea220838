package advisor

import (
	"slices"
	"strconv"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// What-if: each function here compares the job's own read, or its write, as it is with what it would be after one change.
// Nothing else changes, so that effects do not add up.

// Own is the plan of the read that the job does: spark.read on Spark; on Glue a DynamicFrame, which groups as the job sets
// it, and where it sets nothing by itself above AutoGroupingFiles.
func (f *Facts) Own() Plan {
	if f.own != nil {
		return *f.own
	}
	return f.planOf(f.ownReader())
}

func (f *Facts) ownReader() string {
	many := f.objects() > AutoGroupingFiles
	switch e := f.Engine; {
	case !e.DynamicFrames:
		return DataFrame
	case !f.Groupable() || f.files != nil && f.files.columnar || e.GroupFiles == "none":
		return DynamicFrame
	case e.GroupFiles != "" || many && e.GroupSizeBytes > 0: // below, groupSize alone does nothing
		return asSet
	case many:
		return automatic
	}
	return DynamicFrame
}

// planOf takes the plan that there is, or makes it.
func (f *Facts) planOf(reader string) Plan {
	if p, ok := f.Plan(reader); ok {
		return p
	}
	switch reader {
	case "rdd":
		return rddPlan(f)
	case "dynamicframe":
		return dynamicframePlan(f)
	case automatic:
		return automaticPlan(f)
	case asSet:
		return asSetPlan(f)
	}
	return dataframePlan(f)
}

// ReadBy is the effect of reading with another reader, such as dataframe (spark.read) where the job has a DynamicFrame.
func (f *Facts) ReadBy(reader string) *Effect {
	return effect(f, f.Own(), f, f.planOf(reader))
}

// Grouped is the effect of setting groupFiles and groupSize, bytes. For groupFiles none the size does not matter.
func (f *Facts) Grouped(groupFiles string, size int64) *Effect {
	if !grouping(groupFiles) {
		return effect(f, f.Own(), f, f.planOf("dynamicframe"))
	}
	if p, ok := f.Plan(grouped); ok && p.Settings["groupFiles"] == groupFiles && p.Settings["groupSize"] == strconv.FormatInt(size, 10) {
		return effect(f, f.Own(), f, p)
	}
	return effect(f, f.Own(), f, groupedBy(f, grouped, groupFiles, size))
}

// On is the effect of another engine, cluster or setting on the plan of a reader; "" stands for the job's own.
func (f *Facts) On(e Engine, reader string) *Effect {
	other := &Facts{Target: f.Target, Profile: f.Profile, Engine: e, files: f.files, sizes: f.sizes}
	if reader == "" {
		return effect(f, f.Own(), other, other.Own())
	}
	return effect(f, f.planOf(reader), other, other.planOf(reader))
}

// WithWorkers is the engine on a cluster of so many workers of its type, the driver's included; its cores and parallelism
// grow in proportion. On Spark, which has no workers here, it returns e as it is.
func (e Engine) WithWorkers(n int64) Engine {
	if e.Workers < 2 || n < 2 {
		return e
	}
	follows := e.Parallelism == max(e.Cores, 2)
	e.Cores = max(e.Cores/(e.Workers-1), 1) * (n - 1)
	e.DPUs = e.DPUs / e.Workers * n
	e.Workers = n
	if follows {
		e.Parallelism = max(e.Cores, 2)
	}
	return e
}

// A Rewrite says what files become when they are written again.
type Rewrite struct {
	// TargetBytes is the size of the files to write.
	TargetBytes int64
	// Columnar is for files that become Parquet or ORC, which Spark cuts and Glue does not group. Without it they are cut, or
	// not, as most bytes were.
	Columnar bool
	// Joined is for partitions that are joined: files are as large as TargetBytes, however small partitions are.
	Joined bool
}

// FilesAfter is how many files a partition has then: one for each TargetBytes, but no more than it had, unless they are to be
// Columnar: compaction does not cut large files.
func (r Rewrite) FilesAfter(p stats.PartitionTotals) int64 {
	n := max(divUp(p.Bytes, max(r.TargetBytes, 1)), 1)
	if !r.Columnar || p.Objects == 0 {
		n = min(n, p.Objects)
	}
	return n
}

// Rewritten is the effect on the job's own read of writing the dataset again, partition by partition; on spark.read where Glue
// groups the files by itself, as it does not once they are few.
func (f *Facts) Rewritten(r Rewrite) *Effect {
	after := *f
	after.Plans, after.own, after.files = nil, nil, f.rewritten(r)
	said := []string{"files are taken to be written as large as their input, and all alike in a partition"}
	if r.Joined {
		said[0] = "partitions are taken to be joined, and files to be written as large as their input"
	}
	if f.Profile.Other != nil && !r.Joined {
		said = append(said, "partitions that are not told apart are taken to be alike")
	}
	if before := f.Own(); before.Reader != automatic {
		return effect(f, before, &after, after.Own(), said...)
	}
	// Glue groups before it, and not after it: two reads that do not compare.
	return effect(f, f.planOf(DataFrame), &after, after.planOf(DataFrame), said...)
}

func (f *Facts) rewritten(r Rewrite) *layout {
	out := &layout{growth: f.growth(), columnar: r.Columnar}
	before := func(yield func(stats.PartitionTotals, int64) bool) {
		if r.Joined {
			yield(stats.PartitionTotals{Objects: f.Profile.Totals.Objects, Bytes: f.Profile.Totals.Bytes}, 1)
			return
		}
		for p := range f.Profile.EachPartition {
			if !yield(p, 1) {
				return
			}
		}
		f.Profile.Other.Alike(yield)
	}
	written := pieces{room: f.Profile.Totals.Partitions}
	for p, alike := range before {
		n := r.FilesAfter(p)
		written.add(p.Bytes, n, alike)
		out.objects += n * alike
	}
	out.bundles = func(yield func(spark.Bundle) bool) {
		for p, alike := range before {
			if n := r.FilesAfter(p); n > 0 && !yield(spark.Bundle{Objects: n, Bytes: p.Bytes, Alike: alike}) {
				return
			}
		}
	}
	out.input = spark.Input{Sizes: written.len(), SplittableGrowth: out.growth.all, WholeGrowth: out.growth.all}
	if r.Columnar || f.mostlySplit() {
		out.input.Splittable = written.all
	} else {
		out.input.Whole = written.all
	}
	return out
}

// pieces are sizes of files that are parts of something, as even as can be.
type pieces struct {
	room  int64
	sizes [][2]int64 // bytes, files
}

// add divides so many bytes into n files, each time.
func (s *pieces) add(bytes, n, times int64) {
	if n == 0 {
		return
	}
	larger := bytes % n
	s.append(bytes/n+1, larger*times)
	s.append(bytes/n, (n-larger)*times)
}

func (s *pieces) append(size, n int64) {
	switch last := len(s.sizes) - 1; {
	case n == 0:
	case last >= 0 && s.sizes[last][0] == size:
		s.sizes[last][1] += n
	default:
		if s.sizes == nil {
			s.sizes = make([][2]int64, 0, s.room)
		}
		s.sizes = append(s.sizes, [2]int64{size, n})
	}
}

func (s *pieces) len() int { return len(s.sizes) }

// all yields the last first: partitions come with the largest first, and sizes are best planned as they rise.
func (s *pieces) all(yield func(size, n int64) bool) {
	for _, p := range slices.Backward(s.sizes) {
		if !yield(p[0], p[1]) {
			return
		}
	}
}

// Divided is the effect on the job's own read of writing each file that Spark does not cut, and is larger than most bytes,
// as files of at most so many.
func (f *Facts) Divided(most int64) *Effect {
	most = max(most, 1)
	in, g := f.input()
	out := &layout{objects: f.objects(), input: in, growth: g}
	var parts pieces
	for size, n := range in.Whole {
		if size > most {
			count := divUp(size, most)
			parts.add(size, count, n)
			out.objects += (count - 1) * n
		}
	}
	out.input.Whole = both(upTo(in.Whole, most), parts.all)
	after := *f
	after.Plans, after.own, after.files = nil, nil, out
	return effect(f, f.Own(), &after, after.Own(), "a file's parts are taken to be as large as it was, together")
}

func upTo(files spark.Files, most int64) spark.Files {
	return func(yield func(int64, int64) bool) {
		for size, n := range files {
			if size <= most && !yield(size, n) {
				return
			}
		}
	}
}

// mostlySplit reports whether Spark cuts the files of at least half of the bytes.
func (f *Facts) mostlySplit() bool {
	var split, whole int64
	for _, t := range f.Profile.Formats {
		if t.Splittable {
			split += t.Bytes
		} else {
			whole += t.Bytes
		}
	}
	return split >= whole
}

// Without is the effect of exclusions (or excludeStorageClasses) that keep a DynamicFrame from reading ignored objects:
// before them it reads these, too, a task for each at least.
func (f *Facts) Without(ignored ...stats.Ignored) *Effect {
	after := f.planOf("dynamicframe")
	before := after
	objects := int64(0)
	for _, i := range ignored {
		objects += i.Objects
		if i.Bytes <= 0 || i.Objects <= 0 {
			continue // Hadoop makes no task of a file without a byte
		}
		mean := divUp(i.Bytes, i.Objects)
		before.Tasks += i.Objects * max(divUp(mean, f.Engine.BlockSizeBytes), 1)
	}
	before.Waves, before.IdleCores = divUp(before.Tasks, max(f.Engine.Cores, 1)), max(f.Engine.Cores-before.Tasks, 0)
	e := effect(f, before, f, after, "objects that are left out are taken to be alike, and cut at blocks")
	e.Before.Files += objects
	return e
}

// Written is the effect on the write of n partitions, by repartition or coalesce: before it, each task of the read writes
// a file.
func (f *Facts) Written(n int64) *Effect {
	before := f.read()
	n = max(n, 1)
	bytes := divUp(f.Profile.Totals.Bytes, n)
	_, g := f.input()
	after := newPlan("write", spark.Plan{
		Tasks: n, MedianBytes: bytes, MaxBytes: bytes, MaxExpanded: g.of(bytes), MedianExpanded: g.of(bytes),
		Estimate: "output is taken to be as large as the input, and its partitions alike",
	}, f.Engine.Cores, g)
	before.Reader, before.Driver = "write", nil
	e := effect(f, before, f, after)
	e.Before.Files, e.After.Files = before.Tasks, n
	return e
}

// effect compares two plans, each of its own facts, and joins what is said of them.
func effect(f *Facts, before Plan, g *Facts, after Plan, said ...string) *Effect {
	for _, p := range []Plan{after, before} {
		if p.Estimate != "" && !slices.Contains(said, p.Estimate) {
			said = append(said, p.Estimate)
		}
	}
	return &Effect{Before: f.state(before), After: g.state(after), Estimates: said}
}

func (f *Facts) state(p Plan) State {
	s := State{
		Plan: p.Reader, Files: f.objects(), Tasks: p.Tasks, Waves: p.Waves, IdleCores: p.IdleCores,
		LargestTaskBytes: p.TaskBytes.Max, LargestTaskExpandedBytes: p.Expanded.Max,
	}
	if p.Driver != nil {
		s.DriverBytes = p.Driver.Bytes
	}
	return s
}

// LargestTask is the impact of an effect on what the largest task reads.
func (e *Effect) LargestTask() *Impact {
	return &Impact{Metric: "largest task bytes", Before: e.Before.LargestTaskBytes, After: e.After.LargestTaskBytes, Estimate: because(e.Estimates)}
}

// impact is the figure that changes most: the tasks, or the files where these do.
func (e *Effect) impact() *Impact {
	if e == nil {
		return nil
	}
	i := &Impact{Metric: "tasks", Before: e.Before.Tasks, After: e.After.Tasks, Estimate: because(e.Estimates)}
	if e.Before.Files != e.After.Files && e.Before.Plan != "write" {
		i.Metric, i.Before, i.After = "files", e.Before.Files, e.After.Files
	}
	if i.Before == i.After {
		return nil
	}
	return i
}
