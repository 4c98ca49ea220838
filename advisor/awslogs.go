package advisor

import (
	"maps"
	"slices"
	"strings"
)

// AWSServices are the directories of services in logs that AWS delivers, those of most bytes first:
// AWSLogs/account/service/region/2026/04/19. Source: CloudTrail user guide, cloudtrail-find-log-files.
func (f *Facts) AWSServices() []string {
	if f.Profile.Partitioning.Scheme != "date" {
		return nil
	}
	bytes := map[string]int64{}
	for p := range f.Profile.EachPartition {
		if name := f.awsService(p.Path); name != "" {
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
func (f *Facts) awsService(path string) string {
	_, rest, found := strings.Cut(strings.TrimRight(f.Target, "/")+"/"+path, "/AWSLogs/")
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

// AWSDays counts the dates that the logs of a service are of, over all accounts and regions.
func (f *Facts) AWSDays(service string) int64 {
	dates := map[string]bool{}
	for p := range f.Profile.EachPartition {
		if f.awsService(p.Path) != service {
			continue
		}
		parts := strings.Split(p.Path, "/")
		dates[strings.Join(parts[max(len(parts)-len(f.Profile.Partitioning.Keys), 0):], "/")] = true
	}
	return int64(len(dates))
}
