package stats

import (
	"encoding/binary"
	"iter"
	"slices"
)

// A SizeSet holds the size of every file exactly, as a sorted multiset, in a bounded number of bytes: sizes are kept
// as sorted runs of differences and counts, about two or three bytes for each distinct size. Past the bound it holds
// nothing and says so.
//
// A plan depends on sizes only, so that this is enough to plan exactly, whatever the number of keys.
type SizeSet struct {
	limit    int
	overflow bool
	fresh    []int64
	runs     []sizeRun // largest first, each at least twice the next
}

// A sizeRun spells sizes in ascending order, each as a varint of twice its difference to the one before; it is one more,
// and a count follows, where more than one file has that size.
type sizeRun []byte

// sizeSetBytes bounds a SizeSet: five million files of sizes up to 5 GiB need about 10 MiB.
const sizeSetBytes = 48 << 20

const freshSizes = 64 << 10

func newSizeSet(limit int) *SizeSet { return &SizeSet{limit: limit} }

func (s *SizeSet) add(size int64) {
	if s.overflow {
		return
	}
	s.fresh = append(s.fresh, size)
	if len(s.fresh) >= freshSizes {
		s.flush()
	}
}

func (s *SizeSet) flush() {
	if len(s.fresh) == 0 || s.overflow {
		return
	}
	slices.Sort(s.fresh)
	w := runWriter{run: make(sizeRun, 0, 4*len(s.fresh))}
	for _, v := range s.fresh {
		w.add(v, 1)
	}
	w.flush()
	run := w.run
	s.fresh = s.fresh[:0]
	for n := len(s.runs); n > 0 && len(s.runs[n-1]) < 2*len(run); n = len(s.runs) {
		run = mergeRuns(s.runs[n-1], run)
		s.runs = s.runs[:n-1]
	}
	s.runs = append(s.runs, run)
	if s.bytes() > s.limit {
		s.compact()
	}
}

// compact leaves one run. Whether the set overflows is decided on that alone, so that it does not depend on the order
// in which sizes came.
func (s *SizeSet) compact() {
	if len(s.fresh) > 0 {
		s.flush()
	}
	for len(s.runs) > 1 {
		n := len(s.runs)
		s.runs[n-2] = mergeRuns(s.runs[n-2], s.runs[n-1])
		s.runs = s.runs[:n-1]
	}
	if len(s.runs) == 1 && len(s.runs[0]) > s.limit {
		s.drop()
	}
}

// snapshot returns a set that later additions to s do not change. Runs never change once written, so they are shared.
func (s *SizeSet) snapshot() *SizeSet {
	s.compact()
	return &SizeSet{limit: s.limit, overflow: s.overflow, runs: slices.Clone(s.runs)}
}

func (s *SizeSet) drop() {
	s.overflow = true
	s.fresh, s.runs = nil, nil
}

func (s *SizeSet) bytes() int {
	n := 0
	for _, r := range s.runs {
		n += len(r)
	}
	return n
}

// Exact reports whether the set holds every file.
func (s *SizeSet) Exact() bool { return s != nil && !s.overflow }

// All yields each distinct size in bytes, smallest first, with the number of files that have it.
func (s *SizeSet) All() iter.Seq2[int64, int64] {
	s.compact()
	if len(s.runs) == 0 {
		return func(func(int64, int64) bool) {}
	}
	return s.runs[0].all()
}

func (r sizeRun) all() iter.Seq2[int64, int64] {
	return func(yield func(size, count int64) bool) {
		for c := (runCursor{rest: r}); c.next(); {
			if !yield(c.size, c.count) {
				return
			}
		}
	}
}

type runCursor struct {
	rest        sizeRun
	size, count int64
}

func (c *runCursor) next() bool {
	if len(c.rest) == 0 {
		c.count = 0
		return false
	}
	diff, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]
	c.size += int64(diff >> 1)
	c.count = 1
	if diff&1 != 0 {
		count, n := binary.Uvarint(c.rest)
		c.rest = c.rest[n:]
		c.count = int64(count)
	}
	return true
}

// runWriter appends sizes in ascending order; equal ones are joined.
type runWriter struct {
	run               sizeRun
	last, size, count int64
}

func (w *runWriter) add(size, count int64) {
	if size != w.size {
		w.flush()
		w.size, w.count = size, 0
	}
	w.count += count
}

func (w *runWriter) flush() {
	diff := uint64(w.size-w.last) << 1
	switch {
	case w.count == 0:
		return
	case w.count == 1:
		w.run = binary.AppendUvarint(w.run, diff)
	default:
		w.run = binary.AppendUvarint(w.run, diff|1)
		w.run = binary.AppendUvarint(w.run, uint64(w.count))
	}
	w.last = w.size
}

func mergeRuns(a, b sizeRun) sizeRun {
	w := runWriter{run: make(sizeRun, 0, len(a)+len(b))}
	x, y := runCursor{rest: a}, runCursor{rest: b}
	x.next()
	y.next()
	for x.count > 0 || y.count > 0 {
		if y.count == 0 || x.count > 0 && x.size <= y.size {
			w.add(x.size, x.count)
			x.next()
		} else {
			w.add(y.size, y.count)
			y.next()
		}
	}
	w.flush()
	return w.run
}
