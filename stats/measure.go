package stats

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Profile returns what has been measured so far, partitions and all. The Collector may go on afterwards.
func (c *Collector) Profile() *Profile {
	c.fold()
	p := &Profile{
		Totals:         Totals{Objects: c.total.objects, Bytes: c.total.bytes, Partitions: int64(c.partitions.len())},
		Formats:        c.formatList(),
		StorageClasses: c.classList(),
		TableFormats:   c.tableList(),
		Ignored:        c.ignoredList(),
		files:          map[bool]*SizeSet{},
		histograms:     c.histograms(),
	}
	for splittable, set := range c.files {
		p.files[splittable] = set.snapshot()
	}
	c.partitionsOf(p)
	if p.Other = c.other.export(c.types); p.Other != nil {
		p.Totals.Partitions += p.Other.Partitions
	}
	p.Partitioning = partitioningOf(c.partitions, c.other)
	if p.Other == nil {
		p.Partitioning.Levels = levelsOf(p.totals, p.Partitioning.Columns)
	}
	p.Partitioning.RootObjects = c.root
	p.Partitioning.Outside = c.outside.spelled()
	p.Warnings = append(c.unusual.warnings(), p.Other.warnings(c.partitions.len())...)
	if c.opts.Tables != nil {
		p.Warnings = append(p.Warnings, tableWarnings(p.TableFormats)...)
	}
	p.Skew = skewOf(p.totals)
	p.Ages = c.ages()
	p.Sizes = c.sizes(p)
	return p
}

// histograms sums those of the formats by whether Spark cuts the files.
func (c *Collector) histograms() map[bool]*histogram {
	out := map[bool]*histogram{}
	for t, f := range c.formats {
		if out[t.Splittable] == nil {
			out[t.Splittable] = &histogram{}
		}
		out[t.Splittable].merge(&f.hist)
	}
	return out
}

func (c *Collector) ages() *Ages {
	oldest, newest := never, never
	for p := range c.partitions.all() {
		oldest, newest = oldest.earlier(p.oldest), newest.later(p.newest)
	}
	if c.other != nil {
		oldest, newest = oldest.earlier(c.other.oldest), newest.later(c.other.newest)
	}
	if oldest == never {
		return nil
	}
	return &Ages{Oldest: *oldest.stamp(), Newest: *newest.stamp()}
}

// FileSizes yields the sizes of the files that Spark cuts (splittable) or does not, each with the number of files that
// have it. exact is false where there were too many different sizes to keep: they are then means, each of the files within 1/64
// of each other; their sum is exact.
func (p *Profile) FileSizes(splittable bool) (sizes iter.Seq2[int64, int64], exact bool) {
	set := p.files[splittable]
	if set == nil {
		return func(func(int64, int64) bool) {}, true
	}
	sizes = set.All()
	if !set.Exact() {
		return p.histograms[splittable].means, false
	}
	return sizes, set.error == 0
}

// SizeError bounds how far what FileSizes yields is from the true sizes, relative to them: 0 where it is exact,
// MeanError, or 1 for a profile that was read from a document without Detail.
func (p *Profile) SizeError() float64 {
	worst := 0.0
	for _, set := range p.files {
		if set.All(); !set.Exact() {
			worst = max(worst, MeanError)
		}
		worst = max(worst, set.error)
	}
	return worst
}

func (c *Collector) sizes(p *Profile) Sizes {
	if c.total.objects == 0 {
		return Sizes{}
	}
	all := &histogram{}
	for _, h := range p.histograms {
		all.merge(h)
	}
	lo, hi := int64(math.MaxInt64), int64(0)
	for _, f := range c.formats {
		lo, hi = min(lo, f.min), max(hi, f.max)
	}
	split, exactSplit := p.FileSizes(true)
	whole, exactWhole := p.FileSizes(false)
	if exactSplit && exactWhole {
		return sizesOf(mergeSizes(split, whole), all, c.total, lo, hi, 0)
	}
	return sizesOf(all.counts, all, c.total, lo, hi, RelativeError)
}

// mergeSizes joins two ascending sequences into one.
func mergeSizes(a, b iter.Seq2[int64, int64]) iter.Seq2[int64, int64] {
	return func(yield func(int64, int64) bool) {
		next, stop := iter.Pull2(b)
		defer stop()
		size, n, more := next()
		for v, m := range a {
			for ; more && size <= v; size, n, more = next() {
				if !yield(size, n) {
					return
				}
			}
			if !yield(v, m) {
				return
			}
		}
		for ; more; size, n, more = next() {
			if !yield(size, n) {
				return
			}
		}
	}
}

func sizesOf(ascending iter.Seq2[int64, int64], hist *histogram, total count, lo, hi int64, relErr float64) Sizes {
	q := quantiles(ascending, total.objects, lo, hi, 1, 5, 25, 50, 75, 95, 99)
	return Sizes{
		Min: lo, P01: q[0], P05: q[1], P25: q[2], P50: q[3], P75: q[4], P95: q[5], P99: q[6], Max: hi,
		Mean: total.bytes / total.objects, RelativeError: relErr, Histogram: hist.octaves(),
	}
}

// quantiles returns the nearest-rank quantile for each of the ascending percentages: the smallest size whose cumulative
// count reaches the rank, held to [lo, hi].
func quantiles(ascending iter.Seq2[int64, int64], total, lo, hi int64, percents ...int64) []int64 {
	out := make([]int64, 0, len(percents))
	seen := int64(0)
	for size, n := range ascending {
		seen += n
		for len(out) < len(percents) && seen >= rank(percents[len(out)], total) {
			out = append(out, min(max(size, lo), hi))
		}
		if len(out) == len(percents) {
			return out
		}
	}
	for len(out) < len(percents) {
		out = append(out, hi)
	}
	return out
}

// rank is percent/100 of total, rounded up.
func rank(percent, total int64) int64 { return total/100*percent + (total%100*percent+99)/100 }

func (c *Collector) formatList() []Format {
	out := make([]Format, 0, len(c.formats))
	for t, s := range c.formats {
		sizes := sizesOf(s.hist.counts, &s.hist, s.count, s.min, s.max, RelativeError)
		out = append(out, Format{
			Format: t.Format, Compression: t.Compression, Splittable: t.Splittable, Misread: t.Misread,
			Objects: s.objects, Bytes: s.bytes, Sizes: &sizes, Evidence: "name", named: t,
		})
	}
	slices.SortFunc(out, func(a, b Format) int {
		return byMost(a.Bytes, b.Bytes, strings.Compare(a.name(), b.name()))
	})
	return out
}

func (f Format) name() string {
	return f.Format + "." + f.Compression + strconv.FormatBool(f.Splittable) + strconv.FormatBool(f.Misread)
}

// byMost orders the larger first, and equals by tie.
func byMost(a, b int64, tie int) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return tie
}

func (c *Collector) classList() []StorageClass {
	out := make([]StorageClass, 0, len(c.classes))
	for class, n := range c.classes {
		out = append(out, StorageClass{Class: Spell(class), Objects: n.objects, Bytes: n.bytes, Readable: !isArchived(class)})
	}
	slices.SortFunc(out, func(a, b StorageClass) int { return byMost(a.Bytes, b.Bytes, strings.Compare(a.Class, b.Class)) })
	return out
}

func (c *Collector) ignoredList() []Ignored {
	out := c.uncounted()
	for k, s := range c.ignored {
		if slices.ContainsFunc(out, func(i Ignored) bool { return i.Uncounted && i.Reason == k.reason && i.Kind == Spell(k.kind) }) {
			continue
		}
		out = append(out, Ignored{Reason: k.reason, Kind: Spell(k.kind), Objects: s.objects, Bytes: s.bytes, Examples: s.examples.spelled()})
	}
	slices.SortFunc(out, func(a, b Ignored) int {
		if n := slices.Index(reasons, a.Reason) - slices.Index(reasons, b.Reason); n != 0 {
			return n
		}
		return byMost(a.Objects, b.Objects, strings.Compare(a.Kind, b.Kind))
	})
	return out
}

// uncounted are the kinds of object that the source may have jumped over, whether or not it has seen one. A target that fits
// on a page is always listed whole.
func (c *Collector) uncounted() []Ignored {
	out := make([]Ignored, 0, len(c.ignored))
	if c.opts.Skips == nil || c.seen() < onePage {
		return out
	}
	add := func(reason, kind string) {
		i := Ignored{Reason: reason, Kind: Spell(kind), Uncounted: true, Examples: []string{}}
		if !slices.ContainsFunc(out, func(o Ignored) bool { return o.Reason == reason && o.Kind == i.Kind }) {
			out = append(out, i)
		}
	}
	for _, g := range c.opts.Exclude {
		if p := g.String(); strings.HasSuffix(strings.TrimRight(p, "}"), "**") || strings.HasSuffix(p, "}") && strings.Contains(p, "**") {
			add(Excluded, p) // the only patterns that can match all of a directory
		}
	}
	if len(c.opts.Include) > 0 {
		add(NotIncluded, "")
	}
	if c.opts.Select != nil {
		add(NotSelected, c.opts.Where)
	}
	return out
}

// onePage is the most keys on a page of a listing.
const onePage = 1000

// seen is how many objects have been added.
func (c *Collector) seen() int64 {
	n := c.total.objects
	for _, s := range c.ignored {
		n += s.objects
	}
	return n
}

func (e examples) spelled() []string {
	out := make([]string, len(e))
	for i, s := range e {
		out[i] = Spell(s)
	}
	return out
}

func (u unusual) warnings() []Warning {
	var out []Warning
	if u.emptyComponents > 0 {
		out = append(out, Warning{"empty_component", "keys with an empty component (//): Hadoop and Spark cannot address them", u.emptyComponents})
	}
	if u.replacement > 0 {
		out = append(out, Warning{"replacement_character", "keys with U+FFFD: the server may not be able to spell them", u.replacement})
	}
	for _, dir := range u.emptyColumns.spelled() {
		out = append(out, Warning{"empty_partition_column", fmt.Sprintf("%q has an empty column name or value: Spark refuses it", dir), 0})
	}
	return out
}

var reasons = []string{
	Excluded, NotIncluded, NotSelected, DeleteFile, TableHistory, Unchecked, Unreferenced, TableChanges, TableMetadata, Marker, Hidden, ZeroBytes, Archived,
}

// Spell makes a key fit for a JSON string: bytes that are not UTF-8 become \xNN, so that two such keys stay different.
func Spell(key string) string {
	if utf8.ValidString(key) {
		return key
	}
	var b strings.Builder
	for len(key) > 0 {
		r, n := utf8.DecodeRuneInString(key)
		if r == utf8.RuneError && n == 1 {
			b.WriteString(`\x` + strconv.FormatUint(uint64(key[0])|0x100, 16)[1:])
		} else {
			b.WriteString(key[:n])
		}
		key = key[n:]
	}
	return b.String()
}

// partitionsOf sorts the partitions, and describes as many as are wanted.
func (c *Collector) partitionsOf(p *Profile) {
	all := c.byBytes()
	shown := len(all)
	if c.opts.Partitions > 0 {
		shown = min(shown, c.opts.Partitions)
	}
	p.PartitionsOmitted = int64(len(all) - shown)
	p.Partitions = make([]Partition, shown)
	p.totals = make([]PartitionTotals, len(all))
	for i, at := range all {
		part := c.partitions.at(at.number)
		p.totals[i] = PartitionTotals{Path: part.path, Base: part.path[:part.base], Objects: part.objects, Bytes: part.bytes, Small: part.smallObjects()}
		if i < shown {
			p.Partitions[i] = part.export(c.types)
		}
	}
}

// A weighed partition is its number and its bytes, side by side so that a sort finds them.
type weighed struct {
	bytes  int64
	number uint32
}

// byBytes returns the partitions, most bytes first, then by path.
func (c *Collector) byBytes() []weighed {
	all := make([]weighed, c.partitions.len())
	for i := range all {
		all[i] = weighed{c.partitions.at(uint32(i)).bytes, uint32(i)}
	}
	slices.SortFunc(all, func(a, b weighed) int {
		if a.bytes != b.bytes {
			return cmp.Compare(b.bytes, a.bytes)
		}
		return strings.Compare(c.partitions.at(a.number).path, c.partitions.at(b.number).path)
	})
	return all
}

// PartitionTotals is the size of one partition.
type PartitionTotals struct {
	// Path is the directory below the target, and Base the directory that its columns start in.
	Path, Base     string
	Objects, Bytes int64
	// Small is how many of the files are under SmallFileBytes.
	Small int64
}

// EachPartition yields all partitions that are told apart, most bytes first, those too that Partitions does not describe, but
// not what Other holds. Of a profile that was read from a document it yields what is there.
func (p *Profile) EachPartition(yield func(PartitionTotals) bool) {
	for _, t := range p.totals {
		if !yield(t) {
			return
		}
	}
	if p.totals != nil {
		return
	}
	for _, part := range p.Partitions {
		if !yield(PartitionTotals{Path: part.Path, Base: layoutOf(part.Path).base, Objects: part.Objects, Bytes: part.Bytes, Small: part.SmallObjects}) {
			return
		}
	}
}

func (p *partition) export(types []partitionType) Partition {
	q := quantiles(p.sizes, p.objects, p.min, p.max, 50, 95)
	out := Partition{
		Path: Spell(p.path), Objects: p.objects, Bytes: p.bytes, SmallObjects: p.smallObjects(),
		Sizes:   PartitionSizes{Min: p.min, P50: q[0], P95: q[1], Max: p.max, RelativeError: p.relativeError(), Histogram: octaves(p.sizes)},
		Formats: exportKinds(p.kinds(), types), Oldest: p.oldest.stamp(), Newest: p.newest.stamp(),
	}
	if !utf8.ValidString(p.path) {
		out.PathBase64 = base64.StdEncoding.EncodeToString([]byte(p.path))
	}
	values, _ := p.layout().values()
	out.Values = spelledValues(values)
	return out
}

// exportKinds lists files by type, the most first.
func exportKinds(kinds []kindCount, types []partitionType) []PartitionFormat {
	out := make([]PartitionFormat, 0, len(kinds))
	for _, k := range kinds {
		t := types[k.kind]
		out = append(out, PartitionFormat{t.format, t.compression, k.objects})
	}
	slices.SortFunc(out, func(a, b PartitionFormat) int {
		return byMost(a.Objects, b.Objects, strings.Compare(a.Format+"."+a.Compression, b.Format+"."+b.Compression))
	})
	return out
}

// skewOf measures how unevenly partitions are filled; they come sorted by bytes, largest first.
func skewOf(partitions []PartitionTotals) *Skew {
	n := len(partitions)
	if n < 2 {
		return nil
	}
	sizes, objects := make([]int64, n), make([]int64, n)
	for i, p := range partitions {
		sizes[n-1-i], objects[i] = p.Bytes, p.Objects
	}
	slices.Sort(objects)
	s := &Skew{
		MedianBytes: median(sizes), MaxBytes: sizes[n-1], Largest: Spell(partitions[0].Path),
		MedianObjects: median(objects), MaxObjects: objects[n-1],
	}
	s.MaxOverMedian = ratio(s.MaxBytes, s.MedianBytes)
	s.ObjectsMaxOverMedian = ratio(s.MaxObjects, s.MedianObjects)
	s.Gini, s.CV = giniAndCV(sizes)
	s.LowerGroup, s.UpperGroup = twoMeans(sizes)
	return s
}

// median is the nearest-rank median of ascending values.
func median(ascending []int64) int64 { return ascending[(len(ascending)-1)/2] }

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return round6(float64(a) / float64(b))
}

// round6 keeps six digits after the point, so that a figure has one spelling.
func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// giniAndCV of ascending values: Gini is Σ(2i-n-1)x / (nΣx) with i from 1, CV the population standard deviation over
// the mean.
func giniAndCV(ascending []int64) (gini, cv float64) {
	n := float64(len(ascending))
	var sum, weighted, squares float64
	for i, v := range ascending {
		x := float64(v)
		sum += x
		weighted += (2*float64(i+1) - n - 1) * x
	}
	if sum == 0 {
		return 0, 0
	}
	mean := sum / n
	for _, v := range ascending {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	return round6(weighted / (n * sum)), round6(math.Sqrt(squares/n) / mean)
}
