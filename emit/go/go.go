// Package golang prints a program as Go: middleware of the standard library's
// http.Handler.
//
// Two files come out, or more by the options. cors.gen.go holds the decisions of
// the policies, printed declaration by declaration. cors_runtime.gen.go carries
// them out: it is this package's runtime*.go, the same for every program.
package golang

import (
	"bytes"
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// Target returns the target "go".
func Target() emit.Target {
	return emit.Target{
		Name:  "go",
		Doc:   "Go middleware for net/http and everything that takes func(http.Handler) http.Handler",
		Level: emit.E1,
		Emit:  emitFiles,
	}
}

func emitFiles(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	o.Package = cmp.Or(o.Package, "cors")
	if found := check(p, o); len(found) > 0 {
		return nil, found
	}
	files, err := printFiles(p, o)
	if err != nil {
		return nil, diag.List{{Code: "C005", Summary: "the policy does not print as Go", Detail: err.Error()}}
	}
	return files, nil
}

func printFiles(p *ir.Program, o emit.Options) ([]emit.File, error) {
	decisions, err := printProgram(p, o)
	files := []emit.File{
		{Path: "cors.gen.go", Content: decisions},
		{Path: "cors_runtime.gen.go", Content: runtimeFile(emit.Marker(p), o.Package)},
	}
	if len(p.Sites) > 0 {
		files = append(files, emit.File{Path: "cors_site.gen.go", Content: siteFile(emit.Marker(p), o.Package)})
	}
	if o.Observe {
		files = append(files, emit.File{Path: "cors_observe.gen.go", Content: observeFile(emit.Marker(p), o.Package)})
	}
	if f, ok := frameworks[o.Framework]; ok && err == nil {
		var file emit.File
		file, err = f.file(p, o)
		files = append(files, file)
	}
	return files, err
}

// IsPackageName reports whether name can be that of a package. The go command
// ignores files of a package called documentation.
func IsPackageName(name string) bool {
	return token.IsIdentifier(name) && name != "_" && name != "documentation"
}

func check(p *ir.Program, o emit.Options) diag.List {
	var found diag.List
	if !IsPackageName(o.Package) {
		found = append(found, diag.Diagnostic{
			Code:    "C005",
			Summary: fmt.Sprintf("%q is not a package name", o.Package),
			Detail:  `A Go package name is letters, digits and underscores, such as "cors". Set the package attribute of target "go".`,
		})
	}
	if o.Environment != "" && !slices.Contains(p.Environments, o.Environment) {
		found = append(found, diag.Diagnostic{
			Code:    "C002",
			Summary: fmt.Sprintf("there is no environment %q", o.Environment),
			Detail:  fmt.Sprintf("The program declares %s.", quotedNames(p.Environments, "and")),
		})
	}
	return append(found, checkNames(p, o)...)
}

func printProgram(p *ir.Program, o emit.Options) ([]byte, error) {
	file := jen.NewFile(o.Package)
	file.HeaderComment("// " + emit.Marker(p))
	file.PackageComment(packageComment(o.Package, p.Sources))
	printEnvironments(file, p)
	policies := named(p, o.Environment)
	for _, policy := range policies {
		policy.print(file, o)
	}
	for _, site := range namedSites(p, policies, o.Environment) {
		site.print(file)
	}
	var b bytes.Buffer
	err := file.Render(&b)
	return b.Bytes(), err
}

// packageComment says what the package is, for its documentation.
func packageComment(name string, sources []string) string {
	all := "Package " + name + " holds CORS policies for net/http (" + emit.Comment(strings.Join(sources, ", ")) + ")."
	lines := emit.CommentLines(all, width)
	for i, line := range lines {
		lines[i] = commentLine("// ", line)
	}
	return strings.Join(lines, "\n")
}

// printEnvironments prints constants for the names, by which a program chooses one
// without a misspelling.
func printEnvironments(file *jen.File, p *ir.Program) {
	if len(p.Environments) == 0 {
		return
	}
	comment(file, "The environments of the policies ("+strings.Join(p.Sources, ", ")+").")
	file.Const().DefsFunc(func(g *jen.Group) {
		for _, e := range p.Environments {
			g.Id(environmentName(e)).Op("=").Add(quote(e))
		}
	})
}

// quotedNames lists names for people: "a", "b" and "c".
func quotedNames(names []string, and string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" " + and + " ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(`"` + n + `"`)
	}
	return cmp.Or(b.String(), "none")
}
