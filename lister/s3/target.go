package s3

import (
	"fmt"
	"net/url"
	"strings"
)

// Target is a directory of a bucket.
type Target struct {
	// Bucket is a bucket's name, an access point's alias, or an access point's ARN.
	Bucket string
	// Prefix is a directory's key as the user spells it: "", or with or without a slash at its end. No part of it is
	// decoded or cleaned.
	Prefix string
}

// ParseTarget reads s3://bucket/prefix, s3a:// and s3n:// likewise, and access point ARNs with or without a scheme in
// front, followed by /prefix.
func ParseTarget(uri string) (Target, error) {
	rest := uri
	for _, scheme := range []string{"s3://", "s3a://", "s3n://"} {
		if after, ok := strings.CutPrefix(uri, scheme); ok {
			rest = after
		}
	}
	if strings.HasPrefix(rest, "arn:") {
		return parseARN(uri, rest)
	}
	if rest == uri {
		return Target{}, fmt.Errorf("%q is not an S3 URI; write s3://bucket/prefix/", uri)
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	if err := checkBucket(bucket); err != nil {
		return Target{}, fmt.Errorf("%q: %w", uri, err)
	}
	return Target{Bucket: bucket, Prefix: prefix}, nil
}

// IsURI reports whether the text is meant as an S3 target.
func IsURI(s string) bool {
	return strings.HasPrefix(s, "s3://") || strings.HasPrefix(s, "s3a://") || strings.HasPrefix(s, "s3n://") || strings.HasPrefix(s, "arn:")
}

func checkBucket(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the bucket's name is missing; write s3://bucket/prefix/")
	case name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, " \t\r\n?#@:\\\"'<>%") || url.PathEscape(name) != name:
		return fmt.Errorf("%q is not a bucket's name", name)
	}
	return nil
}

// parseARN splits arn:partition:s3:region:account:accesspoint/name/prefix. The name may follow a colon, too.
func parseARN(uri, arn string) (Target, error) {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) != 6 || fields[2] != "s3" && fields[2] != "s3-outposts" && fields[2] != "s3-object-lambda" {
		return Target{}, fmt.Errorf("%q is not the ARN of an S3 access point; it looks like arn:aws:s3:eu-west-1:123456789012:accesspoint/name", uri)
	}
	for _, field := range fields[1:5] {
		if url.PathEscape(field) != field {
			return Target{}, fmt.Errorf("%q is not an ARN", uri)
		}
	}
	resource, isPoint := strings.CutPrefix(fields[5], "accesspoint")
	if !isPoint || len(resource) < 2 || resource[0] != '/' && resource[0] != ':' {
		return Target{}, fmt.Errorf("%q is not the ARN of an access point; write s3://bucket/prefix/ for a bucket", uri)
	}
	name, prefix, _ := strings.Cut(resource[1:], "/")
	if err := checkBucket(name); err != nil {
		return Target{}, fmt.Errorf("%q: %w", uri, err)
	}
	return Target{Bucket: arn[:len(arn)-len(resource)] + resource[:1+len(name)], Prefix: prefix}, nil
}

// String spells the target as a URI.
func (t Target) String() string { return "s3://" + t.Bucket + "/" + t.Prefix }
