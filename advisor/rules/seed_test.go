package rules_test

import (
	"slices"
	"strings"
	"testing"

	"s3layout/advisor/rules"
)

// Every point of the notes, 1 to 17, is answered, and none is made up.
func TestPoints(t *testing.T) {
	if err := rules.ValidatePoints(rules.Points); err != nil {
		t.Error(err)
	}
	var ids []string
	for _, p := range rules.Points {
		ids = append(ids, p.Number)
	}
	want := strings.Fields("1a 1b 1c 1d 1e 2 3 4 5a 5b 5c 6 7 8 8.1 8.2 8.3 9 10a 10b 11a 11b 12a 12b 12c 12d 12e 12f 12.1 12.2 12.3 13 14 15 16a 16b 17a 17b 17c")
	if !slices.Equal(ids, want) {
		t.Errorf("points\n got %q\nwant %q", ids, want)
	}
	for _, obsolete := range []string{"2", "3", "8", "8.1", "11a", "12a", "12c", "15"} {
		i := slices.IndexFunc(rules.Points, func(p rules.Point) bool { return p.Number == obsolete })
		if i < 0 || rules.Points[i].Obsolete == "" {
			t.Errorf("point %s is not called obsolete", obsolete)
		}
	}
}

func TestValidatePoints(t *testing.T) {
	whole := rules.Point{Number: "1", Says: "says", Answer: "answer", Rules: []string{"small-files"}}
	if err := rules.ValidatePoints([]rules.Point{whole, {Number: "2", Says: "says", Answer: "answer", Cannot: "a metric"}}); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*rules.Point){
		"no number": func(p *rules.Point) { p.Number = "" }, "says nothing": func(p *rules.Point) { p.Says = "" }, "no answer": func(p *rules.Point) { p.Answer = "" },
		"nothing tells": func(p *rules.Point) { p.Rules = nil }, "no such rule": func(p *rules.Point) { p.Rules = []string{"nothing"} },
	} {
		p := whole
		spoil(&p)
		if err := rules.ValidatePoints([]rules.Point{p}); err == nil {
			t.Errorf("%s: valid", name)
		}
	}
	if err := rules.ValidatePoints([]rules.Point{whole, whole}); err == nil {
		t.Error("the same number twice is valid")
	}
}
