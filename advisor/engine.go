package advisor

import (
	"slices"

	"s3layout/advisor/spark"
)

// assumedExpansion is bytes in memory for each byte of compressed text: the one figure that AWS gives, 32 GB of gzip
// JSON that became 190 GB. Source: AWS Glue guide, monitor-profile-debug-straggler.
const assumedExpansion = 5.9

// A Cluster is what an engine runs on. Zero fields are filled with defaults.
type Cluster struct {
	Worker  spark.Worker
	Workers int64
	// Cores overrides what the workers amount to.
	Cores int64
	// DriverMemory overrides the worker's, bytes.
	DriverMemory int64
	// GroupFiles and GroupSize, bytes, are what a Glue job sets; "" and 0 are left to Glue.
	GroupFiles string
	GroupSize  int64
	// Conf holds settings of Spark as the job spells them; see spark.ScanConf.
	Conf map[string]string
	// Assumed are the names of the fields of Engine that nobody set.
	Assumed []string
}

// NewEngine describes an engine on a cluster. Assumed then lists every field that is a default, or follows from one.
func NewEngine(e spark.Engine, c Cluster) (Engine, error) {
	out := Engine{
		Name: e.Name, SparkVersion: e.Spark, Connector: e.Connector, BlockSizeBytes: e.BlockSize, Committer: e.Committer,
		DynamicFrames: e.DynamicFrames, Cores: c.Cores, DriverMemoryBytes: c.DriverMemory, AssumedExpansion: assumedExpansion,
	}
	assumed := append(slices.Clone(e.Assumed), "assumed_expansion")
	for _, name := range c.Assumed {
		if e.DynamicFrames || name != "worker_type" && name != "workers" {
			assumed = append(assumed, name)
		}
	}
	if e.DynamicFrames {
		out.WorkerType, out.Workers, out.DPUs = c.Worker.Name, c.Workers, c.Workers*c.Worker.DPU
		out.GroupFiles, out.GroupSizeBytes = c.GroupFiles, c.GroupSize
	}
	if out.Cores == 0 {
		out.Cores = e.Cores(c.Worker, c.Workers)
	}
	if out.DriverMemoryBytes == 0 {
		out.DriverMemoryBytes = c.Worker.MemoryGB << 30
		assumed = append(assumed, "driver_memory_bytes")
	}
	scan, err := spark.ScanConf(e.Version(), max(out.Cores, 2), c.Conf)
	if err != nil {
		return Engine{}, err
	}
	out.MaxPartitionBytes, out.OpenCostBytes = scan.MaxPartitionBytes, scan.OpenCostBytes
	out.Parallelism, out.MaxPartitionNum = scan.Parallelism, scan.MaxPartitions
	if list, set := c.Conf[spark.UseV1SourceList]; set && e.Version().Knows(spark.UseV1SourceList) {
		out.UseV1SourceList = &list
	}
	out.Assumed = append(assumed, defaulted(c.Conf)...)
	slices.Sort(out.Assumed)
	out.Assumed = slices.Compact(out.Assumed)
	return out, nil
}

// defaulted names the fields that no setting decided.
func defaulted(conf map[string]string) []string {
	var out []string
	for field, names := range map[string][]string{
		"max_partition_bytes": {spark.MaxPartitionBytes},
		"open_cost_bytes":     {spark.OpenCostInBytes},
		"parallelism":         {spark.MinPartitionNum, spark.LeafParallelism, spark.DefaultParallelism},
	} {
		if !slices.ContainsFunc(names, func(name string) bool { return conf[name] != "" }) {
			out = append(out, field)
		}
	}
	return out
}

// scan is how the engine cuts what spark.read reads.
func (e Engine) scan() spark.Scan {
	return spark.Scan{
		MaxPartitionBytes: e.MaxPartitionBytes, OpenCostBytes: e.OpenCostBytes,
		Parallelism: e.Parallelism, MaxPartitions: e.MaxPartitionNum,
	}
}
