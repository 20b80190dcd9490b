package golang

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// framework is a framework that has handlers of its own form, for which the
// attribute framework adds a file.
type framework struct {
	suffix  string // of the functions
	path    string
	comment string
	runtime string // embedded; not compiled here, since it imports the framework
	// print prints the function of a policy.
	print func(file *jen.File, n *namedPolicy)
	// chosen is the type of what an environment's policy is, and of its expression.
	chosen *jen.Statement
	choose func(v *namedVariant) *jen.Statement
}

// frameworks are the values of the attribute.
var frameworks = map[string]framework{
	"gin": {
		suffix:  "Gin",
		path:    "cors_gin.gen.go",
		comment: "This file makes handlers of gin (https://gin-gonic.com) of the policies.",
		runtime: runtimeGinText,
		print:   printGin,
		chosen:  jen.Id("gin").Dot("HandlerFunc"),
		choose:  func(v *namedVariant) *jen.Statement { return jen.Id("policy" + v.key).Dot("gin").Call() },
	},
	"echo": {
		suffix:  "Echo",
		path:    "cors_echo.gen.go",
		comment: "This file makes middleware of Echo (https://echo.labstack.com) of the policies.",
		runtime: runtimeEchoText,
		print:   printEcho,
		chosen:  jen.Id("echo").Dot("MiddlewareFunc"),
		choose:  func(v *namedVariant) *jen.Statement { return jen.Id("policy" + v.key).Dot("echo") },
	},
}

// file prints what the framework adds to the output.
func (f *framework) file(p *ir.Program, o emit.Options) (emit.File, error) {
	_, text, _ := strings.Cut(f.runtime, "import (\n")
	imports, runtime, _ := strings.Cut(text, ")\n")
	functions, err := f.functions(p, o)
	content := "// " + emit.Marker(p) + "\n\npackage " + o.Package + "\n\n// " + f.comment + "\n\n" +
		"import (\n" + imports + ")\n" + functions + runtime
	return emit.File{Path: f.path, Content: []byte(content)}, err
}

// functions prints the functions of the policies. They name the framework's
// package, which the runtime below them imports.
func (f *framework) functions(p *ir.Program, o emit.Options) (string, error) {
	file := jen.NewFile(o.Package)
	for _, n := range named(p, o.Environment) {
		comment(file, n.id+f.suffix+" is "+n.id+` for `+o.Framework+`: the CORS policy "`+n.Name+`" (`+emit.Place(n.Src)+`).`)
		f.print(file, n)
		if len(n.environments) > 0 {
			comment(file, fmt.Sprintf("%s%sIn is %s%s as it stands in an environment, %s. Any other name is an error.",
				n.id, f.suffix, n.id, f.suffix, quotedNames(n.environments, "or")))
			n.printChoice(file, n.id+f.suffix+in, f.chosen.Clone(), f.choose)
		}
	}
	var b bytes.Buffer
	err := file.Render(&b)
	_, functions, _ := strings.Cut(b.String(), "package "+o.Package+"\n")
	return functions, err
}

func printGin(file *jen.File, n *namedPolicy) {
	file.Func().Id(n.id + "Gin").Params().Id("gin").Dot("HandlerFunc").Block(
		jen.Return(jen.Id("policy" + n.id).Dot("gin").Call()),
	)
}

func printEcho(file *jen.File, n *namedPolicy) {
	file.Func().Id(n.id + "Echo").Params(jen.Id("next").Id("echo").Dot("HandlerFunc")).Id("echo").Dot("HandlerFunc").Block(
		jen.Return(jen.Id("policy" + n.id).Dot("echo").Call(jen.Id("next"))),
	)
}
