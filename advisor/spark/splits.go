package spark

import "math"

// Splits holds the settings of Hadoop's FileInputFormat, which reads for sc.textFile, RDDs and Hive tables: every file
// makes at least one task.
type Splits struct {
	// BlockSize is what the connector reports, bytes.
	BlockSize int64
	// MinSize is mapreduce.input.fileinputformat.split.minsize; 0 is 1.
	MinSize int64
	// MaxSize is mapreduce.input.fileinputformat.split.maxsize; 0 is no bound. Only the newer of Hadoop's two interfaces
	// (newAPIHadoopFile) knows it.
	MaxSize int64
	// MinPartitions is what the older interface (sc.textFile, Hive tables) aims at; 0 stands for the newer one, which has
	// no aim.
	MinPartitions int64
	// KeepEmpty makes a task of each file without a byte; see IgnoresEmptySplits.
	KeepEmpty bool
}

// IgnoresEmptySplits is the Spark from which a file without a byte makes no task by default.
// Source: spark.hadoopRDD.ignoreEmptySplits, SPARK-34809.
var IgnoresEmptySplits = Version{3, 2}

// TextFilePartitions is the minPartitions that sc.textFile sets by itself on two cores or more.
// Source: Spark SparkContext.defaultMinPartitions.
const TextFilePartitions = 2

// splitSlop lets the last split of a file be a tenth larger than the others.
const splitSlop = 1.1

// Bytes is what a splittable file is cut into: max(minSize, min(goal, blockSize)) bytes, where the goal is the dataset
// over MinPartitions. Source: Hadoop 3.3, mapred and mapreduce FileInputFormat.computeSplitSize.
func (s Splits) Bytes(in Input) int64 {
	size := s.BlockSize
	if s.MaxSize > 0 && s.MinPartitions == 0 {
		size = min(size, s.MaxSize)
	}
	if s.MinPartitions > 0 {
		total := int64(0)
		for bytes, n := range in.each {
			total = addCapped(total, mulCapped(bytes, n))
		}
		size = min(size, total/s.MinPartitions)
	}
	return max(size, s.MinSize, 1)
}

// Plan cuts as Hadoop's FileInputFormat.getSplits does.
func (s Splits) Plan(in Input) Plan {
	return tallied(func(emit func(run)) { s.each(in, emit) })
}

// each passes the splits to emit, n alike at once, in no order.
func (s Splits) each(in Input, emit func(run)) {
	split, blocks := s.Bytes(in), int64(0)
	if s.KeepEmpty && in.Empty > 0 {
		emit(run{n: in.Empty})
	}
	for size, n := range in.splittable() {
		full, rest := splitsOf(size, split)
		blocks = addCapped(blocks, mulCapped(full, n))
		if rest > 0 {
			emit(newRun(rest, n, in.SplittableGrowth))
		}
	}
	if blocks > 0 {
		emit(newRun(split, blocks, in.SplittableGrowth))
	}
	for size, n := range in.whole() {
		emit(newRun(size, n, in.WholeGrowth))
	}
}

// splitsOf returns how many whole splits a file makes, and the bytes of its last one. The comparison is Java's: on
// doubles.
func splitsOf(size, split int64) (full, rest int64) {
	if size <= split {
		return 0, size
	}
	more := func(full int64) bool { return float64(size-full*split)/float64(split) > splitSlop }
	full = max(size/split-2, 0)
	for more(full) {
		full++
	}
	return full, size - full*split
}

// Uncut reports whether every file is read whole by a reader that cuts at blocks of so many bytes.
func (in Input) Uncut(block int64) bool {
	for size := range in.splittable() {
		if float64(size) > splitSlop*float64(min(block, math.MaxInt64/2)) {
			return false
		}
	}
	return true
}
