package advisor

import (
	"fmt"
	"iter"
	"slices"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

// growth is how much bytes grow in memory: means over bytes, of files that are cut, of those that are not, and of all.
type growth struct {
	split, whole, all float64
	origin            string
}

// of is what bytes of the whole dataset become in memory.
func (g growth) of(bytes int64) int64 { return int64(min(float64(bytes)*g.all, 1<<62)) }

// Origins of a growth.
const (
	grownText     = "compressed text grows 5.9-fold: 32 GB of gzip JSON became 190 GB in AWS's guide to Glue; an assumption"
	grownColumnar = "as stored: what a listing shows does not tell how much columnar files grow"
	grownPlain    = "as stored: nothing is compressed by its name"
)

// Grows is how many bytes a byte of such files becomes, and the files in which that was measured; none where it is assumed:
// by the engine's AssumedExpansion for compressed text, and as stored for all else. Of columnar files it is what the values
// take, where their footers say so, or else their pages, which are still encoded.
func (f *Facts) Grows(t stats.Format) (factor float64, files int64) {
	text := slices.Contains(groupable, t.Format)
	if e := t.Expansion; e != nil && e.Files > 0 && e.Ratio > 0 && (!text || t.Compression != "none") {
		if e.Decoded > 0 {
			return max(e.Decoded, 1), e.Files
		}
		return max(e.Ratio, 1), e.Files
	}
	if text && t.Compression != "none" {
		return max(f.Engine.AssumedExpansion, 1), 0
	}
	return 1, 0
}

// TextGrows is the mean of Grows over the bytes of compressed text.
func (f *Facts) TextGrows() float64 {
	var stored, grown float64
	for _, t := range f.Profile.Formats {
		if slices.Contains(groupable, t.Format) && t.Compression != "none" {
			factor, _ := f.Grows(t)
			stored += float64(t.Bytes)
			grown += factor * float64(t.Bytes)
		}
	}
	if stored == 0 {
		return max(f.Engine.AssumedExpansion, 1)
	}
	return grown / stored
}

// growth is what was measured in files and, where none was opened, what their names let assume.
func (f *Facts) growth() growth {
	type sum struct{ stored, grown float64 }
	var split, whole, all sum
	var measured int64
	columnar, compressed := false, false
	for _, t := range f.Profile.Formats {
		factor, files := f.Grows(t)
		switch {
		case files > 0:
			measured += files
		case !slices.Contains(groupable, t.Format):
			columnar = true
		case t.Compression != "none":
			compressed = true
		}
		of := &whole
		if t.Splittable {
			of = &split
		}
		for _, s := range []*sum{of, &all} {
			s.stored += float64(t.Bytes)
			s.grown += factor * float64(t.Bytes)
		}
	}
	mean := func(s sum) float64 {
		if s.stored == 0 {
			return 1
		}
		return s.grown / s.stored
	}
	g := growth{split: mean(split), whole: mean(whole), all: mean(all), origin: grownPlain}
	switch {
	case compressed:
		g.origin = grownText
	case columnar:
		g.origin = grownColumnar
	}
	if measured > 0 {
		rest := ""
		if compressed || columnar {
			rest = "; where none was opened: " + g.origin
		}
		g.origin = fmt.Sprintf("measured in files that were opened, %s%s", Count(measured), rest)
	}
	return g
}

// A layout stands in for the files of a profile: what they would be after a change.
type layout struct {
	objects  int64
	columnar bool // not what Glue groups
	input    spark.Input
	growth   growth
	bundles  iter.Seq[spark.Bundle] // nil: those of the profile
}

// objects is how many files are read.
func (f *Facts) objects() int64 {
	if f.files != nil {
		return f.files.objects
	}
	return f.Profile.Totals.Objects
}

// input is the files of the profile as their names say that they are cut.
func (f *Facts) input() (spark.Input, growth) {
	if f.files != nil {
		return f.files.input, f.files.growth
	}
	if f.sizes == nil {
		f.sizes = spread(f.Profile)
	}
	g := f.growth()
	return spark.Input{
		Splittable: f.sizes[true].all, Whole: f.sizes[false].all, Sizes: f.sizes[true].distinct + f.sizes[false].distinct,
		Empty: f.empty(), SplittableGrowth: g.split, WholeGrowth: g.whole,
	}, g
}

// FileSizes are those of the profile, spread out where they are not too many: rules pass over them.
func (f *Facts) FileSizes(splittable bool) (sizes spark.Files, exact bool) {
	sizes, exact = f.Profile.FileSizes(splittable)
	if f.sizes != nil {
		sizes = f.sizes[splittable].all
	}
	return sizes, exact
}

// maxSpread is how many different sizes are spread out in memory, 16 bytes each, to be passed over many times.
const maxSpread = 2_000_000

// sizes are those of files, whole or not, and how many different ones there are, where that is known.
type sizes struct {
	all      spark.Files
	distinct int
}

// spread takes the sizes of a profile out of their packed form, where they are not too many.
func spread(p *stats.Profile) map[bool]sizes {
	out := map[bool]sizes{}
	for _, splittable := range []bool{true, false} {
		objects := int64(0) // no fewer than sizes
		for _, t := range p.Formats {
			if t.Splittable == splittable {
				objects += max(t.Objects, 0)
			}
		}
		files, _ := p.FileSizes(splittable)
		out[splittable] = spreadOut(files, min(objects, maxSpread))
	}
	return out
}

func spreadOut(files spark.Files, room int64) sizes {
	type counted struct{ size, n int64 }
	list := make([]counted, 0, room)
	for size, n := range files {
		if len(list) == maxSpread {
			return sizes{files, maxSpread}
		}
		list = append(list, counted{size, n})
	}
	all := func(yield func(int64, int64) bool) {
		for _, s := range list {
			if !yield(s.size, s.n) {
				return
			}
		}
	}
	return sizes{all, len(list)}
}

// scanInput is input for a DataFrame scan: from Spark 4.0 it reads xml, whole unless multiLine is set to false; and whole what
// it needs multiLine for.
func (f *Facts) scanInput() (spark.Input, growth) {
	in, g := f.input()
	lines, _ := f.scansMultiLine()
	if f.files == nil && (lines || f.spark4() && f.xml() == f.Profile.Totals.Objects) {
		in.Splittable, in.Whole, in.WholeGrowth = nil, both(in.Splittable, in.Whole), g.all
	}
	return in, g
}

// empty is how many files hold no byte.
func (f *Facts) empty() int64 {
	var files int64
	for _, i := range f.Profile.Ignored {
		if i.Reason == stats.ZeroBytes {
			files += i.Objects
		}
	}
	return files
}

func both(a, b iter.Seq2[int64, int64]) iter.Seq2[int64, int64] {
	return func(yield func(int64, int64) bool) {
		for _, files := range []iter.Seq2[int64, int64]{a, b} {
			for size, n := range files {
				if !yield(size, n) {
					return
				}
			}
		}
	}
}
