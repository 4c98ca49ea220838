package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"s3layout/lister/s3sim"
)

type simOptions struct {
	listen    string
	objects   int64
	keyspaces []string
	latency   time.Duration
	rps       float64
	faults    string
	seed      uint64
}

func newSimCommand() *cobra.Command {
	var o simOptions
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve computed buckets over HTTP, for any S3 client to list",
		Long: `Sim starts an S3 server whose buckets are computed, one for each kind of
keyspace: ` + strings.Join(s3sim.Names(), ", ") + `.
It checks no signatures and stores nothing. Point any lister at it, to compare.

--faults has a share of the requests go wrong, in ` + fmt.Sprint(len(s3sim.Kinds())) + ` ways: --faults help lists them,
and all:5% is 5 % in all of them that a client can see. The same --seed spoils the
same requests, whatever their order; every fourth attempt of a request is let through.`,
		Example: `  s3layout sim --objects 1000000 --latency 30ms --listen 127.0.0.1:9100
  s3layout profile s3://hex/ --endpoint-url http://127.0.0.1:9100`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSim(cmd.Context(), &o, cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "address to serve on")
	f.Int64Var(&o.objects, "objects", 1_000_000, "objects in each bucket")
	f.StringSliceVar(&o.keyspaces, "keyspaces", s3sim.Names(), "which buckets; hive50 is hive partitions of 50 files, and so on")
	f.DurationVar(&o.latency, "latency", 0, "wait before each answer")
	f.Float64Var(&o.rps, "rps", 0, "requests a second above which the answer is 503 SlowDown; 0 is no limit")
	f.StringVar(&o.faults, "faults", "", "faults and their share of the requests, as in slowdown:5%,reset:2%")
	f.Uint64Var(&o.seed, "seed", 1, "decides which requests fail")
	return cmd
}

func runSim(ctx context.Context, o *simOptions, stdout io.Writer) error {
	if o.faults == "help" {
		return listFaults(stdout)
	}
	fail := func(err error) error { return &exitError{exitUsage, err} }
	fault, err := s3sim.ParseFaults(o.faults, o.seed)
	if err != nil {
		return fail(fmt.Errorf("--faults: %w", err))
	}
	server := s3sim.New(map[string]*s3sim.Bucket{})
	server.Latency, server.RPS, server.Fault = o.latency, o.rps, fault
	for _, name := range o.keyspaces {
		keys, err := s3sim.Named(name, o.objects)
		if err != nil {
			return fail(fmt.Errorf("serve: %w", err))
		}
		server.Buckets[name] = &s3sim.Bucket{Keys: keys}
	}
	url, stop, err := s3sim.StartAt(server, o.listen)
	if err != nil {
		return &exitError{exitNothing, fmt.Errorf("serve: %w", err)}
	}
	defer stop()
	fmt.Fprintf(stdout, "buckets %s at %s; Ctrl-C stops it\n", strings.Join(o.keyspaces, ", "), url)
	<-ctx.Done()
	s := server.Stats()
	fmt.Fprintf(stdout, "%d requests, %d of them lists, %d throttled, at most %d in flight\n", s.Requests, s.Lists, s.Throttled, s.MaxInFlight)
	return nil
}

// listFaults says what --faults takes.
func listFaults(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-15s every one below, in equal parts, but for those marked *\n", s3sim.AllFaults)
	for _, k := range s3sim.Kinds() {
		mark := ""
		if k.Silent() {
			mark = " *"
		}
		fmt.Fprintf(&b, "%-15s %s%s\n", k, k.Doc(), mark)
	}
	b.WriteString("* nothing in the answer shows it\n")
	_, err := io.WriteString(w, b.String())
	return err
}
