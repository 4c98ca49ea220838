package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/lister/s3"
	"s3layout/lister/s3sim"
	"s3layout/stats/survey"
)

type demoOptions struct {
	outputOptions
	engineOptions
	serve string
	quiet bool
}

func newDemoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Profile a lake inside this program: no account, no network",
		Long: `Demo starts an S3 server on loopback, with a lake that has what makes jobs fail,
profiles it over HTTP as any bucket, and prints the report.

--serve keeps the server up, for any S3 client to look at.
` + exitStatus,
		Example: `  s3layout demo
  s3layout demo --serve`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), &o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.serve, "serve", "", "keep the server up, at this `ADDRESS` if one is given")
	f.Lookup("serve").NoOptDefVal = "127.0.0.1:0"
	o.outputOptions.addFlags(f)
	f.BoolVar(&o.quiet, "quiet", false, "no progress on stderr")
	o.engineOptions.addFlags(f)
	return cmd
}

func runDemo(ctx context.Context, o *demoOptions, stdout, stderr io.Writer) error {
	server := s3sim.New(map[string]*s3sim.Bucket{demoBucket: {Keys: demoLake()}})
	address := o.serve
	if address == "" {
		address = "127.0.0.1:0"
	}
	url, stop, err := s3sim.StartAt(server, address)
	if err != nil {
		return &exitError{exitNothing, fmt.Errorf("start the demonstration's server: %w", err)}
	}
	defer stop()
	if o.serve != "" {
		return serveDemo(ctx, url, stdout)
	}

	p := demoProfile(o, url)
	s, err := p.validate()
	if err != nil {
		return err
	}
	r, outcome, err := demoReport(ctx, "events/", p, s, stderr)
	if err != nil {
		return err
	}
	if err := saved(s.format, r); err != nil {
		return err
	}
	next := invocation() + " profile s3://YOUR-BUCKET/prefix/"
	if err := o.write(s.format, r, next, stdout); err != nil || outcome != nil || o.format != render.Formats[0].Name || o.output != "" {
		return firstError(err, outcome)
	}
	return demoClosing(ctx, p, s, next, stdout, stderr)
}

func demoReport(ctx context.Context, prefix string, p *profileOptions, s settings, stderr io.Writer) (r *advisor.Report, outcome, err error) {
	t, err := openTarget(ctx, "s3://"+demoBucket+"/"+prefix, &p.awsOptions, nil, stderr)
	if err != nil {
		return nil, nil, err
	}
	r, outcome = profileTarget(ctx, t, nil, p, s, stderr)
	return r, outcome, nil
}

// demoClosing shows beside it a dataset that lies well, and ends with the command for the reader's own.
func demoClosing(ctx context.Context, p *profileOptions, s settings, next string, stdout, stderr io.Writer) error {
	r, outcome, err := demoReport(ctx, "orders/", p, s, stderr)
	if err != nil || outcome != nil {
		return firstError(err, outcome)
	}
	_, err = fmt.Fprintf(stdout, "\nlaid out well, for comparison: %s\nyour own: %s\n", render.OneLine(r), next)
	return err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// demoProfile is how profile would be called for the demonstration's server.
func demoProfile(o *demoOptions, url string) *profileOptions {
	p := &profileOptions{outputOptions: o.outputOptions, engineOptions: o.engineOptions, maxPartitions: "all", quiet: o.quiet}
	p.EndpointURL, p.Region, p.NoSignRequest, p.concurrency = url, "us-east-1", true, s3.DefaultConcurrency
	p.probe, p.probeRequests = survey.Some, survey.DefaultRequests
	p.maxAttempts, p.readTimeout, p.listPrice, p.getPrice = s3.DefaultMaxAttempts, defaultReadTimeout, defaultListPrice, defaultGetPrice
	return p
}

func serveDemo(ctx context.Context, url string, stdout io.Writer) error {
	fmt.Fprintf(stdout, `An S3 server with the bucket %s is up at %s (any credentials, or none).

  s3layout profile s3://%s/events/ --endpoint-url %s --no-sign-request
  s3layout profile s3://%s/orders/ --endpoint-url %s --no-sign-request
  aws s3 ls s3://%s/ --endpoint-url %s --no-sign-request

Ctrl-C stops it.
`, demoBucket, url, demoBucket, url, demoBucket, url, demoBucket, url)
	<-ctx.Done()
	return nil
}

// invocation is how this program was called: from its source, or by its name.
func invocation() string {
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, "go-build") {
		return "go run ./cmd/s3layout"
	}
	return "s3layout"
}
