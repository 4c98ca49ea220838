//go:build linux || darwin

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"s3layout/lister/s3sim"
)

// A session is the program in a pseudo-terminal, and what the terminal shows.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	tty    *os.File
	screen *vt.SafeEmulator
	raw    strings.Builder
}

// tooLong is when a program that says nothing is taken for dead.
const tooLong = 10 * time.Minute

// inTerminal starts the program in a terminal of 80 columns and 24 lines. Every wait is for what it prints.
func inTerminal(t *testing.T, env []string, args ...string) *session {
	t.Helper()
	s := &session{t: t, cmd: exec.Command("s3layout", args...), screen: vt.NewSafeEmulator(80, 24)}
	s.cmd.Env = append(os.Environ(), append([]string{
		"TERM=xterm-256color", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent", "NO_COLOR=",
	}, env...)...)
	tty, err := pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	s.tty = tty
	dead := time.AfterFunc(tooLong, func() { s.cmd.Process.Kill() })
	go func() { // what the terminal answers to the program's questions. It ends with the tests: Close of the screen races.
		b := make([]byte, 256)
		for {
			n, err := s.screen.Read(b)
			if err != nil {
				return
			}
			tty.Write(b[:n])
		}
	}()
	t.Cleanup(func() {
		dead.Stop()
		s.cmd.Process.Kill()
		tty.Close()
	})
	return s
}

// await reads until the screen shows a pattern.
func (s *session) await(pattern string) {
	s.t.Helper()
	want := regexp.MustCompile(pattern)
	b := make([]byte, 4096)
	for !want.MatchString(s.text()) {
		n, err := s.tty.Read(b)
		s.raw.Write(b[:n])
		s.screen.Write(b[:n])
		if err != nil && !want.MatchString(s.text()) {
			s.t.Fatalf("the program ended before the screen showed %q:\n%s", pattern, s.text())
		}
	}
}

func (s *session) text() string {
	var b strings.Builder
	for y := range s.screen.Height() {
		line := ""
		for x := 0; x < s.screen.Width(); {
			cell := s.screen.CellAt(x, y)
			if cell == nil || cell.Width < 1 {
				line += " "
				x++
				continue
			}
			line += cell.Content
			x += cell.Width
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func (s *session) press(keys string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// exit reads what is left, and returns the exit code.
func (s *session) exit() int {
	s.t.Helper()
	b := make([]byte, 4096)
	for {
		n, err := s.tty.Read(b)
		s.raw.Write(b[:n])
		s.screen.Write(b[:n])
		if err != nil {
			break
		}
	}
	s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

func savedDemo(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	var stderr strings.Builder
	if code := run(t.Context(), []string{"demo", "--format", "json", "--output", file, "--quiet"}, &stderr, &stderr); code != exitOK {
		t.Fatal(stderr.String())
	}
	return file
}

func TestExploreReport(t *testing.T) {
	s := inTerminal(t, nil, "explore", savedDemo(t))
	s.await(`(?m)^  year=2026/ +79,504 24.6 GiB ████████████ +>99 % +324 KiB +40$`)
	s.press("\r")
	s.await(`month=02/`)
	s.press("\r")
	s.await(`(?m)^  day=15 +20,000`)
	s.press("\x1b[B") // down
	s.press("n")
	s.await(`(?m)^  partition ▼`)
	s.press("/day=15")
	s.await(`1 partition\n`)
	s.press("\r\r")
	s.await(`20,000, 100 % of them under 96 MiB`)
	s.await(`written +2026-02-15 00:00`)
	s.press("q")
	s.await(`/day=15`)
	s.press("\x1b")
	s.await(`(?m)^  day=01 +500`)
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 12, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	s.screen.Resize(40, 12)
	s.await(`(?m)^ → open  ← back  / find`)
	s.press("v")
	s.await(`tasks on 36 cores`)
	s.press("q")
	s.await(`(?m)^  day=01`)
	s.press("q")
	if code := s.exit(); code != exitOK {
		t.Errorf("exit %d", code)
	}
	if raw := s.raw.String(); !strings.Contains(raw, "\x1b[?1049h") || strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") {
		t.Error("the screen from before is not there again")
	}
}

func TestExploreWithoutColor(t *testing.T) {
	for _, env := range []string{"NO_COLOR=1", "NO_COLOR="} {
		s := inTerminal(t, []string{env}, "explore", savedDemo(t))
		s.await(`year=2026/`)
		s.press("\r")
		s.await(`(?m)^  month=04/ `) // small, and not the row of the cursor
		s.press("q")
		s.exit()
		coloured := regexp.MustCompile("\x1b\\[(?:[0-9;]*;)?3[0-7](?:;[0-9;]*)?m").MatchString(s.raw.String())
		if coloured == (env == "NO_COLOR=1") {
			t.Errorf("%s: coloured is %v", env, coloured)
		}
	}
}

// A listing is looked at while it goes on, and its report is kept. The server holds the second page back until the first is
// on the screen.
func TestExploreLive(t *testing.T) {
	var objects []s3sim.Object
	for i := range 3000 {
		objects = append(objects, s3sim.Object{Key: "dt=" + string(rune('a'+i/1000)) + "/f" + strings.Repeat("x", i%1000) + ".json", Size: 1 << 20})
	}
	server := s3sim.New(map[string]*s3sim.Bucket{"b": {Keys: s3sim.Objects(objects...)}})
	first, goOn := make(chan struct{}, 1), make(chan struct{})
	first <- struct{}{}
	server.Fault = func(r *s3sim.Request) *s3sim.Fault {
		if r.Op == s3sim.OpListV2 {
			select {
			case <-first:
			default:
				<-goOn
			}
		}
		return nil
	}
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	file := filepath.Join(t.TempDir(), "report.json")
	s := inTerminal(t, nil, "explore", "s3://b/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request", "--probe", "off", "--output", file, "--concurrency", "2")
	s.await(`(?m)~ listing$`)
	s.await(`(?m)^~ dt=a +\d`)
	s.await(`~ 1,000 objects`)
	s.press("v")
	s.await(`made when the listing ends`)
	s.press("q")
	close(goOn)
	s.await(`(?m)^  dt=c +1,000 1000 MiB`)
	s.await(`3,000 files`)
	s.press("q")
	if code := s.exit(); code != exitOK {
		t.Errorf("exit %d", code)
	}
	r, err := openReport(file, nil)
	if err != nil || r.Profile.Totals.Objects != 3000 || !r.Complete {
		t.Fatal(r, err)
	}
}

// What left nothing to look at is said where it can be read, after the screen is the shell's again.
func TestExploreNothing(t *testing.T) {
	url, stop, err := s3sim.Start(s3sim.New(map[string]*s3sim.Bucket{}))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	s := inTerminal(t, nil, "explore", "s3://nosuch/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request")
	if code := s.exit(); code != exitNothing {
		t.Errorf("exit %d", code)
	}
	if raw := s.raw.String(); !strings.Contains(raw[max(strings.LastIndex(raw, "\x1b[?1049l"), 0):], "there is no bucket of that name") {
		t.Errorf("%q", raw)
	}
}

// Leaving early ends the listing, writes nothing, and says so.
func TestExploreLeftEarly(t *testing.T) {
	server := s3sim.New(map[string]*s3sim.Bucket{"b": {Keys: s3sim.Objects(s3sim.Object{Key: "a", Size: 1})}})
	never := make(chan struct{})
	server.Fault = func(*s3sim.Request) *s3sim.Fault { <-never; return nil }
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	defer close(never)
	file := filepath.Join(t.TempDir(), "report.json")
	s := inTerminal(t, nil, "explore", "s3://b/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request", "--output", file)
	s.await(`~ listing`)
	s.press("\x03")
	if code := s.exit(); code != exitIncomplete {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat(file); err == nil || !strings.Contains(s.raw.String(), "left before the listing ended") {
		t.Errorf("%v, %q", err, s.raw.String())
	}
}
