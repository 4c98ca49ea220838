package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// usage is what one process took. bench child prints it as its last line.
type usage struct {
	WallSeconds float64 `json:"wall_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"`
	PeakBytes   int64   `json:"peak_bytes"`
	// Why the process did not end well; empty where it did.
	Failure string `json:"failure"`

	output []byte // what it printed, the end of it
}

// launch runs a contender and waits for it.
//
// Note: the bench does not start it itself, but lets a small process of this program do so. Until a new process has
// loaded its program it shares its parent's memory, and Linux counts that as its own peak: the bench's is the server's.
func launch(ctx context.Context, program string, c contender) (u usage, err error) {
	cmd := exec.CommandContext(ctx, program, append([]string{"bench", "child", c.program}, c.args...)...)
	cmd.Env = benchEnvironment(os.Environ())
	stdout, stderr := tail{most: tailBytes}, tail{most: tailBytes}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return u, fmt.Errorf("start %s: %w", c.lister, err)
	}
	cmd.Cancel, cmd.WaitDelay = stdin.Close, 10*time.Second
	err = cmd.Run()
	out := bytes.TrimRight(stdout.bytes, "\n")
	last := bytes.LastIndexByte(out, '\n') + 1
	if err == nil {
		err = json.Unmarshal(out[last:], &u)
	}
	if err == nil && u.Failure != "" {
		err = errors.New(u.Failure)
	}
	if err != nil {
		return u, fmt.Errorf("%w: %s", err, cmp.Or(strings.TrimSpace(string(stderr.bytes)), "it says nothing"))
	}
	u.output = out[:last]
	return u, nil
}

var foreignVariable = regexp.MustCompile(`(?i)^((AWS|S3LAYOUT|RCLONE)_.*|[^=]*_PROXY)=`)

// benchEnvironment leaves out what would send a lister elsewhere, or change its flags.
func benchEnvironment(environ []string) []string {
	var env []string
	for _, v := range environ {
		if !foreignVariable.MatchString(v) {
			env = append(env, v)
		}
	}
	return append(env,
		"AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=y", "AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "RCLONE_CONFIG="+os.DevNull)
}

// newBenchChildCommand makes the process that starts a lister and says what it took. It ends with its stdin.
func newBenchChildCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "child PROGRAM [ARGUMENT]...",
		Short:              "Run a program for bench, and print what it took",
		Hidden:             true,
		DisableFlagParsing: true,
		Args:               cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			go func() {
				_, _ = io.Copy(io.Discard, cmd.InOrStdin())
				cancel()
			}()
			return runBenchChild(ctx, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

func runBenchChild(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	begun := time.Now()
	err := cmd.Run()
	u := usage{WallSeconds: time.Since(begun).Seconds()}
	if cmd.ProcessState == nil {
		return &exitError{exitNothing, err}
	}
	u.CPUSeconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	u.PeakBytes = peakBytes(cmd.ProcessState)
	if err != nil {
		u.Failure = err.Error()
	}
	line, err := json.Marshal(u)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\n%s\n", line)
	return err
}

// tail keeps the end of what is written to it, at least most bytes of it: a lister may print every key.
type tail struct {
	most  int
	bytes []byte
}

// tailBytes is more than a report in JSON takes, which holds the size of every file of five million.
const tailBytes = 64 << 20

func (t *tail) Write(p []byte) (int, error) {
	t.bytes = append(t.bytes, p...)
	if extra := len(t.bytes) - t.most; extra > t.most {
		t.bytes = append(t.bytes[:0], t.bytes[extra:]...)
	}
	return len(p), nil
}
