package stats

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// ReadState returns a Collector with a state that WriteState wrote. The options are to be those of the first one. The bytes
// may be anybody's: what does not fit together is refused, and memory grows with what was read, not with what it claims.
func ReadState(r io.Reader, opts Options) (*Collector, error) {
	d := newStateReader(r)
	if d.bytes(len(stateMagic)) != stateMagic {
		d.refuse("the magic")
	}
	c := NewCollector(opts)
	c.readState(d)
	if _, err := d.ReadByte(); err == nil {
		d.refuse("something behind its end")
	}
	if d.err != nil {
		return nil, d.err
	}
	return c, nil
}

// A stateReader reads the elements of a state. After an error everything is zero.
type stateReader struct {
	r    *bufio.Reader
	size int64 // of what was read
	err  error
}

func newStateReader(r io.Reader) *stateReader {
	return &stateReader{r: bufio.NewReaderSize(r, 64<<10)}
}

func (d *stateReader) refuse(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s, near byte %d", ErrState, what, d.size)
	}
}

func (d *stateReader) fail(err error) {
	switch {
	case d.err != nil:
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		d.refuse("it ends early")
	default:
		d.err = fmt.Errorf("read the collector's state: %w", err)
	}
}

// ReadByte reads for binary.ReadUvarint.
func (d *stateReader) ReadByte() (byte, error) {
	b, err := d.r.ReadByte()
	if err == nil {
		d.size++
	}
	return b, err
}

func (d *stateReader) uint() uint64 {
	if d.err != nil {
		return 0
	}
	v, err := binary.ReadUvarint(d)
	if err != nil {
		d.fail(err)
		return 0
	}
	return v
}

// int reads a number of lo to math.MaxInt64.
func (d *stateReader) int(lo int64) int64 {
	v := d.uint()
	if d.err == nil && (v > math.MaxInt64 || int64(v) < lo) {
		d.refuse("a number out of its range")
		return 0
	}
	return int64(v)
}

// number reads a number below the limit.
func (d *stateReader) number(limit int) int {
	v := d.uint()
	if d.err == nil && v >= uint64(limit) {
		d.refuse("a number out of its range")
		return 0
	}
	return int(v)
}

func (d *stateReader) bool() bool { return d.number(2) == 1 }

// maxStateString bounds a string: no key is longer that a listing takes.
const maxStateString = 64 << 10

func (d *stateReader) string() string { return d.bytes(d.number(maxStateString + 1)) }

// bytes reads n bytes, in pieces: n is only a claim.
func (d *stateReader) bytes(n int) string {
	var out []byte
	for len(out) < n && d.err == nil {
		piece := min(n-len(out), maxStateString)
		at := len(out)
		out = append(out, make([]byte, piece)...)
		if _, err := io.ReadFull(d.r, out[at:]); err != nil {
			d.fail(err)
			return ""
		}
		d.size += int64(piece)
	}
	if d.err != nil {
		return ""
	}
	return string(out)
}

// count reads a count of at least one object.
func (d *stateReader) count() count { return count{d.int(1), d.int(0)} }

func (d *stateReader) instant() instant {
	nanos := d.number(1e9 + 1)
	if nanos == 0 || d.err != nil {
		return never
	}
	v := d.uint()
	i := instant{int64(v>>1) ^ -int64(v&1), int32(nanos - 1)}
	if i.seconds < year1 || i.seconds >= year10000 || i == (instant{seconds: year1}) {
		d.refuse("a time out of its range")
		return never
	}
	return i
}

// times reads the oldest and the newest instant: both or none.
func (d *stateReader) times() (oldest, newest instant) {
	oldest, newest = d.instant(), d.instant()
	if (oldest == never) != (newest == never) || newest.before(oldest) {
		d.refuse("times that do not fit together")
	}
	return oldest, newest
}

// sizes reads the smallest and the largest size of files, bytes.
func (d *stateReader) sizes() (lo, hi int64) {
	lo, hi = d.int(1), d.int(1)
	if lo > hi {
		d.refuse("sizes that do not fit together")
	}
	return lo, hi
}

func (d *stateReader) examples() examples {
	var out examples
	for range d.number(maxExamples + 1) {
		out = append(out, d.string())
	}
	if !slices.IsSorted(out) || len(slices.Compact(slices.Clone(out))) != len(out) {
		d.refuse("examples out of order")
	}
	return out
}

// each calls read as often as the next number says, until one fails.
func (d *stateReader) each(read func()) {
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		read()
	}
}

func (c *Collector) readState(d *stateReader) {
	c.total = count{d.int(0), d.int(0)}
	c.root = d.int(0)
	c.outside = d.examples()
	c.unusual.emptyComponents, c.unusual.replacement = d.int(0), d.int(0)
	c.unusual.emptyColumns = d.examples()
	c.readFormats(d)
	c.readNames(d)
	d.each(func() {
		if c.types = append(c.types, partitionType{d.string(), d.string()}); len(c.types) > math.MaxUint16 {
			d.refuse("too many types of files")
		}
	})
	objects := int64(0)
	if d.bool() {
		c.other = d.folded(c.types)
		objects = c.other.objects
		if c.opts.MaxPartitions <= 0 {
			d.refuse("folded partitions where all are to be told apart")
		}
	}
	c.readDraw(d)
	d.each(func() {
		p := d.partition(c.types)
		if d.err != nil {
			return
		}
		if c.partitions.find(p.path) != nil || c.other != nil && c.other.has(p.path) {
			d.refuse("a partition that must not be there")
			return
		}
		at := c.partitions.add(p.path)
		p.path = at.path
		*at = p
		objects = addSaturating(objects, p.objects)
	})
	if objects != c.total.objects {
		d.refuse("partitions that do not add up to the total")
	}
}

func (d *stateReader) fileType() FileType {
	return FileType{Format: d.string(), Compression: d.string(), Splittable: d.bool(), Misread: d.bool()}
}

// readDraw reads the files that are drawn, of types that formats counts.
func (c *Collector) readDraw(d *stateReader) {
	if drawn := d.bool(); drawn != (c.draw != nil) {
		d.refuse("another number of files to draw")
	}
	if c.draw == nil {
		return
	}
	known := func(t FileType) bool {
		if c.formats[t] == nil {
			d.refuse("a file drawn of a type that is not there")
		}
		return d.err == nil
	}
	d.each(func() {
		t := d.fileType()
		if !known(t) {
			return
		}
		s := c.draw.of(t)
		d.lowest(&s.bySize, t, func(p Pick, u float64) float64 { return u / float64(p.Size) })
		d.lowest(&s.byFile, t, func(_ Pick, u float64) float64 { return u })
	})
	d.each(func() {
		t := d.fileType()
		p, u := d.pick(t)
		p.rank = u
		if known(t) && len(c.draw.parts.picks) >= c.draw.parts.limit {
			d.refuse("too many files drawn")
		}
		c.draw.parts.picks = append(c.draw.parts.picks, p)
	})
}

// pick reads a file that is drawn, and the number that its key has.
func (d *stateReader) pick(t FileType) (p Pick, u float64) {
	p = Pick{Key: d.string(), Size: d.int(1), Type: t}
	dir, _ := splitKey(p.Key)
	p.path = hashPath(layoutOf(dir).path)
	return p, uniform(p.Key)
}

// lowest reads picks in the order that they have there.
func (d *stateReader) lowest(l *lowest, t FileType, rank func(p Pick, u float64) float64) {
	if len(l.picks) > 0 {
		d.refuse("a type of files that is drawn twice")
	}
	d.each(func() {
		p, u := d.pick(t)
		p.rank = rank(p, u)
		if l.picks = append(l.picks, p); len(l.picks) > l.limit {
			d.refuse("too many files drawn")
		}
	})
	for at := 1; at < len(l.picks) && len(l.picks) == l.limit; at++ {
		if comparePicks(&l.picks[(at-1)/2], &l.picks[at]) < 0 {
			d.refuse("files drawn in no order")
		}
	}
}

func (c *Collector) readFormats(d *stateReader) {
	files := map[bool]int64{}
	d.each(func() {
		t := d.fileType()
		f := &formatStats{}
		f.min, f.max = d.sizes()
		f.count = f.hist.readState(d)
		if f.objects == 0 || c.formats[t] != nil {
			d.refuse("a format that must not be there")
		}
		c.formats[t] = f
		files[t.Splittable] = addSaturating(files[t.Splittable], f.objects)
	})
	if addSaturating(files[false], files[true]) != c.total.objects {
		d.refuse("formats that do not add up to the total")
	}
	for _, splittable := range []bool{false, true} {
		n := int64(0)
		if d.bool() {
			c.files[splittable], n = d.sizeSet(maxSizes, 1)
		}
		if set := c.files[splittable]; n != files[splittable] && (set == nil || !set.overflow) {
			d.refuse("sizes that do not add up to the formats")
		}
	}
}

func (c *Collector) readNames(d *stateReader) {
	d.each(func() {
		class := d.string()
		n := d.count()
		c.classes[class] = &n
	})
	d.each(func() {
		k := ignoredKind{d.string(), d.string()}
		if !slices.Contains(reasons, k.reason) {
			d.refuse("an unknown reason")
		}
		c.ignored[k] = &ignoredStats{d.count(), d.examples()}
	})
	c.tables.readState(d)
}

func (t *tableLogs) readState(d *stateReader) {
	t.files, t.full = d.number(math.MaxInt32), d.bool()
	d.each(func() {
		log := &TableLog{Format: d.string(), Path: d.string(), known: d.bool(), Excluded: d.bool()}
		d.each(func() {
			f := LogFile{Name: d.string(), Size: d.int(0)}
			if at := d.instant().stamp(); at != nil {
				f.Modified = *at
			}
			log.Files = append(log.Files, f)
		})
		t.logs[tableID{log.Format, log.Path}] = log
	})
}

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
