// Package advisor judges a profile: it plans how an engine would read the dataset, checks rules against that, and says
// what to set. Facts come from stats and judgement is made here; neither lists, reads or prints anything.
package advisor

import (
	"slices"
	"strings"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// Facts is what a rule may look at.
type Facts struct {
	// Target is the target's URI as the user spells it.
	Target      string
	Profile     *stats.Profile
	Engine      Engine
	Plans       []Plan
	Recommended Recommended
}

// Plan returns the plan of a reader, and whether there is one.
func (f *Facts) Plan(reader string) (Plan, bool) {
	for _, p := range f.Plans {
		if p.Reader == reader {
			return p, true
		}
	}
	return Plan{}, false
}

// Judgement is what Advise makes of a profile.
type Judgement struct {
	Plans       []Plan
	Recommended Recommended
	Advice      []Advice
}

// Advise plans the reads of a profile on an engine, and checks every rule. It is pure: the same profile, engine and
// rules give the same judgement.
func Advise(target string, p *stats.Profile, e Engine, rules []*Rule) Judgement {
	f := &Facts{Target: target, Profile: p, Engine: e}
	f.Recommended = recommend(f)
	f.Plans = plans(f)
	recommendWrite(f)
	advice := []Advice{}
	for _, r := range rules {
		if a := r.Check(r, f); a != nil {
			advice = append(advice, *a)
		}
	}
	slices.SortStableFunc(advice, func(a, b Advice) int { return b.Severity.Rank() - a.Severity.Rank() })
	return Judgement{Plans: f.Plans, Recommended: f.Recommended, Advice: advice}
}

// NewEngine describes an engine on a cluster. Zero values are filled with defaults, whose names Assumed then lists.
// cores overrides what the workers amount to.
func NewEngine(e spark.Engine, w spark.Worker, workers, cores int64, assumed []string) Engine {
	scan := spark.DefaultScan(0)
	out := Engine{
		Name: e.Name, SparkVersion: e.Spark, Connector: e.Connector, BlockSizeBytes: e.BlockSize, DynamicFrames: e.DynamicFrames,
		DriverMemoryBytes: w.MemoryGB << 30, MaxPartitionBytes: scan.MaxPartitionBytes, OpenCostBytes: scan.OpenCostBytes,
		AssumedExpansion: assumedExpansion,
	}
	assumed = slices.Clone(assumed)
	if e.DynamicFrames {
		out.WorkerType, out.Workers = w.Name, workers
	} else {
		assumed = sparkAssumed(assumed)
	}
	out.Cores = cores
	if cores == 0 {
		out.Cores = e.Cores(w, workers)
	}
	out.Assumed = append(assumed, "assumed_expansion", "max_partition_bytes", "open_cost_bytes")
	slices.SortFunc(out.Assumed, strings.Compare)
	return out
}

// sparkAssumed names what stands for the workers where there are none: a worker type tells the driver's memory.
func sparkAssumed(assumed []string) []string {
	var out []string
	for _, name := range assumed {
		switch name {
		case "worker_type":
			out = append(out, "driver_memory_bytes")
		case "workers":
		default:
			out = append(out, name)
		}
	}
	return out
}

// assumedExpansion is bytes in memory for each byte of compressed text: the one figure that AWS gives, 32 GB of gzip
// JSON that became 190 GB. Source: AWS Glue guide, monitor-profile-debug-straggler.
const assumedExpansion = 5.9
