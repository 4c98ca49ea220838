package s3

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"s3layout/lister"
)

// A board shares one key range among workers. A worker lists its span page by page; one that has nothing to do gets a
// part of the span with the most left. Spans tile the range at any moment.
type board struct {
	prefix string

	mu      sync.Mutex
	shape   *lister.Shape // of the keys seen so far
	change  chan struct{} // closed when a waiting worker should look again
	spans   map[*span]struct{}
	waiting []*span // of them, those that have no worker yet
	useful  int     // pages that brought keys
	missed  int     // cuts that met nothing
	probing int     // probes under way
	wasted  int     // probes that brought none
	stopped bool
	missing []lister.Missing
	failed  int // spans given up since a page last came
}

// span is a range under way. Only its worker advances it; others may move its end towards its start.
type span struct {
	lister.Range
	cursor string       // where what is not covered yet begins
	covers lister.Range // what the page read last and the jumps before it settle: none of it is to be listed any more

	token string  // of a page without keys, to pass it; only the span's worker uses it
	base  string  // a key seen before the span began: shows where keys vary
	first string  // first key read
	from  string  // first key of the page read last
	last  string  // last key read, "" before the first page
	seen  float64 // keys read
	page  float64 // keys of the page read last
	pages int     // that brought keys

	guess  bool  // it was cut by a probe
	parent *span // that it was cut from, until its first page shows whether keys are there
	trials int   // spans cut from this one of which that is not known
	misses int   // cuts in a row that met nothing
	resume int   // pages from which it may be cut again
}

// pageKeys is the most keys that S3 puts on a page.
const pageKeys = 1000

// newBoard returns a board over a range, and the span to begin with: all of it. Whoever has a span lists it.
func newBoard(prefix string, whole lister.Range) (*board, *span) {
	b := &board{prefix: prefix, shape: lister.NewShape(prefix), change: make(chan struct{}), spans: map[*span]struct{}{}}
	first := newSpan(whole)
	b.spans[first] = struct{}{}
	return b, first
}

func newSpan(r lister.Range) *span { return &span{Range: r, cursor: r.After} }

// add has a range listed, too, that does not touch the others.
func (b *board) add(r lister.Range) {
	s := newSpan(r)
	b.spans[s] = struct{}{}
	b.waiting = append(b.waiting, s)
}

// take waits for work: it returns a new span cut from another, or nil when nothing is left to do or ctx ends.
func (b *board) take(ctx context.Context) *span {
	for {
		b.mu.Lock()
		if b.stopped || len(b.spans) == 0 {
			b.mu.Unlock()
			return nil
		}
		if n := len(b.waiting); n > 0 {
			s := b.waiting[n-1]
			b.waiting = b.waiting[:n-1]
			b.mu.Unlock()
			return s
		}
		if s := b.cut(); s != nil {
			b.spans[s] = struct{}{}
			b.mu.Unlock()
			return s
		}
		change := b.change
		b.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return nil
		}
	}
}

// cut splits the span with the most left, of those that can be cut. There are never more spans than three for each page
// that brought keys, so that a small prefix stays cheap.
func (b *board) cut() *span {
	if len(b.spans) > 2*b.useful || b.missed > maxMissed+b.useful/missedShare {
		return nil
	}
	for _, s := range b.worthwhile() {
		base := s.first
		if s.End == "" {
			base = s.base
		}
		at, ok := b.shape.Cut(s.Range, base, s.last, minHalf/b.remainder(s))
		if !ok {
			continue
		}
		return s.split(at)
	}
	return b.probe()
}

// split gives away what of the span lies after at.
func (s *span) split(at string) *span {
	right := newSpan(lister.Range{After: at, End: s.End})
	right.base, right.parent = s.last, s
	s.End = at
	s.trials++
	return right
}

// probe looks where nothing is known to be: keys may go on behind the last character seen in a place. The few requests
// that it may waste are a share of those that brought keys.
func (b *board) probe() *span {
	if len(b.spans) > lonely || b.wasted+b.probing >= maxWaste+b.useful/wasteShare {
		return nil
	}
	var best *span
	for s := range b.spans {
		if s.trials == 0 && s.pages > 0 && s.pages >= s.resume && s.End != "" && (best == nil || s.After < best.After) {
			if _, ok := b.shape.Probe(s.Range, s.first, s.last); ok {
				best = s
			}
		}
	}
	if best == nil {
		return nil
	}
	at, _ := b.shape.Probe(best.Range, best.first, best.last)
	right := best.split(at)
	right.guess = true
	b.probing++
	return right
}

// lonely is how few spans there must be for probes to be worth their requests.
const lonely = 16

// Of the requests up to maxWaste, and one in wasteShare of those that brought keys, may be probes that bring none.
const (
	maxWaste   = 8
	wasteShare = 50
)

// worthwhile lists the spans with enough left to share, most first.
func (b *board) worthwhile() []*span {
	var list []*span
	left := map[*span]float64{}
	for s := range b.spans {
		if s.trials >= maxTrials || s.pages < s.resume {
			continue
		}
		if n := b.remainder(s); n >= minRemainder {
			list = append(list, s)
			left[s] = n
		}
	}
	slices.SortFunc(list, func(x, y *span) int {
		if n := cmp.Compare(left[y], left[x]); n != 0 {
			return n
		}
		return cmp.Compare(x.After, y.After)
	})
	return list
}

// Cuts that meet nothing may be maxMissed, and one in missedShare of the pages that brought keys.
const (
	maxMissed   = 24
	missedShare = 5
)

// minRemainder is the fewest keys that are worth sharing: with less, a cut costs about as many requests as it saves.
const minRemainder = 6 * pageKeys

// minHalf is the fewest keys that either half of a cut should have.
const minHalf = 1.5 * pageKeys

// unbounded is the remainder of a span of which nothing is known.
const unbounded = 1e18

// remainder estimates the keys left in the span, from how far the keys read have come in it.
func (b *board) remainder(s *span) float64 {
	switch {
	case s.last == "":
		return 0
	case s.End == "":
		return unbounded
	}
	return max(b.ahead(s, s.first, s.seen), b.ahead(s, s.from, s.page))
}

// ahead estimates the keys left from how far keys from a first one to the last have come.
func (b *board) ahead(s *span, first string, keys float64) float64 {
	from, to, ok := b.shape.Between(s.Range, first, s.last)
	if !ok || to <= from {
		return unbounded / 2
	}
	return keys * (1 - to) / (to - from)
}

// maxTrials cuts of a span are under way at a time: where keys end is known only when the first ones come back.
const maxTrials = 2

// settle tells the span that s was cut from whether keys were there. After one that met nothing, the next cut waits for
// a page, then for two, then four: a span whose keys end soon is better read than cut.
func (b *board) settle(s *span, hit bool) {
	if s.guess {
		s.guess = false
		b.probing--
		if !hit {
			b.wasted++
		}
	}
	p := s.parent
	if p == nil {
		return
	}
	s.parent = nil
	p.trials--
	if hit {
		p.misses = 0
		return
	}
	p.misses++
	b.missed++
	p.resume = p.pages + 1<<min(p.misses-1, 10)
}

// advance records a page of the span: its keys in order, of which those beyond the span's end belong to another. It
// returns how many belong to the span, and whether the span is done.
func (b *board) advance(s *span, objects []lister.Object, truncated bool) (own int, done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.spans[s]; !ok {
		return 0, true // abandoned, and counted as missing
	}
	if s.last == "" && s.After != "" {
		b.look(s.After, objects)
	}
	own = len(objects)
	for own > 0 && s.Beyond(objects[own-1].Key) {
		own--
	}
	done = !truncated || own < len(objects)
	b.settle(s, own > 0)
	if own > 0 {
		if s.first == "" {
			s.first = objects[0].Key
			s.base = cmp.Or(s.base, s.first)
		}
		b.learn(objects[:own])
		s.from, s.last = objects[0].Key, objects[own-1].Key
		s.page = float64(own)
		s.seen += s.page
		s.pages++
		b.useful++
		b.failed = 0
		done = done || s.last == s.End
	}
	if s.cover(done); done {
		delete(b.spans, s)
	}
	b.wake()
	return own, done
}

// cover moves the cursor on to the last key read, or to the end where the span is done.
func (s *span) cover(done bool) {
	switch {
	case done:
		s.covers = lister.Range{After: s.cursor, End: s.End}
	case s.last == "":
		s.covers = nothing
	default:
		s.covers = lister.Range{After: s.cursor, End: s.last}
	}
	s.cursor = s.covers.End
}

// look tells the shape what a cut met: nothing that starts like it, perhaps.
func (b *board) look(cut string, objects []lister.Object) {
	_, n := utf8.DecodeLastRuneInString(cut)
	if stem := cut[:len(cut)-n]; len(objects) == 0 || !strings.HasPrefix(objects[0].Key, stem) {
		b.shape.Miss(cut)
	}
}

// learn shows a few keys of a page to the shape.
func (b *board) learn(objects []lister.Object) {
	const samples = 4
	for i := range samples {
		b.shape.Learn(objects[i*(len(objects)-1)/(samples-1)].Key)
	}
}

// after returns the key after which the span's next page begins.
func (b *board) after(s *span) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return s.rest().After
}

// jump moves a span's cursor on to a key, and reports whether that ends the span.
func (b *board) jump(s *span, to string) (done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.spans[s]; !ok {
		return true
	}
	if s.last == "" {
		b.settle(s, true)
		s.After = to
	} else {
		s.last = to
	}
	if s.token = ""; s.End == "" || to < s.End {
		return false
	}
	s.cover(true)
	delete(b.spans, s)
	b.wake()
	return true
}

// drop gives a span up. Too many in a row stop everything, unless the server refused them: that takes one request each.
func (b *board) drop(s *span, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.spans[s]; !ok {
		return // abandoned, and counted as missing
	}
	delete(b.spans, s)
	b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})
	if !transient(err) {
		b.wake()
		return
	}
	if b.failed++; b.failed >= maxFailures {
		b.abandon(fmt.Errorf("not tried, since the server failed elsewhere: %w", err))
	}
	b.wake()
}

// maxFailures spans in a row that no attempt could list, without a page between them, end the listing: the server is
// gone, and every further span would take as long to fail.
const maxFailures = 3

// stop ends the work, and counts what was not listed as missing.
func (b *board) stop(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.abandon(err)
	b.wake()
}

func (b *board) abandon(err error) {
	b.stopped = true
	for s := range b.spans {
		b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})
	}
	clear(b.spans)
}

// has reports whether the span is still to be listed.
func (b *board) has(s *span) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.spans[s]
	return ok
}

// rest is what of the span has not been read.
func (s *span) rest() lister.Range {
	if s.last != "" {
		return lister.Range{After: s.last, End: s.End}
	}
	return s.Range
}

func (b *board) wake() {
	close(b.change)
	b.change = make(chan struct{})
}
