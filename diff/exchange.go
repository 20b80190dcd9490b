package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// exchange is one request and the answers to it by both programs.
type exchange struct {
	title       string
	request     []string // lines
	before, now []string // of the answer
}

// exchange returns a request that s answers otherwise than before, if one of its
// changes shows in one.
func (s *Subject) exchange() (e exchange, ok bool) {
	at := slices.IndexFunc(s.Changes, func(c Change) bool { return c.Effect == s.Effect() && c.Aspect != Gate })
	if at < 0 || s.Effect() == Neutral {
		return e, false
	}
	c := &s.Changes[at]
	asking := s.new
	if c.Effect == Narrows {
		asking = s.old
	}
	from, method, header := example(c, &asking)
	if from == "" {
		return e, false
	}
	path := "/"
	if s.Kind == KindRoute {
		path = s.Path
	}
	e.title = from + " sends " + method
	preflight := c.Aspect != Exposed && (header != "" || !slices.Contains(safeMethods, method))
	if preflight {
		e.request = []string{"OPTIONS " + path, "Origin: " + from, "Access-Control-Request-Method: " + method}
		if header != "" {
			e.request = append(e.request, "Access-Control-Request-Headers: "+strings.ToLower(header))
		}
	} else {
		e.request = []string{method + " " + path, "Origin: " + from}
	}
	e.before, e.now = s.old.answer(preflight, from, method, header), s.new.answer(preflight, from, method, header)
	return e, true
}

// example returns an origin, a method and a header, or "", that show a change.
func example(c *Change, s *side) (from, method, header string) {
	method = "GET"
	switch {
	case c.Aspect == Origins && len(c.Origins[0].Examples) > 0:
		from = c.Origins[0].Examples[0]
	case s.origins.Any():
		from = "https://example.com"
	case len(s.origins.Patterns()) > 0:
		from = s.origins.Patterns()[0].Example()
	}
	if names := s.methods.list; len(names) > 0 {
		method = names[0]
	} else if s.methods.any {
		method = "DELETE"
	}
	switch c.Aspect {
	case Methods:
		if method = c.Names[0]; method == "*" {
			method = "DELETE"
		}
	case Headers:
		if header = c.Names[0]; header == "*" {
			header = "X-Example"
		}
	}
	return from, method, header
}

// answer returns the lines of an answer that the policy decides.
func (s *side) answer(preflight bool, from, method, header string) []string {
	if s.variant == nil {
		return []string{"no policy answers"}
	}
	branches := s.variant.Actual
	if preflight {
		branches = s.variant.Preflight
	}
	r := branches.Refused
	if s.origins.Match(from) {
		r = branches.Allowed
	}
	lines := []string{"status of the handler"}
	if r.Status != 0 {
		lines[0] = fmt.Sprint(r.Status)
	}
	for _, h := range r.Set {
		value := h.Value.Const
		switch h.Value.Echo {
		case ir.EchoOrigin:
			value = from
		case ir.EchoMethod:
			value = method
		case ir.EchoHeaders:
			value = strings.ToLower(header)
		}
		if value != "" {
			lines = append(lines, h.Name+": "+value)
		}
	}
	return lines
}
