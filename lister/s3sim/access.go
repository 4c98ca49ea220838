package s3sim

import (
	"cmp"
	"net/http"
	"strings"
)

// check returns why the call is refused before it is looked at, in the order in which S3 refuses: who asks, where the
// bucket is, who pays, what is denied.
func (c *call) check() *s3Error {
	id, region := c.credential()
	switch {
	case c.s.AccessKey != "" && id == "":
		return errAccessDenied
	case c.s.AccessKey != "" && id != c.s.AccessKey:
		return errAccessKey.with("AWSAccessKeyId", id)
	case c.Op == OpListBuckets || c.Op == OpWrite || c.Op == OpUnknown:
		return nil
	case c.b == nil:
		return errNoSuchBucket.with("BucketName", c.Bucket)
	case region != "" && region != c.region() && c.Op != OpLocation:
		return c.elsewhere(c.region())
	case c.b.RequesterPays && !c.pays():
		return errAccessDenied
	case c.List() && c.denied():
		return errAccessDenied
	}
	return nil
}

// credential returns access key and region of the SigV4 credential scope, from the header or from a presigned query:
// AKIA.../20261101/us-east-1/s3/aws4_request. Both are empty for anonymous requests.
func (c *call) credential() (id, region string) {
	scope := c.q.Get("X-Amz-Credential")
	if _, after, found := strings.Cut(c.r.Header.Get("Authorization"), "Credential="); found {
		scope, _, _ = strings.Cut(after, ",")
	}
	parts := strings.Split(scope, "/")
	if len(parts) != 5 {
		return parts[0], ""
	}
	return parts[0], parts[2]
}

func (s *Server) region() string { return cmp.Or(s.Region, "us-east-1") }

// region is where the bucket of the call is.
func (c *call) region() string {
	if c.b == nil {
		return c.s.region()
	}
	return cmp.Or(c.b.Region, c.s.region())
}

func (c *call) pays() bool {
	return c.r.Header.Get("X-Amz-Request-Payer") == "requester" || c.q.Get("x-amz-request-payer") == "requester"
}

func (c *call) denied() bool {
	for _, prefix := range c.b.Denied {
		if strings.HasPrefix(c.Prefix, prefix) {
			return true
		}
	}
	return false
}

// elsewhere is the 301 of a bucket in another region. There is no Location header: the client is meant to sign again.
func (c *call) elsewhere(region string) *s3Error {
	c.w.Header()["X-Amz-Bucket-Region"] = []string{region}
	return (&s3Error{http.StatusMovedPermanently, "PermanentRedirect",
		"The bucket you are attempting to access must be addressed using the specified endpoint. " +
			"Please send all future requests to this endpoint.", nil}).
		with("Endpoint", c.Bucket+".s3."+region+".amazonaws.com").with("Bucket", c.Bucket)
}
