package devproxy

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// Words says what is passed on, for people: a text for each dev proxy.
func Words(p *ir.Program) []string {
	all := make([]string, len(p.DevProxies))
	for i := range p.DevProxies {
		d := &p.DevProxies[i]
		without := ""
		if d.StripPrefix {
			without = " without the prefix"
		}
		all[i] = fmt.Sprintf("%s%s to %s (%s)", strings.Join(d.Paths, ", "), without, d.Upstream, emit.Place(d.Src))
	}
	return all
}

// PrintReadme prints what is passed on, as a list.
func PrintReadme(r *emit.Readme, p *ir.Program) {
	if len(p.DevProxies) == 0 {
		fmt.Fprintf(r, "`%s` passes nothing on: there is no `dev_proxy` block.\n\n", Export)
		return
	}
	fmt.Fprintf(r, "`%s` passes on what pages then call without CORS, on their own server:\n\n", Export)
	for _, text := range Words(p) {
		r.WriteString("- " + emit.Comment(text) + "\n")
	}
	r.WriteString("\n")
}
