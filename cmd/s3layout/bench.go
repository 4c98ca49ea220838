package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"s3layout/lister/s3"
	"s3layout/lister/s3sim"
)

// benchOptions are the flags of bench.
type benchOptions struct {
	objects       int64
	latency       time.Duration
	keyspaces     []string
	runs          int
	concurrency   int
	serial        bool
	serialObjects int64
	peers         bool
}

func newBenchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure profile, a serial listing and other listers on computed buckets",
		Long: `Bench serves computed buckets from this process, as sim does, and lets each lister
list them as a process of its own, so that CPU (user and system) and peak memory
are that lister's alone. Requests are what the server counted. Every count of
objects and bytes is held against the bucket; a row whose count differs says WRONG.

The server shares the machine: the figures are for comparison in one run.

EXIT STATUS
  0 every count of s3layout and of the serial listing is exact
  2 usage    3 one is not    4 nothing could be measured
  130/143 interrupted, table marked`,
		Example: `  s3layout bench --latency 30ms
  s3layout bench --latency 30ms --keyspaces hex,hive500 --serial --peers
  s3layout bench --objects 10000000 --runs 5`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runBench(cmd.Context(), &o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Int64Var(&o.objects, "objects", 1_000_000, "objects in each bucket")
	f.DurationVar(&o.latency, "latency", 0, "the server waits so long before each answer")
	f.StringSliceVar(&o.keyspaces, "keyspaces", s3sim.Names(), "which buckets, in this order")
	f.IntVar(&o.runs, "runs", 1, "runs of s3layout; the table shows medians, least and most")
	f.IntVar(&o.concurrency, "concurrency", s3.DefaultConcurrency, "most requests of s3layout in flight")
	f.BoolVar(&o.serial, "serial", false, "list each bucket page by page with the SDK, too, once")
	f.Int64Var(&o.serialObjects, "serial-objects", 0, "list serially only so many objects and scale the figures; 0 is all")
	f.BoolVar(&o.peers, "peers", false, "let the other listers in PATH list each bucket, once: "+peerCommands())
	cmd.AddCommand(newBenchChildCommand(), newBenchSerialCommand())
	return cmd
}

func (o *benchOptions) validate() error {
	switch {
	case o.objects < 1 || o.objects > s3sim.MaxNamed:
		return fmt.Errorf("--objects %d: it must be 1 to %d", o.objects, s3sim.MaxNamed)
	case o.latency < 0:
		return fmt.Errorf("--latency %s: it must not be negative", o.latency)
	case o.runs < 1:
		return fmt.Errorf("--runs %d: it must be at least 1", o.runs)
	case o.concurrency < 1 || o.concurrency > 1024:
		return fmt.Errorf("--concurrency %d: it must be 1 to 1024", o.concurrency)
	case o.serialObjects < 0:
		return fmt.Errorf("--serial-objects %d: it must not be negative", o.serialObjects)
	case o.serialObjects > 0 && !o.serial:
		return errors.New("--serial-objects needs --serial")
	case len(o.keyspaces) == 0:
		return errors.New("--keyspaces names none")
	}
	for i, name := range o.keyspaces {
		if !slices.Contains(s3sim.Names(), name) {
			return fmt.Errorf("--keyspaces: %q is not one of %s", name, strings.Join(s3sim.Names(), ", "))
		}
		if slices.Contains(o.keyspaces[:i], name) {
			return fmt.Errorf("--keyspaces names %s twice", name)
		}
	}
	return nil
}

// runBench measures one keyspace after the other and prints what it has when a signal comes.
func runBench(ctx context.Context, o *benchOptions, stdout, stderr io.Writer) error {
	if err := o.validate(); err != nil {
		return &exitError{exitUsage, err}
	}
	b, stop, err := newBench(o, stderr)
	if err != nil {
		return &exitError{exitNothing, fmt.Errorf("bench: %w", err)}
	}
	defer stop()
	t := benchTable{options: o, begun: time.Now(), load: loadAverage(), missing: b.missing}
	for _, name := range o.keyspaces {
		rows, err := b.keyspace(ctx, name)
		if err != nil {
			t.stopped = err
			break
		}
		t.rows = append(t.rows, rows...)
	}
	if _, err := io.WriteString(stdout, t.String()); err != nil {
		return err
	}
	return t.outcome()
}

// outcome is what the run ends with: a signal goes before a wrong count. A peer's wrong count is the peer's.
func (t *benchTable) outcome() error {
	var stopped *signalError
	switch {
	case errors.As(t.stopped, &stopped):
		return &exitError{stopped.code(), fmt.Errorf("%w: the table is partial", stopped)}
	case t.stopped != nil:
		return &exitError{exitNothing, fmt.Errorf("bench: %w", t.stopped)}
	}
	for _, r := range t.rows {
		if r.wrong != "" && !r.peer {
			return &exitError{exitIncomplete, fmt.Errorf("%s, %s: %s", r.keyspace, r.lister, r.wrong)}
		}
	}
	return nil
}
