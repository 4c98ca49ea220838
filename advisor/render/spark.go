package render

import "s3layout/stats"

// sparkBounds are the sizes up to which each column of a sparkline counts, all but the last.
var sparkBounds = []int64{64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 32 << 20, 128 << 20, 1 << 30}

// sparkNames are the columns of a sparkline.
var sparkNames = []string{"≤ 64 KiB", "≤ 256 KiB", "≤ 1 MiB", "≤ 4 MiB", "≤ 16 MiB", "≤ 32 MiB", "≤ 128 MiB", "≤ 1 GiB", "> 1 GiB"}

// sparkBands says what the columns of a sparkline are.
const sparkBands = "up to 64 KiB, 256 KiB, 1, 4, 16, 32 and 128 MiB, 1 GiB, and above"

// sparkline draws the files of a partition by size, a column for each of sparkBounds and one for what is above: what is there
// has a bar, and the fullest the highest. – is not known.
func sparkline(histogram []stats.SizeCount) string {
	counts, most := sparkCounts(histogram)
	if most == 0 {
		return "–"
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	out := make([]rune, len(counts))
	for i, n := range counts {
		if out[i] = '·'; n > 0 {
			out[i] = levels[sparkLevel(n, most)]
		}
	}
	return string(out)
}

// sparkLevel is how high a column is, 0 to 7.
func sparkLevel(n, most int64) int { return int(float64(n)/float64(most)*7 + 0.5) }

// sparkCounts are the files of each column, and the most of a column.
func sparkCounts(histogram []stats.SizeCount) (counts []int64, most int64) {
	counts = make([]int64, len(sparkBounds)+1)
	for _, b := range histogram {
		i := 0
		for i < len(sparkBounds) && b.LE > sparkBounds[i] {
			i++
		}
		counts[i] += b.Objects
		most = max(most, counts[i])
	}
	return counts, most
}
