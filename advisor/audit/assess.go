package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"s3layout/advisor"
)

// Check is one metric or rule of a target, judged.
type Check struct {
	// Name of a metric, or ID of a rule.
	Name string `json:"name"`
	// metric, rule or listing.
	Kind string `json:"kind"`
	// pass, warn, error or unknown.
	State State `json:"state"`
	// new, worse, unchanged, better or gone, against the last complete run; absent where it passes in both, or is unknown.
	Change string `json:"change,omitempty"`
	// The metric's figure, its unit, and the threshold that it is held against; absent where there is none.
	Value     *float64 `json:"value,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Threshold *float64 `json:"threshold,omitempty"`
	// The finding's severity, title and what to do; absent for a metric.
	Severity advisor.Severity `json:"severity,omitempty"`
	Title    string           `json:"title,omitempty"`
	Do       string           `json:"do,omitempty"`
	// What was seen, or why it is unknown.
	Why string `json:"why,omitempty"`
	// The same in every run: see findings of a difference.
	Fingerprint string `json:"fingerprint"`
	// What passes over it; its state is then pass.
	Suppressed *Suppressed `json:"suppressed,omitempty"`
	// Whether it makes the target fail.
	Fails bool `json:"fails"`
}

// Suppressed is why a check is passed over, and the last day of that; absent where it does not end.
type Suppressed struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires,omitempty"`
}

// Used counts what suppressions were for; Assess adds to it. It has one place for each suppression of the file.
type Used []struct {
	// Applied is how many checks it passed over; Expired how many it would have, before its end.
	Applied, Expired int
}

// Assess judges a report by a target's policy: the metrics in their order, then the findings. Suppressions are those that hold
// at the time now. baseline is the last complete report of the same objects, or nil; only increases are held against it.
//
// Of an incomplete report every check is unknown: half a count passes for nothing.
func Assess(r *advisor.Report, t Target, suppressions []Suppression, used Used, now time.Time, baseline *advisor.Report, rules []*advisor.Rule) []Check {
	a := assessor{r: r, t: t, suppressions: suppressions, used: used, now: now, baseline: baseline, rules: rules}
	var out []Check
	empty := r.Complete && r.Profile.Totals.Objects == 0
	if empty && t.FailOnEmpty {
		out = append(out, Check{Name: "empty", Kind: "listing", State: Error, Why: "there are no files to read", Fingerprint: advisor.Fingerprint(r.Target, "empty")})
	}
	for _, m := range advisor.Metrics {
		l, ok := t.Policy.Metrics[m.Name]
		if !ok || l == (Limits{}) {
			continue
		}
		if c := a.metric(m, l); !empty || c.State != Unknown {
			out = append(out, c)
		}
	}
	for i := range r.Advice {
		out = append(out, a.finding(&r.Advice[i]))
	}
	return append(out, a.unchecked()...)
}

type assessor struct {
	r, baseline  *advisor.Report
	t            Target
	suppressions []Suppression
	used         Used
	now          time.Time
	rules        []*advisor.Rule
}

func (a *assessor) options() advisor.MetricOptions {
	return advisor.MetricOptions{SmallBytes: a.t.Policy.SmallBytes}
}

func (a *assessor) metric(m advisor.Metric, l Limits) Check {
	c := Check{Name: m.Name, Kind: "metric", Unit: m.Unit, State: Pass, Fingerprint: advisor.Fingerprint(a.r.Target, m.Name)}
	value, known := m.Of(a.r, a.options())
	if known {
		value = math.Round(value*1e6) / 1e6
		c.Value = &value
	}
	switch {
	case !a.r.Complete:
		c.State, c.Why = Unknown, "the listing is incomplete: the figure is a lower bound"
	case !known:
		c.State, c.Why = Unknown, "the report has no such figure"
	default:
		c.State, c.Threshold, c.Why = l.judge(value)
		a.increase(&c, m, l.Increase)
	}
	a.suppress(&c, "")
	return c
}

// judge holds a value to limits: the state, the threshold that gives it, and what it is in words.
func (l Limits) judge(value float64) (State, *float64, string) {
	for _, at := range []struct {
		limit *float64
		below bool
		state State
	}{{l.Error, false, Error}, {l.ErrorBelow, true, Error}, {l.Warn, false, Warn}, {l.WarnBelow, true, Warn}} {
		switch {
		case at.limit == nil:
		case !at.below && value > *at.limit:
			return at.state, at.limit, "more than it may be"
		case at.below && value < *at.limit:
			return at.state, at.limit, "less than it may be"
		}
	}
	return Pass, cmp.Or(l.Warn, l.WarnBelow, l.Error, l.ErrorBelow), ""
}

// increase holds a value to what it was.
func (a *assessor) increase(c *Check, m advisor.Metric, by *Increase) {
	if by == nil || a.baseline == nil {
		return
	}
	was, known := m.Of(a.baseline, a.options())
	more := *c.Value - was
	if !known || more <= by.Abs || more <= by.Ratio*math.Abs(was) || by.State.Rank() < c.State.Rank() {
		return
	}
	most := was + math.Max(by.Abs, by.Ratio*math.Abs(was))
	c.State, c.Threshold, c.Why = by.State, &most, "more since the last complete run than it may be"
}

func (a *assessor) finding(f *advisor.Advice) Check {
	c := Check{
		Name: f.Rule, Kind: "rule", State: Pass, Severity: f.Severity, Title: f.Title, Why: f.Why, Do: f.Do,
		Fingerprint: advisor.Fingerprint(a.r.Target, f.Rule),
	}
	s, named := a.t.Policy.Rules[f.Rule]
	if !named {
		s = a.t.Policy.Findings
	}
	if c.State = s.judge(f.Severity); !a.r.Complete && c.State != Pass {
		c.State = Unknown
	}
	partition, _ := f.Evidence["partition"].(string)
	a.suppress(&c, partition)
	return c
}

func (s Severities) judge(severity advisor.Severity) State {
	switch {
	case s.Error != "" && severity.Rank() >= s.Error.Rank():
		return Error
	case s.Warn != "" && severity.Rank() >= s.Warn.Rank():
		return Warn
	}
	return Pass
}

// unchecked are the rules that the policy names, and that need files to be opened where none was: nobody knows.
func (a *assessor) unchecked() (out []Check) {
	for _, s := range a.r.Skipped {
		at := slices.IndexFunc(a.rules, func(r *advisor.Rule) bool { return r.ID == s.Rule })
		if named, ok := a.t.Policy.Rules[s.Rule]; !ok || named == (Severities{}) || at < 0 || !a.rules[at].Scope.Contents || a.r.Profile.Totals.Objects == 0 {
			continue
		}
		if a.rules[at].Scope.DynamicFrames && !a.r.Engine.DynamicFrames {
			continue // it is for another engine: nothing to know
		}
		out = append(out, Check{Name: s.Rule, Kind: "rule", State: Unknown, Title: a.rules[at].Title, Why: s.Reason, Fingerprint: advisor.Fingerprint(a.r.Target, s.Rule)})
	}
	return out
}

// suppress passes over a check that does not pass. A suppression holds to the end of its last day, UTC.
func (a *assessor) suppress(c *Check, partition string) {
	if c.State == Pass || c.State == Unknown {
		return
	}
	for i, s := range a.suppressions {
		if s.Rule != c.Name || s.Target != "" && !Matches(s.Target, a.t.Name) || !a.covers(s, partition) {
			continue
		}
		if !s.Expires.IsZero() && !a.now.Before(s.Expires.AddDate(0, 0, 1)) {
			a.count(i, true)
			continue
		}
		a.count(i, false)
		c.State, c.Suppressed = Pass, &Suppressed{Reason: s.Reason}
		if !s.Expires.IsZero() {
			c.Suppressed.Expires = s.Expires.Format(time.DateOnly)
		}
		return
	}
}

func (a *assessor) count(i int, expired bool) {
	switch {
	case a.used == nil:
	case expired:
		a.used[i].Expired++
	default:
		a.used[i].Applied++
	}
}

// covers reports whether a suppression's partitions are those that a finding is about: the one that it names, or else all
// that the target has.
func (a *assessor) covers(s Suppression, partition string) bool {
	if s.Partition == "" {
		return true
	}
	if partition != "" {
		return Matches(s.Partition, partition)
	}
	if a.r.Profile.Other != nil {
		return false
	}
	n := int64(0)
	for p := range a.r.Profile.EachPartition {
		if !Matches(s.Partition, p.Path) {
			return false
		}
		n++
	}
	return n > 0 && n == a.r.Profile.Totals.Partitions
}

// Compare says of each check what became of it since an earlier assessment, by the same policy, and returns those that are
// gone. Where the earlier one is nil, everything is new.
func Compare(now, before []Check) (gone []Check) {
	old := map[string]Check{}
	for _, c := range before {
		old[c.Kind+c.Name] = c
	}
	for i := range now {
		c := &now[i]
		was := old[c.Kind+c.Name]
		delete(old, c.Kind+c.Name)
		if c.State == Unknown || c.Suppressed != nil {
			continue
		}
		switch had, has := failed(was), failed(*c); {
		case has && !had:
			c.Change = advisor.New
		case !has && had:
			c.Change = advisor.Gone
		case has && (c.State.Rank() > was.State.Rank() || c.State == was.State && c.Severity.Rank() > was.Severity.Rank()):
			c.Change = advisor.Worse
		case has && (c.State.Rank() < was.State.Rank() || c.Severity.Rank() < was.Severity.Rank()):
			c.Change = advisor.Better
		case has:
			c.Change = advisor.Unchanged
		}
	}
	for _, c := range before {
		if _, missing := old[c.Kind+c.Name]; missing && failed(c) {
			c.Change, c.State = advisor.Gone, Pass
			gone = append(gone, c)
		}
	}
	return gone
}

// failed reports whether a check warned or erred.
func failed(c Check) bool { return c.State == Warn || c.State == Error }

// Fail marks the checks that make a target fail: those in the state failOn or above it, and with the gate "new" those only
// that are new or worse. It reports whether there are any.
func Fail(checks []Check, failOn, gate string) bool {
	fails := false
	for i := range checks {
		c := &checks[i]
		severe := c.State == Error && failOn != "never" || c.State == Warn && failOn == string(Warn)
		c.Fails = severe && (gate == "all" || c.Change == advisor.New || c.Change == advisor.Worse)
		fails = fails || c.Fails
	}
	return fails
}

// StateOf is the worst state of checks.
func StateOf(checks []Check) State {
	s := Pass
	for _, c := range checks {
		s = worse(s, c.State)
	}
	return s
}

// Warnings say which suppressions have ended, and which were for nothing: those only of whose targets each was judged, as ran
// names them. targets are all of the file.
func Warnings(suppressions []Suppression, used Used, targets []Target, ran []string) []Warning {
	var out []Warning
	for i, s := range suppressions {
		at := fmt.Sprintf("line %d: the suppression of %s", s.Line, s.Rule)
		if s.Target != "" {
			at += " for " + s.Target
		}
		about := !slices.ContainsFunc(targets, func(t Target) bool {
			return (s.Target == "" || Matches(s.Target, t.Name)) && !slices.Contains(ran, t.Name)
		})
		switch {
		case used[i].Expired > 0:
			out = append(out, Warning{Code: "suppression_expired", Target: s.Target, Message: at + " ended on " + s.Expires.Format(time.DateOnly) + ": what it passed over is back"})
		case used[i].Applied == 0 && about:
			out = append(out, Warning{Code: "suppression_unused", Target: s.Target, Message: at + " passes over nothing: remove it"})
		}
	}
	return out
}
