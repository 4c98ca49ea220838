// Package spark simulates how Spark and AWS Glue cut files into tasks: file sizes in, a Plan out.
//
// It is arithmetic on sizes: it reads nothing, and knows neither listings nor reports. Where an engine's rule is public
// the plan is the engine's own; where it is not (Glue's grouping) the plan says that it is an estimate.
package spark

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Files are the sizes of files in bytes, each with the number of files that have it, in any order.
type Files = iter.Seq2[int64, int64]

// A Plan is how a reader cuts a dataset into tasks.
type Plan struct {
	Tasks int64
	// MedianBytes and MaxBytes are of the bytes that one task reads.
	MedianBytes, MaxBytes int64
	// Estimate says why the plan is not the engine's own; "" means that it is.
	Estimate string
}

// Waves is how many rounds the tasks take when cores of them run at a time.
func (p Plan) Waves(cores int64) int64 { return divUp(p.Tasks, max(cores, 1)) }

// IdleCores is how many cores have nothing to do, even in the first wave.
func (p Plan) IdleCores(cores int64) int64 { return max(cores-p.Tasks, 0) }

// Scan holds the settings of a DataFrame scan. Source: Spark SQLConf (3.5).
type Scan struct {
	MaxPartitionBytes int64 // spark.sql.files.maxPartitionBytes
	OpenCostBytes     int64 // spark.sql.files.openCostInBytes
	Parallelism       int64 // cores registered when the scan is planned, or spark.sql.files.minPartitionNum
}

// DefaultScan is Spark's defaults on a cluster of the given cores.
func DefaultScan(cores int64) Scan {
	return Scan{MaxPartitionBytes: 128 << 20, OpenCostBytes: 4 << 20, Parallelism: max(cores, 2)}
}

// MaxSplitBytes is the largest byte range that Spark puts in one task of a DataFrame scan:
// min(maxPartitionBytes, max(openCost, Σ(size+openCost)/parallelism)), bytes. For 3 files of 1 MiB on 36 cores that is
// max(4 MiB, 15 MiB/36) = 4 MiB. Source: Spark 3.5 FilePartition.maxSplitBytes.
func (s Scan) MaxSplitBytes(files ...Files) int64 {
	total := int64(0)
	for _, f := range files {
		for size, n := range f {
			total = addCapped(total, mulCapped(addCapped(size, s.OpenCostBytes), n))
		}
	}
	return min(s.MaxPartitionBytes, max(s.OpenCostBytes, total/max(s.Parallelism, 1)))
}

// Plan cuts the splittable files into chunks of at most MaxSplitBytes, leaves the others whole, and packs the chunks,
// largest first, into tasks: a chunk opens a new task when it does not fit, and every chunk costs OpenCostBytes.
// Empty files make no task. Source: Spark 3.5 PartitionedFileUtil.splitFiles, FilePartition.getFilePartitions.
func (s Scan) Plan(splittable, whole Files) Plan {
	limit := s.MaxSplitBytes(splittable, whole)
	chunks := make([]run, 0, distinct(splittable, whole)+1)
	full := int64(0)
	for size, n := range splittable {
		full = addCapped(full, mulCapped(size/limit, n))
		if rest := size % limit; rest > 0 {
			chunks = append(chunks, run{rest, n})
		}
	}
	for size, n := range whole {
		if size > 0 {
			chunks = append(chunks, run{size, n})
		}
	}
	if full > 0 {
		chunks = append(chunks, run{limit, full})
	}
	slices.SortFunc(chunks, func(a, b run) int { return cmp.Compare(b.bytes, a.bytes) })
	return s.pack(chunks, limit)
}

// distinct counts the different sizes.
func distinct(files ...Files) int {
	n := 0
	for _, f := range files {
		for range f {
			n++
		}
	}
	return n
}

// run is a number of chunks, or tasks, of the same bytes.
type run struct{ bytes, n int64 }

// pack is next-fit on chunks in descending order. Chunks as large as the limit fill a task each, so that a long run of
// them costs nothing.
func (s Scan) pack(chunks []run, limit int64) Plan {
	var tasks tally
	bytes, load, any := int64(0), int64(0), false
	for _, c := range chunks {
		if c.bytes >= limit && !any {
			tasks.add(c.bytes, c.n)
			continue
		}
		for range c.n {
			if any && addCapped(load, c.bytes) > limit {
				tasks.add(bytes, 1)
				bytes, load, any = 0, 0, false
			}
			bytes = addCapped(bytes, c.bytes)
			load = addCapped(load, addCapped(c.bytes, s.OpenCostBytes))
			any = true
		}
	}
	if any {
		tasks.add(bytes, 1)
	}
	return tasks.plan()
}

// tally collects the bytes of tasks.
type tally []run

func (t *tally) add(bytes, n int64) {
	if last := len(*t) - 1; last >= 0 && (*t)[last].bytes == bytes {
		(*t)[last].n += n
		return
	}
	*t = append(*t, run{bytes, n})
}

func (t tally) plan() Plan {
	slices.SortFunc(t, func(a, b run) int { return cmp.Compare(a.bytes, b.bytes) })
	var p Plan
	for _, r := range t {
		p.Tasks = addCapped(p.Tasks, r.n)
		p.MaxBytes = r.bytes
	}
	seen := int64(0)
	for _, r := range t {
		if seen += r.n; seen >= divUp(p.Tasks, 2) {
			p.MedianBytes = r.bytes
			break
		}
	}
	return p
}

// splitSlop lets the last split of a file be a tenth larger than the others.
const splitSlop = 1.1

// PlanSplits cuts as Hadoop's FileInputFormat does, for ungrouped DynamicFrames, RDDs and Hive tables: every file on
// its own, splittable ones into splits of blockSize. Source: Hadoop mapreduce FileInputFormat.getSplits.
func PlanSplits(splittable, whole Files, blockSize int64) Plan {
	tasks := make(tally, 0, distinct(splittable, whole)+1)
	blocks := int64(0)
	for size, n := range splittable {
		full, rest := splitsOf(size, blockSize)
		blocks = addCapped(blocks, mulCapped(full, n))
		if rest > 0 {
			tasks.add(rest, n)
		}
	}
	if blocks > 0 {
		tasks.add(blockSize, blocks)
	}
	for size, n := range whole {
		if size > 0 {
			tasks.add(size, n)
		}
	}
	return tasks.plan()
}

// splitsOf returns how many whole splits a file makes, and the bytes of its last one. The comparison is Java's: on
// doubles.
func splitsOf(size, split int64) (full, rest int64) {
	more := func(full int64) bool { return float64(size-full*split)/float64(split) > splitSlop }
	full = max(size/split-2, 0)
	for more(full) {
		full++
	}
	return full, size - full*split
}

// Bundle is a set of files that Glue groups together: a partition, or with acrossPartition the whole dataset.
type Bundle struct{ Objects, Bytes int64 }

// PlanGrouped estimates the tasks of a grouped DynamicFrame: each bundle makes at least one, and one for each
// groupSize. A file is never cut, so that maxFile bounds the largest task from below.
func PlanGrouped(bundles iter.Seq[Bundle], groupSize, maxFile int64) Plan {
	var tasks tally
	for b := range bundles {
		if b.Objects == 0 {
			continue
		}
		groups := min(max(divUp(b.Bytes, groupSize), 1), b.Objects)
		tasks.add(b.Bytes/groups, groups)
	}
	p := tasks.plan()
	p.MaxBytes = max(p.MaxBytes, maxFile)
	p.Estimate = "Glue does not publish how it fills groups; this takes one group for each groupSize bytes of a partition"
	return p
}

func divUp(a, b int64) int64 {
	if a <= 0 {
		return 0
	}
	return (a-1)/b + 1
}

func addCapped(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func mulCapped(a, b int64) int64 {
	if a > 0 && b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}
