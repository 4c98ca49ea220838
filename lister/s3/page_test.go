package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`

// doc is a page with these elements.
func doc(inside string) string { return head + inside + "</ListBucketResult>" }

const whole = "<IsTruncated>false</IsTruncated>"

func object(key string) string {
	return "<Contents><Key>" + key + "</Key><LastModified>2026-11-24T01:02:03.000Z</LastModified><ETag>&quot;0&quot;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass></Contents>"
}

func decode(text string) (*page, error) {
	p := new(page)
	err := decodePage([]byte(text), p)
	return p, err
}

// TestDecodePage reads a page, every field of it.
func TestDecodePage(t *testing.T) {
	p, err := decode(doc("<Name>lake</Name><Prefix>a%2Fb</Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>" +
		"<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>" + object("a%2Fb+c%2B") +
		"<Contents><Key>z</Key><Size>9223372036854775807</Size><LastModified>2026-02-28T23:59:59.123456789Z</LastModified><Owner><ID>x</ID></Owner><StorageClass>ODD</StorageClass></Contents>"))
	if err != nil {
		t.Fatal(err)
	}
	want := []lister.Object{
		{Key: "a/b c+", Size: 5, Modified: time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC), StorageClass: "STANDARD"},
		{Key: "z", Size: 9223372036854775807, Modified: time.Date(2026, 2, 28, 23, 59, 59, 123456789, time.UTC), StorageClass: "ODD"},
	}
	if !slices.Equal(p.objects, want) {
		t.Errorf("got %+v, want %+v", p.objects, want)
	}
	if p.name != "lake" || p.prefix != "a%2Fb" || !p.isFor("a/b") || p.isFor("a/c") || p.keyCount != 2 || !p.truncated || p.token != "a&b" || !p.encoded {
		t.Errorf("%+v", p)
	}
}

// TestHostileDocuments is what is no page, and why.
func TestHostileDocuments(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	for name, test := range map[string]struct{ text, want string }{
		"empty":              {"", "an empty body"},
		"space":              {" \n\t", "an empty body"},
		"declaration alone":  {`<?xml version="1.0"?>`, "an empty body"},
		"html":               {"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "document type"},
		"html bare":          {"<html><body>x</body></html>", `root element "html"`},
		"json":               {`{"Contents":[]}`, "not XML"},
		"error":              {"<Error><Code>InternalError</Code></Error>", "Error document"},
		"wrong root":         {"<ListBucketsResult></ListBucketsResult>", "root element"},
		"root in lower case": {"<listbucketresult>" + whole + "</listbucketresult>", `an element "listbucketresult"`},
		"empty root":         {"<ListBucketResult/>", "an empty document"},
		"no IsTruncated":     {doc(object("k")), "IsTruncated is missing"},
		"empty IsTruncated":  {doc("<IsTruncated></IsTruncated>"), "IsTruncated is"},
		"IsTruncated closed": {doc("<IsTruncated/>"), "IsTruncated is"},
		"IsTruncated 1":      {doc("<IsTruncated>1</IsTruncated>"), "IsTruncated is"},
		"IsTruncated twice":  {doc("<IsTruncated>true</IsTruncated><IsTruncated>false</IsTruncated>"), "twice"},
		"KeyCount":           {doc(whole + "<KeyCount>x</KeyCount>"), "KeyCount is"},
		"KeyCount negative":  {doc(whole + "<KeyCount>-1</KeyCount>"), "KeyCount is"},
		"KeyCount empty":     {doc(whole + "<KeyCount/>"), "KeyCount is"},
		"MaxKeys":            {doc(whole + "<MaxKeys>x</MaxKeys>"), "MaxKeys is"},
		"EncodingType":       {doc(whole + "<EncodingType>base64</EncodingType>"), "EncodingType is"},
		"no key":             {doc(whole + "<Contents><Size>1</Size></Contents>"), "without a key"},
		"empty key":          {doc(whole + "<Contents><Key></Key><Size>1</Size></Contents>"), "without a key"},
		"closed key":         {doc(whole + "<Contents><Key/><Size>1</Size></Contents>"), "without a key"},
		"closed object":      {doc(whole + "<Contents/>"), "without a key"},
		"key twice":          {doc(whole + "<Contents><Key>a</Key><Key>b</Key><Size>1</Size></Contents>"), "twice"},
		"no size":            {doc(whole + "<Contents><Key>k</Key></Contents>"), "without a size"},
		"size empty":         {doc(whole + "<Contents><Key>k</Key><Size/></Contents>"), "Size is"},
		"size negative":      {doc(whole + "<Contents><Key>k</Key><Size>-5</Size></Contents>"), "Size is"},
		"size too large":     {doc(whole + "<Contents><Key>k</Key><Size>9223372036854775808</Size></Contents>"), "Size is"},
		"size of letters":    {doc(whole + "<Contents><Key>k</Key><Size>1e3</Size></Contents>"), "Size is"},
		"time empty":         {doc(whole + "<Contents><Key>k</Key><Size>1</Size><LastModified/></Contents>"), "LastModified is"},
		"time odd":           {doc(whole + "<Contents><Key>k</Key><Size>1</Size><LastModified>2026-02-29T00:00:00Z</LastModified></Contents>"), "LastModified is"},
		"time of month 13":   {doc(whole + "<Contents><Key>k</Key><Size>1</Size><LastModified>2026-13-01T00:00:00Z</LastModified></Contents>"), "LastModified is"},
		"common prefix":      {doc(whole + "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"), "common prefix"},
		"dtd":                {"<?xml version=\"1.0\"?><!DOCTYPE ListBucketResult [<!ENTITY a \"b\">]>" + strings.TrimPrefix(doc(whole), `<?xml version="1.0" encoding="UTF-8"?>`), "document type"},
		"entity":             {doc(whole + object("&a;")), "unknown entity"},
		"entity in skipped":  {doc(whole + "<Other>&a;</Other>"), "unknown entity"},
		"entity open":        {doc(whole + object("a&b")), "entity without an end"},
		"entity long":        {doc(whole + object("&#x000000000000041;")), "entity without an end"},
		"entity surrogate":   {doc(whole + object("&#xd800;")), "unknown entity"},
		"entity too large":   {doc(whole + object("&#x110000;")), "unknown entity"},
		"entity bomb":        {doc(whole + object("&#99999999;")), "unknown entity"},
		"cdata":              {doc(whole + object("<![CDATA[k]]>")), "]]>"},
		"cdata open":         {doc(whole + object("<![CDATA[k")), "more than text"},
		"cdata between":      {doc(whole + "<![CDATA[k"), "a declaration inside"},
		"]]>":                {doc(whole + object("a]]>b")), "]]>"},
		"comment in key":     {doc(whole + object("a<!-- -->b")), "more than text"},
		"comment --":         {doc(whole + "<!-- a -- b -->"), "--"},
		"element in key":     {doc(whole + object("a<b/>c")), "more than text"},
		"instruction":        {doc(whole + "<?php x ?>"), "malformed tag"},
		"instruction before": {"<?php x ?>" + doc(whole), "malformed tag"},
		"encoding":           {`<?xml version="1.0" encoding="ISO-8859-1"?><ListBucketResult>` + whole + "</ListBucketResult>", "declared as XML"},
		"version":            {`<?xml version="1.1"?><ListBucketResult>` + whole + "</ListBucketResult>", "declared as XML"},
		"text between":       {doc("x" + whole), "text between"},
		"text in object":     {doc(whole + "<Contents>x<Key>k</Key><Size>1</Size></Contents>"), "text between"},
		"text after":         {doc(whole) + "x", "more follows"},
		"root after":         {doc(whole) + "<a/>", "more follows"},
		"NUL after":          {doc(whole) + "\x00", "more follows"},
		"wrong end":          {doc(whole + "<Contents><Key>k</Size></Contents>"), "closed by"},
		"wrong prefix":       {doc(whole + "<a:Other>k</b:Other>"), "closed by"},
		"case":               {doc(whole + "<contents><Key>k</Key><Size>1</Size></contents>"), `an element "contents"`},
		"case of key":        {doc(whole + "<Contents><key>k</key><Size>1</Size></Contents>"), `an element "key"`},
		"attribute >":        {doc(whole + `<Contents><Key a=">k</Key><Size>1</Size></Contents>`), "it ends early"},
		"attribute <":        {doc(whole + `<Other a="<"/>`), "with < inside"},
		"attribute bare":     {doc(whole + `<Other a=b/>`), "without quotes"},
		"attribute alone":    {doc(whole + `<Other a/>`), "without a value"},
		"name":               {doc(whole + `<1/>`), "malformed tag"},
		"no name":            {doc(whole + `</>`), "closed by"},
		"name of colon":      {doc(whole + `<a:Key:b>x</a:Key:b>`), "malformed name"},
		"percent":            {doc(whole + "<EncodingType>url</EncodingType>" + object("a%")), "not percent-encoded"},
		"percent letters":    {doc(whole + "<EncodingType>url</EncodingType>" + object("a%zz")), "not percent-encoded"},
		"deep":               {doc(whole + nested(maxDepth+1)), "too deep"},
		"3M deep":            {doc(whole + nested(3_000_000)), "too deep"},
		"deep in object":     {doc(whole + "<Contents>" + nested(20) + "</Contents>"), "too deep"},
		"1M keys":            {doc(whole + strings.Repeat("<Contents><Key>a</Key><Size>1</Size></Contents>", 1_000_000)), "more than 1000 keys"},
		"token":              {doc(whole + "<NextContinuationToken>" + strings.Repeat("t", maxTokenBytes+1) + "</NextContinuationToken>"), "token of"},
		"UTF-16":             {"\xff\xfe<\x00", "not XML"},
	} {
		_, err := decode(test.text)
		var protocol *ProtocolError
		if !errors.As(err, &protocol) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if !transient(err) {
			t.Errorf("%s: not transient", name)
		}
	}
}

// TestUnusualDocuments is what is a page all the same, and its keys.
func TestUnusualDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"attribute with >": {doc(whole + `<Contents a="x>y" b='/>'><Key c="1">k</Key ><Size>5</Size></Contents>`), "k"},
		"namespaces":       {`<a:ListBucketResult xmlns:a="u"><a:IsTruncated>false</a:IsTruncated><a:Contents><a:Key>k</a:Key><a:Size>5</a:Size></a:Contents></a:ListBucketResult>`, "k"},
		"BOM":              {"\ufeff" + doc(whole+object("k")), "k"},
		"BOM in key":       {doc(whole + object("\ufeffk")), "\ufeffk"},
		"comments":         {"<!-- a --><!---->" + doc(whole+"<!-- <Contents> -->"+object("k")) + "<!-- b -->\n", "k"},
		"spaces":           {strings.ReplaceAll(doc(whole+object("k")), "><", ">\r\n  <"), "k"},
		"line ends":        {doc(whole + object("a\rb\r\nc\n")), "a\nb\nc\n"},
		"references":       {doc(whole + object("&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#13;&#x1;&#x0;&#x10ffff;")), "<>&\"'AB\r\x01\x00\U0010ffff"},
		"controls":         {doc(whole + object("\x01\x1f\x7f")), "\x01\x1f\x7f"},
		"no UTF-8":         {doc(whole + object("\xff\xfe")), "\xff\xfe"},
		"plus plain":       {doc(whole + object("a+b%20")), "a+b%20"},
		"encoding last":    {doc(whole + object("a+%2Bb%20") + "<EncodingType>url</EncodingType>"), "a +b "},
		"owner":            {doc(whole + "<Contents><Owner><ID>1</ID><DisplayName/></Owner><Key>k</Key><Size>5</Size></Contents>"), "k"},
		"checksums":        {doc(whole + "<Contents><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm><Key>k</Key><Size>5</Size></Contents>"), "k"},
		"empty prefixes":   {doc(whole + "<CommonPrefixes/><CommonPrefixes><Prefix/></CommonPrefixes>" + object("k")), "k"},
		"unknown":          {doc(whole + "<New><New><Key>x</Key></New>text</New>" + object("k")), "k"},
		"no declaration":   {"<ListBucketResult>" + whole + object("k") + "</ListBucketResult>", "k"},
		"standalone":       {`<?xml version='1.0' encoding='utf-8' standalone='yes' ?><ListBucketResult>` + whole + object("k") + "</ListBucketResult>", "k"},
	} {
		p, err := decode(test.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(p.objects) != 1 || p.objects[0].Key != test.want || p.objects[0].Size != 5 {
			t.Errorf("%s: got %+v, want %q", name, p.objects, test.want)
		}
	}
}

// TestCutAnywhere cuts a page at every byte: never a page of fewer keys.
func TestCutAnywhere(t *testing.T) {
	text := doc("<Name>lake</Name><!-- c --><Other a=\"b\">x&amp;<Inner/></Other>" + whole + object("a&amp;b") + object("c"))
	if p, err := decode(text); err != nil || len(p.objects) != 2 {
		t.Fatal(err)
	}
	for n := range len(text) {
		if p, err := decode(text[:n]); err == nil {
			t.Errorf("cut after %q: %d keys", text[max(0, n-30):n], len(p.objects))
		}
	}
}

// TestPagesAreIndependent decodes into the same page again: nothing stays of the one before, and its keys stay as they were.
func TestPagesAreIndependent(t *testing.T) {
	p := new(page)
	if err := decodePage([]byte(doc("<Name>n</Name><Prefix>p</Prefix><KeyCount>1</KeyCount><NextContinuationToken>t</NextContinuationToken><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"+object("key%2F1"))), p); err != nil {
		t.Fatal(err)
	}
	kept := p.objects[0].Key
	if err := decodePage([]byte(doc(whole+object("another key"))), p); err != nil {
		t.Fatal(err)
	}
	if kept != "key/1" {
		t.Errorf("the key has become %q", kept)
	}
	if p.name != "" || p.prefix != "" || p.keyCount != -1 || p.truncated || p.token != "" || p.encoded || len(p.objects) != 1 || p.objects[0].Key != "another key" {
		t.Errorf("%+v", p)
	}
}

// TestCheck holds pages against their requests: what is just right, and what is just not.
func TestCheck(t *testing.T) {
	keyed := func(keys ...string) *page {
		p := &page{keyCount: -1}
		for _, k := range keys {
			p.objects = append(p.objects, lister.Object{Key: k})
		}
		return p
	}
	with := func(p *page, change func(*page)) *page { change(p); return p }
	long := "p/" + strings.Repeat("k", maxKeyBytes-2)
	for name, test := range map[string]struct {
		page *page
		r    request
		want string
	}{
		"right":            {keyed("p/a", "p/b"), request{prefix: "p/", maxKeys: 2, ordered: true}, ""},
		"empty":            {keyed(), request{prefix: "p/", after: "p/x", maxKeys: 1, ordered: true}, ""},
		"name":             {with(keyed(), func(p *page) { p.name = "lake" }), request{maxKeys: 1}, ""},
		"other name":       {with(keyed(), func(p *page) { p.name = "lake2" }), request{maxKeys: 1}, "for the bucket"},
		"prefix":           {with(keyed(), func(p *page) { p.prefix = "p/" }), request{prefix: "p/", maxKeys: 1}, ""},
		"other prefix":     {with(keyed(), func(p *page) { p.prefix = "p" }), request{prefix: "p/", maxKeys: 1}, "for the prefix"},
		"any prefix":       {with(keyed(), func(p *page) { p.prefix = "p" }), request{maxKeys: 1}, "for the prefix"},
		"encoded prefix":   {with(keyed(), func(p *page) { p.prefix, p.encoded = "p%2F", true }), request{prefix: "p/", maxKeys: 1}, ""},
		"unencoded prefix": {with(keyed(), func(p *page) { p.prefix, p.encoded = "p%/", true }), request{prefix: "p%/", maxKeys: 1}, ""},
		"not encoded":      {with(keyed(), func(p *page) { p.prefix = "p%2F" }), request{prefix: "p/", maxKeys: 1}, "for the prefix"},
		"too many":         {keyed("a", "b", "c"), request{maxKeys: 2, ordered: true}, "3 keys where 2"},
		"count":            {with(keyed("a"), func(p *page) { p.keyCount = 1 }), request{maxKeys: 2, ordered: true}, ""},
		"count less":       {with(keyed("a"), func(p *page) { p.keyCount = 0 }), request{maxKeys: 2, ordered: true}, "says 0"},
		"count more":       {with(keyed("a"), func(p *page) { p.keyCount = 2 }), request{maxKeys: 2, ordered: true}, "says 2"},
		"outside":          {keyed("p/a", "q"), request{prefix: "p/", maxKeys: 2, ordered: true}, "outside the prefix"},
		"long":             {keyed(long), request{prefix: "p/", maxKeys: 2, ordered: true}, ""},
		"too long":         {keyed(long + "k"), request{prefix: "p/", maxKeys: 2, ordered: true}, "a key of 4097 bytes"},
		"same":             {keyed("a", "a"), request{maxKeys: 2, ordered: true}, "do not ascend"},
		"back":             {keyed("b", "a"), request{maxKeys: 2, ordered: true}, "do not ascend"},
		"at after":         {keyed("a"), request{maxKeys: 2, after: "a", ordered: true}, "do not ascend"},
		"past after":       {keyed("a\x00"), request{maxKeys: 2, after: "a", ordered: true}, ""},
		"any order":        {keyed("b", "a"), request{maxKeys: 2}, ""},
		"any order, same":  {keyed("b", "a", "b"), request{maxKeys: 3}, "a key twice"},
	} {
		err := test.page.check("lake", test.r)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	named := with(keyed(), func(p *page) { p.name = "the-bucket-behind" })
	for _, bucket := range []string{"arn:aws:s3:eu-west-1:123456789012:accesspoint/lake", "lake-abc123-s3alias", "lake--ol-s3"} {
		if err := named.check(bucket, request{maxKeys: 1}); err != nil {
			t.Errorf("%s: %v", bucket, err)
		}
	}
}

// canned answers every request with one status and body.
type canned struct {
	status int
	body   io.Reader
	closed *bool
}

func (c canned) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: &closer{c.body, c.closed}}, nil
}

type closer struct {
	io.Reader
	closed *bool
}

func (c *closer) Close() error {
	if c.closed != nil {
		*c.closed = true
	}
	return nil
}

func cannedClient(c canned) *s3.Client {
	return s3.New(s3.Options{
		Region: fallbackRegion, BaseEndpoint: aws.String("http://s3.test"), UsePathStyle: true, Retryer: aws.NopRetryer{},
		Credentials: aws.AnonymousCredentials{}, HTTPClient: c,
	})
}

// TestDecoderStatus is a page under every other status that says success, and limits on what is read.
func TestDecoderStatus(t *testing.T) {
	text := doc(whole + object("k"))
	for status, want := range map[int]string{200: "", 201: "status 201", 202: "status 202", 203: "status 203", 204: "status 204", 206: "status 206"} {
		closed := false
		s := New(cannedClient(canned{status, strings.NewReader(text), &closed}), target("s3://lake/"), Options{})
		p, err := s.attempt(t.Context(), request{maxKeys: 1000, ordered: true})
		if want == "" && (err != nil || len(p.objects) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !transient(err)) {
			t.Errorf("%d: %v", status, err)
		}
		if !closed {
			t.Errorf("%d: the body is not closed", status)
		}
	}
}

// endless is a body without an end.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	e.read += int64(len(b))
	return len(b), nil
}

// TestBodyLimit gives an endless body up, soon, and keeps no memory for it.
func TestBodyLimit(t *testing.T) {
	for status, most := range map[int]int64{200: 2 * maxPageBytes, 500: 2 * maxErrorBytes, 403: 2 * maxErrorBytes} {
		body := new(endless)
		closed := false
		s := New(cannedClient(canned{status, body, &closed}), target("s3://lake/"), Options{})
		_, err := s.attempt(t.Context(), request{maxKeys: 1000})
		if err == nil || body.read > most || !closed || status == 200 && !strings.Contains(err.Error(), "larger than") {
			t.Errorf("%d: %v after %d bytes", status, err, body.read)
		}
		if kept, _ := s.bodies.Get().(*[]byte); kept != nil && cap(*kept) > maxKeptBytes {
			t.Errorf("%d bytes are kept", cap(*kept))
		}
	}
}

// pageOf is a page of s3sim's, with the keys given.
func pageOf(t testing.TB, keys s3sim.Keyspace, query string) []byte {
	t.Helper()
	answer := httptest.NewRecorder()
	lake(keys).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/lake?list-type=2"+query, nil))
	return answer.Body.Bytes()
}

// TestUnescape is the inverse of what S3 does to keys, for every byte and for every escape.
func TestUnescape(t *testing.T) {
	for c := range 256 {
		key := "a" + string([]byte{byte(c)}) + "b" + string([]byte{byte(c), byte(c)})
		if got, ok := unescape([]byte(url.QueryEscape(key))); !ok || string(got) != key {
			t.Errorf("%q came back as %q", key, got)
		}
	}
	for _, raw := range []string{"%", "a%", "%2", "%2g", "%g2", "%%20", "a%20%", "%-1", "%+1"} {
		if got, ok := unescape([]byte(raw)); ok {
			t.Errorf("%q is %q", raw, got)
		}
	}
}

// TestDecodePageAllocs holds the decoder to its bar of 10 allocations a page.
func TestDecodePageAllocs(t *testing.T) {
	answer := awsPage(t)
	body := make([]byte, len(answer))
	p := new(page)
	if got := testing.AllocsPerRun(20, func() {
		copy(body, answer)
		if err := decodePage(body, p); err != nil {
			t.Fatal(err)
		}
	}); got > 10 {
		t.Errorf("%v allocations", got)
	}
}

// sdkPage is what the SDK's own decoder makes of a document.
func sdkPage(text []byte) (*s3.ListObjectsV2Output, error) {
	return cannedClient(canned{200, bytes.NewReader(text), nil}).ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String("lake")})
}

// plainXML replaces what XML has no room for: raw, and by reference. It is all that our decoder takes and the SDK's does
// not.
func plainXML(text []byte) []byte {
	text = bytes.ToValidUTF8(text, []byte("?"))
	text = bytes.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
			return r
		}
		return '?'
	}, text)
	return reference.ReplaceAllFunc(text, func(ref []byte) []byte {
		if r, ok := entity(ref[1 : len(ref)-1]); ok && (r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff) {
			return []byte("?")
		}
		return ref
	})
}

var reference = regexp.MustCompile(`&#x?[0-9a-fA-F]+;`)

// sameAsSDK holds a document that both take to the same content.
func sameAsSDK(p *page, out *s3.ListObjectsV2Output) error {
	if len(p.objects) != len(out.Contents) {
		return fmt.Errorf("%d keys, and the SDK finds %d", len(p.objects), len(out.Contents))
	}
	for i, o := range out.Contents {
		got := p.objects[i]
		key := aws.ToString(o.Key)
		if p.encoded {
			plain, err := url.QueryUnescape(key)
			if err != nil {
				return err
			}
			key = plain
		}
		if got.Key != key || got.Size != aws.ToInt64(o.Size) || got.StorageClass != string(o.StorageClass) ||
			!got.Modified.Equal(aws.ToTime(o.LastModified)) || got.Modified.IsZero() != (o.LastModified == nil || o.LastModified.IsZero()) {
			return fmt.Errorf("got %+v, and the SDK finds %q, %d, %v, %v", got, key, aws.ToInt64(o.Size), aws.ToTime(o.LastModified), o.StorageClass)
		}
	}
	if p.truncated != aws.ToBool(out.IsTruncated) || p.token != aws.ToString(out.NextContinuationToken) || p.name != aws.ToString(out.Name) ||
		p.prefix != aws.ToString(out.Prefix) || p.encoded != (out.EncodingType == "url") {
		return fmt.Errorf("got %+v, and the SDK finds %+v", p, out)
	}
	if out.KeyCount != nil && p.keyCount >= 0 && int32(p.keyCount) != *out.KeyCount {
		return fmt.Errorf("key count %d, and the SDK finds %d", p.keyCount, *out.KeyCount)
	}
	return nil
}

// FuzzDecodePage holds the decoder to the SDK's: what ours takes the SDK's takes, too, and finds the same in it. Ours
// refuses more. Where XML itself has no room for a character, ours is held to the document without it.
func FuzzDecodePage(f *testing.F) {
	hostile := named(hostileKeys()...)
	for _, query := range []string{"", "&encoding-type=url", "&encoding-type=url&fetch-owner=true", "&prefix=a"} {
		f.Add(pageOf(f, named("a/b", "c d", "ü"), query))
		for at := int64(0); at < hostile.Len(); at += 40 { // small pages: the fuzzer works on their bytes
			f.Add(pageOf(f, hostile, query+"&max-keys=5&start-after="+url.QueryEscape(hostile.At(at).Key)))
		}
	}
	for _, text := range []string{
		doc(whole), doc(whole + object("k")), doc(whole + `<Contents a="x>y" b='/>'><Key c="1">k</Key ><Size>+5</Size></Contents>`),
		"\ufeff<!-- - -->" + doc(whole+"<a:Contents><b:Key>&#65;&amp;\r\n</b:Key><Size>5</Size></a:Contents>") + "<!-- -->",
		doc(whole + object("<![CDATA[k]]>")), doc(whole+object("a]]>")) + "x", doc("<IsTruncated>T</IsTruncated><key/>"),
		doc(whole + "<Contents><Key>k</Key><Size>1</Size><LastModified>2026-11-24T1:02:03,5+01:00</LastModified></Contents>"),
		doc(whole + "<Contents><Key>k</Key><Size>1</Size><LastModified>2026-11-24T24:00:60.1234567890123Z</LastModified></Contents>"),
		`<?xml version="1.0" standalone="no"?><ListBucketResult a = "&lt;" ><IsTruncated>false</IsTruncated ></ListBucketResult >`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(bytes.ToLower(text), []byte("restorestatus")) {
			t.Skip("ours does not look into an element that it never asks for")
		}
		p := new(page)
		if err := decodePage(bytes.Clone(text), p); err != nil {
			var protocol *ProtocolError
			if !errors.As(err, &protocol) {
				t.Fatalf("%v is no ProtocolError", err)
			}
			return
		}
		out, err := sdkPage(text)
		if err != nil {
			plain := plainXML(text)
			if out, err = sdkPage(plain); err != nil {
				t.Fatalf("ours takes %d keys, and the SDK says: %v", len(p.objects), err)
			}
			p = new(page)
			if err := decodePage(plain, p); err != nil {
				t.Fatalf("without what XML has no room for: %v", err)
			}
		}
		if err := sameAsSDK(p, out); err != nil {
			t.Fatal(err)
		}
	})
}
