package rules

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

// IdleCores fires when the read has far fewer tasks than there are cores: more workers change nothing.
var IdleCores = &advisor.Rule{
	ID:    "idle-cores",
	Title: "Fewer tasks than cores: more workers do not help",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(neededExecutors, "during the read below numberAllExecutors: tasks over the cores of a worker, rounded up"),
		signal(utilization, "low while the read runs"),
	},
	Doc: advisor.Doc{
		Saw:    "A read with so few tasks that more than half of the cores have nothing to do.",
		Costs:  "Workers are paid for and idle. Adding DPUs makes the job dearer and not faster: executors needed are tasks over the cores of a worker, rounded up. In AWS's example 428 tasks need 107 executors of four tasks each, and a hundred DPUs are no faster than 55.",
		Do:     "Take fewer workers, or turn auto scaling on (Glue 3.0 and newer); or make more tasks: repartition right after the read, and smaller or splittable files.",
		Ignore: "What follows the read shuffles, and is most of the job: then the cores have work.",
	},
	Limits: []advisor.Limit{
		{Name: "idle_percent", Value: 50, Unit: "% of cores", Reason: "DataFlint, too, warns when more than half of the cores are idle"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "below it the read takes seconds, whatever the cores"},
		{Name: "warn_bytes", Value: 10 << 30, Unit: "bytes", Reason: "from here the few tasks that there are take minutes"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/monitor-debug-capacity.html", Read: "2026-11"},
		{URL: "https://github.com/dataflint/spark", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		read := f.Advised()
		bytes := f.Profile.Totals.Bytes
		if len(f.Profile.TableFormats) > 0 || bytes < r.Limit("bytes") || !moreThan(r.Limit("idle_percent"), read.IdleCores, f.Engine.Cores) {
			return nil
		}
		a := r.Found(advisor.Info)
		if bytes >= r.Limit("warn_bytes") {
			a.Severity = advisor.Warning
		}
		a.Evidence["tasks"] = read.Tasks
		a.Evidence["cores"] = f.Engine.Cores
		a.Evidence["idle_cores"] = read.IdleCores
		a.Evidence["idle_percent_threshold"] = r.Limit("idle_percent")
		a.Why = fmt.Sprintf("%s on %s: %s idle.", plural(read.Tasks, "task"), plural(f.Engine.Cores, "core"), comma(read.IdleCores))
		if read.MaxNeededExecutors == 0 {
			a.Set = fmt.Sprintf("%s for the read, or repartition(%d) after it", plural(read.Tasks, "core"), 3*f.Engine.Cores)
			return a
		}
		workers := read.MaxNeededExecutors + 1 // the driver's
		a.Evidence["max_needed_executors"] = read.MaxNeededExecutors
		a.Effect = f.On(f.Engine.WithWorkers(workers), read.Reader)
		a.Impact = &advisor.Impact{Metric: "workers", Before: f.Engine.Workers, After: workers, Estimate: "the read alone"}
		a.Set = fmt.Sprintf("workers=%d: the read keeps %s busy", workers, plural(read.MaxNeededExecutors, "executor"))
		if read.TaskBytes.Max > f.Engine.MaxPartitionBytes {
			a.Set = fmt.Sprintf("or, if the files stay as they are, workers=%d: %s busy", workers, plural(read.MaxNeededExecutors, "executor"))
		}
		a.Snippets = append(a.Snippets, advisor.Snippet{Kind: "aws-cli", Language: "shell", Code: fmt.Sprintf(
			"aws glue start-job-run --job-name JOB --worker-type %s --number-of-workers %d\n", f.Engine.WorkerType, workers)})
		if v, err := spark.ParseVersion(f.Engine.SparkVersion); err == nil && v.AtLeast(spark.Version{Major: 3}) { // from Glue 3.0
			a.Snippets = append(a.Snippets, jobParameters(map[string]string{"--enable-auto-scaling": "true"}))
		}
		return a
	},
}
