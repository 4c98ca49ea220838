package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/survey"
)

// probeOptions are the flags that say how much is read of files.
type probeOptions struct {
	probe         string
	probeRequests int
}

func (o *probeOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.probe, "probe", survey.Some, "open files to see what is in them: `WHICH` is off, sample or all")
	f.IntVar(&o.probeRequests, "probe-requests", survey.DefaultRequests, "`N` GET requests of a sample, retries apart")
}

func (o *probeOptions) validate() error {
	switch {
	case o.probe != survey.Off && o.probe != survey.Some && o.probe != survey.Every:
		return notKnown("--probe", o.probe, []string{survey.Off, survey.Some, survey.Every})
	case o.probeRequests < 1 || o.probeRequests > maxProbeRequests:
		return fmt.Errorf("--probe-requests %d: it must be 1 to %d; --probe off opens nothing, --probe all every file", o.probeRequests, maxProbeRequests)
	}
	return nil
}

// maxProbeRequests bounds the keys that a sample is drawn from.
const maxProbeRequests = 100_000

// draw is how many files the collector draws.
func (o *probeOptions) draw(source lister.Source) int {
	_, readable := source.(lister.Reader)
	switch {
	case !readable || o.probe == survey.Off:
		return 0
	case o.probe == survey.Every:
		return stats.DrawAll
	}
	return o.probeRequests
}

// look opens files, and adds what they show to the profile.
func (o *profileOptions) look(ctx context.Context, source lister.Source, c *stats.Collector, p *stats.Profile) {
	reader, readable := source.(lister.Reader)
	sample := c.Sample()
	switch {
	case o.probe == survey.Off:
		survey.Skip(p, "")
		return
	case !readable || sample == nil:
		survey.Skip(p, "this source cannot be read")
		return
	}
	survey.Run(ctx, reader, sample, p, survey.Options{All: o.probe == survey.Every, Requests: o.probeRequests, Concurrency: o.concurrency})
	p.Warnings = append(p.Warnings, probeWarnings(p.Probe)...)
}

// probeWarnings say what was not read.
func probeWarnings(p *stats.Probe) (out []stats.Warning) {
	if p.Stopped != "" {
		out = append(out, stats.Warning{Code: "probe_stopped", Message: "files were not opened, or not all that should be: " + p.Stopped})
	}
	var n int64
	text := ""
	for _, f := range p.Failed {
		if n += f.Objects; text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", f.Kind, f.Objects)
	}
	if n > 0 {
		out = append(out, stats.Warning{Code: "probe_failed", Message: fmt.Sprintf("%d of %d files could not be read: %s", n, p.Objects, text), Objects: n})
	}
	return out
}
