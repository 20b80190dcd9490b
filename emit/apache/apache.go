// Package apache prints policies as configuration for the Apache HTTP Server,
// 2.4.47 or later: one file per policy, to be included in a <VirtualHost>.
// docs/targets/apache.md says why it looks the way it does.
package apache

import (
	"fmt"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// Target returns the Apache target.
func Target() emit.Target {
	return emit.Target{
		Name:  "apache",
		Doc:   "Apache HTTP Server 2.4.47 or later: one file per policy, to include in a <VirtualHost>",
		Level: emit.E1,
		Lacks: ir.Sites,
		Emit:  Emit,
	}
}

// Emit prints every policy of p, as it stands in the environment of o, as a file
// NAME.vhost.conf.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	var files []emit.File
	var diags diag.List
	for i := range p.Policies {
		policy := &p.Policies[i]
		variant, ok := policy.Variant(o.Environment)
		if !ok {
			diags = append(diags, diag.Diagnostic{
				Code:    "C002",
				Summary: fmt.Sprintf("there is no environment %q", o.Environment),
				Detail:  "An output is for an environment that the program declares. Add it to environments, or choose one of them.",
				Range:   policy.Src,
			})
			continue
		}
		v := vhost{program: p, policy: policy, variant: variant}
		v.print()
		diags = append(diags, v.diags...)
		files = append(files, emit.File{Path: policy.Name + ".vhost.conf", Content: v.out.Bytes()})
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return files, diags
}
