package survey

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"s3layout/stats"
	"s3layout/stats/probe"
	"s3layout/stats/probe/codec"
)

// maxExamples of anything are named, and maxFiles described.
const (
	maxExamples = 3
	maxFiles    = 10_000
)

// sums are what findings come to. They are added in the order of the sample, by one goroutine.
type sums struct {
	probe      *stats.Probe
	failed     map[string]*stats.ProbeFailure
	problems   map[problemKind]*stats.ProbeProblem
	mismatches map[mismatchKind]*stats.Mismatch
	types      map[stats.FileType]*typeSums
	blocks     map[string]*blockSums
	schemas    map[string]*schemaSums
	text       map[stats.TextLayout]*stats.TextLayout
	all        bool
}

type problemKind struct{ kind, what, format string }

type mismatchKind struct {
	named                            stats.FileType
	format, compression, out, folded string
}

// typeSums are those of the files whose names say the same.
type typeSums struct {
	read  int64
	found map[foundKind]*stats.FormatFound
	grown []grown
}

type foundKind struct {
	format, compression, container string
	verdict                        probe.Verdict
}

// grown is how much one file grows.
type grown struct {
	key            string
	ratio, decoded float64
	origin         string
}

func newSums(all bool) *sums {
	p := &stats.Probe{
		Mode: Some, Failed: []stats.ProbeFailure{}, Problems: []stats.ProbeProblem{}, Codecs: []stats.CodecShare{},
		Mismatches: []stats.Mismatch{}, Blocks: []stats.BlockHealth{}, Schemas: []stats.SchemaDrift{}, Text: []stats.TextLayout{},
	}
	if all {
		p.Mode = Every
	}
	return &sums{
		probe: p, failed: map[string]*stats.ProbeFailure{}, problems: map[problemKind]*stats.ProbeProblem{},
		mismatches: map[mismatchKind]*stats.Mismatch{}, types: map[stats.FileType]*typeSums{}, blocks: map[string]*blockSums{},
		schemas: map[string]*schemaSums{}, text: map[stats.TextLayout]*stats.TextLayout{}, all: all,
	}
}

// unread is the compression of files that could not be read.
const unread = "unread"

// add counts a file.
func (s *sums) add(d *stats.Drawn, o *opened) {
	p := s.probe
	p.Objects++
	p.Requests += int64(o.requests)
	p.BytesRead += o.bytes
	if o.err != nil {
		s.fail(d, o.err)
		return
	}
	f := o.finding
	v := f.Verdict(d.Name())
	format, compression := foundIn(f, d.Type)
	d.Found = format + "." + compression
	if f.Problem != nil {
		at := problemKind{string(f.Problem.Kind), f.Problem.What, format}
		x := s.problems[at]
		if x == nil {
			x = &stats.ProbeProblem{Kind: at.kind, What: at.what, Format: at.format, Examples: []string{}}
			s.problems[at] = x
		}
		x.Objects++
		keepExample(&x.Examples, d.Key)
	}
	t := s.typeOf(d.Type)
	t.read++
	t.add(d, f, v, format, compression)
	s.addMismatch(d, f, v, format, compression)
	s.addBlocks(d, f)
	s.addSchema(d, f)
	s.addText(d, f, v)
	s.describe(d, f, v)
}

func (s *sums) fail(d *stats.Drawn, err error) {
	kind := failureOf(err)
	d.Found = d.Type.Format + "." + unread
	x := s.failed[kind]
	if x == nil {
		x = &stats.ProbeFailure{Kind: kind, Examples: []string{}}
		s.failed[kind] = x
	}
	x.Objects++
	keepExample(&x.Examples, d.Key)
	if s.all && len(s.probe.Files) < maxFiles {
		s.probe.Files = append(s.probe.Files, stats.ProbedFile{
			Key: stats.Spell(d.Key), Size: d.Size, Format: d.Type.Format, Compression: unread, Evidence: string(probe.EvidenceNone), Failed: kind,
		})
	}
}

// keepExample keeps the smallest keys.
func keepExample(examples *[]string, key string) {
	key = stats.Spell(key)
	at, found := slices.BinarySearch(*examples, key)
	if found || at == maxExamples {
		return
	}
	*examples = slices.Insert(*examples, at, key)
	*examples = (*examples)[:min(len(*examples), maxExamples)]
}

// foundIn is format and compression as they are counted. What the bytes do not tell, and do not gainsay, is as the name has
// it: the first block of bzip2 may be longer than a sample, and one column of values is lines of text.
func foundIn(f *probe.Finding, named stats.FileType) (format, compression string) {
	format, compression = f.Format, f.Compression
	if named.Format != "unknown" && !f.Mismatch && (format == "unknown" || format == "text") {
		format = named.Format
	}
	if compression == "unknown" && f.Text != nil && !f.Text.Binary {
		compression = "none"
	}
	return format, compression
}

func (s *sums) typeOf(t stats.FileType) *typeSums {
	x := s.types[t]
	if x == nil {
		x = &typeSums{found: map[foundKind]*stats.FormatFound{}}
		s.types[t] = x
	}
	return x
}

func (t *typeSums) add(d *stats.Drawn, f *probe.Finding, v probe.Verdict, format, compression string) {
	at := foundKind{format, compression, f.Container, v}
	x := t.found[at]
	if x == nil {
		x = &stats.FormatFound{
			Format: format, Compression: compression, Container: f.Container, Outcome: string(v.Outcome), Outcome4: string(v.Folded),
			Splits: v.Splits, Splitting: string(v.Splitting), MultiLine: v.MultiLine,
		}
		t.found[at] = x
	}
	x.Files++
	x.Bytes += d.Size
	if ratio, ok := f.Expansion.Ratio(); ok {
		g := grown{key: d.Key, ratio: ratio, origin: f.Expansion.Basis}
		if e := f.Expansion; e.DecodedBytes > 0 {
			g.decoded = float64(e.DecodedBytes) / float64(e.CompressedBytes)
		}
		t.grown = append(t.grown, g)
	}
}

func (s *sums) addMismatch(d *stats.Drawn, f *probe.Finding, v probe.Verdict, format, compression string) {
	if !f.Mismatch && (v.Outcome == codec.Reads || f.Format == "arrow" || f.Unread) {
		return
	}
	at := mismatchKind{d.Type, format, compression, string(v.Outcome), string(v.Folded)}
	x := s.mismatches[at]
	if x == nil {
		x = &stats.Mismatch{
			NamedFormat: d.Type.Format, NamedCompression: d.Type.Compression, Format: format, Compression: compression,
			Mismatch: f.Mismatch, Outcome: at.out, Outcome4: at.folded, Examples: []string{},
		}
		s.mismatches[at] = x
	}
	x.Objects++
	x.Bytes += d.Size
	keepExample(&x.Examples, d.Key)
}

func (s *sums) addText(d *stats.Drawn, f *probe.Finding, v probe.Verdict) {
	if f.Text == nil || f.Format == "unknown" {
		return
	}
	t := f.Text
	at := stats.TextLayout{
		Format: f.Format, Layout: t.Layout, Delimiter: t.Delimiter, Header: t.Header, RowTag: t.RowTag, MultiLine: v.MultiLine, Encoding: t.Encoding,
	}
	x := s.text[at]
	if x == nil {
		copied := at
		x = &copied
		s.text[at] = x
	}
	x.Objects++
	if key := stats.Spell(d.Key); x.Example == "" || key < x.Example {
		x.Example = key
	}
}

func (s *sums) describe(d *stats.Drawn, f *probe.Finding, v probe.Verdict) {
	if !s.all || len(s.probe.Files) >= maxFiles {
		return
	}
	x := stats.ProbedFile{
		Key: stats.Spell(d.Key), Size: d.Size, Format: f.Format, Compression: f.Compression, Container: f.Container,
		Evidence: string(f.Evidence), Mismatch: f.Mismatch, Outcome: string(v.Outcome), Splits: v.Splits, Splitting: string(v.Splitting),
	}
	if ratio, ok := f.Expansion.Ratio(); ok {
		x.Expansion = ratio
	}
	if f.Schema != nil {
		x.Schema = f.Schema.Fingerprint
	}
	if f.Blocks != nil {
		x.Blocks = f.Blocks.Count
	}
	if f.Problem != nil {
		x.Problem = string(f.Problem.Kind)
	}
	s.probe.Files = append(s.probe.Files, x)
}

// write puts everything in order into the profile.
func (s *sums) write(p *stats.Profile, sample *stats.Sample) {
	probe := s.probe
	p.Probe = probe
	if probe.Mode == Off {
		probe.Objects, probe.Requests, probe.BytesRead = 0, 0, 0
		return
	}
	probe.Failed = sortedBy(s.failed, func(a, b *stats.ProbeFailure) int {
		return cmp.Or(cmp.Compare(b.Objects, a.Objects), strings.Compare(a.Kind, b.Kind))
	})
	probe.Problems = sortedBy(s.problems, func(a, b *stats.ProbeProblem) int {
		return cmp.Or(cmp.Compare(b.Objects, a.Objects), strings.Compare(a.Kind, b.Kind), strings.Compare(a.What, b.What), strings.Compare(a.Format, b.Format))
	})
	probe.Mismatches = sortedBy(s.mismatches, func(a, b *stats.Mismatch) int {
		return cmp.Or(cmp.Compare(b.Objects, a.Objects), cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Examples[0], b.Examples[0]))
	})
	probe.Text = sortedBy(s.text, func(a, b *stats.TextLayout) int {
		return cmp.Or(cmp.Compare(b.Objects, a.Objects), strings.Compare(a.Example, b.Example))
	})
	slices.SortFunc(probe.Files, func(a, b stats.ProbedFile) int { return strings.Compare(a.Key, b.Key) })
	s.writeBlocks()
	s.writeSchemas()
	if probe.Objects > 0 {
		shares, unseen := sample.Shares()
		probe.Codecs, probe.Unseen = codecShares(shares), unseen
		probe.Method, probe.Confidence = stats.ShareMethod, stats.ShareLevel
	}
	for i := range p.Formats {
		s.writeFormat(&p.Formats[i], sample)
	}
}

func sortedBy[K comparable, V any](m map[K]*V, compare func(a, b *V) int) []V {
	list := make([]*V, 0, len(m))
	for _, v := range m {
		list = append(list, v)
	}
	slices.SortFunc(list, compare)
	out := make([]V, 0, len(list))
	for _, v := range list {
		out = append(out, *v)
	}
	return out
}

func codecShares(shares []stats.Share) []stats.CodecShare {
	out := make([]stats.CodecShare, 0, len(shares))
	for _, x := range shares {
		format, compression, _ := strings.Cut(x.Found, ".")
		out = append(out, stats.CodecShare{Format: format, Compression: compression, Probed: x.Files, Share: x.Share, Low: x.Low, High: x.Top})
	}
	return out
}

// writeFormat says what the files of one name turned out to be. What the name does not tell is taken from them.
func (s *sums) writeFormat(f *stats.Format, sample *stats.Sample) {
	t := s.types[f.Type()]
	if t == nil {
		return
	}
	f.Probed = t.read
	f.Found = sortedBy(t.found, func(a, b *stats.FormatFound) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Files, a.Files), strings.Compare(a.Format, b.Format),
			strings.Compare(a.Compression, b.Compression), strings.Compare(a.Container, b.Container), strings.Compare(a.Splitting, b.Splitting),
			strings.Compare(a.Outcome, b.Outcome), strings.Compare(a.Outcome4, b.Outcome4), cmp.Compare(number(a.MultiLine), number(b.MultiLine)))
	})
	shares, _ := sample.SharesOf(f.Type())
	f.Codecs = codecShares(shares)
	f.Expansion = t.expansion(sample.Weights(f.Type()))
	one := func(of func(*stats.FormatFound) string) string {
		first := of(&f.Found[0])
		for i := range f.Found {
			if of(&f.Found[i]) != first {
				return "mixed"
			}
		}
		return first
	}
	format := one(func(x *stats.FormatFound) string { return x.Format })
	if f.Format == "unknown" && format != "mixed" && format != "unknown" && format != "tar" {
		f.Format, f.Evidence = format, "probe"
		if f.Compression == "none" && selfCompressed(format) {
			f.Compression = "unknown"
		}
	}
	if f.Compression == "unknown" {
		if f.Compression = one(func(x *stats.FormatFound) string { return x.Compression }); f.Compression != "unknown" {
			f.Evidence = "probe"
		}
	}
}

// selfCompressed formats say themselves what they are compressed with.
func selfCompressed(format string) bool {
	return format == "parquet" || format == "orc" || format == "avro"
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// expansion averages over the bytes that the files stand for; over files, where none of them stands for any.
func (t *typeSums) expansion(weights map[string]float64) *stats.FileExpansion {
	if len(t.grown) == 0 {
		return nil
	}
	origins := map[string]int{}
	for _, g := range t.grown {
		origins[g.origin]++
	}
	e := &stats.FileExpansion{Min: math.Inf(1)}
	for origin, n := range origins {
		if n > origins[e.Origin] || n == origins[e.Origin] && origin < e.Origin {
			e.Origin = origin
		}
	}
	var total, sum, decoded, plain float64
	every := true
	for _, g := range t.grown {
		if g.origin != e.Origin {
			continue
		}
		w := weights[g.key]
		e.Files++
		e.Min, e.Max = min(e.Min, g.ratio), max(e.Max, g.ratio)
		total += w
		sum += w * g.ratio
		decoded += w * g.decoded
		plain += g.ratio
		every = every && g.decoded > 0
	}
	e.Ratio = plain / float64(e.Files)
	if total > 0 {
		e.Ratio = sum / total
		if every {
			e.Decoded = round3(decoded / total)
		}
	}
	e.Ratio, e.Min, e.Max = round3(e.Ratio), round3(e.Min), round3(e.Max)
	return e
}

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }
