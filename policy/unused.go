package policy

import (
	"fmt"

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

// warnUnused reports what no expression refers to. In a program with errors it
// says nothing: the reference may be in what could not be read. A policy is
// never unused, since every target prints it, whether a site routes to it or not.
func (l *loader) warnUnused() {
	if l.diags.HasErrors() {
		return
	}
	for _, d := range l.declarations {
		if !l.used[d.key] && len(l.diags) < maxDiagnostics { // too many are an error
			l.add(diag.Diagnostic{
				Code: codeUnused, Severity: diag.Warning, Range: place(d.at),
				Summary: fmt.Sprintf("Nothing uses %s", d.key),
				Detail:  fmt.Sprintf("No policy is the wider or the narrower for it. Write %s where it is meant, or remove it.", d.key),
			})
		}
	}
}
