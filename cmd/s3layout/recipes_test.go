package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"s3layout/lister/s3sim"
)

const recipes = "../../testdata/recipes"

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every command of the recipes and of README.md is one that there is, with flags that it has.
func TestWrittenCommandsParse(t *testing.T) {
	files, err := filepath.Glob(recipes + "/*")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	command := regexp.MustCompile(`(?:s3layout |args: \[|Command: \[)((?:[a-z]+[ ,])[^\n#]*)`)
	known := newRoot(io.Discard, io.Discard)
	seen := 0
	for _, name := range append(files, "../../README.md") {
		for _, found := range command.FindAllStringSubmatch(read(t, name), -1) {
			words := strings.Fields(strings.NewReplacer(",", " ", `"`, " ", "`", " ", "]", " ", "\\", " ").Replace(found[1]))
			about, _, err := known.Find(words[:1])
			if err != nil || about == known {
				continue // prose
			}
			seen++
			checkFlags(t, name, found[0], about, words)
		}
	}
	if seen < 15 {
		t.Errorf("only %d commands found", seen)
	}
}

func checkFlags(t *testing.T, name, text string, about *cobra.Command, words []string) {
	t.Helper()
	for _, w := range words {
		flag, _, _ := strings.Cut(w, "=")
		switch long, isLong := strings.CutPrefix(flag, "--"); {
		case isLong && long != "help" && about.Flags().Lookup(long) == nil:
			t.Errorf("%s: %q: %s has no %s", filepath.Base(name), text, about.Name(), flag)
		case !isLong && len(flag) == 2 && flag[0] == '-' && about.Flags().ShorthandLookup(flag[1:]) == nil:
			t.Errorf("%s: %q: %s has no %s", filepath.Base(name), text, about.Name(), flag)
		}
	}
}

// actionOf is what IAM calls the right to a request.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
var actionOf = map[string]string{
	s3sim.OpListV2: "s3:ListBucket", s3sim.OpHeadBucket: "s3:ListBucket", s3sim.OpHeadObject: "s3:GetObject", s3sim.OpGetObject: "s3:GetObject",
	s3sim.OpListBuckets: "s3:ListAllMyBuckets", s3sim.OpLocation: "s3:GetBucketLocation", s3sim.OpListV1: "s3:ListBucket", s3sim.OpWrite: "a write",
	s3sim.OpUnknown: "another operation",
}

// The policy in README.md allows what the program asks for, and nothing else.
func TestLeastRights(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "../../README.md"), "```json\n{\n  \"Version\"")
	text, _, closed := strings.Cut(rest, "```")
	var policy struct {
		Statement []struct{ Effect, Action, Resource string }
	}
	if err := json.Unmarshal([]byte("{\n  \"Version\""+text), &policy); err != nil || !closed {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range policy.Statement {
		allowed = append(allowed, s.Action)
	}

	server := s3sim.New(map[string]*s3sim.Bucket{demoBucket: {Keys: demoLake()}})
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var stderr strings.Builder
	args := []string{"profile", "s3://" + demoBucket + "/events/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request"}
	if code := run(t.Context(), args, io.Discard, &stderr); code != exitOK {
		t.Fatal(code, stderr.String())
	}
	asked := map[string]bool{}
	for op, n := range server.Stats().ByOp {
		if n > 0 {
			asked[actionOf[op]] = true
		}
	}
	for action := range asked {
		if !slices.Contains(allowed, action) {
			t.Errorf("the program asks for %s, which the policy does not allow", action)
		}
	}
	for _, action := range allowed {
		if !asked[action] {
			t.Errorf("the policy allows %s, which the program does not ask for", action)
		}
	}
	actions := regexp.MustCompile(`Action: (s3:\w+)`).FindAllStringSubmatch(read(t, recipes+"/eventbridge-fargate.yaml"), -1)
	if len(actions) != 3 || actions[0][1] != "s3:ListBucket" || actions[1][1] != "s3:GetObject" || actions[2][1] != "s3:PutObject" {
		t.Errorf("the task's role allows %q", actions)
	}
}

// nightly.sh speaks only where something is to be read, ends as the program does, and never runs twice at a time.
func TestNightly(t *testing.T) {
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip("no flock on this system")
	}
	script, err := filepath.Abs(recipes + "/nightly.sh")
	if err != nil {
		t.Fatal(err)
	}
	bin, state := t.TempDir(), t.TempDir()
	stub := "#!/bin/sh\necho \"said $*\"\n[ -z \"$HOLD\" ] || { echo up >&3; read -r line; }\nexit \"$CODE\"\n"
	if err := os.WriteFile(filepath.Join(bin, "s3layout"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	nightly := func(code, hold string) *exec.Cmd {
		cmd := exec.Command("sh", script)
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "S3LAYOUT_STATE="+state, "S3LAYOUT_POLICY=p.yaml", "CODE="+code, "HOLD="+hold)
		return cmd
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "5", "143"} {
		out, err := nightly(code, "").CombinedOutput()
		var exit *exec.ExitError
		if got := errors.As(err, &exit); got != (code != "0") || got && exit.ProcessState.String() != "exit status "+code {
			t.Errorf("code %s: %v", code, err)
		}
		want := "said audit -f p.yaml --history " + state + "/history\n"
		if code == "0" {
			want = ""
		}
		if string(out) != want {
			t.Errorf("code %s: %q", code, out)
		}
	}

	up, ready, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	first := nightly("0", "1")
	first.ExtraFiles = []*os.File{ready}
	goOn, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := up.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	out, err := nightly("0", "").CombinedOutput()
	if err == nil || err.Error() != "exit status 75" || string(out) != "s3layout: the run before is still under way\n" {
		t.Errorf("%v, %q", err, out)
	}
	goOn.Close()
	if err := first.Wait(); err != nil {
		t.Error(err)
	}
}

// The container holds a static program, and does not run it as root.
func TestContainer(t *testing.T) {
	file := read(t, "../../.container/Containerfile")
	_, last, _ := strings.Cut(file, "\nFROM scratch\n")
	user := regexp.MustCompile(`(?m)^USER ([1-9][0-9]*):[1-9][0-9]*$`)
	if !strings.Contains(file, "CGO_ENABLED=0") || !user.MatchString(last) || !strings.Contains(last, "ca-certificates.crt") {
		t.Error(file)
	}
}
