package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/stats"
)

type adviseOptions struct {
	engineOptions
	outputOptions
	gateOptions
}

func newAdviseCommand() *cobra.Command {
	var o adviseOptions
	cmd := &cobra.Command{
		Use:   "advise REPORT.json",
		Short: "Judge a saved report again, for another engine or cluster",
		Long: `Advise plans and judges what a saved report measured, and writes a whole report. It
lists nothing. REPORT.json is what profile --format json wrote; - is stdin.

The engine and cluster are those of the report, but for what a flag changes. What was
listed stays as it was: its time, its warnings, and whether it is complete.

The report holds the size of every file, where they are exact, and every partition
(profile.detail), so that the advice is that of a new run. Where it was taken out, plans
are made from the histogram and say so.
` + exitStatus,
		Example: `  s3layout advise report.json --workers 20 --engine glue-4.0
  s3layout advise report.json --conf spark.sql.files.maxPartitionBytes=256m
  s3layout profile s3://b/ --format json | s3layout advise - --engine spark-4.1`,
		Args: exactlyOne("REPORT.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAdvise(args[0], &o, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.outputOptions.addFlags(f)
	o.gateOptions.addFlags(f)
	o.engineOptions.addFlags(f)
	return cmd
}

func runAdvise(name string, o *adviseOptions, stdin io.Reader, stdout io.Writer) error {
	format, err := o.outputOptions.validate()
	if err := errors.Join(err, o.gateOptions.validate()); err != nil {
		return &exitError{exitUsage, err}
	}
	r, err := openReport(name, stdin)
	if err != nil {
		return err
	}
	o.from(r.Engine)
	engine, err := o.resolve()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	rejudge(r, engine)
	outcome := o.judge(r)
	if err := o.write(format, r, next(r), stdout); err != nil {
		return err
	}
	return outcome
}

// judge is the outcome of a report that was judged again.
func (o *gateOptions) judge(r *advisor.Report) error {
	var partial *exitError
	if errors.As(incomplete(r), &partial) {
		return o.checkPart(r, partial)
	}
	return o.check(r)
}

// rejudge replaces the judgement in a report; what was measured stays.
func rejudge(r *advisor.Report, engine advisor.Engine) {
	r.Tool = advisor.Tool{Name: "s3layout", Version: version()}
	r.Engine = engine
	r.Judge(advisor.Advise(r.Target.URI, r.Profile, engine, rules.All))
	for _, w := range r.Profile.Warnings {
		r.Warnings = slices.DeleteFunc(r.Warnings, func(old stats.Warning) bool { return old.Code == w.Code })
		r.Warnings = append(r.Warnings, w)
	}
}

func newShowCommand() *cobra.Command {
	var o outputOptions
	cmd := &cobra.Command{
		Use:   "show REPORT.json",
		Short: "Write a saved report in another format",
		Long: `Show writes a saved report as it is, in another format. REPORT.json is what
profile --format json wrote; - is stdin.
` + exitStatus,
		Example: "  s3layout show report.json\n  s3layout show report.json --brief",
		Args:    exactlyOne("REPORT.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runShow(args[0], &o, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.addFlags(f)
	return cmd
}

func runShow(name string, o *outputOptions, stdin io.Reader, stdout io.Writer) error {
	format, err := o.validate()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	r, err := openReport(name, stdin)
	if err != nil {
		return err
	}
	if err := o.write(format, r, next(r), stdout); err != nil {
		return err
	}
	return incomplete(r)
}

// openReport reads a saved report; - is stdin.
func openReport(name string, stdin io.Reader) (*advisor.Report, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, &exitError{exitUsage, fmt.Errorf("read %q: %w", name, errors.Unwrap(err))}
		}
		defer f.Close()
		stdin = f
	}
	r, err := advisor.ReadReport(stdin)
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("read %q: %w", name, err)}
	}
	return r, nil
}

// incomplete is the outcome of a report of an incomplete listing: that it is read again makes it no more whole.
func incomplete(r *advisor.Report) error {
	if r.Complete {
		return nil
	}
	return &exitError{exitIncomplete, errors.New("the report is of an incomplete listing: every count is a lower bound")}
}
