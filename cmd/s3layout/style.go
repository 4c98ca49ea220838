package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"s3layout/advisor/render"
)

// styleOptions are the flags that say how text looks.
type styleOptions struct {
	color                 string
	noColor, plain, ascii bool
	width                 int
}

func (o *styleOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.color, "color", "auto", "text: colours, `WHEN`: auto, always or never; NO_COLOR, CLICOLOR_FORCE")
	f.BoolVar(&o.noColor, "no-color", false, "text: no colours, as --color never")
	f.Lookup("no-color").Hidden = true // what older scripts say
	f.BoolVar(&o.plain, "plain", false, "text: no bars, signs or columns, for a screen reader")
	f.BoolVar(&o.ascii, "ascii", false, "text: ASCII alone")
	f.IntVar(&o.width, "width", 0, "text: `N` columns, 40 to 200; 0 is the terminal's, or 80")
}

func (o *styleOptions) validate() error {
	switch {
	case o.color != "" && o.color != "auto" && o.color != "always" && o.color != "never":
		return notKnown("--color", o.color, []string{"auto", "always", "never"})
	case o.width != 0 && (o.width < 40 || o.width > 200):
		return fmt.Errorf("--width %d: it is from 40 to 200, or 0 for the terminal's", o.width)
	}
	return nil
}

// apply sets how a report looks on w, or in a file.
func (o *styleOptions) apply(to *render.Options, w io.Writer, file bool) {
	terminal := !file && isTerminal(w)
	to.Plain, to.ASCII, to.Width = o.plain, o.ascii, o.width
	to.Color = !o.plain && coloured(o.color, o.noColor, terminal, os.Getenv)
	if terminal && o.width == 0 {
		to.Width, _, _ = term.GetSize(int(w.(*os.File).Fd()))
	}
}

// coloured decides on colours. A flag goes before the environment; there NO_COLOR (no-color.org) goes before CLICOLOR_FORCE,
// and both before whether this is a terminal that understands them, which one with TERM=dumb is not.
func coloured(when string, no, terminal bool, env func(string) string) bool {
	force := env("CLICOLOR_FORCE")
	switch {
	case no || when == "never":
		return false
	case when == "always":
		return true
	case env("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return terminal && env("CLICOLOR") != "0" && env("TERM") != "dumb"
}
