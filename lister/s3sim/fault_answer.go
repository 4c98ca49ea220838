package s3sim

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// The errors that only faults answer.
var (
	errUnavailable = &s3Error{http.StatusServiceUnavailable, "ServiceUnavailable", "Service is unable to handle request.", nil}
	errInternal    = &s3Error{http.StatusInternalServerError, "InternalError",
		"We encountered an internal error. Please try again.", nil}
	errTooMany = &s3Error{http.StatusTooManyRequests, "TooManyRequests", "Please reduce your request rate.", nil}
	errTimeout = &s3Error{http.StatusRequestTimeout, "RequestTimeout",
		"Your socket connection to the server was not read from or written to within the timeout period.", nil}
	errExpired = &s3Error{http.StatusBadRequest, "ExpiredToken", "The provided token has expired.", nil}
	errSkewed  = &s3Error{http.StatusForbidden, "RequestTimeTooSkewed",
		"The difference between the request time and the current time is too large.", nil}
	errMalformed = &s3Error{http.StatusBadRequest, "AuthorizationHeaderMalformed",
		"The authorization header is malformed; the region is wrong.", nil}
)

const (
	htmlPage = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Welcome</h1></body></html>\n"
	jsonBody = `{"message":"Internal server error","Contents":[]}` + "\n"
)

func refuseWith(e *s3Error) func(*call, *Fault) {
	return func(c *call, _ *Fault) { c.refuse(e) }
}

// gateway answers as a load balancer does: a status and a page of HTML.
func gateway(status int) func(*call, *Fault) {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	page := []byte("<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n")
	return func(c *call, _ *Fault) { c.reply(status, "text/html", page) }
}

func (f *Fault) retryAfter() time.Duration { return cmp.Or(f.Wait, 3*time.Second) }

// refuseRetryAfter rounds up to whole seconds, which is all that the header can say.
func refuseRetryAfter(c *call, f *Fault) {
	seconds := (f.retryAfter() + time.Second - 1) / time.Second
	c.w.Header()["Retry-After"] = []string{strconv.FormatInt(int64(seconds), 10)}
	c.refuse(errSlowDown)
}

func refuseRetryDate(c *call, f *Fault) {
	c.w.Header()["Retry-After"] = []string{time.Now().Add(f.retryAfter()).UTC().Format(http.TimeFormat)}
	c.refuse(errSlowDown)
}

func refuseRetryMillis(c *call, f *Fault) {
	c.w.Header()["X-Amz-Retry-After"] = []string{strconv.FormatInt(f.retryAfter().Milliseconds(), 10)}
	c.refuse(errSlowDown)
}

// refuseSkewed answers with the server's clock, one hour ahead of the client's, as S3 does in header and body.
func refuseSkewed(c *call, _ *Fault) {
	now := time.Now().Add(time.Hour).UTC()
	c.w.Header()["Date"] = []string{now.Format(http.TimeFormat)}
	c.refuse(errSkewed.with("ServerTime", now.Format(time.RFC3339)).with("MaxAllowedSkewMilliseconds", "900000"))
}

func (f *Fault) region() string { return cmp.Or(f.Region, "eu-west-1") }

func refuseRegion(c *call, f *Fault) { c.refuse(c.elsewhere(f.region())) }

func refuseMalformed(c *call, f *Fault) {
	c.w.Header()["X-Amz-Bucket-Region"] = []string{f.region()}
	c.refuse(errMalformed.with("Region", f.region()))
}

func refuseRedirect(c *call, f *Fault) {
	scheme := "http://"
	if c.r.TLS != nil {
		scheme = "https://"
	}
	same := scheme + c.r.Host + c.r.URL.RequestURI()
	c.w.Header()["Location"] = []string{cmp.Or(f.Location, same)}
	c.refuse((&s3Error{http.StatusTemporaryRedirect, "TemporaryRedirect",
		"Please re-send this request to the specified temporary endpoint.", nil}).with("Endpoint", c.r.Host))
}

func resetEarly(c *call, _ *Fault) { c.abort(true) }

// half sends the first half of the answer that was to be sent, under the Content-Length of the whole.
func (c *call) half(status int, b body) {
	c.w.WriteHeader(status)
	_, _ = b.WriteTo(&firstHalf{c.w, b.size() / 2}) // fails by design
	c.flush()
}

func sendReset(c *call, _ *Fault, status int, b body) {
	c.half(status, b)
	c.abort(true)
}

func sendCut(c *call, _ *Fault, status int, b body) {
	c.half(status, b)
	c.abort(false)
}

func sendStall(c *call, f *Fault, status int, _ body) {
	c.w.WriteHeader(status)
	c.flush()
	if f.Wait > 0 {
		wait(c.r.Context(), f.Wait)
	} else {
		<-c.r.Context().Done()
	}
	c.abort(false)
}

func sendDrip(c *call, f *Fault, status int, b body) {
	c.w.WriteHeader(status)
	if _, err := b.WriteTo(&dripper{c, cmp.Or(f.Wait, time.Second)}); err != nil {
		c.abort(false)
	}
}

// dripper writes one byte at a time, with a pause before each.
type dripper struct {
	c     *call
	pause time.Duration
}

func (d *dripper) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if !wait(d.c.r.Context(), d.pause) {
			return n, context.Cause(d.c.r.Context())
		}
		if _, err := d.c.w.Write(p[n : n+1]); err != nil {
			return n, err
		}
		d.c.flush()
		n++
	}
	return n, nil
}

func sendInstead(contentType, text string) func(*call, *Fault, int, body) {
	return func(c *call, _ *Fault, _ int, _ body) { c.reply(http.StatusOK, contentType, []byte(text)) }
}

func sendError(c *call, _ *Fault, _ int, _ body) {
	c.reply(http.StatusOK, "application/xml", errInternal.xml(c))
}

func sendHalf(c *call, _ *Fault, status int, b body) {
	c.w.Header()["Content-Length"] = []string{strconv.FormatInt(b.size()/2, 10)}
	c.w.WriteHeader(status)
	_, _ = b.WriteTo(&firstHalf{c.w, b.size() / 2}) // fails by design
}

var _ io.Writer = (*dripper)(nil)
