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

func dataframePlan(f *Facts) Plan {
	split, exactSplit := f.Profile.FileSizes(true)
	whole, exactWhole := f.Profile.FileSizes(false)
	scan := spark.Scan{MaxPartitionBytes: f.Engine.MaxPartitionBytes, OpenCostBytes: f.Engine.OpenCostBytes, Parallelism: max(f.Engine.Cores, 2)}
	p := newPlan("dataframe", scan.Plan(split, whole), exactSplit && exactWhole, f.Engine.Cores)
	p.Settings["spark.sql.files.maxPartitionBytes"] = strconv.FormatInt(scan.MaxPartitionBytes, 10)
	p.Settings["spark.sql.files.openCostInBytes"] = strconv.FormatInt(scan.OpenCostBytes, 10)
	return p
}

func splitPlan(f *Facts, reader string) Plan {
	split, exactSplit := f.Profile.FileSizes(true)
	whole, exactWhole := f.Profile.FileSizes(false)
	p := newPlan(reader, spark.PlanSplits(split, whole, f.Engine.BlockSizeBytes), exactSplit && exactWhole, f.Engine.Cores)
	p.Settings["block_size"] = strconv.FormatInt(f.Engine.BlockSizeBytes, 10)
	if reader == "dynamicframe" {
		p.Settings["groupFiles"] = "none"
	}
	return p
}

func groupedPlan(f *Facts) Plan {
	size, _ := strconv.ParseInt(f.Recommended.GroupSize, 10, 64)
	p := newPlan("dynamicframe_grouped", spark.PlanGrouped(bundles(f), size, f.Profile.Sizes.Max), false, f.Engine.Cores)
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
