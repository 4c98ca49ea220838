// Package audit judges many targets by a policy that a file holds: metrics and rules with thresholds, each a pair of warn and
// error, suppressions with a reason and an end, and what an earlier run saw, so that only what got worse fails.
//
// It reads no storage, lists nothing and prints nothing: a Config comes from bytes, an Assessment from a report.
package audit

import (
	"time"

	"s3layout/advisor"
)

// Config is a policy file, checked.
type Config struct {
	// Defaults are what targets begin with; its Name and URI are empty.
	Defaults     Target
	Targets      []Target
	Suppressions []Suppression
	History      History
	Outputs      []Output
	// FailOn is the state from which a target fails: Error, Warn, or "never".
	FailOn string
	// Gate is "new" where only what is new or worse fails, or "all".
	Gate string
}

// Target is one dataset, with what it inherits.
type Target struct {
	Name  string
	URI   string
	Owner string
	Tags  []string
	// Line is where the file names it, from 1.
	Line int
	// Settings are flags by their name in the file (max_requests), with their values.
	Settings map[string][]string
	Policy   Policy
	// FailOnEmpty is whether a target without files fails.
	FailOnEmpty bool
}

// History is where runs are kept; Path is "" for nowhere.
type History struct {
	// Path is a directory, relative to the file's own, or s3://bucket/prefix/.
	Path string
	// KeepRuns and KeepFor bound how many runs of a target are kept, and for how long; 0 is no bound.
	KeepRuns int
	KeepFor  time.Duration
	Line     int
}

// Output is a file that every run writes.
type Output struct {
	Format, File string
	Line         int
}

// Policy is what a target is held to.
type Policy struct {
	// SmallBytes is the size below which a file counts as small; 0 stands for advisor.DefaultSmallBytes.
	SmallBytes int64
	// Metrics by their name, and rules by their ID.
	Metrics map[string]Limits
	Rules   map[string]Severities
	// Findings is for the rules that are not named.
	Findings Severities
}

// Limits are thresholds of a metric, in its unit; nil is none. At a threshold all is well.
type Limits struct {
	Warn, Error           *float64
	WarnBelow, ErrorBelow *float64
	// Increase bounds how much more there may be than in the last complete run; nil does not.
	Increase *Increase
}

// Increase is exceeded by more than Ratio of the old value and more than Abs, both.
type Increase struct {
	Ratio, Abs float64
	State      State
}

// Severities are from which severity on a finding gives a state; "" is never.
type Severities struct {
	Warn, Error advisor.Severity
}

// DefaultFindings is what a policy begins with: what is critical is an error, a warning a warning, and info passes.
var DefaultFindings = Severities{Warn: advisor.Warning, Error: advisor.Critical}

// Suppression passes over what a rule or metric finds.
type Suppression struct {
	// Rule is the ID of a rule, or the name of a metric.
	Rule string
	// Target is a pattern of names of targets, with * and ?; "" is all.
	Target string
	// Partition is a pattern that the partition of the finding must match; "" is any.
	Partition string
	Reason    string
	// Expires is the last day of it, UTC; the zero time is never.
	Expires time.Time
	Line    int
}

// State is what a target is in, or a check.
type State string

// States. An unknown one is never taken for a pass.
const (
	Pass    State = "pass"
	Warn    State = "warn"
	Error   State = "error"
	Unknown State = "unknown"
)

// Rank orders states: pass, warn, error, unknown.
func (s State) Rank() int {
	switch s {
	case Warn:
		return 1
	case Error:
		return 2
	case Unknown:
		return 3
	}
	return 0
}

func worse(a, b State) State {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}
