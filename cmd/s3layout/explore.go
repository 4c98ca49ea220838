package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/cmd/s3layout/explore"
	"s3layout/lister"
	"s3layout/lister/s3"
	"s3layout/stats"
)

func newExploreCommand() *cobra.Command {
	o := profileOptions{quiet: true, partitions: "1000"}
	var ascii bool
	cmd := &cobra.Command{
		Use:   "explore REPORT.json|TARGET",
		Short: "Browse a layout in the terminal: a saved report, or a listing live",
		Long: `Explore shows the directories of a dataset by bytes, files, share of small files,
mean size and skew, and goes into them, down to one partition. It works on a report
that profile --format json wrote, where nothing is listed, and on a target while it
is listed: counts that still grow are marked ~, what is incomplete !.

A saved report has the totals of every partition, but sizes, formats and dates only of
those that it describes: profile --partitions all describes all.

Keys: arrows or h j k l move, / searches, b f s m x n sort by bytes, files, small
files, mean, skew (x) and name, v shows the report, ? helps, q leaves.

It needs a terminal; NO_COLOR and --ascii make it plainer. --output keeps the report
of a listing, so that the next look lists nothing.

EXIT STATUS
  0 left    2 usage, or no terminal    3 what was shown is incomplete
  4 nothing could be listed    143 SIGTERM`,
		Example: `  s3layout explore report.json
  s3layout explore s3://bucket/events/
  s3layout explore s3://bucket/events/ --output report.json`,
		Args: exactlyOne("REPORT.json or TARGET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExplore(cmd.Context(), args[0], &o, explore.Options{ASCII: ascii}, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.exclude, "exclude", nil, "leave out what this `GLOB` matches (repeatable)")
	f.StringArrayVar(&o.include, "include", nil, "count only what one of these `GLOB`s matches (repeatable)")
	f.StringVar(&o.where, "where", "", "read only the partitions that this Spark SQL `PREDICATE` selects")
	f.StringVar(&o.maxPartitions, "max-partitions", "1000000", "`N` partitions to tell apart, or all: what bounds memory")
	f.StringVar(&o.output, "output", "", "write the report of a listing to this `FILE`, as JSON")
	f.BoolVar(&ascii, "ascii", false, "draw with ASCII characters alone")
	o.probeOptions.addFlags(f)
	o.tableOptions.addFlags(f)
	o.engineOptions.addFlags(f)
	o.awsOptions.addFlags(f)
	return cmd
}

func runExplore(ctx context.Context, name string, o *profileOptions, shown explore.Options, stdin io.Reader, stdout, stderr io.Writer) error {
	if !isTerminal(stdout) || !readsTerminal(stdin) {
		return &exitError{exitUsage, errors.New("explore needs a terminal on stdin and stdout, and TERM other than dumb; without one: s3layout show REPORT.json, or s3layout profile TARGET")}
	}
	if !isReport(name) {
		return exploreTarget(ctx, name, o, shown, stdin, stdout, stderr)
	}
	if o.output != "" {
		return &exitError{exitUsage, fmt.Errorf("--output keeps the report of a listing, and %q is a report", name)}
	}
	r, err := openReport(name, nil)
	if err != nil {
		return err
	}
	if err := browse(ctx, explore.New(r.Target.URI, nil, r, shown), stdin, stdout); err != nil {
		return err
	}
	return incomplete(r)
}

// isReport reports whether a name is that of a file: what is not is a target.
func isReport(name string) bool {
	if s3.IsURI(name) {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() || err != nil && strings.HasSuffix(name, ".json")
}

// browse runs the browser until its reader leaves.
func browse(ctx context.Context, m *explore.Model, stdin io.Reader, stdout io.Writer) error {
	return outcomeOf(ctx, browser(ctx, m, stdin, stdout))
}

func browser(ctx context.Context, m *explore.Model, stdin io.Reader, stdout io.Writer) *tea.Program {
	// Signals are main's: they end ctx.
	return tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(stdin), tea.WithOutput(stdout), tea.WithoutSignalHandler())
}

// outcomeOf runs a program, and says how it ended.
func outcomeOf(ctx context.Context, p *tea.Program) error {
	_, err := p.Run()
	var stopped *signalError
	switch {
	case errors.As(context.Cause(ctx), &stopped):
		return &exitError{stopped.code(), stopped}
	case err != nil:
		return &exitError{exitUsage, fmt.Errorf("explore: %w", err)}
	}
	return nil
}

// exploreTarget browses a listing while it goes on. It ends when its reader leaves.
func exploreTarget(ctx context.Context, name string, o *profileOptions, shown explore.Options, stdin io.Reader, stdout, stderr io.Writer) error {
	o.format = "json"
	s, err := o.validate()
	if err != nil {
		return err
	}
	talk := &notices{} // the screen is the browser's until it ends
	defer talk.flush(stderr)
	t, err := openTarget(ctx, name, &o.awsOptions, s.selection.skips(), talk)
	if err != nil {
		return err
	}
	o.watched = newWatch(t)
	p := browser(ctx, explore.New(t.uri, o.watched, nil, shown), stdin, stdout)
	listing, stop := context.WithCancel(ctx)
	type ending struct {
		report  *advisor.Report
		outcome error
	}
	ended := make(chan ending, 1)
	go func() {
		r, outcome := profileTarget(listing, t, nil, o, s, talk)
		var exit *exitError
		ended <- ending{r, outcome}
		if errors.As(outcome, &exit) && exit.code == exitNothing {
			p.Quit()
			return
		}
		p.Send(explore.Listed{Report: r})
	}()
	left := outcomeOf(ctx, p)
	early := true
	var end ending
	select {
	case end = <-ended:
		early = false
	default:
		stop()
		<-ended
	}
	stop()
	switch {
	case left != nil:
		return left
	case early && o.output != "":
		return &exitError{exitIncomplete, fmt.Errorf("left before the listing ended: %q is not written", o.output)}
	case early:
		return nil
	}
	return firstError(keep(o, s, end.report, end.outcome), end.outcome)
}

// keep writes the report of a listing where that is asked for.
func keep(o *profileOptions, s settings, r *advisor.Report, outcome error) error {
	var exit *exitError
	if o.output == "" || errors.As(outcome, &exit) && exit.code == exitNothing {
		return nil
	}
	if err := saved(s.format, r); err != nil {
		return err
	}
	return o.write(s.format, r, "", io.Discard)
}

// notices keeps what is said while the screen is the browser's.
type notices struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notices) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notices) flush(w io.Writer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text.WriteTo(w)
}

// A watch lets a browser look at a listing while it goes on. A nil watch only counts.
type watch struct {
	progress *progress

	// mu is held while partitions are counted or looked at: a look takes a part of a second with a million partitions, and the
	// browser leaves twenty times that between looks.
	mu        sync.Mutex
	collector *stats.Collector
	profile   *stats.Profile // once all is listed
}

func newWatch(t *target) *watch {
	meter, _ := t.source.(lister.Meter)
	return &watch{progress: &progress{uri: render.Printable(t.uri), meter: meter, begun: time.Now()}}
}

// add counts a batch.
func (w *watch) add(c *stats.Collector, objects []lister.Object) {
	if w == nil {
		c.Add(objects)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.collector = c
	c.Add(objects)
	w.progress.add(objects)
}

// measure makes the profile, and lets the browser look at that from now on.
func (w *watch) measure(c *stats.Collector) *stats.Profile {
	if w == nil {
		return c.Profile()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.profile = c.Profile()
	return w.profile
}

// EachPartition yields the partitions that are known by now.
func (w *watch) EachPartition(yield func(stats.PartitionTotals) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.profile != nil:
		w.profile.EachPartition(yield)
	case w.collector != nil:
		w.collector.EachPartition(yield)
	}
}

// Progress says how much was listed.
func (w *watch) Progress() string { return w.progress.figures(time.Since(w.progress.begun)) }
