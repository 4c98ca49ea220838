package rules

import (
	"maps"
	"slices"
	"strings"

	"s3layout/advisor"
)

// awsServices are the directories of services in logs that AWS delivers, those of most bytes first:
// AWSLogs/account/service/region/2026/04/19. Source: CloudTrail user guide, cloudtrail-find-log-files.
func awsServices(f *advisor.Facts) []string {
	if f.Profile.Partitioning.Scheme != "date" {
		return nil
	}
	target := strings.TrimRight(f.Target, "/") + "/"
	bytes := map[string]int64{}
	for p := range f.Profile.EachPartition {
		if name := awsService(target + p.Path); name != "" {
			bytes[name] += p.Bytes
		}
	}
	return slices.SortedFunc(maps.Keys(bytes), func(a, b string) int {
		if bytes[a] != bytes[b] {
			return int(min(max(bytes[b]-bytes[a], -1), 1))
		}
		return strings.Compare(a, b)
	})
}

// awsService is what follows the account below AWSLogs; "" where nothing does.
func awsService(path string) string {
	_, rest, found := strings.Cut(path, "/AWSLogs/")
	if !found {
		return ""
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts[:len(parts)-1] {
		if len(part) == 12 && strings.Trim(part, "0123456789") == "" {
			return parts[i+1]
		}
	}
	return ""
}

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
