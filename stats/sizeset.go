package stats

import (
	"encoding/binary"
	"iter"
	"slices"
)

// A SizeSet holds the size of every file exactly, as a sorted multiset, in bounded memory: sizes are kept as sorted runs of
// differences and counts, two bytes or less for each distinct size. With more distinct sizes than its limit it holds
// nothing and says so.
//
// A plan depends on sizes only, so that this is enough to plan exactly, whatever the number of keys.
type SizeSet struct {
	limit    int // distinct sizes
	overflow bool
	error    float64 // of sizes that were read from a document, relative
	fresh    []int64
	spare    []int64
	runs     []sizeRun // largest first, each at least twice the next
}

// A sizeRun spells distinct sizes in ascending order, each as a varint of twice its difference to the one before; it is one
// more, and a count follows, where more than one file has that size.
type sizeRun struct {
	spelled []byte
	sizes   int
}

// maxSizes is how many distinct sizes a Profile keeps, of the files that Spark cuts and again of the others: five million
// files are always exact, in about 10 MiB, 20 MiB at most. See RelativeError for what is beyond.
const maxSizes = 5_000_000

const freshSizes = 128 << 10

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
	if len(s.spare) < len(s.fresh) {
		s.spare = make([]int64, cap(s.fresh))
	}
	sorted, spare := sortSizes(s.fresh, s.spare[:len(s.fresh)])
	w := runWriter{spelled: make([]byte, 0, 3*len(sorted))}
	for _, v := range sorted {
		w.add(v, 1)
	}
	run := w.finish()
	s.fresh, s.spare = sorted[:0], spare[:cap(spare)]
	for n := len(s.runs); n > 0 && s.runs[n-1].sizes < 2*run.sizes; n = len(s.runs) {
		run = mergeRuns(s.runs[n-1], run)
		s.runs = s.runs[:n-1]
	}
	s.runs = append(s.runs, run)
	if s.sizes() > s.limit+s.limit/4 { // sizes that several runs have count once only after they are merged
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
	if len(s.runs) == 1 && s.runs[0].sizes > s.limit {
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
	s.fresh, s.spare, s.runs = nil, nil, nil
}

// sizes counts the sizes of all runs.
func (s *SizeSet) sizes() int {
	n := 0
	for _, r := range s.runs {
		n += r.sizes
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
		for c := (runCursor{rest: r.spelled}); c.next(); {
			if !yield(c.size, c.count) {
				return
			}
		}
	}
}

type runCursor struct {
	rest        []byte
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
	spelled           []byte
	sizes             int
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
		w.spelled = binary.AppendUvarint(w.spelled, diff)
	default:
		w.spelled = binary.AppendUvarint(w.spelled, diff|1)
		w.spelled = binary.AppendUvarint(w.spelled, uint64(w.count))
	}
	w.last = w.size
	w.sizes++
}

// finish returns the run. It gives back room that was not needed, where that is much.
func (w *runWriter) finish() sizeRun {
	w.flush()
	if cap(w.spelled) > len(w.spelled)+len(w.spelled)/8 {
		w.spelled = slices.Clone(w.spelled)
	}
	return sizeRun{w.spelled, w.sizes}
}

func mergeRuns(a, b sizeRun) sizeRun {
	w := runWriter{spelled: make([]byte, 0, len(a.spelled)+len(b.spelled))}
	x, y := runCursor{rest: a.spelled}, runCursor{rest: b.spelled}
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
	return w.finish()
}
