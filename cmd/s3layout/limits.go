package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/lister"
	"s3layout/stats"
)

// limitOptions are the flags that say how long a run may take.
type limitOptions struct{ timeout time.Duration }

func (o *limitOptions) addFlags(f *pflag.FlagSet) {
	f.DurationVar(&o.timeout, "timeout", 0, "stop after `TIME`, as in 10m; the report is then partial. 0 is no limit")
}

func (o *limitOptions) validate() error {
	if o.timeout < 0 {
		return fmt.Errorf("--timeout %v: it must not be negative", o.timeout)
	}
	return nil
}

// limit returns a context that ends when the run has taken too long.
func (o *limitOptions) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.timeout, &timeoutError{o.timeout})
}

// timeoutError is the cause of a context that --timeout ended.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("stopped after %v by --timeout", e.after) }
func (e *timeoutError) name() string  { return "timeout" }
func (e *timeoutError) code() int     { return exitIncomplete }

// A stopError is why a run ended before its end: a signal, or --timeout.
type stopError interface {
	error
	name() string // as the report has it in stopped_by
	code() int    // to exit with
}

var (
	_ stopError = (*signalError)(nil)
	_ stopError = (*timeoutError)(nil)
)

// judgeOutcome marks the report and returns what the run ends with. A signal goes before an incomplete listing, that
// before the gate, unless --allow-partial has the gate judge what was listed.
func judgeOutcome(ctx context.Context, t *target, r *advisor.Report, o *profileOptions, failed error) error {
	if failed == nil {
		return o.gateOptions.check(r)
	}
	var stopped stopError
	var partial *lister.IncompleteError
	isStopped := errors.As(context.Cause(ctx), &stopped)
	switch {
	case errors.As(failed, &partial):
		for _, m := range partial.Missing {
			r.Incomplete = append(r.Incomplete, advisor.Missing{After: stats.Spell(m.After), Until: stats.Spell(m.End), Cause: stats.Spell(m.Err.Error())})
		}
	case isStopped:
		r.Incomplete = append(r.Incomplete, advisor.Missing{Cause: stopped.Error()})
	default:
		r.Complete = false
		return nothingListed(t, failed)
	}
	r.Complete = false
	err := &exitError{exitIncomplete, nil}
	if isStopped {
		r.StoppedBy = stopped.name()
		*err = exitError{stopped.code(), fmt.Errorf("%w: the report is partial", stopped)}
	} else {
		err.err = fmt.Errorf("incomplete: %s missing, the first: %s", ranges(len(partial.Missing)), describe(partial.Missing[0]))
	}
	if err.code != exitIncomplete {
		return err
	}
	return o.checkPart(r, err)
}
