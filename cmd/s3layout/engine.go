package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

// engineOptions are the flags that say what will read the dataset.
type engineOptions struct {
	engine, workerType string
	workers, cores     int64
	driverMemory       string
	groupFiles         string
	groupSize          string
	conf               []string
	flags              *pflag.FlagSet
	// saved are the flags that a saved report stands in for; see from. The value is whether a flag set them then.
	saved map[string]bool
}

// Bounds of what a cluster may be: anything above is a slip of the finger.
const (
	mostWorkers  = 10_000
	mostCores    = 1_000_000
	mostDriverGB = 24 << 10
	mostGroup    = 1 << 40
)

func (o *engineOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.engine, "engine", spark.DefaultEngine, "`ENGINE` to plan for: "+strings.Join(engineNames(), ", "))
	f.StringVar(&o.workerType, "worker-type", spark.DefaultWorker, "Glue's worker `TYPE`: "+strings.Join(workerNames(), ", "))
	f.Int64Var(&o.workers, "workers", spark.DefaultWorkers, "`N` Glue workers, the driver's included")
	f.Int64Var(&o.cores, "cores", 0, "`N` tasks run at a time; overrides the workers")
	f.StringVar(&o.driverMemory, "driver-memory", "", "`MEMORY` of the driver, such as 16g; overrides the worker type's")
	f.StringVar(&o.groupFiles, "group-files", "", "groupFiles as the Glue job sets it, `HOW`: "+strings.Join(groupings, ", "))
	f.StringVar(&o.groupSize, "group-size", "", "groupSize as the Glue job sets it, `BYTES`, such as 134217728 or 128m")
	f.StringArrayVar(&o.conf, "conf", nil, "a setting of Spark that decides tasks, as `NAME=VALUE` (repeatable)")
	o.flags = f
}

// groupings are the values of groupFiles.
var groupings = []string{"inPartition", "acrossPartition", "none"}

func engineNames() []string {
	names := make([]string, len(spark.Engines))
	for i, e := range spark.Engines {
		names[i] = e.Name
	}
	return names
}

func workerNames() []string {
	names := make([]string, len(spark.Workers))
	for i, w := range spark.Workers {
		names[i] = w.Name
	}
	return names
}

// engineFields are the fields of a report's engine that flags set.
var engineFields = map[string]string{
	"engine": "name", "worker-type": "worker_type", "workers": "workers", "cores": "cores", "driver-memory": "driver_memory_bytes",
	"group-files": "group_files", "group-size": "group_size_bytes",
}

// from takes what no flag sets from the engine of a saved report. What follows from a flag that is set does not come from
// there: with --workers 20 the cores are those of 20 workers, whatever they were.
func (o *engineOptions) from(e advisor.Engine) {
	changed := o.flags.Changed
	o.saved = map[string]bool{}
	keep := func(flag string, set func()) {
		if !changed(flag) {
			set()
			o.saved[flag] = !slices.Contains(e.Assumed, engineFields[flag])
		}
	}
	keep("engine", func() { o.engine = e.Name })
	if e.WorkerType != "" {
		keep("worker-type", func() { o.workerType = e.WorkerType })
		keep("workers", func() { o.workers = e.Workers })
	}
	same := o.engine == e.Name && !changed("worker-type")
	if same && !changed("workers") {
		keep("cores", func() { o.cores = e.Cores })
	}
	if same {
		keep("driver-memory", func() { o.driverMemory = strconv.FormatInt(e.DriverMemoryBytes, 10) })
	}
	if known, _ := spark.FindEngine(o.engine); known.DynamicFrames {
		keep("group-files", func() { o.groupFiles = e.GroupFiles })
		if e.GroupSizeBytes > 0 {
			keep("group-size", func() { o.groupSize = strconv.FormatInt(e.GroupSizeBytes, 10) })
		}
	}
	o.conf = append(savedConf(o.engine, e), o.conf...)
}

// savedConf are the settings of a saved report that the named engine knows.
func savedConf(engine string, e advisor.Engine) []string {
	known, ok := spark.FindEngine(engine)
	if !ok {
		return nil // resolve says so
	}
	parallelism := spark.MinPartitionNum
	if !known.Version().Knows(parallelism) {
		parallelism = spark.DefaultParallelism
	}
	var out []string
	for _, s := range []struct {
		field, name string
		value       int64
	}{
		{"max_partition_bytes", spark.MaxPartitionBytes, e.MaxPartitionBytes}, {"open_cost_bytes", spark.OpenCostInBytes, e.OpenCostBytes},
		{"parallelism", parallelism, e.Parallelism}, {"max_partition_num", spark.MaxPartitionNum, e.MaxPartitionNum},
	} {
		if s.value > 0 && !slices.Contains(e.Assumed, s.field) && known.Version().Knows(s.name) {
			out = append(out, s.name+"="+strconv.FormatInt(s.value, 10))
		}
	}
	if e.UseV1SourceList != nil && known.Version().Knows(spark.UseV1SourceList) {
		out = append(out, spark.UseV1SourceList+"="+*e.UseV1SourceList)
	}
	return out
}

// resolve returns the engine that the flags name, with the names of the fields that no flag set.
func (o *engineOptions) resolve() (advisor.Engine, error) {
	e, ok := spark.FindEngine(o.engine)
	if !ok {
		return advisor.Engine{}, notKnown("--engine", o.engine, engineNames())
	}
	c := advisor.Cluster{Workers: o.workers, Cores: o.cores}
	if c.Worker, ok = spark.FindWorker(o.workerType); !ok {
		return advisor.Engine{}, notKnown("--worker-type", o.workerType, workerNames())
	}
	if o.workers < 2 || o.workers > mostWorkers || o.cores < 0 || o.cores > mostCores {
		return advisor.Engine{}, fmt.Errorf("--workers must be 2 to 10,000, and --cores 1 to 1,000,000")
	}
	var err error
	if c.DriverMemory, err = parseDriverMemory(o.driverMemory); err != nil {
		return advisor.Engine{}, err
	}
	if err := o.grouping(e, &c); err != nil {
		return advisor.Engine{}, err
	}
	if c.Conf, err = parseConf(e, o.conf); err != nil {
		return advisor.Engine{}, err
	}
	for flag, field := range engineFields {
		if was, saved := o.saved[flag]; !o.flags.Changed(flag) && (saved && !was || !saved && flag != "driver-memory") && !strings.HasPrefix(flag, "group-") {
			c.Assumed = append(c.Assumed, field)
		}
	}
	engine, err := advisor.NewEngine(e, c)
	if err != nil {
		return advisor.Engine{}, fmt.Errorf("--conf %w", err)
	}
	return engine, nil
}

// grouping takes what the job sets of Glue's grouping.
func (o *engineOptions) grouping(e spark.Engine, c *advisor.Cluster) error {
	if (o.groupFiles != "" || o.groupSize != "") && !e.DynamicFrames {
		return fmt.Errorf("--group-files and --group-size are options of Glue's DynamicFrames, and %s has none", e.Name)
	}
	if c.GroupFiles = o.groupFiles; o.groupFiles != "" && !slices.Contains(groupings, o.groupFiles) {
		return fmt.Errorf("--group-files %q is not known; it is one of %s", o.groupFiles, strings.Join(groupings, ", "))
	}
	if o.groupSize == "" {
		return nil
	}
	n, err := spark.ParseBytes(o.groupSize)
	if err == nil && (n < 1 || n > mostGroup) {
		err = fmt.Errorf("it is 1 byte to 1t")
	}
	if err != nil {
		return fmt.Errorf("--group-size %q: %w", o.groupSize, err)
	}
	c.GroupSize = n
	return nil
}

// parseDriverMemory returns bytes; 0 where nothing is set.
func parseDriverMemory(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := spark.ParseBytes(s)
	if err != nil {
		return 0, fmt.Errorf("--driver-memory %q: %w", s, err)
	}
	if n < 1<<30 || n > mostDriverGB<<30 {
		return 0, fmt.Errorf("--driver-memory %q: it is 1g to 24t", s)
	}
	return n, nil
}

// parseConf reads name=value; a setting that decides no task is refused, since it would be passed over in silence.
func parseConf(e spark.Engine, settings []string) (map[string]string, error) {
	conf := map[string]string{}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		if !slices.Contains(spark.Settings, name) {
			return nil, fmt.Errorf("--conf %q is not known; %sit is name=value of %s", s, didYouMean(name, spark.Settings), strings.Join(spark.Settings, ", "))
		}
		if !e.Version().Knows(name) {
			return nil, fmt.Errorf("--conf %s: Spark %s, which is in %s, does not know it", name, e.Spark, e.Name)
		}
		conf[name] = value
	}
	return conf, nil
}
