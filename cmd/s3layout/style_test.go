package main

import "testing"

// Every combination of flag, environment and terminal.
func TestColoured(t *testing.T) {
	for _, when := range []string{"auto", "always", "never"} {
		for _, no := range []bool{false, true} {
			for _, terminal := range []bool{false, true} {
				for _, noColor := range []string{"", "1"} {
					for _, force := range []string{"", "0", "1"} {
						for _, kind := range []string{"xterm", "dumb", ""} {
							env := map[string]string{"NO_COLOR": noColor, "CLICOLOR_FORCE": force, "TERM": kind}
							want := terminal && kind != "dumb" || force == "1"
							if noColor != "" {
								want = false
							}
							if when == "always" {
								want = true
							}
							if no || when == "never" {
								want = false
							}
							if got := coloured(when, no, terminal, func(name string) string { return env[name] }); got != want {
								t.Errorf("--color %s, --no-color %v, terminal %v, %v: %v", when, no, terminal, env, got)
							}
						}
					}
				}
			}
		}
	}
	if coloured("auto", false, true, func(name string) string { return map[string]string{"CLICOLOR": "0"}[name] }) {
		t.Error("CLICOLOR=0 on a terminal has colours")
	}
}
