package apache

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// routeName returns the variable that holds the name of the policy that a site
// has chosen for a request.
func routeName(s *ir.Site) string { return "corsgen_" + s.Name + "_route" }

// routes prints the lines that choose a policy. They see the path as the client
// wrote it, so they decode it, and take several slashes for one. A path with ".."
// segments has no policy, nor has one that may be several things.
func (f *file) routes(site *ir.Site) {
	path, route := "corsgen_"+site.Name+"_path", routeName(site)
	f.listRoutes(site)
	f.linef(`SetEnvIfExpr "unescape(%%{REQUEST_URI}) =~ m#^(?s)(.+)$#" %s=$1`, path)
	for _, level := range levels(site.Routes) {
		for _, policy := range policiesOf(level) {
			for _, e := range routeExpressions(level, policy) {
				f.linef(`SetEnvIfExpr %s %s=%s`, quote(fmt.Sprintf("reqenv('%s') =~ m#%s#", path, e)), route, f.program.Policies[policy].Name)
			}
		}
	}
	f.comment("No policy: a path with an encoded slash, or with \"..\", which no browser sends.")
	f.linef(`SetEnvIfExpr %s !%s`, quote(`%{REQUEST_URI} =~ m#%(?i)2f# || reqenv('`+path+`') =~ m#/\.\.(?:/|\z)#`), route)
	f.comment("An error page, and any other internal redirect, keeps the policy of the request as it came in.")
	f.linef(`SetEnvIfExpr "-n reqenv('REDIRECT_STATUS')" !%s`, route)
	f.linef(`SetEnvIfExpr "reqenv('REDIRECT_%s') =~ m#^(.+)$#" %s=$1`, route, route)
}

// listRoutes prints the comment above the lines that match the routes.
func (f *file) listRoutes(site *ir.Site) {
	f.comment("These are the routes; the longest one that matches decides:")
	for i, r := range site.Routes {
		if i == maxListed {
			f.comment(fmt.Sprintf("  and %d more", len(site.Routes)-i))
			break
		}
		f.comment(fmt.Sprintf("  %s  policy %s", r.Path, f.program.Policies[r.Policy].Name))
	}
}

// levels groups routes by the number of routes that contain them. No path matches
// two routes of one level, and a match on a later level is a longer one.
func levels(routes []ir.Route) [][]ir.Route {
	var all [][]ir.Route
	var around []ir.Route
	sorted := slices.SortedFunc(slices.Values(routes), func(a, b ir.Route) int { return cmp.Compare(a.Path, b.Path) })
	for _, r := range sorted {
		for len(around) > 0 && !strings.HasPrefix(r.Path, around[len(around)-1].Path) {
			around = around[:len(around)-1]
		}
		if len(around) == len(all) {
			all = append(all, nil)
		}
		all[len(around)] = append(all[len(around)], r)
		if r.Subtree() {
			around = append(around, r)
		}
	}
	return all
}

// policiesOf returns the policies of routes, sorted.
func policiesOf(routes []ir.Route) []int {
	var all []int
	for _, r := range routes {
		all = append(all, r.Policy)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// routeExpressions returns expressions of which one matches a decoded path
// exactly if one of the routes with the policy does.
func routeExpressions(routes []ir.Route, policy int) []string {
	var words []string
	for _, r := range routes {
		if r.Policy != policy {
			continue
		}
		word := strings.ReplaceAll(r.Path, "/", string([]byte{someSlashes}))
		if !r.Subtree() {
			word += string([]byte{wildEnd})
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return format{start: `^(?-i)`, maxSize: maxSize, maxText: maxLiteral}.split(words)
}
