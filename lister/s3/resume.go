package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"s3layout/lister"
)

var _ lister.Resumer = (*Source)(nil)

// progress is what of a listing has not been delivered. Only the goroutine that called List has it.
type progress struct {
	root    string
	ranges  lister.Ranges
	begun   bool // the root is known
	resumed bool // from a state
}

// begin has everything below root still to be delivered.
func (p *progress) begin(root string) {
	*p = progress{root: root, ranges: lister.Ranges{{}}, begun: true}
}

func (p *progress) remove(r lister.Range) { p.ranges = p.ranges.Remove(r) }

// nothing is a range that holds no key.
var nothing = lister.Range{After: "\x00", End: "\x00"}

// A state is progress as a checkpoint holds it. Keys are any bytes, so that they are not strings. There are no continuation
// tokens in it: a server may forget them.
type state struct {
	Root              []byte           `json:"root"`
	Region            string           `json:"region,omitempty"`
	StartAfterIgnored bool             `json:"start_after_ignored,omitempty"`
	Left              []stateRange     `json:"left"`
	Warnings          []lister.Warning `json:"warnings,omitempty"`
}

type stateRange struct {
	After []byte `json:"after,omitempty"`
	End   []byte `json:"end,omitempty"`
}

// errNotBegun is what State fails with before the first page.
var errNotBegun = errors.New("nothing has been listed yet")

// State says how far List has come. See lister.Resumer.
//
// Note: a server that ignores start-after is resumed by reading its pages from the first one on again, and delivering what
// is missing: nothing else than tokens leads into the middle there.
func (s *Source) State() ([]byte, error) {
	switch {
	case s.serial:
		return nil, lister.ErrNotResumable
	case !s.left.begun:
		return nil, errNotBegun
	}
	out := state{Root: []byte(s.left.root), Region: s.region, StartAfterIgnored: s.start.Load() == startIgnored, Warnings: s.warnings}
	for _, r := range s.left.ranges {
		out.Left = append(out.Left, stateRange{[]byte(r.After), []byte(r.End)})
	}
	return json.Marshal(out)
}

// Resume has List deliver what is left. See lister.Resumer.
func (s *Source) Resume(b []byte) error {
	var in state
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("the state of the listing: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("the state of the listing has something behind it")
	}
	root := string(in.Root)
	var left lister.Ranges
	for _, r := range in.Left {
		left = append(left, lister.Range{After: string(r.After), End: string(r.End)})
	}
	switch {
	case strings.HasSuffix(s.target.Bucket, "--x-s3"):
		return lister.ErrNotResumable
	case !s.target.mayStartAt(root):
		return fmt.Errorf("the state of the listing is of the directory %q", root)
	case !left.Valid() || slices.ContainsFunc(left, func(r lister.Range) bool { return !isBelow(root, r.After) || !isBelow(root, r.End) }):
		return errors.New("the state of the listing has ranges that do not fit together")
	case !isRegion(in.Region):
		return fmt.Errorf("the state of the listing has the region %q", in.Region)
	}
	s.left = progress{root: root, ranges: left, begun: true, resumed: true}
	s.root.Store(&root)
	s.region, s.warnings = in.Region, in.Warnings
	if in.StartAfterIgnored {
		s.start.Store(startIgnored)
	}
	return nil
}

// isBelow reports whether a bound of a range may stand in a listing of root.
func isBelow(root, bound string) bool { return bound == "" || strings.HasPrefix(bound, root) }

// mayStartAt reports whether the keys of the target may all be below root: it is the target, or the target is an object in it.
func (t Target) mayStartAt(root string) bool {
	if t.Prefix == "" || strings.HasSuffix(t.Prefix, "/") {
		return root == t.Prefix
	}
	return root == t.Prefix+"/" || root == t.Prefix[:strings.LastIndexByte(t.Prefix, '/')+1]
}

// listRest delivers what a state has left.
func (s *Source) listRest(ctx context.Context, fn func([]lister.Object) error) error {
	deliver := below(s.left.root, fn)
	if len(s.left.ranges) == 0 {
		return nil
	}
	if s.start.Load() != startIgnored {
		b, first := newBoard(s.left.root, s.left.ranges[0])
		for _, r := range s.left.ranges[1:] {
			b.add(r)
		}
		err := s.listSpans(ctx, b, first, deliver)
		switch {
		case s.startIgnored(ctx, err):
		case err == nil:
			return incomplete(s.left.root, b.missing)
		default:
			return err
		}
	}
	return s.listAgain(ctx, deliver)
}

// listAgain reads all pages by their tokens, and delivers of them what is left.
func (s *Source) listAgain(ctx context.Context, deliver func([]lister.Object) error) error {
	left := slices.Clone(s.left.ranges)
	wanted := func(objects []lister.Object) error {
		return deliver(slices.DeleteFunc(objects, func(o lister.Object) bool { return !left.Contain(o.Key) }))
	}
	w := walk{root: s.left.root, sorted: true}
	first, err := s.openPage(ctx, w.root)
	if err == nil {
		w.sorted = !s.serial
		err = w.note(first)
	}
	if err != nil {
		return incomplete(w.root, missingAll(left, err))
	}
	truncated := first.truncated
	s.left.note(&w, truncated)
	if err := wanted(first.objects); err != nil || !truncated {
		return err
	}
	return s.listSerial(ctx, w, wanted)
}

// note records how far a walk has come.
func (p *progress) note(w *walk, truncated bool) {
	switch {
	case !truncated:
		p.ranges = nil
	case w.sorted && w.last != "":
		p.remove(lister.Range{End: w.last})
	}
}

func missingAll(ranges lister.Ranges, err error) []lister.Missing {
	var out []lister.Missing
	for _, r := range ranges {
		out = append(out, lister.Missing{Range: r, Err: err})
	}
	return out
}
