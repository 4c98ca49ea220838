package s3sim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var abc = []string{"p/a", "p/b\x01", "p/c", "p/d", "p/e"}

// ask lists abc, two keys a page, from a server on which the fault happens always.
func ask(t *testing.T, f Fault, method, path string) (*http.Response, string, error) {
	t.Helper()
	s := lake(abc...)
	s.Fault = Always(f)
	base := serve(t, s)
	req, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if got := s.Stats().Faults[f.Kind.String()]; got != 1 {
		t.Errorf("%v: counted %d times", f.Kind, got)
	}
	return resp, string(body), err
}

const page2 = "/lake?list-type=2&encoding-type=url&prefix=p/&max-keys=2"

// TestKindsAreDocumented holds the table to its constants.
func TestKindsAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		info := k.info()
		if info.name == "" || info.doc == "" || seen[info.name] {
			t.Errorf("kind %d: %+v", int(k), info)
		}
		if info.refuse == nil && info.send == nil && info.prepare == nil && info.alter == nil {
			t.Errorf("%v does nothing", k)
		}
		seen[info.name] = true
		if back, err := ParseKind(info.name); err != nil || back != k {
			t.Errorf("%v: %v, %v", k, back, err)
		}
	}
}

// TestRefusals is every fault that answers an error: on a listing and on a GET.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		fault         Fault
		status        int
		code          string
		header, value string
	}{
		{Fault{Kind: SlowDown}, 503, "SlowDown", "", ""},
		{Fault{Kind: Unavailable}, 503, "ServiceUnavailable", "", ""},
		{Fault{Kind: InternalError}, 500, "InternalError", "", ""},
		{Fault{Kind: BadGateway}, 502, "", "Content-Type", "text/html"},
		{Fault{Kind: GatewayTimeout}, 504, "", "Content-Type", "text/html"},
		{Fault{Kind: TooManyRequests}, 429, "TooManyRequests", "", ""},
		{Fault{Kind: RequestTimeout}, 408, "RequestTimeout", "", ""},
		{Fault{Kind: RetryAfterSeconds}, 503, "SlowDown", "Retry-After", "3"},
		{Fault{Kind: RetryAfterSeconds, Wait: 1500 * time.Millisecond}, 503, "SlowDown", "Retry-After", "2"},
		{Fault{Kind: RetryAfterMillis, Wait: 250 * time.Millisecond}, 503, "SlowDown", "x-amz-retry-after", "250"},
		{Fault{Kind: ExpiredToken}, 400, "ExpiredToken", "", ""},
		{Fault{Kind: AccessDenied}, 403, "AccessDenied", "", ""},
		{Fault{Kind: TimeSkewed}, 403, "RequestTimeTooSkewed", "", ""},
		{Fault{Kind: WrongRegion}, 301, "PermanentRedirect", "x-amz-bucket-region", "eu-west-1"},
		{Fault{Kind: AuthMalformed, Region: "ap-south-1"}, 400, "AuthorizationHeaderMalformed", "x-amz-bucket-region", "ap-south-1"},
		{Fault{Kind: RedirectLoop, Location: "http://example.com/"}, 307, "TemporaryRedirect", "Location", "http://example.com/"},
	} {
		for _, path := range []string{page2, "/lake/p/a"} {
			resp, body, err := ask(t, test.fault, "GET", path)
			if err != nil || resp.StatusCode != test.status || code(body) != test.code {
				t.Fatalf("%v: %v %v %s", test.fault.Kind, resp, err, body)
			}
			if resp.Header.Get(test.header) != test.value || resp.Header.Get("x-amz-request-id") == "" {
				t.Errorf("%v: %v", test.fault.Kind, resp.Header)
			}
		}
	}
}

func TestRetryAfterDate(t *testing.T) {
	resp, _, err := ask(t, Fault{Kind: RetryAfterDate, Wait: 10 * time.Second}, "GET", page2)
	if err != nil {
		t.Fatal(err)
	}
	at, err := http.ParseTime(resp.Header.Get("Retry-After"))
	if wait := time.Until(at); err != nil || wait < 5*time.Second || wait > 10*time.Second {
		t.Errorf("%v, %v", wait, err)
	}
}

func TestTimeSkewedSendsItsClock(t *testing.T) {
	resp, _, err := ask(t, Fault{Kind: TimeSkewed}, "GET", page2)
	if err != nil {
		t.Fatal(err)
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if ahead := time.Until(at); err != nil || ahead < 50*time.Minute {
		t.Errorf("%v ahead, %v", ahead, err)
	}
}

func TestRedirectLoopComesBack(t *testing.T) {
	resp, _, err := ask(t, Fault{Kind: RedirectLoop}, "GET", page2)
	if err != nil || resp.Header.Get("Location") != resp.Request.URL.String() {
		t.Errorf("%v, %v", resp.Header, err)
	}
}

// TestWire is every fault of the connection: what arrives, and with which error.
func TestWire(t *testing.T) {
	for _, path := range []string{page2, "/lake/p/e"} {
		if _, _, err := ask(t, Fault{Kind: ResetEarly}, "GET", path); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("reset: %v", err)
		}
		resp, body, err := ask(t, Fault{Kind: ResetBody}, "GET", path)
		if !errors.Is(err, syscall.ECONNRESET) || int64(len(body)) >= resp.ContentLength {
			t.Errorf("resetbody: %d of %d bytes, %v", len(body), resp.ContentLength, err)
		}
		resp, body, err = ask(t, Fault{Kind: CutBody}, "GET", path)
		if !errors.Is(err, io.ErrUnexpectedEOF) || int64(len(body)) != resp.ContentLength/2 {
			t.Errorf("cutbody: %d of %d bytes, %v", len(body), resp.ContentLength, err)
		}
		resp, body, err = ask(t, Fault{Kind: Stall, Wait: 50 * time.Millisecond}, "GET", path)
		if !errors.Is(err, io.ErrUnexpectedEOF) || resp.StatusCode != 200 || body != "" {
			t.Errorf("stall: %q, %v", body, err)
		}
	}
}

func TestDrip(t *testing.T) {
	start := time.Now()
	resp, body, err := ask(t, Fault{Kind: Drip, Wait: 5 * time.Millisecond}, "GET", "/lake/p/e")
	if err != nil || len(body) != 4 || resp.ContentLength != 4 || time.Since(start) < 20*time.Millisecond {
		t.Errorf("%q after %v, %v", body, time.Since(start), err)
	}
}

// TestStallEndsWithServer stops a server that would stall for ever.
func TestStallEndsWithServer(t *testing.T) {
	s := lake(abc...)
	s.Fault = Always(Fault{Kind: Stall})
	base, stop, err := Start(s)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(base + page2)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.AfterFunc(20*time.Millisecond, stop)
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("a stalled body ended well")
	}
}

// TestBodies is every 200 that is not the answer.
func TestBodies(t *testing.T) {
	for kind, want := range map[FaultKind]string{
		EmptyBody: "", HTMLBody: "<!DOCTYPE html>", JSONBody: "{", ErrorBody: xmlHead + "<Error><Code>InternalError<", CutXML: xmlHead + "<ListBucketResult",
	} {
		resp, body, err := ask(t, Fault{Kind: kind}, "GET", page2)
		if err != nil || resp.StatusCode != 200 || !strings.HasPrefix(body, want) || int64(len(body)) != resp.ContentLength {
			t.Errorf("%v: %v, %q", kind, err, body)
		}
		if strings.Contains(body, "</ListBucketResult>") || (kind == EmptyBody) != (body == "") {
			t.Errorf("%v: %q", kind, body)
		}
	}
}

// TestPages is every listing that says the wrong thing, compared with the one that says the right thing.
func TestPages(t *testing.T) {
	right := list(t, serve(t, lake(abc...)), v2("prefix", "p/", "max-keys", "2"))
	for _, test := range []struct {
		fault Fault
		check func(r result) bool
	}{
		{Fault{Kind: NoToken}, func(r result) bool { return *r.IsTruncated && r.Next == "" && len(r.Contents) == 2 }},
		{Fault{Kind: EmptyPage}, func(r result) bool { return *r.IsTruncated && r.Next != "" && len(r.Contents) == 0 && r.KeyCount == 0 }},
		{Fault{Kind: FutureModified}, func(r result) bool { return r.Contents[0].LastModified == "2099-12-31T23:59:59.000Z" }},
		{Fault{Kind: EmptyEnd}, func(r result) bool { return !*r.IsTruncated && r.Next == "" && len(r.Contents) == 0 && r.KeyCount == 0 }},
		{Fault{Kind: EarlyEnd}, func(r result) bool { return !*r.IsTruncated && r.Next == "" && len(r.Contents) == 1 && r.KeyCount == 1 }},
		{Fault{Kind: NoTruncated}, func(r result) bool { return r.IsTruncated == nil && len(r.Contents) == 2 }},
		{Fault{Kind: DuplicateKey}, func(r result) bool { return len(r.Contents) == 3 && r.KeyCount == 3 && r.Contents[2] == r.Contents[0] }},
		{Fault{Kind: UnorderedKeys}, func(r result) bool { return r.Contents[0] == right.Contents[1] && r.Contents[1] == right.Contents[0] }},
		{Fault{Kind: NegativeSize}, func(r result) bool { return r.Contents[0].Size == -5 && r.Contents[1].Size == 1 }},
		{Fault{Kind: OversizePage}, func(r result) bool { return len(r.Contents) == 5 && r.MaxKeys == 2 && r.KeyCount == 5 }},
		{Fault{Kind: OversizePage, N: 3}, func(r result) bool { return len(r.Contents) == 3 && *r.IsTruncated }},
		{Fault{Kind: HugeKey, N: 5000}, func(r result) bool { return len(r.Contents[0].Key) == 5000 && len(r.Contents) == 2 }},
		{Fault{Kind: WrongKeyCount}, func(r result) bool { return r.KeyCount == 3 && len(r.Contents) == 2 }},
		{Fault{Kind: WrongName}, func(r result) bool { return r.Name != "lake" }},
		{Fault{Kind: WrongPrefix}, func(r result) bool { return r.Prefix != "p/" && len(r.Contents) == 2 }},
		{Fault{Kind: StrayKey}, func(r result) bool { return !strings.HasPrefix(r.Contents[0].Key, "p/") && len(r.Contents) == 2 }},
	} {
		_, body, err := ask(t, test.fault, "GET", page2)
		var r result
		if err == nil {
			err = xml.Unmarshal([]byte(body), &r)
		}
		if err != nil {
			t.Fatalf("%v: %v %s", test.fault.Kind, err, body)
		}
		if r.unescape(t); !test.check(r) {
			t.Errorf("%v: %+v", test.fault.Kind, r)
		}
	}
}

func TestRawControlAndEntities(t *testing.T) {
	_, body, err := ask(t, Fault{Kind: RawControl}, "GET", page2)
	if err != nil || !strings.Contains(body, "<Key>p/b\x01</Key>") || strings.Contains(body, "EncodingType") {
		t.Errorf("%v: %q", err, body)
	}
	_, body, err = ask(t, Fault{Kind: Entities}, "GET", page2)
	if err != nil || !strings.Contains(body, `<!ENTITY e8 "&e7;&e7;`) || !strings.Contains(body, "<Key>&e8;&file;</Key>") {
		t.Errorf("%v: %q", err, body)
	}
}

// tokens walks n pages of a server with a fault and returns the tokens that it gave.
func tokens(t *testing.T, kind FaultKind, n int, pairs ...string) (out []string) {
	t.Helper()
	s := lake(abc...)
	s.Fault = Always(Fault{Kind: kind})
	base := serve(t, s)
	q := v2(append(pairs, "max-keys", "1")...)
	for range n {
		r := list(t, base, q)
		if !*r.IsTruncated || r.Next == "" {
			t.Fatalf("%v: %+v", kind, r)
		}
		out = append(out, r.Next)
		q.Set("continuation-token", r.Next)
	}
	return out
}

func TestTokenFaults(t *testing.T) {
	for _, pairs := range [][]string{nil, {"start-after", "p/a"}, {"prefix", "p/"}} {
		same := tokens(t, SameToken, 5, pairs...)
		if len(slices.Compact(slices.Clone(same))) != 1 {
			t.Errorf("sametoken %q: %q", pairs, same)
		}
		circle := tokens(t, TokenCycle, 6, pairs...)
		for i := 2; i < len(circle); i++ {
			if circle[i] != circle[i-2] || circle[i] == circle[i-1] {
				t.Fatalf("cycle %q: %q", pairs, circle)
			}
		}
		empty := tokens(t, EmptyPage, 5, pairs...)
		slices.Sort(empty)
		if len(slices.Compact(empty)) != 5 {
			t.Errorf("emptypage %q: %q", pairs, empty)
		}
	}
}

// TestEmptyPageLoses nothing: the walk behind an empty page has every key.
func TestEmptyPageLosesNothing(t *testing.T) {
	s := lake(abc...)
	s.Fault = When(Fault{Kind: EmptyPage}, func(r *Request) bool { return r.Seq%2 == 0 })
	base := serve(t, s)
	var got []string
	for q := v2("max-keys", "1"); ; {
		r := list(t, base, q)
		got = append(got, r.entries()...)
		if !*r.IsTruncated {
			break
		}
		q.Set("continuation-token", r.Next)
	}
	if !slices.Equal(got, abc) {
		t.Errorf("%q", got)
	}
}

// TestFits checks that faults stay with the operations that can have them.
func TestFits(t *testing.T) {
	for kind, want := range map[FaultKind]string{SlowDown: "503 503 503", CutXML: "200 206 200", NoToken: "200 206 200", EmptyBody: "200 200 200"} {
		s := shelf()
		s.Fault = Always(Fault{Kind: kind})
		base := serve(t, s)
		a, _ := do(t, "GET", base+"/lake?list-type=2")
		b, _ := do(t, "GET", base+"/lake/text", "Range", "bytes=0-3")
		c, _ := do(t, "HEAD", base+"/lake/text")
		if got := fmt.Sprint(a.StatusCode, b.StatusCode, c.StatusCode); got != want {
			t.Errorf("%v: %s, want %s", kind, got, want)
		}
	}
}
