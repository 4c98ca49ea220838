package s3

import (
	"context"
	"hash/maphash"
	"strings"

	"s3layout/lister"
)

var (
	errNoToken    = protocolf("it is truncated and has no continuation token")
	errTokenAgain = protocolf("a continuation token came twice")
	errCircle     = protocolf("its keys have come before")
	errEmptyPages = protocolf("%d pages without a key", maxEmptyPages)
)

// maxEmptyPages in a row end a range: with every token new, the server could go on forever.
const maxEmptyPages = 1000

// tokens are the continuation tokens of a run of pages: none may come twice.
type tokens struct{ seen map[string]bool }

func (t *tokens) add(token string) error {
	switch {
	case token == "":
		t.seen = nil
		return nil
	case t.seen[token]:
		return errTokenAgain
	case len(t.seen) == maxEmptyPages:
		return errEmptyPages
	case t.seen == nil:
		t.seen = map[string]bool{}
	}
	t.seen[token] = true
	return nil
}

// walk is how far a listing by continuation tokens has come.
type walk struct {
	root, token string
	last        string          // the last key
	sorted      bool            // keys ascend, from page to page, too
	empty       int             // pages without a key, in a row
	firsts      map[string]bool // the first key of each page, if they are in no order
}

// note records a page. It fails where the walk has come back to a page that it has had.
func (w *walk) note(p *page) error {
	w.token = p.token
	if w.empty++; len(p.objects) == 0 {
		return nil
	}
	w.empty = 0
	w.last = strings.Clone(p.objects[len(p.objects)-1].Key)
	if w.sorted {
		return nil
	}
	for i := range p.objects {
		if w.firsts[p.objects[i].Key] {
			return errCircle
		}
	}
	if w.firsts == nil {
		w.firsts = map[string]bool{}
	}
	w.firsts[strings.Clone(p.objects[0].Key)] = true
	return nil
}

// listSerial reads the rest page by page with continuation tokens, for servers that do not sort or ignore start-after.
// Keys in no order cannot all be held against the ones before, for that would take memory for every key: that no token and
// no first key of a page comes twice is what tells a circle.
func (s *Source) listSerial(ctx context.Context, w walk, deliver func([]lister.Object) error) error {
	seen := map[uint64]bool{}
	seed := maphash.MakeSeed()
	for {
		hash := maphash.String(seed, w.token)
		var err error
		switch {
		case w.token == "":
			err = errNoToken
		case seen[hash]:
			err = errTokenAgain
		case w.empty > maxEmptyPages:
			err = errEmptyPages
		}
		seen[hash] = true
		var p *page
		if err == nil {
			r := request{prefix: w.root, token: w.token, ordered: w.sorted}
			if w.sorted {
				r.after = w.last
			}
			p, err = s.fetch(ctx, r)
		}
		if err == nil {
			err = w.note(p)
		}
		if err != nil {
			return incomplete(w.root, []lister.Missing{{Range: w.missing(), Err: err}})
		}
		truncated := p.truncated
		s.left.note(&w, truncated)
		if err := deliver(p.objects); err != nil {
			return err
		}
		s.recycle(p)
		if !truncated {
			return nil
		}
	}
}

// missing is where the keys lie that the walk has not come to: anywhere, if they are in no order.
func (w *walk) missing() lister.Range {
	if w.sorted {
		return lister.Range{After: w.last}
	}
	return lister.Range{}
}
