package spark

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Names of the settings that decide how a DataFrame scan is cut.
const (
	MaxPartitionBytes  = "spark.sql.files.maxPartitionBytes"
	OpenCostInBytes    = "spark.sql.files.openCostInBytes"
	MinPartitionNum    = "spark.sql.files.minPartitionNum"
	MaxPartitionNum    = "spark.sql.files.maxPartitionNum"
	LeafParallelism    = "spark.sql.leafNodeDefaultParallelism"
	DefaultParallelism = "spark.default.parallelism"
	UseV1SourceList    = "spark.sql.sources.useV1SourceList"
)

// Settings are their names.
var Settings = []string{MaxPartitionBytes, OpenCostInBytes, MinPartitionNum, MaxPartitionNum, LeafParallelism, DefaultParallelism, UseV1SourceList}

// since is the version of Spark, major and minor, that first had a setting. Older ones pass over it in silence.
// Source: SQLConf of Spark 3.5, "version" of each entry.
var since = map[string]Version{
	MaxPartitionBytes: {2, 0}, OpenCostInBytes: {2, 0}, DefaultParallelism: {0, 5},
	MinPartitionNum: {3, 1}, LeafParallelism: {3, 2}, MaxPartitionNum: {3, 5}, UseV1SourceList: {3, 0},
}

// Knows reports whether that version of Spark has the setting.
func (v Version) Knows(setting string) bool {
	first, known := since[setting]
	return known && v.AtLeast(first)
}

// ReadsV1 reports whether spark.read of a format goes through a data source of version 1, by the value of
// spark.sql.sources.useV1SourceList: a list of formats, which has all of them where it is not set. One of version 2 cuts
// files alike, but sorts the chunks of a directory among themselves only, and packs one directory after the other.
// Source: Spark 3.5, DataSource.lookupDataSourceV2, FileScan.partitions.
func ReadsV1(format, list string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(v1 string) bool { return strings.EqualFold(strings.TrimSpace(v1), format) })
}

// Version is a version of Spark: major and minor.
type Version struct{ Major, Minor int }

// ParseVersion reads the first two numbers of a version: 3.5.6 is {3, 5}.
func ParseVersion(s string) (Version, error) {
	major, rest, _ := strings.Cut(s, ".")
	minor, _, _ := strings.Cut(rest, ".")
	var v Version
	var err error
	if v.Major, err = strconv.Atoi(major); err == nil {
		v.Minor, err = strconv.Atoi(minor)
	}
	if err != nil || v.Major < 0 || v.Minor < 0 {
		return Version{}, fmt.Errorf("%q is not a version of Spark", s)
	}
	return v, nil
}

// AtLeast reports whether v is w or newer.
func (v Version) AtLeast(w Version) bool {
	return v.Major > w.Major || v.Major == w.Major && v.Minor >= w.Minor
}

// ScanConf is the scan of a Spark of that version whose default parallelism is that of so many cores, with settings as
// the job spells them. What that version does not know it ignores, as it does other settings.
//
// The number of tasks to spread a small dataset over is the first of minPartitionNum, leafNodeDefaultParallelism,
// spark.default.parallelism and cores that is set.
func ScanConf(v Version, cores int64, conf map[string]string) (Scan, error) {
	s := DefaultScan(cores)
	s.Parallelism = cores
	var err error
	read := func(to *int64, name string, parse func(string) (int64, error), least int64) {
		value, set := conf[name]
		if !set || !v.Knows(name) || err != nil {
			return
		}
		n, bad := parse(value)
		if bad == nil && n < least {
			bad = fmt.Errorf("it is at least %d", least)
		}
		if bad != nil {
			err = fmt.Errorf("%s=%q: %w", name, value, bad)
			return
		}
		*to = n
	}
	read(&s.Parallelism, DefaultParallelism, ParseCount, 1)
	read(&s.Parallelism, LeafParallelism, ParseCount, 1)
	read(&s.Parallelism, MinPartitionNum, ParseCount, 1)
	read(&s.MaxPartitions, MaxPartitionNum, ParseCount, 1)
	read(&s.MaxPartitionBytes, MaxPartitionBytes, ParseBytes, 1)
	read(&s.OpenCostBytes, OpenCostInBytes, ParseBytes, 0)
	return s, err
}

// ParseCount reads a setting that is a number of something.
func ParseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("not a number up to %d", math.MaxInt32)
	}
	return n, nil
}

// units are what Spark knows; all are powers of 1,024.
var units = map[string]int{
	"": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30, "t": 40, "tb": 40, "p": 50, "pb": 50,
}

// ParseBytes reads a size as Spark spells it, in bytes where no unit follows: 134217728, 128m, 128MB. No fractions.
// Source: Spark JavaUtils.byteStringAs. KiB, MiB and so on are read, too.
func ParseBytes(s string) (int64, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	digits := strings.TrimRight(t, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseInt(digits, 10, 64)
	unit := t[len(digits):]
	if len(unit) == 3 {
		unit = strings.Replace(unit, "ib", "b", 1)
	}
	shift, known := units[unit]
	if err != nil || !known || n < 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("not a size such as 134217728, 64m or 16g")
	}
	return n << shift, nil
}
