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
// match, nginx prefers literal ones, then the first regular expression. Without a
// key it is a comment alone.
type entry struct{ key, value, comment string }

func (m mapping) print(b *strings.Builder) {
	fmt.Fprintf(b, "map %s %s {\n", m.source, m.variable)
	if m.volatile {
		b.WriteString("    volatile;\n")
	}
	for _, e := range m.entries {
		b.WriteString("    " + e.text() + "\n")
	}
	b.WriteString("}\n")
}

func (e entry) text() string {
	switch {
	case e.key == "":
		return "# " + e.comment
	case e.comment == "":
		return e.key + " " + e.value + ";"
	default:
		return e.key + " " + e.value + "; # " + e.comment
	}
}
