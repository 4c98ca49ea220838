package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"s3layout/advisor"
)

// gateOptions are the flags that turn findings into an exit code.
type gateOptions struct {
	failOn      string
	failOnEmpty bool
}

func (o *gateOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 on a finding of this `SEVERITY`: info, warning or critical")
	f.BoolVar(&o.failOnEmpty, "fail-on-empty", false, "exit 5 where there are no files to read")
}

func (o *gateOptions) validate() error {
	if o.failOn != "" && advisor.Severity(o.failOn).Rank() == 0 {
		return notKnown("--fail-on", o.failOn, flagValues("fail-on"))
	}
	return nil
}

// check is for a complete report; see incomplete.
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
