package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
)

// outputOptions are the flags that say how and where a report is written.
type outputOptions struct {
	styleOptions
	format, output string
	brief, csvRaw  bool
	deterministic  bool
	bytesAsString  bool
}

func (o *outputOptions) addFlags(f *pflag.FlagSet) {
	names := formatNames()
	f.StringVar(&o.format, "format", names[0], "`FORMAT`: "+strings.Join(names, ", "))
	f.StringVar(&o.output, "output", "", "write the report to this `FILE`, at once or not at all")
	f.BoolVar(&o.brief, "brief", false, "text: the first screen only")
	o.styleOptions.addFlags(f)
	f.BoolVar(&o.csvRaw, "csv-raw", false, "csv: no ' before what a spreadsheet takes for a formula")
	f.BoolVar(&o.deterministic, "deterministic", false, "leave out when and how it ran; SOURCE_DATE_EPOCH does the same")
	f.BoolVar(&o.bytesAsString, "bytes-as-string", false, "json: sizes as strings, for readers of doubles; not read back")
}

func formatNames() []string {
	names := make([]string, len(render.Formats))
	for i, format := range render.Formats {
		names[i] = format.Name
	}
	return names
}

func (o *outputOptions) validate() (render.Format, error) {
	format, ok := render.Find(o.format)
	if !ok {
		return format, notKnown("--format", o.format, formatNames())
	}
	if err := o.styleOptions.validate(); err != nil {
		return format, err
	}
	return format, regularFile(o.output)
}

// regularFile refuses an output file that is there and is none: a link, a directory, a device.
func regularFile(name string) error {
	if name == "" {
		return nil
	}
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--output: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("--output %q exists and is not a regular file", name)
	}
	return nil
}

// write renders the report to the output file, or to stdout.
func (o *outputOptions) write(format render.Format, r *advisor.Report, next string, stdout io.Writer) error {
	options := render.Options{Brief: o.brief, Next: next, Rules: rules.All, Raw: o.csvRaw}
	if o.deterministic || os.Getenv("SOURCE_DATE_EPOCH") != "" {
		r.Run = advisor.Run{}
	}
	if o.output != "" && format.Failures {
		options.Previous = previousFile(o.output)
	}
	o.apply(&options, stdout, o.output != "")
	options.BytesAsString = o.bytesAsString
	if o.output != "" {
		return writeFileBy(o.output, func(w io.Writer) error { return format.Write(w, r, options) })
	}
	return format.Write(stdout, r, options)
}

// maxPrevious bounds what is read of a file that is to be replaced: what is taken over from it is in a line.
const maxPrevious = 64 << 20

// previousFile is what a file holds that is to be replaced; nothing where it cannot be read.
func previousFile(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPrevious))
	if err != nil {
		return nil
	}
	return b
}

// writeFile replaces a file at once: a reader sees the old content or the new, and a failure leaves the old.
func writeFile(name string, content []byte) error {
	return writeFileBy(name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// writeFileBy is writeFile with what write writes.
func writeFileBy(name string, write func(io.Writer) error) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".s3layout-*")
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	defer os.Remove(temporary.Name())
	err = errors.Join(write(temporary), temporary.Chmod(0o644), temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	return nil
}
