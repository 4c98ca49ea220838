package advisor

import (
	"fmt"
	"strings"
	"testing"

	"s3layout/advisor/spark"
	"s3layout/lister"
	"s3layout/stats"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// group is n objects of a size. The first %d of the key counts modulo fan (0: no limit), a second one counts on.
type group struct {
	n    int
	size int64
	key  string
	fan  int
}

func profileOf(groups ...group) *stats.Profile {
	c := stats.NewCollector(stats.Options{})
	var batch []lister.Object
	for _, g := range groups {
		for i := range g.n {
			batch = append(batch, lister.Object{Key: g.name(i), Size: g.size})
		}
	}
	c.Add(batch)
	return c.Profile()
}

func (g group) name(i int) string {
	switch {
	case g.fan > 0:
		return fmt.Sprintf(g.key, i%g.fan, i)
	case strings.Contains(g.key, "%d"):
		return fmt.Sprintf(g.key, i)
	}
	return g.key
}

func emptyProfile() *stats.Profile { return profileOf() }

func mustEngine(t testing.TB, name, worker string, workers, cores int64) Engine {
	t.Helper()
	e, ok := spark.FindEngine(name)
	if !ok {
		t.Fatalf("no engine %s", name)
	}
	w, ok := spark.FindWorker(worker)
	if !ok {
		t.Fatalf("no worker %s", worker)
	}
	out, err := NewEngine(e, Cluster{Worker: w, Workers: workers, Cores: cores, Assumed: []string{"name", "cores", "worker_type", "workers"}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
