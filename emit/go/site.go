package golang

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

//go:embed runtime_site.go
var runtimeSiteText string

// siteFile returns what sites need at run time.
func siteFile(marker, pkg string) []byte {
	return merge(marker, pkg, "This file chooses policies by path. It is the same for every site.", runtimeSiteText)
}

// namedSite is a site with its names in Go.
type namedSite struct {
	*ir.Site
	id           string
	environments []string
	all          []*namedPolicy // of the program
	routes       []ir.Route     // in alphabetical order
	policies     []*namedPolicy // that the routes choose from
	variants     []*siteVariant // the first is id's own
}

// siteVariant is a site in environments in which its policies decide alike.
type siteVariant struct {
	environments []string
	key          string
	policies     []string // their keys, in the order of namedSite.policies
}

// namedSites returns the sites of p with the variants that the output needs.
func namedSites(p *ir.Program, policies []*namedPolicy, environment string) []*namedSite {
	taken := map[string]bool{}
	sites := make([]*namedSite, len(p.Sites))
	for i := range p.Sites {
		s := &namedSite{Site: &p.Sites[i], id: ir.Identifier(p.Sites[i].Name), environments: p.Environments, all: policies}
		s.routes = slices.SortedFunc(slices.Values(s.Routes), func(a, b ir.Route) int { return strings.Compare(a.Path, b.Path) })
		for _, r := range s.routes {
			if s.index(r) < 0 {
				s.policies = append(s.policies, s.policyOf(r))
			}
		}
		s.addVariants(environment)
		s.variants[0].key = s.id
		taken[s.id] = true
		sites[i] = s
	}
	for _, s := range sites {
		for _, v := range s.variants[1:] {
			v.key = unique(taken, s.id+in+environmentIdentifier(v.environments[0]))
		}
	}
	return sites
}

// addVariants groups the environments by what the policies do in them; that of
// the output comes first.
func (s *namedSite) addVariants(environment string) {
	s.variants = []*siteVariant{{policies: s.keys(environment)}}
	for _, e := range s.environments {
		keys := s.keys(e)
		i := slices.IndexFunc(s.variants, func(v *siteVariant) bool { return slices.Equal(v.policies, keys) })
		if i < 0 {
			i = len(s.variants)
			s.variants = append(s.variants, &siteVariant{policies: keys})
		}
		s.variants[i].environments = append(s.variants[i].environments, e)
	}
}

// keys returns the keys of the policies as they stand in an environment.
func (s *namedSite) keys(environment string) []string {
	keys := make([]string, len(s.policies))
	for i, n := range s.policies {
		at := slices.IndexFunc(n.variants, func(v *namedVariant) bool { return slices.Contains(v.Environments, environment) })
		keys[i] = n.variants[at].key
	}
	return keys
}

// print prints the site's functions, then what they stand on.
func (s *namedSite) print(file *jen.File) {
	comment(file, fmt.Sprintf("%s applies to each request to next the policy of its path (site %q, %s), and leaves others alone:", s.id, s.Name, emit.Place(s.Src)))
	bullets(file, s.words())
	printMiddleware(file, s.id, "site"+s.id)
	if len(s.environments) > 0 {
		s.printIn(file)
	}
	for _, v := range s.variants {
		s.printVariant(file, v)
	}
	s.printRoutes(file)
}

// words says what the routes are, for people.
func (s *namedSite) words() []string {
	const few = 20
	var all []string
	for i, r := range s.routes {
		if i == few && len(s.routes) > few+1 {
			return append(all, fmt.Sprintf("%d more, in routes%s", len(s.routes)-few, s.id))
		}
		path := r.Path
		if r.Subtree() {
			path += " and below"
		}
		all = append(all, path+": "+s.policyOf(r).id+" ("+emit.Place(r.Src)+")")
	}
	return all
}

func (s *namedSite) policyOf(r ir.Route) *namedPolicy { return s.all[r.Policy] }

// index returns the place of a route's policy among those of the site, or -1.
func (s *namedSite) index(r ir.Route) int { return slices.Index(s.policies, s.policyOf(r)) }

// printIn prints the function that chooses an environment at start-up.
func (s *namedSite) printIn(file *jen.File) {
	comment(file, inWords(s.id, s.environments))
	printChoice(file, s.id+in, middlewareType(), s.environments, s.arms(func(v *siteVariant) *jen.Statement {
		return jen.Id("site" + v.key).Dot("handler")
	}))
}

func (s *namedSite) arms(of func(*siteVariant) *jen.Statement) []arm {
	arms := make([]arm, len(s.variants))
	for i, v := range s.variants {
		arms[i] = arm{v.environments, of(v)}
	}
	return arms
}

func (s *namedSite) printVariant(file *jen.File, v *siteVariant) {
	does := s.id + " does."
	if v.key != s.id {
		does = s.id + "In does in " + quotedNames(v.environments, "and") + "."
	}
	comment(file, "site"+v.key+" is what "+does)
	policies := make([]jen.Code, len(v.policies))
	for i, key := range v.policies {
		policies[i] = jen.Op("&").Id("policy" + key).Op(",").Comment(fmt.Sprint(i))
	}
	file.Var().Id("site" + v.key).Op("=").Id("corsSite").Add(fields(
		field("routes", jen.Id("routes"+s.id)),
		field("policies", jen.Index().Op("*").Id("corsPolicy").Add(lines(policies...))),
	))
}

// printRoutes prints the routes as a table. It is the same in all environments.
func (s *namedSite) printRoutes(file *jen.File) {
	comment(file, "routes"+s.id+" are the routes of "+s.id+" in alphabetical order, each with its policy's number.")
	ups := s.ups()
	all := make([]jen.Code, len(s.routes))
	for i, r := range s.routes {
		values := []jen.Code{jen.Id("path").Op(":").Add(quote(r.Path)), jen.Id("policy").Op(":").Lit(s.index(r))}
		if ups[i] > 0 {
			values = append(values, jen.Id("up").Op(":").Lit(ups[i]))
		}
		all[i] = jen.Values(values...).Op(",").Comment(s.policyOf(r).id + " (" + emit.Place(r.Src) + ")")
	}
	file.Var().Id("routes" + s.id).Op("=").Index().Id("corsRoute").Add(lines(all...))
}

// ups returns for each route how many routes further up the narrowest one stands
// that holds all of it, or 0.
func (s *namedSite) ups() []int {
	ups := make([]int, len(s.routes))
	var open []int // the subtrees around the route, the widest first
	for i, r := range s.routes {
		for len(open) > 0 && !strings.HasPrefix(r.Path, s.routes[open[len(open)-1]].Path) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			ups[i] = i - open[len(open)-1]
		}
		if r.Subtree() {
			open = append(open, i)
		}
	}
	return ups
}
