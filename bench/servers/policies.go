package main

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/policy"
)

// printed returns the files that a target prints for a policy app, which allows
// origins, by name.
func printed(target emit.Target, o *origins, credentials bool, options emit.Options) (map[string][]byte, error) {
	program, _, found, err := policy.LoadReader(strings.NewReader(source(o, credentials)), "cors.hcl", policy.Options{})
	if err != nil {
		return nil, err
	}
	if found.HasErrors() {
		return nil, fmt.Errorf("%s: %v", o.name, found)
	}
	compiled, found := compile.Program(program)
	if found.HasErrors() {
		return nil, fmt.Errorf("%s: %v", o.name, found)
	}
	files, found := target.Emit(compiled, options)
	if found.HasErrors() {
		return nil, fmt.Errorf("%s: %v", o.name, found)
	}
	all := map[string][]byte{}
	for _, f := range files {
		all["cors/"+f.Path] = f.Content
	}
	return all, nil
}

// source returns the policy.
func source(o *origins, credentials bool) string {
	var b strings.Builder
	b.WriteString("policy \"app\" {\n  allow_origins = [\n")
	for _, p := range o.patterns {
		fmt.Fprintf(&b, "    %q,\n", p)
	}
	b.WriteString("  ]\n  allow_methods = [\"GET\", \"POST\", \"PUT\", \"DELETE\"]\n" +
		"  allow_headers = [\"Authorization\", \"Content-Type\"]\n  max_age = 600\n")
	if credentials {
		b.WriteString("  allow_credentials = true\n  expose_headers = [\"X-Request-Id\", \"ETag\"]\n")
	}
	b.WriteString("}\n")
	return b.String()
}
