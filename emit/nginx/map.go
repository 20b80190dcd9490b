package nginx

import (
	"fmt"
	"strings"
)

// mapping is a map block: the value of a variable by that of others.
type mapping struct {
	source   string // as printed
	variable string
	volatile bool // to be worked out each time it is read
	entries  []entry
}

// entry is a line of a map block, its key and value as printed. Where two keys
// match, nginx prefers literal ones, then the first regular expression.
type entry struct{ key, value, comment string }

func (m mapping) print(b *strings.Builder) {
	fmt.Fprintf(b, "map %s %s {\n", m.source, m.variable)
	if m.volatile {
		b.WriteString("    volatile;\n")
	}
	for _, e := range m.entries {
		b.WriteString("    " + e.key + " " + e.value + ";")
		if e.comment != "" {
			b.WriteString(" # " + e.comment)
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
}
