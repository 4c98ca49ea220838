package s3sim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// MaxInARow is how many attempts of one query a Schedule spoils before it lets one through.
const MaxInARow = 3

// Schedule returns a Fault function that spoils a share (0 to 1) of the requests, with the kinds given in equal parts.
// Whether a request is spoiled depends on nothing but the seed, the query and its attempt: the order in which
// requests arrive does not matter, and the same seed gives the same faults again. Every fourth attempt of a query goes
// through, so a client that repeats a query gets there in the end, even with share 1.
func Schedule(seed uint64, share float64, kinds ...FaultKind) func(*Request) *Fault {
	shares := make([]kindShare, len(kinds))
	for i, k := range kinds {
		shares[i] = kindShare{k, share / float64(len(kinds))}
	}
	return schedule(seed, shares)
}

// kindShare is a kind and the share of requests that it spoils.
type kindShare struct {
	kind  FaultKind
	share float64
}

func schedule(seed uint64, shares []kindShare) func(*Request) *Fault {
	return func(r *Request) *Fault {
		if r.Attempt%(MaxInARow+1) == 0 {
			return nil
		}
		dice := unit(mix(seed ^ mix(r.Query()^uint64(r.Attempt))))
		for _, s := range shares {
			if dice < s.share {
				return &Fault{Kind: s.kind}
			}
			dice -= s.share
		}
		return nil
	}
}

// unit maps 64 bits to [0, 1).
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// AllFaults is what a flag calls every kind but the silent ones.
const AllFaults = "all"

// ParseFaults reads a schedule as a flag spells it: kinds and shares, "slowdown:5%,reset:0.02"; "all:5%" is 5 % in equal
// parts of every kind that is not Silent. The empty string is no faults, and a nil function.
func ParseFaults(spec string, seed uint64) (func(*Request) *Fault, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, nil
	}
	var shares []kindShare
	total := 0.0
	for item := range strings.SplitSeq(spec, ",") {
		more, err := parseShare(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		for _, s := range more {
			shares, total = append(shares, s), total+s.share
		}
	}
	if total > 1+1e-9 {
		return nil, fmt.Errorf("faults %q add up to %.3g%% of the requests", spec, total*100)
	}
	return schedule(seed, shares), nil
}

func parseShare(item string) ([]kindShare, error) {
	name, text, found := strings.Cut(item, ":")
	if !found {
		return nil, fmt.Errorf("fault %q has no share: write %q", item, item+":5%")
	}
	kinds := slices.DeleteFunc(Kinds(), FaultKind.Silent)
	if name != AllFaults {
		kind, err := ParseKind(name)
		if err != nil {
			return nil, err
		}
		kinds = []FaultKind{kind}
	}
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || math.IsNaN(share) || share < 0 || share > 1 {
		return nil, fmt.Errorf("fault %q: the share %q is not between 0%% and 100%%", item, text)
	}
	out := make([]kindShare, len(kinds))
	for i, k := range kinds {
		out[i] = kindShare{k, share / float64(len(kinds))}
	}
	return out, nil
}

// Always returns a Fault function that spoils every request.
func Always(f Fault) func(*Request) *Fault {
	return func(*Request) *Fault { return &f }
}

// Outage returns a Fault function that spoils the first n requests that the server gets, whatever they are.
func Outage(n int64, f Fault) func(*Request) *Fault {
	return When(f, func(r *Request) bool { return r.Seq <= n })
}

// Times returns a Fault function that spoils the first n attempts of every query: Times(4, Fault{Kind: SlowDown}) is
// four 503s, then the answer.
func Times(n int, f Fault) func(*Request) *Fault {
	return When(f, func(r *Request) bool { return r.Attempt <= n })
}

// When returns a Fault function that spoils the requests that match.
func When(f Fault, match func(*Request) bool) func(*Request) *Fault {
	return func(r *Request) *Fault {
		if !match(r) {
			return nil
		}
		return &f
	}
}

// FirstOf returns a Fault function that takes the first fault that one of the functions has for a request.
func FirstOf(funcs ...func(*Request) *Fault) func(*Request) *Fault {
	funcs = slices.DeleteFunc(slices.Clone(funcs), func(f func(*Request) *Fault) bool { return f == nil })
	return func(r *Request) *Fault {
		for _, f := range funcs {
			if fault := f(r); fault != nil {
				return fault
			}
		}
		return nil
	}
}
