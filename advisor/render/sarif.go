package render

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"s3layout/advisor"
)

// SARIF writes findings as SARIF 2.1.0, for code scanning. Source: OASIS, sarif-v2.1.0-errata01.
func SARIF(w io.Writer, r *advisor.Report, o Options) error {
	return writeSARIF(w, []alerts{alertsOf(r)}, r.Tool, o.Rules)
}

// maxResults is the most that GitHub takes of one run; the worst come first.
// Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
const maxResults = 5000

// alerts are the findings of one target, and what became of its run.
type alerts struct {
	// target and uri are printable; file and line are where the target is written down, if anywhere.
	target, uri string
	file        string
	line        int
	findings    []alert
	// problems say why the run is not complete, empty where it is.
	problems []string
	seconds  float64
}

// An alert is one finding, as other tools show it.
type alert struct {
	rule, title, why, do string
	severity             advisor.Severity
	fingerprint          string
	// baseline is new, unchanged, updated or absent; "" where there is nothing to compare with.
	baseline string
	// suppressed is the reason why it is passed over, "" where it is not.
	suppressed string
	sources    []advisor.Source
}

func alertsOf(r *advisor.Report) alerts {
	out := alerts{target: clean(Printable(r.Target.URI)), uri: clean(Printable(r.Target.URI)), seconds: r.Run.Seconds}
	for _, a := range r.Advice {
		out.findings = append(out.findings, alertOf(r.Target, a))
	}
	if !r.Complete {
		out.problems = append(out.problems, "the listing is incomplete: every count is a lower bound")
		for _, m := range r.Incomplete {
			out.problems = append(out.problems, clean("missing "+span(m)+": "+Printable(m.Cause)))
		}
	}
	return out
}

func alertOf(t advisor.Target, a advisor.Advice) alert {
	return alert{
		rule: clean(a.Rule), title: clean(a.Title), why: clean(a.Why), do: clean(a.Do), severity: a.Severity,
		fingerprint: advisor.Fingerprint(t, a.Rule), sources: a.Sources,
	}
}

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Version         string      `json:"version"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string         `json:"id"`
		Short   sarifText      `json:"shortDescription"`
		Full    *sarifText     `json:"fullDescription,omitempty"`
		Help    *sarifText     `json:"help,omitempty"`
		HelpURI string         `json:"helpUri,omitempty"`
		Props   map[string]any `json:"properties,omitempty"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

func writeSARIF(w io.Writer, targets []alerts, tool advisor.Tool, rules []*advisor.Rule) error {
	driver := sarifDriver{Name: clean(tool.Name), Version: clean(tool.Version), Rules: sarifRules(targets, rules)}
	run := sarifRun{Tool: sarifTool{driver}, Results: []sarifResult{}, ColumnKind: "unicodeCodePoints"}
	invocation := sarifInvocation{Successful: true}
	for _, t := range targets {
		for _, p := range t.problems {
			invocation.Successful = false
			invocation.Notifications = append(invocation.Notifications, sarifNotification{"error", sarifText{Text: p}, []sarifLocation{t.location()}})
		}
		for _, f := range t.findings {
			run.Results = append(run.Results, t.result(f, driver.Rules))
		}
	}
	if over := len(run.Results) - maxResults; over > 0 {
		run.Results = cutResults(run.Results)
		invocation.Notifications = append(invocation.Notifications, sarifNotification{Level: "warning", Message: sarifText{
			Text: fmt.Sprintf("%d results of %d are left out: code scanning takes no more than %d", over, over+maxResults, maxResults)}})
	}
	run.Invocations = []sarifInvocation{invocation}
	b, err := json.MarshalIndent(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode SARIF: %w", err)
	}
	_, err = w.Write(append(escapeUnprintable(b), '\n'))
	return err
}

// cutResults keeps the worst.
func cutResults(results []sarifResult) []sarifResult {
	var out []sarifResult
	for _, level := range []string{"error", "warning", "note"} {
		for _, r := range results {
			if r.Level == level && len(out) < maxResults {
				out = append(out, r)
			}
		}
	}
	return out
}

func (t *alerts) result(f alert, rules []sarifRule) sarifResult {
	out := sarifResult{
		RuleID: f.rule, Level: sarifLevel(f.severity), Message: sarifText{Text: t.target + ": " + f.title + ". " + f.why + " " + f.do},
		RuleIndex: slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == f.rule }),
		Locations: []sarifLocation{t.location()}, Fingerprints: map[string]string{"s3layout/v1": f.fingerprint}, Baseline: f.baseline,
	}
	if f.suppressed != "" {
		out.Suppressions = []sarifSuppression{{"external", f.suppressed}}
	}
	return out
}

// location is the file that names the target, where there is one: code scanning shows no other. The target is the logical
// location.
func (t *alerts) location() sarifLocation {
	out := sarifLocation{Logical: []sarifLogical{{t.uri, "resource"}}}
	if t.file != "" {
		out.Physical = sarifPhysical{sarifArtifact{uriText(t.file)}, &sarifRegion{max(t.line, 1)}}
		return out
	}
	out.Physical.Artifact.URI = uriText(t.uri)
	return out
}

// uriText escapes what a URI reference may not have.
func uriText(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte("\"<>\\^`{|}%#?[]", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if _, err := url.Parse(b.String()); err != nil { // a scheme or host that is none: a path then
		return strings.ReplaceAll(b.String(), ":", "%3A")
	}
	return b.String()
}

func sarifLevel(s advisor.Severity) string {
	switch s {
	case advisor.Critical:
		return "error"
	case advisor.Warning:
		return "warning"
	}
	return "note"
}

// sarifRules describe the rules of the findings: all that is known of them, or what the finding says.
func sarifRules(targets []alerts, rules []*advisor.Rule) []sarifRule {
	out := []sarifRule{}
	seen := map[string]bool{}
	for _, t := range targets {
		for _, f := range t.findings {
			if seen[f.rule] {
				continue
			}
			seen[f.rule] = true
			out = append(out, sarifRuleOf(f, rules))
		}
	}
	slices.SortFunc(out, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func sarifRuleOf(f alert, rules []*advisor.Rule) sarifRule {
	out := sarifRule{ID: f.rule, Short: sarifText{Text: f.title}, Props: map[string]any{"tags": []string{"s3", "spark", "data-lake"}}}
	if len(f.sources) > 0 && strings.HasPrefix(f.sources[0].URL, "https://") {
		out.HelpURI = uriText(f.sources[0].URL)
	}
	at := slices.IndexFunc(rules, func(r *advisor.Rule) bool { return r.ID == f.rule })
	if at < 0 {
		return out
	}
	d := rules[at].Doc
	out.Short.Text = rules[at].Title
	out.Full = &sarifText{Text: d.Saw + " " + d.Costs}
	out.Help = &sarifText{
		Text:     d.Saw + "\n\n" + d.Costs + "\n\n" + d.Do + "\n\n" + d.Ignore,
		Markdown: "**What it looks like.** " + d.Saw + "\n\n**What it costs.** " + d.Costs + "\n\n**What to do.** " + d.Do + "\n\n**When to leave it.** " + d.Ignore + "\n",
	}
	return out
}
