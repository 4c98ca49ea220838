package audit

import (
	_ "embed"
	"math"
	"time"

	"s3layout/advisor"
)

// TrendSchemaID names the version of the document of a trend. Fields may be added within it, never renamed or removed.
const TrendSchemaID = "s3layout/trend/v1"

// TrendSchema is the JSON Schema (2020-12) of Trend. It is made from the types: go test ./advisor/audit -update.
//
//go:embed trend.schema.json
var TrendSchema []byte

// Trend is how metrics of targets went over their runs.
type Trend struct {
	// Version of this document: s3layout/trend/v1.
	Schema  string        `json:"schema"`
	Tool    advisor.Tool  `json:"tool"`
	Targets []TargetTrend `json:"targets"`
}

// TargetTrend is one target.
type TargetTrend struct {
	Name string `json:"name"`
	// As the last run spells it; empty where there is none.
	URI string `json:"uri"`
	// Runs that are kept and were read, and those of them that are incomplete.
	Runs       int      `json:"runs"`
	Incomplete int      `json:"incomplete"`
	Series     []Series `json:"series"`
	// Documents that could not be read, and why, a line each.
	Problems []string `json:"problems"`
}

// Series is one metric over the runs, the oldest first.
type Series struct {
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Points []Point `json:"points"`
	// Of the runs whose value is known; absent where none is.
	First *float64 `json:"first,omitempty"`
	Last  *float64 `json:"last,omitempty"`
	Min   *float64 `json:"min,omitempty"`
	Max   *float64 `json:"max,omitempty"`
	// The last value less the first one, and that over the first one; absent where there are not two, or the first is 0.
	Change *float64 `json:"change,omitempty"`
	Ratio  *float64 `json:"ratio,omitempty"`
}

// Point is one run.
type Point struct {
	Started time.Time `json:"started"`
	// Absent where the run is incomplete or has no such figure: it is not zero.
	Value *float64 `json:"value,omitempty"`
}

// A Trender takes the reports of a target's runs, the oldest first, and keeps the figures only.
type Trender struct {
	options advisor.MetricOptions
	metrics []advisor.Metric
	out     TargetTrend
}

// NewTrender is for one target. small is the size below which its files are small, 0 for the default.
func NewTrender(name string, metrics []advisor.Metric, small int64) *Trender {
	t := &Trender{options: advisor.MetricOptions{SmallBytes: small}, metrics: metrics, out: TargetTrend{Name: name, Series: []Series{}, Problems: []string{}}}
	for _, m := range metrics {
		t.out.Series = append(t.out.Series, Series{Metric: m.Name, Unit: m.Unit, Points: []Point{}})
	}
	return t
}

// Add takes the next run.
func (t *Trender) Add(r *advisor.Report) {
	t.out.Runs++
	t.out.URI = r.Target.URI
	if !r.Complete {
		t.out.Incomplete++
	}
	for i, m := range t.metrics {
		p := Point{Started: r.Run.Started}
		if v, known := m.Of(r, t.options); known && r.Complete {
			v = math.Round(v*1e6) / 1e6
			p.Value = &v
		}
		t.out.Series[i].Points = append(t.out.Series[i].Points, p)
	}
}

// Problem says that a document could not be read.
func (t *Trender) Problem(line string) { t.out.Problems = append(t.out.Problems, line) }

// Trend is what was added.
func (t *Trender) Trend() TargetTrend {
	for i := range t.out.Series {
		t.out.Series[i].sum()
	}
	return t.out
}

func (s *Series) sum() {
	n := 0
	for _, p := range s.Points {
		if p.Value == nil {
			continue
		}
		if n++; n == 1 {
			s.First, s.Min, s.Max = p.Value, p.Value, p.Value
		}
		s.Last = p.Value
		if *p.Value < *s.Min {
			s.Min = p.Value
		}
		if *p.Value > *s.Max {
			s.Max = p.Value
		}
	}
	if n < 2 {
		return
	}
	change := *s.Last - *s.First
	s.Change = &change
	if *s.First != 0 {
		ratio := math.Round(change/math.Abs(*s.First)*1e6) / 1e6
		s.Ratio = &ratio
	}
}
