//go:build unix

package rules_test

import (
	"syscall"
	"testing"
	"time"
)

// reportCPU adds what an iteration takes of user and system time, collection of garbage included: on a machine that others
// use, too, the time that passes tells little.
func reportCPU(b *testing.B) func() {
	before := cpu()
	return func() { b.ReportMetric(float64((cpu()-before).Milliseconds())/float64(b.N), "cpu-ms/op") }
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
