package stats

import (
	"cmp"
	"slices"
	"strings"
)

// A Sample is files to open, in rounds, and what was found in them. Which files a round has depends on the files of the
// dataset, on the requests that it may take and on what earlier rounds took, and on nothing else.
type Sample struct {
	types []*sampledType // most bytes first
	parts []Pick
	drawn map[string]*Drawn
	every []*Drawn // DrawAll: the first, the middle and the last by key, then the others
	turn  int
	bytes int64
}

// sampledType is the files of one type: those to take next, and how many were taken.
type sampledType struct {
	typ            FileType
	objects, bytes int64
	bySize, byFile []Pick
	taken, seen    int
}

// Drawn is a file that was drawn, and what it turned out to be.
type Drawn struct {
	Pick
	// Found says which share the file's bytes count for; "" until that is known.
	Found string
}

// Sample returns the files that were drawn so far; nil where Options.Draw is 0.
func (c *Collector) Sample() *Sample {
	if c.draw == nil {
		return nil
	}
	s := &Sample{drawn: map[string]*Drawn{}, bytes: c.total.bytes, parts: c.draw.parts.sorted()}
	for t, d := range c.draw.types {
		f := c.formats[t]
		s.types = append(s.types, &sampledType{typ: t, objects: f.objects, bytes: f.bytes, bySize: d.bySize.sorted(), byFile: d.byFile.sorted()})
	}
	slices.SortFunc(s.types, func(a, b *sampledType) int {
		return byMost(a.bytes, b.bytes, cmp.Or(strings.Compare(a.typ.Format, b.typ.Format), strings.Compare(a.typ.Compression, b.typ.Compression), a.typ.compareFlags(b.typ)))
	})
	if c.draw.limit == 0 {
		s.takeAll()
	}
	return s
}

func (t FileType) compareFlags(other FileType) int {
	number := func(t FileType) int {
		n := 0
		if t.Splittable {
			n++
		}
		if t.Misread {
			n += 2
		}
		return n
	}
	return cmp.Compare(number(t), number(other))
}

func (s *Sample) takeAll() {
	for _, t := range s.types {
		for _, p := range t.bySize {
			s.every = append(s.every, &Drawn{Pick: p})
		}
		t.taken = len(t.bySize)
	}
	slices.SortFunc(s.every, func(a, b *Drawn) int { return strings.Compare(a.Key, b.Key) })
	for _, d := range s.every {
		s.drawn[d.Key] = d
	}
	if n := len(s.every); n > 3 { // the first round asks whether files may be read at all, which may differ between prefixes
		middle, last := s.every[n/2], s.every[n-1]
		rest := slices.Delete(s.every[1:n-1:n-1], n/2-1, n/2)
		s.every = append([]*Drawn{s.every[0], middle, last}, rest...)
	}
}

// chunk is how many files a round of DrawAll has.
const chunk = 1000

// Next returns the files of the next round: as many as take no more than that many requests, at cost for each; of DrawAll no
// more files than that, at most chunk. None means that there are no more, or that the next one costs more.
func (s *Sample) Next(requests int, cost func(*Pick) int) []*Drawn {
	if s.every != nil {
		round := s.every[s.turn:min(s.turn+min(chunk, requests), len(s.every))]
		s.turn += len(round)
		return round
	}
	var round []*Drawn
	for {
		p, take := s.choose()
		if p == nil {
			return round
		}
		d := s.drawn[p.Key]
		if d == nil {
			n := cost(p)
			if n > requests {
				return round
			}
			requests -= n
			d = &Drawn{Pick: *p}
			s.drawn[p.Key] = d
			round = append(round, d)
			s.turn++
		}
		take()
	}
}

// coverage: one in so many files is drawn for its type or its partition, not for its bytes.
const coverage = 5

// leastOfType is how many files of each type are drawn before bytes decide.
const leastOfType = 3

// choose returns the file whose turn it is, and what to do once it is taken.
func (s *Sample) choose() (*Pick, func()) {
	if s.turn%coverage == coverage-1 {
		if p, take := s.cover(s.turn / coverage % 2); p != nil {
			return p, take
		}
	}
	var next *sampledType
	for _, t := range s.types {
		if !t.more() {
			continue
		}
		if t.taken < leastOfType {
			next = t
			break
		}
		if next == nil || float64(t.bytes)/float64(t.taken+1) > float64(next.bytes)/float64(next.taken+1) {
			next = t
		}
	}
	if next == nil {
		if p, take := s.cover(0); p != nil {
			return p, take
		}
		return s.cover(1)
	}
	return &next.bySize[next.taken], func() { next.taken++ }
}

// more reports whether a file is left that may be taken: the last of a list that is not all tells the threshold.
func (t *sampledType) more() bool {
	return t.taken < len(t.bySize) && (t.taken+1 < len(t.bySize) || int64(len(t.bySize)) == t.objects)
}

// cover draws for types (0) or for partitions (1).
func (s *Sample) cover(kind int) (*Pick, func()) {
	if kind == 1 {
		if len(s.parts) == 0 {
			return nil, nil
		}
		return &s.parts[0], func() { s.parts = s.parts[1:] }
	}
	var next *sampledType
	for _, t := range s.types {
		if t.seen < len(t.byFile) && (next == nil || t.seen < next.seen) {
			next = t
		}
	}
	if next == nil {
		return nil, nil
	}
	return &next.byFile[next.seen], func() { next.seen++ }
}

// Drawn returns all files of the rounds so far, by key.
func (s *Sample) Drawn() []*Drawn {
	out := make([]*Drawn, 0, len(s.drawn))
	for _, d := range s.drawn {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *Drawn) int { return strings.Compare(a.Key, b.Key) })
	return out
}
