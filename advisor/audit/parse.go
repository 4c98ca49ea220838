package audit

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"s3layout/advisor"
)

// A Setting is a flag of profile that a target may set, under the flag's name with _ for -.
type Setting struct {
	Name string
	// Kind is text, list, integer, number or boolean.
	Kind string
	Doc  string
}

// Known is what a file may speak of.
type Known struct {
	Settings []Setting
	Rules    []*advisor.Rule
	// Formats are those that outputs may have.
	Formats []string
}

// Parse reads a policy file; file is its name, for messages. It may be anybody's. The error is a *FileError with all that is
// wrong: unknown keys, values of another kind, names that are there twice.
func Parse(file string, b []byte, known Known) (*Config, error) {
	p := &parser{reader: reader{file: file}, known: known, config: &Config{FailOn: string(Error), Gate: "new"}}
	p.config.Defaults = Target{Settings: map[string][]string{}, FailOnEmpty: true, Policy: Policy{Findings: DefaultFindings, Metrics: map[string]Limits{}, Rules: map[string]Severities{}}}
	if top := p.document(b); top != nil && len(p.problems) == 0 {
		p.top(top)
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.config, nil
}

type parser struct {
	reader
	known  Known
	config *Config
}

var topKeys = []string{"version", "defaults", "targets", "suppress", "history", "outputs", "fail_on", "gate"}

func (p *parser) top(n *yaml.Node) {
	values := map[string]*yaml.Node{}
	for _, at := range p.pairs(n, 0) {
		if !slices.Contains(topKeys, at.key.Value) {
			p.unknown(at.key, "key", topKeys)
		}
		values[at.key.Value] = at.value
	}
	switch v := values["version"]; {
	case v == nil:
		p.fail(n, "version is missing: write version: 1")
	case v.Value != "1" || v.ShortTag() != "!!int":
		p.fail(v, "version is %q, and this program reads 1", v.Value)
	}
	if d := values["defaults"]; d != nil && !isNull(d) {
		p.target(d, &p.config.Defaults, false)
	}
	if values["targets"] == nil {
		p.fail(n, "targets are missing")
		return
	}
	p.targets(values["targets"])
	p.suppressions(values["suppress"])
	p.history(values["history"])
	p.outputs(values["outputs"])
	p.config.FailOn = p.choice(values["fail_on"], "fail_on", p.config.FailOn, string(Error), string(Warn), "never")
	p.config.Gate = p.choice(values["gate"], "gate", p.config.Gate, "new", "all")
}

// choice is one of a few words; def where there is none.
func (p *parser) choice(n *yaml.Node, what, def string, words ...string) string {
	if n == nil || isNull(n) {
		return def
	}
	if text := p.text(n, what); slices.Contains(words, text) {
		return text
	}
	p.fail(n, "%s is %q: it is %s", what, n.Value, strings.Join(words, " or "))
	return def
}

func (p *parser) targets(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.fail(n, "targets must be a list with one target at least")
		return
	}
	names := map[string]int{}
	for _, item := range p.items(n) {
		t := p.config.Defaults
		t.Settings, t.Policy = maps.Clone(t.Settings), t.Policy.clone()
		t.Line = item.Line
		before := len(p.problems)
		p.target(item, &t, true)
		if t.URI == "" && len(p.problems) == before {
			p.fail(item, "the target has no uri")
		}
		if t.Name == "" {
			t.Name = nameOf(t.URI)
		}
		p.name(item, t.Name, names)
		p.config.Targets = append(p.config.Targets, t)
	}
}

var (
	targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	// A name is a file's name in the history, on Windows, too.
	reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$`)
	notName  = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
)

// nameOf makes a name of a URI.
func nameOf(uri string) string {
	_, rest, found := strings.Cut(uri, "://")
	if !found {
		rest = uri
	}
	name := strings.Trim(notName.ReplaceAllString(rest, "-"), "-._")
	if len(name) > 100 {
		name = strings.Trim(name[len(name)-100:], "-._")
	}
	return name
}

func (p *parser) name(n *yaml.Node, name string, seen map[string]int) {
	lower := strings.ToLower(name)
	switch {
	case name == "":
	case !targetName.MatchString(name) || strings.HasSuffix(name, ".") || reserved.MatchString(name):
		p.fail(n, "the name %q: it is letters, digits, '.', '_' and '-', 100 at most, as a file may be called", name)
	case seen[lower] > 0:
		p.fail(n, "the name %q is that of line %d, too: give one of them another name", name, seen[lower])
	default:
		seen[lower] = n.Line
	}
}

// target reads a target, or the defaults, over what is inherited.
func (p *parser) target(n *yaml.Node, t *Target, named bool) {
	keys := []string{"owner", "tags", "policy", "fail_on_empty"}
	if named {
		keys = append([]string{"name", "uri"}, keys...)
	}
	for _, s := range p.known.Settings {
		keys = append(keys, s.Name)
	}
	for _, at := range p.pairs(n, 0) {
		switch key := at.key.Value; {
		case !slices.Contains(keys, key):
			p.unknown(at.key, "key", keys)
		case key == "name":
			t.Name = p.text(at.value, "name")
		case key == "uri":
			if t.URI = p.text(at.value, "uri"); t.URI == "" && !isNull(at.value) {
				p.fail(at.value, "uri is empty")
			}
		case key == "owner":
			t.Owner = p.textOrNull(at.value, "owner")
		case key == "tags":
			t.Tags = p.texts(at.value, "a tag")
		case key == "policy":
			p.policy(at.value, &t.Policy)
		case key == "fail_on_empty":
			t.FailOnEmpty = p.boolean(at.value, key)
		default:
			p.setting(at, t.Settings)
		}
	}
}

func (p *parser) textOrNull(n *yaml.Node, what string) string {
	if isNull(n) {
		return ""
	}
	return p.text(n, what)
}

func (p *parser) boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		p.fail(n, "%s must be true or false, not %s", what, kindOf(n))
		return false
	}
	v, _ := strconv.ParseBool(strings.ToLower(n.Value))
	return v
}

// setting reads a flag's value; null, and auto for a number, is the flag's own default.
func (p *parser) setting(at pair, into map[string][]string) {
	name := at.key.Value
	kind := p.known.Settings[slices.IndexFunc(p.known.Settings, func(s Setting) bool { return s.Name == name })].Kind
	tag := at.value.ShortTag()
	switch {
	case isNull(at.value), kind == "integer" && at.value.Value == "auto":
		delete(into, name)
	case kind == "list":
		into[name] = p.texts(at.value, name)
	case kind == "boolean":
		into[name] = []string{strconv.FormatBool(p.boolean(at.value, name))}
	case kind == "integer" && tag != "!!int", kind == "number" && tag != "!!int" && tag != "!!float":
		p.fail(at.value, "%s must be a number, not %s", name, kindOf(at.value))
	default:
		into[name] = []string{p.text(at.value, name)}
	}
}

func (p *parser) suppressions(n *yaml.Node) {
	if n == nil || isNull(n) {
		return
	}
	for _, item := range p.items(n) {
		s := Suppression{Line: item.Line}
		for _, at := range p.pairs(item, 0) {
			switch key := at.key.Value; key {
			case "rule":
				s.Rule = p.ruleOrMetric(at.value)
			case "target":
				s.Target = p.pattern(at.value, key)
			case "partition":
				s.Partition = p.pattern(at.value, key)
			case "reason":
				s.Reason = p.text(at.value, key)
			case "expires":
				s.Expires = p.date(at.value)
			default:
				p.unknown(at.key, "key", []string{"rule", "target", "partition", "reason", "expires"})
			}
		}
		if s.Rule == "" {
			p.fail(item, "a suppression needs a rule, or a metric's name")
		}
		if strings.TrimSpace(s.Reason) == "" {
			p.fail(item, "a suppression needs a reason")
		}
		if s.Target != "" && !slices.ContainsFunc(p.config.Targets, func(t Target) bool { return Matches(s.Target, t.Name) }) {
			p.fail(item, "no target is called %q; its name was perhaps meant: %s", s.Target, cmpOr(Nearest(s.Target, p.names()), "see targets"))
		}
		p.config.Suppressions = append(p.config.Suppressions, s)
	}
}

func cmpOr(a, b string) string {
	if a != "" {
		return strconv.Quote(a)
	}
	return b
}

func (p *parser) names() []string {
	var out []string
	for _, t := range p.config.Targets {
		out = append(out, t.Name)
	}
	return out
}

func (p *parser) pattern(n *yaml.Node, what string) string {
	text := p.text(n, what)
	if _, err := path.Match(text, ""); err != nil {
		p.fail(n, "%s is %q: it is a pattern with * and ?", what, text)
	}
	return text
}

// Matches reports whether a name is one that a pattern means; * stands for / too.
func Matches(pattern, name string) bool {
	ok, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return ok
}

func (p *parser) date(n *yaml.Node) time.Time {
	text := p.text(n, "expires")
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		p.fail(n, "expires is %q: it is a day, such as 2027-06-30", text)
	}
	return t
}

var historyKeys = []string{"path", "keep_runs", "keep_for"}

func (p *parser) history(n *yaml.Node) {
	h := &p.config.History
	switch {
	case n == nil || isNull(n):
		return
	case n.Kind == yaml.ScalarNode:
		h.Path, h.Line = p.text(n, "history"), n.Line
		return
	}
	h.Line = n.Line
	for _, at := range p.pairs(n, 0) {
		switch key := at.key.Value; key {
		case "path":
			h.Path = p.text(at.value, "path")
		case "keep_runs":
			runs, err := strconv.Atoi(at.value.Value)
			if err != nil || runs < 1 {
				p.fail(at.value, "keep_runs is %q: it is a number from 1", at.value.Value)
			}
			h.KeepRuns = runs
		case "keep_for":
			seconds, err := ParseSeconds(at.value.Value)
			if err != nil || seconds <= 0 {
				p.fail(at.value, "keep_for is %q: it is a time, such as 90d", at.value.Value)
			}
			h.KeepFor = time.Duration(seconds * float64(time.Second))
		default:
			p.unknown(at.key, "key", historyKeys)
		}
	}
	if h.Path == "" {
		p.fail(n, "history needs a path: a directory, or s3://bucket/prefix/")
	}
	if strings.Contains(h.Path, "://") && (h.KeepRuns > 0 || h.KeepFor > 0) {
		p.fail(n, "keep_runs and keep_for are for a directory: on S3 nothing is deleted; give the prefix a lifecycle rule")
	}
}

func (p *parser) outputs(n *yaml.Node) {
	if n == nil || isNull(n) {
		return
	}
	for _, at := range p.pairs(n, 0) {
		if !slices.Contains(p.known.Formats, at.key.Value) {
			p.unknown(at.key, "format", p.known.Formats)
			continue
		}
		if file := p.text(at.value, at.key.Value); file != "" {
			p.config.Outputs = append(p.config.Outputs, Output{at.key.Value, file, at.key.Line})
		} else {
			p.fail(at.value, "%s needs a file", at.key.Value)
		}
	}
}

func (p *parser) ruleOrMetric(n *yaml.Node) string {
	text := p.text(n, "rule")
	if _, ok := advisor.FindMetric(text); ok || text == "" {
		return text
	}
	if id, ok := p.ruleID(text); ok {
		return id
	}
	p.unknown(n, "rule", p.checks())
	return text
}

// ruleID is the ID of a rule that may be spelled with _ for -.
func (p *parser) ruleID(name string) (string, bool) {
	for _, r := range p.known.Rules {
		if r.ID == strings.ReplaceAll(name, "_", "-") {
			return r.ID, true
		}
	}
	return "", false
}

// checks are the names of metrics and rules.
func (p *parser) checks() []string {
	var out []string
	for _, m := range advisor.Metrics {
		out = append(out, m.Name)
	}
	for _, r := range p.known.Rules {
		out = append(out, r.ID)
	}
	return out
}

var seconds = map[string]float64{"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

// ParseSeconds reads a time as people write it: 26h, 2d, 90m, 1w, 30; a number alone is seconds.
func ParseSeconds(s string) (float64, error) {
	end := strings.LastIndexAny(s, "0123456789.") + 1
	unit, ok := seconds[strings.TrimSpace(s[end:])]
	x, err := strconv.ParseFloat(s[:end], 64)
	if !ok || err != nil || strings.Trim(s[:end], "0123456789.") != "" || x > 1e10 {
		return 0, fmt.Errorf("it is a time, such as 26h or 2d")
	}
	return x * unit, nil
}
