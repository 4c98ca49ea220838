package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// request is one page to ask for: by continuation token where there is one, or else by start-after.
type request struct {
	prefix, after, token string
	maxKeys              int  // 0: the page size
	ordered              bool // keys must ascend from after
}

// jumps reports whether the page begins where we say, not where the server went on.
func (r request) jumps() bool { return r.ordered && r.after != "" && r.token == "" }

// fetch asks for a page until it comes, the server says that it never will, or the attempts are used up.
func (s *Source) fetch(ctx context.Context, r request) (*page, error) {
	if r.maxKeys == 0 {
		r.maxKeys = s.opts.PageSize
	}
	renewed, failed := false, failures{}
	for {
		if err := s.pace.wait(ctx); err != nil {
			return nil, err
		}
		generation := s.credentials.now()
		p, err := s.attempt(ctx, r)
		s.pace.observe(throttled(err))
		if err == nil {
			s.credentials.accepted(generation)
			return p, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !renewed && s.renew(err, generation) {
			renewed = true
			continue
		}
		if throttled(err) {
			s.throttled.Add(1)
		}
		times := failed.add(err)
		if err == errOrder {
			if times >= orderAttempts && s.unordered(r, times) {
				return nil, err
			}
		} else if !transient(err) && !doubtful(err) {
			return nil, err
		}
		if most := s.attempts(err); most == 1 {
			return nil, err
		} else if times >= most {
			return nil, fmt.Errorf("%d attempts failed, the last with: %w", failed.all(), err)
		}
		if err := sleep(ctx, backoff(err, failed.all(), time.Now())); err != nil {
			return nil, err
		}
		s.retries.Add(1)
	}
}

// attempts is how often a page that fails so is asked for, failures of other kinds aside: a server that asks to slow down is there, and answers later.
// One that has never answered is hardly ever about to: more often its address is wrong. A refusal is final, unless pages
// have come before it.
func (s *Source) attempts(err error) int {
	switch {
	case doubtful(err) && s.root.Load() == nil:
		return 1
	case doubtful(err):
		return min(doubtAttempts, s.opts.MaxAttempts)
	case slowDown(err):
		return s.opts.MaxAttempts * throttledPatience
	case unreachable(err) && s.root.Load() == nil:
		return min(unreachableAttempts, s.opts.MaxAttempts)
	}
	return s.opts.MaxAttempts
}

const (
	throttledPatience = 3
	// unreachableAttempts take less than half a second in all, and what the resolver takes.
	unreachableAttempts = 3
)

// orderAttempts is how many pages out of order make a server one that does not sort, or ignores start-after, if it has
// never done better.
const orderAttempts = 2

// tokenAttempts is how many pages that go backwards show that a continuation token leads in a circle.
const tokenAttempts = 3

// What is known of start-after. The first page that is asked for by it decides: a page that came in order cannot be
// followed by the verdict that the server ignores it, nor the verdict by a page that counts.
const (
	startUnknown int32 = iota
	startWorks
	startIgnored
)

// unordered judges a page out of order: true says that it is the server's way.
func (s *Source) unordered(r request, times int) bool {
	switch {
	case r.token != "":
		return times >= tokenAttempts
	case r.after == "":
		return true
	}
	s.start.CompareAndSwap(startUnknown, startIgnored)
	return s.start.Load() == startIgnored
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

var errBudget = errors.New("--max-requests is used up")

// spend counts a request before it is sent, if it may be.
func (s *Source) spend() error {
	if n := s.requests.Add(1); s.opts.MaxRequests > 0 && n > s.opts.MaxRequests {
		s.requests.Add(-1)
		return errBudget
	}
	return nil
}

// attempt sends one request and holds the page against it.
func (s *Source) attempt(ctx context.Context, r request) (*page, error) {
	if err := s.spend(); err != nil {
		return nil, err
	}
	ctx, w, stop := s.watch(ctx)
	defer stop()
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	p, _ := s.pages.Get().(*page)
	if p == nil {
		p = new(page)
	}
	if _, err := s.client.ListObjectsV2(ctx, s.input(r), s.callOptions(p, w)); err != nil {
		s.recycle(p)
		return nil, why(ctx, err)
	}
	err := p.check(s.target.Bucket, r)
	if err == nil && p.truncated && p.token == "" && len(p.objects) == 0 {
		err = errNoToken
	}
	if err != nil {
		s.recycle(p)
		return nil, err
	}
	if r.jumps() && !s.start.CompareAndSwap(startUnknown, startWorks) && s.start.Load() == startIgnored {
		s.recycle(p)
		return nil, errOrder
	}
	return p, nil
}

// recycle keeps the page for another answer.
func (s *Source) recycle(p *page) { s.pages.Put(p) }

func (s *Source) input(r request) *s3.ListObjectsV2Input {
	in := &s3.ListObjectsV2Input{Bucket: aws.String(s.target.Bucket), EncodingType: types.EncodingTypeUrl, MaxKeys: aws.Int32(int32(r.maxKeys))}
	if r.prefix != "" {
		in.Prefix = aws.String(r.prefix)
	}
	if r.token != "" {
		in.ContinuationToken = aws.String(r.token)
	} else if r.after != "" {
		in.StartAfter = aws.String(r.after)
	}
	if s.opts.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	return in
}

// callOptions has the answer decoded into p, and sends the request to the bucket's region.
func (s *Source) callOptions(p *page, w *watchdog) func(*s3.Options) {
	return func(o *s3.Options) {
		if s.region != "" {
			o.Region = s.region
		}
		o.APIOptions = append(o.APIOptions[:len(o.APIOptions):len(o.APIOptions)], func(stack *middleware.Stack) error {
			d := &decoder{page: p, bodies: &s.bodies, watchdog: w}
			original, err := stack.Deserialize.Swap("OperationDeserializer", d)
			if err != nil {
				return err
			}
			d.original = original
			// It reads the body up to its first element, however far that is. Ours sees a 200 with an error in it, too.
			_, err = stack.Deserialize.Remove("S3:ProcessResponseFor200Error")
			return err
		})
	}
}

// decoder takes the place of the SDK's own decoder for listing pages, which takes ten times the CPU and accepts
// documents that are no listing. Errors go to the original, so that they keep their types.
type decoder struct {
	page     *page
	bodies   *sync.Pool // of *[]byte
	watchdog *watchdog
	original middleware.DeserializeMiddleware
}

// ID is the original's: other middlewares are placed relative to it.
func (d *decoder) ID() string { return "OperationDeserializer" }

// maxErrorBytes is what is read of an answer that is an error.
const maxErrorBytes = 1 << 20

// limited is a body of which only the beginning is read.
type limited struct {
	io.Reader
	io.Closer
}

// maxPageBytes bounds an answer: a thousand keys of 4 KiB, percent-encoded, need less.
const maxPageBytes = 16 << 20

func (d *decoder) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	if err != nil {
		return out, metadata, err
	}
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok {
		return out, metadata, fmt.Errorf("unexpected transport %T", out.RawResponse)
	}
	d.watchdog.seen()
	response.Body = watched{response.Body, d.watchdog}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		response.Body = limited{io.LimitReader(response.Body, maxErrorBytes), response.Body}
		return d.original.HandleDeserialize(ctx, in, middleware.DeserializeHandlerFunc(
			func(context.Context, middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
				return out, metadata, nil
			}))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return out, metadata, protocolf("status %d", response.StatusCode)
	}
	if err := d.read(response.Body); err != nil {
		return out, metadata, err
	}
	out.Result = &s3.ListObjectsV2Output{}
	return out, metadata, nil
}

// read decodes a body. It is gone afterwards: a page that waits for the consumer holds its keys, not its XML.
func (d *decoder) read(r io.Reader) error {
	buffer, _ := d.bodies.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
		*buffer = make([]byte, 0, 256<<10)
	}
	body, err := readAll((*buffer)[:0], r)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	err = decodePage(body, d.page)
	if *buffer = body; cap(body) <= maxKeptBytes {
		d.bodies.Put(buffer)
	}
	return err
}

// maxKeptBytes bounds the buffers that are used again.
const maxKeptBytes = 2 << 20

// readAll appends all of r to body, up to maxPageBytes.
func readAll(body []byte, r io.Reader) ([]byte, error) {
	for {
		if len(body) == cap(body) {
			if len(body) >= maxPageBytes {
				return body, protocolf("it is larger than %d bytes", maxPageBytes)
			}
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return body, err
		}
	}
}
