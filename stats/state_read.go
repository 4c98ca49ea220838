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
