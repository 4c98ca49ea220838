package tables

import "hash/maphash"

// What a file is to its table. A file may be several: one that an older deletion vector had removed is live and history.
const (
	isLive    = 1 << iota // a data file of the current version
	isDeletes             // a file with deletes, or deletion vectors, of the current version
	isHistory             // a file of an older version
	isSeen                // the listing has shown it
	roles     = 1<<iota - 1
)

// A fileSet knows files by the hashes of their keys, 60 bits of each: of ten million files the odds that one stands for
// another are one in twenty thousand. The hash is seeded, so that no keys can be chosen that collide.
type fileSet struct {
	seed  maphash.Seed
	slots []uint64 // a hash with the roles in its lowest bits; 0 is free
	parts []uint32 // numbers of partitions, one for each slot; nil where there are none
	n     int
}

func (s *fileSet) home(hash uint64) int { return int(hash >> 4 % uint64(len(s.slots))) }

// find returns the slot of a hash, or the free one where it belongs.
func (s *fileSet) find(hash uint64) (at int, there bool) {
	for at = s.home(hash); s.slots[at] != 0; at = (at + 1) % len(s.slots) {
		if (s.slots[at]^hash)&^roles == 0 {
			return at, true
		}
	}
	return at, false
}

// add gives a file a role, and its partition where that is not 0. It returns the roles that the file had.
func (s *fileSet) add(hash uint64, role uint64, part uint32) (had uint64) {
	if 4*s.n >= 3*len(s.slots) {
		s.grow()
	}
	at, there := s.find(hash)
	if there {
		had = s.slots[at] & roles
	} else {
		s.n++
	}
	s.slots[at] = hash&^roles | had | role
	if part != 0 {
		if s.parts == nil {
			s.parts = make([]uint32, len(s.slots))
		}
		s.parts[at] = part
	}
	return had
}

func (s *fileSet) grow() {
	old := *s
	s.slots = make([]uint64, max(2*len(old.slots), 64))
	if old.parts != nil {
		s.parts = make([]uint32, len(s.slots))
	}
	for i, slot := range old.slots {
		if slot == 0 {
			continue
		}
		at, _ := s.find(slot)
		s.slots[at] = slot
		if old.parts != nil {
			s.parts[at] = old.parts[i]
		}
	}
}

// see returns the roles and the partition of a file, and remembers that it was seen.
func (s *fileSet) see(hash uint64) (had uint64, part uint32) {
	if s.n == 0 {
		return 0, 0
	}
	at, there := s.find(hash)
	if !there {
		return 0, 0
	}
	had = s.slots[at] & roles
	s.slots[at] |= isSeen
	if s.parts != nil {
		part = s.parts[at]
	}
	return had, part
}

// unseen counts the live files, with or without deletes, that were not seen.
func (s *fileSet) unseen() (n int64) {
	for _, slot := range s.slots {
		if slot&isSeen == 0 && slot&(isLive|isDeletes) != 0 {
			n++
		}
	}
	return n
}
