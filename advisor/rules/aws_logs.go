package rules

import (
	"slices"
	"strings"
)

// otherServices are exclusions of what lies beside the first service. Beside CloudTrail's events these are its digests and
// insights, and Config, which shares its bucket and spells dates without zeros, so that they are not told for dates.
func otherServices(services []string) []string {
	others := slices.Clone(services[1:])
	if services[0] == "CloudTrail" {
		others = append(others, "CloudTrail-Digest", "CloudTrail-Insight", "Config")
	}
	slices.Sort(others)
	var out []string
	for _, name := range slices.Compact(others) {
		if plainName(strings.ReplaceAll(name, "-", "_")) {
			out = append(out, "{"+name+",**/"+name+"}/**")
		}
	}
	return out
}
