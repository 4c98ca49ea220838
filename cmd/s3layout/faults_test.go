package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// simulator runs s3layout sim until the test ends, and returns its address.
func simulator(t *testing.T, args ...string) (url string) {
	t.Helper()
	cmd := exec.Command("s3layout", append([]string{"sim"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if url = regexp.MustCompile(`http://[0-9.:]+`).FindString(line); url == "" {
		t.Fatalf("%q, %v", line, err)
	}
	return url
}

// signed is an environment with credentials, and nothing else of this machine's AWS configuration.
func signed(t *testing.T) []string {
	none := filepath.Join(t.TempDir(), "none")
	return append(os.Environ(), "AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIACANARYCANARY", "AWS_SECRET_ACCESS_KEY=canary-secret", "AWS_REGION=us-east-1")
}

// TestEveryFault profiles a bucket of a server that spoils one in twenty requests, in every way that shows, and refuses what
// is above 300 a second: the report is that of a server that is well, byte for byte but for run, and the exit code 0.
// S3LAYOUT_FAULT_SEED is a seed to try; S3LAYOUT_FAULT_SEEDS how many.
func TestEveryFault(t *testing.T) {
	const objects = 150_000
	number := func(name string, n int) int {
		if text := os.Getenv(name); text != "" {
			var err error
			if n, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	first := number("S3LAYOUT_FAULT_SEED", 1)
	seeds := number("S3LAYOUT_FAULT_SEEDS", 2)
	profile := func(t *testing.T, url string) (report string, r struct{ Retries, Throttled, Gets int64 }) {
		t.Helper()
		cmd := exec.Command("s3layout", "profile", "s3://hive500/", "--endpoint-url", url, "--format", "json", "--partitions", "all",
			"--concurrency", "32", "--cli-read-timeout", "1", "--probe-requests", "60")
		cmd.Env = signed(t)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		if code := cmd.ProcessState.ExitCode(); code != exitOK {
			t.Errorf("exit %d: %s", code, stderr.String())
		}
		var document struct {
			Run *struct{ Retries, Throttled, Gets int64 }
		}
		document.Run = &r
		if err := json.Unmarshal(out, &document); err != nil {
			t.Fatal(err)
		}
		report, _ = withoutRun(t, out)
		return report, r
	}
	want, _ := profile(t, simulator(t, "--objects", fmt.Sprint(objects), "--keyspaces", "hive500"))
	for seed := range seeds {
		seed += first
		t.Run(fmt.Sprintf("S3LAYOUT_FAULT_SEED=%d", seed), func(t *testing.T) {
			t.Parallel()
			got, run := profile(t, simulator(t, "--objects", fmt.Sprint(objects), "--keyspaces", "hive500", "--rps", "300", "--faults", "all:5%", "--seed", fmt.Sprint(seed)))
			if got != want {
				t.Errorf("another report:\n got %.3000s\nwant %.3000s", got, want)
			}
			if t.Logf("%+v", run); run.Retries == 0 || run.Gets == 0 {
				t.Errorf("%+v: nothing happened", run)
			}
		})
	}
}
