package advisor

import (
	"strings"
	"testing"
)

// whole is a rule that lacks nothing.
func whole() *Rule {
	return &Rule{
		ID: "some-rule", Title: "A title", Since: "0.1", Scope: Scope{Readers: []string{DataFrame}}, Confidence: Exact, Confirm: []Signal{{"a metric", "a value"}},
		Doc:     Doc{Saw: "saw", Costs: "costs", Do: "do", Ignore: "ignore"},
		Limits:  []Limit{{Name: "files", Value: 1, Unit: "files", Reason: "because"}},
		Sources: []Source{{URL: "https://example.com", Read: "2026-11"}},
		Check:   func(*Rule, *Facts) *Advice { return nil },
	}
}

func TestValidate(t *testing.T) {
	if err := Validate([]*Rule{whole()}); err != nil {
		t.Errorf("a whole rule: %v", err)
	}
	if err := Validate([]*Rule{whole(), whole()}); err == nil || !strings.Contains(err.Error(), "unique") {
		t.Errorf("the same ID twice: %v", err)
	}
	for name, tt := range map[string]struct {
		spoil func(r *Rule)
		want  string
	}{
		"no id":            {func(r *Rule) { r.ID = "" }, "kebab-case"},
		"camel case":       {func(r *Rule) { r.ID = "someRule" }, "kebab-case"},
		"underscore":       {func(r *Rule) { r.ID = "some_rule" }, "kebab-case"},
		"ends in a dash":   {func(r *Rule) { r.ID = "some-" }, "kebab-case"},
		"no title":         {func(r *Rule) { r.Title = "" }, "a title"},
		"no since":         {func(r *Rule) { r.Since = "" }, "since"},
		"no check":         {func(r *Rule) { r.Check = nil }, "a check"},
		"no source":        {func(r *Rule) { r.Sources = nil }, "a source"},
		"no saw":           {func(r *Rule) { r.Doc.Saw = "" }, "documentation"},
		"no costs":         {func(r *Rule) { r.Doc.Costs = "" }, "documentation"},
		"no do":            {func(r *Rule) { r.Doc.Do = "" }, "documentation"},
		"no ignore":        {func(r *Rule) { r.Doc.Ignore = "" }, "documentation"},
		"unnamed limit":    {func(r *Rule) { r.Limits[0].Name = "" }, "limit"},
		"limit of nothing": {func(r *Rule) { r.Limits[0].Value = 0 }, "limit"},
		"no unit":          {func(r *Rule) { r.Limits[0].Unit = "" }, "limit"},
		"no reason":        {func(r *Rule) { r.Limits[0].Reason = "" }, "limit"},
		"limit twice":      {func(r *Rule) { r.Limits = append(r.Limits, r.Limits[0]) }, "limit"},
		"source nowhere":   {func(r *Rule) { r.Sources[0].URL = "" }, "source"},
		"source unread":    {func(r *Rule) { r.Sources[0].Read = "" }, "source"},
		"source read once": {func(r *Rule) { r.Sources[0].Read = "once" }, "source"},
		"for no reader":    {func(r *Rule) { r.Scope.Readers = nil }, "no reader"},
		"for any reader":   {func(r *Rule) { r.Scope.Readers = []string{"presto"} }, "presto"},
		"no confidence":    {func(r *Rule) { r.Confidence = "" }, "confidence"},
		"too confident":    {func(r *Rule) { r.Confidence = "certain" }, "confidence"},
		"no signal":        {func(r *Rule) { r.Confirm = nil }, "confirms"},
		"a signal of none": {func(r *Rule) { r.Confirm[0].Metric = "" }, "confirms"},
		"shows nothing":    {func(r *Rule) { r.Confirm[0].Shows = "" }, "confirms"},
	} {
		r := whole()
		tt.spoil(r)
		if err := Validate([]*Rule{r}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimit(t *testing.T) {
	if n := whole().Limit("files"); n != 1 {
		t.Errorf("got %d", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("a limit that is not declared was returned")
		}
	}()
	whole().Limit("bytes")
}

func TestRank(t *testing.T) {
	for want, s := range []Severity{"fatal", Info, Warning, Critical} {
		if got := s.Rank(); got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
}

// The worst come first, equals in the order of the list.
func TestAdviseOrder(t *testing.T) {
	var list []*Rule
	for i, s := range []Severity{Info, Warning, Critical, Info, Warning, ""} {
		r := whole()
		r.ID = string(rune('a' + i))
		r.Check = func(r *Rule, _ *Facts) *Advice {
			if s == "" {
				return nil
			}
			return r.Found(s)
		}
		list = append(list, r)
	}
	var got string
	for _, a := range Advise("", emptyProfile(), Engine{Cores: 1}, list).Advice {
		got += a.Rule
	}
	if got != "cbead" {
		t.Errorf("got %q", got)
	}
}
