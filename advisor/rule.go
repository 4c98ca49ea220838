package advisor

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A Rule is a value: what it knows, and a check. It does no I/O and prints nothing; help, documentation and every
// output are made from it.
type Rule struct {
	// ID is kebab-case. It is never renamed and never used again for something else; the title may change.
	ID    string `json:"id"`
	Title string `json:"title"`
	Doc   Doc    `json:"doc"`
	// Since is the version of s3layout that first had it.
	Since string `json:"since"`
	// Scope is which engines and readers it is for. Elsewhere it is not checked, and the report says why.
	Scope Scope `json:"scope"`
	// Confidence is how sure its findings are, unless a check says less of one.
	Confidence Confidence `json:"confidence"`
	// Offer marks a rule that finds nothing wrong: a layout with no other finding needs no change.
	Offer bool `json:"offer,omitempty"`
	// Confirm is where a running job shows whether a finding holds.
	Confirm []Signal `json:"confirm"`
	// Limits are what measurements are held against.
	Limits  []Limit  `json:"thresholds,omitempty"`
	Sources []Source `json:"sources"`
	// Check returns the finding, or nil. It may read everything in Facts and must change nothing.
	Check func(r *Rule, f *Facts) *Advice `json:"-"`
}

// Doc explains a rule to whoever meets its finding.
type Doc struct {
	Saw    string `json:"saw"`    // what the layout looks like
	Costs  string `json:"costs"`  // why that is slow, dear or dangerous
	Do     string `json:"do"`     // what to change
	Ignore string `json:"ignore"` // when to leave it alone
}

// Limit is a threshold with its reason.
type Limit struct {
	Name   string `json:"name"`
	Value  int64  `json:"value"`
	Unit   string `json:"unit"`
	Reason string `json:"reason"`
}

// Limit returns the value of the threshold of that name. Asking for one that the rule does not declare is a bug.
func (r *Rule) Limit(name string) int64 {
	for _, l := range r.Limits {
		if l.Name == name {
			return l.Value
		}
	}
	panic(fmt.Sprintf("rule %s has no limit %q", r.ID, name))
}

// Found starts the finding of a rule.
func (r *Rule) Found(severity Severity) *Advice {
	return &Advice{
		Rule: r.ID, Title: r.Title, Severity: severity,
		Confidence: r.Confidence, Readers: r.Scope.Readers, Confirm: r.Confirm,
		Evidence: Evidence{}, Do: r.Doc.Do, Snippets: []Snippet{}, Sources: r.Sources,
	}
}

var sourceDate = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])(-[0-3][0-9])?$`)

var ruleID = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// Validate reports what a list of rules lacks.
func Validate(rules []*Rule) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range rules {
		if !ruleID.MatchString(r.ID) || seen[r.ID] {
			errs = append(errs, fmt.Errorf("rule %q: the ID must be kebab-case and unique", r.ID))
		}
		seen[r.ID] = true
		if r.Title == "" || r.Since == "" || r.Check == nil || len(r.Sources) == 0 {
			errs = append(errs, fmt.Errorf("rule %s: it needs a title, since, a check and a source", r.ID))
		}
		if r.Doc.Saw == "" || r.Doc.Costs == "" || r.Doc.Do == "" || r.Doc.Ignore == "" {
			errs = append(errs, fmt.Errorf("rule %s: its documentation has a gap", r.ID))
		}
		if err := r.Scope.validate(); err != nil {
			errs = append(errs, fmt.Errorf("rule %s: scope: %w", r.ID, err))
		}
		if !slices.Contains(confidences, r.Confidence) {
			errs = append(errs, fmt.Errorf("rule %s: confidence %q is none of %q", r.ID, r.Confidence, confidences))
		}
		if len(r.Confirm) == 0 || slices.ContainsFunc(r.Confirm, func(s Signal) bool { return s.Metric == "" || s.Shows == "" }) {
			errs = append(errs, fmt.Errorf("rule %s: it needs a metric that confirms it, and what that shows", r.ID))
		}
		limits := map[string]bool{}
		for _, l := range r.Limits {
			if l.Name == "" || l.Value <= 0 || l.Unit == "" || l.Reason == "" || limits[l.Name] {
				errs = append(errs, fmt.Errorf("rule %s: limit %q needs a name of its own, a value, a unit and a reason", r.ID, l.Name))
			}
			limits[l.Name] = true
		}
		for _, s := range r.Sources {
			if s.URL == "" || !sourceDate.MatchString(s.Read) {
				errs = append(errs, fmt.Errorf("rule %s: source %q needs a URL and when it was read, as 2026-11", r.ID, s.URL))
			}
		}
	}
	return errors.Join(errs...)
}
