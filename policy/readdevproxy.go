package policy

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/corsgen/corsgen/origin"
)

var devProxyType = &bodyType{
	name:   "a dev proxy",
	schema: hcl.BodySchema{Attributes: attributes("paths", "upstream", "strip_prefix")},
}

func (l *loader) readDevProxies(blocks []*hcl.Block) {
	names, paths := map[string]hcl.Range{}, map[string]hcl.Range{}
	for _, b := range blocks {
		name, at := b.Labels[0], labelRange(b)
		proxy := l.readDevProxy(b, paths)
		if l.checkName(name, at) && l.once(names, "dev proxies", name, at) {
			l.program.DevProxies = append(l.program.DevProxies, proxy)
		}
	}
}

func (l *loader) readDevProxy(b *hcl.Block, seen map[string]hcl.Range) DevProxy {
	p := DevProxy{Name: b.Labels[0], Range: place(labelRange(b))}
	attrs := l.content(b.Body, devProxyType).Attributes
	if a := attrs["strip_prefix"]; a != nil {
		p.StripPrefix = l.bool(a).Value
	}
	if a := attrs["paths"]; a != nil {
		p.Paths = l.devPaths(a, p.StripPrefix, seen)
	} else {
		l.noPaths(labelRange(b))
	}
	if a := attrs["upstream"]; a != nil {
		p.Upstream = l.upstream(a)
	} else {
		l.fail(codeMissing, labelRange(b), "The dev proxy has no upstream", "Say which server answers, such as upstream = \"http://localhost:8080\".")
	}
	return p
}

func (l *loader) noPaths(at hcl.Range) {
	l.fail(codeMissing, at, "The dev proxy has no paths", "Say which requests the development server passes on, such as paths = [\"/api/\"].")
}

// devPaths returns the paths of a dev proxy. No two proxies share one: which of
// them answers would depend on the development server.
func (l *loader) devPaths(a *hcl.Attribute, strip bool, seen map[string]hcl.Range) []Item {
	before := len(l.diags)
	var paths []Item
	for _, path := range l.items(a).Value {
		at := source(path.Range)
		switch first, twice := seen[path.Text]; {
		case len(seen) == maxDevPaths:
			l.fail(codeLimit, at, "There are too many paths", fmt.Sprintf("All dev proxies of a program together have at most %d.", maxDevPaths))
			return paths
		case !l.checkDevPath(path.Text, strip, at):
		case twice:
			l.failTwice(at, first, fmt.Sprintf("The path %s is passed on twice", quote(path.Text)), "Only one upstream can answer. Remove one of them.")
		default:
			seen[path.Text] = at
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 && len(l.diags) == before {
		l.noPaths(a.Expr.Range())
	}
	return paths
}

// checkDevPath reports a path that a dev proxy cannot have.
func (l *loader) checkDevPath(path string, strip bool, at hcl.Range) bool {
	switch {
	case path == "/" || strings.HasPrefix(path, "/*"):
		l.fail(codeValue, at, "A dev proxy cannot take every path", "The development server would have nothing to serve the app with. Name the folders of the API, such as \"/api/\".")
		return false
	case !l.checkPath("path", path, at):
		return false
	case strip && !strings.HasSuffix(path, "/"):
		l.fail(codeValue, at, fmt.Sprintf("The path %s has no prefix to strip", quote(path)), "It is one path alone, and nothing of it would be left. Write "+quote(path+"/")+" for all below it, or put it into a dev proxy without strip_prefix.")
		return false
	}
	return true
}

// upstream returns where a dev proxy sends requests to.
func (l *loader) upstream(a *hcl.Attribute) string {
	text := l.text(a)
	if !text.Set {
		return ""
	}
	fail := func(summary, detail string) string {
		l.fail(codeValue, a.Expr.Range(), summary, detail)
		return ""
	}
	u, err := url.Parse(text.Value)
	if err != nil {
		u = &url.URL{}
	}
	server, ok := serverOf(u)
	switch {
	case !ok:
		return fail(fmt.Sprintf("%s is not a server", quote(text.Value)), "Write its scheme, host and port, such as upstream = \"http://localhost:8080\".")
	case u.User != nil:
		return fail("The upstream carries a password", fmt.Sprintf("It would stand in files that are printed. Write %q.", server))
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || strings.Contains(text.Value, "#"):
		return fail(fmt.Sprintf("The upstream %s has a path", quote(text.Value)), fmt.Sprintf("Paths are passed on as they are, or without their prefix (strip_prefix = true). Write %q.", server))
	}
	return server
}

// serverOf returns the scheme, host and port of u, as the Origin of its pages has
// them: what no browser takes for a host, no development server does.
func serverOf(u *url.URL) (server string, ok bool) {
	host := strings.TrimSuffix(strings.ToLower(u.Host), map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	p, err := origin.Parse(u.Scheme + "://" + host)
	return p.String(), err == nil && p.Exact() && (u.Scheme == "http" || u.Scheme == "https")
}
