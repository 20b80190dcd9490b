package golang

import (
	"github.com/dave/jennifer/jen"
)

// printMiddleware prints a function that a program calls, on what it stands on.
func printMiddleware(file *jen.File, name, on string) {
	file.Func().Id(name).Params(jen.Id("next").Qual("net/http", "Handler")).Qual("net/http", "Handler").Block(
		jen.Return(jen.Id(on).Dot("handler").Call(jen.Id("next"))),
	)
}

func middlewareType() *jen.Statement {
	return jen.Func().Params(jen.Qual("net/http", "Handler")).Qual("net/http", "Handler")
}

// inWords says what the function does that chooses an environment.
func inWords(id string, environments []string) string {
	return id + in + " is " + id + " as it stands in an environment, " + quotedNames(environments, "or") + ". Any other name is an error."
}

// arm is what belongs to some environments; "" is the base, which has no name.
type arm struct {
	environments []string
	result       *jen.Statement
}

// printChoice prints a function that returns what belongs to an environment.
func printChoice(file *jen.File, name string, result *jen.Statement, environments []string, arms []arm) {
	known := []jen.Code{jen.Id("environment")}
	for _, e := range environments {
		known = append(known, quote(e))
	}
	file.Func().Id(name).Params(jen.Id("environment").String()).Params(result, jen.Error()).Block(
		jen.Switch(jen.Id("environment")).BlockFunc(func(g *jen.Group) {
			for _, a := range arms {
				a.print(g)
			}
		}),
		jen.Return(jen.Nil(), jen.Id("corsUnknown").Call(known...)),
	)
}

func (a arm) print(g *jen.Group) {
	var names []jen.Code
	for _, e := range a.environments {
		if e != "" {
			names = append(names, quote(e))
		}
	}
	if len(names) > 0 {
		g.Case(names...).Block(jen.Return(a.result, jen.Nil()))
	}
}
