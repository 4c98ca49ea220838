package advisor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Bounds on a report that is read: its bytes, the values in it, and those of them that are in lists, since a list of nulls
// takes a hundred times its own length in memory. They leave room for a million partitions, each described.
const (
	MaxReportBytes  = 512 << 20
	maxReportValues = 48_000_000
	maxReportItems  = 8_000_000
)

// ReadReport reads a report document, of this version of the schema, and restores its profile: it can be judged again, or
// rendered. It may be anybody's. What is no such document, is cut, or does not agree with itself is refused, with what to do
// where there is something.
func ReadReport(from io.Reader) (*Report, error) {
	b, err := io.ReadAll(io.LimitReader(from, MaxReportBytes+1))
	if err != nil {
		return nil, err
	}
	if err := looksLikeReport(b); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	var r Report
	if err := d.Decode(&r); err != nil {
		return nil, notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the report: it must be one document")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	noNulls(reflect.ValueOf(&r).Elem())
	return &r, nil
}

// noNulls makes the lists and maps that a report always has, and this one has not.
func noNulls(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			noNulls(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			noNulls(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			at := v.Field(i)
			switch kept := !strings.Contains(f.Tag.Get("json"), "omitempty"); {
			case kept && at.Kind() == reflect.Slice && at.IsNil():
				at.Set(reflect.MakeSlice(at.Type(), 0, 0))
			case kept && at.Kind() == reflect.Map && at.IsNil():
				at.Set(reflect.MakeMap(at.Type()))
			default:
				noNulls(at)
			}
		}
	}
}

// looksLikeReport refuses what is too large, and names what is not JSON.
func looksLikeReport(b []byte) error {
	text := bytes.TrimLeft(b, " \t\r\n")
	switch {
	case len(b) > MaxReportBytes:
		return fmt.Errorf("it is larger than %s", Size(MaxReportBytes))
	case len(text) == 0:
		return errors.New("it is empty")
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}), bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}), bytes.HasPrefix(b, []byte("PK")):
		return errors.New("it is compressed: unpack it first, such as with gzip -dc FILE | s3layout advise -")
	case text[0] != '{':
		return errors.New("it is not a report: those are written by profile --format json")
	}
	if values, items := weigh(b); values > maxReportValues || items > maxReportItems {
		return errors.New("it has more values than a report has")
	}
	return nil
}

// weigh counts the commas and brackets outside strings, and of these the commas inside lists.
func weigh(b []byte) (values, items int) {
	var open []byte
	for at := 0; at < len(b); at++ {
		switch c := b[at]; c {
		case '"':
			for at++; at < len(b) && b[at] != '"'; at++ {
				if b[at] == '\\' {
					at++
				}
			}
		case '{', '[':
			values++
			if open = append(open, c); len(open) > 100 { // json would allow 10,000
				return maxReportValues + 1, items
			}
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
		case ',':
			values++
			if len(open) > 0 && open[len(open)-1] == '[' {
				items++
			}
		}
	}
	return values, items
}

func notJSON(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.Contains(syntax.Error(), "unexpected end"):
		return errors.New("it ends in the middle: it is not a whole report")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is not JSON, at byte %d: %v", syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("it is not a report: %s is a %s", kind.Field, kind.Value)
	}
	return fmt.Errorf("it is not a report: %w", err)
}

// check holds a report that was read to what a report is.
func (r *Report) check() error {
	switch {
	case r.Schema == "":
		return errors.New("it is not a report: it has no schema")
	case strings.HasPrefix(r.Schema, "s3layout/report/v") && r.Schema != SchemaID:
		return fmt.Errorf("its schema is %q, and this program reads %q: read it with the s3layout that wrote it, or profile again", r.Schema, SchemaID)
	case r.Schema != SchemaID:
		return fmt.Errorf("its schema is %q, and this program reads %q", r.Schema, SchemaID)
	case r.Profile == nil:
		return errors.New("it has no profile")
	case r.Complete && (len(r.Incomplete) > 0 || r.StoppedBy != "" || r.PartialAllowed):
		return errors.New("it says both that it is complete and what is missing")
	case r.Engine.Cores < 1 || r.Engine.Parallelism < 1 || r.Engine.DriverMemoryBytes < 0 || r.Engine.Workers < 0:
		return errors.New("its engine has no cores, or less than none of something")
	}
	return r.Profile.Unpack()
}
