package s3

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Problem says why nothing could be listed, in the words of a user: four lines at most.
type Problem struct {
	What, Where, Why, Fix string
}

// Explain turns an error of List or NewClient into a Problem. Texts of the server are quoted, never printed raw.
func (c Config) Explain(t Target, err error) Problem {
	p := Problem{What: fmt.Sprintf("cannot list %q", t.String()), Where: c.where(t)}
	var sso *ssocreds.InvalidTokenError
	var dns *net.DNSError
	switch code := codeOf(err); {
	case errors.As(err, &sso) || strings.Contains(err.Error(), "SSO session"):
		p.Why = "the SSO session has expired, or there has been none"
		p.Fix = "aws sso login" + c.profileFlag()
	case code != "" || statusOf(err) != 0:
		p.Why, p.Fix = c.explainAnswer(t, code, statusOf(err))
		p.What += " (" + answerName(err) + ")"
	case errors.As(err, &dns):
		p.Why = fmt.Sprintf("the name %q does not resolve", dns.Name)
		p.Fix = "check --endpoint-url, --region and the network's DNS"
	case isTLS(err):
		p.Why = "the server's certificate is not trusted: " + clip(fmt.Sprintf("%v", innermost(err)))
		p.Fix = "name the authority with --ca-bundle FILE, or AWS_CA_BUNDLE"
	case errors.Is(err, syscall.ECONNREFUSED):
		p.Why = "nothing listens there: connection refused"
		p.Fix = "check --endpoint-url, or start the server"
	case noCredentials(err):
		p.Why = "no credentials were found"
		p.Fix = "aws configure" + c.profileFlag() + ", or set AWS_PROFILE; for a public bucket: --no-sign-request"
	default:
		p.Why = fmt.Sprintf("%q", clip200(innermost(err).Error()))
		p.Fix = "check --endpoint-url and the network, and try again"
	}
	return p
}

// explainAnswer explains an answer of the server.
func (c Config) explainAnswer(t Target, code string, status int) (why, fix string) {
	switch code {
	case "NoSuchBucket":
		return "there is no bucket of that name there", "check the name; list yours with: aws s3 ls" + c.profileFlag()
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired":
		return "the credentials have expired", "renew them: aws sso login" + c.profileFlag() + ", or get new temporary ones"
	case "InvalidAccessKeyId":
		return "the server does not know the access key", "check aws configure list" + c.profileFlag()
	case "SignatureDoesNotMatch":
		return "the secret key does not belong to the access key", "check aws configure list" + c.profileFlag()
	case "RequestTimeTooSkewed":
		return "this machine's clock is wrong", "set the clock, with chronyd or timedatectl set-ntp true"
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect":
		return "the bucket is in another region, or behind another endpoint", "name it: --region REGION, and no --endpoint-url"
	}
	switch status {
	case http.StatusForbidden:
		return c.explainDenied(t)
	case http.StatusNotFound:
		return "there is no such bucket there", "check the name and --endpoint-url"
	}
	if status >= 500 || status == http.StatusTooManyRequests {
		return "the server failed every attempt", "try again later, or with a lower --concurrency"
	}
	return "the server refused the request", "check the target's name and --endpoint-url"
}

func (c Config) explainDenied(t Target) (why, fix string) {
	if c.NoSignRequest {
		return "the bucket does not let anonymous users list it", "leave out --no-sign-request"
	}
	arn := t.Bucket
	if !strings.HasPrefix(arn, "arn:") {
		arn = "arn:aws:s3:::" + t.Bucket
	}
	return "the credentials lack s3:ListBucket on " + arn + ", or the requester must pay",
		"allow that action (aws sts get-caller-identity" + c.profileFlag() + " says for whom), or add --request-payer requester"
}

func (c Config) where(t Target) string {
	region := c.Region
	if region == "" {
		region = "of the AWS configuration"
	}
	if c.EndpointURL != "" {
		return fmt.Sprintf("bucket %q at %q, region %s", t.Bucket, c.EndpointURL, clip(region))
	}
	return fmt.Sprintf("bucket %q, region %s", t.Bucket, clip(region))
}

func (c Config) profileFlag() string {
	if c.Profile == "" {
		return ""
	}
	return fmt.Sprintf(" --profile %q", c.Profile)
}

// answerName is the answer's status, code and request ID.
func answerName(err error) string {
	name := fmt.Sprintf("HTTP %d", statusOf(err))
	if code := codeOf(err); code != "" && code != "UnknownError" {
		name += fmt.Sprintf(", %q", clip(code))
	}
	if id := headerOf(err, "x-amz-request-id"); id != "" {
		name += fmt.Sprintf(", request %q", clip(id))
	}
	return name
}

func noCredentials(err error) bool {
	var sign *smithyhttp.RequestSendError
	text := err.Error()
	return !errors.As(err, &sign) && (strings.Contains(text, "get identity") || strings.Contains(text, "get credentials") ||
		strings.Contains(text, "failed to refresh cached credentials") || strings.Contains(text, "no EC2 IMDS role found"))
}

func isTLS(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func clip200(s string) string {
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return s
}
