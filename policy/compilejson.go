package policy

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// native returns an expression of either syntax as native syntax. HCL would
// parse the templates in JSON only as it evaluates them, out of reach of guards.
func (c *compiler) native(expr hcl.Expression) hclsyntax.Expression {
	if e, ok := expr.(hclsyntax.Expression); ok {
		return e
	}
	at := expr.Range()
	if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		t := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, e := range list {
			t.Exprs = append(t.Exprs, c.native(e))
		}
		return t
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		o := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, p := range pairs {
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{KeyExpr: c.native(p.Key), ValueExpr: c.native(p.Value)})
		}
		return o
	}
	v, _ := expr.Value(nil)
	if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return c.template(v, at)
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
}

// template parses the template in a JSON string.
func (c *compiler) template(v cty.Value, at hcl.Range) hclsyntax.Expression {
	text := v.AsString()
	plain := &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
	if !strings.Contains(text, "${") && !strings.Contains(text, "%{") {
		return plain
	}
	if !c.ev.l.scanTemplate([]byte(text), at) {
		return reported{plain}
	}
	start := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1}
	e, diags := hclsyntax.ParseTemplate([]byte(text), at.Filename, start)
	if diags.HasErrors() {
		for _, d := range diags {
			d.Subject = &at
		}
		c.ev.l.addHCL(codeSyntax, at, diags)
		return reported{plain}
	}
	return &jsonTemplate{e, at}
}

// jsonTemplate is a template in a JSON string.
type jsonTemplate struct {
	hclsyntax.Expression
	at hcl.Range
}

// Range implements hcl.Expression.
func (n *jsonTemplate) Range() hcl.Range { return n.at }

// Value implements hcl.Expression.
func (n *jsonTemplate) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := n.Expression.Value(ctx)
	for _, d := range diags {
		d.Subject = &n.at
	}
	return v, diags
}
