package s3sim

import (
	"net/http"
	"slices"
	"strconv"
)

// s3Error is an error answer: status, code, message, and the elements that some codes add.
type s3Error struct {
	status  int
	code    string
	message string
	extra   []field
}

type field struct{ name, value string }

// with returns the error with one more element.
func (e *s3Error) with(name, value string) *s3Error {
	out := *e
	out.extra = append(slices.Clone(e.extra), field{name, value})
	return &out
}

// The errors of S3, with its own words. Source: Amazon S3 API Reference, "Error responses".
var (
	errSlowDown     = &s3Error{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.", nil}
	errAccessDenied = &s3Error{http.StatusForbidden, "AccessDenied", "Access Denied", nil}
	errAccessKey    = &s3Error{http.StatusForbidden, "InvalidAccessKeyId",
		"The AWS Access Key Id you provided does not exist in our records.", nil}
	errNoSuchBucket = &s3Error{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", nil}
	errNoSuchKey    = &s3Error{http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", nil}
	errMethod       = &s3Error{http.StatusMethodNotAllowed, "MethodNotAllowed",
		"The specified method is not allowed against this resource.", nil}
	errNotImplemented = &s3Error{http.StatusNotImplemented, "NotImplemented",
		"A header or query you provided requested a function that is not implemented.", nil}
	errRange = &s3Error{http.StatusRequestedRangeNotSatisfiable, "InvalidRange",
		"The requested range is not satisfiable", nil}
	errPrecondition = &s3Error{http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold", nil}
	errObjectState = &s3Error{http.StatusForbidden, "InvalidObjectState",
		"The operation is not valid for the object's storage class", nil}
)

func errArgument(message, name, value string) *s3Error {
	return (&s3Error{http.StatusBadRequest, "InvalidArgument", message, nil}).
		with("ArgumentName", name).with("ArgumentValue", value)
}

// xml is the body of the error.
func (e *s3Error) xml(c *call) []byte {
	b := append([]byte(nil), xmlHead...)
	b = append(b, "<Error>"...)
	b = appendElement(b, "Code", e.code)
	b = appendElement(b, "Message", e.message)
	for _, f := range e.extra {
		b = appendElement(b, f.name, f.value)
	}
	b = appendElement(b, "Resource", c.r.URL.Path)
	b = appendElement(b, "RequestId", requestID(c.Seq))
	return append(b, "</Error>"...)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func appendElement(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = encodeXML.appendString(dst, value)
	return append(append(append(dst, "</"...), name...), '>')
}

// refuse answers with an error: the whole body, or the headers alone for HEAD.
func (c *call) refuse(e *s3Error) {
	if e.status == http.StatusServiceUnavailable {
		c.s.counters.throttled.Add(1)
	}
	c.reply(e.status, "application/xml", e.xml(c))
}

// reply answers with a body that is short and whole.
func (c *call) reply(status int, contentType string, body []byte) {
	h := c.w.Header()
	h["Content-Type"] = []string{contentType}
	if c.r.Method == http.MethodHead {
		c.w.WriteHeader(status)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the client may be gone: there is nobody to tell
}
