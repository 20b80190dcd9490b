package node

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/emit"
)

// Text is JavaScript, or its types, on its way to be printed. The zero value is
// ready to use.
type Text struct{ strings.Builder }

// Line prints a line, indented.
func (t *Text) Line(depth int, format string, arguments ...any) {
	t.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, arguments...) + "\n")
}

// width is where comments break, in bytes after "// ".
const width = 76

// Comment prints a text as lines of comments.
func (t *Text) Comment(text string) {
	for _, line := range emit.CommentLines(text, width) {
		t.Line(0, "// %s", line)
	}
}

// Doc prints the comment of something that is exported: a sentence, a list, and
// the author's words.
func (t *Text) Doc(text string, list []string, description string) {
	t.Line(0, "/**")
	for _, line := range emit.CommentLines(text, width) {
		t.Line(0, " * %s", line)
	}
	for _, item := range list {
		mark := "- "
		for _, line := range emit.CommentLines(item, width-2) {
			t.Line(0, " * %s%s", mark, line)
			mark = "  "
		}
	}
	if lines := emit.CommentLines(description, width-2); len(lines) > 0 {
		t.Line(0, " *")
		for _, line := range lines {
			t.Line(0, " * > %s", line) // the mark keeps a word from being a tag
		}
	}
	t.Line(0, " */")
}
