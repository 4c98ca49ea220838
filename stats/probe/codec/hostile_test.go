package codec

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"
)

// bombs are files that inflate to far more than they are, or say so.
func bombs(t testing.TB) map[string][]byte {
	var zeros bytes.Buffer
	w := gzip.NewWriter(&zeros)
	chunk := make([]byte, 1<<20)
	for range 72 { // the first 64 KiB of what 1 GiB of zeros deflates to
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var nested bytes.Buffer
	w = gzip.NewWriter(&nested)
	if _, err := w.Write(zeros.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const frame = zstdMagic + "\x00"
	const rle = "\x02\x00\x10A"                  // 128 KiB of A
	const little = "\x1c\x00\x00\x09A\x00"       // a compressed block of one A
	const much = "\x2c\x00\x00\x0d\x00\x20A\x00" // a compressed block of 128 KiB
	lz4Run := "\x04\x22\x4d\x18\x60\x70\x73\x00\xff\x00\x00\x1fA\x01\x00" + strings.Repeat("\xff", 65275) + "\x00"
	return map[string][]byte{
		"gzip zeros":     zeros.Bytes(),
		"gzip nested":    nested.Bytes(),
		"zstd window":    []byte(frame + "\xff" + strings.Repeat(rle, 1000)), // 3.75 TiB claimed, 125 MiB held
		"zstd size":      []byte(zstdMagic + "\xe0\xff\xff\xff\xff\xff\xff\xff\x7f" + strings.Repeat(rle, 16000)),
		"zstd literals":  []byte(frame + "\xa8" + strings.Repeat(much, 500)),
		"zstd mixed":     []byte(frame + "\xa8" + strings.Repeat(little, 9) + strings.Repeat(much, 2) + strings.Repeat(rle, 5) + strings.Repeat(much, 500)),
		"zstd late":      []byte(frame + "\xa8" + strings.Repeat(little, 500) + strings.Repeat(much+rle, 300)),
		"zstd frames":    []byte(strings.Repeat(zstdMagic+"\x00\xa8\x01\x00\x00", 7000)),
		"zstd blocks":    []byte(frame + "\xa8" + strings.Repeat("\x00\x00\x00", 21000)),
		"zstd skippable": []byte(strings.Repeat("\x50\x2a\x4d\x18\x00\x00\x00\x00", 8000)),
		"lz4 run":        []byte(lz4Run),
		"hadoop length":  []byte("\x00\xff\xff\xff\x00\xff\xff\xff\x1fA\x01\x00" + strings.Repeat("\xff", 65000)),
		"snappy length":  []byte("\x00\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\x07\x00A" + strings.Repeat("\xfe\x01\x00", 21000)),
		"bzip2 level":    []byte("BZh91AY&SY" + strings.Repeat("\x00", 40)),
		"bzip2 streams":  []byte(strings.Repeat("BZh9\x17\x72\x45\x38\x50\x90\x00\x00\x00\x00", 4600)),
		"xz window":      []byte("\xfd7zXZ\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x28\x00\x00\x00\x00\x00\x00\x00\xe0\xff\xff\xff\xff\x5d" + strings.Repeat("\x00", 60000)),
		"xz blocks":      []byte("\xfd7zXZ\x00\x00\x00\xff\x12\xd9\x41" + strings.Repeat("\x02\x00\x21\x01\x28\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00A\x00\x00\x00\x00", 3000)),
		"lzma window":    []byte("\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" + strings.Repeat("\x00", 60000)),
		"gzip members":   bytes.Repeat([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 3200),
		"gzip trees":     append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), bytes.Repeat([]byte{0x04, 0xc0, 0x81, 0x08, 0, 0, 0, 0, 0x20, 0x7f, 0xeb}, 5900)...),
		"zip folders":    bytes.Repeat([]byte("PK\x03\x04"+strings.Repeat("\x00", 26)), 2100),
	}
}

// allocated is what f allocates in all, which is at least its peak.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// allowed is what inflating data may allocate: 8 bytes for each of the sample, 1 MiB for what comes out and 1 MiB to work
// with. A bzip2 block cannot be inverted in less than 4 bytes a byte: 3.6 MB for the largest, on top of a try at 0.4 MB.
func allowed(data []byte, c Codec) uint64 {
	n := 8*uint64(min(len(data), MaxCompressed)) + MaxInflated + 1<<20
	if c == Bzip2 {
		n += 4*900_000 + 4*100_000
	}
	return n
}

func checkAllocation(t *testing.T, name string, data []byte, c Codec) {
	t.Helper()
	var plain []byte
	got := allocated(func() { plain, _, _, _ = Inflate(data, c, Limits{}) })
	if got > allowed(data, c) {
		t.Errorf("%s, %d bytes as %s: %d bytes allocated, allowed %d", name, len(data), c, got, allowed(data, c))
	}
	if len(plain) > MaxInflated {
		t.Errorf("%s: %d plain bytes", name, len(plain))
	}
	if got := allocated(func() { Detect(data) }); got > allowed(data, None) {
		t.Errorf("%s: %d bytes allocated to detect", name, got)
	}
}

var inflatable = []Codec{None, Gzip, Zlib, Bzip2, Zstd, LZ4, Snappy, HadoopLZ4, HadoopSnappy, XZ, LZMA, Zip}

func TestAllocation(t *testing.T) {
	for name, data := range bombs(t) {
		for _, c := range inflatable {
			checkAllocation(t, name, data, c)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, f := range fixtures(t) {
		for range 8 {
			checkAllocation(t, f.name, f.data, f.codec)
			f.data = bytes.Clone(f.data)
			for range 3 {
				f.data[random.IntN(len(f.data))] = byte(random.Uint32())
			}
		}
	}
}

// A bomb gives what fits, says that there is more, and takes no more of the sample than that needed.
func TestBombs(t *testing.T) {
	all := bombs(t)
	for name, want := range map[string]struct {
		codec     Codec
		plain     int
		expansion float64
	}{
		"gzip zeros":  {Gzip, MaxInflated, 900},
		"zstd window": {Zstd, zstdInflated, 15000},
		"zstd size":   {Zstd, zstdInflated, 15000},
		"lz4 run":     {LZ4, MaxInflated, 16},
	} {
		data := all[name]
		if got := Detect(data); got != want.codec {
			t.Errorf("%s is detected as %s", name, got)
		}
		plain, consumed, truncated, err := Inflate(data, want.codec, Limits{})
		if err != nil || !truncated || len(plain) != want.plain || float64(len(plain))/float64(consumed) < want.expansion {
			t.Errorf("%s: %d plain bytes from %d, truncated %t, %v", name, len(plain), consumed, truncated, err)
		}
	}
	plain, _, _, err := Inflate(all["gzip nested"], Gzip, Limits{})
	if err != nil || Detect(plain) != Gzip {
		t.Errorf("the inner file is %s, %v", Detect(plain), err)
	}
}

// Our block decoders read what the libraries write, and what the libraries read.
func FuzzBlocks(f *testing.F) {
	f.Add(gunzip(f, "one.gz"))
	f.Add([]byte(""))
	f.Add(bytes.Repeat([]byte("ab"), 5000))
	f.Add([]byte("\xf0\x00\x00"))
	f.Add([]byte("\x05\x10hello\x01\x05"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		const limit = 1 << 18
		block := make([]byte, lz4.CompressBlockBound(len(data)))
		n, err := lz4.CompressBlock(data, block, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			if got, used, ok := lz4Block(nil, block[:n], 0, limit); !ok || used != n || !bytes.Equal(got, data) {
				t.Errorf("lz4: %d bytes, used %d of %d, %t", len(got), used, n, ok)
			}
		}
		block = snappy.Encode(nil, data)
		if got, used, ok := snappyBlock(nil, block, 0, limit); !ok || used != len(block) || !bytes.Equal(got, data) {
			t.Errorf("snappy: %d bytes, used %d of %d, %t", len(got), used, len(block), ok)
		}

		wide := make([]byte, limit)
		if n, err := lz4.UncompressBlock(data, wide); err == nil {
			got, used, ok := lz4Block(nil, data, 0, limit)
			if !ok || used != len(data) || !bytes.Equal(got, wide[:n]) {
				t.Errorf("lz4 reads %d bytes of %q, we read %d, used %d, %t", n, data, len(got), used, ok)
			}
		}
		if n, err := snappy.DecodedLen(data); err == nil && n <= limit {
			want, err := snappy.Decode(nil, data)
			got, used, ok := snappyBlock(nil, data, 0, limit)
			if whole := ok && used == len(data) && len(got) == n; whole != (err == nil) || whole && !bytes.Equal(got, want) {
				t.Errorf("snappy reads %d bytes of %q, %v; we read %d, used %d, %t", len(want), data, err, len(got), used, ok)
			}
		}
	})
}

// Nothing that a file holds breaks the bounds, and what is inflated comes from the bytes said to be consumed.
func FuzzInflate(f *testing.F) {
	for _, x := range fixtures(f) {
		for i, c := range inflatable {
			if c == x.codec && len(x.data) < 3000 {
				f.Add(x.data, byte(i), uint16(1000))
			}
		}
	}
	for _, data := range bombs(f) {
		for i, c := range inflatable {
			if c == Detect(data) {
				f.Add(data[:min(len(data), 500)], byte(i), uint16(0))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, codec byte, limit uint16) {
		c := inflatable[int(codec)%len(inflatable)]
		plain, consumed, truncated, err := Inflate(data, c, Limits{Inflated: int(limit)})
		most := bound(int(limit), MaxInflated)
		if c == Zstd {
			most = max(most, zstdMaxBlock)
		}
		if len(plain) > most || consumed < 0 || consumed > len(data) {
			t.Fatalf("%s: %d plain bytes of at most %d, used %d of %d", c, len(plain), most, consumed, len(data))
		}
		if !truncated && err == nil && consumed < len(data) && c != Zip && c != Zlib && c != LZMA {
			t.Errorf("%s: whole, with %d used of %d", c, consumed, len(data))
		}
		again, _, _, _ := Inflate(data[:consumed], c, Limits{Inflated: int(limit)})
		if err == nil && c != Zip && !bytes.HasPrefix(again, plain) {
			t.Errorf("%s: %d plain bytes, the %d used inflate to %d", c, len(plain), consumed, len(again))
		}
	})
}

// A codec without a signature is named only where it can be followed.
func FuzzDetect(f *testing.F) {
	for _, x := range fixtures(f) {
		f.Add(x.data[:min(len(x.data), 600)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		switch c := Detect(data); c {
		case Zlib, HadoopLZ4, HadoopSnappy:
			if _, _, _, err := Inflate(data, c, Limits{Inflated: 64 << 10}); err != nil {
				t.Errorf("%s: %v", c, err)
			}
		}
	})
}
