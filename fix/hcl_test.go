package fix_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/fix"
)

// FuzzRemove removes each element of each list that HCL finds in a source: what is
// left parses, and has one element less and the same comments.
func FuzzRemove(f *testing.F) {
	for _, src := range []string{
		"x = [\"a\", \"b\" /* c */, \"d\", # e\n]\n",
		"p \"q\" {\n  x = concat(y[\"a\"], [for z in [\"b\"] : \"${z}[\"], [\n    \"c\",\n    \"d\"\n  ])\n}\n",
		"x = [<<E\n[\"${[\"a\"][0]}\"\nE\n, \"b\"]\ny = <<-F\n  ]\n  F\nz = {a = [\"$${\", \"%%{\", \"$\"], \"b\" = [[\"c\"], [\"d\"]]}\n",
		"x = true ? [\"a\"] : [\"b\", (\"c\")]\ny = -[\"a\"].*.b[\"c\"]\n// [\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		elements, comments, ok := listsOf(src)
		if !ok || len(src) > 2000 || len(elements) > 100 {
			return
		}
		for _, e := range elements {
			got, applied := fix.NewFile("a.hcl", []byte(src)).Apply([]*diag.Fix{e})
			if !applied[0] {
				continue
			}
			left, kept, ok := listsOf(string(got))
			if !ok || len(left) != len(elements)-1 || kept != comments {
				t.Errorf("%q without %q at %d is %q", src, e.Old, e.Range.Start.Byte, got)
			}
		}
	})
}

// listsOf returns fixes that remove the literal elements of lists, and the number
// of comments, or false if src is not valid.
func listsOf(src string) (elements []*diag.Fix, comments int, ok bool) {
	file, diags := hclsyntax.ParseConfig([]byte(src), "a.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, 0, false
	}
	tokens, _ := hclsyntax.LexConfig([]byte(src), "a.hcl", hcl.InitialPos)
	for _, token := range tokens {
		if token.Type == hclsyntax.TokenComment {
			comments++
		}
	}
	_ = hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(node hclsyntax.Node) hcl.Diagnostics {
		if list, isList := node.(*hclsyntax.TupleConsExpr); isList {
			for _, e := range list.Exprs {
				if literal, isText := e.(*hclsyntax.TemplateExpr); isText && literal.IsStringLiteral() {
					v, _ := literal.Value(nil)
					at := literal.Range()
					elements = append(elements, &diag.Fix{Old: v.AsString(), Range: diag.Range{Start: diag.Pos(at.Start), End: diag.Pos(at.End)}})
				}
			}
		}
		return nil
	})
	return elements, comments, true
}
