package rules

import (
	"fmt"

	"s3layout/advisor"
)

// UnsplittableFiles fires for large files that one task must read alone.
var UnsplittableFiles = &advisor.Rule{
	ID:    "unsplittable-files",
	Title: "Large files that cannot be split",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame}}, Confidence: advisor.Estimate,
	Confirm: []advisor.Signal{
		signal(uiInput, "a maximum as large as the largest file"),
		signal(neededExecutors, "no more than files over the cores of a worker, however many workers there are"),
		signal(allHeap, "one executor above 0.5 while the others are idle"),
	},
	Doc: advisor.Doc{
		Saw:    "Compressed text (gzip, zstd, lz4, snappy) in files larger than a task should read.",
		Costs:  "One task reads each file from start to end on one core, inflates it, and holds up the stage; the other cores wait, and an executor may run out of memory.",
		Do:     "Write them again as Parquet, or as smaller files, or with bzip2. Until then repartition right after the read, so that at least what follows uses every core.",
		Ignore: "They are read once, to be converted.",
	},
	Limits: []advisor.Limit{
		{Name: "warn_bytes", Value: 1 << 30, Unit: "bytes", Reason: "spark.io.warning.largeFileThreshold: Spark itself warns of an unsplittable file above this"},
		{Name: "task_bytes", Value: 128 << 20, Unit: "bytes", Reason: "spark.sql.files.maxPartitionBytes: what a task reads of a file that can be split; such files count where cores stay idle"},
	},
	Sources: []advisor.Source{stragglers, filePacking},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		var large, huge, bytes, longest int64
		grows, measured := f.Engine.AssumedExpansion, int64(0)
		codecs := map[string]bool{}
		for _, t := range f.Profile.Formats {
			if t.Splittable {
				continue
			}
			n, b := largerThan(t, r.Limit("task_bytes"))
			h, _ := largerThan(t, r.Limit("warn_bytes"))
			if n > 0 {
				codecs[t.Compression] = true
				if t.Sizes.Max > longest {
					longest = t.Sizes.Max
					grows, measured = f.Grows(t)
				}
			}
			large, bytes, huge = large+n, bytes+b, huge+h
		}
		read, _ := f.Plan(reads(f))
		if large == 0 || huge == 0 && read.IdleCores == 0 {
			return nil
		}
		a := r.Found(advisor.Warning)
		if huge > 0 && read.IdleCores > 0 {
			a.Severity = advisor.Critical
		}
		a.Evidence["files_over_1_gib"] = huge
		a.Evidence["files_over_128_mib"] = large
		a.Evidence["bytes"] = bytes
		a.Evidence["largest_bytes"] = longest
		if measured > 0 {
			a.Evidence["measured_expansion"], a.Evidence["measured_files"] = grows, measured
		} else {
			a.Evidence["assumed_expansion"] = grows
		}
		a.Evidence["codecs"] = sortedKeys(codecs)
		a.Evidence["tasks"] = read.Tasks
		a.Evidence["cores"] = f.Engine.Cores
		a.Evidence["idle_cores"] = read.IdleCores
		a.Why = unsplittableWhy(f, read, large, huge, int64(min(float64(longest)*grows, 1<<62)))
		a.Effect = f.Divided(r.Limit("task_bytes"))
		a.Impact = a.Effect.LargestTask()
		a.Set = "rewrite as Parquet or as files under 128 MiB"
		if f.Recommended.Repartition > read.Tasks {
			a.Set = fmt.Sprintf("rewrite as Parquet; until then repartition(%d) right after the read", f.Recommended.Repartition)
			a.Snippets = append(a.Snippets, advisor.Snippet{
				Kind: "spark-dataframe", Language: "python", Code: fmt.Sprintf("df = df.repartition(%d)\n", f.Recommended.Repartition),
			})
		}
		return a
	},
}

func unsplittableWhy(f *advisor.Facts, read advisor.Plan, large, huge, expanded int64) string {
	n, bound := large, "128 MiB"
	if huge > 0 {
		n, bound = huge, "1 GiB"
	}
	if read.IdleCores > 0 {
		return fmt.Sprintf("%s > %s: %s of %s cores idle, ~%s a task.", plural(n, "file"), bound, comma(read.IdleCores), comma(f.Engine.Cores), size(expanded))
	}
	return fmt.Sprintf("%s > %s, a task each, ~%s in memory.", plural(n, "file"), bound, size(expanded))
}
