// Package all lists the targets.
package all

import (
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/emit/cra"
	golang "github.com/corsgen/corsgen/emit/go"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/emit/vite"
)

// Targets returns every target, in the order in which people meet them.
func Targets() []emit.Target {
	return []emit.Target{golang.Target(), nginx.Target(), apache.Target(), node.Target(), vite.Target(), cra.Target()}
}

// Names returns the names of the targets.
func Names() []string {
	var names []string
	for _, t := range Targets() {
		names = append(names, t.Name)
	}
	return names
}

// Find returns the target of a name.
func Find(name string) (emit.Target, bool) {
	for _, t := range Targets() {
		if t.Name == name {
			return t, true
		}
	}
	return emit.Target{}, false
}
