package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/advisor/render"
	"s3layout/lister/s3"
)

// A history keeps the reports of runs, a document each, and never changes one: by target, under names that sort by time.
type history interface {
	// Targets are those that have documents, by their names.
	Targets(ctx context.Context) ([]audit.Target, error)
	// Names are those of a target's documents, the oldest first; none where there is no such target.
	Names(ctx context.Context, target string) ([]string, error)
	// Read returns a document.
	Read(ctx context.Context, target, name string) ([]byte, error)
	// Create keeps a document, whole or not at all, and fails where there is one of that name.
	Create(ctx context.Context, target, name string, document []byte) error
}

// A pruner is a history that can forget.
type pruner interface {
	Remove(ctx context.Context, target, name string) error
}

// openHistory opens what --history or the file names; nil where neither does.
func (o *auditOptions) openHistory(ctx context.Context, config *audit.Config) (history, error) {
	path := o.history
	if path == "" && config.History.Path != "" {
		if path = config.History.Path; !s3.IsURI(path) {
			path = beside(o.file, path)
		}
	}
	if path == "" {
		return nil, nil
	}
	job, err := o.job(audit.Target{Name: "history", URI: path, Settings: config.Defaults.Settings})
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if s3.IsURI(path) && (config.History.KeepRuns > 0 || config.History.KeepFor > 0) {
		return nil, fmt.Errorf("history: on S3 nothing is deleted: leave out keep_runs and keep_for, and give %s a lifecycle rule", path)
	}
	return newHistory(ctx, path, &job.options.awsOptions)
}

// newHistory opens a directory, or a prefix of a bucket.
func newHistory(ctx context.Context, path string, o *awsOptions) (history, error) {
	if !s3.IsURI(path) {
		return dirHistory(path), nil
	}
	at, err := s3.ParseTarget(strings.TrimSuffix(path, "/") + "/")
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	client, err := s3.NewClient(ctx, o.Config)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return &s3History{store: s3.NewStore(client, at, s3.Options{RequestPayer: o.requestPayer != "", MaxAttempts: o.maxAttempts})}, nil
}

// documentName is a run's: when it began, and whether it is whole.
var documentName = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9]{3}Z)(\.incomplete)?\.json$`)

const documentTime = "2006-01-02T15-04-05.000Z"

func nameOfRun(r *advisor.Report) string {
	name := r.Run.Started.UTC().Format(documentTime)
	if !r.Complete {
		name += ".incomplete"
	}
	return name + ".json"
}

// startedOf is when the run of a document began.
func startedOf(name string) (time.Time, bool) {
	m := documentName.FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse(documentTime, m[1])
	return t, err == nil
}

func wholeRun(name string) bool {
	m := documentName.FindStringSubmatch(name)
	return m != nil && m[2] == ""
}

// keepRun puts a report into a history, and returns the document's name.
func keepRun(ctx context.Context, h history, target string, r *advisor.Report) (string, error) {
	if err := r.Profile.Pack(); err != nil {
		return "", err
	}
	defer func() { r.Profile.Detail = nil }()
	var b bytes.Buffer
	if err := render.JSON(&b, r, render.Options{}); err != nil {
		return "", err
	}
	name := nameOfRun(r)
	return name, h.Create(ctx, target, name, b.Bytes())
}

// lastComplete is a target's last complete run; nil where there is none.
func lastComplete(ctx context.Context, h history, target string) (*advisor.Report, error) {
	names, err := h.Names(ctx, target)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Backward(names) {
		if !wholeRun(name) {
			continue
		}
		r, err := readRun(ctx, h, target, name)
		if err != nil {
			return nil, err
		}
		if r.Complete {
			return r, nil
		}
	}
	return nil, nil
}

func readRun(ctx context.Context, h history, target, name string) (*advisor.Report, error) {
	b, err := h.Read(ctx, target, name)
	if err != nil {
		return nil, err
	}
	r, err := advisor.ReadReport(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", target, name, err)
	}
	return r, nil
}

// prune removes runs beyond what the policy keeps; the last complete one stays, whatever its age.
func prune(ctx context.Context, h history, target string, keep audit.History, now time.Time) error {
	p, able := h.(pruner)
	if !able || keep.KeepRuns == 0 && keep.KeepFor == 0 {
		return nil
	}
	names, err := h.Names(ctx, target)
	if err != nil {
		return err
	}
	slices.Reverse(names)
	last := slices.IndexFunc(names, wholeRun)
	var errs []error
	for i, name := range names {
		started, _ := startedOf(name)
		old := keep.KeepRuns > 0 && i >= keep.KeepRuns || keep.KeepFor > 0 && now.Sub(started) > keep.KeepFor
		if old && i != last && i > 0 {
			errs = append(errs, p.Remove(ctx, target, name))
		}
	}
	return errors.Join(errs...)
}

// dirHistory is a directory with one for each target.
type dirHistory string

func (d dirHistory) Targets(context.Context) ([]audit.Target, error) {
	entries, err := os.ReadDir(string(d))
	var out []audit.Target
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, audit.Target{Name: e.Name()})
		}
	}
	return out, err
}

// Names passes over files that are none of ours.
func (d dirHistory) Names(_ context.Context, target string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(string(d), target))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if _, ok := startedOf(e.Name()); ok && e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	return out, err
}

func (d dirHistory) Read(_ context.Context, target, name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(string(d), target, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, advisor.MaxReportBytes+1))
}

// Create writes beside, and links into place: a link fails where there is a file.
func (d dirHistory) Create(_ context.Context, target, name string, document []byte) error {
	dir := filepath.Join(string(d), target)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temporary := filepath.Join(dir, ".s3layout-"+name)
	if err := writeFile(temporary, document); err != nil {
		return err
	}
	defer os.Remove(temporary)
	return os.Link(temporary, filepath.Join(dir, name))
}

func (d dirHistory) Remove(_ context.Context, target, name string) error {
	return os.Remove(filepath.Join(string(d), target, name))
}

// s3History is a prefix of a bucket with one for each target. It never deletes: a lifecycle rule does.
type s3History struct{ store *s3.Store }

func (h *s3History) Targets(ctx context.Context) ([]audit.Target, error) {
	keys, err := h.store.Keys(ctx, "")
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	var out []audit.Target
	for _, key := range keys {
		name, document, _ := strings.Cut(key, "/")
		if _, ok := startedOf(document); ok && (len(out) == 0 || out[len(out)-1].Name != name) {
			out = append(out, audit.Target{Name: name})
		}
	}
	return out, nil
}

func (h *s3History) Names(ctx context.Context, target string) ([]string, error) {
	keys, err := h.store.Keys(ctx, target+"/")
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { _, ok := startedOf(key); return !ok })
	slices.Sort(keys)
	return keys, nil
}

func (h *s3History) Read(ctx context.Context, target, name string) ([]byte, error) {
	return h.store.Read(ctx, target+"/"+name, advisor.MaxReportBytes)
}

func (h *s3History) Create(ctx context.Context, target, name string, document []byte) error {
	return h.store.Create(ctx, target+"/"+name, document)
}
