package s3

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"s3layout/lister/s3sim"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A keyspace is a layout that lakes have, of about any number of keys.
type keyspace struct {
	name string
	make func(dice *rand.Rand, n int) []string
}

// keys returns about n keys of the keyspace, in order, the same every time.
func (k keyspace) keys(n int) []string {
	keys := k.make(rand.New(rand.NewPCG(1, 2)), n)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// known is a keyspace of the server.
func known(name string) keyspace {
	return keyspace{name, func(_ *rand.Rand, n int) []string {
		ks, err := s3sim.Named(name, int64(n))
		if err != nil {
			panic(err)
		}
		out := make([]string, ks.Len())
		var buf []byte
		for i := range out {
			buf = ks.AppendKey(buf[:0], int64(i))
			out[i] = string(buf)
		}
		return out
	}}
}

var keyspaces = []keyspace{
	{"uuid", func(dice *rand.Rand, n int) []string {
		return each(n, func(int) string { return "objects/" + uuid(dice) + ".json" })
	}},
	{"times", func(_ *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			return "raw/" + epoch.Add(time.Duration(i)*30*time.Second).Format("2006-01-02T15-04-05Z") + ".json.gz"
		})
	}},
	{"country", func(dice *rand.Rand, n int) []string {
		var out []string
		for day := 0; len(out) < n; day++ {
			for c, code := range countries {
				per := int(3000 / math.Pow(float64(c+1), 1.2) * (0.5 + dice.Float64()))
				for i := range max(per, 1) {
					out = append(out, fmt.Sprintf("sales/dt=%s/country=%s/part-%05d-%s.c000.snappy.parquet", date(day), code, i, "7f3a"))
				}
			}
		}
		return out[:n]
	}},
	{"hosts", func(dice *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			host := i % 37
			return fmt.Sprintf("logs/%s-%02d.eu-west-1.compute.internal/%s/access.log.%d.gz", [...]string{"web", "api", "db"}[host%3], host, date(i/37/24), i/37%24)
		})
	}},
	{"cloudtrail", func(dice *rand.Rand, n int) []string {
		accounts := []string{"111122223333", "123456789012", "444455556666", "987654321098"}
		regions := []string{"ap-southeast-2", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2"}
		weights := []int{1, 4, 3, 10, 2}
		return each(n, func(i int) string {
			a := accounts[min(dice.IntN(7), 3)]
			r := pick(dice, regions, weights)
			at := epoch.Add(time.Duration(dice.IntN(n)) * 10 * time.Second)
			return fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", a, r, at.Format("2006/01/02"), a, r, at.Format("20060102T1504Z"), alnum(dice, 16))
		})
	}},
	{"mixed", func(dice *rand.Rand, n int) []string {
		var out []string
		for i := range n * 4 / 10 {
			out = append(out, fmt.Sprintf("warehouse/clicks/year=%d/month=%02d/day=%02d/part-%05d.parquet", 2020+i/144000, 1+i/12000%12, 1+i/400%30, i%400))
		}
		for range n * 3 / 10 {
			out = append(out, fmt.Sprintf("warehouse/blobs/%032x", [2]uint64{dice.Uint64(), dice.Uint64()}))
		}
		for i := range n * 2 / 10 {
			out = append(out, fmt.Sprintf("warehouse/orders/part-%05d-c000.orc", i))
		}
		for i := range n / 10 {
			out = append(out, fmt.Sprintf("warehouse/zips/region=%s/%d.zip", countries[i%len(countries)], i))
		}
		return out
	}},
	{"decimals", func(_ *rand.Rand, n int) []string {
		return each(n, func(i int) string { return "images/" + strconv.Itoa(i+1) + ".jpg" })
	}},
	{"base64", func(dice *rand.Rand, n int) []string {
		return each(n, func(int) string {
			var b [15]byte
			for i := range b {
				b[i] = byte(dice.IntN(256))
			}
			return "cache/" + base64.URLEncoding.EncodeToString(b[:])
		})
	}},
	{"long", func(dice *rand.Rand, n int) []string {
		stem := strings.Repeat("a-rather-long-directory-name/", 32)
		return each(n, func(i int) string {
			key := fmt.Sprintf("%sbucket=%04d/%s", stem, dice.IntN(300), uuid(dice))
			return key + strings.Repeat("x", 1000-len(key))
		})
	}},
	{"sharded", func(dice *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			return fmt.Sprintf("%03x/events/%s/%s.avro", dice.IntN(4096), date(i*365/n), alnum(dice, 8))
		})
	}},
	{"ulid", func(dice *rand.Rand, n int) []string {
		const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
		return each(n, func(i int) string {
			ms := uint64(1767225600000) + uint64(i)*31000
			var b [26]byte
			for k := 9; k >= 0; k-- {
				b[k] = crockford[ms&31]
				ms >>= 5
			}
			for k := 10; k < 26; k++ {
				b[k] = crockford[dice.IntN(32)]
			}
			return "events/" + string(b[:]) + ".json"
		})
	}},
	{"sparkjobs", func(dice *rand.Rand, n int) []string {
		var out []string
		for day := 0; len(out) < n; day++ {
			for range 1 + dice.IntN(4) {
				job := uuid(dice)
				for i := range 200 {
					out = append(out, fmt.Sprintf("lake/fact/dt=%s/part-%05d-%s.c000.snappy.parquet", date(day), i, job))
				}
			}
		}
		return out[:n]
	}},
	{"firehose", func(dice *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			at := epoch.Add(time.Duration(i) * 20 * time.Second)
			return at.Format("2006/01/02/15/") + "delivery-stream-1-" + at.Format("2006-01-02-15-04-05") + "-" + uuid(dice)
		})
	}},
	{"connect", func(_ *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			return fmt.Sprintf("topics/orders/partition=%d/orders+%d+%010d.avro", i%64, i%64, i/64*500)
		})
	}},
	{"unpadded", func(_ *rand.Rand, n int) []string {
		var out []string
		for i := range n {
			d := epoch.AddDate(0, 0, i/700)
			out = append(out, fmt.Sprintf("t/year=%d/month=%d/day=%d/file_%d.parquet", d.Year(), d.Month(), d.Day(), i%700))
		}
		return out
	}},
	{"people", func(dice *rand.Rand, n int) []string {
		return each(n, func(int) string {
			return fmt.Sprintf("users/%s.%s@%s/avatar-%d.png", name(dice), name(dice), [...]string{"example.com", "mail.example.org", "corp.example.net"}[dice.IntN(3)], dice.IntN(4))
		})
	}},
	{"thousands", func(_ *rand.Rand, n int) []string {
		return each(n, func(i int) string { return fmt.Sprintf("img/%d/%d_%d.webp", i%1000, i, i%7) })
	}},
	{"needle", func(dice *rand.Rand, n int) []string {
		var out []string
		for i := range n / 20 {
			out = append(out, fmt.Sprintf("projects/%s/config/%s.yaml", alnum(dice, 6), [...]string{"dev", "prod", "test"}[i%3]))
		}
		for i := range n - len(out) {
			out = append(out, fmt.Sprintf("projects/main/build/artifacts/linux/amd64/obj/%08d.o", i*3))
		}
		return out
	}},
}

// unseen are keyspaces that cutting was not tuned on.
var unseen = []keyspace{
	{"letters", func(dice *rand.Rand, n int) []string {
		return each(n, func(int) string {
			b := make([]byte, 12)
			for i := range b {
				b[i] = byte('a' + dice.IntN(26))
			}
			return "in/" + string(b)
		})
	}},
	{"iceberg", func(dice *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			return fmt.Sprintf("db/t/data/%08b/%04b/dt=%s/%05d-%d-%s-00001.parquet", dice.IntN(256), dice.IntN(16), date(i*90/n), i%200, dice.IntN(4000), uuid(dice))
		})
	}},
	{"addresses", func(dice *rand.Rand, n int) []string {
		return each(n, func(i int) string {
			return fmt.Sprintf("flow/10.%d.%d.%d/%d.log", dice.IntN(4), dice.IntN(256), dice.IntN(256), 1700000000+i)
		})
	}},
	{"seconds", func(_ *rand.Rand, n int) []string {
		return each(n, func(i int) string { return fmt.Sprintf("metrics/%d.json", 1700000000+i*17) })
	}},
	{"tenants", func(dice *rand.Rand, n int) []string {
		var out []string
		for tenant := 1; len(out) < n; tenant++ {
			name := alnum(dice, 5)
			for i := range 1 + n/20/tenant {
				out = append(out, fmt.Sprintf("tenant-%s/exports/%d/%02d/%06d.csv", name, 2020+i%6, 1+i%12, i))
			}
		}
		return out[:n]
	}},
}

var epoch = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

func date(day int) string { return epoch.AddDate(0, 0, day).Format("2006-01-02") }

var countries = strings.Fields("US DE FR GB IN BR JP CA IT ES AU MX NL SE PL AT BE CH DK NO FI PT IE NZ ZA KR CN SG AR CL CO CZ GR HU IL MY PH RO TH TR TW UA VN")

func each(n int, key func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = key(i)
	}
	return out
}

func uuid(dice *rand.Rand) string {
	a, b := dice.Uint64(), dice.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

func alnum(dice *rand.Rand, n int) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[dice.IntN(len(letters))]
	}
	return string(out)
}

func pick(dice *rand.Rand, from []string, weights []int) string {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := dice.IntN(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return from[i]
		}
	}
	return ""
}

// name is a made-up name, in which some letters are more frequent than others.
func name(dice *rand.Rand) string {
	syllables := [...]string{"an", "ma", "ri", "jo", "el", "ka", "li", "to", "ben", "son", "da", "ne", "pe", "ter", "sa", "ra", "vi", "mo", "lu", "chi"}
	var b strings.Builder
	for range 2 + dice.IntN(3) {
		i := int(float64(len(syllables)) * math.Pow(dice.Float64(), 1.7))
		b.WriteString(syllables[i])
	}
	return b.String()
}
