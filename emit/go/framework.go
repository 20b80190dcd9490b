package golang

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// framework is a framework whose handlers have a form of their own, for which the
// attribute framework adds a file.
type framework struct {
	name    string // for people
	suffix  string // of the functions
	path    string
	runtime string // embedded; not compiled here, since it imports the framework
	make    string // the function of the runtime that makes what In returns
	result  *jen.Statement
	// print prints the function of that name, which uses what make makes.
	print func(file *jen.File, name string, made *jen.Statement)
}

// frameworks are the values of the attribute.
var frameworks = map[string]framework{
	"gin": {
		name:    "gin",
		suffix:  "Gin",
		path:    "cors_gin.gen.go",
		runtime: runtimeGinText,
		make:    "corsGinHandler",
		result:  jen.Id("gin").Dot("HandlerFunc"),
		print: func(file *jen.File, name string, made *jen.Statement) {
			file.Func().Id(name).Params().Id("gin").Dot("HandlerFunc").Block(jen.Return(made))
		},
	},
	"echo": {
		name:    "Echo",
		suffix:  "Echo",
		path:    "cors_echo.gen.go",
		runtime: runtimeEchoText,
		make:    "corsEchoMiddleware",
		result:  jen.Id("echo").Dot("MiddlewareFunc"),
		print: func(file *jen.File, name string, made *jen.Statement) {
			handler := jen.Id("echo").Dot("HandlerFunc")
			file.Func().Id(name).Params(jen.Id("next").Add(handler)).Add(handler).Block(jen.Return(made.Call(jen.Id("next"))))
		},
	},
}

// file prints what the framework adds to the output.
func (f *framework) file(p *ir.Program, o emit.Options) (emit.File, error) {
	functions, err := f.functions(p, o)
	content := merge(emit.Marker(p), o.Package, "This file offers the policies in the form of "+f.name+".",
		"import (\n)\n"+functions, f.runtime, runtimeFrameworkText)
	return emit.File{Path: f.path, Content: content}, err
}

// functions prints the functions of the policies and sites. They name the
// framework's package, which the runtime below them imports.
func (f *framework) functions(p *ir.Program, o emit.Options) (string, error) {
	file := jen.NewFile(o.Package)
	policies := named(p, o.Environment)
	for _, n := range policies {
		what := fmt.Sprintf("the CORS policy %q (%s)", n.Name, emit.Place(n.Src))
		f.function(file, n.id, what, f.made("policy"+n.id))
		f.choice(file, n.id, n.environments, n.arms(func(v *namedVariant) *jen.Statement { return f.made("policy" + v.key) }))
	}
	for _, s := range namedSites(p, policies, o.Environment) {
		what := fmt.Sprintf("the policies of site %q (%s)", s.Name, emit.Place(s.Src))
		f.function(file, s.id, what, f.made("site"+s.id))
		f.choice(file, s.id, s.environments, s.arms(func(v *siteVariant) *jen.Statement { return f.made("site" + v.key) }))
	}
	var b bytes.Buffer
	err := file.Render(&b)
	_, functions, _ := strings.Cut(b.String(), "package "+o.Package+"\n")
	return functions, err
}

// made prints what the runtime makes of a policy or site.
func (f *framework) made(of string) *jen.Statement {
	return jen.Id(f.make).Call(jen.Id(of).Dot("policyFor"))
}

func (f *framework) function(file *jen.File, id, what string, made *jen.Statement) {
	comment(file, id+f.suffix+" is "+id+" for "+f.name+": "+what+".")
	f.print(file, id+f.suffix, made)
}

// choice prints the function that chooses an environment at start-up.
func (f *framework) choice(file *jen.File, id string, environments []string, arms []arm) {
	if len(environments) == 0 {
		return
	}
	comment(file, inWords(id+f.suffix, environments))
	printChoice(file, id+f.suffix+in, f.result.Clone(), environments, arms)
}
