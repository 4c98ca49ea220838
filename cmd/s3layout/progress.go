package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/lister"
)

// progress is a live line on stderr while a listing runs, on a terminal only.
type progress struct {
	w       io.Writer
	uri     string
	meter   lister.Meter
	begun   time.Time
	objects atomic.Int64
	bytes   atomic.Int64
	done    chan struct{}
	wait    sync.WaitGroup
}

// progressEvery is how often the line changes: four times a second is as often as it can be read.
const progressEvery = 250 * time.Millisecond

func startProgress(w io.Writer, uri string, meter lister.Meter, quiet bool) *progress {
	p := &progress{w: w, uri: render.Printable(uri), meter: meter, begun: time.Now(), done: make(chan struct{})}
	if quiet || !isTerminal(w) {
		return p
	}
	p.wait.Go(func() {
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			p.draw()
			select {
			case <-tick.C:
			case <-p.done:
				io.WriteString(w, "\r\x1b[K")
				return
			}
		}
	})
	return p
}

func (p *progress) add(objects []lister.Object) {
	p.objects.Add(int64(len(objects)))
	var n int64
	for i := range objects {
		n += objects[i].Size
	}
	p.bytes.Add(n)
}

// stop removes the line.
func (p *progress) stop() {
	close(p.done)
	p.wait.Wait()
}

func (p *progress) draw() {
	columns := 80
	if f, ok := p.w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			columns = n
		}
	}
	io.WriteString(p.w, "\r\x1b[K"+p.line(time.Since(p.begun), columns))
}

// line is what is known after so long, in at most columns-1 columns: the target gives way first.
func (p *progress) line(elapsed time.Duration, columns int) string {
	return render.Beside(p.uri, p.figures(elapsed), columns-1)
}

// figures are how much was listed after so long, and how fast.
func (p *progress) figures(elapsed time.Duration) string {
	n := p.objects.Load()
	parts := []string{advisor.Count(n) + " objects", advisor.Size(p.bytes.Load()), rate(n, elapsed)}
	if p.meter != nil {
		u := p.meter.Usage()
		parts = append(parts, fmt.Sprintf("%d in flight", u.InFlight))
		if u.Retries > 0 {
			parts = append(parts, fmt.Sprintf("%d retries", u.Retries))
		}
	}
	parts = append(parts, fmt.Sprintf("%d:%02d", int(elapsed.Minutes()), int(elapsed.Seconds())%60))
	return strings.Join(parts, " · ")
}

func rate(objects int64, elapsed time.Duration) string {
	perSecond := float64(objects) / max(elapsed.Seconds(), 0.001)
	if perSecond < 1000 {
		return fmt.Sprintf("%.0f/s", perSecond)
	}
	return fmt.Sprintf("%.1fk/s", perSecond/1000)
}
