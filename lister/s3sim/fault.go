package s3sim

import (
	"fmt"
	"slices"
	"time"
)

// Fault is one thing that goes wrong with one request. Only Kind is needed.
type Fault struct {
	Kind FaultKind
	// Wait is, for the RetryAfter kinds, what the client is told to wait (3 s if 0); for Drip, the pause between two
	// bytes (1 s if 0); for Stall, how long until the connection is cut (0: until the client leaves or the server stops).
	Wait time.Duration
	// N is, for OversizePage, how many entries the page has (if 0, twice what was asked for and one more); for HugeKey,
	// the length of the key in bytes (if 0, 32 MiB).
	N int
	// Location is where RedirectLoop sends the client: "" is back to the same URL.
	Location string
	// Region is what WrongRegion and AuthMalformed ask for: "" is eu-west-1.
	Region string
}

// FaultKind says what goes wrong.
type FaultKind int

// The kinds. What each does is in its Doc, and in the fault table of this project's reliability notes.
const (
	// Refusals: an error answer, whole and well formed.
	SlowDown FaultKind = iota
	Unavailable
	InternalError
	BadGateway
	GatewayTimeout
	TooManyRequests
	RequestTimeout
	RetryAfterSeconds
	RetryAfterDate
	RetryAfterMillis
	ExpiredToken
	AccessDenied
	TimeSkewed
	WrongRegion
	AuthMalformed
	RedirectLoop

	// The wire: the right answer, sent badly.
	ResetEarly
	ResetBody
	CutBody
	Stall
	Drip

	// Bodies: 200, and not the answer.
	EmptyBody
	HTMLBody
	JSONBody
	ErrorBody
	CutXML

	// Pages: a listing that says the wrong thing. Only listings have these.
	SameToken
	TokenCycle
	NoToken
	EmptyPage
	EarlyEnd
	EmptyEnd
	NoTruncated
	DuplicateKey
	UnorderedKeys
	RawControl
	NegativeSize
	Entities
	OversizePage
	HugeKey
	WrongKeyCount
	WrongName
	WrongPrefix
	StrayKey
	FutureModified

	kinds // how many there are
)

// kindInfo is what a kind is called and what it does. One of the functions is set: refuse answers instead of the
// server, send sends what the server would have answered, prepare and alter change a listing before and after the
// keys are read.
type kindInfo struct {
	name, doc string

	refuse  func(*call, *Fault)
	send    func(*call, *Fault, int, body)
	prepare func(*Fault, *listQuery)
	alter   func(*Fault, *call, *page, *head)
}

// table lists the kinds. A new kind is a constant above, a line here and a test case.
var table = [kinds]kindInfo{
	SlowDown:          {name: "slowdown", doc: "503 SlowDown", refuse: refuseWith(errSlowDown)},
	Unavailable:       {name: "unavailable", doc: "503 ServiceUnavailable", refuse: refuseWith(errUnavailable)},
	InternalError:     {name: "internal", doc: "500 InternalError", refuse: refuseWith(errInternal)},
	BadGateway:        {name: "badgateway", doc: "502 with an HTML page, from something in between", refuse: gateway(502)},
	GatewayTimeout:    {name: "gatewaytimeout", doc: "504 with an HTML page", refuse: gateway(504)},
	TooManyRequests:   {name: "toomany", doc: "429 TooManyRequests", refuse: refuseWith(errTooMany)},
	RequestTimeout:    {name: "timeout", doc: "408 RequestTimeout", refuse: refuseWith(errTimeout)},
	RetryAfterSeconds: {name: "retryafter", doc: "503 with Retry-After in seconds", refuse: refuseRetryAfter},
	RetryAfterDate:    {name: "retryafterdate", doc: "503 with Retry-After as an HTTP date", refuse: refuseRetryDate},
	RetryAfterMillis:  {name: "retryafterms", doc: "503 with x-amz-retry-after in ms", refuse: refuseRetryMillis},
	ExpiredToken:      {name: "expired", doc: "400 ExpiredToken", refuse: refuseWith(errExpired)},
	AccessDenied:      {name: "denied", doc: "403 AccessDenied", refuse: refuseWith(errAccessDenied)},
	TimeSkewed:        {name: "skewed", doc: "403 RequestTimeTooSkewed", refuse: refuseSkewed},
	WrongRegion:       {name: "wrongregion", doc: "301 PermanentRedirect to another region", refuse: refuseRegion},
	AuthMalformed:     {name: "malformed", doc: "400 AuthorizationHeaderMalformed", refuse: refuseMalformed},
	RedirectLoop:      {name: "redirect", doc: "307 back to the same URL", refuse: refuseRedirect},

	ResetEarly: {name: "reset", doc: "connection reset before the headers", refuse: resetEarly},
	ResetBody:  {name: "resetbody", doc: "connection reset in the middle of the body", send: sendReset},
	CutBody:    {name: "cutbody", doc: "connection closed (FIN) in the middle of the body", send: sendCut},
	Stall:      {name: "stall", doc: "headers, then nothing", send: sendStall},
	Drip:       {name: "drip", doc: "the body byte by byte", send: sendDrip},

	EmptyBody: {name: "empty", doc: "200 with an empty body", send: sendInstead("application/xml", "")},
	HTMLBody:  {name: "html", doc: "200 with an HTML page", send: sendInstead("text/html", htmlPage)},
	JSONBody:  {name: "json", doc: "200 with JSON", send: sendInstead("application/json", jsonBody)},
	ErrorBody: {name: "error200", doc: "200 with an <Error> document", send: sendError},
	CutXML:    {name: "cutxml", doc: "half the document, in a whole HTTP body", send: sendHalf},

	SameToken:      {name: "sametoken", doc: "the next token is the one that was sent", alter: sameToken},
	TokenCycle:     {name: "cycle", doc: "the next tokens run in a circle of two", alter: tokenCycle},
	NoToken:        {name: "notoken", doc: "truncated, and no next token", alter: noToken},
	EmptyPage:      {name: "emptypage", doc: "no keys, truncated, with a new token: legal", alter: emptyPage},
	EarlyEnd:       {name: "earlyend", doc: "half the page, rounded up, and not truncated", alter: earlyEnd},
	EmptyEnd:       {name: "emptyend", doc: "no keys, and not truncated", alter: emptyEnd},
	NoTruncated:    {name: "notruncated", doc: "no IsTruncated", alter: noTruncated},
	DuplicateKey:   {name: "duplicate", doc: "the first key of the page again at its end", alter: duplicateKey},
	UnorderedKeys:  {name: "unordered", doc: "first and last key of the page trade places", alter: unorderedKeys},
	RawControl:     {name: "rawcontrol", doc: "encoding-type ignored, control characters raw", prepare: rawControl},
	NegativeSize:   {name: "negative", doc: "the first size is -5", alter: negativeSize},
	Entities:       {name: "entities", doc: "a DTD with an entity bomb in the first key", alter: entities},
	OversizePage:   {name: "oversize", doc: "more entries than max-keys", prepare: oversize},
	HugeKey:        {name: "hugekey", doc: "the first key is 32 MiB long", alter: hugeKey},
	WrongKeyCount:  {name: "keycount", doc: "KeyCount is one too many", alter: wrongKeyCount},
	WrongName:      {name: "name", doc: "Name is another bucket's", alter: wrongName},
	WrongPrefix:    {name: "prefix", doc: "Prefix is not the one that was sent", alter: wrongPrefix},
	FutureModified: {name: "future", doc: "the first key is modified in 2099", alter: futureModified},
	StrayKey:       {name: "stray", doc: "the first key is outside the prefix, where there is one", alter: strayKey},
}

func (k FaultKind) info() *kindInfo { return &table[k] }

// String returns the kind's name, as ParseFaults reads it.
func (k FaultKind) String() string {
	if k < 0 || k >= kinds {
		return fmt.Sprintf("FaultKind(%d)", int(k))
	}
	return table[k].name
}

// Doc says in a few words what the client sees.
func (k FaultKind) Doc() string { return table[k].doc }

// Silent reports whether nothing in the answer shows that it is wrong: a client that believes a listing without looking
// behind its end, or what it says of a time, believes these.
func (k FaultKind) Silent() bool { return k == EarlyEnd || k == EmptyEnd || k == FutureModified }

// Kinds lists every kind.
func Kinds() []FaultKind {
	out := make([]FaultKind, kinds)
	for i := range out {
		out[i] = FaultKind(i)
	}
	return out
}

// ParseKind returns the kind of that name.
func ParseKind(name string) (FaultKind, error) {
	i := slices.IndexFunc(table[:], func(k kindInfo) bool { return k.name == name })
	if i < 0 {
		return 0, fmt.Errorf("unknown fault %q: one of %v", name, Kinds())
	}
	return FaultKind(i), nil
}

// fits reports whether the kind can happen to the operation.
func (k FaultKind) fits(op string) bool {
	info := k.info()
	switch {
	case info.refuse != nil:
		return true
	case info.send != nil:
		return op != OpHeadBucket && op != OpHeadObject && op != OpWrite && op != OpUnknown
	}
	return op == OpListV1 || op == OpListV2
}

// prepare changes a listing before its keys are read. f may be nil.
func (f *Fault) prepare(q *listQuery) {
	if f != nil && f.Kind.info().prepare != nil {
		f.Kind.info().prepare(f, q)
	}
}

// alter changes a listing after its keys were read. f may be nil.
func (f *Fault) alter(c *call, p *page, h *head) {
	if f != nil && f.Kind.info().alter != nil {
		f.Kind.info().alter(f, c, p, h)
	}
}
