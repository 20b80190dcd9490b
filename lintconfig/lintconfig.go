// Package lintconfig holds what the linters of server configuration share: the
// files they read, within limits, and what is wrong with CORS headers that were
// written by hand, on any server. The linters are in packages below this one.
// None of them runs a server.
package lintconfig

import (
	"github.com/corsgen/corsgen/diag"
)

// Result is what a linter found.
type Result struct {
	Findings diag.List         // sorted
	Sources  map[string][]byte // the files that were read, by the names that findings use
	Servers  int               // servers of nginx, virtual hosts of Apache
	Covered  int               // those of them with a policy that corsgen generated
}

// Finding returns a finding with the severity of its rule.
func Finding(code string, at diag.Range, summary, detail string, related ...diag.Related) diag.Diagnostic {
	rule, _ := diag.LookupRule(code)
	return diag.Diagnostic{Code: code, Severity: rule.Severity, Summary: summary, Detail: detail, Range: at, Related: related}
}
