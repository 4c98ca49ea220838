package spark

import "slices"

// Scan holds the settings of a DataFrame scan, spark.read on files. Source: Spark SQLConf; see ScanConf for the names.
type Scan struct {
	// MaxPartitionBytes is the most that a task reads of files that can be cut, unless it is raised to hold them all in
	// MaxPartitions tasks.
	MaxPartitionBytes int64
	// OpenCostBytes is what opening a file costs, in bytes that could be read meanwhile.
	OpenCostBytes int64
	// Parallelism is how many tasks a small dataset is spread over.
	Parallelism int64
	// MaxPartitions bounds the tasks, from Spark 3.5; 0 does not.
	MaxPartitions int64
}

// DefaultScan is Spark's defaults on a cluster that has the given cores when the scan is planned. Executors count for
// two at least. Source: CoarseGrainedSchedulerBackend.defaultParallelism.
func DefaultScan(cores int64) Scan {
	return Scan{MaxPartitionBytes: 128 << 20, OpenCostBytes: 4 << 20, Parallelism: max(cores, 2)}
}

// MaxSplitBytes is the largest byte range that Spark cuts a file into: min(maxPartitionBytes, max(openCost,
// Σ(size+openCost)/parallelism)), bytes, and at least 1. For 3 files of 1 MiB on 36 cores that is max(4 MiB, 15 MiB/36) =
// 4 MiB. Source: Spark 3.5 FilePartition.maxSplitBytes; the same from 3.1 to 4.1.
func (s Scan) MaxSplitBytes(in Input) int64 {
	total := int64(0)
	for size, n := range in.each {
		total = addCapped(total, mulCapped(addCapped(size, s.OpenCostBytes), n))
		if total/max(s.Parallelism, 1) >= s.MaxPartitionBytes {
			break // more changes nothing
		}
	}
	return max(min(s.MaxPartitionBytes, max(s.OpenCostBytes, total/max(s.Parallelism, 1))), 1)
}

// Plan cuts the splittable files into chunks of at most MaxSplitBytes, leaves the others whole, and packs the chunks,
// largest first, into tasks: a chunk opens a new task when it does not fit, and every chunk costs OpenCostBytes.
// Source: Spark 3.5 PartitionedFileUtil.splitFiles, FilePartition.getFilePartitions. This is for data sources of version
// 1, which all are unless spark.sql.sources.useV1SourceList says otherwise, and not for a scan of buckets: a listing
// does not tell that a table has them.
func (s Scan) Plan(in Input) Plan {
	chunks, limit := s.chunks(in)
	p := tallied(func(emit func(run)) {
		s.pack(chunks, limit, func(task []run, n int64) { emit(sum(task, n)) })
	})
	for _, c := range chunks {
		p.Chunks = addCapped(p.Chunks, c.n)
	}
	return p
}

// sum is n tasks of the same chunks.
func sum(task []run, n int64) run {
	sum := run{n: n}
	for _, c := range task {
		sum.bytes = addCapped(sum.bytes, mulCapped(c.bytes, c.n))
		sum.expanded = addCapped(sum.expanded, mulCapped(c.expanded, c.n))
	}
	return sum
}

// each passes every task to emit, n like it at once, in Spark's order. The chunks are emit's only while it runs.
func (s Scan) each(in Input, emit func(chunks []run, n int64)) {
	chunks, limit := s.chunks(in)
	s.pack(chunks, limit, emit)
}

// chunks returns what is packed, largest first, and what a task holds of it.
func (s Scan) chunks(in Input) (chunks []run, limit int64) {
	limit = s.MaxSplitBytes(in)
	chunks = cut(in, limit)
	if s.MaxPartitions > 0 {
		limit = s.raised(chunks, limit)
	}
	return chunks, limit
}

// cut returns the chunks, largest first.
func cut(in Input, limit int64) []run {
	chunks := make([]run, 0, in.Sizes+1)
	full := int64(0)
	for size, n := range in.splittable() {
		full = addCapped(full, mulCapped(size/limit, n))
		if rest := size % limit; rest > 0 {
			chunks = append(chunks, newRun(rest, n, in.SplittableGrowth))
		}
	}
	for size, n := range in.whole() {
		chunks = append(chunks, newRun(size, n, in.WholeGrowth))
	}
	if full > 0 {
		chunks = append(chunks, newRun(limit, full, in.SplittableGrowth))
	}
	chunks = sortRuns(chunks)
	slices.Reverse(chunks)
	return chunks
}

// raised is the limit at which the chunks are packed so that there are about MaxPartitions tasks; limit, where there are
// no more anyway. The chunks are not cut again. Source: Spark 3.5 FilePartition.getFilePartitions (SPARK-44021).
func (s Scan) raised(chunks []run, limit int64) int64 {
	tasks, total := int64(0), int64(0)
	s.pack(chunks, limit, func(_ []run, n int64) { tasks += n })
	if tasks <= s.MaxPartitions {
		return limit
	}
	for _, c := range chunks {
		total = addCapped(total, mulCapped(addCapped(c.bytes, s.OpenCostBytes), c.n))
	}
	return divUp(total, s.MaxPartitions)
}

// pack is next-fit on chunks in descending order. The time depends on how many different chunks there are, not on how
// many of each.
func (s Scan) pack(chunks []run, limit int64, emit func(chunks []run, n int64)) {
	var open []run
	alike := make([]run, 1)
	load := int64(0)
	add := func(c run, n int64) {
		open = append(open, run{c.bytes, c.expanded, n})
		load = addCapped(load, mulCapped(addCapped(c.bytes, s.OpenCostBytes), n))
	}
	for _, c := range chunks {
		left := c.n
		if more := min(s.fit(c.bytes, limit-load), left); len(open) > 0 && more > 0 {
			add(c, more)
			left -= more
		}
		if left == 0 {
			continue
		}
		if len(open) > 0 {
			emit(open, 1)
			open, load = open[:0], 0
		}
		each := max(s.fit(c.bytes, limit), 1)
		if full := (left - 1) / each; full > 0 { // the last task stays open: it may take smaller chunks
			alike[0] = run{c.bytes, c.expanded, each}
			emit(alike, full)
			left -= full * each
		}
		add(c, left)
	}
	if len(open) > 0 {
		emit(open, 1)
	}
}

// fit is how many chunks go into the room that a task has left. The cost of the last one may exceed it.
func (s Scan) fit(bytes, room int64) int64 {
	if bytes > room {
		return 0
	}
	return 1 + (room-bytes)/addCapped(bytes, s.OpenCostBytes)
}
