package advisor

import (
	"iter"
	"strconv"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// plans lists how each reader of the engine would cut the dataset.
func plans(f *Facts) []Plan {
	out := []Plan{dataframePlan(f)}
	name := "rdd"
	if f.Engine.DynamicFrames {
		name = "dynamicframe"
	}
	out = append(out, splitPlan(f, name))
	if grouping(f.Recommended.GroupFiles) {
		out = append(out, groupedPlan(f))
	}
	return out
}

// input is the files of the profile, and whether all their sizes are known.
func input(p *stats.Profile) (in spark.Input, exact bool) {
	split, exactSplit := p.FileSizes(true)
	whole, exactWhole := p.FileSizes(false)
	return spark.Input{Splittable: split, Whole: whole}, exactSplit && exactWhole
}

func dataframePlan(f *Facts) Plan {
	in, exact := input(f.Profile)
	scan := spark.Scan{MaxPartitionBytes: f.Engine.MaxPartitionBytes, OpenCostBytes: f.Engine.OpenCostBytes, Parallelism: max(f.Engine.Cores, 2)}
	p := newPlan("dataframe", scan.Plan(in), exact, f.Engine.Cores)
	p.Settings[spark.MaxPartitionBytes] = strconv.FormatInt(scan.MaxPartitionBytes, 10)
	p.Settings[spark.OpenCostInBytes] = strconv.FormatInt(scan.OpenCostBytes, 10)
	return p
}

func splitPlan(f *Facts, reader string) Plan {
	in, exact := input(f.Profile)
	splits := spark.Splits{BlockSize: f.Engine.BlockSizeBytes}
	if reader == "rdd" {
		splits.MinPartitions = spark.TextFilePartitions
	}
	p := newPlan(reader, splits.Plan(in), exact, f.Engine.Cores)
	p.Settings["block_size"] = strconv.FormatInt(f.Engine.BlockSizeBytes, 10)
	if reader == "dynamicframe" {
		p.Settings["groupFiles"] = "none"
	} else {
		p.Settings["minPartitions"] = strconv.FormatInt(splits.MinPartitions, 10)
	}
	return p
}

func groupedPlan(f *Facts) Plan {
	size, _ := strconv.ParseInt(f.Recommended.GroupSize, 10, 64)
	p := newPlan("dynamicframe_grouped", spark.PlanGrouped(bundles(f), size, f.Profile.Sizes.Max, 1), false, f.Engine.Cores)
	p.Settings["groupFiles"] = f.Recommended.GroupFiles
	p.Settings["groupSize"] = f.Recommended.GroupSize
	return p
}

// bundles yields what Glue may group: partition by partition, or the whole dataset at once.
func bundles(f *Facts) iter.Seq[spark.Bundle] {
	return func(yield func(spark.Bundle) bool) {
		if f.Recommended.GroupFiles == "acrossPartition" {
			yield(spark.Bundle{Objects: f.Profile.Totals.Objects, Bytes: f.Profile.Totals.Bytes})
			return
		}
		for p := range f.Profile.EachPartition {
			if !yield(spark.Bundle{Objects: p.Objects, Bytes: p.Bytes}) {
				return
			}
		}
	}
}

func newPlan(reader string, p spark.Plan, exact bool, cores int64) Plan {
	out := Plan{
		Reader: reader, Settings: map[string]string{}, Tasks: p.Tasks, Waves: p.Waves(cores), IdleCores: p.IdleCores(cores),
		TaskBytes: TaskBytes{P50: p.MedianBytes, Max: p.MaxBytes}, Exact: exact && p.Estimate == "", Estimate: p.Estimate,
	}
	if !exact && p.Estimate == "" {
		out.Estimate = "too many different file sizes to keep: sizes are within " + strconv.FormatFloat(stats.RelativeError*100, 'f', 1, 64) + " %"
	}
	return out
}
