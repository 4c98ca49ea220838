package stats

import (
	"fmt"
	"maps"
	"slices"
)

// partitioningOf joins what the partitions' paths say into one description of the dataset.
func partitioningOf(partitions map[string]*partition) Partitioning {
	out := Partitioning{Scheme: schemeOf(partitions), Keys: []PartitionKey{}, BasePaths: []string{}, Columns: []Columns{}}
	bases := map[string]bool{}
	columns := map[string]*Columns{}
	keys := map[string]*keyStats{}
	var order []string
	for _, path := range slices.Sorted(maps.Keys(partitions)) {
		l := partitions[path].layout
		values, raw := l.values()
		bases[l.base] = true
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = Spell(v.Key)
			k := keys[v.Key]
			if k == nil {
				k = &keyStats{distinct: map[string]bool{}}
				keys[v.Key] = k
				order = append(order, v.Key)
			}
			k.add(raw[i])
		}
		at := fmt.Sprintf("%q", names) // a name may hold any character: %2F is a slash
		if columns[at] == nil {
			columns[at] = &Columns{Names: names, Example: Spell(path)}
		}
		columns[at].Partitions++
	}
	for _, name := range order {
		out.Keys = append(out.Keys, keys[name].export(name))
	}
	for _, base := range slices.Sorted(maps.Keys(bases)) {
		out.BasePaths = append(out.BasePaths, Spell(base))
	}
	for _, list := range columns {
		out.Columns = append(out.Columns, *list)
	}
	slices.SortFunc(out.Columns, func(a, b Columns) int {
		return byMost(a.Partitions, b.Partitions, slices.Compare(a.Names, b.Names))
	})
	return out
}

func schemeOf(partitions map[string]*partition) string {
	scheme := ""
	for _, p := range partitions {
		switch scheme {
		case "", p.layout.scheme:
			scheme = p.layout.scheme
		default:
			return "mixed"
		}
	}
	if scheme == "" {
		return "none"
	}
	return scheme
}

// keyStats collects the raw values of one partition column.
type keyStats struct {
	kind     columnType
	distinct map[string]bool
	nulls    int64
}

func (k *keyStats) add(raw string) {
	if raw == hiveDefault {
		k.nulls++
		return
	}
	if !k.distinct[raw] {
		k.distinct[raw] = true
		k.kind = widen(k.kind, inferType(raw))
	}
}

func (k *keyStats) export(name string) PartitionKey {
	out := PartitionKey{Name: Spell(name), Type: k.kind.String(), Distinct: int64(len(k.distinct)), Nulls: k.nulls}
	if len(k.distinct) == 0 {
		return out
	}
	order := func(a, b string) int { return compareValues(k.kind, a, b) }
	values := slices.Collect(maps.Keys(k.distinct))
	out.Min = Spell(unescapePath(slices.MinFunc(values, order)))
	out.Max = Spell(unescapePath(slices.MaxFunc(values, order)))
	return out
}
