package policy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// expression is an expression that is ready to run.
type expression struct {
	root hclsyntax.Expression
	at   hcl.Range
	refs []string // what it refers to, such as "local.name"; all of it exists
}

// element returns the place of the element i where x is a literal list, and
// that of x otherwise.
func (x *expression) element(i int) hcl.Range {
	if g, ok := x.root.(*guard); ok {
		if list, ok := g.Expression.(*hclsyntax.TupleConsExpr); ok && i < len(list.Exprs) {
			return list.Exprs[i].Range()
		}
	}
	return x.at
}

// compiler wraps the nodes of one syntax tree in guards, in place, and reports
// references and calls to what does not exist.
type compiler struct {
	ev    *evaluator
	refs  []string
	bound []string   // the variables of the loops around the node
	at    *hcl.Range // of the JSON string that the node is in, if any
}

// compile makes an expression ready to run. It must not see one twice.
func (ev *evaluator) compile(expr hcl.Expression) *expression {
	c := &compiler{ev: ev}
	root := c.wrap(c.native(expr), passes)
	return &expression{root: root, at: expr.Range(), refs: c.refs}
}

// guard wraps a node whose children are wrapped.
func (c *compiler) guard(e hclsyntax.Expression, kind guardKind) hclsyntax.Expression {
	return &guard{Expression: e, ev: c.ev, kind: kind, own: &spot{at: c.place(e.Range())}}
}

// place returns the place to show for r. In a JSON string escapes hide the true
// columns, so all of it has the place of the string.
func (c *compiler) place(r hcl.Range) hcl.Range {
	if c.at != nil {
		return *c.at
	}
	return r
}

// fail reports an error at a node.
func (c *compiler) fail(code string, at hcl.Range, summary string, detail ...string) {
	c.ev.l.fail(code, c.place(at), summary, detail...)
}

// wrap wraps e and all below it. The kind is forgets for keys and conditions.
func (c *compiler) wrap(e hclsyntax.Expression, kind guardKind) hclsyntax.Expression {
	pick := func(k guardKind) guardKind {
		if kind == forgets {
			return forgets
		}
		return k
	}
	switch n := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return c.literal(n, n.Val, kind)
	case *hclsyntax.TemplateExpr:
		if v, ok := literalText(n); ok {
			return c.literal(n, v, kind)
		}
		for i, p := range n.Parts {
			if _, ok := p.(*hclsyntax.LiteralValueExpr); !ok {
				n.Parts[i] = c.wrap(p, passes)
			}
		}
		return c.guard(n, pick(joins))
	case *jsonTemplate:
		c.at = &n.at
		n.Expression = c.wrap(n.Expression, kind)
		c.at = nil
		return n
	case *hclsyntax.BinaryOpExpr:
		n.LHS, n.RHS = c.wrap(n.LHS, forgets), c.wrap(n.RHS, forgets)
		return c.guard(n, pick(makes))
	case *hclsyntax.UnaryOpExpr:
		n.Val = c.wrap(n.Val, forgets)
		return c.guard(n, pick(makes))
	default:
		return c.guard(c.inside(e), pick(passes))
	}
}

// literalText returns the text of a quoted string without interpolation.
func literalText(n *hclsyntax.TemplateExpr) (cty.Value, bool) {
	if !n.IsStringLiteral() {
		return cty.NilVal, false
	}
	v, diags := n.Value(nil)
	return v, !diags.HasErrors()
}

// literal returns a node for a literal, or a guard where the value breaks a
// limit, which will say so.
func (c *compiler) literal(e hclsyntax.Expression, v cty.Value, kind guardKind) hclsyntax.Expression {
	if _, err := sizeOf(v); err != nil || !isLeaf(v) {
		return c.guard(e, kind)
	}
	if kind != forgets {
		v = v.Mark(&spot{at: c.place(e.Range())})
	}
	return &literal{e, v, c.ev}
}

// inside wraps the children of a node that passes on what it gets, and returns
// the node that takes its place.
func (c *compiler) inside(e hclsyntax.Expression) hclsyntax.Expression {
	switch n := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return c.reference(n)
	case *hclsyntax.ParenthesesExpr:
		n.Expression = c.wrap(n.Expression, passes)
	case *hclsyntax.TemplateWrapExpr:
		n.Wrapped = c.wrap(n.Wrapped, passes)
	case *hclsyntax.TemplateJoinExpr:
		n.Tuple = c.wrap(n.Tuple, passes)
	case *hclsyntax.RelativeTraversalExpr:
		n.Source = c.source(n.Source)
	case *hclsyntax.SplatExpr:
		n.Source, n.Each = c.source(n.Source), c.wrap(n.Each, passes)
	case *hclsyntax.IndexExpr:
		n.Collection, n.Key = c.source(n.Collection), c.wrap(n.Key, forgets)
	case *hclsyntax.ConditionalExpr:
		n.Condition = c.wrap(n.Condition, forgets)
		n.TrueResult, n.FalseResult = c.wrap(n.TrueResult, passes), c.wrap(n.FalseResult, passes)
		return conditional{n}
	case *hclsyntax.TupleConsExpr:
		for i, x := range n.Exprs {
			n.Exprs[i] = c.wrap(x, passes)
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range n.Items {
			n.Items[i].KeyExpr = c.key(n.Items[i].KeyExpr)
			n.Items[i].ValueExpr = c.wrap(n.Items[i].ValueExpr, passes)
		}
	case *hclsyntax.ForExpr:
		c.loop(n)
	case *hclsyntax.FunctionCallExpr:
		return c.call(n)
	case *hclsyntax.AnonSymbolExpr:
	default: // a syntax error, which the parser has reported
		return reported{e}
	}
	return e
}

// source wraps a list or an object of which only elements are used. A name costs
// nothing there, however long the list is.
func (c *compiler) source(e hclsyntax.Expression) hclsyntax.Expression {
	if n, ok := e.(*hclsyntax.ScopeTraversalExpr); ok {
		return c.reference(n)
	}
	return c.wrap(e, passes)
}

// key wraps the key of an object, unless it is a bare name, which is a text.
func (c *compiler) key(e hclsyntax.Expression) hclsyntax.Expression {
	k, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return c.wrap(e, forgets)
	}
	if _, bare := k.Wrapped.(*hclsyntax.ScopeTraversalExpr); k.ForceNonLiteral || !bare && hcl.ExprAsKeyword(k.Wrapped) == "" {
		k.Wrapped = c.wrap(k.Wrapped, forgets)
	}
	return k
}

// loop wraps a for expression.
func (c *compiler) loop(n *hclsyntax.ForExpr) {
	n.CollExpr = c.source(n.CollExpr)
	before := len(c.bound)
	c.bound = append(c.bound, n.KeyVar, n.ValVar)
	n.ValExpr = c.wrap(n.ValExpr, passes)
	if n.KeyExpr != nil {
		n.KeyExpr = c.wrap(n.KeyExpr, forgets)
	}
	if n.CondExpr != nil {
		n.CondExpr = c.wrap(n.CondExpr, forgets)
	}
	c.bound = c.bound[:before]
}

// call wraps a function call.
func (c *compiler) call(n *hclsyntax.FunctionCallExpr) hclsyntax.Expression {
	for i, a := range n.Args {
		n.Args[i] = c.wrap(a, passes)
	}
	if _, ok := c.ev.functions[n.Name]; ok {
		return n
	}
	if c.ev.l.full() {
		return reported{n}
	}
	known := slices.Collect(maps.Keys(c.ev.functions))
	c.fail(codeUnknown, n.NameRange, fmt.Sprintf("There is no function %s", quote(n.Name)), didYouMean(n.Name, known), "The functions are "+listed(known)+".")
	return reported{n}
}

// reference resolves a name, and reports one that does not exist.
func (c *compiler) reference(n *hclsyntax.ScopeTraversalExpr) hclsyntax.Expression {
	root := n.Traversal.RootName()
	if slices.Contains(c.bound, root) {
		return n
	}
	names, ok := c.ev.l.declared[root]
	if c.ev.l.full() {
		return reported{n}
	}
	if !ok {
		c.unknownRoot(root, n.SrcRange)
		return reported{n}
	}
	name, ok := stepName(n.Traversal)
	if !ok {
		c.fail(codeUnknown, n.SrcRange, fmt.Sprintf("%s needs a name", quote(root)), fmt.Sprintf("Write %s.NAME.", root))
		return reported{n}
	}
	if _, ok := names[name]; !ok {
		c.fail(codeUnknown, n.SrcRange, fmt.Sprintf("There is no %s", quote(root+"."+name)), c.ev.l.declaredNames(name, names))
		return reported{n}
	}
	key := root + "." + name
	c.refs = append(c.refs, key)
	c.ev.l.used[key] = true
	return &reference{n, key, n.Traversal[2:], c.ev}
}

// stepName returns the name in root.name or root["name"].
func stepName(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	switch s := t[1].(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

func (c *compiler) unknownRoot(root string, at hcl.Range) {
	switch {
	case c.ev.l.declared == nil:
		c.fail(codeUnknown, at, "A reference cannot stand here", "Write the value itself; a text stands in quotes.")
	case root == "site":
		c.fail(codeUnknown, at, "A site is not a value", "Only a test names one.")
	case root == "policy":
		c.fail(codeUnknown, at, "A policy is not a value", "Only a route of a site and a test name one. Share origins with locals or an origins block, and write local.NAME or origins.NAME.")
	default:
		roots := slices.Collect(maps.Keys(c.ev.l.declared))
		c.fail(codeUnknown, at, fmt.Sprintf("There is no %s", quote(root)), didYouMean(root, append(roots, c.bound...)), "A reference is var.NAME, local.NAME or origins.NAME; a text stands in quotes.")
	}
}
