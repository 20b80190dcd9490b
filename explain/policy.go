package explain

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
)

// asked is what became of a request to a policy.
type asked struct {
	*Answerer
	out *browser.Outcome
}

// words returns the cause, and what to write.
func (q *asked) words() (cause, fix string) {
	if w, ok := policyWords[q.out.Reason]; ok {
		return w(q)
	}
	f := facts{reason: q.out.Reason, subject: q.out.Subject, origin: q.out.Request.Origin}
	return f.words()
}

var policyWords = map[reason.Reason]func(*asked) (cause, fix string){
	reason.CORS:             (*asked).allowed,
	reason.OriginNotAllowed: (*asked).originNotAllowed,
	reason.NoPolicy: func(q *asked) (string, string) {
		return fmt.Sprintf("No route of %s matches %s, so no policy answers.", q, q.Path),
			fmt.Sprintf("Add to the site: route %q { policy = policy.NAME }.", folder(q.Path))
	},
	reason.MethodNotAllowed: (*asked).methodNotAllowed,
	reason.HeaderNotAllowed: (*asked).headerNotAllowed,
	reason.AuthorizationNotCovered: func(*asked) (string, string) {
		return `The wildcard in allow_headers does not cover Authorization.`, `Write allow_headers = ["*", "Authorization"].`
	},
	reason.AllowOriginWildcard: func(q *asked) (string, string) {
		return fmt.Sprintf("%s allows any origin, which never covers credentials.", capital(q.String())),
			`Leave out credentials: "include", or list the origins that need them.`
	},
	reason.CredentialsNotAllowed: func(q *asked) (string, string) {
		return fmt.Sprintf("%s does not allow credentials.", capital(q.String())),
			`Set allow_credentials = true, or leave out credentials: "include".`
	},
}

func (q *asked) allowed() (cause, fix string) {
	if p := q.Evaluator.Pattern(q.out.Request.Origin); p != nil && p.String() != q.out.Request.Origin {
		return fmt.Sprintf("%s allows the origin by %q.", capital(q.String()), p), ""
	}
	return fmt.Sprintf("%s allows %s.", capital(q.String()), q.out.Request.Origin), ""
}

func (q *asked) originNotAllowed() (cause, fix string) {
	o := q.out.Request.Origin
	cause = fmt.Sprintf("%s does not allow the origin %s.", capital(q.String()), o)
	switch near := q.near(); {
	case o == "null":
		return cause, "Serve the page over https; sandboxed frames and file: pages are null."
	case near != "":
		return cause, fmt.Sprintf("Open the page at %s, or add this origin too.", near)
	default:
		return cause, fmt.Sprintf("Add %q to allow_origins, if the page is yours.", o)
	}
}

// maxNear is how many patterns are looked at for one that is like the origin.
const maxNear = 1000

// near returns an allowed origin that differs from the page's in its scheme, its
// port, a leading "www." or its name of the own machine alone; "" if there is none.
func (q *asked) near() string {
	page, err := url.Parse(q.out.Request.Origin)
	if err != nil || page.Hostname() == "" {
		return ""
	}
	patterns := q.Variant.Origins.Patterns
	for i := range patterns[:min(len(patterns), maxNear)] {
		if p := &patterns[i]; p.Exact() && isNear(page, p) {
			return p.String()
		}
	}
	return ""
}

func isNear(page *url.URL, p *ir.Pattern) bool {
	return bareHost(page.Host) == bareHost(p.Host()) && (page.Scheme == p.Scheme() || page.Port() == p.Port())
}

// bareHost returns a host without port and "www.", and one name for all of the own
// machine.
func bareHost(host string) string {
	host = strings.TrimPrefix((&url.URL{Host: host}).Hostname(), "www.")
	if host == "127.0.0.1" || host == "::1" {
		return "localhost"
	}
	return host
}

func (q *asked) methodNotAllowed() (cause, fix string) {
	m := q.out.Subject
	if upper := strings.ToUpper(m); upper != m {
		return fmt.Sprintf("The script asks for the method %s; methods are case-sensitive.", m),
			fmt.Sprintf("Write method: %q in the script.", upper)
	}
	return fmt.Sprintf("%s does not allow the method %s.", capital(q.String()), m),
		fmt.Sprintf("Add %q to allow_methods.", m)
}

func (q *asked) headerNotAllowed() (cause, fix string) {
	name := http.CanonicalHeaderKey(q.out.Subject)
	return fmt.Sprintf("%s does not allow the request header %s.", capital(q.String()), name),
		fmt.Sprintf("Add %q to allow_headers, or leave the header out.", name)
}

// place returns the place of the attribute that decided.
func (q *asked) place() diag.Range {
	switch q.out.Reason {
	case reason.NoPolicy:
		return q.Site.Src
	case reason.CORS:
		if p := q.Evaluator.Pattern(q.out.Request.Origin); p != nil {
			return p.Src
		}
		return q.setting("Access-Control-Allow-Origin")
	case reason.OriginNotAllowed, reason.AllowOriginWildcard:
		return q.setting("Access-Control-Allow-Origin")
	case reason.MethodNotAllowed:
		return q.setting("Access-Control-Allow-Methods")
	case reason.HeaderNotAllowed, reason.AuthorizationNotCovered:
		return q.setting("Access-Control-Allow-Headers")
	case reason.CredentialsNotAllowed:
		return q.setting("Access-Control-Allow-Credentials")
	default:
		return diag.Range{}
	}
}

// setting returns the place of the attribute that a header comes from, or that
// of the policy or environment where the attribute is not there.
func (q *asked) setting(header string) diag.Range {
	for _, h := range q.Variant.Preflight.Allowed.Set {
		if h.Name == header {
			return h.Src
		}
	}
	return q.Variant.Src
}

// folder returns the path up to its last "/", without the query.
func folder(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[:strings.LastIndexByte(path, '/')+1]
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
