package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/survey"
)

// profileOptions are the flags of profile. Zero flags are a useful run.
type profileOptions struct {
	awsOptions
	engineOptions
	outputOptions
	tableOptions
	gateOptions
	probeOptions
	checkpointOptions
	limitOptions
	exclude, include []string
	where            string
	partitions       string
	maxPartitions    string
	quiet            bool
	again            string // the command that was given
	watched          *watch // looks on; nil where nobody does
}

func newProfileCommand() *cobra.Command {
	var o profileOptions
	cmd := &cobra.Command{
		Use:   "profile TARGET",
		Short: "List, measure and advise: one target, one report",
		Long: `Profile lists a target, measures how its files are laid out, and says what to set.

TARGET is s3://bucket/prefix/ (s3a:// and s3n:// too), an access point's ARN or
alias, or a local directory. It is always a directory: s3://b/data never counts
data-old/.

--exclude and --include take Glue's dialect, Java NIO globs on '/', relative to
the target: '**.csv', '**_temporary/**', 'year=2019/**', '{a,b}/*.json'. --where takes
a predicate over partition columns, as push_down_predicate does. What they rule
out is not listed, where it is larger than a page.

A partition takes up to 1 KiB of memory. Beyond --max-partitions they are counted as
one, "other"; no file is dropped. Which are told apart goes by a hash of their paths.

--probe reads ranges of files: format, codec, row groups, columns, how much they
grow. sample draws files by a hash of their keys, the larger the likelier, and takes
--probe-requests GETs; all opens every file; off opens none. It needs s3:GetObject,
and says so where that is denied.
` + exitStatus,
		Example: `  s3layout profile s3://bucket/events/
  s3layout profile s3://bucket/events/ --exclude '**_temporary/**' --workers 20
  s3layout profile s3://bucket/events/ --where "year = '2026' and month >= '04'"
  s3layout profile s3://public/data/ --no-sign-request --format json > r.json`,
		Args: exactlyOne("TARGET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.again = again(cmd, args)
			return runProfile(cmd.Context(), args[0], &o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.exclude, "exclude", nil, "leave out what this `GLOB` matches (repeatable)")
	f.StringArrayVar(&o.include, "include", nil, "count only what one of these `GLOB`s matches (repeatable)")
	f.StringVar(&o.where, "where", "", "read only the partitions that this Spark SQL `PREDICATE` selects")
	o.outputOptions.addFlags(f)
	f.StringVar(&o.partitions, "partitions", "", "`N` partitions in the report, or all (default 100; json, html 10000; csv, ndjson all)")
	f.StringVar(&o.maxPartitions, "max-partitions", "1000000", "`N` partitions to tell apart, a fair sample of those there are, or all")
	o.gateOptions.addFlags(f)
	f.BoolVar(&o.quiet, "quiet", false, "no progress on stderr")
	o.probeOptions.addFlags(f)
	o.tableOptions.addFlags(f)
	o.checkpointOptions.addFlags(f)
	o.limitOptions.addFlags(f)
	o.engineOptions.addFlags(f)
	o.awsOptions.addFlags(f)
	return cmd
}

func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && args[0] != "" {
			return nil
		}
		return &exitError{exitUsage, fmt.Errorf("%s needs one %s, and got %d; see %s --help", cmd.Name(), what, len(args), cmd.CommandPath())}
	}
}

// settings are profileOptions, checked.
type settings struct {
	engine advisor.Engine
	format render.Format
	selection
	partitions    int // 0: all
	maxPartitions int // 0: all
}

func (o *profileOptions) validate() (s settings, err error) {
	fail := func(err error) (settings, error) { return settings{}, &exitError{exitUsage, err} }
	if s.engine, err = o.resolve(); err != nil {
		return fail(err)
	}
	if err := o.awsOptions.validate(); err != nil {
		return fail(err)
	}
	if err := o.probeOptions.validate(); err != nil {
		return fail(err)
	}
	if err := o.tableOptions.validate(); err != nil {
		return fail(err)
	}
	if err := o.checkpointOptions.validate(); err != nil {
		return fail(err)
	}
	if err := o.limitOptions.validate(); err != nil {
		return fail(err)
	}
	if s.format, err = o.outputOptions.validate(); err != nil {
		return fail(err)
	}
	if s.selection, err = o.selection(); err != nil {
		return fail(err)
	}
	if s.partitions, err = o.described(s.format); err != nil {
		return fail(err)
	}
	if s.maxPartitions, err = parsePartitions("--max-partitions", o.maxPartitions); err != nil {
		return fail(err)
	}
	if err := o.gateOptions.validate(); err != nil {
		return fail(err)
	}
	return s, nil
}

// described is how many partitions the report describes; 0 is all.
func (o *profileOptions) described(format render.Format) (int, error) {
	switch {
	case o.partitions != "":
		return parsePartitions("--partitions", o.partitions)
	case format.Partitions == render.AllPartitions:
		return 0, nil
	}
	return cmp.Or(format.Partitions, 100), nil
}

func parsePartitions(flag, s string) (int, error) {
	if s == "all" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s %q: it is a number from 1, or all", flag, s)
	}
	return n, nil
}

func runProfile(ctx context.Context, name string, o *profileOptions, stdout, stderr io.Writer) error {
	s, err := o.validate()
	if err != nil {
		return err
	}
	t, err := openTarget(ctx, name, &o.awsOptions, s.selection.skips(), stderr)
	if err != nil {
		return err
	}
	kept, err := openCheckpoint(t, o, s, func(line string) { fmt.Fprintf(stderr, "s3layout: %s\n", line) })
	if err != nil {
		return err
	}
	r, outcome := profileTarget(ctx, t, kept, o, s, stderr)
	var exit *exitError
	if errors.As(outcome, &exit) && exit.code == exitNothing {
		if !s.format.Failures {
			return outcome
		}
		return firstError(o.write(s.format, r, "", stdout), outcome)
	}
	if err := saved(s.format, r); err != nil {
		return err
	}
	if err := o.write(s.format, r, next(r), stdout); err != nil {
		return err
	}
	return firstError(outcome, kept.close(r.Complete, o.again))
}

// saved packs what a document needs to be judged again.
func saved(format render.Format, r *advisor.Report) error {
	if !format.Saves {
		return nil
	}
	return r.Profile.Pack()
}

// next is the command that helps most after this report.
func next(r *advisor.Report) string {
	if len(r.Advice) > 0 {
		return "s3layout explain " + r.Advice[0].Rule
	}
	return "s3layout rules"
}

// profileTarget lists and judges. Where something could be listed there is a report, whatever the outcome, which is nil
// or carries the exit code. kept, if it is not nil, is what the listing goes on from, and keeps it.
func profileTarget(ctx context.Context, t *target, kept *checkpoint, o *profileOptions, s settings, stderr io.Writer) (*advisor.Report, error) {
	begun, cpu := time.Now(), cpuSeconds()
	ctx, cancel := o.limit(ctx)
	defer cancel()
	options := s.options(s.partitions, s.maxPartitions)
	options.Draw = o.draw(t.source)
	if t.kind == "s3" {
		options.Skips = s.selection.skips()
	}
	started, resumed := kept.span(begun.UTC().Truncate(time.Millisecond))
	collector := kept.collector(options)
	split := o.split(t, options, begun, o.probe == survey.Off)
	split.partial = kept.resumed()
	meter, _ := t.source.(lister.Meter)
	progress := startProgress(stderr, t.uri, meter, o.quiet)
	run := spent{}
	spending := kept.account(func() spent {
		run.CPUSeconds = cpuSeconds() - cpu
		if meter != nil {
			run.Usage = meter.Usage()
		}
		return run
	})
	failed := t.source.List(ctx, func(objects []lister.Object) error {
		run.Objects += int64(len(objects))
		run.Modified += modifiedSince(objects, started)
		o.watched.add(collector, objects)
		split.see(objects)
		progress.add(objects)
		kept.delivered(collector)
		return nil
	})
	kept.finish(collector)
	debug.FreeOSMemory() // of pages and bodies: the advisor's sizes take as much, and the peak would be of both
	var warnings []stats.Warning
	if failed == nil {
		collector, warnings, failed = split.finish(ctx, collector, func(objects []lister.Object) { run.Objects += int64(len(objects)) })
	}
	profile := o.watched.measure(collector)
	o.look(ctx, t.source, collector, profile)
	progress.stop()
	if failed == nil && ctx.Err() != nil {
		failed = context.Cause(ctx)
	}

	r := newReport(t, o, s, profile)
	r.Run = o.runOf(spending(), meter != nil)
	r.Run.Started, r.Run.Resumed = started, resumed
	r.Run.Seconds = round3((time.Since(begun) + begun.Sub(r.Run.Started).Truncate(time.Millisecond)).Seconds())
	r.Warnings = append(append(r.Warnings, warnings...), warningsOf(t.source)...)
	outcome := judgeOutcome(ctx, t, r, o, failed)
	r.Verified = o.verified(r)
	return r, outcome
}

// modifiedSince counts objects that were written after a time, by the clock of whoever wrote them.
func modifiedSince(objects []lister.Object, t time.Time) (n int64) {
	for i := range objects {
		if objects[i].Modified.After(t) {
			n++
		}
	}
	return n
}

// runOf says what was spent, and what that cost where there were requests.
func (o *profileOptions) runOf(s spent, metered bool) advisor.Run {
	r := advisor.Run{CPUSeconds: round3(s.CPUSeconds), ModifiedDuringScan: s.Modified}
	if !metered {
		return r
	}
	u := s.Usage
	r.Requests, r.Retries, r.Throttled, r.Jumps, r.Gets, r.BytesRead = u.Requests, u.Retries, u.Throttled, u.Jumps, u.Gets, u.BytesRead
	lists := u.Requests - u.Gets
	r.RequestsPerThousand = round3(1000 * float64(lists) / float64(max(s.Objects, 1)))
	r.ListPrice, r.GetPrice = o.listPrice, o.getPrice
	r.Dollars = math.Round((o.listPrice*float64(lists)+o.getPrice*float64(u.Gets))/1000*1e6) / 1e6
	return r
}

func newReport(t *target, o *profileOptions, s settings, p *stats.Profile) *advisor.Report {
	r := &advisor.Report{
		Schema: advisor.SchemaID, Tool: advisor.Tool{Name: "s3layout", Version: version()},
		Target:   advisor.Target{URI: t.uri, Source: t.kind, Exclude: notNil(o.exclude), Include: notNil(o.include), Where: o.where},
		Complete: true, Incomplete: []advisor.Missing{}, Warnings: append([]stats.Warning{}, p.Warnings...),
		Profile: p, Engine: s.engine,
	}
	r.Judge(advisor.Advise(t.uri, p, s.engine, rules.All))
	return r
}

func notNil(s []string) []string { return append([]string{}, s...) }

// nothingListed explains why there is no report.
func nothingListed(t *target, failed error) error {
	return &exitError{exitNothing, errors.New(strings.Join(t.explain(failed), "\n  "))}
}

func ranges(n int) string {
	if n == 1 {
		return "1 range of keys is"
	}
	return fmt.Sprintf("%d ranges of keys are", n)
}

func describe(m lister.Missing) string {
	return m.Range.String() + ": " + render.Printable(m.Err.Error())
}

func round3(x float64) float64 { return float64(int64(x*1000+0.5)) / 1000 }

// isTerminal reports whether w is a terminal that understands control sequences.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// readsTerminal reports whether r is a terminal.
func readsTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
