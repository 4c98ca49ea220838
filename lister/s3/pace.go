package s3

import (
	"context"
	"sync"
	"time"
)

// A pace holds all requests of a source to the rate that the server takes. Until an answer asks to slow down it holds
// nothing back. Then it goes a little slower than what was answered well, and tries a few per cent more each second.
// The zero value is ready.
type pace struct {
	mu    sync.Mutex
	rate  float64   // requests a second; 0 is no limit
	next  time.Time // when the next request may go
	since time.Time // good answers are counted from here
	good  float64
	cut   time.Time // when the rate was set last
	grown time.Time // when it was raised last
	top   float64   // the rate that was too much, the last time
}

const (
	// paceSettle is how long good answers are counted before the rate is set from them.
	paceSettle = 250 * time.Millisecond
	// paceBelow is the share of the good answers' rate to go on with.
	paceBelow = 0.9
	// paceReturn and paceGrowth are how much the rate grows each second, relative to it: back to nearly what was too much
	// the last time, and beyond.
	paceReturn = 0.5
	paceGrowth = 0.02
	paceLeast  = 2 // requests a second
)

// wait blocks until the next request may go.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	if p.rate == 0 {
		p.mu.Unlock()
		return nil
	}
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	delay := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(float64(time.Second) / p.rate))
	p.mu.Unlock()
	if delay == 0 {
		return nil
	}
	return sleep(ctx, delay)
}

// observe counts an answer: a good one, or one that asks to slow down.
func (p *pace) observe(throttled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.since.IsZero() {
		p.since = now
	}
	if throttled {
		p.slow(now)
		return
	}
	p.good++
	if p.rate > 0 && now.Sub(p.cut) > paceSettle {
		growth := paceGrowth
		if p.rate < paceBelow*p.top {
			growth = paceReturn
		}
		p.rate *= 1 + growth*now.Sub(p.grown).Seconds()
	}
	p.grown = now
	if now.Sub(p.since) > 4*time.Second {
		p.since, p.good = now.Add(-time.Second), p.good/now.Sub(p.since).Seconds() // what came before counts as a second
	}
}

func (p *pace) slow(now time.Time) {
	counted := now.Sub(p.since)
	if counted < paceSettle || now.Sub(p.cut) < paceSettle {
		return
	}
	good := p.good / counted.Seconds()
	p.since, p.good, p.cut, p.grown = now, 0, now, now
	if p.rate > 0 && good > p.rate {
		return // requests from before the last cut are still coming in
	}
	p.top = max(good, p.rate/2) // the workers may have had nothing to ask
	p.rate = max(p.top*paceBelow, paceLeast)
}
