package s3

import (
	"crypto/sha1"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/aws/smithy-go"

	"s3layout/lister/s3sim"
)

var update = flag.Bool("update", false, "rewrite testdata/explain.golden")

// Credentials that must not show in anything.
const (
	canaryID     = "AKIACANARYCANARYCANA"
	canarySecret = "canary/secret/canary/secret/canary/secre"
	canaryToken  = "canarysessiontoken"
)

// hermetic leaves nothing of this machine's AWS configuration in sight.
func hermetic(t *testing.T, config string) {
	t.Helper()
	dir := t.TempDir()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func canary(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", canaryID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", canarySecret)
	t.Setenv("AWS_SESSION_TOKEN", canaryToken)
}

// problem lists a target and explains why nothing came of it.
func problem(t *testing.T, c Config, uri string) string {
	t.Helper()
	at := target(uri)
	client, err := NewClient(t.Context(), c)
	if err == nil {
		err = New(client, at, Options{MaxAttempts: 2, AttemptTimeout: 5 * time.Second}).List(t.Context(), nil)
	}
	if err == nil {
		t.Fatalf("%s: no error", uri)
	}
	if os.Getenv("S3LAYOUT_SHOW") != "" {
		t.Log(err)
	}
	p := c.Explain(at, err)
	lines := []string{p.What, "where: " + p.Where, "why:   " + p.Why, "fix:   " + p.Fix}
	for _, line := range lines {
		if len(line) < 8 || len(line) > 400 || strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("%q", line)
		}
	}
	text := strings.Join(lines, "\n") + "\n"
	for _, secret := range []string{canaryID, canarySecret, canaryToken} {
		if strings.Contains(text, secret) {
			t.Errorf("%q shows in\n%s", secret, text)
		}
	}
	return text
}

// answering is a server of one answer.
func answering(t *testing.T, status int, code, message string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Request-Id", "REQUEST1")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>", code, message, canaryID)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const sso = `[default]
region = eu-west-1
[profile corp]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access
[profile old]
region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = reader
`

// TestExplain is what a user reads when nothing could be listed.
func TestExplain(t *testing.T) {
	keys := ready(t, "counter", 3)
	sim := func(t *testing.T, change func(*s3sim.Server)) string {
		t.Helper()
		server := lake(keys)
		change(server)
		url, stop, err := s3sim.Start(server)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		return url
	}
	always := func(kind s3sim.FaultKind) func(*s3sim.Server) {
		return func(s *s3sim.Server) { s.Fault = s3sim.Always(s3sim.Fault{Kind: kind}) }
	}
	at := func(url string) Config { return Config{Region: "us-east-1", EndpointURL: url} }
	var golden strings.Builder
	for _, test := range []struct {
		name string
		run  func(t *testing.T) string
	}{
		{"access denied", func(t *testing.T) string {
			return problem(t, at(sim(t, always(s3sim.AccessDenied))), "s3://lake/data/")
		}},
		{"access denied to nobody", func(t *testing.T) string {
			c := at(sim(t, func(s *s3sim.Server) { s.AccessKey = "AKIAOTHER" }))
			c.NoSignRequest = true
			return problem(t, c, "s3://lake/data/")
		}},
		{"access denied, by no answer", func(t *testing.T) string {
			p := Config{Profile: "corp"}.Explain(target("s3://lake/"), &deniedError{})
			return strings.Join([]string{p.What, p.Where, p.Why, p.Fix}, "\n") + "\n"
		}},
		{"no such bucket", func(t *testing.T) string { return problem(t, at(sim(t, func(*s3sim.Server) {})), "s3://nowhere/data/") }},
		{"unknown access key", func(t *testing.T) string {
			return problem(t, at(sim(t, func(s *s3sim.Server) { s.AccessKey = "AKIAOTHER" })), "s3://lake/data/")
		}},
		{"wrong secret", func(t *testing.T) string {
			return problem(t, at(answering(t, 403, "SignatureDoesNotMatch", "no")), "s3://lake/data/")
		}},
		{"expired token", func(t *testing.T) string {
			return problem(t, at(sim(t, always(s3sim.ExpiredToken))), "s3://lake/data/")
		}},
		{"requester pays", func(t *testing.T) string {
			return problem(t, at(sim(t, func(s *s3sim.Server) { s.Buckets["lake"].RequesterPays = true })), "s3://lake/data/")
		}},
		{"wrong region", func(t *testing.T) string { return problem(t, at(sim(t, always(s3sim.WrongRegion))), "s3://lake/data/") }},
		{"wrong clock", func(t *testing.T) string { return problem(t, at(sim(t, always(s3sim.TimeSkewed))), "s3://lake/data/") }},
		{"redirect", func(t *testing.T) string {
			return problem(t, at(sim(t, always(s3sim.RedirectLoop))), "s3://lake/data/")
		}},
		{"overload", func(t *testing.T) string { return problem(t, at(sim(t, always(s3sim.SlowDown))), "s3://lake/data/") }},
		{"html", func(t *testing.T) string { return problem(t, at(sim(t, always(s3sim.HTMLBody))), "s3://lake/data/") }},
		{"gateway", func(t *testing.T) string { return problem(t, at(sim(t, always(s3sim.BadGateway))), "s3://lake/data/") }},
		{"hostile code", func(t *testing.T) string {
			return problem(t, at(answering(t, 400, "\x1b[2J&#x1b;]0;x&#7;\n::error::"+strings.Repeat("x", 500), canarySecret)), "s3://lake/data/")
		}},
		{"no such name", func(t *testing.T) string { return problem(t, at("http://s3.invalid"), "s3://lake/data/") }},
		{"connection refused", func(t *testing.T) string { return problem(t, at("http://127.0.0.1:1"), "s3://lake/data/") }},
		{"unknown authority", func(t *testing.T) string {
			server := httptest.NewUnstartedServer(lake(keys))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			return problem(t, at(server.URL), "s3://lake/data/")
		}},
		{"stall", func(t *testing.T) string {
			c := at(sim(t, always(s3sim.Stall)))
			client, err := NewClient(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			err = New(client, target("s3://lake/"), Options{MaxAttempts: 1, AttemptTimeout: 50 * time.Millisecond}).List(t.Context(), nil)
			p := c.Explain(target("s3://lake/"), err)
			return strings.Join([]string{p.What, p.Where, p.Why, p.Fix}, "\n") + "\n"
		}},
		{"no credentials", func(t *testing.T) string {
			hermetic(t, "")
			return problem(t, at(sim(t, func(*s3sim.Server) {})), "s3://lake/data/")
		}},
		{"no such profile", func(t *testing.T) string {
			hermetic(t, "")
			return problem(t, Config{Profile: "nobody"}, "s3://lake/data/")
		}},
		{"no SSO session", func(t *testing.T) string {
			hermetic(t, sso)
			return problem(t, Config{Profile: "corp", EndpointURL: sim(t, func(*s3sim.Server) {})}, "s3://lake/data/")
		}},
		{"no SSO session, old style", func(t *testing.T) string {
			hermetic(t, sso)
			return problem(t, Config{Profile: "old", EndpointURL: sim(t, func(*s3sim.Server) {})}, "s3://lake/data/")
		}},
		{"SSO session expired", func(t *testing.T) string {
			hermetic(t, sso)
			dir := filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			token := []byte(`{"accessToken":"` + canaryToken + `","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1"}`)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%x.json", sha1.Sum([]byte("corp")))), token, 0o600); err != nil {
				t.Fatal(err)
			}
			return problem(t, Config{Profile: "corp", EndpointURL: sim(t, func(*s3sim.Server) {})}, "s3://lake/data/")
		}},
		{"no CA bundle", func(t *testing.T) string { return problem(t, Config{CABundle: "/nowhere/ca.pem"}, "s3://lake/data/") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			hermetic(t, "")
			canary(t)
			text := test.run(t)
			for _, port := range ports.FindAllString(text, -1) {
				text = strings.ReplaceAll(text, port, "127.0.0.1:PORT")
			}
			text = homes.ReplaceAllString(text, "HOME/")
			fmt.Fprintf(&golden, "# %s\n%s\n", test.name, text)
		})
	}
	const file = "testdata/explain.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := golden.String(); got != string(want) {
		t.Errorf("not as in %s (go test -run TestExplain -update rewrites it):\n%s", file, got)
	}
}

// deniedError is an answer that no HTTP response is known of.
type deniedError struct{}

func (*deniedError) Error() string                 { return "denied" }
func (*deniedError) ErrorCode() string             { return "AccessDenied" }
func (*deniedError) ErrorMessage() string          { return "\x1b" }
func (*deniedError) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

var (
	ports = regexp.MustCompile(`127\.0\.0\.1:[0-9]{2,}`)
	homes = regexp.MustCompile(`/tmp/TestExplain[^/" ]*/[0-9]+/`)
)

// TestEndpoints is what --endpoint-url may not be.
func TestEndpoints(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1:9000": "", "https://s3.example.com/path": "", "": "",
		"https://id:secret@host": "must not hold", "s3.example.com": "needs a scheme", "ftp://x": "needs a scheme", "http://": "needs a scheme",
		"http://a b": "is not a URL", "\x1b://": "is not a URL",
	} {
		_, err := NewClient(t.Context(), Config{EndpointURL: url, NoSignRequest: true})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.ContainsFunc(err.Error(), unicode.IsControl)) {
			t.Errorf("%q: %v", url, err)
		}
	}
}
