package advisor

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// Numbers that a compaction plan stands on.
const (
	// minSmallFiles: so many small files make a partition worth rewriting. Source: Iceberg, rewrite_data_files,
	// min-input-files.
	minSmallFiles = 5
	// CrowdedFiles: a partition with more small files than this is crowded. Source: AWS Glue Data Catalog, compaction: more than 100 files under 75 %
	// of the target.
	CrowdedFiles = 100
	// minRemoved files make a plan, where no partition is crowded: fewer do no harm.
	minRemoved = 1000
	// startBytes is what it costs to start on a partition, in bytes that could be rewritten meanwhile. Without it two files
	// of a byte each would go first. AutoComp has such a constant, too.
	startBytes = 64 << 20
	// maxCompacted partitions are listed.
	maxCompacted = 20
)

// compaction plans which partitions to rewrite, those first from which most files go for each byte. It is one pass over the
// partitions. nil where it is not worth it.
func compaction(f *Facts) *Compaction {
	if len(f.Profile.TableFormats) > 0 || f.misread() {
		return nil
	}
	c := compactor{facts: f, cuts: f.mostlySplit(), Compaction: Compaction{TargetBytes: f.TargetFileBytes(), Partitions: []Compacted{}}}
	services := f.AWSServices() // records of the others are no records of the first
	for t := range f.Profile.EachPartition {
		if len(services) > 1 && f.awsService(t.Path) != services[0] {
			continue
		}
		if t.Path != "" || f.Profile.Totals.Partitions == 1 { // replacing the target would take its partitions with it
			c.add(t, 1)
		}
	}
	for t, alike := range f.Profile.Other.Alike {
		c.addAlike(t, alike)
	}
	if c.FilesBefore-c.FilesAfter < minRemoved && c.Crowded == 0 || c.Candidates == 0 {
		return nil
	}
	for i := range c.Partitions {
		c.Partitions[i].Path = stats.Spell(c.Partitions[i].Path)
	}
	c.PartitionsOmitted = c.Candidates - int64(len(c.Partitions))
	c.Estimate = "output is taken to be as large as the input"
	if f.Profile.Other != nil {
		c.Estimate += "; partitions that are not told apart are taken to be alike"
	}
	return &c.Compaction
}

type compactor struct {
	Compaction
	facts *Facts
	cuts  bool // most bytes are in files that are cut
}

// add takes a partition into the sums and, if it ranks among the first, into the list.
func (c *compactor) add(t stats.PartitionTotals, n int64) {
	row, worth := c.weigh(t)
	if !worth {
		return
	}
	c.count(row, n)
	if t.Small > CrowdedFiles {
		c.Crowded++
	}
	order := func(a, b Compacted) int {
		return cmp.Or(cmp.Compare(b.FilesRemovedPerGiB, a.FilesRemovedPerGiB), strings.Compare(a.Path, b.Path))
	}
	if len(c.Partitions) == maxCompacted && order(row, c.Partitions[maxCompacted-1]) > 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(c.Partitions, row, order)
	c.Partitions = slices.Insert(c.Partitions, at, row)
	c.Partitions = c.Partitions[:min(len(c.Partitions), maxCompacted)]
}

// addAlike takes partitions that are not told apart into the sums alone.
func (c *compactor) addAlike(t stats.PartitionTotals, n int64) {
	if t.Bytes/max(t.Objects, 1) < stats.SmallFileBytes {
		t.Small = t.Objects
	}
	if row, worth := c.weigh(t); worth {
		c.count(row, n)
	}
}

func (c *compactor) weigh(t stats.PartitionTotals) (row Compacted, worth bool) {
	after := Rewrite{TargetBytes: c.TargetBytes}.FilesAfter(t)
	removed := t.Objects - after
	if t.Small < minSmallFiles || 2*removed < t.Objects {
		return Compacted{}, false
	}
	perGiB := float64(removed) / (float64(t.Bytes) + startBytes) * (1 << 30)
	return Compacted{
		Path: t.Path, Files: t.Objects, Bytes: t.Bytes, FilesAfter: after, FilesRemovedPerGiB: math.Round(perGiB*100) / 100,
		TasksSaved: max(c.tasks(t.Objects, t.Bytes)-c.tasks(after, t.Bytes), 0),
	}, true
}

func (c *compactor) count(row Compacted, n int64) {
	c.Candidates += n
	c.FilesBefore += n * row.Files
	c.FilesAfter += n * row.FilesAfter
	c.Bytes += n * row.Bytes
	c.TasksSaved += n * row.TasksSaved
}

// tasks is about how many a read of so many files makes: a DynamicFrame at least one a file, spark.read as bytes and the
// cost of opening fill them.
func (c *compactor) tasks(files, bytes int64) int64 {
	e := c.facts.Engine
	if e.DynamicFrames {
		if !c.cuts {
			return files
		}
		return max(files, divUp(bytes, max(e.BlockSizeBytes, 1)))
	}
	return divUp(bytes+files*e.OpenCostBytes, max(e.MaxPartitionBytes, 1))
}

// misread reports whether most files are in a codec that Spark takes for text.
func (f *Facts) misread() bool {
	var files int64
	for _, t := range f.Profile.Formats {
		if t.Misread {
			files += t.Objects
		}
	}
	return 2*files > f.Profile.Totals.Objects
}

// TargetFileBytes is how large the dataset's files are best written for the engine.
func (f *Facts) TargetFileBytes() int64 {
	e, _ := spark.FindEngine(f.Engine.Name)
	return e.TargetFileBytes(f.mostlySplit())
}
