package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"s3layout/stats/thrift"
)

// Kinds of pages; others are passed over.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

// A pageHeader is what counts of a PageHeader.
type pageHeader struct {
	kind               int64
	inflated, stored   int64
	crc                int64
	hasCRC             bool
	values             int64
	encoding           int64
	defBytes, repBytes int64 // of a V2 page
	plain              bool  // a V2 page that is not compressed
}

func (c *column) readHeader() (pageHeader, error) {
	t := &thrift.Walker{B: c.b}
	h := pageHeader{kind: -1, values: -1}
	t.Structure(thrift.Struct, func(id int, typ byte) {
		switch id {
		case 1:
			h.kind = t.Integer(typ)
		case 2:
			h.inflated = t.Integer(typ)
		case 3:
			h.stored = t.Integer(typ)
		case 4:
			h.crc, h.hasCRC = t.Integer(typ), true
		case 5, 7:
			t.Structure(typ, func(id int, typ byte) {
				switch id {
				case 1:
					h.values = t.Integer(typ)
				case 2:
					h.encoding = t.Integer(typ)
				default:
					t.Skip(typ)
				}
			})
		case 8:
			t.Structure(typ, func(id int, typ byte) { h.readV2(t, id, typ) })
		default:
			t.Skip(typ)
		}
	})
	if t.Err == nil && (h.inflated < 0 || h.stored < 0 || h.stored > int64(t.Remaining()) || h.inflated > maxPage || h.values < -1) {
		t.Fail("a page beyond its chunk")
	}
	c.b = c.b[min(t.At, len(c.b)):]
	return h, walked(t)
}

func (h *pageHeader) readV2(t *thrift.Walker, id int, typ byte) {
	switch id {
	case 1:
		h.values = t.Integer(typ)
	case 4:
		h.encoding = t.Integer(typ)
	case 5:
		h.defBytes = t.Integer(typ)
	case 6:
		h.repBytes = t.Integer(typ)
	case 7:
		h.plain = !t.Boolean(typ)
	default:
		t.Skip(typ)
	}
}

func (c *column) readPage() error {
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	stored := c.b[:h.stored]
	c.b = c.b[h.stored:]
	if h.hasCRC && uint32(h.crc) != crc32.ChecksumIEEE(stored) {
		return fmt.Errorf("%w: a page whose checksum differs", ErrMalformed)
	}
	switch h.kind {
	case dictionaryPage:
		return c.readDictionary(h, stored)
	case dataPage:
		if c.page, err = c.inflate(c.page, stored, h.inflated); err != nil {
			return err
		}
		return c.openV1(h)
	case dataPageV2:
		return c.openV2(h, stored)
	}
	return nil
}

func (c *column) readDictionary(h pageHeader, stored []byte) error {
	page, err := c.inflate(nil, stored, h.inflated)
	if err != nil {
		return err
	}
	if c.dictionary != nil || h.values < 0 || h.values > int64(len(page)) {
		return fmt.Errorf("%w: a dictionary of %d values in %d bytes", ErrMalformed, h.values, len(page))
	}
	next := plain(c.leaf.Type, page)
	c.dictionary = make([]Value, 0, min(h.values, int64(len(page)/4)))
	for range h.values {
		v, err := next()
		if err != nil {
			return err
		}
		c.dictionary = append(c.dictionary, v)
	}
	return nil
}

// openV1 finds the levels, each behind its length, and then the values.
func (c *column) openV1(h pageHeader) error {
	b := c.page
	for _, l := range []struct {
		levels *levels
		most   int
	}{{&c.rep, c.leaf.maxRep}, {&c.def, c.leaf.maxDef}} {
		if l.most == 0 {
			continue
		}
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return fmt.Errorf("%w: levels beyond their page", ErrMalformed)
		}
		n := int(binary.LittleEndian.Uint32(b))
		*l.levels = newLevels(b[4:4+n], bits.Len(uint(l.most)))
		b = b[4+n:]
	}
	return c.openValues(h, b)
}

// openV2 finds the levels, which are never compressed, before the values.
func (c *column) openV2(h pageHeader, stored []byte) error {
	if h.repBytes < 0 || h.defBytes < 0 || h.repBytes > int64(len(stored)) || h.defBytes > int64(len(stored))-h.repBytes || h.inflated < h.repBytes+h.defBytes {
		return fmt.Errorf("%w: levels beyond their page", ErrMalformed)
	}
	levels := bytes.Clone(stored[:h.repBytes+h.defBytes])
	c.rep = newLevels(levels[:h.repBytes], bits.Len(uint(c.leaf.maxRep)))
	c.def = newLevels(levels[h.repBytes:], bits.Len(uint(c.leaf.maxDef)))
	body := stored[len(levels):]
	if h.plain || len(body) == 0 {
		return c.openValues(h, body)
	}
	var err error
	if c.page, err = c.inflate(c.page, body, h.inflated-int64(len(levels))); err != nil {
		return err
	}
	return c.openValues(h, c.page)
}

func (c *column) openValues(h pageHeader, b []byte) error {
	if h.values < 0 {
		return fmt.Errorf("%w: a data page that counts no values", ErrMalformed)
	}
	value, err := c.decoder(h.encoding, b)
	c.value, c.left, c.begun, c.nextRep = value, h.values, false, 0
	return err
}

var errSize = errors.New("it is not of the size that its header says")

// inflate decodes a page into buf, which grows as far as the codec can prove.
func (c *column) inflate(buf, stored []byte, size int64) ([]byte, error) {
	if size > 1<<20+1024*int64(len(stored)) {
		return nil, fmt.Errorf("%w: %d bytes that inflate to %d", ErrMalformed, len(stored), size)
	}
	var err error
	switch c.codec {
	case 0:
		return stored, nil
	case 1:
		if n, bad := snappy.DecodedLen(stored); bad != nil || int64(n) != size || n > 64+22*len(stored) {
			return nil, fmt.Errorf("%w: snappy: %w", ErrMalformed, errSize)
		}
		buf, err = snappy.Decode(grown(buf, size), stored)
	case 2:
		buf, err = gunzip(grown(buf, size), stored)
	case 6:
		buf, err = unzstd(grown(buf, size), stored)
	default:
		return nil, fmt.Errorf("%w: codec %d", ErrUnsupported, c.codec)
	}
	if err == nil && int64(len(buf)) != size {
		err = errSize
	}
	if err != nil {
		return nil, fmt.Errorf("%w: a page does not inflate: %w", ErrMalformed, err)
	}
	return buf, nil
}

func grown(buf []byte, size int64) []byte {
	if int64(cap(buf)) >= size {
		return buf[:size]
	}
	return make([]byte, size)
}

func gunzip(dst, stored []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return dst, err
	}
	n, err := io.ReadFull(r, dst)
	if err == io.EOF && len(dst) == 0 {
		err = nil
	}
	return dst[:n], err
}

// unzstd decodes into dst itself, which serves as the window: none is allocated, whatever the frame claims.
func unzstd(dst, stored []byte) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return dst, err
	}
	defer d.Close()
	return d.DecodeAll(stored, dst[:0:len(dst)])
}
