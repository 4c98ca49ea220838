package s3sim

import (
	"fmt"
	"strings"
	"testing"
)

func query(i, attempt int) *Request {
	return &Request{Seq: int64(i * 7), Op: OpListV2, Bucket: "lake", StartAfter: fmt.Sprint(i), Attempt: attempt}
}

// TestSchedule checks share, repeatability and that every query gets through.
func TestSchedule(t *testing.T) {
	for _, share := range []float64{0, 0.05, 0.5, 1} {
		f, again, other := Schedule(1, share, SlowDown, ResetEarly), Schedule(1, share, SlowDown, ResetEarly), Schedule(2, share, SlowDown, ResetEarly)
		count, differs := map[FaultKind]int{}, 0
		for i := range 10_000 {
			fault := f(query(i, 1))
			if fmt.Sprint(fault) != fmt.Sprint(again(query(i, 1))) {
				t.Fatal("the same seed gave another fault")
			}
			if fmt.Sprint(fault) != fmt.Sprint(other(query(i, 1))) {
				differs++
			}
			if fault != nil {
				count[fault.Kind]++
			}
			through := false
			for attempt := 1; attempt <= MaxInARow+1; attempt++ {
				through = through || f(query(i, attempt)) == nil
			}
			if !through {
				t.Fatalf("query %d failed %d times in a row", i, MaxInARow+1)
			}
		}
		for _, k := range []FaultKind{SlowDown, ResetEarly} {
			if want := share / 2 * 10_000; float64(count[k]) < want-250 || float64(count[k]) > want+250 {
				t.Errorf("share %v: %v of 10,000 were %v", share, count[k], k)
			}
		}
		if share == 0.5 && differs == 0 {
			t.Error("the seed does not matter")
		}
	}
}

// TestAttempts checks that attempts are counted by query, through the server.
func TestAttempts(t *testing.T) {
	s := lake("a", "b")
	s.Fault = Times(2, Fault{Kind: SlowDown})
	base := serve(t, s)
	for _, path := range []string{"/lake?list-type=2", "/lake?list-type=2&start-after=a", "/lake/a"} {
		for _, want := range []int{503, 503, 200, 200} {
			if resp, _ := do(t, "GET", base+path); resp.StatusCode != want {
				t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
			}
		}
	}
	if got := s.Stats().Faults["slowdown"]; got != 6 {
		t.Errorf("%d faults", got)
	}
}

func TestParseFaults(t *testing.T) {
	f, err := ParseFaults("slowdown:25%, reset:0.25", 7)
	if err != nil {
		t.Fatal(err)
	}
	count := map[FaultKind]int{}
	for i := range 10_000 {
		if fault := f(query(i, 1)); fault != nil {
			count[fault.Kind]++
		}
	}
	if count[SlowDown] < 2200 || count[SlowDown] > 2800 || count[ResetEarly] < 2200 || count[ResetEarly] > 2800 {
		t.Errorf("%v", count)
	}
	if f, err := ParseFaults("", 7); f != nil || err != nil {
		t.Error("the empty string is some fault")
	}
	for spec, want := range map[string]string{
		"slowdown": "no share", "what:5%": "unknown fault", "reset:x": "share", "reset:-1%": "share", "reset:101%": "share",
		"reset:NaN": "share", "reset:60%,slowdown:60%": "add up", "reset:5%,": "no share",
	} {
		if _, err := ParseFaults(spec, 7); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

func TestCombine(t *testing.T) {
	f := FirstOf(nil, Outage(14, Fault{Kind: InternalError}), When(Fault{Kind: Stall}, func(r *Request) bool { return r.StartAfter == "3" }))
	if a, b, c := f(query(2, 1)), f(query(3, 1)), f(query(4, 1)); a.Kind != InternalError || b.Kind != Stall || c != nil {
		t.Errorf("%v %v %v", a, b, c)
	}
}
