package golang

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// minHashed is the shortest text that corsHash reads.
const minHashed = 8

// buildTable returns the table by which corsListed finds a line of joinLines(lines).
// The lines are distinct and of at least minHashed bytes.
func buildTable(lines []string) []byte {
	// A seed fails if two lines have the same hash or a bucket cannot be placed.
	// Either is rare, and another seed is another draw.
	for seed := uint32(0); ; seed++ {
		if table, ok := tryTable(lines, seed); ok {
			return table
		}
	}
}

type bucket struct {
	index  uint32
	hashes []uint64
	places []uint32 // of the lines, in the joined text
}

// tryTable hashes and displaces: each bucket of about three lines, the fullest
// first, takes the first displacement that puts all its lines in free slots, of
// which there are a third more than lines.
func tryTable(lines []string, seed uint32) ([]byte, bool) {
	buckets := fillBuckets(lines, seed)
	count := len(buckets)
	slots := make([]uint32, len(lines)+len(lines)/3+1)
	displacements := make([]byte, count)
	slices.SortFunc(buckets, func(a, b bucket) int {
		return cmp.Or(cmp.Compare(len(b.hashes), len(a.hashes)), cmp.Compare(a.index, b.index))
	})
	for _, b := range buckets {
		d, ok := b.place(slots)
		if !ok {
			return nil, false
		}
		displacements[b.index] = d
	}
	table := binary.LittleEndian.AppendUint32(nil, seed)
	table = binary.LittleEndian.AppendUint32(table, uint32(count))
	table = append(table, displacements...)
	for _, s := range slots {
		table = binary.LittleEndian.AppendUint32(table, s)
	}
	return table, true
}

func fillBuckets(lines []string, seed uint32) []bucket {
	buckets := make([]bucket, len(lines)/3+1)
	for i := range buckets {
		buckets[i].index = uint32(i)
	}
	place := uint32(1) // behind the first line feed
	for _, line := range lines {
		h := corsHash(line, seed)
		b := &buckets[corsScale(h, uint32(len(buckets)))]
		b.hashes, b.places = append(b.hashes, h), append(b.places, place)
		place += uint32(len(line) + 1)
	}
	return buckets
}

// place takes slots for the lines of b. A slot is free while it is 0, which is
// the place of an empty line.
func (b *bucket) place(slots []uint32) (displacement byte, ok bool) {
	for d := 0; d < 256; d++ {
		if b.tryPlace(slots, uint64(d)) {
			return byte(d), true
		}
	}
	return 0, false
}

func (b *bucket) tryPlace(slots []uint32, displacement uint64) bool {
	for i, h := range b.hashes {
		slot := &slots[corsScale(corsMix(h^displacement), uint32(len(slots)))]
		if *slot != 0 {
			b.release(slots, displacement, i)
			return false
		}
		*slot = b.places[i]
	}
	return true
}

func (b *bucket) release(slots []uint32, displacement uint64, n int) {
	for _, h := range b.hashes[:n] {
		slots[corsScale(corsMix(h^displacement), uint32(len(slots)))] = 0
	}
}
