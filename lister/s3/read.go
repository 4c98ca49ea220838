package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"s3layout/lister"
)

// readAttempts is how often a range is asked for that came broken. One that the server did not get to, or asked to wait
// for, is asked for as often as a page is.
const readAttempts = 3

var (
	errUnopened = errors.New("no object can be read before the listing has begun")
	errShrunk   = errors.New("the object ends before the range does")
	errCut      = errors.New("the connection ends before the answer does")
	errNotRange = errors.New("the answer is not the range") // transient: a proxy may have answered
)

// ReadRange reads a part of an object, at the pace of the listing and counted with it. At most Options.Concurrency reads
// are in flight; others wait. See lister.Reader.
func (s *Source) ReadRange(ctx context.Context, key string, p []byte, off int64) (int, error) {
	root := s.root.Load()
	switch {
	case root == nil:
		return 0, readError(key, errUnopened)
	case off < 0:
		return 0, readError(key, fmt.Errorf("offset %d", off))
	case len(p) == 0:
		return 0, nil
	}
	select {
	case s.reads <- struct{}{}:
		defer func() { <-s.reads }()
	case <-ctx.Done():
		return 0, readError(key, context.Cause(ctx))
	}
	n, err := s.read(ctx, *root+key, p, off)
	if err != nil {
		return n, readError(key, err)
	}
	return n, nil
}

// read asks for a range until it comes, the server says that it never will, or the attempts are used up.
func (s *Source) read(ctx context.Context, key string, p []byte, off int64) (int, error) {
	renewed, failed := false, failures{}
	for {
		if err := s.pace.wait(ctx); err != nil {
			return 0, err
		}
		generation := s.credentials.now()
		n, err := s.readOnce(ctx, key, p, off)
		s.pace.observe(throttled(err))
		if err == nil {
			s.credentials.accepted(generation)
			s.readable.Store(true)
			return n, nil
		}
		if ctx.Err() != nil {
			return n, context.Cause(ctx)
		}
		if !renewed && s.renew(err, generation) {
			renewed = true
			continue
		}
		if throttled(err) {
			s.throttled.Add(1)
		}
		if failed.add(err) >= s.readsOf(err) {
			return n, err
		}
		if err := sleep(ctx, backoff(err, failed.all(), time.Now())); err != nil {
			return n, err
		}
		s.retries.Add(1)
	}
}

// readsOf is how often a range that failed so is asked for. That reading is denied is final where nothing has been read.
func (s *Source) readsOf(err error) int {
	switch {
	case doubtful(err) && !s.readable.Load():
		return 1
	case !transient(err) && !doubtful(err) && !errors.Is(err, errNotRange):
		return 1
	case statusOf(err) >= http.StatusMultipleChoices:
		return s.attempts(err)
	}
	return min(readAttempts, s.opts.MaxAttempts)
}

// readOnce sends one request.
func (s *Source) readOnce(ctx context.Context, key string, p []byte, off int64) (int, error) {
	if err := s.spend(); err != nil {
		return 0, err
	}
	ctx, w, stop := s.watch(ctx)
	defer stop()
	s.gets.Add(1)
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	in := &s3.GetObjectInput{
		Bucket: aws.String(s.target.Bucket), Key: aws.String(key),
		Range: aws.String("bytes=" + strconv.FormatInt(off, 10) + "-" + strconv.FormatInt(off+int64(len(p))-1, 10)),
	}
	if s.opts.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	r := &rangeReader{p: p, off: off, watchdog: w}
	_, err := s.client.GetObject(ctx, in, s.readOptions(r))
	s.bytesRead.Add(int64(r.n))
	return r.n, why(ctx, err)
}

// readOptions has the answer read into r's buffer, and sends the request to the bucket's region.
func (s *Source) readOptions(r *rangeReader) func(*s3.Options) {
	return func(o *s3.Options) {
		if s.region != "" {
			o.Region = s.region
		}
		o.APIOptions = append(o.APIOptions[:len(o.APIOptions):len(o.APIOptions)], func(stack *middleware.Stack) error {
			original, err := stack.Deserialize.Swap(r.ID(), r)
			r.original = original
			return err
		})
	}
}

// A rangeReader takes the place of the SDK's own decoder for GetObject: what is asked for is a few bytes of the body. It
// fills p with what the object has from off on, reads no byte more than one beyond, and leaves in n how many came.
type rangeReader struct {
	p        []byte
	off      int64
	n        int
	watchdog *watchdog
	original middleware.DeserializeMiddleware
}

// ID is the original's: other middlewares are placed relative to it.
func (*rangeReader) ID() string { return "OperationDeserializer" }

func (r *rangeReader) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
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
	r.watchdog.seen()
	response.Body = watched{response.Body, r.watchdog}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		response.Body = limited{io.LimitReader(response.Body, maxErrorBytes), response.Body}
		return r.original.HandleDeserialize(ctx, in, middleware.DeserializeHandlerFunc(
			func(context.Context, middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
				return out, metadata, nil
			}))
	}
	defer response.Body.Close()
	out.Result = &s3.GetObjectOutput{}
	return out, metadata, r.read(response)
}

// read takes the range out of an answer: 206, or the whole object where the range is its beginning.
func (r *rangeReader) read(response *smithyhttp.Response) error {
	want := r.p
	switch response.StatusCode {
	case http.StatusPartialContent:
		have, err := r.contentRange(response.Header.Get("Content-Range"))
		if err != nil {
			return err
		}
		want = want[:have]
	case http.StatusOK:
		if r.off > 0 {
			return fmt.Errorf("%w: the server sends the whole object", errNotRange)
		}
		if length := response.ContentLength; length >= 0 && length < int64(len(want)) {
			want = want[:length]
		}
	default:
		return fmt.Errorf("%w: status %d", errNotRange, response.StatusCode)
	}
	n, err := io.ReadFull(response.Body, want)
	r.n = n
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	var more [1]byte // reading to the end keeps the connection
	if n, _ := response.Body.Read(more[:]); n > 0 && response.StatusCode == http.StatusPartialContent {
		r.n = 0
		return fmt.Errorf("%w: the body is longer", errNotRange)
	}
	switch {
	case n == len(r.p):
		return nil
	case response.StatusCode == http.StatusOK: // it need not be the object: a server that is well says which part it sends
		return fmt.Errorf("%w: %w", errNotRange, errShrunk)
	}
	return errShrunk
}

// contentRange reads "bytes 0-99/1234", and returns how many bytes of the range there are.
func (r *rangeReader) contentRange(header string) (int, error) {
	spec, ok := strings.CutPrefix(header, "bytes ")
	spec, _, slash := strings.Cut(spec, "/")
	first, last, dash := strings.Cut(spec, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	if !ok || !slash || !dash || err != nil || err2 != nil || from != r.off || to < from || to-from >= int64(len(r.p)) {
		return 0, fmt.Errorf("%w: its Content-Range is %q", errNotRange, clip(header))
	}
	return int(to-from) + 1, nil
}

// readError says what could not be read, and why, in the terms of lister.Reader.
func readError(key string, err error) error {
	why := err
	switch status := statusOf(err); {
	case status == http.StatusNotFound:
		why = fs.ErrNotExist
	case codeOf(err) == "InvalidObjectState":
		why = lister.ErrArchived
	case status == http.StatusForbidden:
		why = fs.ErrPermission
	case status == http.StatusRequestedRangeNotSatisfiable, errors.Is(err, errShrunk):
		why = io.ErrUnexpectedEOF
	case errors.Is(err, io.ErrUnexpectedEOF): // the connection ended: how long the object is remains unknown
		why = errCut
	}
	if statusOf(err) >= http.StatusBadRequest {
		return fmt.Errorf("read %q%s: %w", key, answerName(err), why)
	}
	return fmt.Errorf("read %q: %w", key, why)
}
