package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/lister/s3"
	"s3layout/stats"
)

// awsOptions are the flags that say how to reach S3, with the names that the AWS CLI gives them.
type awsOptions struct {
	s3.Config
	requestPayer string
	concurrency  int
	maxAttempts  int
	maxRequests  int64
	listPrice    float64
	getPrice     float64
	readTimeout  int // seconds
	verify       bool
}

func (o *awsOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.Profile, "profile", "", "AWS profile's `NAME`")
	f.StringVar(&o.Region, "region", "", "AWS `REGION`; the bucket's own is found by itself")
	f.StringVar(&o.EndpointURL, "endpoint-url", "", "`URL` of another S3 server, as in http://127.0.0.1:9000")
	f.BoolVar(&o.NoSignRequest, "no-sign-request", false, "send no credentials: for public buckets")
	f.StringVar(&o.requestPayer, "request-payer", "", "`requester` agrees to pay for the requests")
	f.StringVar(&o.CABundle, "ca-bundle", "", "`FILE` of certificates to trust")
	f.BoolVar(&o.NoVerifySSL, "no-verify-ssl", false, "do not check the server's certificate")
	f.IntVar(&o.concurrency, "concurrency", s3.DefaultConcurrency, "`N` requests in flight at most")
	f.Int64Var(&o.maxRequests, "max-requests", 0, "stop after `N` requests; the report is then partial. 0 is no limit")
	f.Float64Var(&o.listPrice, "list-price", defaultListPrice, "dollars for 1,000 LIST requests")
	f.Float64Var(&o.getPrice, "get-price", defaultGetPrice, "dollars for 1,000 GET requests")
	f.IntVar(&o.maxAttempts, "max-attempts", s3.DefaultMaxAttempts, "ask `N` times for a page before its keys count as missing")
	f.IntVar(&o.readTimeout, "cli-read-timeout", defaultReadTimeout, "send a request again after `SECONDS` without a byte")
	f.BoolVar(&o.verify, "verify", false, "look behind every end of keys that the server tells of; one more request, or a few")
}

// The prices of 1,000 LIST and of 1,000 GET requests to S3 Standard in us-east-1, dollars. Bytes read cost nothing within
// the region; out of it, or from the infrequent classes, they do.
// Source: https://aws.amazon.com/s3/pricing/
const (
	defaultListPrice = 0.005
	defaultGetPrice  = 0.0004
)

// How long a request may go without a byte, seconds: nothing is waited for without a bound.
const (
	defaultReadTimeout = int(s3.DefaultReadTimeout / time.Second)
	maxReadTimeout     = 3600
)

// timeouts are how long a request may be silent, and how long it may take.
func (o *awsOptions) timeouts() (read, attempt time.Duration) {
	read = time.Duration(o.readTimeout) * time.Second
	return read, 2 * read
}

// verified reports whether the report stands on ends of keys that were all looked behind.
func (o *awsOptions) verified(r *advisor.Report) bool {
	return o.verify && r.Complete && r.Target.Source == "s3" &&
		!slices.ContainsFunc(r.Warnings, func(w stats.Warning) bool { return w.Code == "not_verified" })
}

func (o *awsOptions) validate() error {
	switch {
	case o.requestPayer != "" && o.requestPayer != "requester":
		return fmt.Errorf("--request-payer %q: the only value is requester", o.requestPayer)
	case o.maxRequests < 0 || !(o.listPrice >= 0) || !(o.getPrice >= 0):
		return fmt.Errorf("--max-requests, --list-price and --get-price must not be negative")
	case o.maxAttempts < 1:
		return fmt.Errorf("--max-attempts %d: it must be at least 1", o.maxAttempts)
	case o.readTimeout < 1 || o.readTimeout > maxReadTimeout:
		return fmt.Errorf("--cli-read-timeout %d: it must be 1 to %d seconds", o.readTimeout, maxReadTimeout)
	case o.concurrency < 1 || o.concurrency > 1024:
		return fmt.Errorf("--concurrency %d: it must be 1 to 1024", o.concurrency)
	}
	return nil
}
