package stats

import "time"

// A partition is what is known of one partition directory. What most partitions of a million need is in it; the rest, in
// extra, only where there are more than two files or more than one type. It is 112 bytes.
type partition struct {
	count
	path   string
	min    int64
	max    int64
	oldest instant
	newest instant
	more   *extra
	base   uint32 // length of the part of the path that the columns start after
	first  uint16 // type of the first file, by number
	scheme string // as in layout
}

type extra struct {
	sizes sketch
	kinds []kindCount // empty where all files are of the first type
}

// A kindCount counts the files of one type, by number.
type kindCount struct {
	kind    uint16
	objects int64
}

// A partitionType is a type of file as partitions tell them apart.
type partitionType struct{ format, compression string }

func (p *partition) layout() layout {
	return layout{scheme: p.scheme, base: p.path[:p.base], path: p.path}
}

func (p *partition) observe(size int64, modified instant, kind uint16) {
	if p.objects == 0 {
		p.min, p.max, p.first = size, size, kind
	}
	p.observeKind(kind)
	p.observeSize(size)
	p.add(size)
	p.min, p.max = min(p.min, size), max(p.max, size)
	if modified != never {
		p.oldest, p.newest = p.oldest.earlier(modified), p.newest.later(modified)
	}
}

// observeSize sketches the sizes from the third on: two are the smallest and the largest.
func (p *partition) observeSize(size int64) {
	if p.objects < 2 {
		return
	}
	m := p.extra()
	if p.objects == 2 {
		m.sizes.add(p.min)
		m.sizes.add(p.max)
	}
	m.sizes.add(size)
}

func (p *partition) observeKind(kind uint16) {
	if kind == p.first && (p.more == nil || len(p.more.kinds) == 0) {
		return
	}
	m := p.extra()
	if len(m.kinds) == 0 {
		m.kinds = append(m.kinds, kindCount{p.first, p.objects})
	}
	m.kinds = addKind(m.kinds, kind, 1)
}

func (p *partition) extra() *extra {
	if p.more == nil {
		p.more = &extra{}
	}
	return p.more
}

// kinds returns the files by type.
func (p *partition) kinds() []kindCount {
	if p.more != nil && len(p.more.kinds) > 0 {
		return p.more.kinds
	}
	return []kindCount{{p.first, p.objects}}
}

func addKind(kinds []kindCount, kind uint16, n int64) []kindCount {
	for i := range kinds {
		if kinds[i].kind == kind {
			kinds[i].objects += n
			return kinds
		}
	}
	return append(kinds, kindCount{kind, n})
}

// sizes yields sizes with how many files have them, smallest first.
func (p *partition) sizes(yield func(size, objects int64) bool) {
	if p.objects > 2 {
		p.more.sizes.counts(yield)
		return
	}
	if p.objects > 0 && yield(p.min, 1) && p.objects == 2 {
		yield(p.max, 1)
	}
}

// relativeError bounds how far the sizes are from the true ones.
func (p *partition) relativeError() float64 {
	if p.objects > 2 {
		return p.more.sizes.relativeError()
	}
	return 0
}

// EachPartition yields the partitions that are told apart so far, in any order, while a listing goes on. It stands until the
// next call of Add.
func (c *Collector) EachPartition(yield func(PartitionTotals) bool) {
	for p := range c.partitions.all() {
		if !yield(PartitionTotals{Path: p.path, Base: p.path[:p.base], Objects: p.objects, Bytes: p.bytes, Small: p.smallObjects()}) {
			return
		}
	}
}

// An instant is a time without a place: seconds since 1970 UTC, and nanoseconds. It holds no pointer.
type instant struct {
	seconds int64
	nanos   int32
}

// never is no time.
var never = instant{nanos: -1}

const (
	// year1 is the first second of the zero time.
	year1 = -62135596800
	// year10000 is the first second that RFC 3339 cannot spell, and the JSON of a Profile cannot hold.
	year10000 = 253402300800
)

// instantOf returns never for the zero time, which is no time, and for one before year 1 or after 9999: a local file may
// have any.
func instantOf(t time.Time) instant {
	i := instant{t.Unix(), int32(t.Nanosecond())}
	if i.seconds < year1 || i.seconds >= year10000 || i == (instant{seconds: year1}) {
		return never
	}
	return i
}

func (i instant) before(other instant) bool {
	return i.seconds < other.seconds || i.seconds == other.seconds && i.nanos < other.nanos
}

// earlier returns the earlier of two instants, where there are two.
func (i instant) earlier(other instant) instant {
	if i == never || other != never && other.before(i) {
		return other
	}
	return i
}

// later returns the later of two instants, where there are two.
func (i instant) later(other instant) instant {
	if i == never || other != never && i.before(other) {
		return other
	}
	return i
}

// stamp is nil for never.
func (i instant) stamp() *time.Time {
	if i == never {
		return nil
	}
	t := time.Unix(i.seconds, int64(i.nanos)).UTC()
	return &t
}
