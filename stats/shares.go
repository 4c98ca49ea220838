package stats

import (
	"math"
	"slices"
	"strings"
)

// ShareLevel is the confidence with which all intervals of one table of shares hold together.
const ShareLevel = 0.95

// ShareMethod says how shares and their intervals come about.
const ShareMethod = "priority sample by bytes; Clopper-Pearson with the effective sample size of Korn and Graubard, for all shares of a table together (Bonferroni)"

// A Share is an estimate of how much of the bytes is of one kind, with the interval that holds the truth at ShareLevel.
type Share struct {
	Found           string
	Files           int64 // opened that are so
	Share, Low, Top float64
}

// stratum is the files of one type that count for shares: those so large that they were sure to be drawn, which are known
// exactly, and a sample of the others' bytes.
type stratum struct {
	sure  map[string]float64 // bytes
	rest  float64            // bytes of the others
	hits  map[string]float64
	draws float64
	files map[string]int64
}

// weigh splits the drawn files by the threshold: a file of more than 1/rank bytes, for the rank of the next that would have
// been drawn, was sure to be. Each of the others stands for the same bytes, so that how many of them are in a codec is
// binomial with the share of bytes that is.
// Source: N. Duffield, C. Lund, M. Thorup, Priority sampling for estimation of arbitrary subset sums, J. ACM 54 (2007).
func (t *sampledType) weigh(drawn map[string]*Drawn) stratum {
	w := stratum{sure: map[string]float64{}, hits: map[string]float64{}, files: map[string]int64{}, rest: float64(t.bytes)}
	threshold := t.threshold()
	for i := range t.taken {
		d := drawn[t.bySize[i].Key]
		if d == nil || d.Found == "" {
			continue
		}
		w.files[d.Found]++
		if float64(d.Size) >= threshold {
			w.sure[d.Found] += float64(d.Size)
			w.rest -= float64(d.Size)
			continue
		}
		w.hits[d.Found]++
		w.draws++
	}
	if w.rest = max(w.rest, 0); threshold < 0 && w.draws == 0 && len(w.sure) > 0 {
		w.rest = 0
	}
	return w
}

// Shares estimates which share of all bytes each kind has, by Drawn.Found, the largest first; unseen is the most that all
// kinds together have that are not among them.
func (s *Sample) Shares() (shares []Share, unseen float64) {
	all := make([]stratum, 0, len(s.types))
	for _, t := range s.types {
		all = append(all, t.weigh(s.drawn))
	}
	return estimate(all, float64(s.bytes))
}

// SharesOf does the same for the bytes of one type.
func (s *Sample) SharesOf(t FileType) (shares []Share, unseen float64) {
	for _, x := range s.types {
		if x.typ == t {
			return estimate([]stratum{x.weigh(s.drawn)}, float64(x.bytes))
		}
	}
	return nil, 1
}

// estimate pools strata. Their samples count for the bytes that they stand for; the effective size of the whole is that of
// an equal sample of the same variance, Kish's 1/Σ(w²/n). Strata of which nothing was drawn may be anything.
// Source: E. Korn, B. Graubard, Confidence intervals for proportions with small expected number of positive counts estimated
// from survey data, Survey Methodology 24 (1998).
func estimate(strata []stratum, bytes float64) (shares []Share, unseen float64) {
	var rest, unknown float64
	for _, w := range strata {
		if w.draws > 0 {
			rest += w.rest
		} else {
			unknown += w.rest
		}
	}
	if bytes <= 0 {
		return nil, 0
	}
	inverse := 0.0
	for _, w := range strata {
		if w.draws > 0 && rest > 0 {
			inverse += (w.rest / rest) * (w.rest / rest) / w.draws
		}
	}
	n := 0.0
	if inverse > 0 {
		n = 1 / inverse
	}
	kinds := kindsOf(strata)
	alpha := (1 - ShareLevel) / float64(max(len(kinds)-1, 1))
	for _, kind := range kinds {
		var sure, p float64
		x := Share{Found: kind}
		for _, w := range strata {
			sure += w.sure[kind]
			x.Files += w.files[kind]
			if w.draws > 0 && rest > 0 {
				p += w.rest / rest * w.hits[kind] / w.draws
			}
		}
		low, top := clopperPearson(p*n, n, alpha)
		if rest == 0 {
			low, top = 0, 0
		}
		known := max(bytes-unknown, 1)
		x.Share = round4((sure + rest*p) / known)
		x.Low = math.Floor((sure+rest*low)/bytes*1e4) / 1e4
		x.Top = min(math.Ceil((sure+rest*top+unknown)/bytes*1e4)/1e4, 1)
		x.Low, x.Top = min(x.Low, x.Share), max(x.Top, x.Share)
		shares = append(shares, x)
	}
	slices.SortStableFunc(shares, func(a, b Share) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return strings.Compare(a.Found, b.Found)
	})
	if rest > 0 {
		_, unseen = clopperPearson(0, n, 1-ShareLevel)
	}
	return shares, min(math.Ceil((rest*unseen+unknown)/bytes*1e4)/1e4, 1)
}

func kindsOf(strata []stratum) []string {
	seen := map[string]bool{}
	for _, w := range strata {
		for kind := range w.files {
			seen[kind] = true
		}
	}
	out := make([]string, 0, len(seen))
	for kind := range seen {
		out = append(out, kind)
	}
	slices.Sort(out)
	return out
}

func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// clopperPearson is the interval of a binomial share after x of n draws, either of which need not be whole: it misses with a
// chance of at most alpha.
func clopperPearson(x, n, alpha float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	x = min(max(x, 0), n)
	const nearly = 1e-9
	if high = 1; x < n*(1-nearly) {
		high = betaQuantile(1-alpha/2, x+1, n-x)
	}
	if x > n*nearly {
		low = betaQuantile(alpha/2, x, n-x+1)
	}
	return low, high
}

// betaQuantile inverts betaIncomplete by bisection.
func betaQuantile(p, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		if mid := (low + high) / 2; betaIncomplete(mid, a, b) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// betaIncomplete is the regularized incomplete beta function, by its continued fraction (Lentz's method).
// Source: W. Press et al., Numerical Recipes, section 6.4.
func betaIncomplete(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return min(max(x, 0), 1)
	}
	if x > (a+1)/(a+b+2) {
		return 1 - betaIncomplete(1-x, b, a)
	}
	lgamma := func(v float64) float64 { r, _ := math.Lgamma(v); return r }
	front := math.Exp(lgamma(a+b)-lgamma(a)-lgamma(b)+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	c, d := 1.0, 1/nonZero(1-(a+b)*x/(a+1), tiny)
	f := d
	for m := 1.0; m < 500; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / nonZero(1+even*d, tiny)
		c = nonZero(1+even/c, tiny)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / nonZero(1+odd*d, tiny)
		c = nonZero(1+odd/c, tiny)
		f *= d * c
		if math.Abs(d*c-1) < 1e-14 {
			break
		}
	}
	return front * f
}

func nonZero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// Weights returns the bytes that each drawn file of a type stands for, by key: its own, or its part of the bytes that were not
// sure to be drawn. Files that were drawn for their type or partition only stand for none.
func (s *Sample) Weights(t FileType) map[string]float64 {
	out := map[string]float64{}
	for _, x := range s.types {
		if x.typ != t {
			continue
		}
		w := x.weigh(s.drawn)
		threshold := x.threshold()
		for _, p := range x.bySize[:x.taken] {
			switch d := s.drawn[p.Key]; {
			case d == nil || d.Found == "":
			case float64(p.Size) >= threshold:
				out[p.Key] = float64(p.Size)
			default:
				out[p.Key] = w.rest / w.draws
			}
		}
	}
	return out
}

// threshold is the size from which files were sure to be drawn.
func (t *sampledType) threshold() float64 {
	if int64(t.taken) < t.objects && t.taken < len(t.bySize) {
		return 1 / t.bySize[t.taken].rank
	}
	return math.Inf(-1)
}
