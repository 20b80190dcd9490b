//go:build ignore

package golang

import (
	"net/http"
)

// policyFor returns p for every request.
func (p *corsPolicy) policyFor(*http.Request) *corsPolicy { return p }

// stay leaves a writer where it is: what is still to be answered, be it by the
// framework's handler of errors or panics, goes through it. The framework may
// send the header past it, or nobody may, so the policy is applied now too.
func (w *corsWriter) stay() {
	if !w.committed {
		w.commit(0)
		w.committed = false
	}
}
