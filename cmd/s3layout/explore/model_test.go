package explore

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/lister"
	"s3layout/stats"
)

var update = flag.Bool("update", false, "rewrite the screens in testdata")

// lake is a report of some partitions, of which it describes so many.
func lake(t *testing.T, described int) *advisor.Report {
	t.Helper()
	c := stats.NewCollector(stats.Options{Partitions: described})
	for month := 1; month <= 3; month++ {
		for day := 1; day <= 28; day++ {
			n := 4
			if month == 2 && day == 15 {
				n = 160
			}
			for i := range n {
				size := int64(1+i%4) << 20
				if month == 3 {
					size *= 100
				}
				c.Add([]lister.Object{{
					Key: fmt.Sprintf("year=2026/month=%02d/day=%02d/part-%05d.json", month, day, i), Size: size,
					Modified: time.Date(2026, time.Month(month), day, i%24, 0, 0, 0, time.UTC),
				}})
			}
		}
	}
	c.Add([]lister.Object{{Key: "stray.json", Size: 10}, {Key: "year=2026/late.csv.gz", Size: 5 << 20}})
	return reportOf(c.Profile())
}

func reportOf(p *stats.Profile) *advisor.Report {
	return &advisor.Report{Target: advisor.Target{URI: "s3://lake/events/"}, Complete: true, Profile: p}
}

// drive sends messages to a browser, and answers what it asks for, ticks apart.
func drive(m *Model, messages ...tea.Msg) {
	for _, msg := range messages {
		_, cmd := m.Update(msg)
		finish(m, cmd)
	}
}

// finish runs a command to the end. A tick comes when the test says so.
func finish(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			finish(m, c)
		}
	case tick, nil:
	default:
		drive(m, msg)
	}
}

// keys are key presses: words in <> are named keys.
func keys(text string) (out []tea.Msg) {
	named := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "enter": tea.KeyEnter, "esc": tea.KeyEscape,
		"backspace": tea.KeyBackspace, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
	}
	for text != "" {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(text, "<"), ">"); ok && text[0] == '<' && named[name] != 0 {
			out, text = append(out, tea.KeyPressMsg{Code: named[name]}), rest
			continue
		}
		r := []rune(text)[0]
		out, text = append(out, tea.KeyPressMsg{Code: r, Text: string(r)}), text[len(string(r)):]
	}
	return out
}

func size(width, height int) tea.Msg { return tea.WindowSizeMsg{Width: width, Height: height} }

// screenOf is what a reader sees. It fails where that is more than fits, or holds anything that would move a cursor.
func screenOf(t *testing.T, m *Model) string {
	t.Helper()
	lines := strings.Split(sgr.ReplaceAllString(m.View().Content, ""), "\n")
	if len(lines) > m.height {
		t.Errorf("%d lines on a screen of %d", len(lines), m.height)
	}
	for i, line := range lines {
		if render.Width(line) > m.width {
			t.Errorf("line %d has %d columns on a screen of %d: %q", i, render.Width(line), m.width, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool {
			return r < ' ' || 0x7f <= r && r < 0xa0 || strings.ContainsRune("\u202e\u2028\u200b\ufffd", r)
		}) {
			t.Errorf("line %d has what does not print: %q", i, line)
		}
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the screen is\n%s\nand was\n%s", name, got, want)
	}
}

func browse(t *testing.T, r *advisor.Report, o Options, width, height int, typed string) *Model {
	t.Helper()
	m := New(r.Target.URI, nil, r, o)
	finish(m, m.Init())
	drive(m, size(width, height))
	drive(m, keys(typed)...)
	return m
}

func TestScreens(t *testing.T) {
	cut := lake(t, 100)
	cut.Complete = false
	cut.Incomplete = []advisor.Missing{{After: "year=2026/month=02/day=27/part-00001.json", Until: "year=2026/month=03/day=02/part-00003.json", Cause: "AccessDenied"}}
	few := lake(t, 5)
	few.Profile.Other = &stats.Other{Partitions: 4000, Estimated: true, Objects: 123456, Bytes: 7 << 40}
	for _, c := range []struct {
		name          string
		report        *advisor.Report
		options       Options
		width, height int
		typed         string
	}{
		{"root", lake(t, 100), Options{}, 80, 24, ""},
		{"root-small", lake(t, 100), Options{}, 40, 12, ""},
		{"wide", lake(t, 100), Options{}, 120, 12, "<enter>"},
		{"months", lake(t, 100), Options{}, 80, 24, "<enter>"},
		{"days", lake(t, 100), Options{}, 80, 24, "<enter><down><enter>"},
		{"days-small", lake(t, 100), Options{}, 40, 12, "<enter>x<enter>"},
		{"days-by-name", lake(t, 100), Options{}, 80, 24, "<enter><down><enter>nn"},
		{"days-end", lake(t, 100), Options{}, 80, 12, "<enter>x<enter>n<end>"},
		{"partition", lake(t, 100), Options{}, 80, 24, "<enter><down><enter><enter>"},
		{"partition-small", lake(t, 100), Options{}, 40, 12, "<enter>x<enter><enter>"},
		{"partition-omitted", few, Options{}, 80, 24, "<enter><down><enter><enter>"},
		{"omitted", few, Options{}, 80, 24, ""},
		{"search", lake(t, 100), Options{}, 80, 24, "/DAY=15"},
		{"search-none", lake(t, 100), Options{}, 80, 12, "/zebra<enter>"},
		{"back", lake(t, 100), Options{}, 80, 24, "<enter><down><enter><left>"},
		{"incomplete", cut, Options{}, 80, 24, "<enter>"},
		{"help", lake(t, 100), Options{}, 80, 24, "?"},
		{"help-small", lake(t, 100), Options{}, 40, 12, "?<pgdown>"},
		{"ascii", lake(t, 100), Options{ASCII: true}, 80, 12, "<enter>"},
		{"empty", reportOf(stats.NewCollector(stats.Options{}).Profile()), Options{}, 80, 12, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, c.name, screenOf(t, browse(t, c.report, c.options, c.width, c.height, c.typed)))
		})
	}
}

func TestASCIIAlone(t *testing.T) {
	for _, typed := range []string{"", "<enter>", "<enter>x<enter><enter>", "?", "/day"} {
		m := browse(t, lake(t, 100), Options{ASCII: true}, 100, 24, typed)
		if i := strings.IndexFunc(m.screen(), func(r rune) bool { return r > 0x7f }); i >= 0 {
			t.Errorf("%q: %q", typed, m.screen()[i:i+4])
		}
	}
}

// Whatever the size of the terminal, nothing is drawn outside it, and no key press ends the program.
func TestEverySize(t *testing.T) {
	r := lake(t, 3)
	for _, width := range []int{1, 2, 5, 12, 31, 32, 59, 60, 75, 76, 99, 100, 200} {
		for _, height := range []int{1, 2, 4, 5, 24} {
			for _, typed := range []string{"<end>", "<enter>x<enter><down><enter>", "?<end>", "/a", "/zz<enter><enter>", "v<pgdown><end>"} {
				screenOf(t, browse(t, r, Options{}, width, height, typed))
			}
		}
	}
}

// A key may hold anything: it is shown, and does nothing. A search finds it as it is shown.
func TestHostileNames(t *testing.T) {
	names := []string{
		"\x1b[2J\x1b[H", "a\nb", "a\rb", "\u202egpj", "\x9b31m", "\xff\xfe", "zero\u200bwidth", "line\u2028end", "日本語の名前=とても長い値段", "<script>", "",
		strings.Repeat("long", 300), "back\\slash", "a=b=c", "..", "\u0085", "\x7f",
	}
	c := stats.NewCollector(stats.Options{})
	for _, name := range names {
		c.Add([]lister.Object{{Key: "k=" + name + "/j=1/f.json", Size: 5}, {Key: "k=" + name + "/f.json", Size: 5}})
	}
	r := reportOf(c.Profile())
	r.Target.URI = "s3://\x1b]0;owned\x07/"
	r.Complete = false
	r.Incomplete = []advisor.Missing{{After: "\x1b[31m", Cause: "\x1b[2J"}}
	for _, width := range []int{20, 40, 80} {
		m := browse(t, r, Options{}, width, 40, "")
		for i := range m.shown.rows {
			m.move(i)
			screenOf(t, m)
			drive(m, keys("<enter>")...)
			screenOf(t, m)
			drive(m, keys("<enter>")...)
			screenOf(t, m)
			drive(m, keys("<esc><esc><esc>")...)
		}
	}
	m := browse(t, r, Options{}, 80, 24, "/\\x1b[2J")
	if len(m.shown.rows) == 0 || !strings.Contains(screenOf(t, m), `\x1b[2J`) {
		t.Errorf("a name is not found as it is shown:\n%s", screenOf(t, m))
	}
	drive(m, tea.PasteMsg{Content: "\x1b[31m\n"})
	screenOf(t, m)
}

// Colours are SGR, and the report in the browser is the report.
func TestReportPane(t *testing.T) {
	r := lake(t, 100)
	r.Engine.Name = "glue-5.1"
	m := browse(t, r, Options{}, 80, 24, "v")
	if got := screenOf(t, m); !strings.Contains(got, "s3://lake/events/") || !strings.Contains(got, "494 files") {
		t.Error(got)
	}
	drive(m, keys("<end>")...)
	if m.scroll != len(m.lines)-20 || m.scroll <= 0 {
		t.Errorf("scrolled to %d of %d", m.scroll, len(m.lines))
	}
	drive(m, keys("q")...)
	if m.pane != directoryPane || m.left {
		t.Error("q in the report leaves the browser")
	}
}

// live is a listing that goes on.
type live struct{ partitions []stats.PartitionTotals }

func (l *live) EachPartition(yield func(stats.PartitionTotals) bool) {
	for _, p := range l.partitions {
		if !yield(p) {
			return
		}
	}
}
func (l *live) Progress() string {
	return fmt.Sprintf("%d objects · 1 in flight · 0:01", len(l.partitions))
}

// While a listing goes on counts grow, the cursor stays on its row, and all is marked.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &live{}
		m := New("s3://lake/events/", source, nil, Options{})
		finish(m, m.Init())
		golden(t, "live-0", screenOf(t, m))
		source.partitions = []stats.PartitionTotals{{Path: "dt=1", Objects: 10, Bytes: 10}, {Path: "dt=2", Objects: 5, Bytes: 5 << 20, Small: 5}, {Path: "dt=3/h=1", Objects: 1, Bytes: 1, Small: 1}}
		drive(m, tick(time.Now()))
		drive(m, keys("<down>")...)
		golden(t, "live-1", screenOf(t, m))
		source.partitions[2].Bytes = 1 << 30
		drive(m, tick(time.Now()))
		golden(t, "live-2", screenOf(t, m))
		if name := m.shown.rows[m.cursor].name; name != "dt=1" {
			t.Errorf("the cursor went to %q", name)
		}
		drive(m, keys("v")...)
		if !strings.Contains(screenOf(t, m), "when the listing ends") {
			t.Error(screenOf(t, m))
		}
		drive(m, keys("q<enter>")...)
		if !strings.Contains(screenOf(t, m), "known when the listing ends") {
			t.Error(screenOf(t, m))
		}
		drive(m, Listed{lake(t, 100)}, keys("q")[0])
		if got := screenOf(t, m); strings.Contains(got, "~") || !strings.Contains(got, "complete") {
			t.Error(got)
		}
	})
}

// A look takes a twentieth of the time at most, and ticks come one at a time.
func TestLooksAreRare(t *testing.T) {
	m := New("s3://lake/", &live{}, nil, Options{})
	now := time.Unix(1000, 0)
	m.Init()
	if cmd := m.answered(looked{listing{query: m.query}, time.Second, now}); cmd == nil {
		t.Fatal("no tick")
	}
	if m.ticked(now.Add(19 * time.Second)); m.looking {
		t.Error("it looks again after 19 s, where a look takes 1 s")
	}
	if m.ticked(now.Add(20 * time.Second)); !m.looking {
		t.Error("it does not look again after 20 s")
	}
	if m.wait() != nil {
		t.Error("two ticks are on their way")
	}
}

// What is asked for while a look is under way is looked for when it ends, and an answer to something else is dropped.
func TestOneLookAtATime(t *testing.T) {
	m := browse(t, lake(t, 100), Options{}, 80, 24, "")
	_, first := m.Update(keys("<enter>")[0])
	if _, second := m.Update(keys("n")[0]); second != nil {
		t.Fatal("two looks at a time")
	}
	if _, cmd := m.Update(keys("<enter>")[0]); cmd != nil || m.pane != directoryPane {
		t.Error("a row is opened that is not of the directory any more")
	}
	if got := screenOf(t, m); !strings.Contains(got, "looking") || strings.Contains(got, "28.3 GiB") {
		t.Errorf("the rows of another directory are shown:\n%s", got)
	}
	finish(m, first)
	if m.shown.path != "year=2026" || m.shown.by != byName || m.looking {
		t.Errorf("%+v", m.shown.query)
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		n, median int64
		want      string
	}{{0, 0, "–"}, {5, 0, "–"}, {1, 21, "<0.1"}, {1, 20, "0.1"}, {5, 5, "1.0"}, {994, 100, "9.9"}, {995, 100, "10"}, {1234, 1, "1,234"}, {math.MaxInt64, 1, "9e+18"}} {
		if got := times(c.n, c.median); got != c.want {
			t.Errorf("times(%d, %d) = %q, want %q", c.n, c.median, got, c.want)
		}
	}
}
