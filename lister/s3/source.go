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
	// Concurrency is the most pages in flight, and the most reads; 0 means DefaultConcurrency.
	Concurrency int
	// RequestPayer agrees to pay for the requests.
	RequestPayer bool
	// Skip, if set, reports that nothing below a directory is wanted, so that it need not be listed: the listing jumps
	// over it. The directory is below the target and ends with a slash. Skip is called from many goroutines.
	Skip func(dir string) bool
	// MaxRequests is how many requests may be sent, retries included; 0 is no limit. What is not listed then counts as
	// missing.
	MaxRequests int64
	// MaxAttempts is how often a page is asked for before its range is given up; 0 means DefaultMaxAttempts.
	MaxAttempts int
	// AttemptTimeout bounds one request, body included; 0 means DefaultAttemptTimeout.
	AttemptTimeout time.Duration
	// ReadTimeout is how long a request may go without a byte from the server; 0 means DefaultReadTimeout. The request is
	// then sent again.
	ReadTimeout time.Duration
	// Verify has what the server calls the end of a range checked: a request for what comes next must bring no key. Where
	// it does, the range is listed on. It takes a request for each range that ends so, as the last one does.
	Verify bool
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
	DefaultReadTimeout    = 30 * time.Second
)

// Source lists a target of a bucket.
type Source struct {
	client *s3.Client
	target Target
	opts   Options

	requests, retries, throttled, inFlight, jumps atomic.Int64
	gets, bytesRead                               atomic.Int64
	pace                                          pace
	credentials                                   renewal
	pages, bodies                                 sync.Pool
	region                                        string       // where the bucket turned out to be; set before the workers start
	start                                         atomic.Int32 // what is known of start-after
	serial                                        bool         // a directory bucket, or a server that does not sort
	warnings                                      []lister.Warning
	root                                          atomic.Pointer[string] // what all keys start with; nil before List knows it
	reads                                         chan struct{}          // a place for each read in flight
	left                                          progress
	single                                        bool        // the target is an object
	readable                                      atomic.Bool // an object has been read
	early                                         atomic.Bool // the server has ended a range before its last key
}

var (
	_ lister.Source = (*Source)(nil)
	_ lister.Meter  = (*Source)(nil)
	_ lister.Warner = (*Source)(nil)
	_ lister.Reader = (*Source)(nil)
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
	if opts.ReadTimeout <= 0 {
		opts.ReadTimeout = DefaultReadTimeout
	}
	if opts.PageSize <= 0 || opts.PageSize > pageKeys {
		opts.PageSize = pageKeys
	}
	return &Source{client: client, target: target, opts: opts, reads: make(chan struct{}, opts.Concurrency)}
}

// Usage says what the listing has cost so far.
func (s *Source) Usage() lister.Usage {
	return lister.Usage{
		Requests: s.requests.Load(), Retries: s.retries.Load(), Throttled: s.throttled.Load(), InFlight: s.inFlight.Load(), Jumps: s.jumps.Load(),
		Gets: s.gets.Load(), BytesRead: s.bytesRead.Load(),
	}
}

// Warnings says what List noticed. It is to be called after List.
func (s *Source) Warnings() []lister.Warning { return s.warnings }

// batch is a page on its way to the consumer. The page is used again afterwards.
type batch struct {
	page    *page // nil where a jump ended the span
	objects []lister.Object
	covers  lister.Range
}

// List delivers every object below the target. See lister.Source.
//
// A target without a slash at its end is still a directory: s3://b/data never counts data-old/. Whether there is such a
// sibling, or an object of the target's own name, shows in the first page.
func (s *Source) List(ctx context.Context, fn func([]lister.Object) error) error {
	err := s.list(ctx, fn)
	s.conclude()
	return err
}

func (s *Source) list(ctx context.Context, fn func([]lister.Object) error) error {
	if s.left.resumed {
		s.left.resumed = false // another List has all
		return s.listRest(ctx, fn)
	}
	root, first, err := s.open(ctx)
	if err != nil {
		return err
	}
	s.root.Store(&root)
	s.left.begin(root)
	deliver := below(root, fn)
	rest := walk{root: root, token: first.token, sorted: !s.serial}
	if err := rest.note(first); err != nil {
		return err
	}
	b, whole := newBoard(root, lister.Range{})
	more, unverified := first.truncated, error(nil)
	if !s.single {
		more, unverified = s.goesOn(ctx, b, whole, first)
	}
	own, done := b.advance(whole, first.objects, more)
	s.left.remove(whole.covers)
	if err := deliver(first.objects[:own]); err != nil {
		return err
	}
	switch {
	case unverified != nil:
		b.drop(whole, unverified)
		return incomplete(root, b.missing)
	case done:
		return nil
	case s.serial:
		return s.listSerial(ctx, rest, deliver)
	}
	err = s.listSpans(ctx, b, whole, deliver)
	if s.startIgnored(ctx, err) {
		return s.listSerial(ctx, rest, deliver)
	}
	if err == nil {
		err = incomplete(root, b.missing)
	}
	return err
}

// startIgnored reports whether a listing by ranges ended, with err, since the server ignores start-after.
func (s *Source) startIgnored(ctx context.Context, err error) bool {
	if s.start.Load() != startIgnored || !(err == nil && ctx.Err() == nil || errors.Is(err, errOrder)) {
		return false
	}
	s.warn("start_after_ignored", "the server ignores start-after: listed page by page, one request at a time")
	return true
}

// below has fn see keys below root.
func below(root string, fn func([]lister.Object) error) func([]lister.Object) error {
	return func(objects []lister.Object) error {
		for i := range objects {
			objects[i].Key = objects[i].Key[len(root):]
		}
		return fn(objects)
	}
}

// maxWaiting pages may wait for the consumer: it is faster than any server, and more would only take memory.
const maxWaiting = 16

// listSpans runs the workers, and hands their pages to deliver on this goroutine. A worker never waits for anyone but
// the consumer, and the consumer reads until the last worker is gone, so that no page that was counted is lost.
func (s *Source) listSpans(ctx context.Context, b *board, whole *span, deliver func([]lister.Object) error) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b.workers, b.page = s.opts.Concurrency, float64(s.opts.PageSize)
	group := new(errgroup.Group)
	batches := make(chan batch, min(s.opts.Concurrency, maxWaiting))
	for n := range s.opts.Concurrency {
		group.Go(func() error {
			sp := whole
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
			s.left.remove(got.covers)
			if failed = deliver(got.objects); failed != nil {
				cancel(failed)
			}
		}
		if got.page != nil {
			s.recycle(got.page)
		}
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
	var tokens tokens
	ends := 0 // pages that said that there is no more, and had no key
	for b.has(sp) {
		if to, ok := s.jump(b.prefix, b.after(sp)); ok && b.jump(sp, to) {
			batches <- batch{covers: sp.covers}
			return nil
		}
		p, err := (*page)(nil), tokens.add(sp.token)
		if err == nil {
			p, err = s.fetch(ctx, request{prefix: b.prefix, after: b.after(sp), token: sp.token, ordered: true})
		}
		more, unverified := false, error(nil)
		if err == nil {
			more, unverified = s.goesOn(ctx, b, sp, p)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errOrder) && s.start.Load() == startIgnored:
			return err
		case err != nil:
			b.drop(sp, err)
			return nil
		}
		own, done := b.advance(sp, p.objects, more)
		if sp.token = p.emptyToken(); unverified == nil && len(p.objects) == 0 && sp.token == "" {
			if ends++; ends >= s.opts.MaxAttempts {
				unverified = errEnds
			}
		}
		if !done && unverified != nil {
			b.drop(sp, unverified)
			done = true
		}
		batches <- batch{p, p.objects[:own], sp.covers}
		if done {
			return nil
		}
	}
	return nil
}

// jump returns the end of the largest directory around key that need not be listed, as a key to go on after.
func (s *Source) jump(root, key string) (to string, ok bool) {
	if s.opts.Skip == nil {
		return "", false
	}
	for at := len(root); at < len(key); at++ {
		if key[at] == '/' && s.opts.Skip(key[len(root):at+1]) {
			to = key[:at+1] + "\U0010ffff"
			if to > key {
				s.jumps.Add(1)
				return to, true
			}
			return "", false
		}
	}
	return "", false
}

// emptyToken is the continuation token of a page without keys: S3 may send such pages, and start-after cannot pass them.
func (p *page) emptyToken() string {
	if len(p.objects) > 0 {
		return ""
	}
	return p.token
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

// warn notes a warning, once.
func (s *Source) warn(code, message string) {
	if slices.Contains(s.warnings, lister.Warning{Code: code, Message: message}) {
		return
	}
	s.warnings = append(s.warnings, lister.Warning{Code: code, Message: message})
}
