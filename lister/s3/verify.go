package s3

import "context"

// errEnds is a page that says that there is no more, where there is, and that holds no key to go on after.
var errEnds = protocolf("it says that there are no more keys, and there are")

// goesOn reports whether keys follow a page of the span. The server says so; but some end a listing early, and with
// Options.Verify an end counts only where a request for the next key brings none.
//
// Nothing is asked where a key beyond the span's end has been seen: a server that knows of it has not ended early.
func (s *Source) goesOn(ctx context.Context, b *board, sp *span, p *page) (bool, error) {
	if p.truncated || !s.opts.Verify || s.serial {
		return p.truncated, nil
	}
	last := b.after(sp)
	if n := len(p.objects); n > 0 {
		last = p.objects[n-1].Key
	}
	if b.reaches(sp, last) {
		return false, nil
	}
	next, err := s.fetch(ctx, request{prefix: b.prefix, after: last, maxKeys: 1, ordered: true})
	if err == errOrder && s.start.Load() == startIgnored {
		return false, nil // there is no asking for the next key; conclude says so
	}
	if err != nil {
		return true, err
	}
	more := len(next.objects) > 0 || next.truncated
	s.recycle(next)
	if more {
		s.early.Store(true)
	}
	return more, nil
}

// conclude says what the checks of a listing have shown.
func (s *Source) conclude() {
	switch {
	case !s.opts.Verify:
	case s.serial || s.start.Load() == startIgnored:
		s.warn("not_verified", "whether the server ended early cannot be checked: it does not list from a key on")
	case s.early.Load():
		s.warn("early_end", "the server called ranges of keys ended that were not: --verify found the rest")
	}
}

// reaches reports whether a key lies at the span's end or beyond it.
func (b *board) reaches(s *span, key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return s.End != "" && key >= s.End
}
