package stats

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"strings"
)

// A table holds partitions by path, in the order in which they came. Partitions lie side by side in chunks and never move,
// their paths in shared text: a million of them are a few thousand allocations. Its hash is seeded, so that no keys can
// be chosen that collide; nothing that it returns depends on the seed.
type table struct {
	index
	chunks [][]partition
	text   strings.Builder // of the last paths, never grown past its first size, so that they stay where they are
}

const (
	chunkPartitions = 512
	textBytes       = 64 << 10
)

func (t *table) at(i uint32) *partition { return &t.chunks[i/chunkPartitions][i%chunkPartitions] }

// find returns the partition of a path, nil where there is none.
func (t *table) find(path string) *partition {
	if i, ok := t.lookup(path, func(i uint32) bool { return t.at(i).path == path }); ok {
		return t.at(i)
	}
	return nil
}

// add returns a new partition. It keeps a copy of the path, which must not be in the table.
func (t *table) add(path string) *partition {
	i := t.insert(path)
	if i%chunkPartitions == 0 {
		t.chunks = append(t.chunks, make([]partition, chunkPartitions))
	}
	p := t.at(i)
	p.path = t.keep(path)
	return p
}

// keep returns a copy of s in shared text.
func (t *table) keep(s string) string {
	if len(s) > textBytes/16 {
		return strings.Clone(s)
	}
	if t.text.Cap()-t.text.Len() < len(s) {
		t.text = strings.Builder{}
		t.text.Grow(textBytes)
	}
	t.text.WriteString(s)
	return t.text.String()[t.text.Len()-len(s):]
}

// all yields the partitions in the order in which they were added.
func (t *table) all() iter.Seq[*partition] {
	return func(yield func(*partition) bool) {
		for i := range uint32(t.len()) {
			if !yield(t.at(i)) {
				return
			}
		}
	}
}

// An index finds the number of a string that its owner keeps. The zero value is empty.
type index struct {
	seed  maphash.Seed
	slots []uint64 // upper half of the hash, and the number plus one in the lower half; 0 is free
	n     uint32
}

func (x *index) len() int { return int(x.n) }

// lookup returns the number of the string s, where same tells whether a number is that of s.
func (x *index) lookup(s string, same func(i uint32) bool) (i uint32, ok bool) {
	if x.n == 0 {
		return 0, false
	}
	hash := maphash.String(x.seed, s)
	for at := x.home(hash); x.slots[at] != 0; at = (at + 1) % len(x.slots) {
		if slot := x.slots[at]; slot>>32 == hash>>32 && same(uint32(slot)-1) {
			return uint32(slot) - 1, true
		}
	}
	return 0, false
}

// home is where the search for a hash starts. The slots are ordered by the upper half, all that is kept of a hash.
func (x *index) home(hash uint64) int {
	hi, _ := bits.Mul64(hash>>32<<32, uint64(len(x.slots)))
	return int(hi)
}

// insert numbers a string that is not there yet: 0, 1, 2 and on.
func (x *index) insert(s string) uint32 {
	if x.slots == nil {
		x.seed = maphash.MakeSeed()
	}
	if 4*int(x.n) >= 3*len(x.slots) {
		x.grow()
	}
	x.put(maphash.String(x.seed, s)>>32<<32 | uint64(x.n+1))
	x.n++
	return x.n - 1
}

func (x *index) put(slot uint64) {
	at := x.home(slot)
	for x.slots[at] != 0 {
		at = (at + 1) % len(x.slots)
	}
	x.slots[at] = slot
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, max(2*len(old), 16))
	for _, slot := range old {
		if slot != 0 {
			x.put(slot)
		}
	}
}

// A stringSet holds strings, each once, in the order in which they came. It does not copy them.
type stringSet struct {
	index
	list []string
}

// add reports whether s was not there yet.
func (s *stringSet) add(v string) bool {
	if _, ok := s.lookup(v, func(i uint32) bool { return s.list[i] == v }); ok {
		return false
	}
	s.insert(v)
	s.list = append(s.list, v)
	return true
}
