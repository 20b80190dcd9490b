package golang

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// entry is a line of a list and what of it is hashed: all but its wildcards.
type entry struct {
	line     string
	literals []string // one at least, the leftmost first
}

// hash returns the hash that the runtime computes of an origin whose literals
// are those of e.
func (e *entry) hash(seed uint64, skip int) uint64 {
	hash := seed
	for i := len(e.literals) - 1; i > 0; i-- {
		hash = corsHash(e.literals[i], hash)
	}
	return corsHash(e.literals[0][skip:], hash)
}

// mark returns what corsPlace compares.
func (e *entry) mark(hash uint64) uint16 {
	n := 0
	for _, l := range e.literals {
		n += len(l)
	}
	return corsMark(hash, n)
}

// kept is how many bytes of a line are hashed at least, if it has them: one step.
const kept = 16

// skipped returns how many bytes at the start of all entries need no hashing,
// since they are the same.
func skipped(entries []entry) int {
	first := entries[0].literals[0]
	skip, shortest := len(first), len(first)
	for _, e := range entries {
		l := e.literals[0]
		shortest = min(shortest, len(l))
		skip = min(skip, shortest)
		for l[:skip] != first[:skip] {
			skip--
		}
	}
	if len(entries[0].literals) == 1 {
		return max(min(skip, shortest-kept), 0)
	}
	return skip
}

// buildTable returns the table by which corsPlace finds a line of joinLines of the
// lines of entries. The lines are distinct.
func buildTable(entries []entry) []byte {
	// A seed fails if two lines have the same hash or a bucket cannot be placed.
	// Either is rare, and another seed is another draw.
	skip := skipped(entries)
	for draw := uint64(1); ; draw++ {
		if table, ok := tryTable(entries, corsMix(draw, 0, ^draw), skip); ok {
			return table
		}
	}
}

type bucket struct {
	index uint32
	lines []placed
}

type placed struct {
	hash  uint64
	place uint32 // of the line, in the joined text
	mark  uint16
}

// tryTable hashes and displaces: each bucket of about three lines, the fullest
// first, takes the first displacement that puts all its lines in free slots, of
// which there are a third more than lines.
func tryTable(entries []entry, seed uint64, skip int) ([]byte, bool) {
	buckets := fillBuckets(entries, seed, skip)
	slots := make([]placed, len(entries)+len(entries)/3+1)
	displacements := make([]byte, len(buckets))
	slices.SortFunc(buckets, func(a, b bucket) int {
		return cmp.Or(cmp.Compare(len(b.lines), len(a.lines)), cmp.Compare(a.index, b.index))
	})
	for _, b := range buckets {
		d, ok := b.place(slots)
		if !ok {
			return nil, false
		}
		displacements[b.index] = d
	}
	table := binary.LittleEndian.AppendUint64(nil, seed)
	table = binary.LittleEndian.AppendUint32(table, uint32(skip))
	table = binary.LittleEndian.AppendUint32(table, uint32(len(buckets)))
	table = append(table, displacements...)
	for _, s := range slots {
		table = binary.LittleEndian.AppendUint32(table, s.place)
		table = binary.LittleEndian.AppendUint16(table, s.mark)
	}
	return table, true
}

func fillBuckets(entries []entry, seed uint64, skip int) []bucket {
	buckets := make([]bucket, len(entries)/3+1)
	for i := range buckets {
		buckets[i].index = uint32(i)
	}
	place := uint32(1) // behind the first line feed
	for i := range entries {
		hash := entries[i].hash(seed, skip)
		b := &buckets[corsScale(uint32(hash>>32), uint32(len(buckets)))]
		b.lines = append(b.lines, placed{hash, place, entries[i].mark(hash)})
		place += uint32(len(entries[i].line) + 1)
	}
	return buckets
}

// place takes slots for the lines of b. A slot is free while its place is 0,
// where no line is.
func (b *bucket) place(slots []placed) (displacement byte, ok bool) {
	for d := 0; d < 256; d++ {
		if b.tryPlace(slots, byte(d)) {
			return byte(d), true
		}
	}
	return 0, false
}

func (b *bucket) tryPlace(slots []placed, displacement byte) bool {
	for i, l := range b.lines {
		slot := &slots[corsSlot(l.hash, displacement, uint32(len(slots)))]
		if slot.place != 0 {
			b.release(slots, displacement, i)
			return false
		}
		*slot = l
	}
	return true
}

func (b *bucket) release(slots []placed, displacement byte, n int) {
	for _, l := range b.lines[:n] {
		slots[corsSlot(l.hash, displacement, uint32(len(slots)))] = placed{}
	}
}
