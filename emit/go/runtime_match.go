package golang

import (
	"math/bits"
	"strings"
)

// corsAnyOrigin allows every origin.
func corsAnyOrigin(origin string) bool { return origin != "" }

// corsBetween returns what stands between a prefix and a suffix of s, or "".
//
// It and its like are not inlined: hundreds of copies, one for each pattern, take
// the compiler half a minute.
//
//go:noinline
func corsBetween(s, prefix, suffix string) string {
	if len(s) < len(prefix)+len(suffix) || !strings.HasPrefix(s, prefix) || !strings.HasSuffix(s, suffix) {
		return ""
	}
	return s[len(prefix) : len(s)-len(suffix)]
}

// corsBefore returns what stands before the last separator in s, or "".
//
//go:noinline
func corsBefore(s, separator string) string {
	return s[:max(strings.LastIndex(s, separator), 0)]
}

// corsAfter returns what stands after the last separator in s, or "".
//
//go:noinline
func corsAfter(s, separator string) string {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return ""
	}
	return s[i+len(separator):]
}

// corsWithoutPort returns an origin without its port, if it has one: 1 to 5
// digits, the first not 0.
//
//go:noinline
func corsWithoutPort(origin string) string {
	i := strings.LastIndexByte(origin, ':')
	if i < 0 || len(origin)-i > 6 || !corsIsDigits(origin[i+1:]) || origin[i+1] == '0' {
		return origin
	}
	return origin[:i]
}

// corsIsDigits reports whether s is one or more digits.
//
//go:noinline
func corsIsDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// corsIsLabel reports whether s is one or more of a to z, 0 to 9, _ and -.
//
//go:noinline
func corsIsLabel(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}

// corsAreLabels reports whether s is one or more labels with dots between them.
//
//go:noinline
func corsAreLabels(s string) bool {
	for more := true; more; {
		var label string
		label, s, more = strings.Cut(s, ".")
		if !corsIsLabel(label) {
			return false
		}
	}
	return true
}

// corsListed reports whether s is a line of list. The table of a perfect hash
// says in one step which line it could be: a seed of four bytes, the number of
// buckets in four, a byte of displacement for each bucket, and for each slot the
// place of its line in four bytes.
func corsListed(s, list, table string) bool {
	if len(s) < 8 {
		return false
	}
	buckets := corsUint32(table, 4)
	slots := table[8+buckets:]
	h := corsHash(s, corsUint32(table, 0))
	displacement := table[8+corsScale(h, buckets)]
	slot := corsScale(corsMix(h^uint64(displacement)), uint32(len(slots)/4))
	line, _, _ := strings.Cut(list[corsUint32(slots, 4*int(slot)):], "\n")
	return line == s
}

// corsLabelListed reports whether origin is scheme, one label, a dot, and a line
// of list.
func corsLabelListed(origin, scheme, list, table string) bool {
	label, rest, _ := strings.Cut(strings.TrimPrefix(origin, scheme), ".")
	return strings.HasPrefix(origin, scheme) && corsIsLabel(label) && corsListed(rest, list, table)
}

// corsLabelsListed is corsLabelListed for one label or more.
func corsLabelsListed(origin, scheme, list, table string) bool {
	if !strings.HasPrefix(origin, scheme) {
		return false
	}
	rest := origin[len(scheme):]
	for {
		var label string
		var more bool
		label, rest, more = strings.Cut(rest, ".")
		if !more || !corsIsLabel(label) {
			return false
		}
		if corsListed(rest, list, table) {
			return true
		}
	}
}

// corsHash hashes s, which has at least eight bytes.
func corsHash(s string, seed uint32) uint64 {
	// Mixed before the text comes in: else a byte could make up for the length,
	// whatever the seed.
	h := corsMix(uint64(seed)<<32 | uint64(len(s)))
	for i := 0; i+8 < len(s); i += 8 {
		h = corsMix(h ^ corsUint64(s, i))
	}
	return corsMix(h ^ corsUint64(s, len(s)-8))
}

func corsMix(x uint64) uint64 {
	high, low := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return high ^ low
}

// corsScale maps a hash to 0 to n-1.
func corsScale(h uint64, n uint32) uint32 { return uint32(h >> 32 * uint64(n) >> 32) }

func corsUint64(s string, i int) uint64 {
	return uint64(corsUint32(s, i)) | uint64(corsUint32(s, i+4))<<32
}

func corsUint32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
