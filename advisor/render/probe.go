package render

import (
	"fmt"
	"strconv"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// opened is one line on what the files themselves showed; "" where nobody looked.
func opened(p *stats.Profile) string {
	x := p.Probe
	switch {
	case x == nil || x.Objects == 0 && x.Stopped == "":
		return ""
	case x.Objects == 0:
		return "no file opened: " + Printable(x.Stopped)
	}
	parts := []string{}
	if told(p) {
		for i, c := range x.Codecs {
			if i == 2 {
				parts = append(parts, fmt.Sprintf("%d more", len(x.Codecs)-i))
				break
			}
			parts = append(parts, codecName(c)+" "+between(c))
		}
	}
	var odd, unread int64
	for _, m := range x.Mismatches {
		if m.Mismatch {
			odd += m.Objects
		}
	}
	for _, f := range x.Failed {
		unread += f.Objects
	}
	switch {
	case odd > 0:
		parts = append(parts, advisor.Count(odd)+" not as named")
	case len(parts) == 0 && unread < x.Objects:
		parts = append(parts, "as named")
	}
	if unread > 0 {
		parts = append(parts, advisor.Count(unread)+" unread")
	}
	if f := mostGrown(p); f != nil {
		parts = append(parts, fmt.Sprintf("%s grows %s", formatName(*f), fold(f.Expansion.Ratio)))
	}
	return fmt.Sprintf("opened %s: %s", advisor.Count(x.Objects), strings.Join(parts, ", "))
}

// told reports whether files say what their names do not.
func told(p *stats.Profile) bool {
	for _, f := range p.Formats {
		if f.Evidence == "probe" {
			return true
		}
	}
	return false
}

// mostGrown is the compressed format of most bytes that is known to grow.
func mostGrown(p *stats.Profile) *stats.Format {
	for i := range p.Formats {
		if f := &p.Formats[i]; f.Expansion != nil && f.Expansion.Ratio >= 1.05 {
			return f
		}
	}
	return nil
}

func fold(ratio float64) string { return strconv.FormatFloat(ratio, 'f', 1, 64) + "-fold" }

func codecName(c stats.CodecShare) string {
	return formatName(stats.Format{Format: c.Format, Compression: c.Compression})
}

// between is a share and its interval: "97 % (91–100)".
func between(c stats.CodecShare) string {
	if c.High-c.Low < 0.01 {
		return percent(c.Share) + " %"
	}
	return fmt.Sprintf("%s %% (%s–%s)", percent(c.Share), percent(c.Low), percent(c.High))
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) }

// maxProbed rows of each table are shown.
const maxProbed = 8

// probed shows what the files themselves showed: figures of those that were opened, and shares of all with their interval.
func (t *text) probed(p *stats.Profile) {
	x := p.Probe
	if x == nil || x.Objects == 0 {
		return
	}
	t.blank()
	t.linef("opened %s of %s (%s): %s of %s", plural(x.Objects, "file"), advisor.Count(p.Totals.Objects), x.Mode, plural(x.Requests, "read"), advisor.Size(x.BytesRead))
	t.linef("%-26s %7s  %-20s %s", "what they are", "opened", "share of bytes, "+percent(x.Confidence)+" %", "grows")
	for i, c := range x.Codecs {
		if i == maxProbed {
			t.linef("and %d more", len(x.Codecs)-i)
			break
		}
		t.linef("%s %7s  %-20s %s", fit(codecName(c), 26), advisor.Count(c.Probed), between(c), grown(p, c))
	}
	for i, m := range x.Mismatches {
		if i == maxProbed {
			break
		}
		t.linef("  %s named %s: %s, such as %s", foundName(m.Format, m.Compression), foundName(m.NamedFormat, m.NamedCompression), m.Outcome, Printable(strings.Join(m.Examples[:min(1, len(m.Examples))], "")))
	}
	for _, b := range x.Blocks {
		t.linef("  %s: %s of %s on average, at most %s, in %s; %s under 16 MiB", Printable(b.Format), plural(b.Blocks, blockName(b.Format)),
			advisor.Size(b.BytesMean), advisor.Size(b.BytesMax), plural(b.Files, "file"), advisor.Count(b.Under16MiB))
	}
	for _, s := range x.Schemas {
		if s.Distinct > 1 {
			t.linef("  %s: %s in %s%s", Printable(s.Format), plural(s.Distinct, "schema"), plural(s.Files, "file"), drifting(s))
		}
	}
	for _, f := range x.Failed {
		t.linef("  unread, %s: %s, such as %s", Printable(f.Kind), advisor.Count(f.Objects), Printable(strings.Join(f.Examples[:min(1, len(f.Examples))], "")))
	}
	for _, f := range x.Problems {
		t.linef("  %s, %s: %s", Printable(f.Kind), Printable(f.What), plural(f.Objects, "file"))
	}
}

// grown says what the files grow that are, by name or by bytes, of that format and codec.
func grown(p *stats.Profile, c stats.CodecShare) string {
	for _, f := range p.Formats {
		if f.Expansion != nil && f.Format == c.Format && f.Compression == c.Compression {
			return fmt.Sprintf("%s (%s)", fold(f.Expansion.Ratio), strings.ReplaceAll(Printable(f.Expansion.Origin), "_", " "))
		}
	}
	return ""
}

func foundName(format, compression string) string {
	return formatName(stats.Format{Format: format, Compression: compression})
}

func blockName(format string) string {
	if format == "orc" {
		return "stripe"
	}
	return "row group"
}

func drifting(s stats.SchemaDrift) string {
	var names []string
	for i, c := range s.Columns {
		if i == 3 {
			names = append(names, fmt.Sprintf("%d more", len(s.Columns)-i))
			break
		}
		names = append(names, Printable(c.Path))
	}
	if len(names) == 0 {
		return ""
	}
	return "; they differ in " + strings.Join(names, ", ")
}
