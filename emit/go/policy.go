package golang

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// print prints the policy's functions, then what they stand on.
func (n *namedPolicy) print(file *jen.File, o emit.Options) {
	n.printFunc(file)
	if len(n.environments) > 0 {
		n.printIn(file)
	}
	n.printAllowsOrigin(file)
	if len(n.environments) > 0 {
		n.printAllowsOriginIn(file)
	}
	for _, v := range n.variants {
		n.printVariant(file, v, o)
	}
}

func (n *namedPolicy) printFunc(file *jen.File) {
	comment(file, n.id+` applies the CORS policy "`+n.Name+`" (`+emit.Place(n.Src)+`) to next:`)
	bullets(file, emit.Words(n.variants[0].Variant))
	if lines := emit.CommentLines(n.variants[0].Variant.Description, width); len(lines) > 0 {
		file.Comment("//")
		for _, line := range lines {
			// The mark keeps the author's words from being a heading, a list, a
			// directive or a deprecation.
			file.Comment(commentLine("// > ", line))
		}
	}
	printMiddleware(file, n.id, "policy"+n.id)
}

// printIn prints the function that chooses an environment at start-up.
func (n *namedPolicy) printIn(file *jen.File) {
	comment(file, inWords(n.id, n.environments))
	n.printChoice(file, n.id+in, middlewareType(), func(v *namedVariant) *jen.Statement {
		return jen.Id("policy" + v.key).Dot("handler")
	})
}

// printAllowsOrigin prints the bare question for who answers requests of his own,
// such as a WebSocket upgrader.
func (n *namedPolicy) printAllowsOrigin(file *jen.File) {
	comment(file, n.id+allowsOrigin+" reports whether "+n.id+" allows an origin, as it stands in a request's Origin header.")
	file.Func().Id(n.id + allowsOrigin).Params(jen.Id("origin").String()).Bool().Block(
		jen.Return(n.variants[0].allows().Call(jen.Id("origin"))),
	)
}

func (n *namedPolicy) printAllowsOriginIn(file *jen.File) {
	comment(file, n.id+allowsOrigin+"In returns "+n.id+allowsOrigin+" as it stands in an environment. An unknown name is an error.")
	test := jen.Func().Params(jen.Id("origin").String()).Bool()
	n.printChoice(file, n.id+allowsOrigin+in, test, (*namedVariant).allows)
}

// printChoice prints a function that returns what belongs to an environment.
func (n *namedPolicy) printChoice(file *jen.File, name string, result *jen.Statement, of func(*namedVariant) *jen.Statement) {
	printChoice(file, name, result, n.environments, n.arms(of))
}

func (n *namedPolicy) arms(of func(*namedVariant) *jen.Statement) []arm {
	arms := make([]arm, len(n.variants))
	for i, v := range n.variants {
		arms[i] = arm{v.Environments, of(v)}
	}
	return arms
}

// allows returns the function that knows the origins of v.
func (v *namedVariant) allows() *jen.Statement {
	if v.Variant.Origins.Any {
		return jen.Id("corsAnyOrigin")
	}
	return jen.Id("allows" + v.origins)
}

func (n *namedPolicy) printVariant(file *jen.File, v *namedVariant, o emit.Options) {
	name := "policy" + v.key
	if v.key == n.id {
		comment(file, name+" is what "+n.id+" does.")
	} else {
		environments := slices.DeleteFunc(slices.Clone(v.Environments), func(e string) bool { return e == "" })
		comment(file, name+" is what "+n.id+"In does in "+quotedNames(environments, "and")+" ("+emit.Place(v.Variant.Src)+"):")
		bullets(file, emit.Words(v.Variant))
	}
	all := []jen.Code{
		field("allows", v.allows()),
		field("preflight", branches(&v.Variant.Preflight, v.Variant.Origins.Any)),
		field("actual", branches(&v.Variant.Actual, v.Variant.Origins.Any)),
	}
	if o.FreshWriters {
		all = append(all, field("fresh", jen.True()))
	}
	if o.Observe {
		all = append([]jen.Code{field("name", quote(n.Name))}, append(all, field("observe", jen.Id("corsReport")))...)
	}
	file.Var().Id(name).Op("=").Id("corsPolicy").Add(fields(all...))
	if v.origins == v.key && !v.Variant.Origins.Any {
		newMatcher(v).print(file)
	}
}

func branches(b *ir.Branches, anyOrigin bool) *jen.Statement {
	all := []jen.Code{field("allowed", response(&b.Allowed))}
	if !anyOrigin {
		all = append(all, field("refused", response(&b.Refused)))
	}
	if b.Absent.Status != 0 || len(b.Absent.Set)+len(b.Absent.Vary) > 0 {
		all = append(all, field("absent", response(&b.Absent)))
	}
	return jen.Id("corsBranches").Add(fields(all...))
}

func response(r *ir.Response) *jen.Statement {
	var all []jen.Code
	if r.Status != 0 {
		all = append(all, field("status", jen.Lit(r.Status)))
	}
	if len(r.Set) > 0 {
		headers := make([]jen.Code, len(r.Set))
		for i, h := range r.Set {
			headers[i] = header(h).Op(",").Comment(commentLine("// ", emit.Place(h.Src)))
		}
		all = append(all, field("set", jen.Index().Id("corsHeader").Add(lines(headers...))))
	}
	if len(r.Vary) > 0 {
		all = append(all, field("vary", oneLine(strings.Join(r.Vary, ", "))))
	}
	return jen.Id("corsResponse").Add(fields(all...))
}

var echoes = map[ir.Echo]string{
	ir.EchoOrigin:  "corsEchoOrigin",
	ir.EchoMethod:  "corsEchoMethod",
	ir.EchoHeaders: "corsEchoHeaders",
}

func header(h ir.Header) *jen.Statement {
	value := jen.Id("value").Op(":").Add(oneLine(h.Value.Const))
	if echo, ok := echoes[h.Value.Echo]; ok {
		value = jen.Id("echo").Op(":").Id(echo)
	}
	return jen.Values(jen.Id("name").Op(":").Add(quote(h.Name)), value)
}

// oneLine prints the value of a header of one line.
func oneLine(value string) *jen.Statement { return jen.Index().String().Values(quote(value)) }

func field(name string, value jen.Code) *jen.Statement {
	return jen.Id(name).Op(":").Add(value).Op(",")
}

// fields prints the fields of a composite literal, each on its line; an empty
// literal stays on its own.
func fields(all ...jen.Code) *jen.Statement {
	if len(all) == 0 {
		return jen.Values()
	}
	return lines(all...)
}

// lines prints elements that bring their own commas, one a line.
func lines(all ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Multi: true}, all...)
}
