package policy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/corsgen/corsgen/diag"
)

var rootType = &bodyType{
	name: "a policy file",
	schema: hcl.BodySchema{
		Attributes: attributes("environments"),
		Blocks: []hcl.BlockHeaderSchema{
			{Type: "corsgen"},
			{Type: "dev_proxy", LabelNames: []string{"name"}},
			{Type: "locals"},
			{Type: "origins", LabelNames: []string{"name"}},
			{Type: "policy", LabelNames: []string{"name"}},
			{Type: "site", LabelNames: []string{"name"}},
			{Type: "target", LabelNames: []string{"kind"}},
			{Type: "test", LabelNames: []string{"name"}},
			{Type: "variable", LabelNames: []string{"name"}},
		},
	},
}

var corsgenType = &bodyType{
	name:   "the corsgen block",
	schema: hcl.BodySchema{Attributes: attributes("required_version")},
}

// readProgram reads all parsed files as one program.
func (l *loader) readProgram() error {
	blocks := map[string][]*hcl.Block{}
	var environments []*hcl.Attribute
	for _, body := range l.bodies {
		content := l.content(body, rootType)
		for _, b := range content.Blocks {
			blocks[b.Type] = append(blocks[b.Type], b)
		}
		environments = append(environments, inOrder(content.Attributes)...)
	}
	for _, b := range blocks["corsgen"] { // each file of a folder may have one
		l.readVersion(b)
	}
	if err := l.readValues(blocks); err != nil {
		return err
	}
	l.readEnvironments(environments)
	names := l.readPolicies(blocks["policy"])
	l.readSites(blocks["site"], names)
	l.readDevProxies(blocks["dev_proxy"])
	l.readTargets(blocks["target"])
	l.readTests(blocks["test"])
	l.warnUnused()
	return nil
}

// readValues reads what expressions may refer to. All names are declared before
// the first expression is looked at.
func (l *loader) readValues(blocks map[string][]*hcl.Block) error {
	variables := l.declareVariables(blocks["variable"])
	locals := l.declareLocals(blocks["locals"])
	sets := l.declareOrigins(blocks["origins"])
	if err := l.assignVariables(variables); err != nil {
		return err
	}
	defs := l.readOriginSets(sets)
	for _, a := range locals {
		defs = append(defs, &definition{key: "local." + a.Name, at: a.NameRange, expr: l.eval.compile(a.Expr)})
	}
	l.define(defs)
	return nil
}

// declareLocals returns the attributes of all locals blocks.
func (l *loader) declareLocals(blocks []*hcl.Block) []*hcl.Attribute {
	seen := map[string]hcl.Range{}
	var locals []*hcl.Attribute
	for _, b := range blocks {
		attrs, diags := b.Body.JustAttributes()
		l.addHCL(codeUnknown, b.DefRange, diags)
		for _, a := range inOrder(attrs) {
			if l.checkName(a.Name, a.NameRange) && l.once(seen, "locals", a.Name, a.NameRange) {
				l.declare("local", a.Name, a.NameRange)
				locals = append(locals, a)
			}
		}
	}
	return locals
}

// readEnvironments reads the environments attribute; that of one file, if any.
func (l *loader) readEnvironments(attrs []*hcl.Attribute) {
	seen := map[string]hcl.Range{}
	for i, a := range attrs {
		if i > 0 {
			l.failTwice(a.NameRange, attrs[0].NameRange, "The environments are listed twice", "Write one list with all of them.")
			continue
		}
		for n, name := range l.items(a).Value {
			at := source(name.Range)
			if n == maxEnvironments {
				l.fail(codeLimit, at, "There are too many environments", fmt.Sprintf("A program has at most %d.", maxEnvironments))
				break
			}
			if !isName(name.Text, 32, "_-") {
				l.fail(codeValue, at, fmt.Sprintf("%s is not a name of an environment", quote(name.Text)), "It starts with a lower case letter, goes on with lower case letters, digits, \"_\" and \"-\", and has at most 32 characters.")
			} else if l.once(seen, "environments", name.Text, at) {
				l.program.Environments = append(l.program.Environments, name)
				l.envs[name.Text] = true
			}
		}
	}
}

// checkEnvironment reports an environment that is not declared.
func (l *loader) checkEnvironment(name string, at hcl.Range) bool {
	if l.envs[name] {
		return true
	}
	known := slices.Collect(maps.Keys(l.envs))
	declare := "Declare it: environments = [" + quote(name) + "]."
	if len(known) > 0 {
		declare = "The environments are " + listed(known) + "; add it to the list environments = [...] if it is one."
	}
	l.fail(codeUnknown, at, fmt.Sprintf("There is no environment %s", quote(name)), didYouMean(name, known), declare)
	return false
}

// source converts a range back to HCL's.
func source(r diag.Range) hcl.Range {
	return hcl.Range{Filename: r.File, Start: hcl.Pos(r.Start), End: hcl.Pos(r.End)}
}

// literals returns the value of an expression that may not refer to anything.
func (l *loader) literals(expr hcl.Expression) cty.Value {
	declared := l.declared
	l.declared = nil
	defer func() { l.declared = declared }()
	return l.eval.evaluate(expr)
}
