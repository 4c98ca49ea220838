package s3

import (
	"strings"
	"testing"
)

const pointARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint"

func TestParseTarget(t *testing.T) {
	for uri, want := range map[string]Target{
		"s3://lake":                       {"lake", ""},
		"s3://lake/":                      {"lake", ""},
		"s3://lake/data":                  {"lake", "data"},
		"s3://lake/data/":                 {"lake", "data/"},
		"s3a://lake/data/":                {"lake", "data/"},
		"s3n://lake/data/":                {"lake", "data/"},
		"s3://lake//a//b/../c/./":         {"lake", "/a//b/../c/./"},
		"s3://lake/a%20b+c?d#e":           {"lake", "a%20b+c?d#e"},
		"s3://lake/s3://lake/":            {"lake", "s3://lake/"},
		"s3://lake/\xff\n":                {"lake", "\xff\n"},
		"s3://my.bucket_1-2/x":            {"my.bucket_1-2", "x"},
		"s3://lake--usw2-az1--x-s3/d/":    {"lake--usw2-az1--x-s3", "d/"},
		"s3://point-abc123-s3alias/d":     {"point-abc123-s3alias", "d"},
		pointARN + "/point":               {pointARN + "/point", ""},
		pointARN + "/point/":              {pointARN + "/point", ""},
		pointARN + "/point/data/x":        {pointARN + "/point", "data/x"},
		pointARN + ":point/data/x":        {pointARN + ":point", "data/x"},
		"s3://" + pointARN + "/point/d/":  {pointARN + "/point", "d/"},
		"s3a://" + pointARN + ":point/d/": {pointARN + ":point", "d/"},
		pointARN + "/point//x":            {pointARN + "/point", "/x"},
		"arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/p/k":           {"arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/p", "k"},
		"arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/p/k": {"arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/p", "k"},
	} {
		got, err := ParseTarget(uri)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", uri, got, err, want)
		}
		if back, err := ParseTarget(got.String()); err != nil || back != got {
			t.Errorf("%q: %q comes back as %+v, %v", uri, got.String(), back, err)
		}
		if !IsURI(uri) {
			t.Errorf("%q is no URI", uri)
		}
	}
}

func TestParseTargetErrors(t *testing.T) {
	for uri, want := range map[string]string{
		"":                                       "write s3://bucket/prefix/",
		"lake/data":                              "write s3://bucket/prefix/",
		"https://lake.s3.amazonaws.com":          "write s3://bucket/prefix/",
		"S3://lake/":                             "write s3://bucket/prefix/",
		"s3:/lake/data":                          "write s3://bucket/prefix/",
		"s3://":                                  "the bucket's name is missing",
		"s3:///data":                             "the bucket's name is missing",
		"s3://la ke/":                            "not a bucket's name",
		"s3://lake?x/":                           "not a bucket's name",
		"s3://user@lake/":                        "not a bucket's name",
		"s3://lake:9000/":                        "not a bucket's name",
		"s3://\x1b[2J/":                          "not a bucket's name",
		"s3://<bucket>/":                         "not a bucket's name",
		"s3://" + strings.Repeat("b", 256) + "/": "not a bucket's name",
		"s3://../x":                              "not a bucket's name",
		"arn:aws:s3:::lake":                      "write s3://bucket/prefix/ for a bucket",
		"arn:aws:s3:::lake/data":                 "write s3://bucket/prefix/ for a bucket",
		"arn:aws:iam::1:role/x":                  "not the ARN of an S3 access point",
		"arn:aws:s3:\x1b[2J:1:accesspoint/p":     "is not an ARN",
		"arn:":                                   "not the ARN of an S3 access point",
		pointARN:                                 "not the ARN of an access point",
		pointARN + "/":                           "not the ARN of an access point",
		pointARN + "//x":                         "the bucket's name is missing",
		pointARN + "x/y":                         "not the ARN of an access point",
	} {
		got, err := ParseTarget(uri)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %+v, %v, want %q", uri, got, err, want)
			continue
		}
		if strings.ContainsAny(err.Error(), "\x1b\n\r") {
			t.Errorf("%q: a raw control character in %q", uri, err)
		}
	}
}

// FuzzParseTarget holds parsing to its inverse.
func FuzzParseTarget(f *testing.F) {
	for _, uri := range []string{"s3://lake/a%20b", "s3a://b//", "s3n://b", pointARN + "/p/x", "s3://" + pointARN + ":p/x", "arn:aws:s3:::b"} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		got, err := ParseTarget(uri)
		if err != nil {
			return
		}
		if back, err := ParseTarget(got.String()); err != nil || back != got {
			t.Fatalf("%q: %+v comes back as %+v, %v", uri, got, back, err)
		}
		if !strings.HasSuffix(uri, got.Prefix) || got.Bucket == "" {
			t.Fatalf("%q: %+v", uri, got)
		}
	})
}
