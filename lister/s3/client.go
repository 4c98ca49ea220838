package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

// Config says how to reach S3, in the AWS CLI's terms. What is empty comes from AWS_* variables and the shared
// configuration files, as there.
type Config struct {
	Profile       string
	Region        string
	EndpointURL   string
	CABundle      string // file of certificates, PEM
	NoSignRequest bool
	NoVerifySSL   bool
	// Connections is how many are kept open to the server.
	Connections int
}

// fallbackRegion is where a bucket is looked for when nothing names a region: the answer says where it is.
const fallbackRegion = "us-east-1"

// readBuffer is what a connection reads at once, bytes: a page is some 300 KiB, and net/http's own buffer has 4.
const readBuffer = 32 << 10

// NewClient makes a client that does not retry: a Source does.
func NewClient(ctx context.Context, c Config) (*s3.Client, error) {
	if err := checkEndpoint(c.EndpointURL); err != nil {
		return nil, err
	}
	var load []func(*config.LoadOptions) error
	transport := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = max(c.Connections, 1)
		t.MaxIdleConns = 0
		t.ResponseHeaderTimeout = 0 // the watchdog's, with all that follows
		t.ReadBufferSize = readBuffer
		t.DisableCompression = true
		if c.NoVerifySSL {
			t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
		}
	}).WithDialerOptions(func(d *net.Dialer) { d.Timeout = 10 * time.Second })
	load = append(load, config.WithHTTPClient(transport), config.WithLogger(logging.Nop{}))
	if c.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(c.Profile))
	}
	if c.Region != "" {
		load = append(load, config.WithRegion(c.Region))
	}
	if c.NoSignRequest {
		load = append(load, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	}
	if c.CABundle != "" {
		bundle, err := os.Open(c.CABundle)
		if err != nil {
			return nil, fmt.Errorf("open the CA bundle: %w", err)
		}
		defer bundle.Close()
		load = append(load, config.WithCustomCABundle(bundle))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		cfg.Region = fallbackRegion
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) { clientOptions(o, c, cfg) }), nil
}

func clientOptions(o *s3.Options, c Config, cfg aws.Config) {
	o.Retryer = aws.NopRetryer{}
	o.UseARNRegion = true
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	if c.EndpointURL != "" {
		o.BaseEndpoint = aws.String(c.EndpointURL)
	}
	o.UsePathStyle = o.BaseEndpoint != nil
	if built, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		o.HTTPClient = &http.Client{Transport: built.GetTransport(), CheckRedirect: refuseRedirect}
	}
}

// refuseRedirect hands a redirect to the caller: it names the bucket's region, or it is an error. Following it would
// let any server send the listing elsewhere.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return fmt.Errorf("--endpoint-url %q is not a URL", endpoint)
	case u.User != nil:
		return errors.New("--endpoint-url must not hold a user name or password; credentials come from the AWS configuration")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("--endpoint-url %q needs a scheme and a host, as in https://s3.example.com", endpoint)
	}
	return nil
}
