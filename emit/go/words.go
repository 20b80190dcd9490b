package golang

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
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

// words says what a variant decides, for people.
func words(v *ir.Variant) []string {
	var all []string
	seen := map[string]bool{}
	for _, h := range append(v.Preflight.Allowed.Set[:len(v.Preflight.Allowed.Set):len(v.Preflight.Allowed.Set)], v.Actual.Allowed.Set...) {
		if seen[h.Name] {
			continue
		}
		seen[h.Name] = true
		all = append(all, fmt.Sprintf("%s (%s)", headerWords(v, h), emit.Place(h.Src)))
	}
	if s := v.Preflight.Allowed.Status; s != 204 {
		all = append(all, fmt.Sprintf("preflights are answered with %d", s))
	}
	if s := v.Actual.Refused.Status; s != 0 {
		all = append(all, fmt.Sprintf("requests from other origins get %d and do not reach next", s))
	}
	return all
}

func headerWords(v *ir.Variant, h ir.Header) string {
	value := h.Value.Const
	every := h.Value.Echo != ir.EchoNone || value == "*"
	switch h.Name {
	case "Access-Control-Allow-Origin":
		return originWords(&v.Origins)
	case "Access-Control-Allow-Credentials":
		return "with credentials"
	case "Access-Control-Allow-Methods":
		return either(every, "every method", "methods "+value)
	case "Access-Control-Allow-Headers":
		return either(every, "every request header", "request headers "+value)
	case "Access-Control-Expose-Headers":
		return either(every, "scripts may read every response header", "scripts may read the response headers "+value)
	case "Access-Control-Max-Age":
		return "browsers may keep the answer to a preflight for " + value + " seconds"
	default:
		return h.Name + ": " + h.Value.String()
	}
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// originWords names the first few origins.
func originWords(o *ir.Origins) string {
	const few = 3
	if o.Any {
		return "every origin"
	}
	var names []string
	for i, p := range o.Patterns {
		if i == few && len(o.Patterns) > few+1 {
			return fmt.Sprintf("origins %s and %d more", strings.Join(names, ", "), len(o.Patterns)-few)
		}
		names = append(names, p.String())
	}
	return "origins " + strings.Join(names, ", ")
}
