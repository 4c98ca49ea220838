package rules

import (
	"errors"
	"fmt"
)

// A Point is one piece of advice that has been handed around for years on AWS Glue and S3, and what this tool makes of it.
type Point struct {
	// Number is that in the notes that it comes from, with a letter for a part of it.
	Number string `json:"point"`
	// Says is the advice, in short.
	Says string `json:"says"`
	// Rules judge it, where the layout decides it.
	Rules []string `json:"rules,omitempty"`
	// Answer is what holds today.
	Answer string `json:"answer"`
	// Cannot is what this tool cannot see of it, and what would tell: a metric, the code, a job parameter. Empty where the
	// layout tells all.
	Cannot string `json:"cannot_see,omitempty"`
	// Obsolete says from which version the advice no longer holds, and why; empty where it does.
	Obsolete string `json:"obsolete,omitempty"`
}

// ValidatePoints reports what a list of points lacks.
func ValidatePoints(points []Point) error {
	var errs []error
	seen := map[string]bool{}
	for _, p := range points {
		if p.Number == "" || seen[p.Number] || p.Says == "" || p.Answer == "" {
			errs = append(errs, fmt.Errorf("point %q: it needs a number of its own, what it says, and an answer", p.Number))
		}
		seen[p.Number] = true
		if len(p.Rules) == 0 && p.Cannot == "" {
			errs = append(errs, fmt.Errorf("point %s: neither a rule judges it, nor is it said what would tell", p.Number))
		}
		for _, id := range p.Rules {
			if _, ok := Find(id); !ok {
				errs = append(errs, fmt.Errorf("point %s: there is no rule %q", p.Number, id))
			}
		}
	}
	return errors.Join(errs...)
}
