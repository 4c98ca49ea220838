package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is the version to come; a build from a module says its own.
const release = "0.1.0"

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return release
}

// build is what this program was made from.
type build struct {
	Version string `json:"version"`
	// Commit that it was built from, with "+changes" where files differed from it; "" where that was not recorded.
	Commit string `json:"commit"`
	// Time of that commit, RFC 3339.
	Time     string `json:"commit_time"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildOf(info *debug.BuildInfo, ok bool) build {
	b := build{Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if !ok {
		return b
	}
	changed := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changes"
			}
		}
	}
	if b.Commit != "" {
		b.Commit += changed
	}
	return b
}

// line is for people, who know a commit by twelve digits.
func (b build) line() string {
	commit := b.Commit
	if hash, changes, changed := strings.Cut(commit, "+"); len(hash) > 12 {
		commit = hash[:12]
		if changed {
			commit += "+" + changes
		}
	}
	return fmt.Sprintf("s3layout %s (commit %s, %s, %s)", b.Version, cmp.Or(commit, "unknown"), b.Go, b.Platform)
}

func newVersionCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the version of Go",
		Long: `Version prints what this program was built from. The commit is known where it was
built in a clone.
`,
		Example: "  s3layout version\n  s3layout version --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := buildOf(debug.ReadBuildInfo())
			switch format {
			case "text":
				_, err := fmt.Fprintln(cmd.OutOrStdout(), b.line())
				return err
			case "json":
				return writeJSON(cmd.OutOrStdout(), b)
			}
			return &exitError{exitUsage, notKnown("--format", format, []string{"text", "json"})}
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT`: text or json")
	return cmd
}
