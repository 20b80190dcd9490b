package policy

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/corsgen/corsgen/diag"
)

// declaration is what expressions may refer to: a variable, a local or an
// origins block.
type declaration struct {
	key string // such as "local.name"
	at  hcl.Range
}

// declare makes a name known to expressions; the kind is "var", "local" or
// "origins".
func (l *loader) declare(kind, name string, at hcl.Range) {
	l.declared[kind][name] = true
	l.declarations = append(l.declarations, declaration{kind + "." + name, at})
}

// warnUnused reports what no expression refers to, and what no target prints. In a
// program with errors it says nothing: the reference may be in what could not be
// read. A policy is never unused, since every target prints it, whether a site
// routes to it or not.
func (l *loader) warnUnused() {
	if l.diags.HasErrors() {
		return
	}
	for _, d := range l.declarations {
		if !l.used[d.key] {
			l.unused(place(d.at), fmt.Sprintf("Nothing uses %s", d.key), fmt.Sprintf("No policy is the wider or the narrower for it. Write %s where it is meant, or remove it.", d.key))
		}
	}
	if targets := l.program.Targets; len(targets) == 0 || slices.ContainsFunc(targets, isDevelopmentServer) {
		return
	}
	for _, p := range l.program.DevProxies {
		l.unused(p.Range, fmt.Sprintf("No target prints the dev proxy %s", quote(p.Name)), "Only development servers pass requests on. Add target \"vite\" or target \"cra\", or remove the block.")
	}
}

func isDevelopmentServer(t Target) bool { return t.Kind == "vite" || t.Kind == "cra" }

func (l *loader) unused(at diag.Range, summary, detail string) {
	if len(l.diags) < maxDiagnostics { // too many are an error
		l.add(diag.Diagnostic{Code: codeUnused, Severity: diag.Warning, Range: at, Summary: summary, Detail: detail})
	}
}
