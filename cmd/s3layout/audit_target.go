package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
	"s3layout/lister/s3"
)

// addTargetFlags are the flags of profile that say what of a target is looked at, and how: those that a policy file sets.
func (o *profileOptions) addTargetFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.exclude, "exclude", nil, "leave out what this `GLOB` matches (repeatable)")
	f.StringArrayVar(&o.include, "include", nil, "count only what one of these `GLOB`s matches (repeatable)")
	f.StringVar(&o.where, "where", "", "read only the partitions that this Spark SQL `PREDICATE` selects")
	f.StringVar(&o.partitions, "partitions", "100", "`N` partitions in the report, or all")
	f.StringVar(&o.maxPartitions, "max-partitions", "1000000", "`N` partitions to tell apart, a fair sample of those there are, or all")
	o.probeOptions.addFlags(f)
	o.tableOptions.addFlags(f)
	o.limitOptions.addFlags(f)
	o.engineOptions.addFlags(f)
	o.awsOptions.addFlags(f)
}

// targetSettings are these flags as a policy file names them.
func targetSettings() []audit.Setting {
	var o profileOptions
	f := pflag.NewFlagSet("target", pflag.ContinueOnError)
	o.addTargetFlags(f)
	kinds := map[string]string{"string": "text", "stringArray": "list", "int": "integer", "int64": "integer", "float64": "number", "bool": "boolean", "duration": "text"}
	var out []audit.Setting
	f.VisitAll(func(flag *pflag.Flag) {
		kind := kinds[flag.Value.Type()]
		if flag.Name == "partitions" || flag.Name == "max-partitions" {
			kind = "text" // a number, or all
		}
		_, usage := pflag.UnquoteUsage(flag)
		out = append(out, audit.Setting{Name: settingName(flag.Name), Kind: kind, Doc: usage})
	})
	return out
}

func settingName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// job resolves the flags of a target: those of the command line and the environment, then the file's, then the defaults.
func (o *auditOptions) job(t audit.Target) (auditJob, error) {
	p := &profileOptions{quiet: true}
	f := pflag.NewFlagSet(t.Name, pflag.ContinueOnError)
	p.addTargetFlags(f)
	var failed error
	f.VisitAll(func(flag *pflag.Flag) {
		values, ok := t.Settings[settingName(flag.Name)]
		if given := o.flags.Lookup(flag.Name); given != nil && given.Changed {
			values, ok = flagTexts(given), true
		}
		for _, v := range values {
			if err := f.Set(flag.Name, v); err != nil && failed == nil {
				failed = err
			}
		}
		flag.Changed = ok
	})
	if !f.Lookup("verify").Changed {
		p.verify = true // nobody is there to see that a listing is short
	}
	if failed != nil {
		return auditJob{}, failed
	}
	p.outputOptions.format = render.Formats[0].Name
	s, err := p.validate()
	var exit *exitError
	if errors.As(err, &exit) && exit.err != nil {
		err = exit.err
	}
	if err == nil {
		err = checkTarget(t.URI)
	}

	return auditJob{t, p, s}, err
}

// checkTarget refuses a URI that cannot be opened.
func checkTarget(uri string) error {
	switch {
	case s3.IsURI(uri):
		_, err := s3.ParseTarget(uri)
		return err
	case strings.Contains(uri, "://"):
		return fmt.Errorf("%q: only s3:// targets and local directories can be listed", uri)
	}
	return nil
}

// flagTexts are the values of a flag that was given.
func flagTexts(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}

// historyTimeout bounds how long one target's history may take.
const historyTimeout = 2 * time.Minute

// target lists one target, judges it, compares it with its last complete run, and keeps it.
func (run *auditRun) target(ctx context.Context, job auditJob) audit.Result {
	t := job.target
	out := audit.Result{
		Name: t.Name, URI: t.URI, Owner: t.Owner, Tags: notNil(t.Tags), Line: t.Line, State: audit.Unknown, Problems: []string{},
		Checks: []audit.Check{}, Gone: []audit.Check{}, Exit: audit.Exit{Reason: "passes"},
	}
	if ctx.Err() != nil {
		return unknown(out, exitNothing, context.Cause(ctx).Error())
	}
	source, err := openTarget(ctx, t.URI, &job.options.awsOptions, job.settings.selection.skips(), run.notices(t.Name))
	if err != nil {
		return unknown(out, codeOf(err), err.Error())
	}
	listing, cancel := job.options.limit(ctx)
	defer cancel()
	r, outcome := profileTarget(listing, source, nil, job.options, job.settings, io.Discard)
	code := exitOK
	if outcome != nil {
		code = codeOf(outcome)
	}
	if code == exitNothing {
		return unknown(out, code, outcome.Error())
	}
	out.Report, out.Complete = r, r.Complete
	out.Totals = &audit.Totals{Objects: r.Profile.Totals.Objects, Bytes: r.Profile.Totals.Bytes, Partitions: r.Profile.Totals.Partitions}
	out.Run = &audit.ResultRun{Run: r.Run}
	// What was listed is judged and kept, whatever ended the listing.
	after, done := context.WithTimeout(context.WithoutCancel(ctx), historyTimeout)
	defer done()
	run.judge(after, job, &out)
	if outcome != nil {
		out = unknown(out, code, outcome.Error())
	}
	run.keep(after, &out)
	return out
}

// unknown is the result of a target of which not everything is known, and why.
func unknown(r audit.Result, code int, why string) audit.Result {
	r.State = audit.Unknown
	for _, line := range strings.Split(why, "\n") {
		r.Problems = append(r.Problems, strings.TrimSpace(line))
	}
	r.Exit = audit.Exit{Code: code, Reason: r.Problems[0]}
	return r
}

func codeOf(err error) int {
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return exitUsage
}

// judge holds a report to the policy, and to the run before.
func (run *auditRun) judge(ctx context.Context, job auditJob, out *audit.Result) {
	before := run.baseline(ctx, job, out.Report)
	run.mu.Lock()
	out.Checks = append(out.Checks, audit.Assess(out.Report, job.target, run.config.Suppressions, run.used, out.Report.Run.Started, before, rules.All)...)
	run.mu.Unlock()
	if before != nil {
		out.Baseline = &audit.Baseline{Started: before.Run.Started, Version: before.Tool.Version}
	}
	if out.Complete {
		var old []audit.Check
		if before != nil {
			old = audit.Assess(before, job.target, run.config.Suppressions, nil, before.Run.Started, nil, rules.All)
		}
		out.Gone = append(out.Gone, audit.Compare(out.Checks, old)...)
	}
	fails := audit.Fail(out.Checks, run.config.FailOn, run.config.Gate)
	out.State = audit.StateOf(out.Checks)
	switch {
	case !out.Complete: // what ended the listing says why
	case out.State == audit.Unknown:
		*out = unknown(*out, exitIncomplete, unknownChecks(out.Checks))
	case slices.ContainsFunc(out.Checks, func(c audit.Check) bool { return c.Kind == "listing" && c.State == audit.Error }):
		out.Exit = audit.Exit{Code: exitEmpty, Reason: "there are no files to read"}
	case fails:
		out.Exit = audit.Exit{Code: exitGate, Reason: failing(out.Checks)}
	case out.State != audit.Pass:
		out.Exit.Reason = "nothing is new or worse"
	}
}

func unknownChecks(checks []audit.Check) string {
	for _, c := range checks {
		if c.State == audit.Unknown {
			return c.Name + " is not known: " + c.Why
		}
	}
	return ""
}

func failing(checks []audit.Check) string {
	var names []string
	for _, c := range checks {
		if c.Fails {
			names = append(names, c.Name)
		}
	}
	return someOf(names)
}

// baseline is the last complete run of the same objects, judged by today's rules for today's engine; nil where there is none.
func (run *auditRun) baseline(ctx context.Context, job auditJob, now *advisor.Report) *advisor.Report {
	if run.history == nil {
		return nil
	}
	before, err := lastComplete(ctx, run.history, job.target.Name)
	switch {
	case err != nil:
		run.warn("history_unreadable", job.target.Name, "the last complete run cannot be read, everything counts as new: "+err.Error())
		return nil
	case before == nil:
		return nil
	case !sameSelection(before.Target, now.Target):
		run.warn("baseline_other_selection", job.target.Name, "the last complete run was of another URI, exclusions, inclusions or predicate: everything counts as new")
		return nil
	}
	if before.Tool != now.Tool || !sameEngine(before.Engine, now.Engine) {
		started := before.Tool
		rejudge(before, now.Engine)
		before.Tool = started
	}
	return before
}

func sameSelection(a, b advisor.Target) bool {
	return a.URI == b.URI && a.Where == b.Where && slices.Equal(a.Exclude, b.Exclude) && slices.Equal(a.Include, b.Include)
}

func sameEngine(a, b advisor.Engine) bool {
	a.Assumed, b.Assumed = nil, nil
	return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}

func (run *auditRun) warn(code, target, message string) {
	run.mu.Lock()
	defer run.mu.Unlock()
	run.warned = append(run.warned, audit.Warning{Code: code, Target: target, Message: message})
}

// keep puts a report into the history.
func (run *auditRun) keep(ctx context.Context, out *audit.Result) {
	if run.history == nil || out.Report == nil {
		return
	}
	name, err := keepRun(ctx, run.history, out.Name, out.Report)
	if err != nil {
		run.warn("history_not_written", out.Name, "the run is not kept: "+err.Error())
		return
	}
	out.Run.Document = name
	if err := prune(ctx, run.history, out.Name, run.config.History, out.Report.Run.Started); err != nil {
		run.warn("history_unreadable", out.Name, "old runs are not removed: "+err.Error())
	}
}

// notices is where what a listing has to say goes: a line with the target's name.
func (run *auditRun) notices(name string) io.Writer {
	if run.o.targets.quiet {
		return io.Discard
	}
	return &namedLines{run: run, name: name}
}

// namedLines writes each line with the name of its target; lines of several targets do not mix.
type namedLines struct {
	run  *auditRun
	name string
}

func (l *namedLines) Write(b []byte) (int, error) {
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	text := strings.TrimPrefix(string(b), "s3layout: ")
	_, err := fmt.Fprintf(l.run.stderr, "s3layout: %s: %s", l.name, text)
	return len(b), err
}
