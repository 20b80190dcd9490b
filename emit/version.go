package emit

import (
	"cmp"
	"strconv"
	"strings"
)

// Older reports whether a version comes before another one: numbers with dots
// between them, of which those that are left out count as 0.
func Older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(number(a, i), number(b, i)); c != 0 {
			return c < 0
		}
	}
	return false
}

func number(fields []string, i int) int {
	if i >= len(fields) {
		return 0
	}
	n, _ := strconv.Atoi(fields[i]) // the language has checked it
	return n
}
