package advisor

import (
	"iter"
	"math"
	"strconv"

	"s3layout/advisor/spark"
)

// Readers of plans beside those of a Scope: a DynamicFrame that groups as Glue does by itself, as the job sets it, as is
// recommended.
const (
	automatic = "dynamicframe_automatic"
	asSet     = "dynamicframe_as_set"
	grouped   = "dynamicframe_grouped"
)

// plans lists how each reader of the engine would cut the dataset.
func plans(f *Facts) []Plan {
	out := []Plan{dataframePlan(f)}
	if !f.Engine.DynamicFrames {
		return append(out, rddPlan(f))
	}
	out = append(out, dynamicframePlan(f))
	own := f.ownReader()
	if own == asSet {
		out = append(out, asSetPlan(f))
	}
	switch {
	case grouping(f.Recommended.GroupFiles):
		out = append(out, groupedPlan(f))
	case own == automatic && f.Recommended.GroupFiles == "":
		out = append(out, automaticPlan(f))
	}
	return out
}

func dataframePlan(f *Facts) Plan {
	scan := f.Engine.scan()
	in, g := f.scanInput()
	cut := scan.Plan(in)
	cut.Estimate = because(scanDoubts(f))
	p := newPlan("dataframe", cut, f.Engine.Cores, g)
	p.Settings[spark.MaxPartitionBytes] = strconv.FormatInt(scan.MaxPartitionBytes, 10)
	p.Settings[spark.OpenCostInBytes] = strconv.FormatInt(scan.OpenCostBytes, 10)
	if scan.MaxPartitions > 0 {
		p.Settings[spark.MaxPartitionNum] = strconv.FormatInt(scan.MaxPartitions, 10)
	}
	if layout := f.Profile.Partitioning; (layout.Scheme == "none" || layout.Scheme == "date") && layout.RootObjects < f.Profile.Totals.Objects {
		// Without it Spark reads the files in the target itself and no others.
		p.Settings["recursiveFileLookup"] = "true"
	}
	if lines, _ := f.scansMultiLine(); lines && f.files == nil {
		p.Settings["multiLine"] = "true"
	}
	if cut.Tasks > 0 {
		p.Driver = &DriverIndex{Bytes: spark.IndexBytes(f.objects(), cut.Chunks), Estimate: spark.IndexEstimate}
	}
	return p
}

// rddPlan is of sc.textFile with the minPartitions that it sets by itself.
func rddPlan(f *Facts) Plan {
	in, g := f.input()
	splits := spark.Splits{BlockSize: f.Engine.BlockSizeBytes, MinPartitions: spark.TextFilePartitions, KeepEmpty: !f.sparkFrom(spark.IgnoresEmptySplits)}
	cut := splits.Plan(in)
	cut.Estimate = because(rddDoubts(f))
	p := newPlan("rdd", cut, f.Engine.Cores, g)
	p.Settings["block_size"] = strconv.FormatInt(f.Engine.BlockSizeBytes, 10)
	p.Settings["minPartitions"] = strconv.Itoa(spark.TextFilePartitions)
	return p
}

func dynamicframePlan(f *Facts) Plan {
	in, g := f.input()
	cut := spark.Splits{BlockSize: f.Engine.BlockSizeBytes}.Plan(in)
	cut.Estimate = because(frameDoubts(f, in))
	p := newPlan("dynamicframe", cut, f.Engine.Cores, g)
	p.Settings["block_size"] = strconv.FormatInt(f.Engine.BlockSizeBytes, 10)
	p.Settings["groupFiles"] = "none"
	return p
}

func groupedPlan(f *Facts) Plan {
	size, _ := strconv.ParseInt(f.Recommended.GroupSize, 10, 64)
	return groupedBy(f, grouped, f.Recommended.GroupFiles, size)
}

// asSetPlan is of the grouping that the job sets. Where it sets no size Glue takes one that it does not publish: this takes
// the one that would be advised.
func asSetPlan(f *Facts) Plan {
	e := f.Engine
	size := e.GroupSizeBytes
	if size == 0 {
		size = groupSize(f)
	}
	groupFiles := e.GroupFiles
	if groupFiles == "" {
		groupFiles = "inPartition"
	}
	p := groupedBy(f, asSet, groupFiles, size)
	if e.GroupSizeBytes == 0 {
		p.Estimate = "without groupSize Glue takes one that it does not publish; this takes " + Size(size)
		delete(p.Settings, "groupSize")
	}
	if e.GroupFiles == "" {
		delete(p.Settings, "groupFiles")
	}
	return p
}

func groupedBy(f *Facts, reader, groupFiles string, size int64) Plan {
	in, g := f.input()
	across := groupFiles == "acrossPartition"
	p := newPlan(reader, spark.PlanGrouped(bundles(f, across), size, g.all, in), f.Engine.Cores, g)
	p.Settings["groupFiles"] = groupFiles
	p.Settings["groupSize"] = strconv.FormatInt(size, 10)
	return p
}

// automaticPlan is what Glue does above AutoGroupingFiles where nothing is set. Its group size is not published: this
// takes the one that would be advised.
func automaticPlan(f *Facts) Plan {
	in, g := f.input()
	cut := spark.PlanGrouped(bundles(f, false), groupSize(f), g.all, in)
	cut.Estimate = "above 50,000 files Glue groups by itself, by a size that it does not publish; this takes " + Size(groupSize(f))
	return newPlan(automatic, cut, f.Engine.Cores, g)
}

// bundles yields what Glue may group: partition by partition, or the whole dataset at once.
func bundles(f *Facts, across bool) iter.Seq[spark.Bundle] {
	return func(yield func(spark.Bundle) bool) {
		if across {
			yield(spark.Bundle{Objects: f.objects(), Bytes: f.Profile.Totals.Bytes})
			return
		}
		if f.files != nil && f.files.bundles != nil {
			f.files.bundles(yield)
			return
		}
		for p := range f.Profile.EachPartition {
			if !yield(spark.Bundle{Objects: p.Objects, Bytes: p.Bytes}) {
				return
			}
		}
		for p, n := range f.Profile.Other.Alike {
			if !yield(spark.Bundle{Objects: p.Objects, Bytes: p.Bytes, Alike: n}) {
				return
			}
		}
	}
}

func newPlan(reader string, p spark.Plan, cores int64, g growth) Plan {
	return Plan{
		Reader: reader, Settings: map[string]string{}, Tasks: p.Tasks, Waves: p.Waves(cores), IdleCores: p.IdleCores(cores),
		TaskBytes: TaskBytes{P50: p.MedianBytes, Max: p.MaxBytes},
		Expanded:  Expanded{P50: p.MedianExpanded, Max: p.MaxExpanded, Factor: math.Round(100*g.all) / 100, Origin: g.origin},
		Exact:     p.Estimate == "", Estimate: p.Estimate,
	}
}
