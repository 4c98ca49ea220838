package advisor

import (
	"s3layout/stats"
)

// Units of metrics.
const (
	UnitCount   = "count"
	UnitBytes   = "bytes"
	UnitSeconds = "seconds"
	UnitRatio   = "ratio" // a share 0 to 1, or one figure over another
	UnitDollars = "dollars"
)

// A Metric is a figure of a report that policies, differences and trends know by name. Names are never renamed or used again.
type Metric struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Doc  string `json:"doc"`
	// Worse is set where more is worse; of the others neither direction is.
	Worse bool `json:"more_is_worse"`
	// Volatile marks a figure of the run, or of when it was: it differs between runs over the same objects.
	Volatile bool `json:"volatile,omitempty"`
	// Of returns the figure, or false where the report does not have it.
	Of func(r *Report, o MetricOptions) (float64, bool) `json:"-"`
}

// MetricOptions are what figures are counted by. The zero value stands for the defaults.
type MetricOptions struct {
	// SmallBytes is the size below which a file is small; 0 stands for DefaultSmallBytes.
	SmallBytes int64
}

func (o MetricOptions) smallBytes() int64 {
	if o.SmallBytes > 0 {
		return o.SmallBytes
	}
	return DefaultSmallBytes
}

// Metrics are all of them, in the order in which they are shown.
var Metrics = []Metric{
	{Name: "objects", Unit: UnitCount, Doc: "files that an engine would read", Of: func(r *Report, _ MetricOptions) (float64, bool) { return count(r.Profile.Totals.Objects) }},
	{Name: "bytes", Unit: UnitBytes, Doc: "bytes that an engine would read", Of: func(r *Report, _ MetricOptions) (float64, bool) { return count(r.Profile.Totals.Bytes) }},
	{Name: "partitions", Unit: UnitCount, Doc: "partitions that hold files", Of: func(r *Report, _ MetricOptions) (float64, bool) { return count(r.Profile.Totals.Partitions) }},
	{Name: "mean_file_bytes", Unit: UnitBytes, Doc: "mean size of a file", Of: func(r *Report, _ MetricOptions) (float64, bool) { return fileSize(r, r.Profile.Sizes.Mean) }},
	{Name: "median_file_bytes", Unit: UnitBytes, Doc: "median size of a file", Of: func(r *Report, _ MetricOptions) (float64, bool) { return fileSize(r, r.Profile.Sizes.P50) }},
	{Name: "max_file_bytes", Unit: UnitBytes, Doc: "size of the largest file", Of: func(r *Report, _ MetricOptions) (float64, bool) { return fileSize(r, r.Profile.Sizes.Max) }},
	{Name: "small_files", Unit: UnitCount, Worse: true, Doc: "files under small_file_bytes, 32 MiB where nothing is set", Of: func(r *Report, o MetricOptions) (float64, bool) {
		return count(SmallFiles(r.Profile, o.smallBytes()))
	}},
	{Name: "small_file_ratio", Unit: UnitRatio, Worse: true, Doc: "files under small_file_bytes, of all", Of: func(r *Report, o MetricOptions) (float64, bool) {
		return SmallFileRatio(r.Profile, o.smallBytes()), r.Profile.Totals.Objects > 0
	}},
	{Name: "unsplittable_bytes", Unit: UnitBytes, Worse: true, Doc: "bytes in files that Spark does not cut", Of: unsplittable},
	{Name: "objects_per_partition", Unit: UnitCount, Worse: true, Doc: "files of the partition with most", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		return perPartition(r, func(s *stats.Skew) int64 { return s.MaxObjects }, r.Profile.Totals.Objects)
	}},
	{Name: "median_partition_bytes", Unit: UnitBytes, Doc: "bytes of the median partition", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		return perPartition(r, func(s *stats.Skew) int64 { return s.MedianBytes }, r.Profile.Totals.Bytes)
	}},
	{Name: "max_partition_bytes", Unit: UnitBytes, Doc: "bytes of the largest partition", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		return perPartition(r, func(s *stats.Skew) int64 { return s.MaxBytes }, r.Profile.Totals.Bytes)
	}},
	{Name: "partition_skew", Unit: UnitRatio, Worse: true, Doc: "bytes of the largest partition over those of the median one", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		if r.Profile.Skew == nil {
			return 1, r.Profile.Totals.Partitions == 1
		}
		return r.Profile.Skew.MaxOverMedian, true
	}},
	{Name: "formats", Unit: UnitCount, Doc: "formats of files, by their names", Of: func(r *Report, _ MetricOptions) (float64, bool) { return count(formatCount(r.Profile)) }},
	{Name: "archived_objects", Unit: UnitCount, Worse: true, Doc: "objects that must be restored before they can be read", Of: func(r *Report, _ MetricOptions) (float64, bool) { return ignored(r, stats.Archived) }},
	{Name: "ignored_objects", Unit: UnitCount, Doc: "objects that no engine reads, those that patterns leave out apart", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		return ignored(r, stats.Marker, stats.Hidden, stats.ZeroBytes, stats.Archived)
	}},
	{Name: "spark_tasks", Unit: UnitCount, Worse: true, Doc: "tasks of spark.read", Of: func(r *Report, _ MetricOptions) (float64, bool) { return tasksBy(r, "dataframe") }},
	{Name: "dynamicframe_tasks", Unit: UnitCount, Worse: true, Doc: "tasks of an ungrouped DynamicFrame; Glue only", Of: func(r *Report, _ MetricOptions) (float64, bool) { return tasksBy(r, "dynamicframe") }},
	{Name: "largest_task_bytes", Unit: UnitBytes, Worse: true, Doc: "bytes of the largest task of spark.read", Of: func(r *Report, _ MetricOptions) (float64, bool) {
		for _, p := range r.Plans {
			if p.Reader == "dataframe" {
				return count(p.TaskBytes.Max)
			}
		}
		return 0, false
	}},
	{Name: "critical_findings", Unit: UnitCount, Worse: true, Doc: "findings that are critical", Of: func(r *Report, _ MetricOptions) (float64, bool) { return severe(r, Critical) }},
	{Name: "warning_findings", Unit: UnitCount, Worse: true, Doc: "findings that are warnings", Of: func(r *Report, _ MetricOptions) (float64, bool) { return severe(r, Warning) }},
	{Name: "newest_object_age", Unit: UnitSeconds, Worse: true, Volatile: true, Doc: "how long before the run the newest file was written", Of: age},
	{Name: "scan_seconds", Unit: UnitSeconds, Worse: true, Volatile: true, Doc: "how long the run took", Of: func(r *Report, _ MetricOptions) (float64, bool) { return r.Run.Seconds, true }},
	{Name: "scan_requests", Unit: UnitCount, Worse: true, Volatile: true, Doc: "requests of the run", Of: func(r *Report, _ MetricOptions) (float64, bool) { return count(r.Run.Requests) }},
	{Name: "scan_dollars", Unit: UnitDollars, Worse: true, Volatile: true, Doc: "what the requests of the run cost", Of: func(r *Report, _ MetricOptions) (float64, bool) { return r.Run.Dollars, true }},
}

// FindMetric returns the metric of that name.
func FindMetric(name string) (Metric, bool) {
	for _, m := range Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

func count(n int64) (float64, bool) { return float64(n), true }

// sizeOf is a size of files, where there are files.
func fileSize(r *Report, n int64) (float64, bool) { return float64(n), r.Profile.Totals.Objects > 0 }

// perPartition is a figure over partitions; where there is one, that of the whole.
func perPartition(r *Report, of func(*stats.Skew) int64, whole int64) (float64, bool) {
	if r.Profile.Skew == nil {
		return float64(whole), r.Profile.Totals.Partitions == 1
	}
	return count(of(r.Profile.Skew))
}

func unsplittable(r *Report, _ MetricOptions) (float64, bool) {
	n := 0.0
	for _, f := range r.Profile.Formats {
		if !f.Splittable {
			n += float64(f.Bytes)
		}
	}
	return n, true
}

func formatCount(p *stats.Profile) int64 {
	names := map[string]bool{}
	for _, f := range p.Formats {
		names[f.Format] = true
	}
	return int64(len(names))
}

func ignored(r *Report, reasons ...string) (float64, bool) {
	n := 0.0
	for _, i := range r.Profile.Ignored {
		for _, reason := range reasons {
			if i.Reason == reason {
				n += float64(i.Objects)
			}
		}
	}
	return n, true
}

func tasksBy(r *Report, reader string) (float64, bool) {
	for _, p := range r.Plans {
		if p.Reader == reader {
			return count(p.Tasks)
		}
	}
	return 0, false
}

func severe(r *Report, s Severity) (float64, bool) {
	n := 0.0
	for _, a := range r.Advice {
		if a.Severity == s {
			n++
		}
	}
	return n, true
}

// age is negative where the newest file is from the future of the run's clock.
func age(r *Report, _ MetricOptions) (float64, bool) {
	if r.Profile.Ages == nil || r.Run.Started.IsZero() {
		return 0, false
	}
	return r.Run.Started.Sub(r.Profile.Ages.Newest).Seconds(), true
}
