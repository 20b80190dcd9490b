package emit

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// Readme is the README.md of an output on its way to be printed: how to install
// the files, for who has nothing else at hand. The zero value is not ready to use.
type Readme struct {
	strings.Builder
	comma string // between the members of Vary, as the server writes them
}

// NewReadme starts a README.md with the marker and a title.
func NewReadme(p *ir.Program, title, comma string) *Readme {
	r := &Readme{comma: comma}
	r.WriteString("<!-- " + Marker(p) + "\n-->\n\n# " + title + "\n\n")
	return r
}

// File returns the README.md.
func (r *Readme) File() File { return File{Path: "README.md", Content: []byte(r.String())} }

// Shell prints commands.
func (r *Readme) Shell(commands ...string) {
	r.WriteString("\n```sh\n" + strings.Join(commands, "\n") + "\n```\n\n")
}

// stranger is an origin that no policy allows, but for those that allow all.
const stranger = "https://stranger.invalid"

// Try prints how to see a policy at work at a path of this host, and what the
// answers hold.
func (r *Readme) Try(v *ir.Variant, path string) {
	url := word("http://localhost" + path)
	allowed := "https://app.example.com"
	if len(v.Origins.Patterns) > 0 {
		allowed = v.Origins.Patterns[0].Example()
	}
	const preflight = "curl -si -X OPTIONS -H %s -H 'Access-Control-Request-Method: PUT' %s"
	r.WriteString("## Try\n\nA preflight of an allowed origin:\n")
	r.Shell(fmt.Sprintf(preflight, word("Origin: "+allowed), url))
	r.expect(v.Preflight.Allowed, allowed)
	if !v.Origins.Any {
		r.WriteString("One of another origin:\n")
		r.Shell(fmt.Sprintf(preflight, word("Origin: "+stranger), url))
		r.expect(v.Preflight.Refused, stranger)
	}
	r.WriteString("Another request, whatever its status:\n")
	r.Shell(fmt.Sprintf("curl -si -H %s %s", word("Origin: "+allowed), url))
	r.expect(v.Actual.Allowed, allowed)
}

// word returns s as one word of a command.
func word(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// expect prints the lines of an answer that are the policy's.
func (r *Readme) expect(answer ir.Response, origin string) {
	r.WriteString("The answer has these lines:\n\n```text\n")
	if answer.Status != 0 {
		fmt.Fprintf(r, "HTTP/1.1 %d %s\n", answer.Status, http.StatusText(answer.Status))
	}
	for _, h := range answer.Set {
		value := map[ir.Echo]string{ir.EchoNone: h.Value.Const, ir.EchoOrigin: origin, ir.EchoMethod: "PUT"}[h.Value.Echo]
		if value != "" {
			fmt.Fprintf(r, "%s: %s\n", h.Name, value)
		}
	}
	if len(answer.Vary) > 0 {
		fmt.Fprintf(r, "Vary: %s\n", strings.Join(answer.Vary, r.comma))
	}
	r.WriteString("```\n\n")
}
