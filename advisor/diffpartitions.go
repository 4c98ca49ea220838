package advisor

import (
	"cmp"
	"encoding/base64"
	"slices"
	"unicode/utf8"

	"s3layout/stats"
)

// partitionChanges compares partition by partition; the list holds at most so many, or all where most is -1.
func partitionChanges(before, after *stats.Profile, noise Noise, most int) PartitionChanges {
	out := PartitionChanges{Complete: toldApart(before) && toldApart(after)}
	old := map[string]stats.PartitionTotals{}
	for t := range before.EachPartition {
		old[stats.Spell(t.Path)] = t
	}
	for t := range after.EachPartition {
		path := stats.Spell(t.Path)
		was, had := old[path]
		delete(old, path)
		out.add(partitionChange(was, t, had, true, noise))
	}
	for _, t := range old {
		out.add(partitionChange(t, stats.PartitionTotals{}, true, false, noise))
	}
	slices.SortFunc(out.List, func(a, b PartitionChange) int {
		return cmp.Or(cmp.Compare(b.moved(), a.moved()), cmp.Compare(a.Path, b.Path))
	})
	if most >= 0 && len(out.List) > most {
		out.Omitted = int64(len(out.List) - most)
		out.List = out.List[:most]
	}
	return out
}

// toldApart reports whether a profile has every partition by itself.
func toldApart(p *stats.Profile) bool {
	n := int64(0)
	for range p.EachPartition {
		n++
	}
	return p.Other == nil && n == p.Totals.Partitions
}

// moved is how many bytes more or less there are.
func (c PartitionChange) moved() int64 { return max(c.NewBytes-c.OldBytes, c.OldBytes-c.NewBytes) }

func partitionChange(was, is stats.PartitionTotals, had, has bool, noise Noise) PartitionChange {
	path := is.Path
	if !has {
		path = was.Path
	}
	out := PartitionChange{Path: stats.Spell(path), OldObjects: was.Objects, NewObjects: is.Objects, OldBytes: was.Bytes, NewBytes: is.Bytes}
	if !utf8.ValidString(path) {
		out.PathBase64 = base64.StdEncoding.EncodeToString([]byte(path))
	}
	byBytes := noise.exceeded(UnitBytes, float64(was.Bytes), float64(is.Bytes))
	byObjects := noise.exceeded(UnitCount, float64(was.Objects), float64(is.Objects))
	switch {
	case !had:
		out.Change = "appeared"
	case !has:
		out.Change = "vanished"
	case byBytes && is.Bytes > was.Bytes, !byBytes && byObjects && is.Objects > was.Objects:
		out.Change = "grew"
	case byBytes, byObjects:
		out.Change = "shrank"
	}
	return out
}

// add counts a change. Where partitions are not all told apart, one that is missing in a report may be among the others.
func (c *PartitionChanges) add(p PartitionChange) {
	switch p.Change {
	case "":
		c.Same++
		return
	case "grew":
		c.Grew++
	case "shrank":
		c.Shrank++
	default:
		if !c.Complete {
			return
		}
		if p.Change == "appeared" {
			c.Appeared++
		} else {
			c.Vanished++
		}
	}
	c.List = append(c.List, p)
}
