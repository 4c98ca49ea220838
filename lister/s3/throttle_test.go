package s3

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// TestThrottled is a server that takes so many requests a second: after 10 s at most one in twenty is refused, and at least
// four fifths of what it takes are asked for.
func TestThrottled(t *testing.T) {
	for _, rps := range []float64{50, 150} {
		for _, workers := range []int{64} {
			keys := ready(t, "hive500", int64(rps)*40*5)
			server := lake(keys)
			server.RPS, server.Latency = rps, 30*time.Millisecond
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				var early, late s3sim.Stats
				for after, stats := range map[time.Duration]*s3sim.Stats{10 * time.Second: &early, 30 * time.Second: &late} {
					defer time.AfterFunc(after, func() { *stats = server.Stats() }).Stop()
				}
				n := int64(0)
				source := New(client, target("s3://lake/"), Options{Concurrency: workers, PageSize: 5})
				if err := source.List(t.Context(), func(objects []lister.Object) error { n += int64(len(objects)); return nil }); err != nil || n != keys.Len() {
					t.Fatalf("%d of %d keys, %v", n, keys.Len(), err)
				}
				asked, refused := float64(late.Requests-early.Requests), float64(late.Throttled-early.Throttled)
				if asked == 0 || refused > asked/20 {
					t.Errorf("%v a second, %d workers: %v of %v requests refused", rps, workers, refused, asked)
				}
				if good := (asked - refused) / 20; good < 0.8*rps {
					t.Errorf("%v a second, %d workers: %v pages a second", rps, workers, good)
				}
				if u := source.Usage(); u.Throttled == 0 || u.Throttled != server.Stats().Throttled {
					t.Errorf("%+v, and the server refused %d", u, server.Stats().Throttled)
				}
			})
		}
	}
}
