package spark

import "cmp"

// sortRuns sorts by bytes, smallest first, and joins runs that are alike in different stretches.
//
// Sizes come sorted, and what is left of them by a limit rises from one multiple of it to the next. To merge these
// stretches, small ones first, takes a fifth of the time of a sort that knows nothing of them.
func sortRuns(chunks []run) []run {
	var stack [][]run
	start := 0
	for i := range chunks {
		if i+1 < len(chunks) && compareRuns(chunks[i], chunks[i+1]) <= 0 {
			continue
		}
		stack = append(stack, chunks[start:i+1])
		start = i + 1
		for n := len(stack); n > 1 && len(stack[n-2]) < 2*len(stack[n-1]); n = len(stack) {
			stack = mergeTop(stack)
		}
	}
	for len(stack) > 1 {
		stack = mergeTop(stack)
	}
	if len(stack) == 0 {
		return nil
	}
	return stack[0]
}

// mergeTop replaces the last two lists by one.
func mergeTop(stack [][]run) [][]run {
	n := len(stack)
	stack[n-2] = mergeRuns(stack[n-2], stack[n-1])
	return stack[:n-1]
}

// mergeRuns returns a new sorted list of two.
func mergeRuns(a, b []run) []run {
	out := make([]run, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := compareRuns(a[0], b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, run{a[0].bytes, a[0].expanded, addCapped(a[0].n, b[0].n)})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func compareRuns(a, b run) int {
	if c := cmp.Compare(a.bytes, b.bytes); c != 0 {
		return c
	}
	return cmp.Compare(a.expanded, b.expanded)
}
