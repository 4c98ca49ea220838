// Package stats measures how a dataset lies on storage: objects in, a Profile out.
//
// A [Collector] is given batches of lister.Object, in any order, and makes a [Profile]: totals, the distribution of file
// sizes, formats, partitions and how unevenly they are filled, and what an engine would not read, by reason. Sizes are
// bytes, all other numbers counts, times UTC; a figure that is not exact has its relative error beside it. A Profile is the
// "profile" of the report document, field by field.
//
// Nothing here fails for what a key or a size is: what is odd is counted, and said in Profile.Warnings. Errors come from
// reading what was kept: [ReadState] and [Profile.Unpack], which take nobody's bytes on trust.
//
// It streams: no key is kept, memory grows with partitions and not with objects, and every figure commutes, so that
// pages may come in any order. It lists nothing, judges nothing and prints nothing.
package stats

import (
	"math"
	"slices"
	"strings"

	"s3layout/lister"
)

// Options say what a Collector leaves out. The zero value measures everything.
type Options struct {
	// Exclude leaves out the keys that any of the patterns matches.
	Exclude []*lister.Glob
	// Include, if not empty, leaves out the keys that none of the patterns matches.
	Include []*lister.Glob
	// Select, if set, says which directories are read, by the columns that ColumnValues finds in their path; the others
	// are left out. Where is its text.
	Select func(columns []Value) bool
	Where  string
	// Partitions is how many partitions a Profile describes, those with most bytes; 0 is all. The others are counted in
	// every figure.
	Partitions int
	// MaxPartitions is how many partitions are told apart, and bounds memory; 0 is all. See Profile.Other.
	MaxPartitions int
	// Draw is how many files of each type Collector.Sample may choose from, 0 for none, DrawAll for all of them.
	Draw int
	// Tables, if set, tells the files of tables apart: what is measured of a table is its live files.
	Tables Tables
	// Skips, if set, is how the source knows of a directory, with a slash at its end, that nothing in it is wanted: it jumps
	// over it. How much of one is listed all the same depends on where its pages end, so that nothing there is counted, see
	// Ignored.Uncounted, and no table there is known.
	Skips func(dir string) bool
}

// DrawAll draws every file. Their keys are kept.
const DrawAll = -1

// A Collector turns batches of objects into a Profile. It is for one goroutine.
type Collector struct {
	opts Options

	total      count
	formats    map[FileType]*formatStats
	files      map[bool]*SizeSet
	partitions *table
	types      []partitionType // what partition.first and kindCount.kind number
	other      *folded         // the partitions that are not told apart
	classes    map[string]*count
	ignored    map[ignoredKind]*ignoredStats
	tables     tableLogs
	unusual    unusual
	draw       *draw    // nil: nothing is drawn
	root       int64    // data files in the target itself
	outside    examples // directories with data that are in no key=value directory

	// Most objects are like the one before.
	last      directory
	live      directory // of a table's live files
	kind      fileKind
	class     string
	classSeen *count
}

type count struct{ objects, bytes int64 }

func (c *count) add(bytes int64) {
	c.objects++
	c.bytes = addSaturating(c.bytes, bytes)
}

type formatStats struct {
	count
	hist histogram
	min  int64
	max  int64
}

type ignoredKind struct{ reason, kind string }

type ignoredStats struct {
	count
	examples examples
}

// examples are the smallest of many strings, sorted, so that the order in which they come does not matter.
type examples []string

// unusual counts what a reader of the figures should be warned of.
type unusual struct {
	emptyComponents int64    // keys with // or a slash in front: Hadoop cannot address them
	replacement     int64    // keys with U+FFFD: the server could not spell them
	emptyColumns    examples // directories with an empty column name or value: Spark refuses them
}

// directory is what the names above a file say, computed once for all files in it.
type directory struct {
	known       bool
	path        string
	hidden      string // kind, "" if Spark reads the directory
	empty       bool   // has an empty component
	replacement bool   // has U+FFFD
	unselected  bool   // Options.Select does not want it
	log         bool   // may be in the log of a table
	partition   *partition
	folded      bool   // in the other partitions
	drawn       bool   // mark is known
	mark        uint64 // hash of the partition's path
}

// fileKind is what a name's suffix says, and where such files are counted.
type fileKind struct {
	suffix  string
	decided bool // the suffix alone tells: what stands before it in a name does not matter
	number  uint16
	stats   *formatStats
	files   *SizeSet
	typ     FileType
	draw    *typeDraw
}

// NewCollector returns a Collector that has seen nothing.
func NewCollector(opts Options) *Collector {
	c := &Collector{
		opts:       opts,
		formats:    map[FileType]*formatStats{},
		files:      map[bool]*SizeSet{},
		partitions: &table{},
		classes:    map[string]*count{},
		ignored:    map[ignoredKind]*ignoredStats{},
		tables:     tableLogs{logs: map[tableID]*TableLog{}},
	}
	if opts.Draw != 0 {
		c.draw = newDraw(max(opts.Draw, 0))
	}
	return c
}

// Add counts a batch of objects. It keeps neither the slice nor a key.
func (c *Collector) Add(objects []lister.Object) {
	for i := range objects {
		c.add(&objects[i])
	}
}

func (c *Collector) add(o *lister.Object) {
	if reason, pattern := c.leftOut(o.Key); reason != "" {
		c.tables.note(o, reason == Excluded)
		c.ignore(reason, pattern, o)
		return
	}
	name, ok := c.last.nameOf(o.Key)
	if !ok {
		var dir string
		dir, name = splitKey(o.Key)
		c.enter(dir)
	}
	if c.last.log {
		c.tables.note(o, false)
	}
	if c.last.unselected {
		c.ignore(NotSelected, c.opts.Where, o)
		return
	}
	c.countClass(o)
	class, partition := c.judge(o, name)
	if class > LiveData {
		c.ignoreOfTable(class, o, name)
		return
	}
	if reason, kind := c.skipped(o, name, class == LiveData); reason != "" {
		c.ignore(reason, kind, o)
		return
	}
	c.noteUnusual(o.Key, name)
	if class == LiveData {
		c.observeLive(o, name, partition)
		return
	}
	c.observe(o, name)
}

// nameOf returns the name of a key that lies in the directory itself.
func (d *directory) nameOf(key string) (name string, ok bool) {
	name = key
	if n := len(d.path); n > 0 {
		if len(key) <= n || key[n] != '/' || key[:n] != d.path {
			return "", false
		}
		name = key[n+1:]
	}
	return name, d.known && strings.IndexByte(name, '/') < 0
}

// leftOut applies the patterns, exclusions first.
func (c *Collector) leftOut(key string) (reason, pattern string) {
	for _, g := range c.opts.Exclude {
		if g.Match(key) {
			return Excluded, g.String()
		}
	}
	if len(c.opts.Include) == 0 {
		return "", ""
	}
	for _, g := range c.opts.Include {
		if g.Match(key) {
			return "", ""
		}
	}
	return NotIncluded, ""
}

// skipped says whether an engine reads the object, and if not, why. A table's own reader goes by no names.
func (c *Collector) skipped(o *lister.Object, name string, live bool) (reason, kind string) {
	if !live {
		if reason, kind := c.hides(o.Key, name); reason != "" {
			return reason, kind
		}
	}
	if o.Size <= 0 {
		return ZeroBytes, ""
	}
	if isArchived(o.StorageClass) {
		return Archived, o.StorageClass
	}
	return "", ""
}

// hides says whether an engine passes over an object for its name.
func (c *Collector) hides(key, name string) (reason, kind string) {
	if isMarker(key) {
		return Marker, markerKind(key)
	}
	if c.last.hidden != "" {
		return Hidden, c.last.hidden
	}
	if kind := hiddenKind(name); kind != "" {
		return Hidden, kind
	}
	return "", ""
}

func markerKind(key string) string {
	if strings.HasSuffix(key, "_$folder$") {
		return "_$folder$"
	}
	return "/"
}

func (c *Collector) ignore(reason, kind string, o *lister.Object) {
	at := ignoredKind{reason, kind}
	s := c.ignored[at]
	if s == nil {
		s = &ignoredStats{}
		c.ignored[ignoredKind{reason, strings.Clone(kind)}] = s
	}
	s.add(max(o.Size, 0))
	s.examples.keep(o.Key)
}

// maxExamples of each kind are kept.
const maxExamples = 3

func (e *examples) keep(s string) {
	list := *e
	if len(list) == maxExamples && s >= list[maxExamples-1] {
		return
	}
	at, found := slices.BinarySearch(list, s)
	if found {
		return
	}
	list = slices.Insert(list, at, strings.Clone(s))
	*e = list[:min(len(list), maxExamples)]
}

func (c *Collector) countClass(o *lister.Object) {
	class := o.StorageClass
	if class == "" {
		class = "STANDARD"
	}
	if c.classSeen == nil || c.class != class {
		n := c.classes[class]
		if n == nil {
			class = strings.Clone(class)
			n = &count{}
			c.classes[class] = n
		}
		c.class, c.classSeen = class, n
	}
	c.classSeen.add(max(o.Size, 0))
}

func (c *Collector) noteUnusual(key, name string) {
	if key[0] == '/' || c.last.empty {
		c.unusual.emptyComponents++
	}
	if c.last.replacement || strings.Contains(name, replacement) {
		c.unusual.replacement++
	}
}

// replacement is what a server writes where it cannot spell a key.
const replacement = "\uFFFD"

// enter makes dir the current directory.
func (c *Collector) enter(dir string) {
	c.last = directory{
		known: true, path: dir,
		empty:       strings.Contains(dir, "//") || strings.HasSuffix(dir, "/"),
		replacement: strings.Contains(dir, replacement),
		log:         mayHoldLog(dir),
	}
	c.last.unselected = c.opts.Select != nil && !c.opts.Select(ColumnValues(dir))
	for start := 0; start < len(dir); {
		component, _, _ := strings.Cut(dir[start:], "/")
		if kind := hiddenDirKind(component); kind != "" {
			c.last.hidden = kind
			return
		}
		start += len(component) + 1
	}
}

// enterPartition finds the partition of the current directory; nil where it is folded. It is called for data only, since
// directories without data take no part in partition discovery.
func (c *Collector) enterPartition() *partition {
	l := layoutOf(c.last.path)
	if l.scheme != hive && c.last.path != "" {
		c.outside.keep(c.last.path)
	}
	p := c.partitionOf(l)
	c.last.partition, c.last.folded = p, p == nil
	return p
}

// partitionOf finds the partition of a layout; nil where it is folded.
func (c *Collector) partitionOf(l layout) *partition {
	if p := c.partitions.find(l.path); p != nil {
		return p
	}
	return c.newPartition(l)
}

// newPartition makes a partition of a layout that has none; nil where it is folded.
func (c *Collector) newPartition(l layout) *partition {
	if l.scheme == hive && hasEmptyColumn(l.path[len(l.base):]) {
		c.unusual.emptyColumns.keep(l.path)
	}
	if c.opts.MaxPartitions > 0 {
		c.makeRoom()
		if c.other != nil && c.other.has(l.path) {
			c.other.enter(l)
			return nil
		}
	}
	p := c.partitions.add(l.path)
	p.scheme, p.base = l.scheme, uint32(len(l.base))
	p.oldest, p.newest = never, never
	return p
}

func (c *Collector) observe(o *lister.Object, name string) {
	if c.last.path == "" {
		c.root++
	}
	p := c.last.partition
	if p == nil && !c.last.folded {
		p = c.enterPartition()
	}
	c.observeIn(p, o, name)
}

// observeIn counts a file in a partition; nil is the folded ones.
func (c *Collector) observeIn(p *partition, o *lister.Object, name string) {
	if !c.kind.holds(name) {
		c.turnTo(name)
	}
	c.total.add(o.Size)
	c.kind.stats.observe(o.Size)
	c.kind.files.add(o.Size)
	if c.draw != nil {
		c.drawFile(o)
	}
	if p == nil {
		c.other.observe(o.Size, instantOf(o.Modified), c.kind.number)
		return
	}
	p.observe(o.Size, instantOf(o.Modified), c.kind.number)
}

func (c *Collector) drawFile(o *lister.Object) {
	if !c.last.drawn {
		c.last.drawn, c.last.mark = true, hashPath(layoutOf(c.last.path).path)
	}
	c.draw.observe(c.kind.draw, c.kind.typ, o, c.last.mark)
}

// holds reports whether a file of this name is of the same kind. It may say no where it is.
func (k *fileKind) holds(name string) bool {
	return k.decided && len(name) > len(k.suffix) && strings.HasSuffix(name, k.suffix)
}

// turnTo makes the current kind of file that of a name.
func (c *Collector) turnTo(name string) {
	suffix, decided := typeSuffix(name)
	if c.kind.stats != nil && c.kind.suffix == suffix && c.kind.decided == decided {
		return
	}
	t := TypeOf(name)
	if c.formats[t] == nil {
		c.formats[t] = &formatStats{min: math.MaxInt64}
	}
	if c.files[t.Splittable] == nil {
		c.files[t.Splittable] = newSizeSet(maxSizes)
	}
	c.kind = fileKind{suffix: suffix, decided: decided, number: c.number(t), stats: c.formats[t], files: c.files[t.Splittable], typ: t}
	if c.draw != nil {
		c.kind.draw = c.draw.of(t)
	}
}

// number finds the number of a type of file among those that partitions tell apart.
func (c *Collector) number(t FileType) uint16 {
	at := partitionType{t.Format, t.Compression}
	i := slices.Index(c.types, at)
	if i < 0 {
		i = len(c.types)
		c.types = append(c.types, at)
	}
	return uint16(i)
}

func (f *formatStats) observe(size int64) {
	f.add(size)
	f.hist.add(size)
	f.min, f.max = min(f.min, size), max(f.max, size)
}

func splitKey(key string) (dir, name string) {
	at := strings.LastIndexByte(key, '/')
	return key[:max(at, 0)], key[at+1:]
}
