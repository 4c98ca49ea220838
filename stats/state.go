package stats

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A Collector's state is everything that its Profile depends on, so that one that has read it and goes on says what the first
// one would have said, byte for byte. What patterns and predicates it was made with is not in it: that is for whoever keeps
// the state to compare.
//
// The form: the magic with a version, then fields in the order of writeState. Numbers are varints, strings have their length
// before them, lists their number of elements. Partitions come last, since they are most of it. There is no checksum: whoever
// keeps the state has one for all that is kept.
const stateMagic = "s3layout collector 1\n"

// WriteState writes the state, in memory that does not grow with it. The Collector may go on afterwards.
func (c *Collector) WriteState(w io.Writer) error {
	e := &stateWriter{w: bufio.NewWriterSize(w, 64<<10)}
	e.raw(stateMagic)
	c.writeState(e)
	if err := e.w.Flush(); err != nil {
		return fmt.Errorf("write the collector's state: %w", err)
	}
	return nil
}

// A stateWriter writes the elements of a state. The first error stays in w.
type stateWriter struct {
	w       *bufio.Writer
	scratch [binary.MaxVarintLen64]byte
}

func (e *stateWriter) raw(s string) { _, _ = e.w.WriteString(s) }

func (e *stateWriter) uint(v uint64) {
	_, _ = e.w.Write(binary.AppendUvarint(e.scratch[:0], v))
}

// int writes a number that is never negative.
func (e *stateWriter) int(v int64) { e.uint(uint64(v)) }

func (e *stateWriter) bool(v bool) {
	if v {
		e.uint(1)
	} else {
		e.uint(0)
	}
}

func (e *stateWriter) string(s string) {
	e.uint(uint64(len(s)))
	e.raw(s)
}

func (e *stateWriter) count(c count) {
	e.int(c.objects)
	e.int(c.bytes)
}

// instant writes seconds with the sign in the lowest bit, and nanoseconds plus one: 0 is never.
func (e *stateWriter) instant(i instant) {
	e.uint(uint64(i.nanos + 1))
	if i != never {
		e.uint(uint64(i.seconds<<1) ^ uint64(i.seconds>>63))
	}
}

func (e *stateWriter) examples(list examples) {
	e.uint(uint64(len(list)))
	for _, s := range list {
		e.string(s)
	}
}

func (c *Collector) writeState(e *stateWriter) {
	e.count(c.total)
	e.int(c.root)
	e.examples(c.outside)
	e.int(c.unusual.emptyComponents)
	e.int(c.unusual.replacement)
	e.examples(c.unusual.emptyColumns)
	c.writeFormats(e)
	c.writeNames(e)
	e.uint(uint64(len(c.types)))
	for _, t := range c.types {
		e.string(t.format)
		e.string(t.compression)
	}
	e.bool(c.other != nil)
	if c.other != nil {
		c.other.writeState(e)
	}
	e.bool(c.draw != nil)
	if c.draw != nil {
		c.draw.writeState(e)
	}
	e.uint(uint64(c.partitions.len()))
	for p := range c.partitions.all() {
		p.writeState(e)
	}
}

// writeState writes the keys and sizes of the files that are drawn. All else of them follows.
func (d *draw) writeState(e *stateWriter) {
	e.uint(uint64(len(d.types)))
	for _, t := range slices.SortedFunc(maps.Keys(d.types), FileType.compare) {
		e.fileType(t)
		e.picks(d.types[t].bySize.picks)
		e.picks(d.types[t].byFile.picks)
	}
	e.uint(uint64(len(d.parts.picks)))
	for _, p := range d.parts.picks {
		e.fileType(p.Type)
		e.string(p.Key)
		e.int(p.Size)
	}
}

func (e *stateWriter) fileType(t FileType) {
	e.string(t.Format)
	e.string(t.Compression)
	e.bool(t.Splittable)
	e.bool(t.Misread)
}

func (e *stateWriter) picks(picks []Pick) {
	e.uint(uint64(len(picks)))
	for _, p := range picks {
		e.string(p.Key)
		e.int(p.Size)
	}
}

func (c *Collector) writeFormats(e *stateWriter) {
	e.uint(uint64(len(c.formats)))
	for _, t := range slices.SortedFunc(maps.Keys(c.formats), FileType.compare) {
		f := c.formats[t]
		e.fileType(t)
		e.int(f.min)
		e.int(f.max)
		f.hist.writeState(e)
	}
	for _, splittable := range []bool{false, true} {
		set := c.files[splittable]
		e.bool(set != nil)
		if set != nil {
			set.writeState(e)
		}
	}
}

func (t FileType) compare(other FileType) int {
	return cmp.Or(strings.Compare(t.Format, other.Format), strings.Compare(t.Compression, other.Compression), t.compareFlags(other))
}

// writeNames writes what is counted by name.
func (c *Collector) writeNames(e *stateWriter) {
	e.uint(uint64(len(c.classes)))
	for _, class := range slices.Sorted(maps.Keys(c.classes)) {
		e.string(class)
		e.count(*c.classes[class])
	}
	e.uint(uint64(len(c.ignored)))
	for _, k := range slices.SortedFunc(maps.Keys(c.ignored), ignoredKind.compare) {
		e.string(k.reason)
		e.string(k.kind)
		e.count(c.ignored[k].count)
		e.examples(c.ignored[k].examples)
	}
	c.tables.writeState(e)
}

// writeState writes the tables in order, and of each the files in the order in which they came.
func (t *tableLogs) writeState(e *stateWriter) {
	e.int(int64(t.files))
	e.bool(t.full)
	e.uint(uint64(len(t.logs)))
	for _, id := range t.sorted() {
		log := t.logs[id]
		e.string(log.Format)
		e.string(log.Path)
		e.bool(log.known)
		e.bool(log.Excluded)
		e.uint(uint64(len(log.Files)))
		for _, f := range log.Files {
			e.string(f.Name)
			e.int(max(f.Size, 0))
			e.instant(instantOf(f.Modified))
		}
	}
}

func (k ignoredKind) compare(other ignoredKind) int {
	if n := strings.Compare(k.reason, other.reason); n != 0 {
		return n
	}
	return strings.Compare(k.kind, other.kind)
}

// writeState writes the buckets that hold something: how far each is from the one before, and what it holds.
func (h *histogram) writeState(e *stateWriter) {
	n := 0
	for b := range h {
		if h[b].objects > 0 {
			n++
		}
	}
	e.uint(uint64(n))
	last := 0
	for b := range h {
		if h[b].objects > 0 {
			e.uint(uint64(b - last))
			e.count(h[b])
			last = b
		}
	}
}

// writeState writes the runs as they are. Sizes that are not in a run yet become one.
func (s *SizeSet) writeState(e *stateWriter) {
	s.flush()
	e.bool(s.overflow)
	e.uint(uint64(len(s.runs)))
	for _, r := range s.runs {
		e.uint(uint64(r.sizes))
		e.uint(uint64(len(r.spelled)))
		_, _ = e.w.Write(r.spelled)
	}
}

func (f *folded) writeState(e *stateWriter) {
	e.count(f.count)
	e.int(f.min)
	e.int(f.max)
	e.instant(f.oldest)
	e.instant(f.newest)
	e.kinds(f.kinds)
	e.string(f.last.path)
	e.uint(uint64(f.kept))
	f.hashes.writeState(e)
	e.uint(uint64(len(f.shapes)))
	for _, s := range f.shapes {
		e.string(s.path)
	}
}

func (e *stateWriter) kinds(kinds []kindCount) {
	e.uint(uint64(len(kinds)))
	for _, k := range kinds {
		e.uint(uint64(k.kind))
		e.int(k.objects)
	}
}

func (p *partition) writeState(e *stateWriter) {
	e.string(p.path) // it says the rest of the layout
	e.count(p.count)
	e.int(p.min)
	e.int(p.max)
	e.instant(p.oldest)
	e.instant(p.newest)
	e.uint(uint64(p.first))
	if p.more == nil {
		e.kinds(nil)
	} else {
		e.kinds(p.more.kinds)
	}
	if p.objects > 2 {
		p.more.sizes.writeState(e)
	}
}

// writeState writes the number of sizes and the sizes, or more than there can be and the buckets.
func (s *sketch) writeState(e *stateWriter) {
	if s.buckets == nil {
		e.uint(uint64(len(s.exact)))
		for _, v := range s.exact {
			e.int(v)
		}
		return
	}
	e.uint(sketchExact + 1 + uint64(s.buckets.level))
	e.uint(uint64(s.buckets.n))
	last := uint16(0)
	for i := range s.buckets.n {
		e.uint(uint64(s.buckets.index[i] - last))
		e.uint(uint64(s.buckets.objects[i]))
		last = s.buckets.index[i]
	}
}

// ErrState is what ReadState fails with where the bytes are no state; other errors are those of the reader.
var ErrState = errors.New("not a state of this program's collector, or a damaged one")
