package render

import (
	"fmt"

	"s3layout/advisor"
	"s3layout/stats"
)

// sizesView is the histogram of file sizes, by files and by bytes: a drawing and a table.
type sizesView struct {
	Known          bool
	Width, Height  int
	Files, Bytes   []sizeBar
	Labels         []axisLabel
	Aim            *sizeBand
	Rows           []sizeRow
	Facts          []recommendation
	FilesY, BytesY int // where the panels stand
	Error          string
}

type sizeBar struct {
	X, Y, Width, Height string
	Aim                 bool
}

type sizeBand struct{ X, Width string }

type axisLabel struct{ X, Text string }

type sizeRow struct {
	Name, Files, FilesShare, Bytes, BytesShare string
	Aim                                        bool
}

const (
	sizesWidth  = 720
	panelHeight = 110
	panelGap    = 34
	panelTop    = 22
	aimFrom     = 128 << 20
	aimTo       = 1 << 30
)

func newSizesView(s stats.Sizes) sizesView {
	v := sizesView{Width: sizesWidth, FilesY: panelTop + panelHeight, BytesY: panelTop + 2*panelHeight + panelGap}
	v.Height = v.BytesY + 26
	var all, most stats.Bin
	for _, b := range s.Histogram {
		all.Objects, all.Bytes = all.Objects+b.Objects, all.Bytes+b.Bytes
		most.Objects, most.Bytes = max(most.Objects, b.Objects), max(most.Bytes, b.Bytes)
	}
	if all.Objects == 0 {
		return v
	}
	v.Known = true
	bins := widened(s.Histogram)
	step := float64(sizesWidth) / float64(len(bins))
	every := max(1, int(58/step)+1)
	for i, b := range bins {
		x, aim := float64(i)*step, b.LE > aimFrom && b.LE <= aimTo
		bar := func(n, most int64, base int) sizeBar {
			h := 0.0
			if n > 0 {
				h = max(float64(n)/float64(most)*panelHeight, 1.5)
			}
			return sizeBar{fmt.Sprintf("%.1f", x+1), fmt.Sprintf("%.1f", float64(base)-h), fmt.Sprintf("%.1f", max(step-2, 1)), fmt.Sprintf("%.1f", h), aim}
		}
		if b.Objects > 0 {
			v.Files, v.Bytes = append(v.Files, bar(b.Objects, most.Objects, v.FilesY)), append(v.Bytes, bar(b.Bytes, most.Bytes, v.BytesY))
		}
		if i%every == 0 {
			v.Labels = append(v.Labels, axisLabel{fmt.Sprintf("%.1f", x+step/2), "≤ " + advisor.Size(b.LE)})
		}
		if b.LE == 2*aimFrom {
			v.Aim = &sizeBand{fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", 3*step)}
		}
	}
	rows, sum := bandCounts(s)
	for i, b := range rows {
		v.Rows = append(v.Rows, sizeRow{bands[i].name, advisor.Count(b.Objects), advisor.Percent(b.Objects, sum.Objects), advisor.Size(b.Bytes), advisor.Percent(b.Bytes, sum.Bytes), i == targetBand})
	}
	for _, q := range []struct {
		name string
		n    int64
	}{{"Smallest", s.Min}, {"5 %", s.P05}, {"25 %", s.P25}, {"Median", s.P50}, {"75 %", s.P75}, {"95 %", s.P95}, {"99 %", s.P99}, {"Largest", s.Max}, {"Mean", s.Mean}} {
		v.Facts = append(v.Facts, recommendation{q.name, advisor.Size(q.n)})
	}
	if s.RelativeError > 0 {
		v.Error = fmt.Sprintf("Quantiles are within %.1f %%.", 100*s.RelativeError)
	}
	return v
}

// widened are the bins with empty ones at their end, up to 1 GiB at least: the sizes to aim at are always in the picture.
func widened(bins []stats.Bin) []stats.Bin {
	out := append([]stats.Bin{}, bins...)
	for len(out) > 0 && out[len(out)-1].LE < aimTo {
		out = append(out, stats.Bin{LE: out[len(out)-1].LE * 2})
	}
	for len(out) > 0 && out[0].LE > 2*aimFrom && out[0].LE <= 1<<62 {
		out = append([]stats.Bin{{LE: out[0].LE / 2}}, out...)
	}
	return out
}
