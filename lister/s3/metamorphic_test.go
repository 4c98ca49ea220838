package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/predicate"
	"s3layout/lister/s3sim"
	"s3layout/stats"
)

// TestMetamorphic holds the listing of random lakes against their keys: whatever the circumstances, the profile is the
// same, byte for byte, or the listing names what it lacks. S3LAYOUT_SEEDS is how many lakes, S3LAYOUT_SEED is one of them.
//
// Note: a seed fixes lake, circumstances, faults and the time of each answer. Two things it does not: the lister's back-off,
// and which of two goroutines goes first at the same instant. A failure that depends on those may take several runs.
func TestMetamorphic(t *testing.T) {
	var jumps, cuts, partial, faults, kills atomic.Int64
	seeds := randomSeeds(t)
	t.Run("lakes", func(t *testing.T) {
		for _, seed := range seeds {
			t.Run(fmt.Sprintf("S3LAYOUT_SEED=%d", seed), func(t *testing.T) {
				t.Parallel()
				for i, relation := range relations {
					m := &experiment{r: rand.New(rand.NewPCG(seed, uint64(i)+1)), lake: newRandomLake(rand.New(rand.NewPCG(seed, 0)))}
					if err := relation.holds(t, m); err != nil {
						t.Errorf("S3LAYOUT_SEED=%d: %s: %d keys below %q as %q, %v: %.2000s", seed, relation.name, len(m.lake.objects), m.lake.root, m.lake.target.Prefix, m.conditions, err)
					}
					jumps.Add(m.jumps)
					cuts.Add(m.cuts)
					partial.Add(m.partial)
					faults.Add(m.faults)
					kills.Add(m.kills)
				}
			})
		}
	})
	t.Logf("%d seeds: %d jumps, %d cuts, %d incomplete listings, %d faults, %d kills", len(seeds), jumps.Load(), cuts.Load(), partial.Load(), faults.Load(), kills.Load())
	if len(seeds) > 30 && (kills.Load() == 0 || jumps.Load() == 0 || cuts.Load() == 0 || partial.Load() == 0 || faults.Load() == 0) {
		t.Error("the lakes are too tame to show anything")
	}
}

func randomSeeds(t *testing.T) []uint64 {
	t.Helper()
	number := func(name string, standard uint64) uint64 {
		n, err := standard, error(nil)
		if text := os.Getenv(name); text != "" {
			n, err = strconv.ParseUint(text, 10, 64)
		}
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if os.Getenv("S3LAYOUT_SEED") != "" {
		return []uint64{number("S3LAYOUT_SEED", 0)}
	}
	standard := uint64(500)
	if racing {
		standard = 30
	}
	var out []uint64
	for seed := range number("S3LAYOUT_SEEDS", standard) {
		out = append(out, seed)
	}
	return out
}

// experiment is a lake, and what happened to its listings.
type experiment struct {
	r          *rand.Rand
	lake       *randomLake
	conditions conditions // of the last listing

	jumps, cuts, partial, faults, kills int64
}

// relations are what must hold for every lake. A relation returns what went against it.
var relations = []struct {
	name  string
	holds func(t *testing.T, m *experiment) error
}{
	{"any circumstances, the same profile", sameProfile},
	{"any shards, the same profile", anyShards},
	{"all faults, whole or honest", wholeOrHonest},
	{"broken for good in a range, honest", brokenRange},
	{"cancelled, honest", cancelled},
	{"killed and resumed, the same profile", killedAndResumed},
	{"skipped or filtered, the same data", skipOrFilter},
	{"children add up", childrenAddUp},
	{"one more object is one more object", oneMore},
}

// conditions are the circumstances of a listing.
type conditions struct {
	workers, pageSize int
	ignoreEncoding    bool
	slowest           time.Duration // answers take up to this long, each its own time
	seed              uint64        // of times and faults
	share             float64       // of the requests are spoiled, if there are kinds
	kinds             []s3sim.FaultKind
	broken            lister.Range // where every request fails, with brokenBy
	brokenBy          s3sim.FaultKind
	cancelAfter       time.Duration // 0: never
}

func (c conditions) String() string {
	return fmt.Sprintf("%d workers, pages of %d, answers of up to %v, encoding ignored: %v, %.2f of %v, %v between %.80q and %.80q, cancelled after %v",
		c.workers, c.pageSize, c.slowest, c.ignoreEncoding, c.share, c.kinds, c.brokenBy, c.broken.After, c.broken.End, c.cancelAfter)
}

func (m *experiment) randomConditions() conditions {
	r, n := m.r, len(m.lake.objects)
	c := conditions{
		workers: oneOf(r, 1, 2, 2, 8, 8, 8, 64, 256), pageSize: oneOf(r, 1, 1+r.IntN(10), 1+r.IntN(100), 1+r.IntN(1000)),
		ignoreEncoding: r.IntN(3) == 0, seed: r.Uint64(),
		slowest: oneOf(r, 0, time.Millisecond, 100*time.Millisecond, time.Second),
	}
	c.pageSize = max(c.pageSize, n/16)
	return c
}

// curable are the kinds under which a listing must be whole once they end. Raw control characters are not legal where a
// key has a carriage return: XML makes a line feed of it.
func (m *experiment) curable() []s3sim.FaultKind {
	returns := false
	for key := range m.lake.objects {
		returns = returns || strings.Contains(key, "\r")
	}
	return slices.DeleteFunc(healing(), func(k s3sim.FaultKind) bool {
		return slices.Contains(vague, k) || returns && k == s3sim.RawControl
	})
}

// list lists the lake in a bubble.
func (m *experiment) list(t *testing.T, l *randomLake, c conditions, o Options, how func(context.Context, *Source, func([]lister.Object) error) error) result {
	t.Helper()
	m.conditions = c
	server := lake(l.keys())
	server.Buckets["lake"].IgnoreEncoding = c.ignoreEncoding
	server.Fault = c.faults()
	o.Concurrency, o.PageSize, o.AttemptTimeout = c.workers, c.pageSize, 5*time.Second+c.slowest
	var got result
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		begun := time.Now()
		if c.cancelAfter > 0 {
			defer time.AfterFunc(c.cancelAfter, func() { cancel(errEnough) }).Stop()
		}
		got.source = New(client, l.target, o)
		got.err = how(ctx, got.source, func(objects []lister.Object) error {
			got.objects = append(got.objects, objects...)
			return nil
		})
		if late := time.Since(begun) - c.cancelAfter; c.cancelAfter > 0 && late > time.Second {
			t.Errorf("returned %v after the cancellation", late)
		}
		time.Sleep(c.slowest) // the server's goroutines sleep, too, and the bubble's clock stops with this one
	})
	u, served := got.source.Usage(), server.Stats()
	if u.Requests != served.Requests && c.cancelAfter == 0 || u.InFlight != 0 || served.MaxInFlight > int64(c.workers) && len(c.kinds) == 0 && c.cancelAfter == 0 {
		got.err = fmt.Errorf("%+v, and the server had %+v", u, served)
	}
	m.jumps += u.Jumps
	for _, n := range served.Faults {
		m.faults += n
	}
	if errors.As(got.err, new(*lister.IncompleteError)) {
		m.partial++
	}
	return got
}

func listing(ctx context.Context, s *Source, fn func([]lister.Object) error) error {
	return s.List(ctx, fn)
}

// faults spoils requests as the conditions say. It takes the time that the answer takes, too.
func (c conditions) faults() func(*s3sim.Request) *s3sim.Fault {
	random := func(*s3sim.Request) *s3sim.Fault { return nil }
	if len(c.kinds) > 0 {
		random = lighter(s3sim.Schedule(c.seed, c.share, c.kinds...))
	}
	return func(r *s3sim.Request) *s3sim.Fault {
		if c.slowest > 0 {
			dice := rand.New(rand.NewPCG(c.seed^r.Query(), uint64(r.Attempt)))
			time.Sleep(time.Duration(dice.Int64N(int64(c.slowest))))
		}
		if c.broken != (lister.Range{}) && r.After >= c.broken.After && !c.broken.Beyond(r.After) {
			return &s3sim.Fault{Kind: c.brokenBy, N: 64 << 10}
		}
		return random(r)
	}
}

// profileJSON is the canonical text of everything that is reported of the objects.
func profileJSON(objects []lister.Object, o stats.Options) string {
	p := profileOf(objects, o)
	return canonical(p, p.Warnings)
}

func profileOf(objects []lister.Object, o stats.Options) *stats.Profile {
	c := stats.NewCollector(o)
	c.Add(objects)
	return c.Profile()
}

func canonical(v ...any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// same holds a listing against the truth: the profile, and if that differs, the keys.
func same(got *result, want []lister.Object) error {
	if got.err != nil {
		return fmt.Errorf("not whole: %w", got.err)
	}
	if profileJSON(got.objects, stats.Options{}) == profileJSON(want, stats.Options{}) {
		return nil
	}
	if err := got.verdict(want); err != nil {
		return fmt.Errorf("another profile: %w", err)
	}
	return errors.New("the objects are the same, the profile is not")
}

// MR1, MR2, MR4, MR5, MR7, MR8: concurrency, page size, faults that heal, encoding, times of the answers, order.
func sameProfile(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	for i := range 2 {
		c := m.randomConditions()
		if c.kinds = m.curable(); i == 0 {
			c.kinds = nil
		}
		c.share = 0.6 * m.r.Float64()
		got := m.list(t, m.lake, c, Options{}, listing)
		if err := same(&got, want); err != nil {
			return err
		}
	}
	mixed := slices.Clone(want)
	m.r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	if profileJSON(mixed, stats.Options{}) != profileJSON(want, stats.Options{}) {
		return errors.New("the order of the objects shows in the profile")
	}
	return nil
}

// MR3: the lake is cut at random keys, of which a share exist, before the first worker begins.
func anyShards(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	c := m.randomConditions()
	c.workers = max(c.workers, 12) // one for each shard
	var cuts []string
	for range m.r.IntN(12) {
		key := m.lake.root + oneOf(m.r, "a", "m", "\U0010ffff", "/", "year=2020/")
		if len(want) > 0 && m.r.IntN(5) > 0 {
			key = m.lake.root + oneOf(m.r, want...).Key
			key = key[:len(m.lake.root)+m.r.IntN(len(key)-len(m.lake.root)+1)] + oneOf(m.r, "", "", "", "\x00", "\U0010ffff", "~", "5")
		}
		if key > m.lake.root {
			cuts = append(cuts, key)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	m.cuts += int64(len(cuts))
	got := m.list(t, m.lake, c, Options{}, func(ctx context.Context, s *Source, fn func([]lister.Object) error) error {
		return listShards(ctx, s, m.lake.root, cuts, fn)
	})
	return same(&got, want)
}

// listShards is List with the shards given: each has a worker of its own, and the workers that are left cut them further.
func listShards(ctx context.Context, s *Source, root string, cuts []string, fn func([]lister.Object) error) error {
	b, sp := newBoard(root, lister.Range{})
	shards := []*span{sp}
	for _, at := range cuts {
		sp = sp.split(at)
		b.spans[sp] = struct{}{}
		shards = append(shards, sp)
	}
	batches := make(chan batch)
	wait := make(chan error)
	workers := max(s.opts.Concurrency, len(shards))
	for n := range workers {
		go func() {
			var err error
			for sp := (*span)(nil); ; sp = nil {
				if n < len(shards) {
					sp, n = shards[n], len(shards)
				} else if sp = b.take(ctx); sp == nil {
					break
				}
				err = errors.Join(err, s.listSpan(ctx, b, sp, batches))
			}
			wait <- err
		}()
	}
	var failed error
	for workers > 0 {
		select {
		case got := <-batches:
			for i := range got.objects {
				got.objects[i].Key = got.objects[i].Key[len(root):]
			}
			failed = errors.Join(failed, fn(got.objects))
			s.recycle(got.page)
		case err := <-wait:
			failed = errors.Join(failed, err)
			workers--
		}
	}
	return errors.Join(failed, incomplete(root, b.missing))
}

// honest holds a listing against the truth: each object that is wanted is delivered once or in one missing range, not
// both. A listing page by page may name more as missing than it lacks.
func honest(got *result, want []lister.Object, wanted func(key string) bool) error {
	var partial *lister.IncompleteError
	if got.err != nil && !errors.As(got.err, &partial) {
		if len(got.objects) > 0 {
			return fmt.Errorf("%d keys, and %w", len(got.objects), got.err)
		}
		return nil
	}
	times := map[string]int{}
	for _, o := range got.objects {
		times[o.Key]++
	}
	serial := len(got.source.Warnings()) > 0 && slices.ContainsFunc(got.source.Warnings(), func(w lister.Warning) bool {
		return w.Code == "unordered" || w.Code == "start_after_ignored"
	})
	for _, o := range want {
		delivered, missing := times[o.Key], 0
		delete(times, o.Key)
		if partial != nil {
			for _, m := range partial.Missing {
				if holds(m.Range, o.Key) && (o.Key != "" || delivered == 0) { // a Range cannot say whether it has ""
					missing++
				}
			}
		}
		n := delivered + missing
		if delivered > 1 || n > 1 && !serial || n == 0 && wanted(o.Key) {
			return fmt.Errorf("%q came %d times and is in %d missing ranges: %w", o.Key, delivered, missing, got.err)
		}
	}
	if len(times) > 0 {
		return fmt.Errorf("keys that are not there: %q", slices.Sorted(maps.Keys(times))[0])
	}
	return nil
}

func all(string) bool { return true }

// wholeOrHonest has the faults that may turn a server into one that does not sort, too.
func wholeOrHonest(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	c := m.randomConditions()
	c.kinds = append(m.curable(), vague...)
	if m.r.IntN(2) == 0 {
		c.kinds = vague
	}
	c.share = 0.5 * m.r.Float64()
	got := m.list(t, m.lake, c, Options{}, listing)
	if got.err == nil {
		return same(&got, want)
	}
	return honest(&got, want, all)
}

// brokenRange is a range of keys where no request is answered well.
func brokenRange(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	c := m.randomConditions()
	s, skip := m.maybeSelection(&want)
	if len(want) > 0 {
		c.broken = lister.Range{After: m.lake.root + oneOf(m.r, want...).Key, End: m.lake.root + oneOf(m.r, want...).Key}
		if c.broken.Beyond(c.broken.After) {
			c.broken.After, c.broken.End = c.broken.End, c.broken.After
		}
	}
	c.brokenBy = oneOf(m.r, s3sim.AccessDenied, s3sim.InternalError, s3sim.HTMLBody, s3sim.CutXML, s3sim.ResetBody, s3sim.WrongKeyCount,
		s3sim.DuplicateKey, s3sim.NoTruncated, s3sim.Stall, s3sim.OversizePage, s3sim.NegativeSize, s3sim.WrongPrefix)
	if c.brokenBy == s3sim.OversizePage {
		c.brokenBy = s3sim.EmptyBody // 64 Ki entries are no fault of a small page
	}
	got := m.list(t, m.lake, c, Options{Skip: skip, MaxAttempts: 1 + m.r.IntN(4)}, listing)
	return honest(&got, want, s)
}

// cancelled ends a listing at a random moment.
func cancelled(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	c := m.randomConditions()
	c.slowest = max(c.slowest, time.Millisecond)
	s, skip := m.maybeSelection(&want)
	pages := 2 + len(want)/c.pageSize
	c.cancelAfter = 1 + time.Duration(m.r.Int64N(int64(c.slowest)*int64(pages)))
	if c.kinds = m.curable(); m.r.IntN(2) == 0 {
		c.kinds = nil
	}
	c.share = 0.3
	got := m.list(t, m.lake, c, Options{Skip: skip}, listing)
	if got.err != nil && !errors.Is(got.err, errEnough) {
		return got.err
	}
	return honest(&got, want, s)
}

// MR6: the process is killed after any pages, several times, and what it did since it last saved its state is lost.
func killedAndResumed(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	c := m.randomConditions()
	if c.kinds = m.curable(); m.r.IntN(2) == 0 {
		c.kinds = nil
	}
	c.share = 0.3
	saveEvery, killEvery, lives := 1+m.r.IntN(4), 1+m.r.IntN(8), 1+m.r.IntN(5)
	var r result
	m.list(t, m.lake, c, Options{}, func(ctx context.Context, s *Source, _ func([]lister.Object) error) error {
		runs := 0
		r, runs = interrupted(ctx, func() *Source { return New(s.client, s.target, s.opts) },
			func(_, batch int) bool { return batch%saveEvery == 0 },
			func(run, batch int) bool { return run < lives && batch == killEvery })
		m.kills += int64(runs - 1)
		return r.err
	})
	return same(&r, want)
}

// maybeSelection returns which keys are wanted, and what jumps over others, in a third of the cases.
func (m *experiment) maybeSelection(want *[]lister.Object) (wanted func(key string) bool, skip func(dir string) bool) {
	if m.r.IntN(3) > 0 {
		return all, nil
	}
	m.lake = m.lake.matching(isOneLine)
	*want = truth(m.lake.keys(), m.lake.root)
	s := m.randomSelection(*want)
	o := s.options()
	return func(key string) bool {
		p := profileOf([]lister.Object{{Key: key, Size: 1}}, o)
		return len(p.Ignored) == 0 || p.Ignored[0].Reason == stats.Marker || p.Ignored[0].Reason == stats.Hidden
	}, s.skips()
}

// isOneLine leaves out what Glob.MatchesAll does not consider.
func isOneLine(key string) bool { return !strings.ContainsAny(key, "\r\n\u0085\u2028\u2029") }

// skipOrFilter compares jumping over what is ruled out with listing it.
func skipOrFilter(t *testing.T, m *experiment) error {
	m.lake = m.lake.matching(isOneLine)
	want := truth(m.lake.keys(), m.lake.root)
	s := m.randomSelection(want)
	c := m.randomConditions()
	if c.pageSize = min(c.pageSize, max(len(want)/4, 1)); m.r.IntN(2) == 0 {
		c.kinds, c.share = m.curable(), 0.2
	}
	got := m.list(t, m.lake, c, Options{Skip: s.skips()}, listing)
	if got.err != nil {
		return fmt.Errorf("%v: %w", s, got.err)
	}
	filtered, jumped := profileOf(want, s.options()), profileOf(got.objects, s.options())
	for _, p := range []*stats.Profile{filtered, jumped} {
		p.Ignored = slices.DeleteFunc(p.Ignored, func(i stats.Ignored) bool {
			return i.Reason == stats.Excluded || i.Reason == stats.NotIncluded || i.Reason == stats.NotSelected
		})
	}
	if w, g := canonical(filtered), canonical(jumped); g != w {
		return fmt.Errorf("%v, %d of %d objects listed:\n got %s\nwant %s", s, len(got.objects), len(want), g, w)
	}
	return nil
}

// selection is what the command makes of --exclude, --include and --where: a copy of cmd/s3layout/selection.go, which a
// test of this package cannot import.
type selection struct {
	exclude, include []*lister.Glob
	where            *predicate.Predicate
}

func (s selection) String() string {
	return fmt.Sprintf("exclude %q, include %q, where %v", s.exclude, s.include, s.where)
}

func (s selection) options() stats.Options {
	o := stats.Options{Exclude: s.exclude, Include: s.include, Skips: s.skips()}
	if s.where != nil {
		o.Where = s.where.String()
		o.Select = func(columns []stats.Value) bool { return s.judge(columns, true) == predicate.True }
	}
	return o
}

func (s selection) skips() func(dir string) bool {
	return func(dir string) bool {
		for _, g := range s.exclude {
			if g.MatchesAll(dir) {
				return true
			}
		}
		if stats.HoldsLog(dir) {
			return false
		}
		if s.where != nil && s.judge(stats.ColumnValues(strings.TrimSuffix(dir, "/")), false) == predicate.False {
			return true
		}
		for _, g := range s.include {
			if g.CouldMatch(dir) {
				return false
			}
		}
		return len(s.include) > 0
	}
}

func (s selection) judge(columns []stats.Value, whole bool) predicate.Verdict {
	return s.where.Eval(func(name string) (value string, null, known bool) {
		for _, c := range columns {
			if strings.EqualFold(c.Key, name) {
				if c.Value == nil {
					return "", true, true
				}
				return *c.Value, false, true
			}
		}
		return "", whole, whole
	})
}

// randomSelection rules out some of the directories that the objects are in.
func (m *experiment) randomSelection(objects []lister.Object) (s selection) {
	for range 1 + m.r.IntN(3) {
		g, err := lister.ParseGlob(m.randomGlob(objects))
		switch {
		case err != nil: // a directory whose name is no UTF-8
		case m.r.IntN(5) == 0:
			s.include = append(s.include, g)
		default:
			s.exclude = append(s.exclude, g)
		}
	}
	if m.r.IntN(2) == 0 {
		text := oneOf(m.r, "year = '2020'", "year >= 2020 and month < '07'", "dt > '2024-06-01'", "not (country = 'de')", "country is null", "x in (1, 2, 3) or year > 2022", "year <> 2021", "month = '03' or day = '04'")
		p, err := predicate.Parse(text)
		if err != nil {
			panic(err)
		}
		s.where = p
	}
	return s
}

func (m *experiment) randomGlob(objects []lister.Object) string {
	dir := "in/"
	if len(objects) > 0 {
		key := oneOf(m.r, objects...).Key
		dir = key[:strings.LastIndexByte(key, '/')+1]
		if up := strings.SplitAfter(dir, "/"); m.r.IntN(2) == 0 {
			dir = strings.Join(up[:m.r.IntN(len(up))], "")
		}
	}
	dir = globEscape.Replace(dir)
	return oneOf(m.r, dir+"**", dir+"**", dir+"*/**", "**/"+dir+"**", dir+"[a-m]**", "**.csv", "**.{gz,orc}", "**_temporary/**", "year=201*/**", "in/**", "*/*=1/**")
}

var globEscape = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`, "}", `\}`, "]", `\]`)

// childrenAddUp is MR9: the figures of a directory are the sums over what is in it. A child may be hidden.
func childrenAddUp(t *testing.T, m *experiment) error {
	want := truth(m.lake.keys(), m.lake.root)
	children := map[string][]lister.Object{}
	var own []lister.Object
	for _, o := range want {
		name, rest, found := strings.Cut(o.Key, "/")
		if !found {
			own = append(own, o)
			continue
		}
		o.Key = rest
		children[name+"/"] = append(children[name+"/"], o)
	}
	sum := sumsOf(profileOf(own, stats.Options{}), true)
	for i, child := range slices.Sorted(maps.Keys(children)) {
		objects := children[child]
		if i < 2 {
			l := *m.lake
			l.root += child
			l.target.Prefix = l.root
			got := m.list(t, &l, m.randomConditions(), Options{}, listing)
			if err := same(&got, objects); err != nil {
				return fmt.Errorf("%q: %w", child, err)
			}
			objects = got.objects
		}
		visible := profileOf([]lister.Object{{Key: child + "f", Size: 1}}, stats.Options{}).Totals.Objects == 1
		sum.add(sumsOf(profileOf(objects, stats.Options{}), visible))
	}
	if total := sumsOf(profileOf(want, stats.Options{}), true); canonical(total) != canonical(sum) {
		return fmt.Errorf("in all %s, and in %d children %s", canonical(total), len(children), canonical(sum))
	}
	return nil
}

// sums are the aggregates that add up: [objects, bytes] of data, of each format, and of each storage class.
type sums map[string][2]int64

func sumsOf(p *stats.Profile, visible bool) sums {
	out := sums{}
	for _, c := range p.StorageClasses {
		out.add(sums{"class " + c.Class: {c.Objects, c.Bytes}})
	}
	if !visible {
		return out
	}
	out.add(sums{"data": {p.Totals.Objects, p.Totals.Bytes}})
	for _, f := range p.Formats {
		out.add(sums{fmt.Sprint("format ", f.Format, f.Compression, f.Splittable, f.Misread): {f.Objects, f.Bytes}})
	}
	return out
}

func (s sums) add(more sums) {
	for name, n := range more {
		s[name] = [2]int64{s[name][0] + n[0], s[name][1] + n[1]}
	}
}

// oneMore is MR10: an object more is (1, size) more in the totals, and in one partition.
func oneMore(t *testing.T, m *experiment) error {
	before := truth(m.lake.keys(), m.lake.root)
	dir := oneOf(m.r, "", "year=2031/", "in/x=1/", "in/x=77/")
	if len(before) > 0 && m.r.IntN(2) == 0 {
		key := oneOf(m.r, before...).Key
		dir = key[:strings.LastIndexByte(key, '/')+1]
	}
	added := lister.Object{Key: dir + "one more.csv", Size: 1 + m.r.Int64N(1<<30)}
	if len(m.lake.root+added.Key) > 1024 {
		added.Key = "one more.csv"
	}
	l := m.lake.with(s3sim.Object{Key: m.lake.root + added.Key, Size: added.Size, Modified: time.UnixMilli(1700000000000).UTC()})
	got := m.list(t, l, m.randomConditions(), Options{}, listing)
	if err := same(&got, truth(l.keys(), l.root)); err != nil {
		return err
	}
	old, now := profileOf(before, stats.Options{}), profileOf(got.objects, stats.Options{})
	counts := int64(0)
	if profileOf([]lister.Object{added}, stats.Options{}).Totals.Objects == 1 {
		counts = 1
	}
	if now.Totals.Objects != old.Totals.Objects+counts || now.Totals.Bytes != old.Totals.Bytes+counts*added.Size {
		return fmt.Errorf("%q: totals from %+v to %+v", added.Key, old.Totals, now.Totals)
	}
	partitions := map[string]stats.Partition{}
	for _, p := range old.Partitions {
		partitions[p.Path+"\x00"+p.PathBase64] = p
	}
	changed := int64(0)
	for _, p := range now.Partitions {
		was := partitions[p.Path+"\x00"+p.PathBase64]
		if canonical(was) == canonical(p) {
			continue
		}
		if changed++; p.Objects != was.Objects+1 || p.Bytes != was.Bytes+added.Size {
			return fmt.Errorf("%q: partition from %+v to %+v", added.Key, was, p)
		}
	}
	if changed != counts {
		return fmt.Errorf("%q: %d partitions changed", added.Key, changed)
	}
	return nil
}

// TestJumpEnd is what a jump means for a span: where it goes on, and whether it is at its end.
func TestJumpEnd(t *testing.T) {
	const to = "in/\U0010ffff"
	for name, test := range map[string]struct {
		end  string
		done bool
	}{
		"no end": {"", false}, "before the end": {"in0", false}, "just before": {to + "\x00", false}, "at the end": {to, true}, "past the end": {"in/5", true},
	} {
		for _, read := range [][]lister.Object{nil, objects("in/1")} {
			b, sp := newBoard("", lister.Range{After: "a", End: test.end})
			b.advance(sp, read, true)
			if done := b.jump(sp, to); done != test.done || b.has(sp) == done {
				t.Errorf("%s: done %v, and on the board %v", name, done, b.has(sp))
			}
			if got := b.after(sp); got != to {
				t.Errorf("%s: goes on after %q", name, got)
			}
		}
	}
	b, sp := newBoard("", lister.Range{})
	b.stop(errEnough)
	if !b.jump(sp, to) || len(b.missing) != 1 {
		t.Error("a jump in a span that has been given up")
	}
}

// TestJumpNeverBack has keys in a directory that is not wanted, of which some sort after where the jump leads.
func TestJumpNeverBack(t *testing.T) {
	keys := named("a", "in/1", "in/2", "in/3/4", "in/\U0010ffff", "in/\U0010ffff\x00", "in/\U0010ffffx", "in/\U0010ffffz/1", "in/\xff", "in0", "in0/1", "z")
	for _, workers := range []int{1, 8} {
		server := lake(keys)
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			o := Options{Concurrency: workers, PageSize: 1, MaxRequests: 60, Skip: func(dir string) bool { return dir == "in/" }}
			r := listAll(t.Context(), client, "s3://lake/", o)
			var wanted []lister.Object
			for _, o := range r.objects {
				if !strings.HasPrefix(o.Key, "in/") {
					wanted = append(wanted, o)
				}
			}
			want := slices.DeleteFunc(truth(keys, ""), func(o lister.Object) bool { return strings.HasPrefix(o.Key, "in/") })
			if err := (&result{objects: wanted, err: r.err}).verdict(want); err != nil || r.err != nil {
				t.Errorf("%d workers: %v, %v", workers, err, r.err)
			}
			if u := r.source.Usage(); len(r.objects) > len(truth(keys, "")) || u.Jumps == 0 || workers == 1 && u.Jumps != 1 {
				t.Errorf("%d workers: %d keys, %+v", workers, len(r.objects), u)
			}
		})
	}
}

// TestOneBadOrder is a page out of order that comes in order when asked for again: no verdict on the server.
func TestOneBadOrder(t *testing.T) {
	keys := ready(t, "hive500", 3000)
	for name, fault := range map[string]func(*s3sim.Request) *s3sim.Fault{
		"first page":  s3sim.Outage(1, s3sim.Fault{Kind: s3sim.UnorderedKeys}),
		"second page": s3sim.When(s3sim.Fault{Kind: s3sim.UnorderedKeys}, func(r *s3sim.Request) bool { return r.Seq == 2 }),
	} {
		server := lake(keys)
		server.Fault = fault
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			r := mustList(t, client, "s3://lake/", truth(keys, ""), Options{Concurrency: 1, PageSize: 100})
			if w := r.source.Warnings(); len(w) != 0 || r.source.Usage().Retries != 1 {
				t.Errorf("%s: %v, %+v", name, w, r.source.Usage())
			}
		})
	}
}
