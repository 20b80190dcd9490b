package golang

import (
	"math/bits"
	"strings"
)

// corsAnyOrigin allows every origin.
func corsAnyOrigin(string) bool { return true }

// corsBetween returns what stands between a prefix and a suffix of s, or "".
func corsBetween(s, prefix, suffix string) string {
	if len(s) < len(prefix)+len(suffix) || !strings.HasPrefix(s, prefix) || !strings.HasSuffix(s, suffix) {
		return ""
	}
	return s[len(prefix) : len(s)-len(suffix)]
}

// corsWithoutPort returns an origin without its port, if it has one: 1 to 5
// digits, the first not 0.
func corsWithoutPort(origin string) string {
	for i := len(origin) - 1; i >= 0 && i > len(origin)-7; i-- {
		if origin[i] != ':' {
			continue
		}
		if port := origin[i+1:]; corsIsDigits(port) && port[0] != '0' {
			return origin[:i]
		}
		break
	}
	return origin
}

// corsIsDigits reports whether s is one or more digits.
func corsIsDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// corsIsLabel reports whether s is one or more of a to z, 0 to 9, _ and -.
func corsIsLabel(s string) bool {
	for i := 0; i < len(s); i++ {
		if !corsInLabel(s[i]) {
			return false
		}
	}
	return s != ""
}

// corsAreLabels reports whether s is one or more labels with dots between them.
func corsAreLabels(s string) bool {
	dot := true // before what is read
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case corsInLabel(c):
			dot = false
		case c == '.' && !dot:
			dot = true
		default:
			return false
		}
	}
	return !dot
}

func corsInLabel(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// corsHost is an origin taken apart, so that many patterns can be tried on it and
// each reads only its literals.
type corsHost struct {
	origin string
	start  int      // of the host in origin
	end    int      // of the host, where a port or nothing follows
	labels int      // how many; -1 once it is known that no wildcard can match
	dots   []uint16 // the places of the last dots, the last one first
	letter int      // the place of a byte that is no digit, if one is known
}

// corsSplit takes origin apart, which is at most 512 bytes long. It notes as many
// dots as there is room for.
func corsSplit(origin string, dots []uint16) corsHost {
	h := corsHost{origin: origin, end: len(corsWithoutPort(origin)), labels: 1, dots: dots}
	switch {
	case strings.HasPrefix(origin, "https://"):
		h.start = len("https://")
	case strings.HasPrefix(origin, "http://"):
		h.start = len("http://")
	default:
		h.labels = -1
		return h
	}
	for i := h.end - 1; i >= h.start; i-- {
		if origin[i] == '.' {
			if h.labels <= len(dots) {
				dots[h.labels-1] = uint16(i)
			}
			h.labels++
		}
	}
	return h
}

// corsShape says where the wildcards of a pattern are. Its bytes are the number
// of labels, 1 if they follow "**.", 1 if any port will do, and for each
// wildcard, the last one first: the number of dots behind its label, the bytes
// before it and after it in the label, and the length of its text.
type corsShape string

// literals returns where the literals of a pattern end in h.
func (h *corsHost) literals(shape corsShape) (end int, ok bool) {
	labels := int(shape[0])
	if shape[2] == 0 {
		return len(h.origin), h.labels == labels || shape[1] == 1 && h.labels > labels
	}
	return h.end, h.labels == labels || shape[1] == 1 && h.labels > labels
}

// wildcard returns what the wildcard at the start of a shape would stand for.
func (h *corsHost) wildcard(wilds corsShape) (from, to int) {
	dots := int(wilds[0])
	from = h.start
	if wilds[3] != corsDeep && dots < h.labels-1 {
		from = int(h.dots[dots]) + 1
	}
	return from + int(wilds[1]), int(h.dots[dots-1]) - int(wilds[2])
}

// The lengths of the texts of wildcards.
const (
	corsDeep   = byte(len("**"))
	corsDigits = byte(len("{digits}"))
)

// is reports whether pattern, which is of a shape, matches.
func (h *corsHost) is(shape corsShape, pattern string) bool {
	end, ok := h.literals(shape)
	if !ok {
		return false
	}
	pattern = pattern[:len(pattern)-len(":*")*int(shape[2])]
	for wilds := shape[3:]; wilds != ""; wilds = wilds[4:] {
		from, to := h.wildcard(wilds)
		if from >= to || !strings.HasSuffix(pattern, h.origin[to:end]) {
			return false
		}
		if wilds[3] == corsDigits && !h.isNumber(from, to) {
			return false
		}
		pattern = pattern[:max(len(pattern)-(end-to)-int(wilds[3]), 0)]
		end = from
	}
	return pattern == h.origin[:end] && h.areLabels(shape[3:])
}

// areLabels reports whether the wildcards of a pattern whose literals match stand
// for labels. If they do not, no other pattern needs to be tried: a byte that can
// be in no label spoils the host for all.
func (h *corsHost) areLabels(wilds corsShape) bool {
	for ; wilds != ""; wilds = wilds[4:] {
		if from, to := h.wildcard(wilds); !corsAreLabels(h.origin[from:to]) {
			h.labels = -1
			return false
		}
	}
	return true
}

// isNumber reports whether a part of the origin is digits. It remembers one byte
// that is none, lest patterns that overlap read the same long number each.
func (h *corsHost) isNumber(from, to int) bool {
	if from <= h.letter && h.letter < to {
		return false
	}
	for i := from; i < to; i++ {
		if c := h.origin[i]; c < '0' || c > '9' {
			h.letter = i
			return false
		}
	}
	return true
}

// listed reports whether a pattern of list matches. All of them are of a shape,
// so their literals can be looked up.
func (h *corsHost) listed(shape corsShape, list, table string) bool {
	end, ok := h.literals(shape)
	if !ok {
		return false
	}
	hash, n := corsUint64(table, 0), 0
	length := len(":*") * int(shape[2])
	for wilds := shape[3:]; wilds != ""; wilds = wilds[4:] {
		from, to := h.wildcard(wilds)
		if from >= to {
			return false
		}
		hash = corsHash(h.origin[to:end], hash)
		n += end - to
		length += int(wilds[3])
		end = from
	}
	skip := int(corsUint32(table, 8))
	if end < skip {
		return false
	}
	n += end
	place, ok := corsPlace(table, corsHash(h.origin[skip:end], hash), n)
	return ok && h.is(shape, list[place:place+n+length])
}

// corsListed reports whether s is a line of list.
func corsListed(s, list, table string) bool {
	skip := int(corsUint32(table, 8))
	if len(s) <= skip || len(s) > 512 {
		return false
	}
	place, ok := corsPlace(table, corsHash(s[skip:], corsUint64(table, 0)), len(s))
	return ok && list[place:place+len(s)] == s
}

// corsPlace returns the only place in a list where the line can be whose literals
// have a hash and are of n bytes together. The table of the list is a perfect
// hash: a seed of eight bytes, in four each how many bytes all lines start with
// and the number of buckets, a byte of displacement for each bucket, and for each
// slot the place of a line in four bytes and, in two, n and some of its hash.
func corsPlace(table string, hash uint64, n int) (place int, ok bool) {
	buckets := corsUint32(table, 12)
	slots := table[16+buckets:]
	displacement := table[16+corsScale(uint32(hash>>32), buckets)]
	slot := slots[6*corsSlot(hash, displacement, uint32(len(slots)/6)):]
	return int(corsUint32(slot, 0)), uint16(slot[4])|uint16(slot[5])<<8 == corsMark(hash, n)
}

// corsSlot returns which of n slots a line has in a bucket.
func corsSlot(hash uint64, displacement byte, n uint32) uint32 {
	step := uint32(hash>>17) | 1
	return corsScale(uint32(hash)+uint32(displacement)*step, n)
}

// corsMark tells apart most texts that share a slot, and all of other lengths up
// to 1023.
func corsMark(hash uint64, n int) uint16 { return uint16(n) | uint16(hash)<<10 }

// corsScale maps a hash to 0 to n-1.
func corsScale(hash, n uint32) uint32 { return uint32(uint64(hash) * uint64(n) >> 32) }

// corsHash continues a hash with s. It reads sixteen bytes a step, the last of
// them up to the end of s, even if that reads some twice.
func corsHash(s string, hash uint64) uint64 {
	hash *= uint64(2*len(s) + 1)
	if len(s) < 8 {
		var word uint64
		for i := 0; i < len(s); i++ {
			word = word<<8 | uint64(s[i])
		}
		return corsMix(word, 0, hash)
	}
	for len(s) > 16 {
		hash = corsMix(corsUint64(s, 0), corsUint64(s, 8), hash)
		s = s[min(16, len(s)-16):]
	}
	return corsMix(corsUint64(s, 0), corsUint64(s, len(s)-8), hash)
}

// corsMix mixes sixteen bytes into a hash.
func corsMix(a, b, hash uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^hash)
	return high ^ low
}

func corsUint64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func corsUint32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
