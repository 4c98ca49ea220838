package s3

import (
	"testing"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// inRounds lists a keyspace with a board and workers, as if all requests took the same time: every worker that has a
// span gets its page in the same round.
func inRounds(t *testing.T, keys s3sim.Keyspace, workers int) (requests, rounds int) {
	t.Helper()
	b, whole := newBoard("", lister.Range{})
	counted := int64(0)
	for busy := []*span{whole}; len(busy) > 0; rounds++ {
		requests += len(busy)
		var still []*span
		for i, p := range pagesOf(b, keys, busy) {
			own, done := b.advance(busy[i], p.objects, p.truncated)
			counted += int64(own)
			if !done {
				still = append(still, busy[i])
			}
		}
		busy = still
		for len(busy) < workers {
			sp := b.cut()
			if sp == nil {
				break
			}
			busy = append(busy, sp)
		}
	}
	if counted != keys.Len() {
		t.Errorf("counted %d of %d", counted, keys.Len())
	}
	return requests, rounds
}

// pagesOf is what a server would answer to all of them at once.
func pagesOf(b *board, keys s3sim.Keyspace, busy []*span) []page {
	pages := make([]page, len(busy))
	for i, sp := range busy {
		from := s3sim.SearchAfter(keys, b.after(sp))
		to := min(from+pageKeys, keys.Len())
		for at := from; at < to; at++ {
			pages[i].objects = append(pages[i].objects, lister.Object{Key: string(keys.AppendKey(nil, at))})
		}
		pages[i].truncated = to < keys.Len()
	}
	return pages
}

// A small prefix stays cheap: the first pages decide how many workers there are.
func TestBoardIsThrifty(t *testing.T) {
	for n, most := range map[int64]int{1: 1, 999: 1, 1000: 1, 1001: 4, 2001: 8, 5000: 20} {
		for _, name := range s3sim.Names() {
			keys, err := s3sim.Named(name, n)
			if err != nil {
				t.Fatal(err)
			}
			if requests, _ := inRounds(t, keys, 64); requests > most {
				t.Errorf("%s: %d requests for %d keys, want at most %d", name, requests, keys.Len(), most)
			}
		}
	}
}
