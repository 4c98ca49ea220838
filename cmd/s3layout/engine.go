package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

// engineOptions are the flags that say what will read the dataset.
type engineOptions struct {
	engine, workerType string
	workers, cores     int64
	flags              *pflag.FlagSet
}

func (o *engineOptions) addFlags(f *pflag.FlagSet) {
	names := make([]string, len(spark.Engines))
	for i, e := range spark.Engines {
		names[i] = e.Name
	}
	f.StringVar(&o.engine, "engine", spark.DefaultEngine, "engine to plan for: "+strings.Join(names, ", "))
	f.StringVar(&o.workerType, "worker-type", spark.DefaultWorker, "Glue worker type")
	f.Int64Var(&o.workers, "workers", spark.DefaultWorkers, "Glue workers, the driver's included")
	f.Int64Var(&o.cores, "cores", 0, "tasks that run at a time; overrides the workers")
	o.flags = f
}

// resolve returns the engine that the flags name, with the names of the fields that no flag set.
func (o *engineOptions) resolve() (advisor.Engine, error) {
	e, ok := spark.FindEngine(o.engine)
	if !ok {
		return advisor.Engine{}, fmt.Errorf("--engine %q is not known; see profile --help", o.engine)
	}
	w, ok := spark.FindWorker(o.workerType)
	if !ok {
		return advisor.Engine{}, fmt.Errorf("--worker-type %q is not known; it is one of G.1X to G.16X, R.1X to R.8X", o.workerType)
	}
	if o.workers < 2 || o.workers > 10000 || o.cores < 0 || o.cores > 1e6 {
		return advisor.Engine{}, fmt.Errorf("--workers must be 2 to 10,000, and --cores 1 to 1,000,000")
	}
	var assumed []string
	for flag, field := range map[string]string{"engine": "name", "worker-type": "worker_type", "workers": "workers", "cores": "cores"} {
		if !o.flags.Changed(flag) {
			assumed = append(assumed, field)
		}
	}
	return advisor.NewEngine(e, w, o.workers, o.cores, assumed), nil
}
