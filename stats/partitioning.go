package stats

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// partitioningOf joins what the partitions' paths say into one description of the dataset. Of folded partitions it takes
// the directories and the columns, not the values.
func partitioningOf(partitions *table, other *folded) Partitioning {
	s := survey{bases: map[string]bool{}, schemes: map[string]bool{}, columns: map[string]*columnsSeen{}, keys: map[string]*keyStats{}}
	for p := range partitions.all() {
		l := p.layout()
		at := s.columnsOf(l)
		at.partitions++
		at.example = min(at.example, l.path)
		s.values(l, at)
	}
	if other != nil {
		for _, shape := range other.shapes {
			at := s.columnsOf(shape.layout)
			at.example = min(at.example, shape.path)
		}
	}
	out := s.export()
	out.Last = s.lastOf(partitions)
	return out
}

// survey is what has been seen of the partitions' paths. Most are like the one before: base, scheme and columns are those of
// the last.
type survey struct {
	bases   map[string]bool
	schemes map[string]bool
	columns map[string]*columnsSeen // by listName
	keys    map[string]*keyStats    // by unescaped name
	last    *columnsSeen
	base    string
	scheme  string
}

// columnsSeen is one list of columns, as it is spelled.
type columnsSeen struct {
	raw        []string // spelled as in the paths
	names      []string
	keys       []*keyStats
	partitions int64
	example    string // the smallest path
}

// columnsOf returns the columns of a layout, and notes where it starts.
func (s *survey) columnsOf(l layout) *columnsSeen {
	if s.last != nil && s.base == l.base && s.scheme == l.scheme && l.scheme == hive && s.last.holds(l) {
		return s.last
	}
	s.base, s.scheme = l.base, l.scheme
	s.bases[l.base], s.schemes[l.scheme] = true, true
	names := l.names()
	at := s.columns[listName(names)]
	if at == nil {
		at = &columnsSeen{names: names, example: l.path}
		for _, name := range names {
			if s.keys[name] == nil {
				s.keys[name] = &keyStats{}
			}
			at.keys = append(at.keys, s.keys[name])
		}
		s.columns[listName(names)] = at
	}
	at.raw = at.raw[:0]
	for name := range l.columns {
		at.raw = append(at.raw, name)
	}
	s.last = at
	return at
}

// holds reports whether the columns of a Hive layout are spelled as the last ones were.
func (c *columnsSeen) holds(l layout) bool {
	i := 0
	for name := range l.columns {
		if i == len(c.raw) || c.raw[i] != name {
			return false
		}
		i++
	}
	return i == len(c.raw)
}

// values adds those of a layout to its columns.
func (s *survey) values(l layout, at *columnsSeen) {
	i := 0
	for _, value := range l.columns {
		at.keys[i].add(value)
		i++
	}
}

func (s *survey) export() Partitioning {
	out := Partitioning{Scheme: s.schemeName(), Keys: []PartitionKey{}, BasePaths: []string{}, Columns: []Columns{}}
	for _, at := range s.columns {
		for i, k := range at.keys {
			k.place(at.example, i)
		}
	}
	names := slices.SortedFunc(maps.Keys(s.keys), func(a, b string) int { return s.keys[a].before(s.keys[b], a, b) })
	for _, name := range names {
		out.Keys = append(out.Keys, s.keys[name].export(name))
	}
	for _, base := range slices.Sorted(maps.Keys(s.bases)) {
		out.BasePaths = append(out.BasePaths, Spell(base))
	}
	for _, at := range s.columns {
		list := Columns{Names: make([]string, len(at.names)), Partitions: at.partitions, Example: Spell(at.example)}
		for i, name := range at.names {
			list.Names[i] = Spell(name)
		}
		out.Columns = append(out.Columns, list)
	}
	slices.SortFunc(out.Columns, func(a, b Columns) int {
		return byMost(a.Partitions, b.Partitions, slices.Compare(a.Names, b.Names))
	})
	return out
}

func (s *survey) schemeName() string {
	switch len(s.schemes) {
	case 0:
		return "none"
	case 1:
		for scheme := range s.schemes {
			return scheme
		}
	}
	if !s.schemes[hive] {
		return "date" // and files beside it: no key=value for Spark to refuse
	}
	return "mixed"
}

// keyStats collects the raw values of one partition column.
type keyStats struct {
	kind     columnType
	distinct stringSet
	last     string // the value before: most are the same
	nulls    int64
	path     string // the smallest partition that has the column
	index    int    // where in that path
	placed   bool
}

// place remembers the smallest path with the column, and where it stands there.
func (k *keyStats) place(path string, index int) {
	if !k.placed || path < k.path {
		k.placed, k.path, k.index = true, path, index
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
	if k.distinct.len() > 0 && raw == k.last {
		return
	}
	k.last = raw
	if k.distinct.add(raw) && k.kind != typeString { // which no other type widens
		k.kind = widen(k.kind, inferType(raw))
	}
}

func (k *keyStats) export(name string) PartitionKey {
	out := PartitionKey{Name: Spell(name), Type: k.kind.String(), Distinct: int64(k.distinct.len()), Nulls: k.nulls}
	if k.distinct.len() == 0 {
		return out
	}
	lo, hi := extremes(k.kind, k.distinct.list)
	out.Min, out.Max = Spell(unescapePath(lo)), Spell(unescapePath(hi))
	return out
}

// extremes returns the smallest and the largest of raw values, in the order of the type.
func extremes(t columnType, values []string) (lo, hi string) {
	least := parseValue(t, values[0])
	most := least
	for _, raw := range values[1:] {
		v := parseValue(t, raw)
		if v.compare(least) < 0 {
			least = v
		}
		if v.compare(most) > 0 {
			most = v
		}
	}
	return least.raw, most.raw
}
