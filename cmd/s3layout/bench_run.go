package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"s3layout/lister/s3sim"
)

// bench is a server of computed buckets and those who list them.
type bench struct {
	*benchOptions
	server  *s3sim.Server
	url     string
	program string   // this executable
	peers   []peer   // those installed
	missing []string // those not
	stderr  io.Writer
}

func newBench(o *benchOptions, stderr io.Writer) (*bench, func(), error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find this program: %w", err)
	}
	b := &bench{benchOptions: o, program: program, stderr: stderr, server: s3sim.New(map[string]*s3sim.Bucket{})}
	b.server.Latency = o.latency
	for _, name := range o.keyspaces {
		keys, err := s3sim.Named(name, o.objects)
		if err != nil {
			return nil, nil, err
		}
		b.server.Buckets[name] = &s3sim.Bucket{Keys: keys}
	}
	if o.peers {
		b.peers, b.missing = findPeers()
	}
	url, stop, err := s3sim.Start(b.server)
	if err != nil {
		return nil, nil, fmt.Errorf("serve: %w", err)
	}
	b.url = url
	return b, stop, nil
}

// sample is what one listing took.
type sample struct {
	wallSeconds, cpuSeconds float64
	peakBytes               int64
	requests                float64 // a fraction where it is scaled
}

// times scales what grows with the number of objects.
func (s sample) times(x float64) sample {
	return sample{s.wallSeconds * x, s.cpuSeconds * x, s.peakBytes, s.requests * x}
}

// tally is what a lister says that it listed.
type tally struct {
	objects, bytes int64
	requests       int64 // 0: it does not say
}

// contender is a program that lists one bucket, and how to read its answer.
type contender struct {
	lister  string
	program string
	args    []string
	read    func(output []byte) (tally, error)
}

// benchRow is how one lister did on one keyspace.
type benchRow struct {
	keyspace, lister string
	objects          int64
	peer             bool
	samples          []sample // as many as there were runs; none where the lister failed
	scaled           int64    // objects that were listed, where the samples are scaled from these; or 0
	wrong            string   // why the answer is not the bucket's; "" where it is
	serial           float64  // seconds that the serial listing took; 0: unknown
}

// keyspace measures all listers on one bucket: s3layout's row first. An error means that the bench is over.
func (b *bench) keyspace(ctx context.Context, name string) ([]benchRow, error) {
	want := total(b.server.Buckets[name].Keys, b.objects)
	ours, err := b.profileRow(ctx, name, want)
	if err != nil {
		return nil, err
	}
	rows := []benchRow{ours}
	if b.serial {
		row, err := b.serialRow(ctx, name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		if row.wrong == "" {
			rows[0].serial = row.samples[0].wallSeconds
		}
	}
	for _, p := range b.peers {
		row, err := b.measure(ctx, name, p.contender(b.url, name), 1, want)
		if err != nil {
			return nil, err
		}
		row.peer = true
		rows = append(rows, row)
	}
	for i := range rows {
		rows[i].serial = rows[0].serial
	}
	return rows, nil
}

// profileRow measures profile with its text report. That report rounds, so an unmeasured run goes before, whose JSON
// has the exact figures; the measured ones must agree with it on the number of files.
func (b *bench) profileRow(ctx context.Context, name string, want tally) (benchRow, error) {
	var files int64
	check, err := b.measure(ctx, name, b.profile(name, "json", func(out []byte) (t tally, err error) {
		t, files, err = readReport(out)
		return t, err
	}), 1, want)
	if err != nil || check.wrong != "" {
		return check, err
	}
	return b.measure(ctx, name, b.profile(name, "text", func(out []byte) (tally, error) {
		got, err := readFiles(out)
		if err == nil && got != files {
			err = fmt.Errorf("%d files in the text report, %d in the JSON report", got, files)
		}
		return want, err
	}), b.runs, want)
}

func (b *bench) profile(name, format string, read func([]byte) (tally, error)) contender {
	return contender{"s3layout", b.program, []string{
		"profile", "s3://" + name + "/", "--endpoint-url", b.url, "--no-sign-request", "--quiet", "--probe", "off", "--format", format,
		"--concurrency", fmt.Sprint(b.concurrency),
	}, read}
}

// serialRow measures the listing with the SDK, scaled to the whole bucket where only a part was asked for.
func (b *bench) serialRow(ctx context.Context, name string) (benchRow, error) {
	listed := b.objects
	if b.serialObjects > 0 {
		listed = min(listed, (b.serialObjects+999)/1000*1000)
	}
	row, err := b.measure(ctx, name, contender{"serial", b.program, []string{
		"bench", "serial", "s3://" + name + "/", "--endpoint-url", b.url, "--objects", fmt.Sprint(listed),
	}, readSerial}, 1, total(b.server.Buckets[name].Keys, listed))
	if listed < b.objects {
		row.scaled, row.objects = listed, b.objects
		for i, s := range row.samples {
			row.samples[i] = s.times(float64(b.objects) / float64(listed))
		}
	}
	return row, err
}

// measure runs a contender some times. What goes wrong with it is in the row; an error means that the bench is over.
func (b *bench) measure(ctx context.Context, name string, c contender, runs int, want tally) (benchRow, error) {
	row := benchRow{keyspace: name, lister: c.lister, objects: want.objects}
	for range runs {
		if isTerminal(b.stderr) {
			fmt.Fprintf(b.stderr, "s3layout: %s lists %s\n", c.lister, name)
		}
		before := b.server.Stats().Requests
		u, err := launch(ctx, b.program, c)
		if ctx.Err() != nil {
			return row, context.Cause(ctx)
		}
		requests := b.server.Stats().Requests - before
		if err == nil {
			row.samples = append(row.samples, sample{u.WallSeconds, u.CPUSeconds, u.PeakBytes, float64(requests)})
			err = judge(c, u.output, want, requests)
		}
		if err != nil && row.wrong == "" {
			row.wrong = err.Error()
		}
	}
	return row, nil
}

// judge holds what a lister says against the bucket and the server.
func judge(c contender, output []byte, want tally, requests int64) error {
	got, err := c.read(output)
	switch {
	case err != nil:
		return err
	case got.objects != want.objects || got.bytes != want.bytes:
		return fmt.Errorf("%d objects of %d bytes, and the bucket has %d of %d", got.objects, got.bytes, want.objects, want.bytes)
	case got.requests != 0 && got.requests != requests:
		return fmt.Errorf("it says %d requests, and the server counted %d", got.requests, requests)
	}
	return nil
}

// total sums the first n objects of a keyspace.
func total(keys s3sim.Keyspace, n int64) tally {
	t := tally{objects: min(n, keys.Len())}
	for i := range t.objects {
		t.bytes += keys.At(i).Size
	}
	return t
}
