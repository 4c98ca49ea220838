package stats

import (
	"slices"
	"strings"
)

// levelsOf measures the partitions as they would be if the last columns were dropped, the coarsest first; the last level is
// the partitions as they are. Files in no partition do not count. There are none where partitions differ in their columns.
func levelsOf(partitions []PartitionTotals, columns []Columns) []Level {
	columns = slices.DeleteFunc(slices.Clone(columns), func(c Columns) bool { return len(c.Names) == 0 })
	if len(columns) != 1 {
		return nil
	}
	if i := slices.IndexFunc(partitions, notPartitioned); i >= 0 {
		partitions = slices.Delete(slices.Clone(partitions), i, i+1) // all such files are in one
	}
	names := columns[0].Names
	out := make([]Level, len(names))
	groups := partitions
	for i := len(names) - 1; i >= 0; i-- {
		if i < len(names)-1 {
			groups = joined(groups)
		}
		out[i] = levelOf(groups)
		out[i].Key = names[i]
	}
	return out
}

func notPartitioned(p PartitionTotals) bool { return p.Path == "" }

// joined sums the partitions in each parent directory.
func joined(partitions []PartitionTotals) []PartitionTotals {
	at := map[string]int{}
	var out []PartitionTotals
	for _, p := range partitions {
		parent := p.Path[:max(strings.LastIndexByte(p.Path, '/'), 0)]
		i, seen := at[parent]
		if !seen {
			i = len(out)
			at[parent] = i
			out = append(out, PartitionTotals{Path: parent})
		}
		out[i].Objects += p.Objects
		out[i].Bytes = addSaturating(out[i].Bytes, p.Bytes)
	}
	return out
}

func levelOf(partitions []PartitionTotals) Level {
	sizes, objects := make([]int64, len(partitions)), make([]int64, len(partitions))
	for i, p := range partitions {
		sizes[i], objects[i] = p.Bytes, p.Objects
	}
	slices.Sort(sizes)
	slices.Sort(objects)
	n := len(partitions)
	return Level{Partitions: int64(n), MinBytes: sizes[0], MedianBytes: median(sizes), MaxBytes: sizes[n-1], MedianObjects: median(objects)}
}

// lastOf returns the values of the partition that comes last by its columns, each in the order of its type, null values
// left out: of year, month and day the newest. nil where partitions differ in their columns.
func (s *survey) lastOf(partitions *table) []Value {
	var at *columnsSeen
	for _, c := range s.columns {
		switch {
		case len(c.names) == 0:
		case at != nil:
			return nil
		default:
			at = c
		}
	}
	if at == nil {
		return nil
	}
	var last []columnValue
	var path layout
	row := make([]columnValue, 0, len(at.keys))
	for p := range partitions.all() {
		if l := p.layout(); at.after(l, last, &row) {
			last = append(last[:0], row...)
			path = l
		}
	}
	if last == nil {
		return nil
	}
	values, _ := path.values()
	return spelledValues(values)
}

// after reports whether the values of a layout come after those of another, and leaves them in row.
func (c *columnsSeen) after(l layout, other []columnValue, row *[]columnValue) bool {
	*row = (*row)[:0]
	order := 0
	for _, raw := range l.columns {
		i := len(*row)
		if raw == hiveDefault || order < 0 {
			return false
		}
		v := parseValue(c.keys[i].kind, raw)
		*row = append(*row, v)
		if order == 0 && other != nil {
			order = v.compare(other[i])
		}
	}
	return len(*row) > 0 && (other == nil || order > 0)
}

func spelledValues(values []Value) []Value {
	out := make([]Value, 0, len(values))
	for _, v := range values {
		v.Key = Spell(v.Key)
		if v.Value != nil {
			spelled := Spell(*v.Value)
			v.Value = &spelled
		}
		out = append(out, v)
	}
	return out
}

// twoMeans parts ascending values where the two parts lie closest around their means, as Dr. Elephant tells skew: it
// starts from the smallest and the largest value, and ends where no value changes its part. Both parts are nil where all
// values are alike.
// Source: https://github.com/linkedin/dr-elephant/blob/master/app/com/linkedin/drelephant/math/Statistics.java,
// findTwoGroups, read 2026-11.
func twoMeans(ascending []int64) (lower, upper *Group) {
	n := len(ascending)
	if n < 2 || ascending[0] == ascending[n-1] {
		return nil, nil
	}
	sums := make([]float64, n+1)
	for i, v := range ascending {
		sums[i+1] = sums[i] + float64(v)
	}
	low, high := float64(ascending[0]), float64(ascending[n-1])
	for cut := 0; ; {
		next, _ := slices.BinarySearchFunc(ascending, (low+high)/2, func(v int64, middle float64) int {
			if float64(v) <= middle {
				return -1
			}
			return 1
		})
		next = min(max(next, 1), n-1)
		if next == cut {
			return groupOf(sums, 0, cut), groupOf(sums, cut, n)
		}
		cut = next
		low, high = sums[cut]/float64(cut), (sums[n]-sums[cut])/float64(n-cut)
	}
}

func groupOf(sums []float64, from, to int) *Group {
	return &Group{Partitions: int64(to - from), MeanBytes: int64(min((sums[to]-sums[from])/float64(to-from), 1<<62))}
}

// smallObjects counts the files under SmallFileBytes.
func (p *partition) smallObjects() int64 {
	switch {
	case p.max < SmallFileBytes:
		return p.objects
	case p.min >= SmallFileBytes:
		return 0
	}
	small := int64(0)
	for size, n := range p.sizes {
		if size < SmallFileBytes {
			small += n
		}
	}
	return small
}
