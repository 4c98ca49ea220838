package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"s3layout/advisor"
)

// gateOptions are the flags that turn findings into an exit code.
type gateOptions struct {
	failOn      string
	failOnEmpty bool
	// allowPartial lets a report of an incomplete listing come to the gate.
	allowPartial bool
}

func (o *gateOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 on a finding of this `SEVERITY`: info, warning or critical")
	f.BoolVar(&o.failOnEmpty, "fail-on-empty", false, "exit 5 where there are no files to read")
	f.BoolVar(&o.allowPartial, "allow-partial", false, "where keys are missing: judge the rest by --fail-on, instead of exit 3")
}

func (o *gateOptions) validate() error {
	if o.failOn != "" && advisor.Severity(o.failOn).Rank() == 0 {
		return notKnown("--fail-on", o.failOn, flagValues("fail-on"))
	}
	return nil
}

// check is for a complete report; see checkPart.
func (o *gateOptions) check(r *advisor.Report) error {
	if o.failOnEmpty && r.Profile.Totals.Objects == 0 {
		return &exitError{exitEmpty, fmt.Errorf("no files to read in %q", r.Target.URI)}
	}
	if o.failOn == "" {
		return nil
	}
	for _, a := range r.Advice {
		if a.Severity.Rank() >= advisor.Severity(o.failOn).Rank() {
			return &exitError{exitGate, fmt.Errorf("--fail-on %s: %s is %s", o.failOn, a.Rule, a.Severity)}
		}
	}
	return nil
}

// checkPart is the outcome of an incomplete report: incomplete, or where that is allowed the gate's verdict on the rest,
// beside what is missing. It marks the report.
func (o *gateOptions) checkPart(r *advisor.Report, incomplete *exitError) error {
	if r.PartialAllowed = o.allowPartial; !o.allowPartial {
		return incomplete
	}
	var gate *exitError
	if errors.As(o.check(r), &gate) {
		return &exitError{gate.code, fmt.Errorf("%w; %w", incomplete.err, gate.err)}
	}
	return &exitError{exitOK, incomplete.err}
}
