package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
)

type auditOptions struct {
	pageOptions
	targets  profileOptions // flags that go before what the file says, for every target
	file     string
	selected []string
	history  string
	writes   []string
	failOn   string
	gate     string
	known    bool
	parallel int
	flags    *pflag.FlagSet
}

// auditFile is where the policy file is looked for.
const auditFile = "s3layout.yaml"

func newAuditCommand() *cobra.Command {
	var o auditOptions
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Judge many targets by a policy file, and fail on what got worse",
		Long: `Audit lists every target of a policy file, judges it by thresholds, compares it with its
last complete run, and writes one summary. One target that fails does not stop the others:
it counts as unknown, never as pass.

A target passes, warns, errs or is unknown. By default the run fails on what is in the
state error, and new or worse since the last complete run in the history; without one all
is new. The exit status is the worst of all targets.

A flag of profile goes before what the file says, for every target; S3LAYOUT_NAME, too.
--select takes names of targets (with * and ?), tag:NAME and owner:NAME.

The file's JSON Schema: s3layout schema policy. The summary's: s3layout schema audit.
` + exitStatus,
		Example: `  s3layout audit -f s3layout.yaml
  s3layout audit -f s3layout.yaml --select 'events*' --select tag:gold
  s3layout audit --history s3://bucket/audits/ --write html=audit.html
  s3layout audit -f s3layout.yaml --format markdown --gate all --fail-on warn`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runAudit(cmd.Context(), &o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.flags = f
	f.StringVarP(&o.file, "file", "f", auditFile, "the policy `FILE`")
	f.StringArrayVar(&o.selected, "select", nil, "only targets of this name, tag:NAME or owner:NAME (repeatable)")
	f.StringVar(&o.history, "history", "", "keep runs in this `DIR` or s3://bucket/prefix/; before the file's")
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 from this state on: error, warn or never; before the file's (error)")
	f.StringVar(&o.gate, "gate", "", "exit 1 on what is new or worse, or on all: new or all; before the file's (new)")
	o.pageOptions.addFlags(f, auditFormatNames())
	f.StringArrayVar(&o.writes, "write", nil, "write another summary, as `FORMAT=FILE` (repeatable)")
	f.BoolVar(&o.known, "known", false, "text and markdown: show what was found before, too")
	f.IntVar(&o.parallel, "parallel", 4, "targets to list at a time")
	f.BoolVar(&o.targets.quiet, "quiet", false, "no notices on stderr")
	o.targets.addTargetFlags(f)
	return cmd
}

func auditFormatNames() []string {
	var names []string
	for _, f := range render.AuditFormats {
		names = append(names, f.Name)
	}
	return names
}

// An auditRun is one run: what the file says and flags change.
type auditRun struct {
	o       *auditOptions
	config  *audit.Config
	jobs    []auditJob
	outputs []audit.Output
	history history // nil where no runs are kept
	used    audit.Used
	stderr  io.Writer
	mu      sync.Mutex // warnings and used come from every target's goroutine
	warned  []audit.Warning
}

// An auditJob is one target, its flags resolved.
type auditJob struct {
	target   audit.Target
	options  *profileOptions
	settings settings
}

func runAudit(ctx context.Context, o *auditOptions, stdout, stderr io.Writer) error {
	run, err := prepareAudit(ctx, o, stderr)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	s := run.all(ctx)
	if err := run.write(s, stdout); err != nil {
		return err
	}
	if s.Exit.Code == exitOK {
		return nil
	}
	return &exitError{s.Exit.Code, errors.New(s.Exit.Reason)}
}

// prepareAudit reads the file and checks everything, so that nothing is listed before all is well.
func prepareAudit(ctx context.Context, o *auditOptions, stderr io.Writer) (*auditRun, error) {
	config, err := readPolicy(o.file)
	if err != nil {
		return nil, err
	}
	run := &auditRun{o: o, config: config, stderr: stderr, used: make(audit.Used, len(config.Suppressions))}
	if err := o.merge(config); err != nil {
		return nil, err
	}
	targets, err := selectTargets(config, o.selected)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		job, err := o.job(t)
		if err != nil {
			return nil, fmt.Errorf("%q:%d: target %s: %w", o.file, t.Line, t.Name, err)
		}
		run.jobs = append(run.jobs, job)
	}
	if run.outputs, err = o.outputs(config); err != nil {
		return nil, err
	}
	run.history, err = o.openHistory(ctx, config)
	return run, err
}

// readPolicy reads and checks a policy file.
func readPolicy(file string) (*audit.Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", file, errors.Unwrap(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, audit.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", file, err)
	}
	return audit.Parse(file, b, knownPolicy())
}

// knownPolicy is what a policy file may speak of: the flags of a target, and the rules.
func knownPolicy() audit.Known {
	return audit.Known{Settings: targetSettings(), Rules: rules.All, Formats: auditFormatNames()}
}

// merge lets flags go before the file.
func (o *auditOptions) merge(config *audit.Config) error {
	if o.failOn != "" {
		config.FailOn = o.failOn
	}
	if o.gate != "" {
		config.Gate = o.gate
	}
	switch {
	case !slices.Contains([]string{string(audit.Error), string(audit.Warn), "never"}, config.FailOn):
		return fmt.Errorf("--fail-on %q: it is error, warn or never", config.FailOn)
	case config.Gate != "new" && config.Gate != "all":
		return fmt.Errorf("--gate %q: it is new or all", config.Gate)
	case o.parallel < 1 || o.parallel > 64:
		return fmt.Errorf("--parallel %d: it is 1 to 64", o.parallel)
	}
	return o.pageOptions.validate()
}

// selectTargets returns the targets that one of the words means; all where there are none.
func selectTargets(config *audit.Config, words []string) ([]audit.Target, error) {
	if len(words) == 0 {
		return config.Targets, nil
	}
	var out []audit.Target
	used := make([]bool, len(words))
	for _, t := range config.Targets {
		chosen := false
		for i, w := range words {
			if selects(w, t) {
				used[i], chosen = true, true
			}
		}
		if chosen {
			out = append(out, t)
		}
	}
	if at := slices.Index(used, false); at >= 0 {
		var names []string
		for _, t := range config.Targets {
			names = append(names, t.Name)
		}
		return nil, notKnown("--select", words[at], names)
	}
	return out, nil
}

func selects(word string, t audit.Target) bool {
	if tag, ok := strings.CutPrefix(word, "tag:"); ok {
		return slices.ContainsFunc(t.Tags, func(has string) bool { return audit.Matches(tag, has) })
	}
	if owner, ok := strings.CutPrefix(word, "owner:"); ok {
		return audit.Matches(owner, t.Owner)
	}
	return audit.Matches(word, t.Name)
}

// outputs are the files of the policy, relative to it, and those of --write.
func (o *auditOptions) outputs(config *audit.Config) ([]audit.Output, error) {
	var out []audit.Output
	for _, w := range config.Outputs {
		w.File = beside(o.file, w.File)
		out = append(out, w)
	}
	for _, w := range o.writes {
		format, file, ok := strings.Cut(w, "=")
		if !ok || file == "" || !slices.Contains(auditFormatNames(), format) {
			return nil, fmt.Errorf("--write %q: it is FORMAT=FILE, with a format of %s", w, strings.Join(auditFormatNames(), ", "))
		}
		out = append(out, audit.Output{Format: format, File: file})
	}
	for _, w := range out {
		if err := regularFile(w.File); err != nil {
			return nil, fmt.Errorf("write %s: %w", w.Format, err)
		}
	}
	return out, nil
}

// beside is a path relative to the policy file's directory.
func beside(policy, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(policy), path)
}

// all lists and judges every target.
func (run *auditRun) all(ctx context.Context) *audit.Summary {
	begun := time.Now()
	s := &audit.Summary{
		Schema: audit.SchemaID, Tool: advisor.Tool{Name: "s3layout", Version: version()}, File: filepath.ToSlash(run.o.file),
		Targets: make([]audit.Result, len(run.jobs)), Run: audit.Run{Started: begun.UTC().Truncate(time.Millisecond)},
	}
	group := errgroup.Group{}
	group.SetLimit(run.o.parallel)
	for i := range run.jobs {
		group.Go(func() error {
			s.Targets[i] = run.target(ctx, run.jobs[i])
			return nil
		})
	}
	_ = group.Wait() // a target's failure is in its result
	var ran []string
	for _, t := range s.Targets {
		if t.Complete {
			ran = append(ran, t.Name)
		}
	}
	slices.SortFunc(run.warned, func(a, b audit.Warning) int {
		return strings.Compare(a.Target+a.Code+a.Message, b.Target+b.Code+b.Message)
	})
	s.Warnings = append(append([]audit.Warning{}, run.warned...), audit.Warnings(run.config.Suppressions, run.used, run.config.Targets, ran)...)
	s.Tally()
	s.Exit = exitOf(ctx, s)
	s.Run.Seconds = round3(time.Since(begun).Seconds())
	return s
}

// exitOrder are exit codes, the worst first: what C-05 of a scheduler's contract says, an empty target before a gate.
var exitOrder = []int{exitInterrupt, exitTerminate, exitUsage, exitNothing, exitIncomplete, exitEmpty, exitGate, exitOK}

// exitOf is the worst of all targets.
func exitOf(ctx context.Context, s *audit.Summary) audit.Exit {
	worst, names := exitOK, []string(nil)
	for _, t := range s.Targets {
		switch at, than := slices.Index(exitOrder, t.Exit.Code), slices.Index(exitOrder, worst); {
		case at < than:
			worst, names = t.Exit.Code, []string{t.Name}
		case at == than:
			names = append(names, t.Name)
		}
	}
	var stopped *signalError
	switch {
	case errors.As(context.Cause(ctx), &stopped):
		return audit.Exit{Code: stopped.code(), Reason: stopped.Error() + ": targets that were not listed are unknown"}
	case slices.ContainsFunc(s.Warnings, func(w audit.Warning) bool { return w.Code == "history_not_written" }) && slices.Index(exitOrder, worst) > slices.Index(exitOrder, exitIncomplete):
		return audit.Exit{Code: exitIncomplete, Reason: "the history could not be written"}
	case worst == exitOK:
		return audit.Exit{Code: exitOK, Reason: "nothing fails"}
	}
	return audit.Exit{Code: worst, Reason: exitReason(worst) + ": " + someOf(names)}
}

func exitReason(code int) string {
	return map[int]string{
		exitUsage: "cannot be looked at as it is set", exitNothing: "nothing could be listed", exitIncomplete: "incomplete or unknown",
		exitEmpty: "no files to read", exitGate: "new or worse than the policy allows",
	}[code]
}

// someOf names the first few.
func someOf(names []string) string {
	if more := len(names) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), more)
	}
	return strings.Join(names, ", ")
}

// write writes the summary to stdout or --output, and to the files of the policy.
func (run *auditRun) write(s *audit.Summary, stdout io.Writer) error {
	o := render.Options{Rules: rules.All, Known: run.o.known}
	var errs []error
	for _, out := range run.outputs {
		errs = append(errs, writeAudit(out.Format, out.File, s, o))
	}
	page := func(w io.Writer, r render.Options) error {
		r.Rules, r.Known = o.Rules, o.Known
		if run.o.output != "" {
			r.Previous = previousFile(run.o.output)
		}
		return auditFormat(run.o.format).Write(w, s, r)
	}
	return errors.Join(append(errs, run.o.pageOptions.write(page, stdout))...)
}

func auditFormat(name string) render.AuditFormat {
	return render.AuditFormats[slices.IndexFunc(render.AuditFormats, func(f render.AuditFormat) bool { return f.Name == name })]
}

func writeAudit(format, file string, s *audit.Summary, o render.Options) error {
	o.Previous = previousFile(file)
	var b bytes.Buffer
	if err := auditFormat(format).Write(&b, s, o); err != nil {
		return err
	}
	return writeFile(file, b.Bytes())
}
