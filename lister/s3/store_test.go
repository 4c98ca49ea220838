package s3

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"s3layout/lister/s3sim"
)

// A store adds documents, lists and reads them, and replaces none, whatever goes wrong at first.
func TestStore(t *testing.T) {
	for name, fault := range map[string]func(*s3sim.Request) *s3sim.Fault{
		"well":      nil,
		"throttled": func(r *s3sim.Request) *s3sim.Fault { return first(r, s3sim.SlowDown) },
		"failing":   func(r *s3sim.Request) *s3sim.Fault { return first(r, s3sim.InternalError) },
	} {
		server := s3sim.New(map[string]*s3sim.Bucket{"b": {Store: &s3sim.Store{}}})
		server.Fault = fault
		url, stop, err := s3sim.Start(server)
		if err != nil {
			t.Fatal(err)
		}
		client, err := NewClient(t.Context(), Config{EndpointURL: url, Region: "us-east-1", NoSignRequest: true})
		if err != nil {
			t.Fatal(err)
		}
		store := NewStore(client, Target{Bucket: "b", Prefix: "h/"}, Options{MaxAttempts: 3})
		if keys, err := store.Keys(t.Context(), "a/"); err != nil || len(keys) != 0 {
			t.Errorf("%s: %q, %v", name, keys, err)
		}
		for _, key := range []string{"a/1.json", "a/2.json", "b/1.json"} {
			if err := store.Create(t.Context(), key, []byte(key)); err != nil {
				t.Errorf("%s: create %s: %v", name, key, err)
			}
		}
		if err := store.Create(t.Context(), "a/1.json", []byte("other")); !errors.Is(err, ErrExists) {
			t.Errorf("%s: replaced: %v", name, err)
		}
		if err := store.Create(t.Context(), "a/1.json", []byte("a/1.json")); err != nil {
			t.Errorf("%s: the same again, as after an answer that was lost: %v", name, err)
		}
		keys, err := store.Keys(t.Context(), "a/")
		if slices.Sort(keys); err != nil || !slices.Equal(keys, []string{"1.json", "2.json"}) {
			t.Errorf("%s: %q, %v", name, keys, err)
		}
		if b, err := store.Read(t.Context(), "a/1.json", 8); err != nil || !bytes.Equal(b, []byte("a/1.json")) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		if _, err := store.Read(t.Context(), "a/1.json", 7); err == nil {
			t.Errorf("%s: more than was asked for", name)
		}
		stop()
	}
}

// first fails every request once.
func first(r *s3sim.Request, kind s3sim.FaultKind) *s3sim.Fault {
	if r.Attempt > 1 || !r.List() && r.Op != s3sim.OpGetObject && r.Op != s3sim.OpWrite {
		return nil
	}
	return &s3sim.Fault{Kind: kind}
}

// Where a bucket may not be written, that is said once, and not tried again.
func TestStoreRefused(t *testing.T) {
	server := s3sim.New(map[string]*s3sim.Bucket{"b": {}})
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	client, err := NewClient(context.Background(), Config{EndpointURL: url, Region: "us-east-1", NoSignRequest: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := NewStore(client, Target{Bucket: "b"}, Options{}).Create(t.Context(), "x", nil); err == nil || errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	if n := server.Stats().Requests; n != 1 {
		t.Errorf("%d requests", n)
	}
}
