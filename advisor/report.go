package advisor

import (
	"bytes"
	"encoding/json"
	"time"

	"s3layout/stats"
)

// SchemaID names the version of the report document. Within a version fields may be added, never renamed or removed.
const SchemaID = "s3layout/report/v1"

// Report is the document that every output is made from. All sizes are bytes, times are UTC.
type Report struct {
	// Version of this document: s3layout/report/v1.
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
	Target Target `json:"target"`
	// Whether everything was listed. Where it is false every count is a lower bound.
	Complete bool `json:"complete"`
	// What is missing, where complete is false.
	Incomplete []Missing `json:"incomplete"`
	// What ended the run before its end: SIGINT, SIGTERM, timeout, or empty.
	StoppedBy string `json:"stopped_by,omitempty"`
	// Set where something is missing and --allow-partial had the gate judge the rest: the exit code tells nothing of it.
	PartialAllowed bool `json:"partial_allowed,omitempty"`
	// Set where --verify looked behind every end of keys that the server told of.
	Verified bool `json:"verified,omitempty"`
	// What the figures do not show.
	Warnings []stats.Warning `json:"warnings"`
	// What was measured.
	Profile *stats.Profile `json:"profile"`
	// The engine and cluster that plans and advice are for, every assumption included.
	Engine Engine `json:"engine"`
	// How each reader would cut the dataset into tasks.
	Plans []Plan `json:"plans"`
	// Settings, spelled as the job spells them.
	Recommended Recommended `json:"recommended"`
	// Which partitions to rewrite as fewer, larger files, and in which order; absent where it is not worth it.
	Compaction *Compaction `json:"compaction,omitempty"`
	// Findings, worst first.
	Advice []Advice `json:"advice"`
	// Set where nothing about the dataset or its read needs a change.
	NothingToChange bool `json:"nothing_to_change,omitempty"`
	// Settings that are best left as they are, and why.
	LeaveAlone []Setting `json:"leave_alone,omitempty"`
	// Rules that were not checked, and why.
	Skipped []Skipped `json:"skipped,omitempty"`
	// The only part that differs between two runs over the same objects.
	Run Run `json:"run"`
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Target is what was profiled.
type Target struct {
	URI string `json:"uri"`
	// s3 or file.
	Source string `json:"source"`
	// Patterns in the dialect of Glue's exclusions (Java NIO glob), relative to the target.
	Exclude []string `json:"exclude"`
	Include []string `json:"include"`
	// Predicate over partition columns; empty means all.
	Where string `json:"where"`
}

// Missing is a part of the target that could not be listed: the keys k with after < k <= until.
type Missing struct {
	// Key after which keys are missing; empty means from the start.
	After string `json:"after"`
	// Last key that is missing; empty means to the end.
	Until string `json:"until"`
	Cause string `json:"cause"`
}

// Engine is the engine and the cluster that plans are made for.
type Engine struct {
	Name         string `json:"name"`
	SparkVersion string `json:"spark_version"`
	// Glue worker type; empty for Spark.
	WorkerType string `json:"worker_type"`
	// Workers, the driver's included; 0 for Spark.
	Workers int64 `json:"workers"`
	// Glue's units of price: DPUs, of an R worker M-DPUs; absent for Spark.
	DPUs int64 `json:"dpus,omitempty"`
	// Tasks that run at a time.
	Cores int64 `json:"cores"`
	// Memory of the driver's machine; its heap is less.
	DriverMemoryBytes int64 `json:"driver_memory_bytes"`
	// emrfs or s3a.
	Connector string `json:"connector"`
	// What commits output where nothing is set: emrfs-optimized, or file, which copies on S3; absent where it is not known.
	Committer string `json:"committer,omitempty"`
	// Block size that the connector reports; Hadoop splits are cut by it.
	BlockSizeBytes int64 `json:"block_size_bytes"`
	// Whether the job reads through Glue DynamicFrames.
	DynamicFrames     bool  `json:"dynamic_frames"`
	MaxPartitionBytes int64 `json:"max_partition_bytes"`
	OpenCostBytes     int64 `json:"open_cost_bytes"`
	// Tasks that a small dataset is spread over: the cores, where no setting says otherwise.
	Parallelism int64 `json:"parallelism"`
	// spark.sql.files.maxPartitionNum, where it is set.
	MaxPartitionNum int64 `json:"max_partition_num,omitempty"`
	// spark.sql.sources.useV1SourceList, where it is set: the formats that spark.read packs over all directories at once.
	UseV1SourceList *string `json:"use_v1_source_list,omitempty"`
	// groupFiles as the job sets it: inPartition, acrossPartition or none; absent where it does not.
	GroupFiles string `json:"group_files,omitempty"`
	// groupSize as the job sets it, bytes; absent where it does not.
	GroupSizeBytes int64 `json:"group_size_bytes,omitempty"`
	// Bytes in memory for each byte of compressed text, where no file was opened.
	AssumedExpansion float64 `json:"assumed_expansion"`
	// Names of the fields above that nobody set: defaults.
	Assumed []string `json:"assumed"`
}

// Plan is how one reader cuts the dataset into tasks.
type Plan struct {
	// dataframe, rdd, dynamicframe (ungrouped), dynamicframe_as_set (grouped as the job sets it), dynamicframe_grouped (as
	// recommended) or dynamicframe_automatic (as Glue groups by itself above 50,000 files).
	Reader string `json:"reader"`
	// Settings that the plan is for, as the job spells them.
	Settings  map[string]string `json:"settings"`
	Tasks     int64             `json:"tasks"`
	Waves     int64             `json:"waves"`
	IdleCores int64             `json:"idle_cores"`
	// Most executors that have a task: tasks over the cores of a worker. Glue's metric numberMaxNeededExecutors shows it;
	// absent for Spark.
	MaxNeededExecutors int64     `json:"max_needed_executors,omitempty"`
	TaskBytes          TaskBytes `json:"task_bytes"`
	// What these bytes become in memory.
	Expanded Expanded `json:"expanded_bytes"`
	// What the driver keeps of files and splits; absent where that is not known.
	Driver *DriverIndex `json:"driver,omitempty"`
	// Whether the number of tasks is the engine's own.
	Exact bool `json:"exact"`
	// Why it is not exact.
	Estimate string `json:"estimate,omitempty"`
}

// TaskBytes is how many bytes one task reads from storage.
type TaskBytes struct {
	P50 int64 `json:"p50"`
	Max int64 `json:"max"`
}

// Expanded is how many bytes of memory one task's input becomes.
type Expanded struct {
	P50 int64 `json:"p50"`
	Max int64 `json:"max"`
	// Bytes in memory for each byte stored, over the whole dataset.
	Factor float64 `json:"factor"`
	// Where the factor is from.
	Origin string `json:"origin"`
}

// DriverIndex is how much of the driver's heap the list of files takes, bytes.
type DriverIndex struct {
	Bytes int64 `json:"bytes"`
	// What the figure stands on.
	Estimate string `json:"estimate"`
}

// Recommended is what to set. A field that is absent is best left alone.
type Recommended struct {
	// inPartition, acrossPartition or none.
	GroupFiles string `json:"groupFiles,omitempty"`
	// Bytes, as the string that Glue wants.
	GroupSize string `json:"groupSize,omitempty"`
	// Number of partitions to repartition to after the read.
	Repartition int64 `json:"repartition,omitempty"`
	// Number of partitions to coalesce to before the write.
	Coalesce int64 `json:"coalesce,omitempty"`
	// Patterns for the exclusions option.
	Exclusions              []string `json:"exclusions,omitempty"`
	ExcludeStorageClasses   []string `json:"excludeStorageClasses,omitempty"`
	UseS3ListImplementation bool     `json:"useS3ListImplementation,omitempty"`
}

// Compaction is a plan to rewrite partitions.
type Compaction struct {
	// Size of the files to write, bytes.
	TargetBytes int64 `json:"target_bytes"`
	// Partitions worth rewriting: five small files or more (under 96 MiB), and half of all files go.
	Candidates int64 `json:"candidates"`
	// Those of them with more than 100 small files.
	Crowded int64 `json:"crowded"`
	// Files of all candidates, before and after, and the bytes to rewrite.
	FilesBefore int64 `json:"files_before"`
	FilesAfter  int64 `json:"files_after"`
	Bytes       int64 `json:"bytes"`
	// About how many tasks a read of all saves: of an ungrouped DynamicFrame on Glue, of spark.read elsewhere.
	TasksSaved int64 `json:"tasks_saved"`
	// The first candidates; most files removed for each GiB rewritten come first.
	Partitions        []Compacted `json:"partitions"`
	PartitionsOmitted int64       `json:"partitions_omitted"`
	// Why figures are estimates.
	Estimate string `json:"estimate"`
}

// Compacted is a partition before and after.
type Compacted struct {
	Path       string `json:"path"`
	Files      int64  `json:"files"`
	Bytes      int64  `json:"bytes"`
	FilesAfter int64  `json:"files_after"`
	// Files removed for each GiB rewritten; each partition counts 64 MiB more, for the start.
	FilesRemovedPerGiB float64 `json:"files_removed_per_gib"`
	TasksSaved         int64   `json:"tasks_saved"`
}

// Setting is one that is best left as it is.
type Setting struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Advice is one finding: what was seen, why it costs, what to do, and what that changes.
type Advice struct {
	// ID of the rule; explain tells all about it.
	Rule  string `json:"rule"`
	Title string `json:"title"`
	// critical, warning or info.
	Severity Severity `json:"severity"`
	// exact: it follows from the listing and a public rule of the engine; estimate: from a rule that is not public, or an
	// assumption that the report shows; heuristic: from what has proved bad elsewhere.
	Confidence Confidence `json:"confidence,omitempty"`
	// Readers that it is about: dataframe, rdd, dynamicframe, athena.
	Readers []string `json:"readers,omitempty"`
	// Measured values, and the thresholds that they were held against.
	Evidence Evidence `json:"evidence"`
	// What was seen and why it costs, with the numbers.
	Why string `json:"why"`
	// What to do.
	Do string `json:"do"`
	// The setting in short, where there is one.
	Set string `json:"set,omitempty"`
	// The one figure that doing it changes most.
	Impact *Impact `json:"impact,omitempty"`
	// How the dataset is read, or written, before and after; absent where it is not told.
	Effect   *Effect   `json:"effect,omitempty"`
	Snippets []Snippet `json:"snippets"`
	// Where a running job shows whether it holds.
	Confirm []Signal `json:"confirm,omitempty"`
	Sources []Source `json:"sources"`
}

// Signal is a metric, a column of the Spark UI or a line of a log that confirms a finding.
type Signal struct {
	Metric string `json:"metric"`
	// What it shows where the finding holds.
	Shows string `json:"shows"`
}

// Skipped is a rule that was not checked.
type Skipped struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Evidence is measured values and thresholds by name. Decoding keeps every digit: a number becomes a json.Number.
type Evidence map[string]any

// UnmarshalJSON decodes evidence so that it encodes to the same bytes again.
func (e *Evidence) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode((*map[string]any)(e))
}

// Impact is a figure before and after.
type Impact struct {
	// What is counted: tasks, files, objects; largest task bytes.
	Metric string `json:"metric"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
	// Why after is an estimate; absent where it is not.
	Estimate string `json:"estimate,omitempty"`
}

// Effect is how the dataset is read, or written, before a change and after it.
type Effect struct {
	Before State `json:"before"`
	After  State `json:"after"`
	// Why figures of either are estimates, a clause each; absent where all are the engine's own.
	Estimates []string `json:"estimates,omitempty"`
}

// State is one read of the dataset, or one write.
type State struct {
	// The reader, as in plans; or write, whose tasks write a file each, of as many bytes as the input has.
	Plan string `json:"plan"`
	// Files that are read, or written.
	Files     int64 `json:"files"`
	Tasks     int64 `json:"tasks"`
	Waves     int64 `json:"waves"`
	IdleCores int64 `json:"idle_cores"`
	// Bytes in storage of the largest task.
	LargestTaskBytes int64 `json:"largest_task_bytes"`
	// What these become in memory.
	LargestTaskExpandedBytes int64 `json:"largest_task_expanded_bytes"`
	// What the driver keeps of files and splits; absent where that is not known.
	DriverBytes int64 `json:"driver_bytes,omitempty"`
}

// Snippet is something to paste.
type Snippet struct {
	// glue-dynamicframe (from_options), glue-catalog (from_catalog), spark-dataframe, spark-compaction, spark-conf, job-parameters or aws-cli.
	Kind     string `json:"kind"`
	Language string `json:"language"`
	Code     string `json:"code"`
}

// Source says where a fact was read, and when.
type Source struct {
	URL  string `json:"url"`
	Read string `json:"read"`
}

// Run is what the listing took. It is the only volatile part of a report.
type Run struct {
	// When the listing began: of a resumed run, when the first one did.
	Started time.Time `json:"started"`
	// From then to the end, what lies between the runs included.
	Seconds float64 `json:"seconds"`
	// How often the listing was taken up again from its checkpoint. The counts here are those of all runs, as far as they
	// were saved. Absent where it was listed in one go.
	Resumed int64 `json:"resumed,omitempty"`
	// Objects that were written since: the dataset changes while it is listed, or a clock is wrong. They count like all others.
	ModifiedDuringScan int64 `json:"modified_during_scan,omitempty"`

	Requests int64 `json:"requests"`
	// Of these, requests that read objects, and the bytes of objects that they brought.
	Gets      int64 `json:"gets"`
	BytesRead int64 `json:"bytes_read"`
	Retries   int64 `json:"retries"`
	Throttled int64 `json:"throttled"`
	// Directories that were not listed to their end, since nothing in them was wanted.
	Jumps int64 `json:"jumps"`
	// Requests that list, for each 1,000 objects listed.
	RequestsPerThousand float64 `json:"requests_per_thousand_objects"`
	// What the requests cost: Gets at GetPrice, the others at ListPrice dollars for 1,000 of them.
	Dollars   float64 `json:"dollars"`
	ListPrice float64 `json:"list_price"`
	GetPrice  float64 `json:"get_price"`
	// User and system time of this process, and of those before.
	CPUSeconds float64 `json:"cpu_seconds"`
}

// Confidence is how sure a finding is.
type Confidence string

// Confidences, the most sure first.
const (
	Exact     Confidence = "exact"
	Estimate  Confidence = "estimate"
	Heuristic Confidence = "heuristic"
)

var confidences = []Confidence{Exact, Estimate, Heuristic}

// Severity orders findings.
type Severity string

// Severities, least first.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Rank orders severities: 0 for an unknown one, 3 for Critical.
func (s Severity) Rank() int {
	switch s {
	case Info:
		return 1
	case Warning:
		return 2
	case Critical:
		return 3
	}
	return 0
}
