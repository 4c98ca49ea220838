package render

import (
	"fmt"
	"strings"

	"s3layout/advisor"
	"s3layout/stats"
)

// tableLines say of tables whose metadata was read what is live and what is dead, at most two of them.
func tableLines(tables []stats.TableFormat) []string {
	const show = 2
	var out []string
	more := int64(0)
	for _, b := range tables {
		switch {
		case b.Objects == nil:
		case len(out) < show:
			out = append(out, tableLine(b))
		default:
			more++
		}
	}
	if more > 0 {
		out[show-1] += fmt.Sprintf(" · and %s", plural(more, "table"))
	}
	return out
}

func tableLine(b stats.TableFormat) string {
	name := b.Format
	if b.Format == "delta" {
		name += " v" + b.Version
	}
	if b.Path != "" {
		name += " " + shorten(Printable(b.Path), 20)
	}
	line := fmt.Sprintf("%s: %s live %s", name, advisor.Count(b.Objects.Live.Objects), advisor.Size(b.Objects.Live.Bytes))
	dead := b.Objects.Dead()
	if dead.Objects == 0 {
		return line + " · none dead"
	}
	var parts []string
	for _, p := range []struct {
		name string
		n    stats.TableCount
	}{{"history", b.Objects.History}, {"unchecked", b.Objects.Unchecked}, {"unreferenced", stats.TableCount{
		Objects: b.Objects.Young.Objects + b.Objects.Old.Objects, Bytes: b.Objects.Young.Bytes + b.Objects.Old.Bytes}}} {
		if p.n.Objects > 0 {
			parts = append(parts, p.name+" "+advisor.Size(p.n.Bytes))
		}
	}
	return line + fmt.Sprintf(" · %s dead (%s)", advisor.Size(dead.Bytes), strings.Join(parts, ", "))
}
