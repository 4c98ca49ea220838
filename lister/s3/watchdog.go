package s3

import (
	"context"
	"fmt"
	"io"
	"time"
)

// A watchdog ends an attempt that has gone silent. The deadline of an attempt alone would wait as long for a dead
// connection as for a slow one.
type watchdog struct {
	silence time.Duration
	timer   *time.Timer
}

// A silenceError is an attempt during which nothing came for too long. It is a deadline that has passed.
type silenceError struct{ silence time.Duration }

func (e *silenceError) Error() string { return fmt.Sprintf("nothing came for %v", e.silence) }
func (e *silenceError) Unwrap() error { return context.DeadlineExceeded }

// watch returns the context of one attempt: it ends after Options.AttemptTimeout, and when the watchdog has not seen
// anything for Options.ReadTimeout. The time until the first byte counts. stop is to be called when the attempt is over.
func (s *Source) watch(ctx context.Context) (attempt context.Context, w *watchdog, stop func()) {
	ctx, expire := context.WithTimeout(ctx, s.opts.AttemptTimeout)
	ctx, cancel := context.WithCancelCause(ctx)
	w = &watchdog{silence: s.opts.ReadTimeout}
	w.timer = time.AfterFunc(w.silence, func() { cancel(&silenceError{w.silence}) })
	return ctx, w, func() {
		w.timer.Stop()
		cancel(nil)
		expire()
	}
}

// seen notes that something came. An attempt that has ended stays so.
func (w *watchdog) seen() {
	if w.timer.Stop() {
		w.timer.Reset(w.silence)
	}
}

// why returns the reason for which an attempt failed with err: the SDK keeps no more than that its context ended.
func why(attempt context.Context, err error) error {
	if silent, ok := context.Cause(attempt).(*silenceError); ok && err != nil {
		return silent
	}
	return err
}

// watched is a body whose every byte the watchdog sees.
type watched struct {
	io.ReadCloser
	w *watchdog
}

func (b watched) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.w.seen()
	}
	return n, err
}
