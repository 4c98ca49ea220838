// Command s3layout looks at a dataset on S3 the way Spark and AWS Glue will, and says what to set before the job is
// written.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// Garbage is collected when what is kept, and the ballast, have grown by gcPercent. The ballast is never touched, so that it
// takes addresses and no memory: all that it does is to let the heap grow by 6 MiB, however little is kept. A million
// objects are then collected after some 20 times, and not 40, each as dear as a page.
const (
	gcPercent = 50
	gcBallast = 12 << 20
)

func main() {
	debug.SetGCPercent(gcPercent)
	ballast := make([]byte, gcBallast)
	ctx, stop := interruptible(context.Background())
	defer stop()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// run is the program: arguments in, an exit code out. Data goes to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitUsage, err}
	}
	if exit.err != nil {
		fmt.Fprintf(stderr, "s3layout: %v\n", exit.err)
	}
	return exit.code
}

// Exit codes. They are frozen: scripts and schedulers stand on them.
const (
	exitOK         = 0   // complete, and the gate passed
	exitGate       = 1   // complete, and the gate failed (--fail-on)
	exitUsage      = 2   // usage or configuration
	exitIncomplete = 3   // a part is missing; the report is written and marked
	exitNothing    = 4   // nothing could be listed: credentials, no such bucket, DNS, TLS
	exitEmpty      = 5   // nothing matched, and --fail-on-empty
	exitInterrupt  = 130 // SIGINT; the partial report is written and marked
	exitTerminate  = 143 // SIGTERM; likewise
)

// exitError carries an exit code to run. A nil err says nothing.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return "stopped by " + e.name() }

func (e *signalError) name() string {
	if e.signal == syscall.SIGTERM {
		return "SIGTERM"
	}
	return "SIGINT"
}

func (e *signalError) code() int {
	if e.signal == syscall.SIGTERM {
		return exitTerminate
	}
	return exitInterrupt
}

// interruptible returns a context that the first SIGINT or SIGTERM ends. The second one ends the program at once.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		first, ok := <-signals
		if !ok {
			return
		}
		cancel(&signalError{first})
		if second, ok := <-signals; ok {
			os.Exit((&signalError{second}).code())
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
	}
}
