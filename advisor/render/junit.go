package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"s3layout/advisor"
)

// JUnit writes a test case for each rule: one with a finding fails, or passes with a note where it is only info. Where the
// listing is incomplete no rule passes: those without a finding are skipped, and the case "listing" is an error.
func JUnit(w io.Writer, r *advisor.Report, o Options) error {
	suite := suiteOf(alertsOf(r), o.Rules, r.Skipped)
	return writeJUnit(w, []junitSuite{suite})
}

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Error   *junitMessage `xml:"error,omitempty"`
		Skipped *junitMessage `xml:"skipped,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// suiteOf is one target: the case "listing", then the rules by their IDs.
func suiteOf(t alerts, rules []*advisor.Rule, skipped []advisor.Skipped) junitSuite {
	s := junitSuite{Name: t.target, Time: fmt.Sprintf("%.3f", t.seconds)}
	listing := junitCase{Class: t.target, Name: "listing"}
	if len(t.problems) > 0 {
		text := ""
		for _, p := range t.problems {
			text += p + "\n"
		}
		listing.Error = &junitMessage{Message: t.problems[0], Type: "incomplete", Text: text}
	}
	s.add(listing)
	for _, id := range ruleIDs(t, rules) {
		s.add(caseOf(t, id, skipped))
	}
	return s
}

// ruleIDs are those of the rules, and of findings by others.
func ruleIDs(t alerts, rules []*advisor.Rule) []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	for _, f := range t.findings {
		ids = append(ids, f.rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func caseOf(t alerts, rule string, skipped []advisor.Skipped) junitCase {
	c := junitCase{Class: t.target, Name: rule}
	at := slices.IndexFunc(t.findings, func(f alert) bool { return f.rule == rule })
	not := slices.IndexFunc(skipped, func(s advisor.Skipped) bool { return s.Rule == rule })
	switch {
	case at >= 0:
		f := t.findings[at]
		text := f.why + "\n" + f.do + "\n"
		switch {
		case f.suppressed != "":
			c.Skipped = &junitMessage{Message: "suppressed: " + f.suppressed}
		case f.severity.Rank() < advisor.Warning.Rank():
			c.Output = f.title + "\n" + text
		default:
			c.Failure = &junitMessage{Message: f.title, Type: clean(string(f.severity)), Text: text}
		}
	case not >= 0:
		c.Skipped = &junitMessage{Message: clean(skipped[not].Reason)}
	case len(t.problems) > 0:
		c.Skipped = &junitMessage{Message: "unknown: the listing is incomplete"}
	}
	return c
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func writeJUnit(w io.Writer, suites []junitSuite) error {
	all := junitSuites{Name: "s3layout", Suites: suites}
	for _, s := range suites {
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return fmt.Errorf("encode JUnit: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
