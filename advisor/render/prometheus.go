package render

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

// Prometheus writes gauges in the text format, for the textfile collector of node_exporter: no timestamps, no series for a
// partition. Of a run that is not complete it writes that, and when the last one was (from Options.Previous), and nothing
// else: half a count is worse than none.
func Prometheus(w io.Writer, r *advisor.Report, o Options) error {
	return writeMetrics(w, []scan{{target: r.Target.URI, report: r, lastSuccess: lastSuccess(o.Previous, r.Target.URI)}})
}

// A scan is one run over one target, as metrics show it.
type scan struct {
	target string // the label's value
	report *advisor.Report
	// lastSuccess is when the last complete run before this one ended, as a sample spells it; "" where that is not known.
	lastSuccess string
	// more are samples that the report does not hold, by family.
	more map[string][]sample
}

// complete reports whether there are figures to show.
func (s scan) complete() bool {
	return s.report != nil && s.report.Complete && s.report.Profile != nil
}

// ended is when the run ended, Unix time; "" where that is not known.
func (s scan) ended() string {
	if s.report == nil || s.report.Run.Started.IsZero() {
		return ""
	}
	end := s.report.Run.Started.Add(time.Duration(s.report.Run.Seconds * float64(time.Second)))
	return strconv.FormatFloat(float64(end.UnixMilli())/1000, 'f', -1, 64)
}

// A family is a metric: its name, what HELP says, and its samples of one run. Those that always is set for are of every run.
type family struct {
	name, help string
	histogram  bool
	always     bool
	of         func(s scan) []sample
}

// A sample is one line: what follows the family's name, labels beside target, and the value.
type sample struct {
	suffix string
	labels []string // name, value, name, value ...
	value  string
}

// families are all metrics. Names are never changed: dashboards and alerts stand on them.
var families = []family{
	{name: "s3layout_build_info", help: "Version of s3layout that made the run.", of: func(s scan) []sample {
		return []sample{{labels: []string{"version", s.report.Tool.Version}, value: "1"}}
	}},
	{name: "s3layout_scan_complete", help: "Whether the last run listed everything.", always: true, of: func(s scan) []sample {
		return []sample{{value: truth(s.complete())}}
	}},
	{name: "s3layout_last_run_timestamp_seconds", help: "When the last run ended, in Unix time.", of: func(s scan) []sample { return known(s.ended()) }},
	{name: "s3layout_last_success_timestamp_seconds", help: "When the last complete run ended, in Unix time.", always: true, of: func(s scan) []sample {
		if s.complete() {
			return known(s.ended())
		}
		return known(s.lastSuccess)
	}},
	{name: "s3layout_scan_duration_seconds", help: "How long the run took.", of: func(s scan) []sample {
		return []sample{{value: strconv.FormatFloat(s.report.Run.Seconds, 'f', -1, 64)}}
	}},
	{name: "s3layout_scan_requests", help: "Requests of the run, those sent again included.", of: func(s scan) []sample {
		return []sample{
			{labels: []string{"operation", "get"}, value: integer(s.report.Run.Gets)},
			{labels: []string{"operation", "list"}, value: integer(s.report.Run.Requests - s.report.Run.Gets)},
		}
	}},
	{name: "s3layout_scan_retries", help: "Requests of the run that repeated one that failed.", of: func(s scan) []sample { return one(s.report.Run.Retries) }},
	{name: "s3layout_scan_throttled", help: "Answers of the run that asked to slow down.", of: func(s scan) []sample { return one(s.report.Run.Throttled) }},
	{name: "s3layout_dataset_objects", help: "Files that an engine would read.", of: func(s scan) []sample {
		return byFormat(s.report.Profile, func(f *stats.Format) int64 { return f.Objects })
	}},
	{name: "s3layout_dataset_size_bytes", help: "Bytes that an engine would read.", of: func(s scan) []sample {
		return byFormat(s.report.Profile, func(f *stats.Format) int64 { return f.Bytes })
	}},
	{name: "s3layout_dataset_partitions", help: "Partitions that hold files.", of: func(s scan) []sample { return one(s.report.Profile.Totals.Partitions) }},
	{name: "s3layout_storage_class_objects", help: "Objects by storage class, all but those that a pattern leaves out.", of: func(s scan) []sample {
		return byClass(s.report.Profile, func(c stats.StorageClass) int64 { return c.Objects })
	}},
	{name: "s3layout_storage_class_size_bytes", help: "Bytes by storage class, all but those that a pattern leaves out.", of: func(s scan) []sample {
		return byClass(s.report.Profile, func(c stats.StorageClass) int64 { return c.Bytes })
	}},
	{name: "s3layout_object_size_bytes", help: "Sizes of the files that an engine would read.", histogram: true, of: objectSizes},
	{name: "s3layout_partition_size_bytes", help: "Sizes of partitions.", histogram: true, of: func(s scan) []sample {
		return partitionHistogram(s.report.Profile, sizeBounds, func(t stats.PartitionTotals) int64 { return t.Bytes })
	}},
	{name: "s3layout_partition_objects", help: "Files of partitions.", histogram: true, of: func(s scan) []sample {
		return partitionHistogram(s.report.Profile, countBounds, func(t stats.PartitionTotals) int64 { return t.Objects })
	}},
	{name: "s3layout_small_objects", help: "Files under the threshold of a small one.", of: func(s scan) []sample {
		return one(advisor.SmallFiles(s.report.Profile, advisor.DefaultSmallBytes))
	}},
	{name: "s3layout_small_objects_ratio", help: "Files under the threshold of a small one, of all.", of: func(s scan) []sample {
		if s.report.Profile.Totals.Objects == 0 {
			return nil
		}
		return []sample{{value: strconv.FormatFloat(advisor.SmallFileRatio(s.report.Profile, advisor.DefaultSmallBytes), 'f', -1, 64)}}
	}},
	{name: "s3layout_small_object_threshold_bytes", help: "Size below which a file counts as small.", of: func(scan) []sample { return one(advisor.DefaultSmallBytes) }},
	{name: "s3layout_newest_object_timestamp_seconds", help: "When the newest file was written, in Unix time.", of: func(s scan) []sample {
		return written(s.report.Profile.Ages, func(a *stats.Ages) time.Time { return a.Newest })
	}},
	{name: "s3layout_oldest_object_timestamp_seconds", help: "When the oldest file was written, in Unix time.", of: func(s scan) []sample {
		return written(s.report.Profile.Ages, func(a *stats.Ages) time.Time { return a.Oldest })
	}},
	{name: "s3layout_planned_tasks", help: "Tasks that a reader would cut the dataset into.", of: plannedTasks},
	{name: "s3layout_findings", help: "Findings by rule.", of: func(s scan) []sample { return findings(s.report.Advice) }},
	{name: "s3layout_new_findings", help: "Findings that are new or worse since the last complete run, by rule.", of: func(scan) []sample { return nil }},
	{name: "s3layout_target_state", help: "Whether the target is in that state of the policy.", always: true, of: func(scan) []sample { return nil }},
}

// Metrics of a run may be of many targets: the lines of a family stand together.
func writeMetrics(w io.Writer, scans []scan) error {
	var b bytes.Buffer
	for _, f := range families {
		head := true
		for _, s := range scans {
			samples := s.more[f.name]
			if f.always || s.complete() {
				samples = append(f.of(s), samples...)
			}
			for _, line := range samples {
				if head {
					b.WriteString("# HELP " + f.name + " " + f.help + "\n# TYPE " + f.name + " " + f.kind() + "\n")
					head = false
				}
				line.write(&b, f.name, s.target)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// kind: what begins anew with every run is a gauge, but the format has no histogram of gauges.
func (f family) kind() string {
	if f.histogram {
		return "histogram"
	}
	return "gauge"
}

func (l sample) write(b *bytes.Buffer, name, target string) {
	b.WriteString(name + l.suffix + `{target="` + labelEscape(target) + `"`)
	for i := 0; i+1 < len(l.labels); i += 2 {
		b.WriteString("," + l.labels[i] + `="` + labelEscape(l.labels[i+1]) + `"`)
	}
	b.WriteString("} " + l.value + "\n")
}

// labelEscape spells text, which may be anybody's, so that it prints, and then as the format wants a label's value.
func labelEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(clean(Printable(s)))
}

func integer(n int64) string { return strconv.FormatInt(n, 10) }

func one(n int64) []sample { return []sample{{value: integer(n)}} }

func known(value string) []sample {
	if value == "" {
		return nil
	}
	return []sample{{value: value}}
}

func truth(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// summed makes a sample of each set of labels, in their order.
func summed(of map[[2]string]int64, names [2]string) []sample {
	keys := slices.SortedFunc(maps.Keys(of), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var out []sample
	for _, k := range keys {
		labels := []string{names[0], k[0]}
		if names[1] != "" {
			labels = append(labels, names[1], k[1])
		}
		out = append(out, sample{labels: labels, value: integer(of[k])})
	}
	return out
}

func byFormat(p *stats.Profile, n func(*stats.Format) int64) []sample {
	of := map[[2]string]int64{}
	for i := range p.Formats {
		f := &p.Formats[i]
		of[[2]string{f.Format, f.Compression}] += n(f)
	}
	if len(of) == 0 {
		of[[2]string{"none", "none"}] = 0
	}
	return summed(of, [2]string{"format", "compression"})
}

// storageClasses are those of S3. A server may answer with any text; a label has few values.
var storageClasses = []string{
	"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR",
	"OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP",
}

func byClass(p *stats.Profile, n func(stats.StorageClass) int64) []sample {
	of := map[[2]string]int64{}
	for _, c := range p.StorageClasses {
		name := c.Class
		if !slices.Contains(storageClasses, name) {
			name = "other"
		}
		of[[2]string{name}] += n(c)
	}
	return summed(of, [2]string{"storage_class"})
}

func findings(advice []advisor.Advice) []sample {
	of := map[[2]string]int64{}
	for _, a := range advice {
		of[[2]string{a.Rule, string(a.Severity)}]++
	}
	return summed(of, [2]string{"rule", "severity"})
}

func plannedTasks(s scan) []sample {
	of := map[[2]string]int64{}
	for _, p := range s.report.Plans {
		of[[2]string{p.Reader}] = p.Tasks
	}
	return summed(of, [2]string{"reader"})
}

func written(a *stats.Ages, when func(*stats.Ages) time.Time) []sample {
	if a == nil {
		return nil
	}
	return one(when(a).Unix())
}

// Bounds of the histograms, the same in every run. Those of sizes are among the powers of two that a report counts by.
var (
	sizeBounds  = []int64{1 << 10, 64 << 10, 1 << 20, 8 << 20, 32 << 20, 64 << 20, 128 << 20, 256 << 20, 512 << 20, 1 << 30, 4 << 30, 16 << 30, 64 << 30, 1 << 40}
	countBounds = []int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}
)

func objectSizes(s scan) []sample {
	p := s.report.Profile
	within := make([]int64, len(sizeBounds))
	for _, bin := range p.Sizes.Histogram {
		for i, le := range sizeBounds {
			if bin.LE <= le {
				within[i] += bin.Objects
			}
		}
	}
	return histogramSamples(sizeBounds, within, p.Totals.Objects, p.Totals.Bytes)
}

// partitionHistogram is nothing where the report does not tell all partitions apart.
func partitionHistogram(p *stats.Profile, bounds []int64, n func(stats.PartitionTotals) int64) []sample {
	within := make([]int64, len(bounds))
	var count, sum int64
	for t := range p.EachPartition {
		count++
		sum += n(t)
		for i, le := range bounds {
			if n(t) <= le {
				within[i]++
			}
		}
	}
	if count != p.Totals.Partitions {
		return nil
	}
	return histogramSamples(bounds, within, count, sum)
}

func histogramSamples(bounds, within []int64, count, sum int64) []sample {
	var out []sample
	for i, le := range bounds {
		out = append(out, sample{"_bucket", []string{"le", strconv.FormatFloat(float64(le), 'g', -1, 64)}, integer(within[i])})
	}
	return append(out, sample{"_bucket", []string{"le", "+Inf"}, integer(count)}, sample{suffix: "_sum", value: integer(sum)}, sample{suffix: "_count", value: integer(count)})
}

var sampleValue = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,9})?$`)

// lastSuccess is the sample of a target's last success in a file that Prometheus wrote, or "". The file may be anybody's.
func lastSuccess(previous []byte, target string) string {
	prefix := `s3layout_last_success_timestamp_seconds{target="` + labelEscape(target) + `"} `
	for line := range bytes.Lines(previous) {
		if value, ok := strings.CutPrefix(strings.TrimRight(string(line), "\r\n"), prefix); ok && sampleValue.MatchString(value) {
			return value
		}
	}
	return ""
}
