package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"s3layout/advisor/audit"
)

func everyCommand(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			out = append(out, everyCommand(c)...)
		}
	}
	return out
}

// Whatever is in a command's texts, its help fits a terminal: --help one of 24 lines.
func TestHelpFits(t *testing.T) {
	for _, cmd := range everyCommand(newRoot(io.Discard, io.Discard)) {
		var full, short strings.Builder
		path := strings.Fields(cmd.CommandPath())[1:]
		if code := run(t.Context(), append(slices.Clone(path), "--help"), &short, io.Discard); code != exitOK {
			t.Errorf("%s --help: exit %d", cmd.CommandPath(), code)
		}
		if n := strings.Count(short.String(), "\n"); n > helpLines {
			t.Errorf("%s --help is %d lines", cmd.CommandPath(), n)
		}
		if len(path) > 0 && path[0] == "help" {
			continue
		}
		run(t.Context(), append([]string{"help"}, path...), &full, io.Discard)
		for line := range strings.Lines(full.String() + short.String()) {
			if len(line) > helpColumns+1 {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), len(line)-1, line)
			}
		}
		if !strings.Contains(full.String(), "\nEXAMPLES\n  s3layout ") && !strings.Contains(full.String(), "\nEXAMPLES\n  source ") {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	}
}

// Each example is a command that there is, with flags that it has.
func TestExamplesParse(t *testing.T) {
	for _, cmd := range everyCommand(newRoot(io.Discard, io.Discard)) {
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			for part := range strings.SplitSeq(line, "|") {
				words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(part), "source <("))
				if len(words) < 2 || words[0] != "s3layout" {
					continue
				}
				root := newRoot(io.Discard, io.Discard)
				about, _, err := root.Find(words[1:])
				if err != nil || about == root {
					t.Errorf("%q: there is no such command", part)
					continue
				}
				for _, w := range words {
					name, isFlag := strings.CutPrefix(w, "--")
					if name, _, _ = strings.Cut(name, "="); isFlag && about.Flags().Lookup(name) == nil {
						t.Errorf("%q: there is no --%s", part, name)
					}
				}
			}
		}
	}
}

// What a shell shows of a file that anybody may have written does not print more than a name.
func TestAWSProfiles(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"AWS_CONFIG_FILE":             "[default]\nregion = x\n[profile prod]\n[profile a\x1b[2Jb]\n[sso-session s]\n[profile ]\n[profile open\n",
		"AWS_SHARED_CREDENTIALS_FILE": "[prod]\naws_secret_access_key = canary\n[dev]\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := awsProfiles(func(name string) string { return filepath.Join(dir, name) })
	if want := []string{"default", "dev", "prod"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := awsProfiles(func(string) string { return filepath.Join(dir, "none") }); len(got) > 0 {
		t.Errorf("%q from no file", got)
	}
}

// The pages say nothing to groff that it does not understand, and say all that help says.
func TestManualPages(t *testing.T) {
	dir := t.TempDir()
	var stderr strings.Builder
	if code := run(t.Context(), []string{"man", dir}, io.Discard, &stderr); code != exitOK || stderr.Len() > 0 {
		t.Fatal(code, stderr.String())
	}
	page, err := os.ReadFile(filepath.Join(dir, "s3layout-profile.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`(aq**.csv\(aq`, `\fB\-\-exclude\fR \fIGLOB\fR`, ".SH EXIT STATUS", ".SH EXAMPLES"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("s3layout-profile.1 lacks %q", want)
		}
	}
	for _, cmd := range newRoot(io.Discard, io.Discard).Commands() {
		if _, err := os.Stat(filepath.Join(dir, "s3layout-"+cmd.Name()+".1")); err != nil && !cmd.Hidden && cmd.Name() != "help" {
			t.Error(err)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 5 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		if out, err := exec.Command(groff, "-ww", "-man", "-Tutf8", "-z", page).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", filepath.Base(page), err, out)
		}
	}
}

func TestNearestNames(t *testing.T) {
	engines := engineNames()
	for _, c := range []struct {
		given string
		names []string
		want  string
	}{
		{"glue51", engines, "glue-5.1"}, {"GLUE_4.0", engines, "glue-4.0"}, {"spark-3.6", engines, "spark-3.5"}, {"glue", engines, "glue-6.0"},
		{"small-fiels", ruleIDs(), "small-files"}, {"smallfile", ruleIDs(), "small-files"}, {"zebra", ruleIDs(), ""}, {"", engines, ""},
		{"profle", []string{"profile"}, "profile"}, {"porfile", []string{"profile"}, "profile"}, {"prfil", []string{"profile"}, ""},
		{"ab", []string{"ax"}, "ax"}, {"ab", []string{"xy"}, ""},
		{"\xff\x1b[2J", engines, ""},
	} {
		if got := audit.Nearest(c.given, c.names); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.given, got, c.want)
		}
	}
}
