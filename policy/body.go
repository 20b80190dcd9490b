package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// bodyType says what a body may hold.
type bodyType struct {
	name   string // as in messages: "a policy"
	schema hcl.BodySchema
}

// attributes makes the schema of attributes; those that are required are checked
// by whoever reads them, to report a missing one under its own rule.
func attributes(names ...string) []hcl.AttributeSchema {
	s := make([]hcl.AttributeSchema, len(names))
	for i, n := range names {
		s[i].Name = n
	}
	return s
}

// content returns what body holds, and reports everything else in it.
func (l *loader) content(body hcl.Body, t *bodyType) *hcl.BodyContent {
	content, _, diags := body.PartialContent(&t.schema)
	l.addHCL(codeSyntax, body.MissingItemRange(), diags)
	for _, it := range items(body) {
		if !t.takes(it) {
			l.unknownItem(it, t)
		}
	}
	return content
}

// item is an attribute or a block in a body.
type item struct {
	name  string
	block bool // always false in JSON syntax, where only the schema can tell
	json  bool
	at    hcl.Range
}

// items returns everything that body holds, in order. PartialContent leaves
// out what is not in the schema, and Content words its findings for other tools.
func items(body hcl.Body) []item {
	var all []item
	if native, ok := body.(*hclsyntax.Body); ok {
		for name, a := range native.Attributes {
			all = append(all, item{name: name, at: a.NameRange})
		}
		for _, b := range native.Blocks {
			all = append(all, item{name: b.Type, block: true, at: b.DefRange()})
		}
	} else {
		attrs, _ := body.JustAttributes()
		for name, a := range attrs {
			all = append(all, item{name: name, json: true, at: a.NameRange})
		}
	}
	slices.SortFunc(all, func(a, b item) int { return cmp.Compare(a.at.Start.Byte, b.at.Start.Byte) })
	return all
}

func (t *bodyType) isAttribute(name string) bool {
	return slices.ContainsFunc(t.schema.Attributes, func(a hcl.AttributeSchema) bool { return a.Name == name })
}

func (t *bodyType) isBlock(name string) bool {
	return slices.ContainsFunc(t.schema.Blocks, func(b hcl.BlockHeaderSchema) bool { return b.Type == name })
}

func (t *bodyType) takes(it item) bool {
	switch {
	case it.json:
		return t.isAttribute(it.name) || t.isBlock(it.name)
	case it.block:
		return t.isBlock(it.name)
	default:
		return t.isAttribute(it.name)
	}
}

func (l *loader) unknownItem(it item, t *bodyType) {
	kind := "attribute"
	if it.block {
		kind = "block"
	}
	switch {
	case t.isBlock(it.name):
		l.fail(codeUnknown, it.at, fmt.Sprintf("%s is a block, not an attribute", quote(it.name)), fmt.Sprintf("Write %s { ... }, without an equals sign.", it.name))
	case t.isAttribute(it.name):
		l.fail(codeUnknown, it.at, fmt.Sprintf("%s is an attribute, not a block", quote(it.name)), fmt.Sprintf("Write %s = ..., with an equals sign.", it.name))
	default:
		known := t.names()
		l.fail(codeUnknown, it.at, fmt.Sprintf("There is no %s %s in %s", kind, quote(it.name), t.name), didYouMean(it.name, known), "It takes "+listed(known)+".")
	}
}

// names returns the names of all attributes and blocks.
func (t *bodyType) names() []string {
	var names []string
	for _, a := range t.schema.Attributes {
		names = append(names, a.Name)
	}
	for _, b := range t.schema.Blocks {
		names = append(names, b.Type)
	}
	return names
}

// inOrder returns attributes by their place, for findings in a stable order.
func inOrder(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte)
	})
}

// labelRange returns the place of a block's name, or of its type where it has
// none.
func labelRange(b *hcl.Block) hcl.Range {
	if len(b.LabelRanges) > 0 {
		return b.LabelRanges[0]
	}
	return b.TypeRange
}

// blockRange returns the place of all of a block; in JSON syntax from its label.
func blockRange(b *hcl.Block) hcl.Range {
	if body, ok := b.Body.(*hclsyntax.Body); ok {
		return hcl.RangeBetween(b.TypeRange, body.SrcRange)
	}
	return hcl.RangeBetween(labelRange(b), b.Body.MissingItemRange())
}

// once reports a block that repeats a name. It returns whether the name is new.
func (l *loader) once(seen map[string]hcl.Range, what, name string, at hcl.Range) bool {
	if first, ok := seen[name]; ok {
		l.failTwice(at, first, fmt.Sprintf("There are two %s named %s", what, quote(name)), "Rename one of them, or make them one.")
		return false
	}
	seen[name] = at
	return true
}

// checkName reports a name that the language does not take.
func (l *loader) checkName(name string, at hcl.Range) bool {
	if isName(name, 24, "_") {
		return true
	}
	l.fail(codeValue, at, fmt.Sprintf("%s is not a name", quote(name)), "A name starts with a lower case letter, goes on with lower case letters, digits and \"_\", and has at most 24 characters.")
	return false
}

// isName reports whether s is a letter and then letters, digits and signs of
// extra, at most limit in all.
func isName(s string, limit int, extra string) bool {
	if s == "" || len(s) > limit || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || slices.Contains([]byte(extra), c)) {
			return false
		}
	}
	return true
}
