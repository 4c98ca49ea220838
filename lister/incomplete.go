package lister

import (
	"fmt"
	"strings"
)

// Missing is a part of a target that could not be listed. The bounds are whole keys, below the target.
type Missing struct {
	Range
	Err error
}

// IncompleteError says which parts of a target could not be listed. Everything else was delivered.
type IncompleteError struct{ Missing []Missing }

func (e *IncompleteError) Error() string {
	parts := make([]string, 0, len(e.Missing))
	for _, m := range e.Missing {
		parts = append(parts, fmt.Sprintf("%s: %v", m.Range, m.Err))
	}
	return "incomplete listing: " + strings.Join(parts, "; ")
}

// Unwrap returns the causes.
func (e *IncompleteError) Unwrap() []error {
	errs := make([]error, len(e.Missing))
	for i, m := range e.Missing {
		errs[i] = m.Err
	}
	return errs
}

// String spells the range for people: "keys after "a" up to "b"".
func (r Range) String() string {
	switch {
	case r.After == "" && r.End == "":
		return "all keys"
	case r.After == "":
		return fmt.Sprintf("keys up to %q", r.End)
	case r.End == "":
		return fmt.Sprintf("keys after %q", r.After)
	}
	return fmt.Sprintf("keys after %q up to %q", r.After, r.End)
}
