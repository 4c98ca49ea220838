package s3

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// transient reports whether the same request may succeed later. The SDK's own retries are off: its quota fails a
// concurrent listing in a short outage, and it gives up on a body that ends early.
func transient(err error) bool {
	var protocol *ProtocolError
	if errors.As(err, &protocol) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errEarlyEnd) {
		return true
	}
	if status := statusOf(err); status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500 && status != http.StatusNotImplemented {
		return true
	}
	switch codeOf(err) {
	case "SlowDown", "Throttling", "ThrottlingException", "RequestTimeout", "RequestTimeTooSkewed", "InternalError",
		"ServiceUnavailable", "RequestLimitExceeded", "BandwidthLimitExceeded":
		return true
	}
	return transientNetwork(err)
}

// transientNetwork tells a broken connection, which heals, from a name that does not exist or a certificate that nobody
// signed, which do not.
func transientNetwork(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary || dns.IsTimeout
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || brokenHTTP2(err)
}

// brokenHTTP2 reports whether a stream or a connection of HTTP/2 ended before its answer: GOAWAY, RST_STREAM.
//
// Note: net/http does not export these errors, so that their texts are all there is to know them by; TestHTTP2 has them.
func brokenHTTP2(err error) bool {
	text := innermost(err).Error()
	return strings.HasPrefix(text, "http2: ") || strings.HasPrefix(text, "stream error: ") || strings.HasPrefix(text, "connection error: ")
}

// doubtful reports whether an answer that is final by itself is to be doubted where the same credentials have been good for
// others: a gateway with several servers behind it may have one that is not well.
func doubtful(err error) bool {
	if transient(err) {
		return false
	}
	switch statusOf(err) {
	case http.StatusForbidden, http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return codeOf(err) != "InvalidObjectState"
	case http.StatusBadRequest:
		return credentialsExpired(err) || codeOf(err) == "AuthorizationHeaderMalformed"
	}
	return credentialsExpired(err)
}

// doubtAttempts is how often a request is made that is refused so: a refusal that holds takes half a second.
const doubtAttempts = 4

// failures counts how often one request has failed, each kind by itself: that a server asked to slow down five times says
// nothing of the one refusal, or the one page out of order, that comes next.
type failures struct{ throttles, refusals, orders, others int }

// add counts a failure, and returns how many there were of its kind.
func (f *failures) add(err error) int {
	n := &f.others
	switch {
	case slowDown(err):
		n = &f.throttles
	case err == errOrder:
		n = &f.orders
	case doubtful(err):
		n = &f.refusals
	}
	*n++
	return *n
}

// all counts the failures of all kinds.
func (f *failures) all() int { return f.throttles + f.refusals + f.orders + f.others }

// unreachable reports whether a request never got to a server: it listens no more, or its name cannot be looked up.
func unreachable(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, new(*net.DNSError))
}

// throttled reports whether the answer may mean that requests come too fast.
func throttled(err error) bool {
	return slowDown(err) || statusOf(err) == http.StatusServiceUnavailable
}

// slowDown reports whether the server asks for fewer requests in so many words.
func slowDown(err error) bool {
	switch codeOf(err) {
	case "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "BandwidthLimitExceeded":
		return true
	}
	return statusOf(err) == http.StatusTooManyRequests
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func headerOf(err error, name string) string {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.Response.Header.Get(name)
	}
	return ""
}

const (
	backoffBase = 50 * time.Millisecond
	backoffCap  = 20 * time.Second
	// throttledCap bounds it where the server asks to slow down.
	throttledCap = 2 * time.Second
)

// backoff is how long to wait before the attempt after the given one (from 1): what the server asks for, or else a
// random time up to a bound that doubles.
func backoff(err error, attempt int, now time.Time) time.Duration {
	if wait, ok := retryAfter(err, now); ok {
		return min(wait, backoffCap) + rand.N(backoffBase)
	}
	longest := backoffCap
	if throttled(err) {
		longest = throttledCap // the pace holds back, too
	}
	return rand.N(min(backoffBase<<min(attempt, 10), longest)) + time.Millisecond
}

// retryAfter reads x-amz-retry-after (milliseconds) and Retry-After (seconds, or an HTTP date).
func retryAfter(err error, now time.Time) (time.Duration, bool) {
	if ms, e := strconv.ParseUint(headerOf(err, "x-amz-retry-after"), 10, 31); e == nil {
		return time.Duration(ms) * time.Millisecond, true
	}
	text := headerOf(err, "Retry-After")
	if s, e := strconv.ParseUint(text, 10, 31); e == nil {
		return time.Duration(s) * time.Second, true
	}
	if at, e := http.ParseTime(text); e == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}
