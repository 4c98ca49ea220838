package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/lister/s3sim"
)

// formatLake has partitions by date, more than a text shows, keys that would steer whatever prints them, and files that are
// not read.
func formatLake(t *testing.T) string {
	t.Helper()
	var objects []s3sim.Object
	for i := range 2600 {
		day := fmt.Sprintf("t/dt=2026-%02d-%02d/", i%12+1, i%28+1)
		objects = append(objects, s3sim.Object{Key: fmt.Sprintf("%spart-%04d.json", day, i), Size: int64(i%40+1) << 16})
	}
	for i, key := range []string{"\x1b[2J", "\u202ex", "\n::error::x", "##[error]", "<script>alert(1)</script>", "=1|2", "a`b``c", "@octocat", "\xff\xfe"} {
		objects = append(objects, s3sim.Object{Key: "t/dt=2026-01-01/" + key + "=1/f.csv", Size: int64(i + 1)}, s3sim.Object{Key: "t/_" + key, Size: 5})
	}
	url, stop, err := s3sim.Start(s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: s3sim.Objects(objects...)}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url
}

// printed runs a command that must succeed.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK || stderr.Len() > 0 {
		t.Fatalf("%q: exit %d, %s", args, code, stderr.String())
	}
	return stdout.String()
}

// A saved report shows, in any format, what profile would have printed in it.
func TestShowIsDirect(t *testing.T) {
	url := formatLake(t)
	profile := []string{"profile", "s3://lake/t/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request", "--deterministic", "--format"}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, []byte(printed(t, append(profile, "json")...)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, f := range render.Formats {
		want, got := printed(t, append(profile, f.Name)...), printed(t, "show", file, "--deterministic", "--format", f.Name)
		if got != want {
			t.Errorf("%s: shown\n%.3000s\nprofiled\n%.3000s", f.Name, got, want)
		}
	}
}

// The same objects give the same bytes in every format, whatever the order in which pages come.
func TestSameBytes(t *testing.T) {
	url := formatLake(t)
	runs := 50
	if testing.Short() {
		runs = 5
	}
	sums := map[string][32]byte{}
	for i := range runs {
		r := profiled(t, url, i%17+1)
		r.Run = advisor.Run{}
		for _, f := range render.Formats {
			var b bytes.Buffer
			if err := f.Write(&b, r, render.Options{}); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(b.Bytes())
			if first, ok := sums[f.Name]; ok && first != sum {
				t.Errorf("run %d, %s: %x and %x", i, f.Name, sum, first)
			}
			sums[f.Name] = sum
		}
	}
}

// profiled is the report of a listing with so many workers.
func profiled(t *testing.T, url string, concurrency int) *advisor.Report {
	t.Helper()
	var options demoOptions
	options.engineOptions.addFlags(pflag.NewFlagSet("", pflag.ContinueOnError))
	options.quiet = true
	o := demoProfile(&options, url)
	o.concurrency, o.format, o.partitions = concurrency, render.Formats[0].Name, "all"
	s, err := o.validate()
	if err != nil {
		t.Fatal(err)
	}
	at, err := openTarget(t.Context(), "s3://lake/t/", &o.awsOptions, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := profileTarget(t.Context(), at, nil, o, s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
