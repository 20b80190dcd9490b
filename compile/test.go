package compile

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// checkTests reports methods and headers that no script can ask for.
func (f *findings) checkTests(p *policy.Program) {
	for _, t := range p.Tests {
		for _, m := range t.Methods {
			if !ir.IsToken(m.Text) {
				f.report("C310", m.Range, fmt.Sprintf("%s is not a method", quote(m.Text)),
					"fetch() throws an error for it. A method is letters, digits and any of !#$%&'*+-.^_`|~, such as \"PUT\".")
			}
		}
		for _, h := range t.Headers {
			if !ir.IsToken(h.Name) {
				f.report("C310", h.Range, fmt.Sprintf("%s is not the name of a header", quote(h.Name)),
					"fetch() throws an error for it. A name is letters, digits and any of !#$%&'*+-.^_`|~, such as \"Content-Type\".")
			}
			if strings.ContainsAny(h.Value, "\r\n\x00") {
				f.report("C005", h.Range, fmt.Sprintf("The value of %s holds a line break or NUL", quote(h.Name)),
					"fetch() throws an error for it. Write the value in one line.")
			}
		}
	}
}
