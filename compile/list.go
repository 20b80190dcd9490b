package compile

import (
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// list is a checked list of methods or header names.
type list struct {
	star  bool     // "*" stands in it
	items []string // the others, without duplicates, in the author's order
	seen  map[string]bool
}

// add appends item unless an entry with the same key is there.
func (l *list) add(key, item string) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if !l.seen[key] {
		l.seen[key] = true
		l.items = append(l.items, item)
	}
}

// addHeader appends a header name unless it is there in any case.
func (l *list) addHeader(name string) { l.add(strings.ToLower(name), name) }

// value returns what a response states for the list; ok is false for an empty
// list. With credentials a browser takes "*" literally
// (https://fetch.spec.whatwg.org/#http-new-header-syntax), so that the request
// is repeated instead.
func (l list) value(credentials bool, echo ir.Echo) (v ir.Value, ok bool) {
	switch {
	case l.star && credentials:
		return ir.Value{Echo: echo}, true
	case l.star:
		return ir.Value{Const: strings.Join(append([]string{"*"}, l.items...), ", ")}, true
	case len(l.items) == 0:
		return ir.Value{}, false
	default:
		return ir.Value{Const: strings.Join(l.items, ", ")}, true
	}
}
