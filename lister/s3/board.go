package s3

import (
	"context"
	"fmt"
	"sync"

	"s3layout/lister"
)

// A board shares one key range among workers. A worker lists its span page by page; one that has nothing to do gets a
// part of the span with the most left. Spans tile the range at any moment.
type board struct {
	prefix string

	mu      sync.Mutex
	change  chan struct{} // closed when a waiting worker should look again
	spans   map[*span]struct{}
	useful  int // pages that brought keys
	stopped bool
	missing []lister.Missing
	failed  int // spans given up since a page last came
}

// span is a range under way. Only its worker advances it; others may move its end towards its start.
type span struct {
	lister.Range
	base string  // a key seen before the span began: shows where keys vary
	last string  // last key read, "" before the first page
	seen float64 // keys read, or guessed to be in the part before last
	lone bool    // never to be cut
}

// pageKeys is the most keys that S3 puts on a page.
const pageKeys = 1000

func newBoard(prefix string, whole lister.Range) *board {
	b := &board{prefix: prefix, change: make(chan struct{}), spans: map[*span]struct{}{}}
	b.spans[&span{Range: whole}] = struct{}{}
	return b
}

// first returns the span that a new board begins with.
func (b *board) first() *span {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.spans {
		return s
	}
	return nil
}

// take waits for work: it returns a new span cut from another, or nil when nothing is left to do or ctx ends.
func (b *board) take(ctx context.Context) *span {
	for {
		b.mu.Lock()
		if b.stopped || len(b.spans) == 0 {
			b.mu.Unlock()
			return nil
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

// cut splits the span with the most left. There are never more spans than three for each page that brought keys, so
// that a small prefix stays cheap.
func (b *board) cut() *span {
	if len(b.spans) > 2*b.useful {
		return nil
	}
	var best *span
	most := minRemainder
	for s := range b.spans {
		if left := s.remainder(); left > most || best != nil && left == most && s.After < best.After {
			best, most = s, left
		}
	}
	if best == nil {
		return nil
	}
	at, ok := best.Cut(b.prefix, best.base, best.last)
	if !ok {
		best.lone = true
		return b.cut()
	}
	right := &span{Range: lister.Range{After: at, End: best.End}, base: best.last}
	best.End = at
	return right
}

// minRemainder is the fewest keys that are worth a request of their own: with less, the cut costs about as many
// requests as it saves time.
const minRemainder = 2.5 * pageKeys

// unbounded is the remainder of a span of which nothing is known.
const unbounded = 1e18

// remainder estimates the keys left in the span from how far its pages have come.
func (s *span) remainder() float64 {
	switch {
	case s.lone || s.last == "":
		return 0
	case s.End == "":
		return unbounded
	}
	share := s.Share(s.last)
	if share <= 0 {
		return unbounded
	}
	return s.seen * (1 - share) / share
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
	if own > 0 {
		if s.base == "" {
			s.base = objects[0].Key
		}
		s.last = objects[own-1].Key
		s.seen += float64(own)
		b.useful++
		b.failed = 0
		done = done || s.last == s.End
	}
	if done {
		delete(b.spans, s)
	}
	b.wake()
	return own, done
}

// after returns the key after which the span's next page begins.
func (b *board) after(s *span) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return s.rest().After
}

// drop gives a span up. Too many in a row stop everything.
func (b *board) drop(s *span, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.spans, s)
	b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})
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
