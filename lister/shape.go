package lister

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// A Shape is what has been seen of how the keys of a listing are spelled: which characters stand in which place. A place
// is counted from the beginning of a word, and words from the last slash, so that numbers line up, whatever stands before
// them. From that it tells how far a key
// is on its way through a range, and where to cut one so that both halves hold keys.
//
// It is a guess and may be wrong: a bad cut makes an empty half, never a wrong one. It is for one goroutine.
type Shape struct {
	prefix string
	places [][][]alphabet // by depth (slashes after the prefix), words since the last slash, and characters since the word began
	room   int            // for how many more places
}

// NewShape returns a Shape of keys that all start with prefix, and of which none has been seen.
func NewShape(prefix string) *Shape { return &Shape{prefix: prefix, room: maxPlaces} }

// Bounds on what is remembered. Places beyond are as if never seen.
const (
	maxPlaces     = 1 << 14
	maxPlaceChars = 128
	maxPlacePairs = 512
)

// alphabet is the characters of one place.
type alphabet struct {
	seen   []rune // ascending
	limit  rune   // at or above it nothing was found that had not been seen; 0 where nothing is known
	guess  []rune // ascending: seen, and others that likely stand there
	pairs  []pair // ascending: the characters seen, each with the one before it
	ends   bool   // the last of many keys that start alike was seen here
	loose  bool   // what stands before tells nothing
	varies bool   // and then one came that goes further: how far keys go is not the same everywhere
	short  bool   // it begins a number of two digits
	tail   rune   // with which digit that number ends, where its first one is the last seen; 0 where that is not known

	recent, paired int // where in seen and in pairs the latest key's was: the next one's is mostly there, too
}

// pair is a character, and the one before it.
type pair struct{ before, char rune }

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.before, b.before), cmp.Compare(a.char, b.char))
}

// options returns the characters that may stand in a place, ascending. Where words stand, these are the ones that were seen
// behind the same character; where characters look random, and in numbers, all of them.
func (a *alphabet) options(before rune, buf []rune) []rune {
	if a.loose {
		return a.guess
	}
	from, _ := slices.BinarySearchFunc(a.pairs, pair{before, 0}, comparePairs)
	out := buf[:0]
	for _, p := range a.pairs[from:] {
		if p.before != before {
			break
		}
		out = append(out, p.char)
	}
	if len(out) == 0 {
		return a.guess
	}
	return out
}

// judge finds whether the characters of a place tell nothing of each other: numbers, hexadecimal ones and the like.
func (a *alphabet) judge() bool {
	digits := 0
	for _, c := range a.guess {
		if isDigit(c) {
			digits++
		}
	}
	return len(a.guess) < 2 || len(a.guess) == digits || digits >= 4 && len(a.guess)-digits >= 4 || len(a.pairs) > 3*len(a.seen)
}

// size is how many characters the place is taken to have. Of a number of two digits, such as an hour, the last first digit
// counts in part.
func (a *alphabet) size(n int) float64 { return float64(n-1) + a.lastShare() }

// lastShare is the share of the last character, relative to the others.
func (a *alphabet) lastShare() float64 {
	if a.short && a.tail > 0 && a.complete() {
		return float64(a.tail-'0'+1) / 10
	}
	return 1
}

// complete reports whether nothing is to be expected behind the last character seen.
func (a *alphabet) complete() bool { return a.ends && !a.varies }

// learn adds a character, and reports whether it is a new one.
func (a *alphabet) learn(r rune) bool {
	if a.recent < len(a.seen) && a.seen[a.recent] == r {
		return false
	}
	at, found := slices.BinarySearch(a.seen, r)
	if found {
		a.recent = at
	}
	if found || len(a.seen) >= maxPlaceChars {
		return false
	}
	if at == len(a.seen) {
		a.varies, a.tail = a.varies || a.ends, 0
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
	s.known(p).loose = s.known(p).judge()
	if p.offset > 0 {
		before := p
		before.offset--
		s.known(before).reckon(s.known(p))
		s.known(before).loose = s.known(before).judge()
	}
}

func (a *alphabet) reckon(next *alphabet) {
	a.guess = append(a.guess[:0], a.seen...)
	if len(a.seen) < 2 {
		return
	}
	last := a.seen[len(a.seen)-1]
	add := func(r rune) {
		if a.limit > 0 && r >= a.limit || r > last && a.complete() {
			return
		}
		if at, found := slices.BinarySearch(a.guess, r); !found {
			a.guess = slices.Insert(a.guess, at, r)
		}
	}
	if isDigit(a.seen[0]) && isDigit(last) {
		for d := '0'; d <= a.digits(); d++ {
			add(d)
		}
	}
	if len(a.seen) > 2 && next.holds(a.seen) {
		for _, r := range next.seen {
			add(r)
		}
	}
}

// digits returns the last digit to expect: two of them are mostly a month, a day, an hour or a minute.
func (a *alphabet) digits() rune {
	last := a.seen[len(a.seen)-1]
	switch {
	case !a.short || last > '5':
		return '9'
	case last > '3':
		return '5'
	}
	return '3'
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

// Learn adds a key.
func (s *Shape) Learn(key string) {
	for p := s.start(key); !p.done(); p.next() {
		a := s.at(p)
		if a == nil {
			return
		}
		a.follow(p.before, p.char)
		if a.learn(p.char) {
			a.short = p.short() && (a.short || len(a.seen) == 1)
			s.reckon(p)
		}
	}
}

// follow notes that a character stands behind another.
func (a *alphabet) follow(before, char rune) {
	this := pair{before, char}
	if a.paired < len(a.pairs) && a.pairs[a.paired] == this {
		return
	}
	at, found := slices.BinarySearchFunc(a.pairs, this, comparePairs)
	if a.paired = at; !found && len(a.pairs) < maxPlacePairs {
		a.pairs = slices.Insert(a.pairs, at, this)
		a.loose = a.judge()
	}
}

// short reports whether a number of two digits begins in the place.
func (p *place) short() bool {
	digit := func(i int) bool { return i >= 0 && i < len(p.key) && isDigit(rune(p.key[i])) }
	return digit(p.index) && digit(p.index+1) && !digit(p.index+2) && !digit(p.index-1)
}

// Follow says that two keys follow each other, with none between: what stands in the first one behind the place where they
// differ is the last there is.
func (s *Shape) Follow(key, next string) {
	p := s.common(key, next)
	if p.done() {
		return
	}
	for p.next(); !p.done(); p.next() {
		a := s.at(p)
		if a == nil {
			return
		}
		a.follow(p.before, p.char)
		if isNew := a.learn(p.char); isNew || !a.ends {
			a.short = p.short() && (a.short || len(a.seen) == 1)
			a.ends = true
			s.reckon(p)
		}
		if a.short && p.short() && p.char == a.seen[len(a.seen)-1] {
			a.tail = max(a.tail, rune(p.key[p.index+1]))
		}
	}
}

// Miss says that keys start like cut up to a byte, and that none of them goes on with the character there or a later one.
func (s *Shape) Miss(cut string, index int) {
	p := s.from(cut, index)
	if a := s.at(p); a != nil && !p.done() && (a.limit == 0 || p.char < a.limit) {
		a.limit = p.char
		s.reckon(p)
	}
}

// at returns the alphabet of a place, making room for it; nil beyond the bounds.
func (s *Shape) at(p place) *alphabet {
	if p.depth >= len(s.places) && !s.spend(p.depth+1-len(s.places)) {
		return nil
	}
	s.places = longer(s.places, p.depth)
	words := &s.places[p.depth]
	if p.word >= len(*words) && !s.spend(p.word+1-len(*words)) {
		return nil
	}
	*words = longer(*words, p.word)
	places := &(*words)[p.word]
	if p.offset >= len(*places) && !s.spend(p.offset+1-len(*places)) {
		return nil
	}
	*places = longer(*places, p.offset)
	return &(*places)[p.offset]
}

// spend takes room for n more, if there is so much.
func (s *Shape) spend(n int) bool {
	if n > s.room {
		return false
	}
	s.room -= n
	return true
}

// longer returns the list with a position i.
func longer[T any](list []T, i int) []T {
	if i < len(list) {
		return list
	}
	return append(list, make([]T, i+1-len(list))...)
}

// known returns the alphabet of a place; an empty one where nothing was seen.
func (s *Shape) known(p place) *alphabet {
	if p.depth < len(s.places) && p.word < len(s.places[p.depth]) && p.offset < len(s.places[p.depth][p.word]) {
		return &s.places[p.depth][p.word][p.offset]
	}
	return &nothing
}

var nothing alphabet

// place walks the characters of a key below the prefix.
type place struct {
	key   string
	index int // of the character in key, bytes
	size  int // of the character, bytes
	char  rune

	before              rune // the character before it; 0 at the beginning
	depth, word, offset int
}

func (s *Shape) start(key string) place {
	p := place{key: key, index: min(len(s.prefix), len(key))}
	p.read()
	return p
}

// from returns the place of the character at a byte of the key.
func (s *Shape) from(key string, index int) place {
	p := s.start(key)
	for p.index < index && !p.done() {
		p.next()
	}
	return p
}

func (p *place) done() bool { return p.index >= len(p.key) }

func (p *place) read() {
	if p.done() {
		p.char, p.size = 0, 0
		return
	}
	if c := p.key[p.index]; c < utf8.RuneSelf {
		p.char, p.size = rune(c), 1
		return
	}
	p.char, p.size = utf8.DecodeRuneInString(p.key[p.index:])
}

func (p *place) next() {
	p.pass()
	p.index += p.size
	p.read()
}

// pass moves the counts past the character.
func (p *place) pass() {
	p.before = p.char
	switch {
	case p.char == '/':
		p.depth, p.word, p.offset = p.depth+1, 0, 0
	case isWord(p.char):
		p.offset++
	default:
		p.word, p.offset = p.word+1, 0
	}
}

func isWord(r rune) bool {
	return r >= 0x80 || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || isDigit(r)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
