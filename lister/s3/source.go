// Package s3 lists a directory of a bucket, as fast as S3 answers.
//
// It is the only room, beside the command, that knows the AWS SDK. The SDK signs, finds credentials and endpoints; this
// package decides which keys to ask for, decodes the pages, and repeats what failed.
package s3

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"s3layout/lister"
)

// Options tune a Source. The zero value works.
type Options struct {
	// Concurrency is the most requests in flight; 0 means DefaultConcurrency.
	Concurrency int
	// RequestPayer agrees to pay for the requests.
	RequestPayer bool
	// MaxAttempts is how often a page is asked for before its range is given up; 0 means DefaultMaxAttempts.
	MaxAttempts int
	// AttemptTimeout bounds one request, body included; 0 means DefaultAttemptTimeout.
	AttemptTimeout time.Duration
	// Notice, if set, is told what a user should know at once; one line.
	Notice func(string)
	// PageSize is the most keys to ask for in one request, 1 to 1,000; 0 means 1,000.
	PageSize int
}

// Defaults of Options.
const (
	DefaultConcurrency    = 64
	DefaultMaxAttempts    = 10
	DefaultAttemptTimeout = 60 * time.Second
)

// Source lists a target of a bucket.
type Source struct {
	client *s3.Client
	target Target
	opts   Options

	requests, retries, throttled, inFlight atomic.Int64
	pages                                  sync.Pool
	region                                 string      // where the bucket turned out to be; set before the workers start
	sorted                                 atomic.Bool // a page after a start-after came in order
	serial                                 bool        // the server does not sort, or takes no start-after
	warnings                               []lister.Warning
}

var (
	_ lister.Source = (*Source)(nil)
	_ lister.Meter  = (*Source)(nil)
	_ lister.Warner = (*Source)(nil)
)

// New returns a Source that lists target through client. The client must not retry; NewClient makes such a one.
func New(client *s3.Client, target Target, opts Options) *Source {
	if opts.Concurrency <= 0 {
		opts.Concurrency = DefaultConcurrency
	}
	if opts.MaxAttempts <= 0 {
		opts.MaxAttempts = DefaultMaxAttempts
	}
	if opts.AttemptTimeout <= 0 {
		opts.AttemptTimeout = DefaultAttemptTimeout
	}
	if opts.PageSize <= 0 || opts.PageSize > pageKeys {
		opts.PageSize = pageKeys
	}
	return &Source{client: client, target: target, opts: opts}
}

// Usage says what the listing has cost so far.
func (s *Source) Usage() lister.Usage {
	return lister.Usage{
		Requests: s.requests.Load(), Retries: s.retries.Load(), Throttled: s.throttled.Load(), InFlight: s.inFlight.Load(),
	}
}

// Warnings says what List noticed. It is to be called after List.
func (s *Source) Warnings() []lister.Warning { return s.warnings }

// batch is a page on its way to the consumer. The page is used again afterwards.
type batch struct {
	page    *page
	objects []lister.Object
}

// List delivers every object below the target. See lister.Source.
//
// A target without a slash at its end is still a directory: s3://b/data never counts data-old/. Whether there is such a
// sibling, or an object of the target's own name, shows in the first page.
func (s *Source) List(ctx context.Context, fn func([]lister.Object) error) error {
	root, first, err := s.open(ctx)
	if err != nil {
		return err
	}
	deliver := func(objects []lister.Object) error {
		for i := range objects {
			objects[i].Key = objects[i].Key[len(root):]
		}
		return fn(objects)
	}
	token := first.token
	b := newBoard(root, lister.Range{})
	own, done := b.advance(b.first(), first.objects, first.truncated)
	if err := deliver(first.objects[:own]); err != nil {
		return err
	}
	if done {
		return nil
	}
	if s.serial {
		return s.listSerial(ctx, root, token, deliver)
	}
	err = s.listSpans(ctx, b, deliver)
	if errors.Is(err, errOrder) {
		s.warn("start_after_ignored", "the server ignores start-after: listed page by page, one request at a time")
		return s.listSerial(ctx, root, token, deliver)
	}
	if err == nil {
		err = incomplete(root, b.missing)
	}
	return err
}

// listSpans runs the workers, and hands their pages to deliver on this goroutine. A worker never waits for anyone but
// the consumer, and the consumer reads until the last worker is gone, so that no page that was counted is lost.
func (s *Source) listSpans(ctx context.Context, b *board, deliver func([]lister.Object) error) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	group := new(errgroup.Group)
	batches := make(chan batch, s.opts.Concurrency)
	for n := range s.opts.Concurrency {
		group.Go(func() error {
			sp := b.first()
			if n > 0 {
				sp = b.take(work)
			}
			for ; sp != nil; sp = b.take(work) {
				if err := s.listSpan(work, b, sp, batches); err != nil {
					cancel(err)
					return err
				}
			}
			return nil
		})
	}
	wait := make(chan error, 1)
	go func() {
		wait <- group.Wait()
		close(batches)
	}()
	var failed error
	for got := range batches {
		if failed == nil {
			if failed = deliver(got.objects); failed != nil {
				cancel(failed)
			}
		}
		s.recycle(got.page)
	}
	err := <-wait
	if ctx.Err() != nil {
		b.stop(context.Cause(ctx))
		err = nil
	}
	if failed != nil {
		return failed
	}
	return err
}

// listSpan reads a span to its end. An error is one that ends the listing; a span that cannot be listed is dropped, and
// the others go on.
func (s *Source) listSpan(ctx context.Context, b *board, sp *span, batches chan<- batch) error {
	for b.has(sp) {
		p, err := s.fetch(ctx, request{prefix: b.prefix, after: b.after(sp), ordered: true})
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errOrder) && !s.sorted.Load():
			return err
		case err != nil:
			b.drop(sp, err)
			return nil
		}
		own, done := b.advance(sp, p.objects, p.truncated)
		batches <- batch{p, p.objects[:own]}
		if done {
			return nil
		}
	}
	return nil
}

// listSerial reads the rest page by page with continuation tokens, for servers that do not sort or ignore start-after.
func (s *Source) listSerial(ctx context.Context, root, token string, deliver func([]lister.Object) error) error {
	seen := map[string]bool{}
	last := ""
	for token != "" {
		err := error(nil)
		var p *page
		if seen[token] {
			err = protocolf("a continuation token came twice")
		} else {
			seen[token] = true
			p, err = s.fetch(ctx, request{prefix: root, token: token})
		}
		if err != nil {
			return incomplete(root, []lister.Missing{{Range: lister.Range{After: last}, Err: err}})
		}
		if len(p.objects) > 0 {
			last = p.objects[len(p.objects)-1].Key
		}
		token = p.token
		truncated := p.truncated
		if err := deliver(p.objects); err != nil {
			return err
		}
		s.recycle(p)
		if !truncated {
			return nil
		}
	}
	return incomplete(root, []lister.Missing{{Range: lister.Range{After: last}, Err: protocolf("it is truncated and has no continuation token")}})
}

// incomplete makes the error for missing ranges, sorted, with keys below the target.
func incomplete(root string, missing []lister.Missing) error {
	if len(missing) == 0 {
		return nil
	}
	out := slices.Clone(missing)
	for i := range out {
		out[i].After = strings.TrimPrefix(out[i].After, root)
		out[i].End = strings.TrimPrefix(out[i].End, root)
	}
	slices.SortFunc(out, func(a, b lister.Missing) int { return strings.Compare(a.After, b.After) })
	return &lister.IncompleteError{Missing: out}
}

func (s *Source) warn(code, message string) {
	s.warnings = append(s.warnings, lister.Warning{Code: code, Message: message})
}
