package stats

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// partitioningOf joins what the partitions' paths say into one description of the dataset.
func partitioningOf(partitions map[string]*partition) Partitioning {
	out := Partitioning{Scheme: schemeOf(partitions), Keys: []PartitionKey{}, BasePaths: []string{}, Columns: []Columns{}}
	bases := map[string]bool{}
	columns := map[string]*Columns{}
	keys := map[string]*keyStats{}
	for path, p := range partitions {
		values, raw := p.layout.values()
		bases[p.layout.base] = true
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = Spell(v.Key)
			k := keys[v.Key]
			if k == nil {
				k = &keyStats{distinct: map[string]bool{}, path: path, index: i}
				keys[v.Key] = k
			}
			k.add(raw[i])
			k.place(path, i)
		}
		at := listName(names)
		if columns[at] == nil {
			columns[at] = &Columns{Names: names, Example: path}
		}
		columns[at].Partitions++
		columns[at].Example = min(columns[at].Example, path)
	}
	names := slices.SortedFunc(maps.Keys(keys), func(a, b string) int { return keys[a].before(keys[b], a, b) })
	for _, name := range names {
		out.Keys = append(out.Keys, keys[name].export(name))
	}
	for _, base := range slices.Sorted(maps.Keys(bases)) {
		out.BasePaths = append(out.BasePaths, Spell(base))
	}
	for _, list := range columns {
		list.Example = Spell(list.Example)
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
	path     string // the smallest partition that has the column
	index    int    // where in that path
}

// place remembers the smallest path with the column, and where it stands there.
func (k *keyStats) place(path string, index int) {
	if path < k.path {
		k.path, k.index = path, index
	}
}

// before orders columns as the smallest paths show them.
func (k *keyStats) before(other *keyStats, name, otherName string) int {
	return cmp.Or(strings.Compare(k.path, other.path), cmp.Compare(k.index, other.index), strings.Compare(name, otherName))
}

// listName tells lists of names apart; a name may hold any character: %2F is a slash.
func listName(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(strconv.Itoa(len(name)))
		b.WriteByte(':')
		b.WriteString(name)
	}
	return b.String()
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
