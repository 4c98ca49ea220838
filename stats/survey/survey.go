// Package survey opens the files that a stats.Sample drew, through a lister.Reader, and sums up in the profile what package
// probe finds in them. It reads a few ranges of each, many files at a time, and keeps no bytes. A file that cannot be read
// or understood is counted, and the survey goes on. It judges nothing.
package survey

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/probe"
)

// Options say how much to read. The zero value is a sample of DefaultRequests.
type Options struct {
	// All opens every file of the sample, with as many requests as it takes; else Requests bounds the reads.
	All bool
	// Requests is how many ranges may be read; 0 means DefaultRequests.
	Requests int
	// Concurrency is how many files are open at a time; 0 means DefaultConcurrency.
	Concurrency int
	// FileTimeout bounds the time for one file; 0 means DefaultFileTimeout.
	FileTimeout time.Duration
}

// Defaults of Options.
const (
	DefaultRequests    = 200
	DefaultConcurrency = 64
	DefaultFileTimeout = 4 * time.Minute // three attempts of a minute, and the pauses between them
)

// The modes of stats.Probe.
const (
	Off   = "off"
	Some  = "sample"
	Every = "all"
)

const (
	// pilotFiles are opened first: where all of them are denied, so are the others.
	pilotFiles = 3
	// maxRounds after the first: each opens files for the requests that the one before did not need.
	maxRounds = 4
	// measured files of a type are inflated as far as a probe goes, which tells how much they grow; the others as far as it
	// takes to tell what they hold.
	measured = 8
	// told is how far, bytes.
	told = 32 << 10
	// toldText is how far all of them are looked at as text, bytes: some dozens of records. It is the same for all, since the
	// names that JSON objects have are compared.
	toldText = 8 << 10
)

// Denied is why a survey stopped before it began.
const Denied = "reading is denied (s3:GetObject)"

// A survey is one run.
type survey struct {
	opts   Options
	reader lister.Reader
	sample *stats.Sample
	left   int // requests
	kinds  map[stats.FileType]int
	sums   *sums
}

// Run opens the sample's files, and writes Probe and what it says of formats into the profile that the sample was drawn
// with. It returns early when ctx ends, and the profile then has what was found so far.
func Run(ctx context.Context, r lister.Reader, sample *stats.Sample, p *stats.Profile, o Options) {
	if o.Requests <= 0 {
		o.Requests = DefaultRequests
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.FileTimeout <= 0 {
		o.FileTimeout = DefaultFileTimeout
	}
	s := &survey{opts: o, reader: r, sample: sample, left: o.Requests, kinds: map[stats.FileType]int{}, sums: newSums(o.All)}
	s.rounds(ctx)
	s.sums.write(p, sample)
}

// Skip writes into the profile that no file was opened, and why; "" where nobody wanted any.
func Skip(p *stats.Profile, why string) {
	s := newSums(false)
	s.probe.Mode, s.probe.Stopped = Off, why
	p.Probe = s.probe
}

func (s *survey) rounds(ctx context.Context) {
	for n := 0; n <= maxRounds || s.opts.All; n++ {
		budget, cost := s.left, requestsFor
		switch {
		case s.opts.All && n == 0:
			budget = pilotFiles
		case s.opts.All:
			budget = math.MaxInt
		case n == 0:
			budget, cost = min(pilotFiles, s.left/2), func(*stats.Pick) int { return 1 }
		}
		round := s.sample.Next(budget, cost)
		if len(round) == 0 && n > 0 {
			return
		}
		denied := s.open(ctx, round, probe.Limits{})
		switch {
		case ctx.Err() != nil:
			s.sums.probe.Stopped = "it was stopped"
			return
		case n == 0 && denied > 0 && denied == len(round):
			s.sums.probe.Mode, s.sums.probe.Stopped = Off, Denied
			return
		}
	}
}

// requestsFor is how many reads a file takes at most: where its name promises a footer, the end and what else there is of
// the footer or, where there is none, the beginning; else the beginning. What turns out to have a footer is read again.
func requestsFor(p *stats.Pick) int {
	if probe.HasFooter(p.Type) {
		return 2
	}
	return 1
}

// open probes the files, and again those that turned out to need more. It returns how many were denied.
func (s *survey) open(ctx context.Context, round []*stats.Drawn, limits probe.Limits) (denied int) {
	opened := s.probeAll(ctx, round, func(i int) probe.Limits {
		d := round[i]
		l := limits
		if s.opts.All {
			return l
		}
		l.Requests, l.Text = requestsFor(&d.Pick), toldText
		if s.kinds[d.Type]++; s.kinds[d.Type] > measured {
			l.Inflated = told
		}
		return l
	})
	var again []int
	for i, o := range opened {
		s.left -= o.requests
		if o.finding != nil && o.finding.Unread && s.left >= 2 {
			again, s.left = append(again, i), s.left-2
		}
		if errors.Is(o.err, fs.ErrPermission) {
			denied++
		}
	}
	deeper := make([]*stats.Drawn, len(again))
	for i, at := range again {
		deeper[i] = round[at]
	}
	for i, o := range s.probeAll(ctx, deeper, func(int) probe.Limits { return probe.Limits{Requests: 2, FromEnd: true} }) {
		s.left += 2 - o.requests
		o.requests += opened[again[i]].requests
		o.bytes += opened[again[i]].bytes
		opened[again[i]] = o
	}
	for i := range opened {
		if ctx.Err() == nil || opened[i].finding != nil {
			s.sums.add(round[i], &opened[i])
		}
	}
	return denied
}

// opened is what came of one file.
type opened struct {
	finding  *probe.Finding
	err      error
	requests int
	bytes    int64
}

// probeAll probes files, many at a time; what it returns is in their order.
func (s *survey) probeAll(ctx context.Context, files []*stats.Drawn, limits func(i int) probe.Limits) []opened {
	out := make([]opened, len(files))
	each := make([]probe.Limits, len(files))
	for i := range files {
		each[i] = limits(i)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(s.opts.Concurrency, len(files)) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) || ctx.Err() != nil {
					return
				}
				out[i] = s.probeOne(ctx, files[i], each[i])
			}
		})
	}
	wait.Wait()
	return out
}

func (s *survey) probeOne(ctx context.Context, d *stats.Drawn, limits probe.Limits) (o opened) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.FileTimeout)
	defer cancel()
	r := &object{ctx: ctx, reader: s.reader, key: d.Key}
	o.finding, o.err = probe.File(r, d.Size, d.Name(), limits)
	o.requests, o.bytes = r.requests, r.bytes
	return o
}

// An object is a file as an io.ReaderAt, for one goroutine.
type object struct {
	ctx      context.Context
	reader   lister.Reader
	key      string
	requests int
	bytes    int64
}

var _ io.ReaderAt = (*object)(nil)

func (o *object) ReadAt(p []byte, off int64) (int, error) {
	o.requests++
	n, err := o.reader.ReadRange(o.ctx, o.key, p, off)
	o.bytes += int64(n)
	return n, err
}

// failureOf is the kind of an error of reading.
func failureOf(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "not_found"
	case errors.Is(err, lister.ErrArchived):
		return "archived"
	case errors.Is(err, fs.ErrPermission):
		return "denied"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "truncated"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "error"
}
