package s3

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"s3layout/lister/s3sim"
)

// randomLake is what a seed makes of a bucket: objects below a root, and some beside it.
type randomLake struct {
	root    string
	target  Target // the root, with or without its slash
	objects map[string]s3sim.Object
}

func (l *randomLake) keys() s3sim.Keyspace {
	list := make([]s3sim.Object, 0, len(l.objects))
	for _, o := range l.objects {
		list = append(list, o)
	}
	return s3sim.Objects(list...)
}

// with is the lake with one object more. It leaves l alone.
func (l *randomLake) with(o s3sim.Object) *randomLake {
	out := randomLake{l.root, l.target, map[string]s3sim.Object{o.Key: o}}
	for key, o := range l.objects {
		out.objects[key] = o
	}
	return &out
}

// matching is the lake without the keys that keep does not want.
func (l *randomLake) matching(keep func(key string) bool) *randomLake {
	out := randomLake{l.root, l.target, map[string]s3sim.Object{}}
	for key, o := range l.objects {
		if keep(key) {
			out.objects[key] = o
		}
	}
	return &out
}

func oneOf[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// newRandomLake makes 0 to a few thousand objects, of several families of keys that may share directories.
func newRandomLake(r *rand.Rand) *randomLake {
	l := &randomLake{root: oneOf(r, "", "", "data/", "a+b/%41/", "é\U0010ffff/", "\x01/", "x=1/", "/"), objects: map[string]s3sim.Object{}}
	l.target = Target{Bucket: "lake", Prefix: l.root}
	size := oneOf(r, 0, 1, 5, 20, 50, 50, 100, 100, 200, 200)
	if r.IntN(40) == 0 {
		size = 2500
	}
	var keys []string
	add := func(key string) {
		if key != "" && len(keys) < size {
			keys = append(keys, key)
		}
	}
	for len(keys) < size {
		before := len(keys)
		dir := oneOf(r, "", "", "in/", "a/b/", "~/", "in/x=1/", "_temporary/0/", "metadata/", "\U0010ffff/")
		oneOf(r, hiveKeys, hiveKeys, dateKeys, counterKeys, hexKeys, letterKeys, bareKeys, chainKeys, longKeys, tableKeys)(r, 1+r.IntN(size), func(key string) { add(dir + key) })
		if len(keys) == before {
			add(fmt.Sprint("filler", before))
		}
	}
	keys = append(keys, near(r, keys)...)
	for _, key := range keys {
		l.put(r, l.root+key)
	}
	if len(l.objects) > 0 && l.root != "" && r.IntN(2) == 0 {
		l.beside(r)
	}
	return l
}

// beside asks for the root without its slash, and puts names next to it that must not count.
func (l *randomLake) beside(r *rand.Rand) {
	bare := strings.TrimSuffix(l.root, "/")
	if bare == "" {
		return
	}
	l.target.Prefix = bare
	for range r.IntN(4) {
		l.put(r, bare+oneOf(r, "-old/a", "-old/b", "0", ".json", "\U0010ffff", " ", "", "-"))
	}
}

func (l *randomLake) put(r *rand.Rand, key string) {
	if len(key) > 1024 || key == "" {
		return
	}
	size := int64(1) << r.IntN(34)
	size += r.Int64N(size)
	if r.IntN(12) == 0 {
		size = 0
	}
	l.objects[key] = s3sim.Object{
		Key: key, Size: size, Modified: time.UnixMilli(1420070400000 + r.Int64N(370e9)).UTC(),
		StorageClass: oneOf(r, "", "", "", "", "STANDARD", "STANDARD_IA", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "SNOW"),
	}
}

func fileName(r *rand.Rand, i int) string {
	return fmt.Sprintf(oneOf(r, "part-%05d-c000.snappy.parquet", "part-%05d.csv.gz", "%d.json", "data_%d.orc", "f%03d", "%d.tgz", "_SUCCESS%d", ".part-%d.crc"), i)
}

func hiveKeys(r *rand.Rand, n int, add func(string)) {
	columns := oneOf(r, []string{"year", "month", "day"}, []string{"dt"}, []string{"country", "year"}, []string{"x", "X"})
	per := 1 + r.IntN(8)
	for range (n + per - 1) / per {
		dir := ""
		for _, c := range columns {
			dir += c + "=" + columnValue(r, c) + "/"
		}
		for i := range per {
			add(dir + fileName(r, i))
		}
	}
}

func columnValue(r *rand.Rand, column string) string {
	if r.IntN(20) == 0 {
		return oneOf(r, "__HIVE_DEFAULT_PARTITION__", "", "a%2Fb", "A", "é", "1.5", "=")
	}
	switch column {
	case "year":
		return fmt.Sprint(2018 + r.IntN(8))
	case "month", "day":
		return fmt.Sprintf("%02d", 1+r.IntN(12))
	case "dt":
		return fmt.Sprintf("2024-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))
	case "country":
		return oneOf(r, "de", "fr", "us", "côte", "DE")
	}
	return fmt.Sprint(r.IntN(30))
}

func dateKeys(r *rand.Rand, n int, add func(string)) {
	for i := range n {
		add(fmt.Sprintf("logs/%d/%02d/%02d/", 2020+r.IntN(3), 1+r.IntN(12), 1+r.IntN(28)) + fileName(r, i))
	}
}

func counterKeys(r *rand.Rand, n int, add func(string)) {
	name := oneOf(r, "%010d", "part-%04d.parquet", "%d", "a/%d/x", "%03d/f.csv", "k%x")
	step := 1 + r.IntN(3)
	for i := range n {
		add(fmt.Sprintf(name, i*step))
	}
}

func hexKeys(r *rand.Rand, n int, add func(string)) {
	for range n {
		add(fmt.Sprintf(oneOf(r, "%016x", "%016x.json.gz", "h/%04x"), r.Uint64()))
	}
}

// letterKeys are of few letters, so that they share beginnings, and of letters that are hard to spell.
func letterKeys(r *rand.Rand, n int, add func(string)) {
	letters := []rune(oneOf(r, "ab/", "01", "é日😀\U0010ffff/", " +%&<>'\"\r\n", "\x00\x01\x7f\u0080/", "aZ09=-_.", "~}\u007f\uffff\U00010000", "/.a"))
	for range n {
		var key strings.Builder
		for range 1 + r.IntN(6) {
			key.WriteRune(oneOf(r, letters...))
		}
		add(key.String())
	}
}

// bareKeys are the hostile ones, some of which S3 would not take, but a server that calls itself S3 may hold.
func bareKeys(r *rand.Rand, n int, add func(string)) {
	all := hostileKeys()
	for range n {
		add(oneOf(r, all...))
	}
}

// chainKeys are each the beginning of the next.
func chainKeys(r *rand.Rand, n int, add func(string)) {
	key, link := "", oneOf(r, "a", "ab/", "\U0010ffff", "/", "0", "é")
	for range min(n, 200) {
		key += link
		add(key)
	}
}

func longKeys(r *rand.Rand, n int, add func(string)) {
	for range min(n, 30) {
		key := strings.Repeat(oneOf(r, "k", "é", "d/", "x=1/", "\U0010ffff"), 1024)
		add(key[:oneOf(r, 1000, 1012, 1020)] + fmt.Sprint(r.IntN(10)))
	}
}

// tableKeys are what table formats and jobs leave behind.
func tableKeys(r *rand.Rand, n int, add func(string)) {
	for i := range n {
		add(oneOf(r, "t/", "u=1/t/", "") + fmt.Sprintf(oneOf(r, "_delta_log/%020d.json", ".hoodie/%d.commit", "metadata/v%d.metadata.json", "_temporary/0/task_%d/part-0.parquet", "data/%d.parquet", "_metadata%d"), i))
	}
}

// near are keys where a listing may begin or be cut: around keys that exist, and around their directories.
func near(r *rand.Rand, keys []string) []string {
	var out []string
	for range min(len(keys)/4, 20) {
		key := oneOf(r, keys...)
		at := r.IntN(len(key) + 1)
		dir := key[:strings.LastIndexByte(key, '/')+1]
		stem := strings.ToValidUTF8(key[:at], "")
		out = append(out, oneOf(r, dir, strings.TrimSuffix(dir, "/")+"_$folder$", key+"\x00", key+"/", key+"\U0010ffff", stem, stem+"~",
			stem+"\U0010ffff", stem+"m", stem+"5", dir+"\U0010ffff", dir+"\U0010ffff\U0010ffff", dir+"\U0010ffffx/y", strings.TrimSuffix(dir, "/")+"0", strings.TrimSuffix(dir, "/")+"-"))
	}
	return out
}
