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
		all[i] = emit.Comment(fmt.Sprintf("%s%s to %s (%s)", strings.Join(d.Paths, ", "), without, d.Upstream, emit.Place(d.Src)))
	}
	return all
}
