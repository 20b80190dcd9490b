package policy

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// guard is a node of a syntax tree that bounds what its evaluation costs, and
// marks a text with its place. The children of the node are guards too.
type guard struct {
	hclsyntax.Expression // the node; embedded for the methods that only package hclsyntax can name
	ev                   *evaluator
	kind                 guardKind
	own                  *spot
}

// guardKind says which place a text has that a node evaluates to.
type guardKind uint8

const (
	makes   guardKind = iota // the node's own
	passes                   // the one that it comes with, such as a reference's
	joins                    // a template: the only interpolated one, or the node's
	forgets                  // none: keys and conditions are of no interest
)

// spot is a mark on a value: where the author wrote it.
type spot struct {
	at  hcl.Range
	via hcl.Range // the template that put it together, if any
}

// Value implements hcl.Expression.
func (g *guard) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	g.ev.spend(1, g.own.at)
	v, diags := g.Expression.Value(ctx)
	g.ev.spend(g.cost(v)+20*len(diags), g.own.at)
	return g.mark(v), diags
}

// cost returns the steps that v costs, and stops the evaluation if it is too
// large.
func (g *guard) cost(v cty.Value) int {
	n := g.ev.measure(v, g.own.at)
	if g.kind != passes { // a mark is made, or marks are stripped
		n *= 4
	}
	return n
}

// mark leaves one spot on a value that is not a collection, and none on others:
// their elements have theirs.
func (g *guard) mark(v cty.Value) cty.Value {
	if g.kind == passes && v.IsMarked() && spots(v) == 1 {
		return v
	}
	bare, marks := leaf(v)
	switch {
	case g.kind == forgets:
		return strip(bare)
	case !isLeaf(bare):
		return bare
	case g.kind == passes && len(marks) > 0:
		return bare.Mark(firstSpot(marks))
	case g.kind == joins && len(marks) == 1:
		return bare.Mark(&spot{at: firstSpot(marks).at, via: g.own.at})
	default:
		return bare.Mark(g.own)
	}
}

// spots returns how many spots are on v. It is much cheaper than Unmark, which
// copies them.
func spots(v cty.Value) int {
	n := 0
	for range cty.ValueMarksOfType[*spot](v) {
		n++
	}
	return n
}

// isLeaf reports whether v is a value that carries a spot.
func isLeaf(v cty.Value) bool {
	return v.IsKnown() && (v.IsNull() || v.Type().IsPrimitiveType())
}

// firstSpot returns the spot that comes first in the source.
func firstSpot(marks cty.ValueMarks) *spot {
	var first *spot
	for m := range marks {
		s := m.(*spot)
		if first == nil || s.at.Filename < first.at.Filename || s.at.Filename == first.at.Filename && s.at.Start.Byte < first.at.Start.Byte {
			first = s
		}
	}
	return first
}

// literal is a literal in the source. It is marked once, however often a loop
// comes by.
type literal struct {
	hclsyntax.Expression
	v  cty.Value
	ev *evaluator
}

// Value implements hcl.Expression.
func (n *literal) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	n.ev.spend(1, n.Range())
	return n.v, nil
}

// reference is var.NAME, local.NAME or origins.NAME, and what follows.
type reference struct {
	hclsyntax.Expression
	key  string
	rest hcl.Traversal
	ev   *evaluator
}

// Value implements hcl.Expression.
func (n *reference) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ok := n.ev.values[n.key]
	if !ok {
		return cty.DynamicVal, nil
	}
	return n.rest.TraverseRel(v)
}

// reported stands for an expression that has been found wrong already.
type reported struct{ hclsyntax.Expression }

// Value implements hcl.Expression.
func (reported) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) { return cty.DynamicVal, nil }

// conditional is "a ? b : c". HCL's own converts b and c to a common type;
// here nothing is converted, and only the one that is asked for is evaluated.
type conditional struct{ *hclsyntax.ConditionalExpr }

// Value implements hcl.Expression.
func (n conditional) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	cond, diags := n.Condition.Value(ctx)
	if diags.HasErrors() || !cond.IsKnown() {
		return cty.DynamicVal, diags
	}
	if cond.IsNull() || cond.Type() != cty.Bool {
		return cty.DynamicVal, append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "The condition is not true or false",
			Detail:   "Write a comparison, such as var.name == \"text\", before the question mark.",
			Subject:  n.Condition.Range().Ptr(),
		})
	}
	branch := n.FalseResult
	if cond.True() {
		branch = n.TrueResult
	}
	v, more := branch.Value(ctx)
	return v, append(diags, more...)
}
