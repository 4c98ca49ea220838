package audit

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"s3layout/advisor"
)

func (p Policy) clone() Policy {
	p.Metrics, p.Rules = maps.Clone(p.Metrics), maps.Clone(p.Rules)
	return p
}

// policy reads a policy over the one that is inherited: key by key, and threshold by threshold. null takes away.
func (p *parser) policy(n *yaml.Node, into *Policy) {
	if isNull(n) {
		*into = Policy{Metrics: map[string]Limits{}, Rules: map[string]Severities{}}
		return
	}
	for _, at := range p.pairs(n, 0) {
		name := at.key.Value
		metric, isMetric := advisor.FindMetric(name)
		id, isRule := p.ruleID(name)
		switch {
		case name == "small_file_bytes":
			p.smallBytes(at.value, into)
		case name == "findings":
			into.Findings = p.severities(at.value, into.Findings)
		case isMetric && isNull(at.value):
			delete(into.Metrics, name)
		case isMetric:
			into.Metrics[name] = p.limits(at.value, metric, into.Metrics[name])
		case isRule && (isNull(at.value) || at.value.ShortTag() == "!!bool" && !p.boolean(at.value, name)):
			into.Rules[id] = Severities{}
		case isRule:
			into.Rules[id] = p.severities(at.value, into.Rules[id])
		default:
			p.unknown(at.key, "metric or rule", append(p.checks(), "small_file_bytes", "findings"))
		}
	}
}

func (p *parser) smallBytes(n *yaml.Node, into *Policy) {
	if isNull(n) {
		into.SmallBytes = 0
		return
	}
	size, err := advisor.ParseSize(n.Value)
	if err != nil || size < 1 {
		p.fail(n, "small_file_bytes is %q: it is a size, such as 32MiB", n.Value)
	}
	into.SmallBytes = size
}

var limitKeys = []string{"warn", "error", "warn_below", "error_below", "max_increase"}

func (p *parser) limits(n *yaml.Node, m advisor.Metric, l Limits) Limits {
	for _, at := range p.pairs(n, 0) {
		switch at.key.Value {
		case "warn":
			l.Warn = p.threshold(at.value, m)
		case "error":
			l.Error = p.threshold(at.value, m)
		case "warn_below":
			l.WarnBelow = p.threshold(at.value, m)
		case "error_below":
			l.ErrorBelow = p.threshold(at.value, m)
		case "max_increase":
			l.Increase = p.increase(at.value, m)
		default:
			p.unknown(at.key, "key", limitKeys)
		}
	}
	return l
}

// threshold is nil for null.
func (p *parser) threshold(n *yaml.Node, m advisor.Metric) *float64 {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.ScalarNode {
		p.fail(n, "a threshold of %s must be a number, not %s", m.Name, kindOf(n))
		return nil
	}
	x, err := parseValue(n.Value, m.Unit)
	if err != nil {
		p.fail(n, "a threshold of %s is %q: %v", m.Name, n.Value, err)
		return nil
	}
	return &x
}

// parseValue reads a figure of a unit.
func parseValue(s, unit string) (float64, error) {
	switch unit {
	case advisor.UnitBytes:
		n, err := advisor.ParseSize(s)
		return float64(n), err
	case advisor.UnitSeconds:
		return ParseSeconds(s)
	case advisor.UnitRatio:
		if text, percent := strings.CutSuffix(s, "%"); percent {
			x, err := parseNumber(strings.TrimSpace(text), "it is a share, such as 0.2 or 20%")
			return x / 100, err
		}
		return parseNumber(s, "it is a number, such as 0.2 or 20%")
	}
	return parseNumber(strings.ReplaceAll(s, "_", ""), "it is a number, such as 1000")
}

func parseNumber(s, hint string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		return 0, errors.New(hint)
	}
	return x, nil
}

var increaseKeys = []string{"pct", "abs", "state"}

func (p *parser) increase(n *yaml.Node, m advisor.Metric) *Increase {
	if isNull(n) {
		return nil
	}
	out := &Increase{State: Error}
	for _, at := range p.pairs(n, 0) {
		switch at.key.Value {
		case "pct":
			x, err := parseNumber(strings.TrimSuffix(at.value.Value, "%"), "it is a number of percent, such as 20")
			if err != nil {
				p.fail(at.value, "pct is %q: %v", at.value.Value, err)
			}
			out.Ratio = x / 100
		case "abs":
			if x := p.threshold(at.value, m); x != nil {
				out.Abs = *x
			}
		case "state":
			out.State = State(p.choice(at.value, "state", string(Error), string(Error), string(Warn)))
		default:
			p.unknown(at.key, "key", increaseKeys)
		}
	}
	return out
}

// severities reads warn or error, for a finding of any severity, or a mapping of warn and error to the least severity.
func (p *parser) severities(n *yaml.Node, s Severities) Severities {
	if isNull(n) {
		return Severities{}
	}
	if n.Kind == yaml.ScalarNode {
		switch p.choice(n, "a rule", "", string(Warn), string(Error)) {
		case string(Warn):
			return Severities{Warn: advisor.Info}
		case string(Error):
			return Severities{Error: advisor.Info}
		}
		return s
	}
	for _, at := range p.pairs(n, 0) {
		switch at.key.Value {
		case "warn":
			s.Warn = p.severity(at.value)
		case "error":
			s.Error = p.severity(at.value)
		default:
			p.unknown(at.key, "key", []string{"warn", "error"})
		}
	}
	return s
}

// severity is the least severity: true is any, null and false none.
func (p *parser) severity(n *yaml.Node) advisor.Severity {
	switch {
	case isNull(n):
		return ""
	case n.ShortTag() == "!!bool":
		if p.boolean(n, "a severity") {
			return advisor.Info
		}
		return ""
	}
	words := []string{string(advisor.Info), string(advisor.Warning), string(advisor.Critical)}
	if text := p.text(n, "a severity"); slices.Contains(words, text) {
		return advisor.Severity(text)
	}
	p.fail(n, "a severity is %q: it is %s, or true for any", n.Value, strings.Join(words, ", "))
	return ""
}
