package survey

import (
	"cmp"
	"slices"
	"strings"

	"s3layout/stats"
	"s3layout/stats/probe"
)

// smallBlocks is the mean block, bytes, below which a file of several is fragmented.
const smallBlocks = 16 << 20

type blockSums struct {
	health  stats.BlockHealth
	bytes   int64
	perFile []int64
}

// addBlocks counts row groups and stripes. Of Avro only those of the sample are known.
func (s *sums) addBlocks(d *stats.Drawn, f *probe.Finding) {
	b := f.Blocks
	if b == nil || b.Count == 0 || f.Format == "avro" || f.Container != "" {
		return
	}
	x := s.blocks[f.Format]
	if x == nil {
		x = &blockSums{health: stats.BlockHealth{Format: f.Format, Examples: []string{}}}
		s.blocks[f.Format] = x
	}
	var bytes int64
	for _, c := range f.Codecs {
		bytes += c.CompressedBytes
	}
	if bytes <= 0 {
		bytes = d.Size
	}
	h := &x.health
	h.Files++
	h.Bytes += d.Size
	h.Blocks += b.Count
	h.BytesMax, h.RowsMax = max(h.BytesMax, b.Compressed.Max), max(h.RowsMax, b.Rows.Max)
	h.Under16MiB += b.Under16MiB
	h.Over512MiB += b.Over512MiB
	x.bytes += bytes
	x.perFile = append(x.perFile, b.Count)
	if b.Count > 1 && bytes/b.Count < smallBlocks {
		h.Fragmented++
		h.FragmentedBytes += d.Size
	}
	if b.Count > 1 && bytes/b.Count < smallBlocks || b.Over512MiB > 0 {
		keepExample(&h.Examples, d.Key)
	}
}

func (s *sums) writeBlocks() {
	for _, x := range s.blocks {
		slices.Sort(x.perFile)
		h := x.health
		h.BytesMean = x.bytes / h.Blocks
		h.PerFileP50, h.PerFileMax = x.perFile[(len(x.perFile)-1)/2], x.perFile[len(x.perFile)-1]
		s.probe.Blocks = append(s.probe.Blocks, h)
	}
	slices.SortFunc(s.probe.Blocks, func(a, b stats.BlockHealth) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Format, b.Format))
	})
}
