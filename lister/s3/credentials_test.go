package s3

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

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
