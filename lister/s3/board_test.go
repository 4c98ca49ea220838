package s3

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// simulated lists a keyspace with a board and workers in rounds: every worker that has a span gets its page in the same
// round, as if all requests took the same time.
func simulated(t *testing.T, keys s3sim.Keyspace, workers int) (requests, rounds int) {
	t.Helper()
	b, whole := newBoard("", lister.Range{})
	busy := []*span{whole}
	var counted int64
	stat := map[string]float64{}
	defer func() { t.Log(stat) }()
	for len(busy) > 0 {
		rounds++
		type answer struct {
			objects   []lister.Object
			truncated bool
		}
		answers := make([]answer, len(busy))
		for i, sp := range busy {
			from := s3sim.SearchAfter(keys, b.after(sp))
			to := min(from+pageKeys, keys.Len())
			for at := from; at < to; at++ {
				answers[i].objects = append(answers[i].objects, lister.Object{Key: string(keys.AppendKey(nil, at))})
			}
			answers[i].truncated = to < keys.Len()
			requests++
		}
		var still []*span
		if os.Getenv("TRACE") != "" {
			var left []string
			for _, sp := range b.worthwhile() {
				left = append(left, fmt.Sprintf("%.0f", b.remainder(sp)))
			}
			t.Logf("round %d: %d busy, left %v", rounds, len(busy), left)
			if len(busy) < 3 {
				for _, sp := range busy {
					f, to, ok := b.shape.Between(sp.Range, sp.from, sp.last)
					t.Logf("   busy %+v remainder %f between %v %v %v", *sp, b.remainder(sp), f, to, ok)
				}
			}
		}
		for i, sp := range busy {
			before := sp.pages
			own, done := b.advance(sp, answers[i].objects, answers[i].truncated)
			switch {
			case own == 0 && before == 0:
				stat["miss"]++
			case own == 0:
				stat["empty"]++
			default:
				stat["lost keys/1000"] += float64(pageKeys-own) / 1000
			}
			counted += int64(own)
			if !done {
				still = append(still, sp)
			}
		}
		busy = still
		for len(busy) < workers {
			b.mu.Lock()
			sp := b.cut()
			if sp != nil {
				b.spans[sp] = struct{}{}
			}
			b.mu.Unlock()
			if sp == nil {
				break
			}
			if os.Getenv("TRACE") != "" {
				count := func(after, end string) int64 {
					to := keys.Len()
					if end != "" {
						to = s3sim.SearchAfter(keys, end)
					}
					return to - s3sim.SearchAfter(keys, after)
				}
				kind := "cut"
				if sp.guess {
					kind = "probe"
				}
				p := sp.parent
				whole := *p
				whole.End = sp.End
				t.Logf("   %s: left %d right %d, estimate %.0f: %v", kind, count(p.last, sp.After), count(sp.After, sp.End), b.remainder(&whole), sp.Range)
			}
			busy = append(busy, sp)
		}
	}
	if counted != keys.Len() {
		t.Errorf("counted %d of %d", counted, keys.Len())
	}
	return requests, rounds
}

var _ = context.Background

func TestBoardRounds(t *testing.T) {
	n, _ := strconv.ParseInt(os.Getenv("N"), 10, 64)
	if n == 0 {
		n = 200000
	}
	for _, name := range s3sim.Names() {
		if only := os.Getenv("ONLY"); only != "" && only != name {
			continue
		}
		keys, err := s3sim.Named(name, n)
		if err != nil {
			t.Fatal(err)
		}
		requests, rounds := simulated(t, keys, 64)
		pages := (keys.Len() + pageKeys - 1) / pageKeys
		t.Logf("%-8s %8d keys %5d pages: %5d requests (%.3f), %4d rounds (%d ideal)", name, keys.Len(), pages, requests, float64(requests)/float64(pages), rounds, (pages+63)/64)
	}
}
