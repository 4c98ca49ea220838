package s3sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Group is N computed keys under one prefix. Only Prefix, N and Name are needed: sizes, dates and classes have
// defaults (log-normal around 8 MiB, spread over two years, STANDARD). The index i of every function runs from 0 to N-1.
type Group struct {
	Prefix string
	N      int64
	// Name appends what follows the prefix in the i-th key. It must be strictly increasing in byte order.
	Name         func(dst []byte, i int64) []byte
	Size         func(i int64) int64 // bytes
	Modified     func(i int64) time.Time
	StorageClass func(i int64) string
	Ends         func(i int64) (head, tail []byte) // how the computed bytes begin and end; see [Object]
}

// Groups returns the keyspace of all the groups, in any order. It panics when the keys of two groups interleave. One
// group costs about 200 bytes: for a million of them, see [Grid].
func Groups(groups ...Group) Keyspace {
	groups = slices.Clone(groups)
	groups = slices.DeleteFunc(groups, func(g Group) bool { return g.N == 0 })
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.first(), b.first()) })
	parts := make([]Keyspace, len(groups))
	for i, g := range groups {
		parts[i] = g.grid().Keys()
	}
	return Concat(parts...)
}

func (g *Group) first() string { return string(g.Name([]byte(g.Prefix), 0)) }

func (g *Group) grid() Grid {
	prefix, name := g.Prefix, g.Name
	return Grid{
		N: g.N, Per: g.N,
		Prefix: func(dst []byte, _ int64) []byte { return append(dst, prefix...) },
		Name:   func(dst []byte, _, i int64) []byte { return name(dst, i) },
		Size:   g.Size, Modified: g.Modified, StorageClass: g.StorageClass, Ends: g.Ends,
		seed: hashString(prefix),
	}
}

// Grid is N computed keys, Per to a prefix (the last prefix may have fewer): 1,000,000 keys at 500 a prefix are 2,000
// prefixes, numbered from 0. Nothing is stored, so a million prefixes cost what one costs.
type Grid struct {
	N, Per int64
	// Prefix appends the g-th prefix; Name appends what follows it in its i-th key, 0 <= i < Per. The keys must be
	// strictly increasing in byte order over (g, i).
	Prefix func(dst []byte, g int64) []byte
	Name   func(dst []byte, g, i int64) []byte

	// As in Group, by position in the whole grid: 0 <= i < N.
	Size         func(i int64) int64
	Modified     func(i int64) time.Time
	StorageClass func(i int64) string
	Ends         func(i int64) (head, tail []byte)

	seed uint64
}

// Keys returns the grid as a keyspace. It panics when N or Per make no sense or when keys are seen not to increase;
// about a hundred pairs of neighbours are looked at, not all.
func (g Grid) Keys() Keyspace {
	if g.N < 0 || g.N > 0 && g.Per <= 0 {
		panic(fmt.Sprintf("s3sim: grid of %d keys, %d to a prefix", g.N, g.Per))
	}
	if g.Size == nil {
		g.Size = defaultSizes(g.seed)
	}
	if g.Modified == nil {
		g.Modified = defaultModified
	}
	k := &grid{g}
	k.mustIncrease()
	return k
}

type grid struct{ Grid }

// mustIncrease compares neighbours on both sides of up to 32 prefix boundaries and at 32 places between them.
func (k *grid) mustIncrease() {
	groups := (k.N + max(k.Per, 1) - 1) / max(k.Per, 1)
	for s := int64(0); s < 32; s++ {
		edge := groups * s / 32 * k.Per
		k.compare(edge - 1)
		k.compare(edge)
		k.compare(k.N * s / 32)
	}
	k.compare(k.N - 2)
}

// compare panics unless the i-th key is less than the next; there is nothing to compare at the ends.
func (k *grid) compare(i int64) {
	if i < 0 || i+1 >= k.N {
		return
	}
	a, b := k.AppendKey(nil, i), k.AppendKey(nil, i+1)
	if string(a) >= string(b) {
		panic(fmt.Sprintf("s3sim: keys do not increase: %q is not less than %q", a, b))
	}
}

func (k *grid) Len() int64 { return k.N }

func (k *grid) AppendKey(dst []byte, i int64) []byte {
	g := i / k.Per
	return k.Name(k.Prefix(dst, g), g, i-g*k.Per)
}

func (k *grid) At(i int64) Object {
	a := k.attrs(i)
	o := Object{
		Key: string(k.AppendKey(nil, i)), Size: a.size, Modified: k.Modified(i).UTC(),
		StorageClass: a.class, ETag: string(appendSum(nil, a.sum)),
	}
	if k.Ends != nil {
		o.Head, o.Tail = k.Ends(i)
	}
	return o
}

func (k *grid) attrs(i int64) attrs {
	a := attrs{size: k.Size(i), modified: k.Modified(i).UnixMilli()}
	if k.StorageClass != nil {
		a.class = k.StorageClass(i)
	}
	a.sum = sumOf(i, a.size)
	return a
}
