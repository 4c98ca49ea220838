package s3sim

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// cycleStart is where a client's walk begins: the token for it is one of the two of TokenCycle, and the one that
// SameToken gives to a request without a token.
func (c *call) cycleStart() token { return token{after: c.StartAfter} }

// sameToken repeats the token of the request; a first page gives the token of itself.
func sameToken(_ *Fault, c *call, _ *page, h *head) {
	h.truncated, h.next = "true", c.Token
	if !h.hasToken {
		h.next = c.cycleStart().String()
	}
}

// tokenCycle sends the second page back to the first, which leads to the second.
func tokenCycle(_ *Fault, c *call, p *page, h *head) {
	h.truncated, h.next = "true", c.cycleStart().String()
	if !h.hasToken || c.Token == h.next {
		h.next = token{after: string(p.last), pos: p.pos}.String()
	}
}

func noToken(_ *Fault, _ *call, _ *page, h *head) { h.truncated, h.next = "true", "" }

// emptyPage gives a token that is new and begins the same page. Version 1 has no such thing: its marker stays.
func emptyPage(_ *Fault, c *call, p *page, h *head) {
	p.keep(0)
	h.truncated, h.keyCount = "true", 0
	h.next = token{after: c.After, pos: c.t.pos, nonce: c.t.nonce + 1}.String()
	if h.v1 {
		h.next = c.After
	}
}

func earlyEnd(_ *Fault, _ *call, p *page, h *head) {
	p.keep((p.keys + 1) / 2)
	h.truncated, h.next, h.keyCount = "false", "", p.keys
}

func emptyEnd(_ *Fault, _ *call, p *page, h *head) {
	p.keep(0)
	h.truncated, h.next, h.keyCount = "false", "", 0
}

func noTruncated(_ *Fault, _ *call, _ *page, h *head) { h.truncated = "" }

func duplicateKey(_ *Fault, _ *call, p *page, h *head) {
	if p.keys == 0 {
		return
	}
	first := bytes.Clone(p.element(0))
	p.cuts = append(p.cuts, len(p.contents))
	p.contents = append(p.contents, first...)
	p.keys++
	h.keyCount++
}

func unorderedKeys(_ *Fault, _ *call, p *page, _ *head) { p.swapEnds() }

func rawControl(_ *Fault, q *listQuery) { q.enc = encodeRaw }

func negativeSize(_ *Fault, _ *call, p *page, _ *head) { p.replace("Size", "-5") }

func futureModified(_ *Fault, _ *call, p *page, _ *head) {
	p.replace("LastModified", "2099-12-31T23:59:59.000Z")
}

// entities declares eight entities, each ten of the one before: 10^8 letters, were somebody to expand them.
func entities(_ *Fault, _ *call, p *page, h *head) {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE ListBucketResult [<!ENTITY e0 "lolololo">`)
	for i := '1'; i <= '8'; i++ {
		b.WriteString(`<!ENTITY e` + string(i) + ` "` + strings.Repeat("&e"+string(i-1)+";", 10) + `">`)
	}
	b.WriteString("<!ENTITY file SYSTEM \"file:///etc/hostname\">]>\n")
	h.preamble = b.String()
	p.replace("Key", "&e8;&file;")
}

func oversize(f *Fault, q *listQuery) { q.limit = cmp.Or(f.N, 2*q.max+1) }

func hugeKey(f *Fault, c *call, p *page, _ *head) {
	n := max(cmp.Or(f.N, 32<<20)-len(c.Prefix), 0)
	p.replace("Key", string(p.query.enc.appendString(nil, c.Prefix))+strings.Repeat("k", n))
}

func wrongKeyCount(_ *Fault, _ *call, _ *page, h *head) { h.keyCount++ }

func wrongName(_ *Fault, _ *call, _ *page, h *head) { h.name += "-of-somebody-else" }

func wrongPrefix(_ *Fault, _ *call, _ *page, h *head) { h.prefix += "elsewhere/" }

// strayKey changes the first byte of the first key, which takes it out of every prefix but the empty one.
func strayKey(_ *Fault, c *call, p *page, _ *head) {
	if c.Prefix == "" {
		return
	}
	first := "!"
	if c.Prefix[0] == '!' {
		first = "0"
	}
	p.replace("Key", first+"stray")
}

// element returns the i-th <Contents>.
func (p *page) element(i int) []byte {
	end := len(p.contents)
	if i+1 < len(p.cuts) {
		end = p.cuts[i+1]
	}
	return p.contents[p.cuts[i]:end]
}

// keep drops the common prefixes and all but the first n keys.
func (p *page) keep(n int) {
	if n < p.keys {
		p.contents, p.cuts = p.contents[:p.cuts[n]], p.cuts[:n]
	}
	p.keys, p.groups, p.prefixes = n, 0, p.prefixes[:0]
}

// replace puts value, which is XML already, into the element of that name of the first key.
func (p *page) replace(name, value string) {
	if p.keys == 0 {
		return
	}
	at := p.cuts[0] + bytes.Index(p.contents[p.cuts[0]:], []byte("<"+name+">")) + len(name) + 2
	end := at + bytes.IndexByte(p.contents[at:], '<')
	p.contents = slices.Replace(p.contents, at, end, []byte(value)...)
	for i := 1; i < len(p.cuts); i++ {
		p.cuts[i] += len(value) - (end - at)
	}
}

// swapEnds lets the first and the last key trade places. The cuts are no good after it.
func (p *page) swapEnds() {
	if p.keys < 2 {
		return
	}
	last := p.keys - 1
	first, tail := bytes.Clone(p.element(0)), bytes.Clone(p.element(last))
	middle := bytes.Clone(p.contents[p.cuts[1]:p.cuts[last]])
	p.contents = append(append(append(p.contents[:p.cuts[0]], tail...), middle...), first...)
}
