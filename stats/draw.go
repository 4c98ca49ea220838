package stats

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"s3layout/lister"
)

// A draw chooses files to open, in one pass and in any order: which ones depends on nothing but their keys and sizes.
//
// Each file has a number u in (0, 1), a hash of its key, and within its type those with the smallest u/size are drawn: a
// priority sample, in which the chance of a file grows with its bytes. That stratifies by type and by size at once, and
// makes the share of bytes that is in some codec easy to tell (see Sample.Shares). Two more draws see what that one seldom
// does: files of each type by u alone, so that small ones come in, and one file of each partition, the partitions by a hash
// of their paths. They count for what is found, not for shares.
//
// Note: strata of sizes, each with draws of its own, took more files for the same intervals: with five or ten files in a
// stratum each interval is wide, and the sum of them wider.
type draw struct {
	limit int // files of each type; 0 is all
	types map[FileType]*typeDraw
	parts partitionDraw
}

// typeDraw is the draws among the files of one type.
type typeDraw struct {
	bySize, byFile lowest
}

// A Pick is a file that was drawn.
type Pick struct {
	Key  string
	Size int64
	Type FileType

	rank float64
	path uint64 // hash of the partition's path
}

// Name is the last component of the key.
func (p *Pick) Name() string { return p.Key[strings.LastIndexByte(p.Key, '/')+1:] }

func newDraw(limit int) *draw {
	return &draw{limit: limit, types: map[FileType]*typeDraw{}, parts: partitionDraw{limit: (limit + 7) / 8}}
}

// of returns the draws of a type.
func (d *draw) of(t FileType) *typeDraw {
	s := d.types[t]
	if s == nil {
		s = &typeDraw{lowest{limit: d.limit + 1}, lowest{limit: (d.limit + 3) / 4}}
		if d.limit <= 0 {
			s = &typeDraw{bySize: lowest{limit: math.MaxInt}}
		}
		d.types[t] = s
	}
	return s
}

// observe draws a file of the type, or does not. The partition's path is dir, or begins it.
func (d *draw) observe(s *typeDraw, t FileType, o *lister.Object, partition uint64) {
	u := uniform(o.Key)
	if rank := u / float64(o.Size); rank < s.bySize.bound() {
		s.bySize.add(Pick{Key: o.Key, Size: o.Size, Type: t, rank: rank, path: partition})
	}
	if u < s.byFile.bound() {
		s.byFile.add(Pick{Key: o.Key, Size: o.Size, Type: t, rank: u, path: partition})
	}
	if d.limit > 0 {
		d.parts.observe(u, t, o, partition)
	}
}

// uniform is the number of a key, in (0, 1).
func uniform(key string) float64 { return (float64(hashKey(key)>>11) + 0.5) / (1 << 53) }

// hashKey is a 64-bit hash of a key, eight bytes at a time, the same in every run and version: it decides what a report
// shows. Each step is a multiplication folded onto itself, as in wyhash.
func hashKey(key string) uint64 {
	const a, b = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h := uint64(len(key)) ^ b
	for ; len(key) >= 8; key = key[8:] {
		w := uint64(key[0]) | uint64(key[1])<<8 | uint64(key[2])<<16 | uint64(key[3])<<24 |
			uint64(key[4])<<32 | uint64(key[5])<<40 | uint64(key[6])<<48 | uint64(key[7])<<56
		high, low := bits.Mul64(h^w^a, b)
		h = high ^ low
	}
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	high, low := bits.Mul64(h^a, b)
	h = high ^ low
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}

// lowest keeps the picks of the lowest ranks, by key where those are equal.
type lowest struct {
	limit int
	picks []Pick // unsorted up to the limit, then a heap, the highest rank first
}

// bound is the rank that a pick must be below to be kept.
func (l *lowest) bound() float64 {
	switch {
	case l.limit == 0:
		return 0
	case len(l.picks) < l.limit:
		return math.Inf(1)
	}
	return math.Nextafter(l.picks[0].rank, math.Inf(1)) // the key decides between equals
}

func comparePicks(a, b *Pick) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.Key, b.Key))
}

func (l *lowest) add(p Pick) {
	switch {
	case len(l.picks) < l.limit:
		p.Key = strings.Clone(p.Key)
		l.picks = append(l.picks, p)
		if len(l.picks) == l.limit {
			slices.SortFunc(l.picks, func(a, b Pick) int { return -comparePicks(&a, &b) })
		}
	case comparePicks(&p, &l.picks[0]) < 0:
		p.Key = strings.Clone(p.Key)
		l.picks[0] = p
		l.sink()
	}
}

// sink moves the first pick down to where it belongs.
func (l *lowest) sink() {
	for at := 0; ; {
		child := 2*at + 1
		if child >= len(l.picks) {
			return
		}
		if child+1 < len(l.picks) && comparePicks(&l.picks[child], &l.picks[child+1]) < 0 {
			child++
		}
		if comparePicks(&l.picks[at], &l.picks[child]) >= 0 {
			return
		}
		l.picks[at], l.picks[child] = l.picks[child], l.picks[at]
		at = child
	}
}

// A partitionDraw keeps one file, that of the lowest u, of each of the partitions whose paths have the lowest hashes. One
// that was let go never comes back.
type partitionDraw struct {
	limit   int
	picks   []Pick // by no order; the rank is u
	entered bool
	path    uint64 // of the current partition, and where its pick is: -1 is nowhere
	at      int
}

func (d *partitionDraw) observe(u float64, t FileType, o *lister.Object, path uint64) {
	if !d.entered || d.path != path {
		d.entered, d.path = true, path
		d.at = d.enter(path)
	}
	if d.at < 0 {
		return
	}
	if p := &d.picks[d.at]; u < p.rank || u == p.rank && o.Key < p.Key {
		*p = Pick{Key: strings.Clone(o.Key), Size: o.Size, Type: t, rank: u, path: path}
	}
}

// enter finds a place for a partition.
func (d *partitionDraw) enter(path uint64) int {
	last := -1
	for i := range d.picks {
		if d.picks[i].path == path {
			return i
		}
		if last < 0 || d.picks[i].path > d.picks[last].path {
			last = i
		}
	}
	fresh := Pick{rank: math.Inf(1), path: path}
	switch {
	case len(d.picks) < d.limit:
		d.picks = append(d.picks, fresh)
		return len(d.picks) - 1
	case last >= 0 && path < d.picks[last].path:
		d.picks[last] = fresh
		return last
	}
	return -1
}

func (d *partitionDraw) sorted() []Pick {
	out := slices.Clone(d.picks)
	slices.SortFunc(out, func(a, b Pick) int { return cmp.Compare(a.path, b.path) })
	return out
}

// sorted returns the picks, the lowest rank first.
func (l *lowest) sorted() []Pick {
	out := slices.Clone(l.picks)
	slices.SortFunc(out, func(a, b Pick) int { return comparePicks(&a, &b) })
	return out
}
