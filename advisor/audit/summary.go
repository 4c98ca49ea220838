package audit

import (
	"time"

	"s3layout/advisor"
)

// SchemaID names the version of the summary. Fields may be added within it, never renamed or removed.
const SchemaID = "s3layout/audit/v1"

// Summary is one run over all targets.
type Summary struct {
	// Version of this document: s3layout/audit/v1.
	Schema string       `json:"schema"`
	Tool   advisor.Tool `json:"tool"`
	// The policy file, as it was named.
	File string `json:"file"`
	// The worst state of all targets.
	State State `json:"state"`
	// What the run exits with, and why.
	Exit   Exit   `json:"exit"`
	Counts Counts `json:"counts"`
	// In the order of the file.
	Targets  []Result  `json:"targets"`
	Warnings []Warning `json:"warnings"`
	// The only part that differs between two runs over the same objects, beside those of targets.
	Run Run `json:"run"`
}

// Exit is an exit status.
type Exit struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
}

// Counts are of targets by state, and of checks by what became of them.
type Counts struct {
	Targets int `json:"targets"`
	Pass    int `json:"pass"`
	Warn    int `json:"warn"`
	Error   int `json:"error"`
	Unknown int `json:"unknown"`
	// Checks that are not passed: since the last complete run.
	New       int `json:"new"`
	Worse     int `json:"worse"`
	Unchanged int `json:"unchanged"`
	Better    int `json:"better"`
	Gone      int `json:"gone"`
	// Checks that are passed over.
	Suppressed int `json:"suppressed"`
}

// Warning is something about the run that no check says.
type Warning struct {
	// suppression_expired, suppression_unused, baseline_other_selection, history_unreadable or history_not_written.
	Code string `json:"code"`
	// The target, or a pattern of them; empty for all.
	Target  string `json:"target"`
	Message string `json:"message"`
}

// Result is what became of one target.
type Result struct {
	Name  string   `json:"name"`
	URI   string   `json:"uri"`
	Owner string   `json:"owner"`
	Tags  []string `json:"tags"`
	// The line of the policy file that names it.
	Line int `json:"line"`
	// pass, warn, error or unknown; a target that could not be listed to its end is unknown.
	State State `json:"state"`
	// Whether everything was listed.
	Complete bool `json:"complete"`
	Exit     Exit `json:"exit"`
	// Why it is unknown, a line each; empty where it is not.
	Problems []string `json:"problems"`
	// The run that this one is compared with; absent where there is none.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Of what was listed; absent where nothing was.
	Totals *Totals `json:"totals,omitempty"`
	Checks []Check `json:"checks"`
	// Checks of the run before that are no more.
	Gone []Check `json:"gone"`
	// What the listing took, and where the report is kept: the volatile part. Absent where nothing was listed.
	Run *ResultRun `json:"run,omitempty"`

	// Report is what was listed; nil where nothing was. It is not part of the document.
	Report *advisor.Report `json:"-"`
}

// Totals are what an engine would read.
type Totals struct {
	Objects    int64 `json:"objects"`
	Bytes      int64 `json:"bytes"`
	Partitions int64 `json:"partitions"`
}

// Baseline is an earlier run.
type Baseline struct {
	Started time.Time `json:"started"`
	Version string    `json:"version"`
}

// ResultRun is what one listing took.
type ResultRun struct {
	advisor.Run
	// The document in the history; empty where none is kept.
	Document string `json:"document"`
}

// Run is when all of it was done.
type Run struct {
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
}

// Tally fills the counts and the state from the targets.
func (s *Summary) Tally() {
	s.Counts, s.State = Counts{Targets: len(s.Targets)}, Pass
	for _, t := range s.Targets {
		s.State = worse(s.State, t.State)
		switch t.State {
		case Pass:
			s.Counts.Pass++
		case Warn:
			s.Counts.Warn++
		case Error:
			s.Counts.Error++
		default:
			s.Counts.Unknown++
		}
		for _, c := range append(t.Checks[:len(t.Checks):len(t.Checks)], t.Gone...) {
			s.Counts.add(c)
		}
	}
}

func (n *Counts) add(c Check) {
	if c.Suppressed != nil {
		n.Suppressed++
	}
	switch c.Change {
	case advisor.New:
		n.New++
	case advisor.Worse:
		n.Worse++
	case advisor.Unchanged:
		n.Unchanged++
	case advisor.Better:
		n.Better++
	case advisor.Gone:
		n.Gone++
	}
}
