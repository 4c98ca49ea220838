package s3

import (
	"math"
	"sort"
	"strings"

	"s3layout/lister"
)

// sample is a page as far as it says how dense keys lie.
type sample struct {
	first, last string
	keys        float64
}

// guess is an estimate of the keys left in a span.
type guess struct {
	known bool    // it has been made since the span last changed
	keys  float64 // how many
	ratio float64 // how dense they lie at the end, relative to the beginning
	sure  bool    // it is an interpolation; else it is not known how far the keys reach
}

// Spans are cut as these numbers say. They were found by simulating listings of some thirty keyspaces.
const (
	maxTrials  = 3 // cuts of a span under way at a time: what they met is known only when their first pages come
	maxGuesses = 2 // of a span of which it is not known how far the keys reach

	// minPages are worth a cut where all workers but one are busy, less by up to idleDiscount where many are idle, and up to
	// wasteRise more where what may be wasted is half used up.
	minPages     = 2.5
	idleDiscount = 0.8
	wasteRise    = 6
	// wasteBase pages and wasteShare of the useful ones may be wasted; of that, keepBack is kept for when few are busy. A cut
	// whose outcome is not known counts as trialCost.
	wasteBase  = 40
	wasteShare = 0.09
	keepBack   = 0.2
	trialCost  = 0.5

	// Below maxAim pages a cut is aimed aimShort of a page before a whole number of them, so that the last one is full.
	maxAim   = 50
	aimShort = 0.1
	// perPart pages are the least for another part where a span is cut into several.
	perPart = 6

	// An estimate of more than maxSure pages, or of keys that are over maxRatio times as dense at one end, is none.
	maxSure  = 1e5
	maxRatio = 64
	// nearShare is the most that may lie between the end of a span and the first key behind, as a share of what is left of
	// it, for keys to be taken to lie near the end.
	nearShare = 0.25
	// Of expectShare of the keys that a part was thought to have, and half a page, fewer are a miss.
	expectShare = 0.25
)

// cut takes a part of the span with the most left, of those that can be cut. There are never more spans than three for
// each page that brought keys, so that a small prefix stays cheap.
func (b *board) cut() *span {
	if len(b.spans) > 2*b.useful {
		return nil
	}
	least := b.least()
	for {
		best := b.largest(least)
		if best == nil {
			return nil
		}
		if at, ok := b.place(best); ok {
			right := best.split(at)
			b.spans[right] = struct{}{}
			b.trials++
			return right
		}
		best.left.keys = 0 // until its next page
	}
}

// largest returns the span with the most left, of those that can be cut and have so many keys left.
func (b *board) largest(least float64) (best *span) {
	for s := range b.spans {
		if s.trials >= maxTrials || s.last == "" {
			continue
		}
		b.estimate(s)
		if n := s.left.keys; n < least || n == 0 || !s.left.sure && s.trials >= maxGuesses {
			continue
		}
		if best == nil || s.left.keys > best.left.keys || s.left.keys == best.left.keys && s.After < best.After {
			best = s
		}
	}
	return best
}

// place finds where to cut a span.
func (b *board) place(s *span) (string, bool) {
	if !s.left.sure {
		return b.shape.Divide(s.Range, s.from, s.last, 1/float64(2+2*s.hits))
	}
	pages := s.left.keys / b.page
	parts := float64(min(maxTrials, int(pages/perPart)) + 1 - s.trials)
	half := 0.5
	if parts > 2 {
		half = 1 - 1/parts
	}
	if near := math.Round(half * pages); pages < maxAim && near >= 1 {
		half = (near - aimShort) / pages
	}
	way := half
	if k := s.left.ratio; k > 1.1 || k < 0.9 {
		way = math.Log(1+half*(k-1)) / math.Log(k)
	}
	return b.shape.Split(s.Range, s.last, way, 0.02/pages)
}

// split gives away what of the span lies after at.
func (s *span) split(at string) *span {
	right := newSpan(lister.Range{After: at, End: s.End})
	right.parent, right.stem, right.expect = s, lister.CommonPrefix(s.last, at), s.left.keys/2
	right.closed, right.beyond = s.closed, s.beyond
	if !s.left.sure {
		right.hits = s.hits + 1
	}
	s.closed, s.beyond = s.closed && s.left.sure, nil
	s.left.known = false
	s.promise, s.since = 0, 0
	s.End = at
	s.trials++
	return right
}

// least is how many keys must be left in a span for a cut to be worth its requests.
func (b *board) least() float64 {
	allowed := min(float64(2*b.useful), wasteBase+wasteShare*float64(b.useful))
	busy := min(float64(len(b.spans))/float64(b.workers), 1)
	used := (b.waste + trialCost*float64(b.trials)) / (allowed * (1 - keepBack*busy))
	if used >= 1 {
		return math.Inf(1)
	}
	pages := minPages*(1-idleDiscount*(1-busy)) + wasteRise*max(0, used-0.5)
	return b.page * pages
}

// estimate guesses the keys left in the span.
func (b *board) estimate(s *span) {
	if s.left.known {
		return
	}
	g := b.interpolate(s)
	open := b.shape.Open(s.Range, s.from, s.last)
	g.sure = (s.closed || open == 0) && g.keys < maxSure*b.page && g.ratio > 1./maxRatio && g.ratio < maxRatio
	// Nothing is known of how much is left: as much as has been seen so far is as good a guess as any.
	if most := max(float64(b.useful), 4) * b.page; !g.sure && (open > 0 || !(g.keys <= most)) {
		g.keys = most
	}
	doubt := s.misses
	if !g.sure {
		doubt += s.trials
	}
	g.keys /= float64(int(1) << min(doubt, 20))
	if s.promise == 0 {
		s.promise = g.keys
	}
	if s.since > 1.5*s.promise+b.page { // it has gone on for longer than was thought, and may for as long again
		g.keys, g.sure = max(g.keys, s.since), false
	}
	s.left = g
}

// interpolate tells from how far the keys read have come in the span, and from the page behind its end, how many are left
// if their density changes evenly from one to the other.
func (b *board) interpolate(s *span) guess {
	g := guess{known: true, ratio: 1}
	g.keys = math.Sqrt(s.keys * b.shape.Ahead(s.Range, s.from, s.last) * s.seen * b.shape.Ahead(s.Range, s.first, s.last))
	if s.beyond == nil || !(g.keys > 0) || math.IsInf(g.keys, 1) {
		return g
	}
	if pace := b.shape.Pace(s.last, s.End, s.beyond.first, s.beyond.last); pace > 0 {
		right := s.beyond.keys / pace
		if g.ratio = right / g.keys; math.Abs(g.ratio-1) > 1e-9 {
			g.keys = (right - g.keys) / math.Log(g.ratio)
		}
	}
	return g
}

// settle tells the span that s was cut from what is there.
func (b *board) settle(s *span, own []lister.Object) {
	p := b.release(s)
	if p == nil {
		return
	}
	if float64(len(own)) < b.page/2 && float64(len(own)) < s.expect*expectShare {
		p.misses++
		p.hits = 0
	} else {
		p.misses = 0
	}
	if len(own) == 0 {
		return
	}
	if p.End == s.After && p.last != "" {
		first, last := own[0].Key, own[len(own)-1].Key
		p.closed = b.shape.Pace(p.last, first, s.After, first) < nearShare
		if p.closed {
			p.beyond = &sample{strings.Clone(first), strings.Clone(last), float64(len(own))}
		}
	}
}

// release returns the span that s was cut from, once.
func (b *board) release(s *span) *span {
	p := s.parent
	if p != nil {
		s.parent = nil
		b.trials--
		p.trials--
		p.left.known = false
	}
	return p
}

// look tells the shape what a cut met: nothing that starts like it, perhaps.
func (b *board) look(s *span, objects []lister.Object) {
	stem := lister.RuneStart(s.After, s.stem)
	if s.stem > 0 && (len(objects) == 0 || !strings.HasPrefix(objects[0].Key, s.After[:stem])) {
		b.shape.Miss(s.After, stem)
	}
}

// learn shows a few keys of a page to the shape, and where between them many keys that start alike come to their end.
func (b *board) learn(s *span, objects []lister.Object) {
	samples := 8
	if b.useful < 8 {
		samples = 32 // the first pages must show all that there is to know
	}
	if s.last != "" {
		b.shape.Follow(s.last, objects[0].Key)
	}
	from := 0
	b.shape.Learn(objects[0].Key)
	for i := 1; i < samples; i++ {
		to := i * (len(objects) - 1) / (samples - 1)
		if to == from {
			continue
		}
		b.shape.Learn(objects[to].Key)
		if at := turn(objects, from, to); at < to {
			b.shape.Follow(objects[at].Key, objects[at+1].Key)
		}
		from = to
	}
}

// turn returns the last position from which on the first character that differs between two keys is another.
func turn(objects []lister.Object, from, to int) int {
	last := objects[to].Key
	n := lister.CommonPrefix(objects[from].Key, last)
	return from + sort.Search(to-from, func(i int) bool {
		key := objects[from+1+i].Key
		return len(key) > n && key[:n+1] == last[:n+1]
	})
}
