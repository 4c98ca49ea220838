package rules

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

// TooManyTasks fires when a read makes more tasks than a scheduler is comfortable with, even as advised.
var TooManyTasks = &advisor.Rule{
	ID:    "too-many-tasks",
	Title: "The read makes too many tasks",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiTasks, "tens of thousands"),
		signal("Spark UI, the read's stage: Scheduler Delay and Task Deserialization", "a large share of a task's duration"),
		signal(driverHeap, "rising with the tasks: each leaves a MapStatus in the driver"),
	},
	Doc: advisor.Doc{
		Saw:    "More than 10,000 tasks in the stage that reads, with everything set as advised.",
		Costs:  "The driver plans, serializes and tracks every task. Where tasks are small, that takes longer than their work; a shuffle after the read has as many outputs to keep account of, and results of tens of thousands of tasks overflow spark.driver.maxResultSize.",
		Do:     "Make tasks larger: from Spark 3.5 with spark.sql.files.maxPartitionNum, before it with maxPartitionBytes; read fewer partitions; compact where files are small.",
		Ignore: "Tasks are large, cores are many, and the driver has memory: 80,000 tasks of 128 MiB are 10 TiB, read as it should be.",
	},
	Limits: []advisor.Limit{
		{Name: "tasks", Value: 10000, Unit: "tasks", Reason: "from here planning and tracking take a driver minutes"},
		{Name: "warn_tasks", Value: 50000, Unit: "tasks", Reason: "AWS's own line for input files or task parallelism, above which Glue groups"},
		{Name: "task_bytes", Value: 32 << 20, Unit: "bytes", Reason: "below it the overhead of a task is a good part of it"},
		{Name: "most_task_bytes", Value: 512 << 20, Unit: "bytes", Reason: "larger tasks risk memory; RAPIDS' tuner aims at 128 to 256 MiB"},
	},
	Sources: []advisor.Source{
		filePacking, {URL: "https://issues.apache.org/jira/browse/SPARK-44021", Read: "2026-11"}, {URL: "https://github.com/aws-samples/aws-glue-samples/issues/8", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		read := f.Advised()
		if files, _, _ := ungroupable(f); 2*files > f.Profile.Totals.Objects {
			read, _ = f.Plan(advisor.DataFrame) // grouping-no-effect says so
		}
		if len(f.Profile.TableFormats) > 0 || read.Tasks <= r.Limit("tasks") {
			return nil
		}
		small := read.TaskBytes.P50 < r.Limit("task_bytes")
		a := r.Found(advisor.Info)
		switch over := read.Tasks > r.Limit("warn_tasks"); {
		case small && over:
			a.Severity = advisor.Critical
		case small || over:
			a.Severity = advisor.Warning
		}
		a.Evidence["tasks"] = read.Tasks
		a.Evidence["tasks_threshold"] = r.Limit("tasks")
		a.Evidence["median_task_bytes"] = read.TaskBytes.P50
		a.Evidence["waves"] = read.Waves
		a.Why = fmt.Sprintf("%s tasks of ~%s, %s waves.", comma(read.Tasks), size(read.TaskBytes.P50), comma(read.Waves))
		if read.Reader != advisor.DataFrame {
			a.Set = "spark.read in place of a DynamicFrame, fewer partitions, compaction"
			a.Effect = f.ReadBy(advisor.DataFrame)
			return a
		}
		name, value, e := largerTasks(r, f, read)
		a.Set = fmt.Sprintf("--conf %s=%d", name, value)
		a.Effect = f.On(e, advisor.DataFrame)
		a.Snippets = append(a.Snippets, conf(f, name, value)...)
		return a
	},
}

// largerTasks is the setting that brings the scan to about as many tasks as the rule allows, within the bytes that a task may
// have, and the engine with it.
func largerTasks(r *advisor.Rule, f *advisor.Facts, read advisor.Plan) (name string, value int64, e advisor.Engine) {
	e = f.Engine
	v, _ := spark.ParseVersion(e.SparkVersion)
	most := max(r.Limit("most_task_bytes"), 1)
	if v.Knows(spark.MaxPartitionNum) {
		e.MaxPartitionNum = max(r.Limit("tasks"), (f.Profile.Totals.Bytes-1)/most+1)
		return spark.MaxPartitionNum, e.MaxPartitionNum, e
	}
	e.MaxPartitionBytes = min(e.MaxPartitionBytes*(read.Tasks/r.Limit("tasks")+1), most)
	return spark.MaxPartitionBytes, e.MaxPartitionBytes, e
}
