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
	chars  []rune           // all characters seen, ascending
	pairs  map[[2]rune]bool // characters seen next to each other
	places [][]alphabet     // by depth (slashes after the prefix), then by characters since the last slash
}

// NewShape returns a Shape of keys that all start with prefix, and of which none has been seen.
func NewShape(prefix string) *Shape { return &Shape{prefix: prefix, pairs: map[[2]rune]bool{}} }

// Bounds on what is remembered. Keys deeper or longer than that are told apart by what comes before.
const (
	maxPlaceDepth  = 24
	maxPlaceOffset = 200
	maxPlaceChars  = 128
	maxPairs       = 1 << 14
)

// alphabet is the characters of one place.
type alphabet struct {
	seen  []rune // ascending
	limit rune   // at or above it nothing was found that had not been seen; 0 where nothing is known
	guess []rune // ascending: seen, and the other digits below limit where several digits were seen
}

// learn adds a character, and reports whether it is a new one.
func (a *alphabet) learn(r rune) bool {
	at, found := slices.BinarySearch(a.seen, r)
	if found || len(a.seen) >= maxPlaceChars {
		return false
	}
	a.seen = slices.Insert(a.seen, at, r)
	return true
}

// reckon guesses what else may stand in a place, and in the one before it: all digits, where several were seen; what
// the next place has, where that has all that this one has, as in random hexadecimal names.
func (s *Shape) reckon(p place) {
	next := p
	next.offset++
	s.known(p).reckon(s.known(next))
	if p.offset > 0 {
		before := p
		before.offset--
		s.known(before).reckon(s.known(p))
	}
}

func (a *alphabet) reckon(next *alphabet) {
	a.guess = append(a.guess[:0], a.seen...)
	if len(a.seen) < 2 {
		return
	}
	add := func(r rune) {
		if at, found := slices.BinarySearch(a.guess, r); !found && (a.limit == 0 || r < a.limit) {
			a.guess = slices.Insert(a.guess, at, r)
		}
	}
	if isDigit(a.seen[0]) && isDigit(a.seen[len(a.seen)-1]) {
		for d := '0'; d <= '9'; d++ {
			add(d)
		}
	}
	if len(a.seen) > 2 && next.holds(a.seen) {
		for _, r := range next.seen {
			add(r)
		}
	}
}

// holds reports whether all the characters have been seen in the place.
func (a *alphabet) holds(chars []rune) bool {
	for _, r := range chars {
		if _, found := slices.BinarySearch(a.seen, r); !found {
			return false
		}
	}
	return true
}

func (a *alphabet) rank(r rune) int {
	at, _ := slices.BinarySearch(a.guess, r)
	return at
}

// Learn adds a key.
func (s *Shape) Learn(key string) {
	before := rune(0)
	for p := s.start(key); !p.done(); p.next() {
		a := s.at(p)
		if a == nil {
			return
		}
		if a.learn(p.char) {
			s.reckon(p)
		}
		if len(s.pairs) < maxPairs {
			s.pairs[[2]rune{before, p.char}] = true
		}
		before = p.char
		if at, found := slices.BinarySearch(s.chars, p.char); !found && len(s.chars) < maxPairs {
			s.chars = slices.Insert(s.chars, at, p.char)
		}
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
		s.reckon(p)
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
// range its end. Otherwise each half gets at least the share least of what is left, and the cut is the one nearest to
// the middle.
func (s *Shape) Cut(r Range, base, last string, least float64) (string, bool) {
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
	s.candidates(r, last, func(c string) {
		_, at, ok := s.Between(r, c, c)
		if !ok {
			at = middle
		}
		if away := math.Abs(at - middle); away < best && at-from >= least*(1-from) && 1-at >= least*(1-from) {
			cut, best = c, away
		}
	})
	if cut == "" && vary > commonPrefix(last, r.End) {
		if past, ok := successor(last[:vary], len(s.prefix)); ok && past < r.End {
			return past, true
		}
	}
	if cut == "" && commonPrefix(last, r.End) >= vary {
		return s.explore(last, r.End)
	}
	return cut, cut != ""
}

// maxCutPlaces places of a key are tried for a cut: deeper ones cut off less and less.
const maxCutPlaces = 6

// candidates calls fn with cuts that the seen characters suggest: last up to some place, and a later character there.
func (s *Shape) candidates(r Range, last string, fn func(string)) {
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
	before := rune(0)
	if p.index > len(s.prefix) {
		before, _ = utf8.DecodeLastRuneInString(last[:p.index])
	}
	for tried := 0; !p.done() && tried < maxCutPlaces; p.next() {
		found := false
		chars := s.known(p)
		if len(chars.seen) > 1 {
			for _, c := range chars.guess {
				if c > p.char && (isDigit(c) || s.pairs[[2]rune{before, c}]) {
					found = try(last[:p.index]+string(c)) || found
				}
			}
		}
		if found {
			tried++
		}
		before = p.char
	}
}

// beyond guesses a later character for a place that has reached the last one seen in it: the middle one of those that
// other places have.
func (s *Shape) beyond(r, limit rune) (rune, bool) {
	from, found := slices.BinarySearch(s.chars, r)
	if found {
		from++
	}
	to := len(s.chars)
	if limit > r {
		to, _ = slices.BinarySearch(s.chars, limit)
	}
	if from >= to {
		return 0, false
	}
	return s.chars[from+(to-from)/2], true
}

// Probe returns a cut behind everything that has been seen in a range, as far as it can be told: to find whether the
// range goes on where Cut knows of nothing. first and last are keys of the range that have been read.
func (s *Shape) Probe(r Range, first, last string) (string, bool) {
	if r.End == "" || !utf8.ValidString(last) {
		return "", false
	}
	from := runeStart(last, commonPrefix(last, r.End))
	p := s.start(last)
	for ; !p.done() && (p.index < from || len(s.known(p).seen) < 2); p.next() {
	}
	if !p.done() {
		if c, ok := s.beyond(p.char, s.known(p).limit); ok {
			if cut := last[:p.index] + string(c); cut > last && cut < r.End {
				return cut, true
			}
		}
	}
	for vary := runeStart(last, commonPrefix(first, last)); vary > from; {
		if past, ok := successor(last[:vary], len(s.prefix)); ok && past < r.End {
			return past, true
		}
		_, n := utf8.DecodeLastRuneInString(last[:vary])
		vary -= n
	}
	return s.explore(last, r.End)
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
