// Package explore is a browser of a dataset's layout in a terminal: its directories by files, bytes, small files and skew,
// of a report or of a listing that goes on. It lists nothing and judges nothing.
package explore

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"s3layout/advisor/render"
	"s3layout/stats"
)

// A Source is what a browser looks at. Its methods are called from any goroutine, one call at a time.
type Source interface {
	// EachPartition yields the partitions that are known by now, in any order, each once.
	EachPartition(yield func(stats.PartitionTotals) bool)
	// Progress says in a few words how far the listing has come.
	Progress() string
}

// column is what rows are sorted by.
type column int

const (
	byBytes column = iota
	byFiles
	bySmall
	byMean
	bySkew
	byName
)

// maxRows of a directory are shown; the rest is one line. It bounds what a browser keeps of a directory of a million.
const maxRows = 10_000

// A query is a directory, and how its rows are wanted.
type query struct {
	path    string // below the target, without a slash at its end; "" is the target
	filter  string // rows are then the partitions below whose paths have it in them, whatever its case
	by      column
	reverse bool
	limit   int // rows at most
}

// A row is one directory, or one partition.
type row struct {
	name       string // bytes of its path below the one that is looked at; "" is the files in that one itself
	leaf       bool   // a partition; if not, a directory with partitions in it
	partitions int64
	objects    int64
	small      int64 // of the objects, those under stats.SmallFileBytes
	bytes      int64
	largest    int64 // bytes of its largest partition
}

func (r *row) add(other row) {
	r.partitions += other.partitions
	r.objects += other.objects
	r.small += other.small
	r.bytes = plus(r.bytes, other.bytes)
	r.largest = max(r.largest, other.largest)
}

// plus stops at the largest number.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// A listing answers a query.
type listing struct {
	query
	rows    []row
	matched int // rows, those beyond the limit too
	rest    row // the rows beyond the limit
	total   row // everything in the path
	median  int64
}

// look answers a query in one pass. What it takes is bounded by the limit, but for a number for each partition and a row for
// each directory that has directories in it.
func look(q query, each func(yield func(stats.PartitionTotals) bool)) listing {
	l := listing{query: q}
	groups := map[string]int{}
	var directories []row
	var sizes []int64
	filter := strings.ToLower(q.filter)
	for t := range each {
		rel, inside := below(t.Path, q.path)
		if !inside {
			continue
		}
		r := row{name: rel, leaf: true, partitions: 1, objects: t.Objects, small: t.Small, bytes: t.Bytes, largest: t.Bytes}
		l.total.add(r)
		sizes = append(sizes, t.Bytes)
		first, _, deeper := strings.Cut(rel, "/")
		switch {
		case filter != "":
			if has(rel, filter) {
				l.keep(r)
			}
		case !deeper:
			l.keep(r)
		default:
			i, seen := groups[first]
			if !seen {
				i = len(directories)
				groups[first] = i
				directories = append(directories, row{name: first})
			}
			directories[i].add(r)
		}
	}
	for _, r := range directories {
		l.keep(r)
	}
	l.cut()
	slices.Sort(sizes)
	if n := len(sizes); n > 0 {
		l.median = sizes[(n-1)/2]
	}
	return l
}

// below returns what a path is below a directory; "" is the directory itself.
func below(path, dir string) (rel string, inside bool) {
	if dir == "" {
		return path, true
	}
	rel, inside = strings.CutPrefix(path, dir)
	if inside && rel != "" {
		rel, inside = strings.CutPrefix(rel, "/")
	}
	return rel, inside
}

// has reports whether a path has a text in lower case in it, as it is or as it is shown.
func has(path, text string) bool {
	if strings.Contains(strings.ToLower(path), text) {
		return true
	}
	plain := utf8.ValidString(path) && strings.IndexFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r > 0x7f || r == '\\' }) < 0
	return !plain && strings.Contains(strings.ToLower(render.Printable(path)), text)
}

// keep adds a row. The rows are never more than twice the limit.
func (l *listing) keep(r row) {
	l.rows = append(l.rows, r)
	l.matched++
	if len(l.rows) >= 2*max(l.limit, 1) {
		l.cut()
	}
}

// cut sorts the rows, and sums up those beyond the limit.
func (l *listing) cut() {
	slices.SortFunc(l.rows, l.compare)
	for _, r := range l.rows[min(l.limit, len(l.rows)):] {
		l.rest.add(r)
	}
	l.rows = l.rows[:min(l.limit, len(l.rows))]
}

// compare orders rows: the larger first, names from a to z, and both the other way round where that is wanted.
func (q *query) compare(a, b row) int {
	order := 0
	switch q.by {
	case byBytes:
		order = cmp.Compare(b.bytes, a.bytes)
	case byFiles:
		order = cmp.Compare(b.objects, a.objects)
	case bySmall:
		order = cmp.Compare(share(b.small, b.objects), share(a.small, a.objects))
	case byMean:
		order = cmp.Compare(mean(b), mean(a))
	case bySkew:
		order = cmp.Compare(b.largest, a.largest)
	}
	order = cmp.Or(order, strings.Compare(a.name, b.name))
	if q.reverse {
		order = -order
	}
	if a.leaf != b.leaf && order == 0 { // the files in a directory, and the directory
		return map[bool]int{true: -1, false: 1}[a.leaf]
	}
	return order
}

func share(part, whole int64) float64 { return float64(part) / float64(max(whole, 1)) }

func mean(r row) int64 { return r.bytes / max(r.objects, 1) }
