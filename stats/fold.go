package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// folded is the partitions beyond Options.MaxPartitions, as one.
//
// Which partitions are told apart does not depend on the order in which they come, nor on who lists: it is those whose
// paths have the smallest hashes. A partition that has been folded never comes back, since what is kept only shrinks; so
// that one that is kept to the end has been whole from its first file on, and everything here is a sum, a minimum or a set.
// What is kept is a fair sample: medians and skew over it stand for the whole.
//
// Note: the first to come are other ones in every run. The first by name are as cheap, and a sample of nothing: the oldest
// days, or one tenant. The largest cannot be told in one pass. Folding at a level of the tree loses all partitions where
// the topmost column has many values, and takes the detail from all where it has few.
type folded struct {
	count
	min    int64
	max    int64
	oldest instant
	newest instant
	kinds  []kindCount
	last   mark     // of the partitions that are kept
	kept   int      // how many there are up to last
	hashes *SizeSet // of the paths, to count them
	shapes []shape  // the smallest of those that occur
}

// maxFolded is how many folded partitions are counted exactly, in about 30 MiB; more are estimated.
const maxFolded = 4_000_000

// A mark is the place of a path among all.
type mark struct {
	hash uint64
	path string
}

func markOf(path string) mark { return mark{hashPath(path), path} }

func (m mark) compare(other mark) int {
	return cmp.Or(cmp.Compare(m.hash, other.hash), strings.Compare(m.path, other.path))
}

// hashPath is 64-bit FNV-1a, with Murmur3's finalizer since FNV hardly mixes the last bytes into the upper bits. It is the
// same in every run and version: it decides what a report shows.
func hashPath(path string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(path) {
		h = (h ^ uint64(path[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// makeRoom folds partitions when there are a quarter more than wanted, so that it is seldom done.
func (c *Collector) makeRoom() {
	if n := c.opts.MaxPartitions; c.partitions.len() >= n+n/4+1 {
		c.fold()
	}
}

// fold leaves Options.MaxPartitions partitions.
func (c *Collector) fold() {
	n := c.opts.MaxPartitions
	if n <= 0 || c.partitions.len() <= n {
		return
	}
	type marked struct {
		mark
		*partition
	}
	all := make([]marked, 0, c.partitions.len())
	for p := range c.partitions.all() {
		all = append(all, marked{markOf(p.path), p})
	}
	slices.SortFunc(all, func(a, b marked) int { return a.compare(b.mark) })
	if c.other == nil {
		c.other = &folded{min: math.MaxInt64, oldest: never, newest: never, hashes: newSizeSet(maxFolded)}
	}
	kept := &table{}
	for _, m := range all[:n] {
		p := kept.add(m.partition.path)
		path := p.path
		*p = *m.partition
		p.path = path
	}
	for _, m := range all[n:] {
		c.other.absorb(m.partition)
	}
	c.other.last = markOf(kept.at(uint32(n - 1)).path)
	c.other.kept = n
	c.partitions = kept
	c.last.partition, c.last.folded = nil, false
	c.live.known = false
}

// has reports whether the partition of a path is folded.
func (f *folded) has(path string) bool { return markOf(path).compare(f.last) > 0 }

// enter counts a partition that files are about to be observed of; again is no harm.
func (f *folded) enter(l layout) {
	f.hashes.add(int64(hashPath(l.path) >> 1))
	f.keepShape(l)
}

func (f *folded) observe(size int64, modified instant, kind uint16) {
	f.add(size)
	f.min, f.max = min(f.min, size), max(f.max, size)
	f.oldest, f.newest = f.oldest.earlier(modified), f.newest.later(modified)
	f.kinds = addKind(f.kinds, kind, 1)
}

func (f *folded) absorb(p *partition) {
	f.enter(p.layout())
	f.objects += p.objects
	f.bytes = addSaturating(f.bytes, p.bytes)
	f.min, f.max = min(f.min, p.min), max(f.max, p.max)
	f.oldest, f.newest = f.oldest.earlier(p.oldest), f.newest.later(p.newest)
	for _, k := range p.kinds() {
		f.kinds = addKind(f.kinds, k.kind, k.objects)
	}
}

// partitions is how many there are. Above the limit of hashes it is estimated from how close together the hashes are that are
// kept: of the n smallest, n-1 lie below the last, as evenly as all of them do over 2^64. The standard error is 1/√(n-2):
// 0.1 % where a million are kept.
func (f *folded) partitions() (n int64, estimated bool) {
	if f.hashes.snapshot(); f.hashes.Exact() {
		for range f.hashes.All() {
			n++
		}
		return n, false
	}
	all := float64(f.kept-1) / (float64(f.last.hash) / (1 << 64))
	return max(int64(all)-int64(f.kept), int64(f.hashes.limit)), true
}

// A shape is what partitions have in common: the directory that their columns start in, and the columns.
type shape struct {
	layout        // of the smallest partition
	names  string // listName of the columns
}

func (s shape) compare(other shape) int {
	return cmp.Or(strings.Compare(s.scheme, other.scheme), strings.Compare(s.base, other.base), strings.Compare(s.names, other.names))
}

// maxShapes of the folded partitions are kept, the smallest: enough to see that there is more than one.
const maxShapes = 16

func (f *folded) keepShape(l layout) {
	names := listName(l.names())
	s := shape{l, names}
	at, found := slices.BinarySearchFunc(f.shapes, s, shape.compare)
	switch {
	case found && l.path >= f.shapes[at].path, !found && at == maxShapes:
		return
	case !found:
		f.shapes = slices.Insert(f.shapes, at, s)
		f.shapes = f.shapes[:min(len(f.shapes), maxShapes)]
	}
	path := strings.Clone(l.path)
	f.shapes[at] = shape{layout{scheme: l.scheme, base: path[:len(l.base)], path: path}, names}
}

// export returns nil where nothing is folded.
func (f *folded) export(types []partitionType) *Other {
	if f == nil {
		return nil
	}
	o := &Other{
		Objects: f.objects, Bytes: f.bytes, Min: f.min, Max: f.max,
		Formats: exportKinds(f.kinds, types), Oldest: f.oldest.stamp(), Newest: f.newest.stamp(),
	}
	o.Partitions, o.Estimated = f.partitions()
	return o
}

func (o *Other) warnings(kept int) []Warning {
	if o == nil {
		return nil
	}
	about := ""
	if o.Estimated {
		about = "about "
	}
	return []Warning{{"partitions_folded", fmt.Sprintf("%d partitions are told apart, a fair sample; %s%d more are counted as one, other", kept, about, o.Partitions), o.Objects}}
}

// Alike yields what the partitions would be if they were alike, each with how many there are so: for 10 files in 3
// partitions, 2 of 3 files and 1 of 4. For nil, which is no partitions, it yields nothing.
func (o *Other) Alike(yield func(t PartitionTotals, n int64) bool) {
	if o == nil || o.Objects <= 0 {
		return
	}
	n := min(max(o.Partitions, 1), o.Objects)
	t := PartitionTotals{Objects: o.Objects / n, Bytes: o.Bytes / n}
	more := o.Objects % n
	if yield(t, n-more) && more > 0 {
		t.Objects++
		yield(t, more)
	}
}
