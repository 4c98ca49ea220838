package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/advisor/render"
	"s3layout/lister/s3"
)

type trendOptions struct {
	pageOptions
	aws      awsOptions
	file     string
	history  string
	selected []string
	metrics  []string
	last     int
}

// trendMetrics are those that are shown where none is named.
var trendMetrics = []string{"objects", "bytes", "partitions", "small_file_ratio", "partition_skew", "spark_tasks", "critical_findings", "warning_findings"}

func newTrendCommand() *cobra.Command {
	var o trendOptions
	cmd := &cobra.Command{
		Use:   "trend",
		Short: "How metrics of targets went over the runs that audit kept",
		Long: `Trend reads the history of a policy file, or of --history, and shows for each target how
its metrics went: the first value, the last, what changed, and bars between; a dot is a run
that is incomplete. With one --metric every run is listed, too. Nothing of the targets is
listed.

Metrics: ` + strings.Join(metricNames(), ", ") + `.
` + exitStatus,
		Example: `  s3layout trend
  s3layout trend --metric small_file_ratio --select events
  s3layout trend --history runs --format html --output trend.html`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runTrend(cmd.Context(), &o, cmd.Flags().Changed("file"), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	var names []string
	for _, format := range render.TrendFormats {
		names = append(names, format.Name)
	}
	f.StringVarP(&o.file, "file", "f", auditFile, "the policy `FILE`")
	f.StringVar(&o.history, "history", "", "runs are in this `DIR` or s3://bucket/prefix/; before the file's")
	f.StringArrayVar(&o.selected, "select", nil, "only targets of this name, tag:NAME or owner:NAME (repeatable)")
	f.StringArrayVar(&o.metrics, "metric", nil, "show this metric (repeatable), or all")
	f.IntVar(&o.last, "last", 30, "show the last `N` runs")
	o.pageOptions.addFlags(f, names)
	o.aws.addFlags(f)
	return cmd
}

func metricNames() []string {
	var out []string
	for _, m := range advisor.Metrics {
		out = append(out, m.Name)
	}
	return out
}

// chosen are the metrics that are asked for.
func (o *trendOptions) chosen() ([]advisor.Metric, error) {
	names := o.metrics
	switch {
	case len(names) == 0:
		names = trendMetrics
	case slices.Equal(names, []string{"all"}):
		return advisor.Metrics, nil
	}
	var out []advisor.Metric
	for _, name := range names {
		m, ok := advisor.FindMetric(name)
		if !ok {
			return nil, notKnown("--metric", name, metricNames())
		}
		out = append(out, m)
	}
	return out, nil
}

func runTrend(ctx context.Context, o *trendOptions, fileGiven bool, stdout io.Writer) error {
	usage := func(err error) error { return &exitError{exitUsage, err} }
	metrics, err := o.chosen()
	if err := errors.Join(err, o.pageOptions.validate(), o.aws.validate()); err != nil {
		return usage(err)
	}
	if o.last < 1 {
		return usage(fmt.Errorf("--last %d: it is a number from 1", o.last))
	}
	h, targets, err := o.open(ctx, fileGiven)
	if err != nil {
		return usage(err)
	}
	trend := &audit.Trend{Schema: audit.TrendSchemaID, Tool: advisor.Tool{Name: "s3layout", Version: version()}, Targets: []audit.TargetTrend{}}
	problems := 0
	for _, t := range targets {
		one, err := targetTrend(ctx, h, t, metrics, o.last)
		if err != nil {
			return &exitError{exitNothing, err}
		}
		problems += len(one.Problems)
		trend.Targets = append(trend.Targets, one)
	}
	at := slices.IndexFunc(render.TrendFormats, func(f render.TrendFormat) bool { return f.Name == o.format })
	if err := o.write(func(w io.Writer, r render.Options) error { return render.TrendFormats[at].Write(w, trend, r) }, stdout); err != nil {
		return err
	}
	if problems > 0 {
		return &exitError{exitIncomplete, fmt.Errorf("documents that cannot be read: %d", problems)}
	}
	return nil
}

// open finds the history and the targets in it: those of the policy file, or without one all that the history has.
func (o *trendOptions) open(ctx context.Context, fileGiven bool) (history, []audit.Target, error) {
	config := &audit.Config{}
	if _, err := os.Stat(o.file); err == nil || fileGiven || o.history == "" {
		if config, err = readPolicy(o.file); err != nil {
			return nil, nil, err
		}
	}
	path := o.history
	if path == "" {
		if path = config.History.Path; path != "" && !s3.IsURI(path) {
			path = beside(o.file, path)
		}
	}
	if path == "" {
		return nil, nil, fmt.Errorf("%q keeps no history: give it one, or name it with --history", o.file)
	}
	h, err := newHistory(ctx, path, &o.aws)
	if err != nil {
		return nil, nil, err
	}
	if len(config.Targets) == 0 {
		if config.Targets, err = h.Targets(ctx); err != nil {
			return nil, nil, err
		}
	}
	targets, err := selectTargets(config, o.selected)
	return h, targets, err
}

// targetTrend reads the last runs of a target.
func targetTrend(ctx context.Context, h history, t audit.Target, metrics []advisor.Metric, last int) (audit.TargetTrend, error) {
	names, err := h.Names(ctx, t.Name)
	if err != nil {
		return audit.TargetTrend{}, err
	}
	out := audit.NewTrender(t.Name, metrics, t.Policy.SmallBytes)
	for _, name := range names[max(len(names)-last, 0):] {
		r, err := readRun(ctx, h, t.Name, name)
		if err != nil {
			out.Problem(render.Printable(err.Error()))
			continue
		}
		out.Add(r)
	}
	trend := out.Trend()
	if trend.URI == "" {
		trend.URI = t.URI
	}
	return trend, nil
}
