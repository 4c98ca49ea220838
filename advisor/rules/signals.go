package rules

import "s3layout/advisor"

// Where a running job shows what rules expect. Names with glue. are CloudWatch metrics of AWS Glue, with job metrics or
// observability metrics turned on. Source: AWS Glue guide, monitoring-awsglue-with-cloudwatch-metrics and
// monitor-observability, read 2026-11.
const (
	driverHeap      = "glue.driver.jvm.heap.usage"
	allHeap         = "glue.ALL.jvm.heap.usage"
	neededExecutors = "glue.driver.ExecutorAllocationManager.executors.numberMaxNeededExecutors"
	allExecutors    = "glue.driver.ExecutorAllocationManager.executors.numberAllExecutors"
	bytesRead       = "glue.ALL.s3.filesystem.read_bytes"
	bytesWritten    = "glue.ALL.s3.filesystem.write_bytes"
	completedTasks  = "glue.driver.aggregate.numCompletedTasks"
	shuffled        = "glue.driver.aggregate.shuffleBytesWritten"
	stageSkew       = "glue.driver.skewness.stage"
	utilization     = "glue.driver.workerUtilization"
	uiTasks         = "Spark UI, Stages: Tasks (Succeeded/Total) of the read"
	uiInput         = "Spark UI, the read's stage: Input Size / Records, Min to Max"
	uiDuration      = "Spark UI, the read's stage: Duration, Median and Max"
)

func signal(metric, shows string) advisor.Signal { return advisor.Signal{Metric: metric, Shows: shows} }
