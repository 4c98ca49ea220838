package explore

import (
	"cmp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/stats"
)

// Options are how a browser is shown.
type Options struct {
	// ASCII leaves out what is not ASCII in what the browser draws by itself; names of directories stay as they are.
	ASCII bool
}

// Listed says that the listing has ended, and what it found.
type Listed struct{ Report *advisor.Report }

// pane is what the screen shows.
type pane int

const (
	directoryPane pane = iota
	partitionPane
	reportPane
	helpPane
)

// A Model is the state of the browser, as Bubble Tea has it: messages in, a screen out.
type Model struct {
	options Options
	uri     string
	source  Source
	report  *advisor.Report // nil while the listing goes on

	query   query
	shown   *listing // nil before the first look
	cursor  int
	top     int
	opened  []string // names that were gone into, to stand there on the way back
	stand   string   // the name to stand on after the next look
	looking bool     // a look is under way
	again   bool     // and its answer is not wanted any more
	ticking bool
	due     time.Time // when to look again, while a listing goes on
	typing  bool      // into query.filter
	left    bool      // the reader has left: nothing is drawn any more

	pane          pane
	lines         []string // of a pane of text
	scroll        int
	described     map[string]*stats.Partition // those of the report, by their paths
	reportPath    string                      // of the partition in the partition pane
	width, height int
}

// looked is the answer of a look.
type looked struct {
	listing listing
	took    time.Duration
	at      time.Time
}

// tick is the time to draw again, while a listing goes on.
type tick time.Time

// refresh is how often the screen changes while a listing goes on. A look holds up the listing, and takes at most a
// looksEvery-th of the time.
const (
	refresh    = 250 * time.Millisecond
	looksEvery = 20
)

// New returns the browser of a report, or, where report is nil, of a listing that goes on: Listed ends it.
func New(uri string, source Source, report *advisor.Report, o Options) *Model {
	m := &Model{options: o, uri: uri, source: source, width: 80, height: 24, query: query{limit: maxRows}}
	if report != nil {
		m.take(report)
	}
	return m
}

// take makes a report what is looked at.
func (m *Model) take(r *advisor.Report) {
	m.report, m.source = r, saved{r.Profile}
	m.described = make(map[string]*stats.Partition, len(r.Profile.Partitions))
	for i := range r.Profile.Partitions {
		p := &r.Profile.Partitions[i]
		m.described[p.Path] = p
	}
}

// saved is a profile as a source.
type saved struct{ profile *stats.Profile }

func (s saved) EachPartition(yield func(stats.PartitionTotals) bool) { s.profile.EachPartition(yield) }
func (s saved) Progress() string                                     { return "" }

// Init looks at the target.
func (m *Model) Init() tea.Cmd { return m.look() }

// look asks the source in a goroutine of its own. There is one look at a time: what is asked for in between is asked for
// again when it ends.
func (m *Model) look() tea.Cmd {
	if m.looking {
		m.again = true
		return nil
	}
	m.looking, m.again = true, false
	q, source := m.query, m.source
	return func() tea.Msg {
		begun := time.Now()
		l := look(q, source.EachPartition)
		return looked{l, time.Since(begun), time.Now()}
	}
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.resized()
	case looked:
		return m, m.answered(msg)
	case tick:
		return m, m.ticked(time.Time(msg))
	case Listed:
		m.take(msg.Report)
		if m.pane == partitionPane {
			m.lines = m.partitionLines()
		}
		return m, m.look()
	case tea.KeyPressMsg:
		return m, m.pressed(msg)
	case tea.PasteMsg:
		if m.typing {
			return m, m.search(m.query.filter + msg.Content)
		}
	}
	return m, nil
}

// answered shows what a look found, unless something else is wanted by now.
func (m *Model) answered(l looked) tea.Cmd {
	m.looking = false
	if l.listing.query == m.query {
		name := m.stand
		if m.shown != nil && name == "" && m.shown.path == l.listing.path && m.cursor < len(m.shown.rows) && m.cursor > 0 {
			name = m.shown.rows[m.cursor].name // rows move while a listing goes on: stay on the same one
		}
		m.shown, m.stand = &l.listing, ""
		m.standOn(name)
		if m.pane == partitionPane {
			m.lines = m.partitionLines()
		}
	}
	if m.again {
		return m.look()
	}
	if m.report == nil {
		m.due = l.at.Add(looksEvery * l.took)
		return m.wait()
	}
	return nil
}

// wait sends the next tick, unless one is on its way.
func (m *Model) wait() tea.Cmd {
	if m.ticking {
		return nil
	}
	m.ticking = true
	return tea.Tick(refresh, func(now time.Time) tea.Msg { return tick(now) })
}

// ticked draws how far the listing has come, and looks again where it is time.
func (m *Model) ticked(now time.Time) tea.Cmd {
	m.ticking = false
	switch {
	case m.report != nil:
		return nil
	case now.Before(m.due):
		return m.wait()
	}
	return tea.Batch(m.look(), m.wait())
}

// standOn moves the cursor to the row of a name, where there is one.
func (m *Model) standOn(name string) {
	for i, r := range m.shown.rows {
		if name != "" && r.name == name {
			m.move(i)
			return
		}
	}
	m.move(m.cursor)
}

// move puts the cursor on a row, and the screen where the cursor is seen.
func (m *Model) move(to int) {
	if m.shown == nil {
		return
	}
	m.cursor = max(min(to, len(m.shown.rows)-1), 0)
	n := m.rowsOnScreen()
	m.top = max(min(m.top, m.cursor, len(m.shown.rows)-n), m.cursor-n+1, 0)
}

func (m *Model) resized() {
	m.move(m.cursor)
	switch m.pane {
	case partitionPane:
		m.lines = m.partitionLines()
	case reportPane:
		m.lines = m.reportLines()
	case helpPane:
		m.lines = m.helpLines()
	}
	m.scrollTo(m.scroll)
}

func (m *Model) pressed(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	switch {
	case key == "ctrl+c":
		m.left = true
		return tea.Quit
	case m.typing:
		return m.typed(k)
	case m.pane != directoryPane:
		return m.pressedInText(key)
	}
	switch key {
	case "q":
		m.left = true
		return tea.Quit
	case "up", "k":
		m.move(m.cursor - 1)
	case "down", "j":
		m.move(m.cursor + 1)
	case "pgup", "ctrl+b":
		m.move(m.cursor - m.rowsOnScreen())
	case "pgdown", "space", "ctrl+f":
		m.move(m.cursor + m.rowsOnScreen())
	case "home", "g":
		m.move(0)
	case "end", "G":
		m.move(maxRows)
	case "enter", "right", "l":
		return m.open()
	case "left", "h", "backspace":
		return m.back()
	case "esc":
		if m.query.filter != "" {
			return m.search("")
		}
		return m.back()
	case "/":
		m.typing = true
	case "v":
		m.show(reportPane, m.reportLines())
	case "?":
		m.show(helpPane, m.helpLines())
	default:
		return m.sort(key)
	}
	return nil
}

// sortKeys are the keys that sort, as the titles of the columns show them.
var sortKeys = map[string]column{"b": byBytes, "f": byFiles, "s": bySmall, "m": byMean, "x": bySkew, "n": byName}

// sort orders by a column; by the same one again, the other way round.
func (m *Model) sort(key string) tea.Cmd {
	by, ok := sortKeys[key]
	if !ok {
		return nil
	}
	m.query.reverse = by == m.query.by && !m.query.reverse
	m.query.by = by
	m.cursor, m.top = 0, 0
	return m.look()
}

// typed adds to the search.
func (m *Model) typed(k tea.KeyPressMsg) tea.Cmd {
	switch key := k.String(); {
	case key == "enter" || key == "down" || key == "up":
		m.typing = false
	case key == "esc":
		m.typing = false
		return m.search("")
	case key == "backspace" && m.query.filter == "":
		m.typing = false
	case key == "backspace":
		text := []rune(m.query.filter)
		return m.search(string(text[:len(text)-1]))
	case key == "ctrl+u":
		return m.search("")
	case k.Text != "":
		return m.search(m.query.filter + k.Text)
	}
	return nil
}

// longestSearch is in characters: no longer text is in a key.
const longestSearch = 1024

func (m *Model) search(text string) tea.Cmd {
	if text == m.query.filter || len(text) > longestSearch {
		return nil
	}
	m.query.filter = text
	m.cursor, m.top = 0, 0
	return m.look()
}

// open goes into the row that the cursor is on.
func (m *Model) open() tea.Cmd {
	if m.shown == nil || m.cursor >= len(m.shown.rows) || m.shown.query != m.query {
		return nil
	}
	r := m.shown.rows[m.cursor]
	if r.leaf {
		m.reportPath = join(m.query.path, r.name)
		m.show(partitionPane, m.partitionLines())
		return nil
	}
	m.opened = append(m.opened, r.name)
	return m.goTo(join(m.query.path, r.name), "")
}

// back goes to the directory above, and stands where it was opened.
func (m *Model) back() tea.Cmd {
	if len(m.opened) == 0 {
		return nil
	}
	name := m.opened[len(m.opened)-1]
	m.opened = m.opened[:len(m.opened)-1]
	return m.goTo(strings.TrimSuffix(strings.TrimSuffix(m.query.path, name), "/"), name)
}

func (m *Model) goTo(path, stand string) tea.Cmd {
	m.query.path, m.query.filter = path, ""
	m.cursor, m.top, m.stand = 0, 0, stand
	return m.look()
}

func join(dir, name string) string {
	if dir == "" || name == "" {
		return cmp.Or(dir, name)
	}
	return dir + "/" + name
}

func (m *Model) show(p pane, lines []string) { m.pane, m.lines, m.scroll = p, lines, 0 }

// pressedInText moves in a pane of text, or leaves it.
func (m *Model) pressedInText(key string) tea.Cmd {
	page := max(m.height-4, 1)
	switch key {
	case "up", "k":
		m.scrollTo(m.scroll - 1)
	case "down", "j":
		m.scrollTo(m.scroll + 1)
	case "pgup", "ctrl+b":
		m.scrollTo(m.scroll - page)
	case "pgdown", "space", "ctrl+f":
		m.scrollTo(m.scroll + page)
	case "home", "g":
		m.scrollTo(0)
	case "end", "G":
		m.scrollTo(len(m.lines))
	case "q", "esc", "left", "h", "backspace", "enter", "v", "?":
		m.pane = directoryPane
	}
	return nil
}

func (m *Model) scrollTo(line int) {
	m.scroll = max(min(line, len(m.lines)-max(m.height-4, 1)), 0)
}

// reportLines is the report as text.
func (m *Model) reportLines() []string {
	if m.report == nil {
		return []string{"The report is made when the listing ends."}
	}
	var b strings.Builder
	if err := render.Text(&b, m.report, render.Options{Width: max(m.width, 40)}); err != nil {
		return []string{render.Printable(err.Error())}
	}
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}
