package policy

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/corsgen/corsgen/diag"
)

var siteType = &bodyType{
	name:   "a site",
	schema: hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "route", LabelNames: []string{"path"}}}},
}

var routeType = &bodyType{
	name:   "a route",
	schema: hcl.BodySchema{Attributes: attributes("policy")},
}

// readSites reads site blocks. Policies and sites share their names, which are
// seen.
func (l *loader) readSites(blocks []*hcl.Block, seen map[string]hcl.Range) {
	policies := map[string]bool{}
	for _, p := range l.program.Policies {
		policies[p.Name] = true
	}
	for i, b := range blocks {
		name, at := b.Labels[0], labelRange(b)
		if i == maxSites {
			l.fail(codeLimit, at, "There are too many sites", fmt.Sprintf("A program has at most %d.", maxSites))
			break
		}
		l.checkGoName(name, at)
		s := l.readSite(b, policies)
		if l.once(seen, "policies or sites", name, at) {
			l.program.Sites = append(l.program.Sites, s)
		}
	}
}

func (l *loader) readSite(b *hcl.Block, policies map[string]bool) Site {
	s := Site{Name: b.Labels[0], Range: place(labelRange(b))}
	blocks := l.content(b.Body, siteType).Blocks
	if len(blocks) == 0 {
		l.fail(codeMissing, labelRange(b), fmt.Sprintf("The site %s has no routes", quote(s.Name)), "Say which policy is for which path, such as route \"/v1/\" { policy = policy.NAME }.")
	}
	seen := map[string]hcl.Range{}
	for _, r := range blocks {
		if l.routes++; l.routes > maxRoutes {
			l.tooManyRoutes(labelRange(r))
			break
		}
		if route, ok := l.readRoute(r, policies); ok && l.ownPath(seen, route) {
			s.Routes = append(s.Routes, route)
		}
	}
	return s
}

func (l *loader) tooManyRoutes(at hcl.Range) {
	if l.routes == maxRoutes+1 {
		l.fail(codeLimit, at, "There are too many routes", fmt.Sprintf("All sites of a program together have at most %d.", maxRoutes))
	}
}

func (l *loader) readRoute(b *hcl.Block, policies map[string]bool) (Route, bool) {
	r := Route{Path: b.Labels[0], Range: place(labelRange(b))}
	ok := l.checkPath("route", r.Path, labelRange(b))
	a := l.content(b.Body, routeType).Attributes["policy"]
	if a == nil {
		l.fail(codeMissing, labelRange(b), fmt.Sprintf("The route %s has no policy", quote(r.Path)), "Say which policy answers there: policy = policy.NAME.")
		return r, false
	}
	r.Policy = l.blockName(a, "policy")
	if r.Policy != "" && !policies[r.Policy] {
		l.fail(codeUnknown, a.Expr.Range(), fmt.Sprintf("There is no policy %s", quote(r.Policy)), l.declaredNames(r.Policy, policies))
		return r, false
	}
	return r, ok && r.Policy != ""
}

// ownPath reports a route with the path of another one of the site.
func (l *loader) ownPath(seen map[string]hcl.Range, r Route) bool {
	at := source(r.Range)
	if first, ok := seen[r.Path]; ok {
		l.add(diag.Diagnostic{
			Code: codeRouteTwice, Range: r.Range,
			Summary: fmt.Sprintf("There are two routes %s", quote(r.Path)),
			Detail:  "Only one policy can answer there. Remove one of them.",
			Related: []diag.Related{{Message: "the first one", Range: place(first)}},
		})
		return false
	}
	seen[r.Path] = at
	return true
}

// checkPath reports a text that is not a path in normal form, which is what
// requests are compared with. What it is called is "route" or "path".
func (l *loader) checkPath(what, p string, at hcl.Range) bool {
	summary, write := "", ""
	switch {
	case !strings.HasPrefix(p, "/"):
		summary = fmt.Sprintf("The %s %s does not start with \"/\"", what, quote(p))
		write = fmt.Sprintf("A %s is without scheme, host and query, such as \"/v1/\" for it and all below, or \"/healthz\" for it alone.", what)
	case len(p) > maxPath:
		summary = fmt.Sprintf("The %s is too long", what)
		write = fmt.Sprintf("A %s has at most %d bytes. Name a folder above it.", what, maxPath)
	case strings.Contains(p, "*"):
		summary = fmt.Sprintf("There are no wildcards in %ss, such as in %s", what, quote(p))
		write = fmt.Sprintf("A %s that ends in \"/\" takes all below it: write %s.", what, quote(normalPath(p[:strings.LastIndexByte(p[:strings.IndexByte(p, '*')], '/')+1])))
	case strings.Contains(p, "%"):
		summary = fmt.Sprintf("The %s %s is %%-encoded", what, quote(p))
		write = fmt.Sprintf("No %s holds a %%-code. Write the character itself; where a %s cannot hold it, name a folder above.", what, what)
	case strings.ContainsFunc(p, isOddInRoute):
		summary = fmt.Sprintf("The %s %s holds a character that none can hold", what, quote(p))
		write = fmt.Sprintf("A %s is letters and digits of ASCII, \"/\", and any of -._~!$&'()+,;= . Name a folder above.", what)
	case p != normalPath(p):
		summary = fmt.Sprintf("The %s %s is not in normal form", what, quote(p))
		write = fmt.Sprintf("A path is brought into normal form before it is compared, so it would never match. Write %s.", quote(normalPath(p)))
	default:
		return true
	}
	l.fail(codeValue, at, summary, write)
	return false
}

// normalPath returns an absolute path without empty, "." and ".." segments.
func normalPath(p string) string {
	clean := path.Clean(p)
	for _, end := range []string{"/", "/.", "/.."} {
		if strings.HasSuffix(p, end) && clean != "/" {
			return clean + "/"
		}
	}
	return clean
}

// isOddInRoute reports what is neither unreserved, nor a delimiter that stands
// for itself in a path (https://www.rfc-editor.org/rfc/rfc3986#section-2.2).
func isOddInRoute(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/-._~!$&'()*+,;=", r))
}

// blockName returns NAME of kind.NAME, or "" where an attribute is something
// else, which it reports. The reference is read, not evaluated: a reviewer sees
// in a route which policy it has.
func (l *loader) blockName(a *hcl.Attribute, kind string) string {
	c := &compiler{ev: l.eval}
	e := c.native(a.Expr)
	if _, ok := e.(reported); ok {
		return ""
	}
	t := traversal(e)
	if name, ok := stepName(t); ok && len(t) == 2 && t.RootName() == kind && name != "" {
		return name
	}
	write := fmt.Sprintf("Write %s = %s.NAME, without quotes.", kind, kind)
	if _, native := a.Expr.(hclsyntax.Expression); !native {
		write = fmt.Sprintf("Write %q: \"${%s.NAME}\".", kind, kind)
	}
	l.fail(codeType, a.Expr.Range(), fmt.Sprintf("%q is not the name of a %s", a.Name, kind), fmt.Sprintf("The %s is named itself, and not through a value.", kind), write)
	return ""
}

// traversal returns the reference that e consists of, or nil.
func traversal(e hclsyntax.Expression) hcl.Traversal {
	switch n := e.(type) {
	case *jsonTemplate:
		return traversal(n.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return traversal(n.Wrapped)
	case *hclsyntax.ScopeTraversalExpr:
		return n.Traversal
	default:
		return nil
	}
}
