package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var variableType = &bodyType{
	name:   "a variable",
	schema: hcl.BodySchema{Attributes: attributes("type", "default", "description")},
}

// variable is a variable block.
type variable struct {
	name    string
	ty      cty.Type // cty.NilType if it is not known, which is reported
	at      hcl.Range
	content *hcl.BodyContent
}

// declareVariables declares the names and types of variables.
func (l *loader) declareVariables(blocks []*hcl.Block) map[string]*variable {
	seen := map[string]hcl.Range{}
	variables := map[string]*variable{}
	for _, b := range blocks {
		v := &variable{name: b.Labels[0], at: labelRange(b), content: l.content(b.Body, variableType)}
		if !l.checkName(v.name, v.at) || !l.once(seen, "variables", v.name, v.at) {
			continue
		}
		l.declare("var", v.name, v.at)
		variables[v.name] = v
		v.ty = l.variableType(v)
	}
	return variables
}

func (l *loader) variableType(v *variable) cty.Type {
	a := v.content.Attributes["type"]
	if a == nil {
		l.fail(codeMissing, v.at, fmt.Sprintf("The variable %s has no type", quote(v.name)), "Write type = list(string), type = string, type = number or type = bool.")
		return cty.NilType
	}
	const known = "The types are string, number, bool, any, list(T), map(T) and object({ NAME = T })."
	if n := a.Expr.Range(); n.End.Byte-n.Start.Byte > 4096 || !l.scanTypeText(a.Expr) {
		l.fail(codeValue, n, "The type is too long", known)
		return cty.NilType
	}
	ty, diags := typeexpr.TypeConstraint(a.Expr)
	if diags.HasErrors() || !isVariableType(ty) {
		l.fail(codeValue, a.Expr.Range(), "That is not a type", known)
		return cty.NilType
	}
	return ty
}

// isVariableType reports whether variables may have the type: values in a
// policy are never sets, and a tuple is written as an object.
func isVariableType(ty cty.Type) bool {
	switch {
	case ty.IsListType(), ty.IsMapType():
		return isVariableType(ty.ElementType())
	case ty.IsObjectType():
		for _, t := range ty.AttributeTypes() {
			if !isVariableType(t) {
				return false
			}
		}
		return len(ty.OptionalAttributes()) == 0
	default:
		return ty.IsPrimitiveType() || ty == cty.DynamicPseudoType
	}
}

// assignVariables gives each variable its value: --var beats a later
// --var-file, which beats an earlier one, which beats the default.
func (l *loader) assignVariables(variables map[string]*variable) error {
	given := map[string]hcl.Expression{}
	for _, name := range l.opts.VarFiles {
		if err := l.readVarFile(name, variables, given); err != nil {
			return err
		}
	}
	for _, arg := range l.opts.Vars {
		if err := l.readVar(arg, variables, given); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		l.assign(variables[name], given[name])
	}
	return nil
}

// assign evaluates the value of a variable.
func (l *loader) assign(v *variable, given hcl.Expression) {
	attrs := v.content.Attributes
	if a := attrs["description"]; a != nil {
		l.literalText(a)
	}
	var fallback cty.Value
	if a := attrs["default"]; a != nil { // checked even where it is not used
		fallback = l.literalOf(a.Expr, v)
	}
	switch {
	case given != nil:
		l.eval.values["var."+v.name] = l.literalOf(given, v)
	case fallback != cty.NilVal:
		l.eval.values["var."+v.name] = fallback
	default:
		l.fail(codeMissing, v.at, fmt.Sprintf("The variable %s has no value", quote(v.name)), fmt.Sprintf("Give it one with --var %s=VALUE or in a --var-file, or write default = ... here.", v.name))
	}
}

// literalOf evaluates an expression without references, as a value of v's type.
// It is unknown if it is not one, which is reported.
func (l *loader) literalOf(expr hcl.Expression, v *variable) cty.Value {
	val := l.literals(expr)
	if v.ty == cty.NilType || !l.conforms(val, v.ty, spot{at: expr.Range()}, "The value of "+quote(v.name)+" is") {
		return cty.DynamicVal
	}
	return val
}

// literalText checks an attribute that is a text for people.
func (l *loader) literalText(a *hcl.Attribute) {
	v, s := placed(l.literals(a.Expr), a.Expr.Range())
	l.is(v, cty.String, s, quote(a.Name)+" is", "a string in quotes")
}

// conforms reports every part of v that is not of the type. Lists may be
// written as HCL's tuples and maps as its objects; nothing is converted.
func (l *loader) conforms(v cty.Value, ty cty.Type, at spot, subject string) bool {
	v, s := placed(v, at.at)
	switch {
	case v.IsNull():
		l.failAt(s, codeType, subject+" null, not "+typeText(ty), "Values are never converted, and null stands for nothing here.")
		return false
	case !v.IsKnown():
		return false
	case ty == cty.DynamicPseudoType:
		return true
	case ty.IsPrimitiveType():
		return l.is(v, ty, s, subject, typeText(ty))
	case ty.IsListType() && isList(v.Type()), ty.IsMapType() && isObject(v.Type()):
		return l.elementsConform(v, ty, s)
	case ty.IsObjectType() && isObject(v.Type()):
		return l.attributesConform(v, ty, s)
	}
	l.failAt(s, codeType, fmt.Sprintf("%s %s, not %s", subject, describe(v), typeText(ty)), "Values are never converted.")
	return false
}

func isObject(ty cty.Type) bool { return ty.IsObjectType() || ty.IsMapType() }

func (l *loader) elementsConform(v cty.Value, ty cty.Type, at spot) bool {
	ok := true
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		ok = l.conforms(e, ty.ElementType(), at, "The element is") && ok
	}
	return ok
}

func (l *loader) attributesConform(v cty.Value, ty cty.Type, at spot) bool {
	ok := true
	values, types := v.AsValueMap(), ty.AttributeTypes()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if types[name] == cty.NilType {
			l.failAt(at, codeUnknown, fmt.Sprintf("There is no %s in the type of the object", quote(name)), didYouMean(name, slices.Collect(maps.Keys(types))))
			ok = false
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		e, found := values[name]
		if !found {
			l.failAt(at, codeMissing, fmt.Sprintf("The object has no %s", quote(name)), "Its type asks for it.")
			ok = false
			continue
		}
		ok = l.conforms(e, types[name], at, quote(name)+" is") && ok
	}
	return ok
}

// typeText names the kind of values of a type in a message.
func typeText(ty cty.Type) string {
	switch {
	case ty == cty.DynamicPseudoType:
		return "a value"
	case ty.IsListType():
		return "a list"
	case isObject(ty):
		return "an object"
	default:
		return "a " + ty.FriendlyName()
	}
}

// readVarFile adds the values in a file of NAME = VALUE.
func (l *loader) readVarFile(name string, variables map[string]*variable, given map[string]hcl.Expression) error {
	src, err := l.readFile(name)
	if err != nil {
		return err
	}
	body := l.parse(name, src)
	if body == nil {
		return nil
	}
	attrs, diags := body.JustAttributes()
	l.addHCL(codeUnknown, body.MissingItemRange(), diags)
	for _, a := range inOrder(attrs) {
		if l.isVariable(a.Name, variables, a.NameRange) {
			given[a.Name] = a.Expr
		}
	}
	return nil
}

func (l *loader) isVariable(name string, variables map[string]*variable, at hcl.Range) bool {
	if variables[name] != nil {
		return true
	}
	known := slices.Collect(maps.Keys(variables))
	l.fail(codeUnknown, at, fmt.Sprintf("There is no variable %s", quote(name)), didYouMean(name, known), "Declare it with a variable block, or leave the value out.")
	return false
}

// readVar adds the value of a --var argument. Findings point into the value, as
// a file with the argument's name.
func (l *loader) readVar(arg string, variables map[string]*variable, given map[string]hcl.Expression) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return fmt.Errorf("--var %s is not NAME=VALUE", quote(arg))
	}
	file := "--var " + name
	start := hcl.InitialPos
	at := hcl.Range{Filename: file, Start: start, End: start}
	if !l.isVariable(name, variables, at) {
		return nil
	}
	l.sources[file] = []byte(value)
	if l.read += len(value); l.read > maxSource {
		l.fail(codeLimit, at, "The value is too long", "Put it into a --var-file.")
		return nil
	}
	if !l.isText(file, []byte(value)) {
		return nil
	}
	if variables[name].ty == cty.String {
		at.End = hcl.Pos{Line: 1, Column: 1 + columns(value), Byte: len(value)}
		given[name] = &hclsyntax.LiteralValueExpr{Val: cty.StringVal(value), SrcRange: at}
		return nil
	}
	if !l.scan(file, []byte(value), false) {
		return nil
	}
	expr, diags := hclsyntax.ParseExpression([]byte(value), file, start)
	if diags.HasErrors() {
		l.addHCL(codeSyntax, at, diags)
		return nil
	}
	given[name] = expr
	return nil
}
