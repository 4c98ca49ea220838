package lister

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Shape is what has been seen of how the keys of a listing are spelled: which characters stand in which place. A place
// is counted from the last slash, so that "month=" lines up whatever stands before it. From that it tells how far a key
// is on its way through a range, and where to cut one so that both halves hold keys.
//
// It is a guess and may be wrong: a bad cut makes an empty half, never a wrong one. It is for one goroutine.
type Shape struct {
	prefix string
	places [][]alphabet // by depth (slashes after the prefix), then by characters since the last slash
}

// NewShape returns a Shape of keys that all start with prefix, and of which none has been seen.
func NewShape(prefix string) *Shape { return &Shape{prefix: prefix} }

// Bounds on what is remembered. Keys deeper or longer than that are told apart by what comes before.
const (
	maxPlaceDepth  = 24
	maxPlaceOffset = 200
	maxPlaceChars  = 128
)

// alphabet is the characters of one place.
type alphabet struct {
	seen  []rune // ascending
	limit rune   // at or above it nothing was found that had not been seen; 0 where nothing is known
	guess []rune // ascending: seen, and the other digits below limit where only digits were seen
}

func (a *alphabet) learn(r rune) {
	if at, found := slices.BinarySearch(a.seen, r); !found && len(a.seen) < maxPlaceChars {
		a.seen = slices.Insert(a.seen, at, r)
		a.reckon()
	}
}

func (a *alphabet) reckon() {
	a.guess = a.guess[:0]
	digits := len(a.seen) > 0 && isDigit(a.seen[0]) && isDigit(a.seen[len(a.seen)-1])
	if !digits {
		a.guess = append(a.guess, a.seen...)
		return
	}
	for d := '0'; d <= '9'; d++ {
		if _, found := slices.BinarySearch(a.seen, d); found || a.limit == 0 || d < a.limit {
			a.guess = append(a.guess, d)
		}
	}
}

func (a *alphabet) rank(r rune) int {
	at, _ := slices.BinarySearch(a.guess, r)
	return at
}

// Learn adds a key.
func (s *Shape) Learn(key string) {
	for p := s.start(key); !p.done(); p.next() {
		a := s.at(p)
		if a == nil {
			return
		}
		a.learn(p.char)
	}
}

// Miss says that no key starts like cut up to its last character and goes on with that or a later one.
func (s *Shape) Miss(cut string) {
	p := s.start(cut)
	for p.index+p.size < len(cut) {
		p.next()
	}
	if a := s.at(p); a != nil && !p.done() && (a.limit == 0 || p.char < a.limit) {
		a.limit = p.char
		a.reckon()
	}
}

// at returns the alphabet of a place, making room for it; nil beyond the bounds.
func (s *Shape) at(p place) *alphabet {
	if p.depth >= maxPlaceDepth || p.offset >= maxPlaceOffset {
		return nil
	}
	for len(s.places) <= p.depth {
		s.places = append(s.places, nil)
	}
	if need := p.offset + 1 - len(s.places[p.depth]); need > 0 {
		s.places[p.depth] = append(s.places[p.depth], make([]alphabet, need)...)
	}
	return &s.places[p.depth][p.offset]
}

// known returns the alphabet of a place; an empty one where nothing was seen.
func (s *Shape) known(p place) *alphabet {
	if p.depth < len(s.places) && p.offset < len(s.places[p.depth]) {
		return &s.places[p.depth][p.offset]
	}
	return &alphabet{}
}

// place walks the characters of a key below the prefix.
type place struct {
	key           string
	index         int // of the character in key, bytes
	size          int // of the character, bytes
	char          rune
	depth, offset int
}

func (s *Shape) start(key string) place {
	p := place{key: key, index: min(len(s.prefix), len(key))}
	p.read()
	return p
}

func (p *place) done() bool { return p.index >= len(p.key) }

func (p *place) read() {
	if p.done() {
		p.char, p.size = 0, 0
		return
	}
	p.char, p.size = utf8.DecodeRuneInString(p.key[p.index:])
}

func (p *place) next() {
	if p.char == '/' {
		p.depth++
		p.offset = 0
	} else {
		p.offset++
	}
	p.index += p.size
	p.read()
}

// Between estimates the shares of a range that lie before each of two keys, a <= b: 0 at the range's start, 1 at its
// end. Keys are taken to be spread evenly over the characters that have been seen in each place. ok is false where the
// range has no end, or is too narrow to tell.
func (s *Shape) Between(r Range, a, b string) (before, upTo float64, ok bool) {
	if r.End == "" {
		return 0, 0, false
	}
	walk := [4]place{s.start(r.After), s.start(a), s.start(b), s.start(r.End)}
	var value [4]float64
	apart := false
	for weight := 1.0; weight > 1e-15; {
		guide := s.guide(&walk)
		if guide < 0 {
			break
		}
		chars := s.known(walk[guide])
		size := radix(chars, &walk, guide)
		if size > 1 {
			weight /= float64(size)
		}
		for i := range walk {
			if walk[i].done() {
				continue
			}
			if size > 1 {
				value[i] += weight * float64(rankIn(chars, walk[i].char, size))
			}
			walk[i].next()
		}
		apart = apart || value[3] > value[0]
		if !apart {
			weight = 1 // what the ends share says nothing
		}
	}
	span := value[3] - value[0]
	if span <= 0 {
		return 0, 0, false
	}
	share := func(i int) float64 { return min(max((value[i]-value[0])/span, 0), 1) }
	return share(1), share(2), true
}

// guide picks the key whose place is looked up: the later of the two in between, as long as it goes on.
func (s *Shape) guide(walk *[4]place) int {
	for _, i := range [...]int{2, 1, 3, 0} {
		if !walk[i].done() {
			return i
		}
	}
	return -1
}

// radix is how many characters a place is taken to have: those that are known, or where only one is, and the keys
// differ, about as many as print.
func radix(chars *alphabet, walk *[4]place, guide int) int {
	if len(chars.guess) > 1 {
		return len(chars.guess)
	}
	for i := range walk {
		if !walk[i].done() && walk[i].char != walk[guide].char {
			return printable
		}
	}
	return 1
}

const printable = 95

func rankIn(chars *alphabet, r rune, size int) int {
	if len(chars.guess) > 1 {
		return min(chars.rank(r), size-1)
	}
	return int(min(max(r-' ', 0), printable-1))
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// Cut returns a key strictly inside (last, End), after which another worker may list while this one goes on from last,
// or false where no good one is known. base is a key at or before last that has been seen.
//
// Where the range has no end, the cut is behind everything that agrees with last up to the first character at which
// keys were seen to vary: what lies there shows the next one that varies, or that there is nothing, which gives the
// range its end.
func (s *Shape) Cut(r Range, base, last string) (string, bool) {
	if !utf8.ValidString(last) {
		return "", false
	}
	vary := runeStart(last, commonPrefix(base, last))
	if r.End == "" {
		if vary > len(s.prefix) {
			if cut, ok := successor(last[:vary], len(s.prefix)); ok {
				return cut, true
			}
		}
		return s.explore(last, "")
	}
	cut, best := "", math.Inf(1)
	_, from, ok := s.Between(r, last, last)
	if !ok {
		from = 0
	}
	middle := (1 + from) / 2
	s.candidates(r, vary, last, func(c string) {
		_, at, ok := s.Between(r, c, c)
		if !ok {
			at = middle
		}
		if away := math.Abs(at - middle); away < best {
			cut, best = c, away
		}
	})
	if cut == "" && commonPrefix(last, r.End) >= vary {
		return s.explore(last, r.End)
	}
	return cut, cut != ""
}

// maxCutPlaces places of a key are tried for a cut: deeper ones cut off less and less.
const maxCutPlaces = 6

// candidates calls fn with cuts that the seen characters suggest: last up to some place, and a later character there.
func (s *Shape) candidates(r Range, vary int, last string, fn func(string)) {
	p := s.start(last)
	for ; !p.done() && p.index < runeStart(last, commonPrefix(last, r.End)); p.next() {
	}
	try := func(cut string) bool {
		if cut > last && cut < r.End {
			fn(cut)
			return true
		}
		return false
	}
	first := p.index
	if tail := r.End[min(first, len(r.End)):]; tail != "" {
		_, n := utf8.DecodeRuneInString(tail)
		try(r.End[:first+n])
	}
	for tried := 0; !p.done() && tried < maxCutPlaces; p.next() {
		found := false
		chars := s.known(p)
		if len(chars.seen) > 1 || s.inNumber(last, p.index, vary) {
			for _, c := range chars.guess {
				if c > p.char {
					found = try(last[:p.index]+string(c)) || found
				}
			}
		}
		if found {
			tried++
		}
	}
}

// inNumber reports whether only digits stand between a place and the one at which keys vary: it is a leading digit of a
// number that counts up.
func (s *Shape) inNumber(key string, index, vary int) bool {
	for i := index; i <= vary && i < len(key); i++ {
		if !isDigit(rune(key[i])) {
			return false
		}
	}
	return index <= vary
}

// explore guesses a cut where nothing has been seen: halfway through the class of the first character that can rise.
func (s *Shape) explore(last, end string) (string, bool) {
	i := len(s.prefix)
	if end != "" {
		i = runeStart(last, commonPrefix(last, end))
	}
	if i >= len(last) {
		return "", false
	}
	low, _ := utf8.DecodeRuneInString(last[i:])
	high := rune(0)
	if len(end) > i && strings.HasPrefix(end, last[:i]) {
		high, _ = utf8.DecodeRuneInString(end[i:])
	}
	mid, ok := middle(low, high)
	if !ok {
		return "", false
	}
	cut := last[:i] + string(mid)
	return cut, cut > last && (end == "" || cut < end)
}

// middle returns a character between low and high, or between low and the end of its class (digits, capitals, letters,
// a block of other scripts) where that comes first; at the end of a class, the start of the next. high 0 is no bound.
func middle(low, high rune) (rune, bool) {
	top := classEnd(low)
	if low == top {
		top = nextClass(low)
		if high == 0 || top < high {
			return top, top > 0
		}
	}
	if high > 0 && high <= top {
		top = high - 1
	}
	mid := low + (top-low+1)/2
	if mid <= low || mid >= 0xd800 && mid <= 0xdfff {
		return 0, false
	}
	return mid, true
}

// classEnd returns the last character of the class of r.
func classEnd(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return '9'
	case 'A' <= r && r <= 'Z':
		return 'Z'
	case 'a' <= r && r <= 'z':
		return 'z'
	case r >= 0x80 && r < 0x10ffff:
		return r | 0x3f
	}
	return r
}

// nextClass returns the first character of the next class after r; 0 after the last.
func nextClass(r rune) rune {
	switch {
	case r < '0':
		return '0'
	case r < 'A':
		return 'A'
	case r < 'a':
		return 'a'
	case r < 0x80:
		return 0xc0
	case r < 0x10ff00:
		return r + 1
	}
	return 0
}
