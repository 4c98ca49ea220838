package stats

import (
	"encoding/binary"
	"math"
	"slices"
)

// readState reads the buckets, and returns what they hold together.
func (h *histogram) readState(d *stateReader) (sum count) {
	at := 0
	for range d.number(bucketCount + 1) {
		at += d.number(bucketCount)
		if at >= bucketCount || h[at].objects > 0 {
			d.refuse("a size out of its range")
			return count{}
		}
		if h[at] = d.count(); d.err != nil {
			return count{}
		}
		sum.objects = addSaturating(sum.objects, h[at].objects)
		sum.bytes = addSaturating(sum.bytes, h[at].bytes)
	}
	return sum
}

// sizeSet reads a set of numbers of at least lo, and returns how many there are, with how often each occurs.
func (d *stateReader) sizeSet(limit int, lo int64) (s *SizeSet, files int64) {
	s = newSizeSet(limit)
	s.overflow = d.bool()
	for range d.number(64) {
		sizes, length := d.int(1), d.number(math.MaxInt32)
		if s.overflow {
			d.refuse("sizes where there are too many")
		}
		r := sizeRun{[]byte(d.bytes(length)), int(sizes)}
		if d.err != nil {
			return s, files
		}
		n, ok := r.valid(lo)
		if !ok {
			d.refuse("a run of sizes that is none")
			return s, files
		}
		s.runs = append(s.runs, r)
		files = addSaturating(files, n)
	}
	return s, files
}

// valid counts the numbers of a run, with how often each occurs. The run is to be as a runWriter writes it, of numbers of at
// least lo.
func (r sizeRun) valid(lo int64) (files int64, ok bool) {
	rest, size, n := r.spelled, int64(0), 0
	next := func() (v uint64, ok bool) {
		v, used := binary.Uvarint(rest)
		rest = rest[max(used, 0):]
		return v, used > 0
	}
	for ; len(rest) > 0; n++ {
		diff, ok := next()
		step := int64(diff >> 1)
		if !ok || size > math.MaxInt64-step || n > 0 && step == 0 {
			return 0, false
		}
		if size += step; size < lo {
			return 0, false
		}
		count := uint64(1)
		if diff&1 != 0 {
			if count, ok = next(); !ok || count < 2 || count > math.MaxInt64 {
				return 0, false
			}
		}
		files = addSaturating(files, int64(count))
	}
	return files, n == r.sizes
}

func (d *stateReader) folded(types []partitionType) *folded {
	f := &folded{count: d.count()}
	f.min, f.max = d.sizes()
	f.oldest, f.newest = d.times()
	f.kinds = d.kinds(types, f.objects)
	f.last = markOf(d.string())
	f.kept = d.number(math.MaxInt32)
	f.hashes, _ = d.sizeSet(maxFolded, 0)
	for range d.number(maxShapes + 1) {
		l := d.layout()
		f.shapes = append(f.shapes, shape{l, listName(l.names())})
	}
	if len(f.shapes) == 0 || len(f.kinds) == 0 || f.kept == 0 || !f.hashes.overflow && f.hashes.sizes() == 0 || !slices.IsSortedFunc(f.shapes, shape.compare) {
		d.refuse("folded partitions that do not fit together")
	}
	return f
}

// kinds reads counts of files by type, which are together no more than objects.
func (d *stateReader) kinds(types []partitionType, objects int64) []kindCount {
	var out []kindCount
	for range d.number(len(types) + 1) {
		k := kindCount{uint16(d.number(max(len(types), 1))), d.int(1)}
		if slices.ContainsFunc(out, func(o kindCount) bool { return o.kind == k.kind }) {
			d.refuse("a type of files twice")
		}
		objects -= min(k.objects, objects+1)
		out = append(out, k)
	}
	if len(out) > 0 && objects != 0 {
		d.refuse("types of files that do not add up")
	}
	return out
}

// layout reads a partition's path, and what it says.
func (d *stateReader) layout() layout {
	path := d.string()
	l := layoutOf(path)
	if l.path != path {
		d.refuse("a path that is no partition's")
	}
	return l
}

func (d *stateReader) partition(types []partitionType) partition {
	l := d.layout()
	p := partition{path: l.path, scheme: l.scheme, base: uint32(len(l.base)), count: d.count()}
	p.min, p.max = d.sizes()
	p.oldest, p.newest = d.times()
	if p.first = uint16(d.number(max(len(types), 1))); len(types) == 0 {
		d.refuse("a partition without a type")
	}
	if kinds := d.kinds(types, p.objects); len(kinds) > 0 {
		p.extra().kinds = kinds
	}
	if p.objects > 2 {
		p.extra().sizes.readState(d, p.objects)
	}
	return p
}

func (s *sketch) readState(d *stateReader, objects int64) {
	n := d.number(sketchExact + 1 + stepsLog2 + 1)
	if n > sketchExact {
		s.buckets = d.sketchCounts(uint8(n - sketchExact - 1))
		return
	}
	if int64(n) != objects {
		d.refuse("sizes that do not add up")
	}
	if d.err == nil {
		s.exact = make([]int64, 0, max(n, sketchExact/4))
	}
	for range n {
		s.exact = append(s.exact, d.int(1))
	}
}

func (d *stateReader) sketchCounts(level uint8) *sketchCounts {
	c := &sketchCounts{level: level}
	at := 0
	for i := range d.number(sketchBuckets + 1) {
		step := d.number(bucketCount)
		if at += step; at >= (64-stepsLog2+int(level))<<(stepsLog2-int(level)) || i > 0 && step == 0 {
			d.refuse("a size out of its range")
			return c
		}
		c.index[i] = uint16(at)
		n := d.int(1)
		if n > math.MaxUint32 {
			d.refuse("a number out of its range")
		}
		c.objects[i] = uint32(n)
		c.n++
	}
	if c.n == 0 {
		d.refuse("no sizes")
	}
	return c
}
