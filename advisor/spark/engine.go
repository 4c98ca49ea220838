package spark

// An Engine is a version of AWS Glue or Spark, as far as it decides how files are read.
type Engine struct {
	Name string // as on the command line: glue-5.1, spark-4.0
	// Spark is the version of Spark inside.
	Spark string
	// DynamicFrames is set for Glue: grouping, exclusions and useS3ListImplementation exist there only.
	DynamicFrames bool
	// BlockSize is what the default S3 connector reports as block size, bytes: EMRFS 64 MiB, S3A 32 MiB.
	BlockSize int64
	// Connector is the default S3 connector.
	Connector string
}

// Engines are the versions that are known, newest first.
// Source: AWS Glue release notes and migration pages, read 2026: 5.1 replaced EMRFS by S3A as the default connector.
var Engines = []Engine{
	{"glue-6.0", "4.1.1", true, 32 << 20, "s3a"},
	{"glue-5.1", "3.5.6", true, 32 << 20, "s3a"},
	{"glue-5.0", "3.5.4", true, 64 << 20, "emrfs"},
	{"glue-4.0", "3.3.0", true, 64 << 20, "emrfs"},
	{"glue-3.0", "3.1.1", true, 64 << 20, "emrfs"},
	{"glue-2.0", "2.4.3", true, 64 << 20, "emrfs"},
	{"spark-4.1", "4.1", false, 32 << 20, "s3a"},
	{"spark-4.0", "4.0", false, 32 << 20, "s3a"},
	{"spark-3.5", "3.5", false, 32 << 20, "s3a"},
	{"spark-3.3", "3.3", false, 32 << 20, "s3a"},
	{"spark-3.1", "3.1", false, 32 << 20, "s3a"},
}

// DefaultEngine is what a report is made for when nothing is said.
const DefaultEngine = "glue-5.1"

// FindEngine returns the engine of that name.
func FindEngine(name string) (Engine, bool) {
	for _, e := range Engines {
		if e.Name == name {
			return e, true
		}
	}
	return Engine{}, false
}

// A Worker is a Glue worker type. One executor runs on each worker but one, which is the driver's.
type Worker struct {
	Name     string
	VCPU     int64
	MemoryGB int64
}

// Workers are Glue's worker types for batch jobs.
// Source: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html, read 2026.
var Workers = []Worker{
	{"G.1X", 4, 16}, {"G.2X", 8, 32}, {"G.4X", 16, 64}, {"G.8X", 32, 128}, {"G.12X", 48, 192}, {"G.16X", 64, 256},
	{"R.1X", 4, 32}, {"R.2X", 8, 64}, {"R.4X", 16, 128}, {"R.8X", 32, 256},
}

// Defaults of a cluster when nothing is said: Glue's own default worker, ten of them.
const (
	DefaultWorker  = "G.1X"
	DefaultWorkers = 10
)

// FindWorker returns the worker type of that name.
func FindWorker(name string) (Worker, bool) {
	for _, w := range Workers {
		if w.Name == name {
			return w, true
		}
	}
	return Worker{}, false
}

// Cores is how many tasks a Glue job of that many workers runs at a time: one worker is the driver's, and an executor
// runs a task on each vCPU. Glue 2.0 ran two on each.
func (e Engine) Cores(w Worker, workers int64) int64 {
	perWorker := w.VCPU
	if e.Name == "glue-2.0" {
		perWorker *= 2
	}
	return max(workers-1, 1) * perWorker
}
