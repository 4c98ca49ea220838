package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"s3layout/lister"
	"s3layout/lister/file"
	"s3layout/lister/s3"
)

// target is what a command looks at.
type target struct {
	uri     string
	kind    string // s3 or file
	source  lister.Source
	explain func(error) []string // lines for the user about an error that left nothing listed
}

// openTarget turns a target on the command line into a source.
func openTarget(ctx context.Context, name string, o *awsOptions, skip func(dir string) bool, stderr io.Writer) (*target, error) {
	if !s3.IsURI(name) {
		if strings.Contains(name, "://") {
			return nil, &exitError{exitUsage, fmt.Errorf("%q: only s3:// targets and local directories can be listed", name)}
		}
		return localTarget(name), nil
	}
	at, err := s3.ParseTarget(name)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	o.Connections = o.concurrency
	t := &target{uri: at.String(), kind: "s3", explain: func(err error) []string { return problemLines(o.Explain(at, err)) }}
	client, err := s3.NewClient(ctx, o.Config)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	resolved := client.Options()
	o.Region = resolved.Region
	if resolved.BaseEndpoint != nil {
		o.EndpointURL = *resolved.BaseEndpoint
	}
	read, attempt := o.timeouts()
	t.source = s3.New(client, at, s3.Options{
		ReadTimeout: read, AttemptTimeout: attempt, Verify: o.verify,
		Concurrency: o.concurrency, RequestPayer: o.requestPayer != "", MaxAttempts: o.maxAttempts, MaxRequests: o.maxRequests, Skip: skip,
		Notice: func(line string) { fmt.Fprintf(stderr, "s3layout: %s\n", line) },
	})
	return t, nil
}

func localTarget(name string) *target {
	return &target{
		uri: filepath.ToSlash(filepath.Clean(name)), kind: "file", source: &file.Source{Root: name},
		explain: func(err error) []string {
			return []string{fmt.Sprintf("cannot list %q", name), "why:   " + fmt.Sprint(errors.Unwrap(err)),
				"fix:   name a directory that exists, or an S3 target such as s3://bucket/prefix/"}
		},
	}
}

func problemLines(p s3.Problem) []string {
	return []string{p.What, "where: " + p.Where, "why:   " + p.Why, "fix:   " + p.Fix}
}
