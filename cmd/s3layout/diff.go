package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/render"
)

type diffOptions struct {
	pageOptions
	failOn     string
	partitions string
	noise      string
	noiseBytes string
	noiseCount float64
}

func newDiffCommand() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "What changed between two saved reports: figures, findings, partitions",
		Long: `Diff compares two reports that profile --format json wrote; one of them may be -, stdin.

A change of a figure shows where it is more than noise, by ratio and by amount; "~" is
noise. A finding is the same where its rule and target are: new, worse (more severe),
unchanged, better or gone. Of an incomplete report every count is a lower bound: no change
is told, and the exit status is 3.
` + exitStatus,
		Example: `  s3layout diff monday.json tuesday.json
  s3layout diff main.json branch.json --format markdown --fail-on warning
  s3layout diff old.json new.json --noise 5% --partitions all`,
		Args: exactlyTwo("OLD.json and NEW.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDiff(args[0], args[1], &o, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	var names []string
	for _, format := range render.DiffFormats {
		names = append(names, format.Name)
	}
	o.pageOptions.addFlags(f, names)
	f.StringVar(&o.partitions, "partitions", "20", "partitions in the list: a number, or all")
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 on a finding that is new or worse, as severe as info, warning or critical")
	f.StringVar(&o.noise, "noise", "1%", "a change up to this share of the old value is noise")
	f.StringVar(&o.noiseBytes, "noise-bytes", "64KiB", "a change of bytes up to this is noise")
	f.Float64Var(&o.noiseCount, "noise-count", 0, "a change of a count up to this is noise")
	return cmd
}

func exactlyTwo(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 2 && args[0] != "" && args[1] != "" && (args[0] != "-" || args[1] != "-") {
			return nil
		}
		return &exitError{exitUsage, fmt.Errorf("%s needs %s; see %s --help", cmd.Name(), what, cmd.CommandPath())}
	}
}

// resolve checks the flags.
func (o *diffOptions) resolve() (advisor.DiffOptions, error) {
	out := advisor.DiffOptions{Tool: advisor.Tool{Name: "s3layout", Version: version()}}
	var err error
	if out.Partitions, err = parsePartitions("--partitions", o.partitions); err != nil {
		return out, err
	}
	if out.Partitions == 0 {
		out.Partitions = -1
	}
	noise := advisor.DefaultNoise
	if noise.Ratio, err = parseShare(o.noise); err != nil {
		return out, fmt.Errorf("--noise %q: %w", o.noise, err)
	}
	size, err := advisor.ParseSize(o.noiseBytes)
	if err != nil {
		return out, fmt.Errorf("--noise-bytes %q: %w", o.noiseBytes, err)
	}
	if noise.Bytes, noise.Count = float64(size), o.noiseCount; !(noise.Count >= 0) {
		return out, fmt.Errorf("--noise-count %v: it is a number from 0", o.noiseCount)
	}
	if o.failOn != "" && advisor.Severity(o.failOn).Rank() == 0 {
		return out, fmt.Errorf("--fail-on %q: it is info, warning or critical", o.failOn)
	}
	out.Noise = &noise
	return out, nil
}

// parseShare reads 5% or 0.05.
func parseShare(s string) (float64, error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x <= 1000) {
		return 0, errors.New("it is a share, such as 5% or 0.05")
	}
	return x, nil
}

func runDiff(before, after string, o *diffOptions, stdin io.Reader, stdout io.Writer) error {
	options, err := o.resolve()
	if err := errors.Join(err, o.pageOptions.validate()); err != nil {
		return &exitError{exitUsage, err}
	}
	was, err := openReport(before, stdin)
	if err != nil {
		return err
	}
	is, err := openReport(after, stdin)
	if err != nil {
		return err
	}
	d := advisor.Diff(was, is, options)
	for _, format := range render.DiffFormats {
		if format.Name == o.format {
			if err := o.write(func(w io.Writer, r render.Options) error { return format.Write(w, d, r) }, stdout); err != nil {
				return err
			}
		}
	}
	if !was.Complete || !is.Complete {
		return &exitError{exitIncomplete, errors.New("a report is of an incomplete listing: no change is told")}
	}
	return gateDiff(d, advisor.Severity(o.failOn))
}

func gateDiff(d *advisor.Difference, least advisor.Severity) error {
	for _, f := range d.Findings {
		if least != "" && (f.Change == advisor.New || f.Change == advisor.Worse) && f.New.Rank() >= least.Rank() {
			return &exitError{exitGate, fmt.Errorf("--fail-on %s: %s is %s, and %s", least, f.Rule, f.New, f.Change)}
		}
	}
	return nil
}

// pageOptions are the flags of what is written once, in one of several formats, and is no report.
type pageOptions struct {
	styleOptions
	format, output string
	names          []string
}

func (o *pageOptions) addFlags(f *pflag.FlagSet, names []string) {
	o.names = names
	f.StringVar(&o.format, "format", names[0], strings.Join(names, " or "))
	f.StringVar(&o.output, "output", "", "write to this file, at once or not at all")
	o.styleOptions.addFlags(f)
}

func (o *pageOptions) validate() error {
	if err := o.styleOptions.validate(); err != nil {
		return err
	}
	for _, name := range o.names {
		if name == o.format {
			return regularFile(o.output)
		}
	}
	return fmt.Errorf("--format %q is not known; it is %s", o.format, strings.Join(o.names, " or "))
}

func (o *pageOptions) write(page func(io.Writer, render.Options) error, stdout io.Writer) error {
	options := render.Options{}
	o.apply(&options, stdout, o.output != "")
	var b bytes.Buffer
	if err := page(&b, options); err != nil {
		return err
	}
	if o.output != "" {
		return writeFile(o.output, b.Bytes())
	}
	_, err := stdout.Write(b.Bytes())
	return err
}
