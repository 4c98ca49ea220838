package render

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// trends are series of every kind: that rise, fall, stay, have gaps, one point, none.
func trends() *audit.Trend {
	day := time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC)
	series := func(metric, unit string, values ...float64) audit.Series {
		s := audit.Series{Metric: metric, Unit: unit, Points: []audit.Point{}}
		for i, v := range values {
			p := audit.Point{Started: day.AddDate(0, 0, i)}
			if v >= 0 {
				p.Value = &values[i]
				if s.First == nil {
					s.First, s.Min, s.Max = p.Value, p.Value, p.Value
				}
				s.Last = p.Value
				if *s.Max < v {
					s.Max = p.Value
				}
				if *s.Min > v {
					s.Min = p.Value
				}
			}
			s.Points = append(s.Points, p)
		}
		if s.First != nil && s.First != s.Last {
			change := *s.Last - *s.First
			s.Change = &change
		}
		return s
	}
	return &audit.Trend{Schema: audit.TrendSchemaID, Tool: advisor.Tool{Name: "s3layout"}, Targets: []audit.TargetTrend{
		{Name: "events", URI: "s3://lake/events/", Runs: 6, Incomplete: 1, Problems: []string{}, Series: []audit.Series{
			series("objects", advisor.UnitCount, 70000, 71000, -1, 75000, 79000, 79504), series("bytes", advisor.UnitBytes, 9<<30, 8<<30, -1, 7<<30, 6<<30, 6<<30),
			series("partitions", advisor.UnitCount, 5, 5, -1, 5, 5, 5), series("spark_tasks", advisor.UnitCount, -1, -1, -1, -1, -1, -1),
		}},
		{Name: "orders", URI: "s3://lake/orders/", Runs: 3, Problems: []string{"orders/x.json: it is empty"}, Series: []audit.Series{series("small_file_ratio", advisor.UnitRatio, 0.1, -1, 0.25)}},
		{Name: "new", Series: []audit.Series{series("objects", advisor.UnitCount)}, Problems: []string{}},
	}}
}

func TestTrend(t *testing.T) {
	for _, f := range TrendFormats {
		for _, w := range map[bool][]int{true: {40, 80, 120}, false: {0}}[f.Name == "text"] {
			var b bytes.Buffer
			if err := f.Write(&b, trends(), Options{Width: w}); err != nil {
				t.Fatal(err)
			}
			file := "testdata/trend/trend." + f.Name
			if w > 0 {
				file = fmt.Sprintf("testdata/trend/trend.%d.txt", w)
			}
			compare(t, file, b.Bytes())
			checkTrend(t, f.Name, b.String(), w)
		}
	}
}

func checkTrend(t *testing.T, format, text string, most int) {
	t.Helper()
	if format == "html" {
		checkMarkup(t, text)
	}
	for l := range strings.Lines(text) {
		checkTameLine(t, format, l)
		if n := width(strings.TrimSuffix(l, "\n")); most > 0 && n > most {
			t.Errorf("%d columns: %q", n, l)
		}
	}
}

func TestTrendHostile(t *testing.T) {
	for _, s := range []string{"<script>alert(1)</script>", "\x1b[31m\n::error::boom", "##[error]boom", "\u202e\xff", strings.Repeat("界", 200), `" onload="x`, ""} {
		trend := trends()
		fill(reflect.ValueOf(trend), s)
		for _, f := range TrendFormats {
			var b bytes.Buffer
			if err := f.Write(&b, trend, Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
			checkTrend(t, f.Name, b.String(), map[bool]int{true: 80}[f.Name == "text"])
		}
	}
}

func TestTrendBars(t *testing.T) {
	var points []audit.Point
	for i := range 9 {
		v := float64(i)
		points = append(points, audit.Point{Value: &v})
	}
	points[4].Value = nil
	if got := trendBars(audit.Series{Points: points}, 20); got != "▁▂▃▄·▆▇██" {
		t.Error(got)
	}
	if got := trendBars(audit.Series{Points: points}, 3); got != "▁▅█" {
		t.Errorf("the last three: %s", got)
	}
}
