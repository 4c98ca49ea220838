package s3

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"s3layout/lister"
)

// A board shares one key range among workers. A worker lists its span page by page; one that has nothing to do gets a
// part of the span with the most left. Spans tile the range at any moment.
type board struct {
	prefix  string
	page    float64 // the most keys of a page
	workers int     // how many there are to share the work

	mu      sync.Mutex
	shape   *lister.Shape // of the keys seen so far
	spans   map[*span]struct{}
	ready   []*span      // of them, those that have no worker yet
	waiting []chan *span // one of each worker without work
	useful  int          // pages that brought keys
	waste   float64      // pages that could have been saved: what the last pages of spans had no keys for
	trials  int          // spans cut off of which no page has come
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
	first string  // first key read
	from  string  // first key of the page read last
	last  string  // last key read, "" before the first page
	seen  float64 // keys read
	keys  float64 // keys of the page read last

	closed  bool    // keys are known to lie near the end
	beyond  *sample // the page behind the end, if it is known
	stem    int     // how much of After is the beginning of a key that was read
	expect  float64 // how many keys it was thought to have when it was cut off
	parent  *span   // that it was cut from, until its first page shows whether keys are there
	trials  int     // spans cut from this one of which that is not known
	misses  int     // cuts that met less than they should have, less the pages read since
	hits    int     // cuts in a row that met keys, of this one and those before it
	left    guess   // what is left
	promise float64 // what was first thought to be left, since the end is where it is
	since   float64 // keys read since then
}

// pageKeys is the most keys that S3 puts on a page.
const pageKeys = 1000

// newBoard returns a board over a range, and the span to begin with: all of it. Whoever has a span lists it.
func newBoard(prefix string, whole lister.Range) (*board, *span) {
	b := &board{prefix: prefix, page: pageKeys, workers: DefaultConcurrency, shape: lister.NewShape(prefix), spans: map[*span]struct{}{}}
	first := newSpan(whole)
	b.spans[first] = struct{}{}
	return b, first
}

func newSpan(r lister.Range) *span { return &span{Range: r, cursor: r.After} }

// add has a range listed, too, that does not touch the others.
func (b *board) add(r lister.Range) {
	s := newSpan(r)
	b.spans[s] = struct{}{}
	b.ready = append(b.ready, s)
}

// take waits for work: it returns a new span cut from another, or nil when nothing is left to do or ctx ends.
func (b *board) take(ctx context.Context) *span {
	b.mu.Lock()
	if b.stopped || len(b.spans) == 0 {
		b.mu.Unlock()
		return nil
	}
	if s := b.next(); s != nil {
		b.mu.Unlock()
		return s
	}
	work := make(chan *span, 1)
	b.waiting = append(b.waiting, work)
	b.mu.Unlock()
	select {
	case s := <-work:
		return s
	case <-ctx.Done():
		return nil // a span that came at the same time stays on the board, and counts as missing
	}
}

// share gives spans to the workers that wait, as long as there are any to give. When nothing is left to do it sends them
// home.
func (b *board) share() {
	over := b.stopped || len(b.spans) == 0
	for len(b.waiting) > 0 {
		var s *span
		if !over {
			if s = b.next(); s == nil {
				return
			}
		}
		last := len(b.waiting) - 1
		b.waiting[last] <- s
		b.waiting = b.waiting[:last]
	}
}

// next returns a span that has no worker.
func (b *board) next() *span {
	n := len(b.ready)
	if n == 0 {
		return b.cut()
	}
	s := b.ready[n-1]
	b.ready = b.ready[:n-1]
	return s
}

// advance records a page of the span: its keys in order, of which those beyond the span's end belong to another. It
// returns how many belong to the span, and whether the span is done.
func (b *board) advance(s *span, objects []lister.Object, truncated bool) (own int, done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.spans[s]; !ok {
		return 0, true // abandoned, and counted as missing
	}
	own = len(objects)
	for own > 0 && s.Beyond(objects[own-1].Key) {
		own--
	}
	done = !truncated || own < len(objects)
	if s.last == "" && (own > 0 || done) {
		b.look(s, objects)
	}
	if own > 0 {
		b.learn(s, objects[:own])
	}
	if own > 0 || done {
		b.settle(s, objects[:own])
	}
	if own > 0 {
		s.read(objects[:own])
		b.useful++
		b.failed = 0
		done = done || s.last == s.End
	}
	if s.cover(done); done {
		delete(b.spans, s)
		b.waste += max(0, 1-float64(own)/b.page)
	}
	b.share()
	return own, done
}

// read takes the keys of a page into account. It keeps copies: a key holds on to its whole page.
func (s *span) read(own []lister.Object) {
	if s.first == "" {
		s.first = strings.Clone(own[0].Key)
	}
	s.from, s.last = strings.Clone(own[0].Key), strings.Clone(own[len(own)-1].Key)
	s.keys = float64(len(own))
	s.seen += s.keys
	s.since += s.keys
	s.misses = max(s.misses-1, 0)
	s.left.known = false
}

// cover moves the cursor on to the last key read, or to the end where the span is done.
func (s *span) cover(done bool) {
	switch {
	case done:
		s.covers = lister.Range{After: s.cursor, End: s.End}
	case s.last == "":
		s.covers = nothing // a page without keys: the cursor stays
		return
	default:
		s.covers = lister.Range{After: s.cursor, End: s.last}
	}
	s.cursor = s.covers.End
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
		b.release(s)
		s.After, s.stem = to, 0
	} else {
		s.last = to
	}
	s.left.known = false
	if s.token = ""; s.End == "" || to < s.End {
		return false
	}
	s.cover(true)
	delete(b.spans, s)
	b.share()
	return true
}

// drop gives a span up. Too many in a row stop everything, unless the server refused them: that takes little time.
func (b *board) drop(s *span, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.spans[s]; !ok {
		return // abandoned, and counted as missing
	}
	delete(b.spans, s)
	b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})
	if !transient(err) {
		b.share()
		return
	}
	if b.failed++; b.failed >= maxFailures {
		b.abandon(fmt.Errorf("not tried, since the server failed elsewhere: %w", err))
	}
	b.share()
}

// maxFailures spans in a row that no attempt could list, without a page between them, end the listing: the server is
// gone, and every further span would take as long to fail.
const maxFailures = 3

// stop ends the work, and counts what was not listed as missing.
func (b *board) stop(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.abandon(err)
	b.share()
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
