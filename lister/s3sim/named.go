package s3sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxNamed is the largest keyspace that Named builds.
const MaxNamed = 100_000_000

const mib = 1 << 20

// shape is a ready keyspace: a layout that lakes have, at any size.
type shape struct {
	name string
	doc  string
	keys func(n int64) Keyspace
}

// shapes lists the ready keyspaces. A new one is one line here and one function below.
var shapes = []shape{
	{"counter", "one prefix, part-0000000000-c000.snappy.parquet and on", counterKeys},
	{"hex", "one prefix, names that look random: sorted 64-bit hex", hexKeys},
	{"hive500", "year/month/day/hour partitions of 500 files", hiveKeys(500)},
	{"hive10", "year/month/day/hour partitions of 10 files", hiveKeys(10)},
	{"half", "daily partitions, one of which holds half of everything", halfKeys},
	{"kafka", "topics/orders.v1/partition=0/orders.v1+0+0000001000.json, ten partitions", kafkaKeys},
	{"unicode", "letters of many scripts, upper and lower case, and everything that needs an escape", unicodeKeys},
	{"flat", "one prefix, names of mixed length", flatKeys},
	{"single", "partitions of one file each", singleKeys},
}

// Names lists the keyspaces that Named knows.
func Names() []string {
	out := make([]string, len(shapes))
	for i, s := range shapes {
		out[i] = s.name
	}
	return out
}

// Named returns a ready keyspace of n keys, 0 <= n <= MaxNamed. The same name and n give the same keys and sizes. Beside
// Names there is hive<files>, with any number of files to a partition: 10,000,000 keys of hive500 are 20,000 partitions,
// and so are 1,000,000 of hive50; and hostile, whose keys hold what a terminal obeys.
func Named(name string, n int64) (Keyspace, error) {
	keys := keysOf(name)
	if keys == nil {
		return nil, fmt.Errorf("unknown keyspace %q: one of %q, or hive and a number of files", name, Names())
	}
	if n < 0 || n > MaxNamed {
		return nil, fmt.Errorf("keyspace %q of %d keys: 0 to %d are possible", name, n, int64(MaxNamed))
	}
	return keys(n), nil
}

// keysOf returns nil for a name that is not known.
func keysOf(name string) func(n int64) Keyspace {
	if i := slices.IndexFunc(shapes, func(s shape) bool { return s.name == name }); i >= 0 {
		return shapes[i].keys
	}
	if name == "hostile" {
		return hostileKeys
	}
	digits, found := strings.CutPrefix(name, "hive")
	per, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || per < 1 || per > MaxNamed || digits != strconv.FormatInt(per, 10) {
		return nil
	}
	return hiveKeys(per)
}

// hostileKeys hold control sequences, ends of lines, a command of CI logs, a bidirectional override and bytes that are no
// UTF-8.
func hostileKeys(n int64) Keyspace {
	dir := counted("\x1b]0;owned\a\x1b[2J/dt=", "\r\n::error::/")
	return Grid{
		N: n, Per: 100, Prefix: func(dst []byte, g int64) []byte { return dir(dst, 0, g) }, Name: counted("\u202egpj.\xff", "\t.csv"),
	}.Keys()
}

func constant(s string) func(dst []byte, _ int64) []byte {
	return func(dst []byte, _ int64) []byte { return append(dst, s...) }
}

// counted makes names of a counter of 10 digits between two strings.
func counted(before, after string) func(dst []byte, _, i int64) []byte {
	return func(dst []byte, _, i int64) []byte {
		return append(appendPadded(append(dst, before...), i, 10), after...)
	}
}

func counterKeys(n int64) Keyspace {
	return Grid{
		N: n, Per: max(n, 1), Prefix: constant("events/"), Name: counted("part-", "-c000.snappy.parquet"),
		Size: LogNormal(24*mib, 0.9, 1), Modified: risingModified(n),
	}.Keys()
}

func hexKeys(n int64) Keyspace {
	stride := ^uint64(0) / uint64(max(n, 1))
	return Grid{
		N: n, Per: max(n, 1), Prefix: constant("blobs/"),
		Name: func(dst []byte, _, i int64) []byte {
			return append(appendHex(dst, uint64(i)*stride+mix(uint64(i))%stride), ".json.gz"...)
		},
		Size: LogNormal(300<<10, 1.6, 2),
	}.Keys()
}

// appendHour appends the Hive partition of the h-th hour since 2015.
func appendHour(dst []byte, h int64) []byte {
	year, month, day := civil(h/24 + firstDay)
	dst = appendPadded(append(dst, "events/year="...), year, 4)
	dst = appendPadded(append(dst, "/month="...), month, 2)
	dst = appendPadded(append(dst, "/day="...), day, 2)
	return append(appendPadded(append(dst, "/hour="...), h%24, 2), '/')
}

// firstDay is 2015-01-01 in days since 1970-01-01.
const firstDay = 16436

func hiveKeys(per int64) func(n int64) Keyspace {
	return func(n int64) Keyspace {
		return Grid{
			N: n, Per: per, Prefix: appendHour, Name: appendPart,
			Size: LogNormal(6*mib, 1.1, 3), Modified: risingModified(n),
		}.Keys()
	}
}

// appendPart appends a file name as Spark writes it: task number, then an identifier that the whole job shares.
func appendPart(dst []byte, g, i int64) []byte {
	dst = append(appendPadded(append(dst, "part-"...), i, 9), '-')
	return append(appendHex(dst, mix(uint64(g))), "-c000.snappy.parquet"...)
}

// halfKeys is a day partition per 500 files; the day in the middle holds half of everything.
func halfKeys(n int64) Keyspace {
	const per = 500
	big := n / 2
	before := (n - big) / 2
	modified := risingModified(n)
	days := func(day, from, keys, per int64) Keyspace {
		return Grid{
			N: keys, Per: per, Name: appendPart,
			Prefix: func(dst []byte, g int64) []byte {
				return append(appendDate(append(dst, "events/dt="...), firstDay+day+g), '/')
			},
			Size:     LogNormal(12*mib, 1, uint64(4+day)),
			Modified: func(i int64) time.Time { return modified(from + i) },
		}.Keys()
	}
	first := (before + per - 1) / per
	return Concat(
		days(0, 0, before, per),
		days(first, before, big, max(big, 1)),
		days(first+1, before+big, n-before-big, per),
	)
}

// kafkaKeys is a topic of ten partitions, 1,000 records to a file: a stem of 41 characters that all of a partition's
// keys share. The partitions fill at the same time.
func kafkaKeys(n int64) Keyspace {
	per := max((n+9)/10, 1)
	modified := risingModified(per)
	return Grid{
		N: n, Per: per,
		Prefix: func(dst []byte, g int64) []byte {
			return append(appendPadded(append(dst, "topics/orders.v1/partition="...), g, 1), '/')
		},
		Name: func(dst []byte, g, i int64) []byte {
			dst = append(appendPadded(append(dst, "orders.v1+"...), g, 1), '+')
			return append(appendPadded(dst, i*1000, 10), ".json"...)
		},
		Size: LogNormal(900<<10, 0.4, 5), Modified: func(i int64) time.Time { return modified(i % per) },
	}.Keys()
}

// digits spells numbers in a base whose digits are strings. Strings that are sorted, and none the beginning of
// another, spell rising numbers of one width as rising names, of mixed length.
type digits []string

// spread returns names of n numbers spread evenly over all that have the width needed.
func (d digits) spread(n int64, after string) func(dst []byte, _, i int64) []byte {
	base, room, width := int64(len(d)), int64(1), 0
	for room < n {
		room, width = room*base, width+1
	}
	stride := room / max(n, 1)
	return func(dst []byte, _, i int64) []byte {
		v := i * stride
		for unit := room; unit > 1; {
			unit /= base
			dst = append(dst, d[v/unit]...)
			v %= unit
		}
		return append(dst, after...)
	}
}

var scripts = digits{
	" ", "!", "%", "&", "'", "(", "+", "0", "9", "<", "=", "A", "M", "Z", "[", "_", "a", "m", "z", "~",
	"Ä", "ß", "é", "ø", "Ω", "ж", "ש", "ก", "日", "本", "\ufeff", "😀", "\U0010ffff",
}

func unicodeKeys(n int64) Keyspace {
	per := max((n+int64(len(scripts))-1)/int64(len(scripts)), 1)
	return Grid{
		N: n, Per: per, Name: scripts.spread(per, ".csv"),
		Prefix: func(dst []byte, g int64) []byte {
			return append(append(append(dst, "Straße/"...), scripts[g]...), '/')
		},
		Size: LogNormal(2*mib, 1.3, 6),
	}.Keys()
}

var words = digits{
	"a-", "account.", "b2", "batch_", "c.", "customer-orders-", "d", "eu-west-1.", "f_", "g", "hourly.", "i-",
	"jq", "k8s-", "log.", "m0", "n_", "orders", "p", "q-", "raw.", "s3-", "tmp_", "u.", "v1", "warehouse-", "x", "y-",
}

func flatKeys(n int64) Keyspace {
	return Grid{
		N: n, Per: max(n, 1), Prefix: constant("inbox/"), Name: words.spread(n, "json"),
		Size: LogNormal(120<<10, 1.8, 7),
	}.Keys()
}

func singleKeys(n int64) Keyspace {
	return Grid{
		N: n, Per: 1,
		Prefix: func(dst []byte, g int64) []byte {
			return append(appendPadded(append(dst, "devices/device_id="...), g, 9), '/')
		},
		Name: func(dst []byte, _, _ int64) []byte { return append(dst, "part-00000.orc"...) },
		Size: LogNormal(200<<10, 0.8, 8), Modified: func(i int64) time.Time { return defaultModified(i / 1000) },
	}.Keys()
}
