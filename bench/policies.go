package main

import (
	"net/http"

	"github.com/corsgen/corsgen/bench/policies/few"
)

//go:generate go tool corsgen generate policies/few.cors.hcl
//go:generate go tool corsgen generate policies/many.cors.hcl

// policy is a policy of the folder policies: the part in which its settings
// differ from those of the others, for the peers, and the middleware that corsgen
// generated of it.
type policy struct {
	origins     []string
	credentials bool
	expose      []string
	generated   func(http.Handler) http.Handler
	know        func(http.Handler, http.ResponseWriter) // of generated's package
}

// What every policy says.
var (
	methods = []string{"GET", "POST", "PUT", "DELETE"}
	headers = []string{"Authorization", "Content-Type"}
)

const maxAge = 600 // seconds; the most that gorilla/handlers can state

const app = "https://app.example.com"

var (
	one         = &policy{origins: []string{app}, generated: few.One, know: few.Know}
	credentials = &policy{
		origins:     []string{app},
		credentials: true,
		expose:      []string{"X-Request-Id", "X-Total-Count"},
		generated:   few.Credentials,
		know:        few.Know,
	}
)
