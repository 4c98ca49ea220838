package s3

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/config"
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
	var protocol *ProtocolError
	var profile config.SharedConfigProfileNotExistError
	var file *fs.PathError
	switch text := err.Error(); {
	case errors.As(err, &sso) || strings.Contains(text, "SSO session") || strings.Contains(text, "SSO token"):
		p.Why = "the SSO session has expired, or there has been none"
		p.Fix = "aws sso login" + c.profileFlag()
	case errors.As(err, &protocol):
		p.What += answerName(err)
		p.Why = fmt.Sprintf("the server answers, but not as S3 does: %q", clip200(protocol.Reason))
		p.Fix = "check --endpoint-url: is it S3, and is there a proxy or a sign-in page before it?"
	case errors.Is(err, context.DeadlineExceeded):
		p.Why = "the server does not answer in time"
		p.Fix = "check the network, or try again later"
	case codeOf(err) != "" || statusOf(err) != 0:
		p.What += answerName(err)
		p.Why, p.Fix = c.explainAnswer(t, err)
	case errors.As(err, &dns):
		p.Why = fmt.Sprintf("the name %q does not resolve", dns.Name)
		p.Fix = "check --endpoint-url, --region and the network's DNS"
	case isTLS(err):
		p.Why = fmt.Sprintf("the server's certificate is not trusted: %q", clip200(innermost(err).Error()))
		p.Fix = "name the authority with --ca-bundle FILE, or AWS_CA_BUNDLE"
	case errors.Is(err, syscall.ECONNREFUSED):
		p.Why = "nothing listens there: connection refused"
		p.Fix = "check --endpoint-url, or start the server"
	case errors.As(err, &profile):
		p.Why = fmt.Sprintf("there is no profile %q in the AWS configuration", profile.Profile)
		p.Fix = "aws configure list-profiles shows which there are"
	case noCredentials(err):
		p.Why = "no credentials were found"
		p.Fix = "aws configure" + c.profileFlag() + ", or set AWS_PROFILE; for a public bucket: --no-sign-request"
	case errors.As(err, &file):
		p.Why = fmt.Sprintf("cannot %s %q: %v", file.Op, file.Path, file.Err)
		p.Fix = "check that the file is there and may be read"
	default:
		p.Why = fmt.Sprintf("%q", clip200(innermost(err).Error()))
		p.Fix = "check --endpoint-url and the network, and try again"
	}
	return p
}

// explainAnswer explains an answer of the server.
func (c Config) explainAnswer(t Target, err error) (why, fix string) {
	status := statusOf(err)
	switch codeOf(err) {
	case "AccessDenied":
		return c.explainDenied(t)
	case "NoSuchBucket":
		return "there is no bucket of that name there", "check the name; list yours with: aws s3 ls" + c.profileFlag()
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidToken", "TokenRefreshRequired":
		return "the credentials have expired", "renew them: aws sso login" + c.profileFlag() + ", or get new temporary ones"
	case "InvalidAccessKeyId":
		return "the server does not know the access key", "check aws configure list" + c.profileFlag()
	case "SignatureDoesNotMatch":
		return "the secret key does not belong to the access key", "check aws configure list" + c.profileFlag()
	case "RequestTimeTooSkewed":
		return "this machine's clock is wrong", "set the clock, with chronyd or timedatectl set-ntp true"
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect":
		if region := bucketRegion(err); region != "" {
			return "the bucket is in " + region + ", and the server does not list it there, either", "check --endpoint-url, and use --region " + region
		}
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
	region := "of the AWS configuration"
	if c.Region != "" {
		region = strings.Trim(fmt.Sprintf("%q", c.Region), `"`)
	}
	if c.EndpointURL != "" {
		return fmt.Sprintf("bucket %q at %q, region %s", t.Bucket, c.EndpointURL, region)
	}
	return fmt.Sprintf("bucket %q, region %s", t.Bucket, region)
}

func (c Config) profileFlag() string {
	if c.Profile == "" {
		return ""
	}
	return fmt.Sprintf(" --profile %q", c.Profile)
}

// answerName is the answer's status, code and request ID, as far as they are known, in parentheses.
func answerName(err error) string {
	var parts []string
	if status := statusOf(err); status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", status))
	}
	if code := codeOf(err); code != "" && code != "UnknownError" {
		parts = append(parts, fmt.Sprintf("%q", clip(code)))
	}
	if id := headerOf(err, "x-amz-request-id"); id != "" {
		parts = append(parts, fmt.Sprintf("request %q", clip(id)))
	}
	return " (" + strings.Join(parts, ", ") + ")"
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
