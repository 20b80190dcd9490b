package ir

import (
	"cmp"
	"slices"

	"github.com/corsgen/corsgen/diag"
)

// DevProxy is what a development server passes on to another server, so that a
// page of it needs no CORS. Only targets of development servers print it.
type DevProxy struct {
	Name string
	// Paths are like those of routes. They are compared with the path of a request
	// as it stands there: what is reached this way has no secrets to keep from its
	// developer.
	Paths       []string // by SortPaths; none is "/"
	Upstream    string   // scheme://host or scheme://host:port, http or https
	StripPrefix bool     // the upstream gets the path without what Paths has of it; all of them then end in "/"
	Src         diag.Range
}

// SortPaths puts longer paths first, and those of one length in alphabetical
// order.
func SortPaths(paths []string) {
	slices.SortFunc(paths, comparePaths)
}

func comparePaths(a, b string) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}
