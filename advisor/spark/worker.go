package spark

// A Worker is a Glue worker type. One executor runs on each worker but one, which is the driver's.
type Worker struct {
	Name     string
	VCPU     int64
	MemoryGB int64
	// DPU is what one is billed as. That of an R worker is an M-DPU, which has twice the memory.
	DPU int64
}

// Workers are Glue's worker types for batch jobs; a DPU is 4 vCPU and 16 GB.
// Source: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html, read 2026-11.
var Workers = []Worker{
	{"G.1X", 4, 16, 1}, {"G.2X", 8, 32, 2}, {"G.4X", 16, 64, 4}, {"G.8X", 32, 128, 8}, {"G.12X", 48, 192, 12}, {"G.16X", 64, 256, 16},
	{"R.1X", 4, 32, 1}, {"R.2X", 8, 64, 2}, {"R.4X", 16, 128, 4}, {"R.8X", 32, 256, 8},
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
