package lister

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A globParser reads a pattern as sun.nio.fs.Globs.toUnixRegexPattern does, and refuses what that or
// java.util.regex.Pattern would refuse of its result.
type globParser struct {
	pattern string
	pos     int
	prog    program

	group int   // offset of the open group, -1 outside
	fork  int   // of the open group: where its current alternative starts in prog
	jumps []int // of the open group: the ends of its earlier alternatives in prog
}

const endOfPattern rune = -1

func parseGlob(pattern string) (program, error) {
	p := &globParser{pattern: pattern, group: -1}
	if err := p.checkText(); err != nil {
		return nil, err
	}
	for p.pos < len(pattern) {
		if err := p.term(); err != nil {
			return nil, err
		}
	}
	if p.group >= 0 {
		return nil, p.refuse(p.group, `group opened at offset %d is never closed; add '}', or write '\{' for the character`, p.group)
	}
	p.emit(op{kind: opEnd})
	p.prog.markRest()
	return p.prog, nil
}

func (p *globParser) checkText() error {
	if n := len(p.pattern); n > maxGlob {
		return p.refuse(maxGlob, "pattern is %d bytes long and may have %d; give several shorter ones", n, maxGlob)
	}
	for i, r := range p.pattern {
		if r == utf8.RuneError && !strings.HasPrefix(p.pattern[i:], string(utf8.RuneError)) {
			return p.refuse(i, "byte 0x%02x at offset %d is not UTF-8; write the pattern in UTF-8", p.pattern[i], i)
		}
	}
	return nil
}

func (p *globParser) refuse(offset int, format string, args ...any) error {
	return &GlobError{Pattern: p.pattern, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

func (p *globParser) emit(o op) { p.prog = append(p.prog, o) }

// next reads a character, or returns endOfPattern.
func (p *globParser) next() rune {
	if p.pos == len(p.pattern) {
		return endOfPattern
	}
	r, n := utf8.DecodeRuneInString(p.pattern[p.pos:])
	p.pos += n
	return r
}

// take reads one character if it is c.
func (p *globParser) take(c byte) bool {
	ok := p.pos < len(p.pattern) && p.pattern[p.pos] == c
	if ok {
		p.pos++
	}
	return ok
}

func (p *globParser) term() error {
	at := p.pos
	switch r := p.next(); r {
	case '\\':
		return p.escape(at)
	case '[':
		return p.class(at)
	case '{':
		return p.openGroup(at)
	case '*':
		p.star()
	case '?':
		p.emit(op{kind: opAny})
	case ',', '}':
		if p.group < 0 {
			p.emit(op{kind: opLiteral, r: r})
		} else if p.endAlternative(); r == '}' {
			p.closeGroup()
		} else {
			p.openAlternative()
		}
	default:
		p.emit(op{kind: opLiteral, r: r})
	}
	return nil
}

func (p *globParser) escape(at int) error {
	r := p.next()
	if r == endOfPattern {
		return p.refuse(at, `backslash at offset %d escapes nothing; write '\\' for the character`, at)
	}
	p.emit(op{kind: opLiteral, r: r})
	return nil
}

func (p *globParser) star() {
	kind := opStar
	if p.take('*') {
		kind = opGlobstar
	}
	// Note: "***" is "**" and "*", and not just "**": the last part may hold line terminators.
	if n := len(p.prog); n > 0 && p.prog[n-1].kind == kind {
		return
	}
	p.emit(op{kind: kind})
}

// A group {a,b} becomes: fork to 1, a, jump to 2, 1: fork, b, jump to 2, 2: whatever follows.

func (p *globParser) openGroup(at int) error {
	if p.group >= 0 {
		return p.refuse(at, "group opened at offset %d is inside the group opened at offset %d, and groups do not nest; "+
			"write every alternative in full, '{ab,ac}' for '{a{b,c}}'", at, p.group)
	}
	p.group, p.jumps = at, p.jumps[:0]
	p.fork = len(p.prog)
	p.emit(op{kind: opFork})
	return nil
}

func (p *globParser) endAlternative() {
	p.jumps = append(p.jumps, len(p.prog))
	p.emit(op{kind: opJump})
}

func (p *globParser) openAlternative() {
	p.prog[p.fork].to = len(p.prog)
	p.fork = len(p.prog)
	p.emit(op{kind: opFork})
}

func (p *globParser) closeGroup() {
	for _, i := range p.jumps {
		p.prog[i].to = len(p.prog)
	}
	p.group = -1
}

// class reads a class whose '[' stood at offset open.
//
// Java makes it a class of java.util.regex, which is stricter than the grammar looks: ']' always ends a class, so an
// empty one is an error there, and '[' at the end of a range opens another class that nothing closes.
func (p *globParser) class(open int) error {
	var set charSet
	if p.take('^') {
		set.add('^', '^')
	} else {
		set.negated = p.take('!')
		if p.take('-') {
			set.add('-', '-')
		}
	}
	for lo := endOfPattern; ; {
		at := p.pos
		switch r := p.next(); r {
		case endOfPattern:
			return p.refuse(open, `class opened at offset %d is never closed; add ']', or write '\[' for the character`, open)
		case ']':
			if set.empty() {
				return p.refuse(open, "class at offset %d is empty, because the first ']' ends it; "+
					"name the characters, and match ']' outside a class", open)
			}
			set.seal()
			p.emit(op{kind: opClass, set: &set})
			return nil
		case '/':
			return p.refuse(at, "'/' at offset %d is inside a class, which never matches it; use a group, '{a,/}'", at)
		case '-':
			if lo == endOfPattern {
				return p.refuse(at, "'-' at offset %d has no character before it to start a range; "+
					"put '-' first in the class for the character itself", at)
			}
			if err := p.rangeEnd(&set, lo, at); err != nil {
				return err
			}
			lo = endOfPattern
		default:
			set.add(r, r)
			lo = r
		}
	}
}

// rangeEnd reads what follows the '-' at offset at: the end of a range that starts with lo, or the end of the class,
// which makes '-' the character and is left to be read.
func (p *globParser) rangeEnd(set *charSet, lo rune, at int) error {
	end := p.pos
	hi := p.next()
	switch {
	case hi == endOfPattern:
		return nil
	case hi == ']':
		p.pos = end
		set.add('-', '-')
		return nil
	case hi < lo || hi == 0:
		return p.refuse(end, "range %q at offset %d is reversed; write %q",
			string([]rune{lo, '-', hi}), at-utf8.RuneLen(lo), string([]rune{hi, '-', lo}))
	case !javaRange(lo, hi):
		return p.refuse(at, "range %q at offset %d reaches above U+FFFF from above U+D7FF, which Java cannot read; "+
			"name the characters one by one", string([]rune{lo, '-', hi}), at-utf8.RuneLen(lo))
	case hi == '[':
		return p.refuse(end, "'[' at offset %d ends a range, where Java reads the start of another class; "+
			"end the range with 'Z' and add '[' on its own", end)
	case hi == '\\':
		return p.escapedRangeEnd(set, lo, end)
	}
	set.add(lo, hi)
	return nil
}

// javaRange reports whether Java can read lo-hi, lo <= hi. It compares UTF-16 units: the last of lo with the first of hi.
func javaRange(lo, hi rune) bool {
	return hi <= 0xFFFF || lo < 0xD800
}

// escapedRangeEnd reads the end of a range after the backslash at offset at. Java passes that backslash on to
// java.util.regex, where it escapes what follows: "[+-\.]" is the range from '+' to '.'.
func (p *globParser) escapedRangeEnd(set *charSet, lo rune, at int) error {
	hi := p.next()
	if hi < lo || hi == '-' || hi == '/' || hi == '[' || hi == ']' || hi == '\\' || isAlnum(hi) || hi == '&' && p.take('&') {
		return p.refuse(at, `backslash at offset %d ends a range, where Java takes it for an escape; `+
			`end the range with '[' left out and the backslash on its own, '[Z\]'`, at)
	}
	set.add(lo, hi)
	return nil
}

func isAlnum(r rune) bool {
	return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}
