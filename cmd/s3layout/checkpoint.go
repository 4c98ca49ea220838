package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/lister"
	"s3layout/stats"
)

// checkpointOptions are the flags that say where a listing is kept, so that it can be taken up again.
type checkpointOptions struct {
	checkpoint string
	restart    bool
	maxAge     time.Duration
}

// defaultMaxAge bounds how old a listing may be that is taken up again: one that began a week ago says of another dataset.
const defaultMaxAge = 7 * 24 * time.Hour

func (o *checkpointOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.checkpoint, "checkpoint", "", "keep how far the listing has come in this `FILE`, and go on from there")
	f.BoolVar(&o.restart, "restart", false, "with --checkpoint: list from the beginning, whatever the file says")
	f.DurationVar(&o.maxAge, "checkpoint-max-age", defaultMaxAge, "refuse a checkpoint of a listing that began earlier; 0 is no limit")
}

func (o *checkpointOptions) validate() error {
	switch {
	case o.checkpoint == "" && o.restart:
		return errors.New("--restart is for --checkpoint")
	case o.maxAge < 0:
		return fmt.Errorf("--checkpoint-max-age %v: it must not be negative", o.maxAge)
	}
	return nil
}

// scope is all that decides what a listing finds and how it is counted. What a report makes of that may change from run to
// run: engine, cluster, format, gate.
type scope struct {
	URI           string   `json:"uri"`
	Endpoint      string   `json:"endpoint_url"`
	Exclude       []string `json:"exclude"`
	Include       []string `json:"include"`
	Where         string   `json:"where"`
	MaxPartitions int      `json:"max_partitions"`
	Draw          int      `json:"draw"` // files of each type to choose from for --probe
}

// hash tells scopes apart by their bytes, which JSON would not keep.
func (s scope) hash() string {
	h := sha256.New()
	text := func(s string) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		io.WriteString(h, s)
	}
	list := func(items []string) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(items))))
		for _, s := range items {
			text(s)
		}
	}
	text(s.URI)
	text(s.Endpoint)
	list(s.Exclude)
	list(s.Include)
	text(s.Where)
	text(fmt.Sprint(s.MaxPartitions, s.Draw))
	return hex.EncodeToString(h.Sum(nil))
}

// difference names what two scopes differ in.
func (s scope) difference(other scope) string {
	flags := func(name string, list []string) string { return fmt.Sprintf("%s %q", name, list) }
	switch {
	case s.URI != other.URI:
		return fmt.Sprintf("%q", s.URI)
	case s.Endpoint != other.Endpoint:
		return fmt.Sprintf("--endpoint-url %q", s.Endpoint)
	case !slices.Equal(s.Exclude, other.Exclude):
		return flags("--exclude", s.Exclude)
	case !slices.Equal(s.Include, other.Include):
		return flags("--include", s.Include)
	case s.Where != other.Where:
		return fmt.Sprintf("--where %q", s.Where)
	case s.MaxPartitions != other.MaxPartitions:
		return fmt.Sprintf("--max-partitions %d", s.MaxPartitions)
	case s.Draw != other.Draw:
		return fmt.Sprintf("--probe and --probe-requests that draw %d files", s.Draw)
	}
	return "a target that is spelled otherwise"
}

// A checkpoint keeps a listing in a file while it goes on. nil keeps nothing.
type checkpoint struct {
	name    string
	source  lister.Resumer
	header  checkpointHeader
	options stats.Options
	every   int // pages
	most    int // pages that may be lost, where the file is small or saving them takes no more than a fifth of the time
	warn    func(string)

	spend   func() spent     // by all runs
	pages   int              // since the file was written last
	due     time.Time        // when it is, whatever the pages
	rest    time.Time        // not before
	soon    time.Time        // not before, where many pages would be lost
	syncing chan error       // has a result when the disk has a file that was written; nil where none is under way
	off     bool             // nothing can be kept
	earlier *stats.Collector // of the runs before; nil in the first
}

// How often the file is written: a share of the pages in flight, so that a killed process loses about as many pages as
// were in flight anyway, and every checkpointEvery at the latest; but writing is to take no more than one in checkpointShare
// of the time.
const (
	checkpointEvery = 5 * time.Second
	checkpointPages = 100
	checkpointShare = 30
	// checkpointHaste is its share where half as many pages are not saved as are in flight: a server that is near brings them
	// faster than a large file is written. One of up to checkpointSmall bytes is written as often as that.
	checkpointHaste = 4
	checkpointSmall = 256 << 10
)

// openCheckpoint reads the checkpoint of a target, where there is one, and prepares the source to go on from there. Whatever
// is wrong with a file that is there is the user's to decide.
func openCheckpoint(t *target, o *profileOptions, s settings, warn func(string)) (*checkpoint, error) {
	if o.checkpoint == "" {
		return nil, nil
	}
	source, ok := t.source.(lister.Resumer)
	if !ok {
		return nil, &exitError{exitUsage, errors.New("--checkpoint is for S3 targets")}
	}
	options := s.options(s.partitions, s.maxPartitions)
	options.Draw = o.draw(t.source)
	sc := scope{t.uri, o.EndpointURL, o.exclude, o.include, o.where, s.maxPartitions, options.Draw}
	c := &checkpoint{
		name: o.checkpoint, source: source, options: options, warn: warn,
		every:  min(max(o.concurrency/4, 1), checkpointPages),
		most:   min(max(o.concurrency/2, 1), checkpointPages),
		header: checkpointHeader{Tool: version(), Scope: sc, ScopeHash: sc.hash(), Started: time.Now().UTC().Truncate(time.Millisecond)},
	}
	c.due = c.header.Started.Add(checkpointEvery)
	if err := c.read(o.restart, o.maxAge); err != nil {
		fix := "\n  fix: --restart lists from the beginning and writes over it"
		if errors.Is(err, errNotCheckpoint) || errors.Is(err, errIrregular) {
			fix = "\n  fix: name another file; this one is left alone"
		}
		return nil, &exitError{exitUsage, fmt.Errorf("--checkpoint %q: %w%s", o.checkpoint, err, fix)}
	}
	probe, err := replace(c.name)
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("--checkpoint: %w", err)}
	}
	probe.abandon()
	return c, nil
}

var errIrregular = errors.New("it is not a regular file")

// read takes up what the file says.
func (c *checkpoint) read(restart bool, maxAge time.Duration) error {
	info, err := os.Lstat(c.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errIrregular
	}
	f, err := os.Open(c.name)
	if err != nil {
		return err
	}
	defer f.Close()
	h, state, err := readCheckpoint(f, info.Size())
	if restart && !errors.Is(err, errNotCheckpoint) {
		return os.Remove(c.name)
	}
	if err != nil {
		return err
	}
	if err := c.accept(h, maxAge); err != nil {
		return err
	}
	if c.earlier, err = stats.ReadState(state, c.options); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err := c.source.Resume(h.Source); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	c.header.Started, c.header.Resumed, c.header.Spent = h.Started, h.Resumed+1, h.Spent
	c.warn(fmt.Sprintf("going on after %s objects, listed until %s", advisor.Count(h.Spent.Objects), h.Saved.UTC().Format(time.RFC3339)))
	return nil
}

// accept reports why a checkpoint is not one of this listing.
func (c *checkpoint) accept(h checkpointHeader, maxAge time.Duration) error {
	switch age := c.header.Started.Sub(h.Started); {
	case h.ScopeHash != c.header.ScopeHash:
		return fmt.Errorf("it is of another listing: %s there, %s here", h.Scope.difference(c.header.Scope), c.header.Scope.difference(h.Scope))
	case h.Tool != c.header.Tool:
		return fmt.Errorf("it is of s3layout %q, and this is %s: the two may not count alike", h.Tool, c.header.Tool)
	case maxAge > 0 && age > maxAge:
		return fmt.Errorf("its listing began %v ago, and --checkpoint-max-age is %v", age.Round(time.Minute), maxAge)
	}
	return nil
}

// collector is the one to go on with.
func (c *checkpoint) collector(options stats.Options) *stats.Collector {
	if c == nil || c.earlier == nil {
		return stats.NewCollector(options)
	}
	return c.earlier
}

// resumed reports whether the listing goes on from an earlier run.
func (c *checkpoint) resumed() bool { return c != nil && c.header.Resumed > 0 }

// account has a run's own expenses added to those of the runs before, for the report and the file.
func (c *checkpoint) account(run func() spent) (all func() spent) {
	if c == nil {
		return run
	}
	before := c.header.Spent
	c.spend = func() spent {
		s := run()
		return spent{before.Objects + s.Objects, before.Usage.Add(s.Usage), before.CPUSeconds + s.CPUSeconds, before.Modified + s.Modified}
	}
	return c.spend
}

// span says when the listing began, and how often it has been taken up again.
func (c *checkpoint) span(begun time.Time) (started time.Time, resumed int64) {
	if c == nil {
		return begun, 0
	}
	return c.header.Started, c.header.Resumed
}

// delivered writes the file, where it is time, after a page that the collector has counted.
func (c *checkpoint) delivered(collector *stats.Collector) {
	if c == nil || c.off {
		return
	}
	c.pages++
	now := time.Now()
	switch {
	case c.pages >= c.most && !now.Before(c.soon):
	case c.pages < c.every && now.Before(c.due) || now.Before(c.rest):
		return
	}
	c.save(collector, now)
}

// synced reports whether the disk has what it was to take, or waits until it has.
func (c *checkpoint) synced(wait bool) bool {
	if c.syncing == nil {
		return true
	}
	var err error
	if wait {
		err = <-c.syncing
	} else {
		select {
		case err = <-c.syncing:
		default:
			return false
		}
	}
	c.syncing = nil
	c.failed(err)
	return true
}

// failed says, once, that nothing is kept any more.
func (c *checkpoint) failed(err error) {
	if err == nil || c.off {
		return
	}
	c.off = true
	if errors.Is(err, lister.ErrNotResumable) {
		c.warn("--checkpoint keeps nothing: " + err.Error())
		return
	}
	c.warn(fmt.Sprintf("--checkpoint: cannot write %q any more: %s", c.name, render.Printable(err.Error())))
}

// save writes the file. The listing waits until it is written, but not until the disk has it: that takes its time, and is
// for power failures alone. While the disk is at one file, those that take its place are left to the next.
func (c *checkpoint) save(collector *stats.Collector, now time.Time) {
	f, err := c.write(collector, now)
	size := int64(0)
	if err == nil {
		size, _ = f.Seek(0, io.SeekCurrent) // of a regular file
		err = f.place()
	}
	took := time.Since(now)
	c.pages, c.due = 0, now.Add(checkpointEvery)
	if c.rest, c.soon = now.Add(took+checkpointShare*took), now.Add(took+checkpointHaste*took); size <= checkpointSmall {
		c.soon = now
	}
	if err != nil {
		c.failed(err)
		return
	}
	if !c.synced(false) {
		_ = f.Close() // another file follows, if only in the end
		return
	}
	done := make(chan error, 1)
	c.syncing = done
	go func() { done <- f.settle() }()
}

func (c *checkpoint) write(collector *stats.Collector, now time.Time) (replacement, error) {
	h := c.header
	var err error
	if h.Source, err = c.source.State(); err != nil {
		return replacement{}, err
	}
	h.Saved, h.Spent = now.UTC().Truncate(time.Millisecond), c.spend()
	f, err := replace(c.name)
	if err != nil {
		return f, err
	}
	if err := writeCheckpoint(f, h, collector); err != nil {
		f.abandon()
		return f, err
	}
	return f, nil
}

// finish writes how far the listing has come in the end, and waits until the disk has it.
func (c *checkpoint) finish(collector *stats.Collector) {
	if c == nil {
		return
	}
	c.synced(true)
	if c.off {
		return
	}
	if _, err := c.source.State(); err != nil && !errors.Is(err, lister.ErrNotResumable) {
		return // nothing was listed
	}
	c.save(collector, time.Now())
	c.synced(true)
}

// close removes the file after a report that is complete; after another one it says how to go on.
func (c *checkpoint) close(complete bool, again string) error {
	switch {
	case c == nil:
		return nil
	case complete:
		if err := os.Remove(c.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--checkpoint: %w", err)
		}
	case !c.off:
		c.warn("what was listed is kept; to go on:\n  " + again)
	}
	return nil
}
