package ir

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// Site chooses a policy for each request by its path. A request that no route
// matches passes on untouched, a preflight too.
type Site struct {
	Name   string
	Routes []Route // by SortRoutes: the first one that matches decides
	Src    diag.Range
}

// Route gives requests to a path their policy.
type Route struct {
	// Path is compared with the path of a request in normal form: decoded, without
	// empty, "." and ".." segments. It is in normal form itself, and holds only
	// ASCII letters, digits, "/" and -._~!$&'()+,;= .
	Path   string
	Policy int // index of Program.Policies
	Src    diag.Range
}

// Subtree reports whether the route is for all below its path, which ends in "/",
// and not for one path alone.
func (r *Route) Subtree() bool { return strings.HasSuffix(r.Path, "/") }

// SortRoutes orders routes by their paths as SortPaths does.
func SortRoutes(routes []Route) {
	slices.SortFunc(routes, func(a, b Route) int { return comparePaths(a.Path, b.Path) })
}
