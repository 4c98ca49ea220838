package stats

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Detail is what plans are made of beside the figures of a profile, packed: the size of every file, and the totals of every
// partition. A document with it can be judged again, for another engine, as if the target were listed again.
//
// Each packed part is gzip, in base64, of numbers spelled as unsigned varints (LEB128).
type Detail struct {
	// Version of the spelling: 1.
	Version int `json:"version"`
	// Whether the sizes are those of the files; if not, they are means of files whose sizes are within 1/64 of each other.
	Exact bool `json:"exact"`
	// Sizes of the files that Spark cuts, ascending. Each different one is twice its difference to the one before; it is one
	// more, and the number of files follows, where more than one file has that size.
	Splittable []byte `json:"splittable_sizes,omitempty"`
	// Sizes of the other files, likewise.
	Whole []byte `json:"whole_sizes,omitempty"`
	// Partitions that are told apart, most bytes first: of each the number of files, of small ones, bytes, length of the
	// path, length of the directory that its columns start in, and the path. The smallest may be missing where they are too many.
	Partitions []byte `json:"partitions,omitempty"`
}

// Bounds on a Detail, on both ways: what is packed of partitions, and what any part unpacks to, bytes.
const (
	detailVersion     = 1
	maxPackedPaths    = 48 << 20
	maxUnpackedDetail = 256 << 20
	maxDetailed       = 10_000_000 // partitions
)

// MaxObjects is the most files that a profile that was read may have: more than S3 ever held, and few enough to reckon with.
const MaxObjects = 1 << 50

// Pack fills Detail.
func (p *Profile) Pack() error { return p.pack(maxPackedPaths) }

func (p *Profile) pack(bound int) error {
	d := &Detail{Version: detailVersion, Exact: p.SizeError() == 0}
	var err error
	if d.Splittable, err = p.packSizes(true); err != nil {
		return err
	}
	if d.Whole, err = p.packSizes(false); err != nil {
		return err
	}
	if d.Partitions, err = p.packPartitions(bound); err != nil {
		return err
	}
	p.Detail = d
	return nil
}

func (p *Profile) packSizes(splittable bool) ([]byte, error) {
	sizes, _ := p.FileSizes(splittable)
	var w runWriter
	for size, n := range sizes {
		w.add(size, n)
	}
	if w.finish(); w.sizes == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(w.spelled)
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}

// packPartitions stops at so many packed bytes, or where more would not be unpacked.
func (p *Profile) packPartitions(bound int) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	var line []byte
	written, n := 0, 0
	for t := range p.EachPartition {
		line = line[:0]
		for _, n := range []int64{t.Objects, t.Small, t.Bytes, int64(len(t.Path)), int64(len(t.Base))} {
			line = binary.AppendUvarint(line, uint64(n))
		}
		line = append(line, t.Path...)
		written, n = written+len(line), n+1
		if out.Len() > bound || written > maxUnpackedDetail || n > maxDetailed {
			break
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return out.Bytes(), err
}

// Unpack restores what Detail holds, so that the profile is judged as it was before it was written. Without Detail it
// makes do with the figures: sizes from the histograms of formats, and partitions that are not described as one, Other.
//
// The document may be anybody's: Unpack fails where counts are negative or do not agree, and allocates no more than a few
// times what it reads.
func (p *Profile) Unpack() error {
	if err := p.plausible(); err != nil {
		return err
	}
	p.files, p.histograms, p.totals = map[bool]*SizeSet{}, nil, nil
	if p.Detail == nil {
		if err := p.restoreFigures(); err != nil {
			return err
		}
		return p.foldRest(p.listed())
	}
	if p.Detail.Version != detailVersion {
		return fmt.Errorf("profile.detail has version %d, and this program reads %d", p.Detail.Version, detailVersion)
	}
	var errs [2]error
	p.files[true], errs[0] = unpackSizes(p.Detail.Splittable, p.objectsOf(true))
	p.files[false], errs[1] = unpackSizes(p.Detail.Whole, p.objectsOf(false))
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("profile.detail, sizes: %w", err)
	}
	for _, set := range p.files {
		if !p.Detail.Exact && len(set.runs) > 0 {
			set.error = MeanError
		}
	}
	if err := p.unpackPartitions(); err != nil {
		return fmt.Errorf("profile.detail, partitions: %w", err)
	}
	return nil
}

// objectsOf counts the files that Spark cuts, or does not.
func (p *Profile) objectsOf(splittable bool) int64 {
	n := int64(0)
	for _, f := range p.Formats {
		if f.Splittable == splittable {
			n += f.Objects
		}
	}
	return n
}

var errCut = errors.New("it ends early")

func unpackSizes(part []byte, objects int64) (*SizeSet, error) {
	spelled, err := unpacked(part)
	if err != nil {
		return nil, err
	}
	set := &SizeSet{limit: maxSizes}
	run := sizeRun{spelled: spelled}
	var size, files uint64
	for rest := spelled; len(rest) > 0; {
		var diff, n uint64
		if diff, rest, err = uvarint(rest); err != nil {
			return nil, err
		}
		if n = 1; diff&1 != 0 {
			if n, rest, err = uvarint(rest); err != nil {
				return nil, err
			}
		}
		if diff>>1 == 0 || size+diff>>1 > math.MaxInt64 || n == 0 || n > MaxObjects {
			return nil, errors.New("sizes do not rise, or are out of bounds")
		}
		size += diff >> 1
		if files += n; files > uint64(objects) {
			break
		}
		run.sizes++
	}
	if files != uint64(objects) {
		return nil, fmt.Errorf("they are of %d files or more, and formats count %d", files, objects)
	}
	if run.sizes > 0 {
		set.runs = []sizeRun{run}
	}
	return set, nil
}

func (p *Profile) unpackPartitions() error {
	lines, err := unpacked(p.Detail.Partitions)
	if err != nil {
		return err
	}
	text := string(lines) // the paths share it
	p.totals = []PartitionTotals{}
	last := int64(math.MaxInt64)
	for at := 0; at < len(lines); {
		var n [5]uint64
		rest := lines[at:]
		for i := range n {
			if n[i], rest, err = uvarint(rest); err != nil {
				return err
			}
		}
		at = len(lines) - len(rest)
		if n[3] > uint64(len(rest)) || n[4] > n[3] {
			return errCut
		}
		if n[0] > MaxObjects || n[1] > n[0] || n[2] > uint64(last) || len(p.totals) == maxDetailed {
			return errors.New("they are out of order, or out of bounds")
		}
		last = int64(n[2])
		path := text[at : at+int(n[3])]
		p.totals = append(p.totals, PartitionTotals{Path: path, Base: path[:n[4]], Objects: int64(n[0]), Small: int64(n[1]), Bytes: int64(n[2])})
		at += int(n[3])
	}
	return p.foldRest(p.totals)
}

// foldRest counts as Other what Totals have more than the partitions that are known.
func (p *Profile) foldRest(known []PartitionTotals) error {
	rest := p.Totals
	take := func(partitions, objects, bytes int64) {
		rest.Partitions -= partitions
		if rest.Objects -= objects; rest.Bytes < math.MaxInt64 { // a sum that stopped there says nothing
			rest.Bytes -= bytes
		}
	}
	for _, t := range known {
		take(1, t.Objects, t.Bytes)
	}
	o := p.Other
	if o == nil {
		o = &Other{Formats: []PartitionFormat{}}
	}
	take(o.Partitions, o.Objects, o.Bytes)
	switch {
	case rest.Partitions < 0 || rest.Objects < 0 || rest.Bytes < 0:
		return fmt.Errorf("there are more than totals count: %d, %d files, %d bytes too many", -rest.Partitions, -rest.Objects, -rest.Bytes)
	case rest.Partitions == 0 && rest.Objects > 0:
		return fmt.Errorf("they are of %d files less than totals count", rest.Objects)
	case rest.Partitions == 0:
		return nil
	}
	p.Other = &Other{
		Partitions: o.Partitions + rest.Partitions, Estimated: o.Estimated, Objects: o.Objects + rest.Objects, Bytes: addSaturating(o.Bytes, rest.Bytes),
		Min: p.Sizes.Min, Max: p.Sizes.Max, Formats: o.Formats, Oldest: o.Oldest, Newest: o.Newest,
	}
	p.Warnings = append(p.Warnings, p.Other.warnings(len(known))...)
	return nil
}

// restoreFigures makes sizes of the histograms of formats: the mean of each bin, which may be twice the true size or half.
func (p *Profile) restoreFigures() error {
	sizes := map[bool]map[int64]int64{true: {}, false: {}}
	for _, f := range p.Formats {
		bins := []Bin{{Objects: f.Objects, Bytes: f.Bytes}}
		if f.Sizes != nil {
			bins = f.Sizes.Histogram
		}
		n := int64(0)
		for _, b := range bins {
			if n = addSaturating(n, b.Objects); b.Objects > 0 {
				sizes[f.Splittable][max(b.Bytes/b.Objects, 1)] += b.Objects
			}
		}
		if n != f.Objects {
			return fmt.Errorf("profile.formats: %s has %d files, and %d in its histogram", f.Format, f.Objects, n)
		}
	}
	for splittable, of := range sizes {
		var w runWriter
		for _, size := range slices.Sorted(maps.Keys(of)) {
			w.add(size, of[size])
		}
		set := newSizeSet(maxSizes)
		set.error = 1
		if run := w.finish(); run.sizes > 0 {
			set.runs = []sizeRun{run}
		}
		p.files[splittable] = set
	}
	return nil
}

// listed are the totals of the partitions that the document describes.
func (p *Profile) listed() []PartitionTotals {
	out := []PartitionTotals{}
	for t := range p.EachPartition {
		out = append(out, t)
	}
	return out
}

// plausible fails where a number is below zero, or more than may be reckoned with, and where formats do not add up.
func (p *Profile) plausible() error {
	if err := plausible("profile", reflect.ValueOf(p).Elem()); err != nil {
		return err
	}
	files := int64(0)
	for _, f := range p.Formats {
		files = addSaturating(files, f.Objects)
	}
	if files != p.Totals.Objects {
		return fmt.Errorf("profile.formats count %d files, and profile.totals %d", files, p.Totals.Objects)
	}
	return nil
}

func plausible(name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Int64:
		counts := strings.HasSuffix(name, "Objects") || strings.HasSuffix(name, "Partitions")
		if n := v.Int(); n < 0 || counts && n > MaxObjects {
			return fmt.Errorf("%s is %d", strings.ToLower(name), n)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return plausible(name, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := plausible(name, v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				if err := plausible(name+"."+f.Name, v.Field(i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func unpacked(part []byte) ([]byte, error) {
	if len(part) == 0 {
		return nil, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(part))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxUnpackedDetail+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if len(out) > maxUnpackedDetail {
		return nil, fmt.Errorf("unpack: more than %d bytes", maxUnpackedDetail)
	}
	return out, nil
}

func uvarint(b []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errCut
	}
	return v, b[n:], nil
}
