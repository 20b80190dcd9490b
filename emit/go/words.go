package golang

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
)

// width is where comments break, in bytes after "// ".
const width = 76

func comment(file *jen.File, text string) {
	for _, line := range emit.CommentLines(text, width) {
		file.Comment(commentLine("// ", line))
	}
}

// commentLine returns a line of a comment. Where it would be a build constraint,
// which gofmt takes from anywhere to the top of the file, its "+" is written as a
// number.
func commentLine(mark, line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "+build") {
		line = strings.Replace(line, "+", `\x2b`, 1)
	}
	return mark + unquoted.Replace(line)
}

// unquoted keeps gofmt from taking two quotes in a row for a typographic one.
var unquoted = strings.NewReplacer("``", "`\\x60", "''", "'\\x27")

// bullets prints a list as gofmt lays one out in a doc comment.
func bullets(file *jen.File, items []string) {
	file.Comment("//")
	for _, item := range items {
		mark := "//   - "
		for _, line := range emit.CommentLines(item, width-4) {
			file.Comment(commentLine(mark, line))
			mark = "//     "
		}
	}
}
