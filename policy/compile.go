package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
	bound []string // the variables of the loops around the node
}

// compile makes an expression ready to run. It must not see one twice.
func (ev *evaluator) compile(expr hcl.Expression) *expression {
	c := &compiler{ev: ev}
	root := c.wrap(c.native(expr), passes)
	return &expression{root: root, at: expr.Range(), refs: c.refs}
}

// guard wraps a node whose children are wrapped.
func (c *compiler) guard(e hclsyntax.Expression, kind guardKind) hclsyntax.Expression {
	return &guard{Expression: e, ev: c.ev, kind: kind, own: &spot{at: e.Range()}}
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
		v = v.Mark(&spot{at: e.Range()})
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
	known := slices.Collect(maps.Keys(c.ev.functions))
	c.ev.l.fail(codeUnknown, n.NameRange, fmt.Sprintf("There is no function %s", quote(n.Name)), didYouMean(n.Name, known), "The functions are "+listed(known)+".")
	return reported{n}
}

// reference resolves a name, and reports one that does not exist.
func (c *compiler) reference(n *hclsyntax.ScopeTraversalExpr) hclsyntax.Expression {
	root := n.Traversal.RootName()
	if slices.Contains(c.bound, root) {
		return n
	}
	names, ok := c.ev.l.declared[root]
	if !ok {
		c.unknownRoot(root, n.SrcRange)
		return reported{n}
	}
	name, ok := stepName(n.Traversal)
	if !ok {
		c.ev.l.fail(codeUnknown, n.SrcRange, fmt.Sprintf("%s needs a name", quote(root)), fmt.Sprintf("Write %s.NAME.", root))
		return reported{n}
	}
	if _, ok := names[name]; !ok {
		known := slices.Collect(maps.Keys(names))
		all := ""
		if len(known) > 0 {
			all = "There are " + listed(known) + "."
		}
		c.ev.l.fail(codeUnknown, n.SrcRange, fmt.Sprintf("There is no %s", quote(root+"."+name)), didYouMean(name, known), all)
		return reported{n}
	}
	key := root + "." + name
	c.refs = append(c.refs, key)
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
		c.ev.l.fail(codeUnknown, at, "A reference cannot stand here", "Write the value itself; a text stands in quotes.")
	case root == "site":
		c.ev.l.fail(codeNotYet, at, "Sites are not there yet", "The language has them, but this version of corsgen does not.")
	case root == "policy":
		c.ev.l.fail(codeUnknown, at, "A policy is not a value", "Share origins with locals or an origins block, and write local.NAME or origins.NAME.")
	default:
		roots := slices.Collect(maps.Keys(c.ev.l.declared))
		c.ev.l.fail(codeUnknown, at, fmt.Sprintf("There is no %s", quote(root)), didYouMean(root, append(roots, c.bound...)), "A reference is var.NAME, local.NAME or origins.NAME; a text stands in quotes.")
	}
}

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

// template parses the template in a JSON string. The place of all of it is that
// of the string, since escapes hide the true columns.
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
		c.ev.l.addHCL(codeSyntax, at, diags)
		return reported{plain}
	}
	switch t := e.(type) {
	case *hclsyntax.TemplateExpr:
		t.SrcRange = at
	case *hclsyntax.TemplateWrapExpr:
		t.SrcRange = at
	}
	return e
}
