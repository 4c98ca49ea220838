package s3

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister/s3sim"
)

// counting is a provider whose every Retrieve brings another access key, AKIA1, AKIA2 and so on.
type counting struct{ retrieved atomic.Int64 }

func (c *counting) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: fmt.Sprintf("AKIA%d", c.retrieved.Add(1)), SecretAccessKey: "secret"}, nil
}

// TestExpiredCredentials has the credentials expire within a listing: they are asked for once more, not once by each of 64
// workers, and not again where the new ones are refused, too.
func TestExpiredCredentials(t *testing.T) {
	keys := ready(t, "hive500", 5000)
	for _, c := range []struct {
		name  string
		heals bool
	}{{"the new ones work", true}, {"the new ones are refused, too", false}} {
		t.Run(c.name, func(t *testing.T) {
			server, provider := lake(keys), &counting{}
			server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.ExpiredToken}, func(r *s3sim.Request) bool {
				return r.Seq > 3 && !(c.heals && provider.retrieved.Load() > 1)
			})
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				o := client.Options()
				o.Credentials = aws.NewCredentialsCache(provider)
				r := listAll(t.Context(), s3.New(o), "s3://lake/", Options{Concurrency: 64, PageSize: 50})
				if err := r.verdict(truth(keys, "")); err != nil {
					t.Error(err)
				}
				if (r.err == nil) != c.heals {
					t.Errorf("got %v", r.err)
				}
				if n := provider.retrieved.Load(); n != 2 {
					t.Errorf("credentials were retrieved %d times, want 2", n)
				}
			})
		})
	}
}

// TestExpiredTwice has the credentials expire again when the new ones have worked for a while: they are asked for once more
// each time, at the cursor where they were.
func TestExpiredTwice(t *testing.T) {
	keys := ready(t, "hive500", 5000)
	for _, workers := range []int{1, 64} {
		server, provider := lake(keys), &counting{}
		server.Latency = 10 * time.Millisecond
		server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.ExpiredToken}, func(r *s3sim.Request) bool {
			n := provider.retrieved.Load()
			return r.Seq > 10 && n < 2 || r.Seq > 90 && n < 3
		})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			o := client.Options()
			o.Credentials = aws.NewCredentialsCache(provider)
			r := mustList(t, s3.New(o), "s3://lake/", truth(keys, ""), Options{Concurrency: workers, PageSize: 50})
			if n := provider.retrieved.Load(); n != 3 {
				t.Errorf("%d workers: credentials were retrieved %d times, want 3", workers, n)
			}
			if u := r.source.Usage(); u.Requests > 100+100+2*int64(workers)+20 {
				t.Errorf("%d workers: %+v", workers, u)
			}
		})
	}
}

// TestExpiredReads has them expire while objects are read: once for all that read at the time, and not again where the new
// ones are refused, too.
func TestExpiredReads(t *testing.T) {
	for _, heals := range []bool{true, false} {
		server, provider := lake(bodies(readable())), &counting{}
		server.Latency = 10 * time.Millisecond
		server.Fault = s3sim.When(s3sim.Fault{Kind: s3sim.ExpiredToken}, func(r *s3sim.Request) bool {
			return r.Op == s3sim.OpGetObject && !(heals && provider.retrieved.Load() > 1)
		})
		bubble(t, server, func(t *testing.T, client *s3.Client) {
			o := client.Options()
			o.Credentials = aws.NewCredentialsCache(provider)
			source := opened(t, s3.New(o), Options{})
			var wait sync.WaitGroup
			for i := range 20 {
				wait.Go(func() {
					p := make([]byte, 100)
					_, err := source.ReadRange(t.Context(), "plain", p, int64(100*i))
					if (err == nil) != heals || heals && string(p) != string(readable()["a/plain"][:100]) || !heals && codeOf(err) != "ExpiredToken" {
						t.Errorf("heals %v: %v", heals, err)
					}
				})
			}
			wait.Wait()
			if n := provider.retrieved.Load(); n != 2 {
				t.Errorf("heals %v: credentials were retrieved %d times, want 2", heals, n)
			}
			if u := source.Usage(); u.Gets > 20*(1+doubtAttempts) {
				t.Errorf("heals %v: %+v", heals, u)
			}
		})
	}
}
