//go:build many

package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/corsgen/corsgen/bench/policies/many" // not checked in: run go generate first
)

func init() {
	thousands := &policy{origins: tenants(1_000), generated: many.Many10000, know: many.Know}
	large = &policy{origins: tenants(10_000), generated: many.Many100000, know: many.Know}
	for _, p := range []*policy{thousands, large} {
		preflights := &scenario{name: fmt.Sprintf("preflight-%d-origins", len(p.origins)), policy: p, handler: writesBody, verdict: allowed}
		actual := &scenario{name: fmt.Sprintf("actual-%d-origins", len(p.origins)), policy: p, handler: writesBody, verdict: allowed}
		for _, origin := range sample(p.origins) {
			preflights.requests = append(preflights.requests, preflight(origin, "authorization,content-type"))
			actual.requests = append(actual.requests, request("GET", "Origin", origin))
		}
		scenarios = append(scenarios, preflights, actual)
	}
}

// sample returns origins from everywhere in a list, in no order that a processor
// could foresee.
func sample(origins []string) []string {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]string, 1024)
	for i := range all {
		all[i] = origins[random.IntN(len(origins))]
	}
	return all
}

// tenants returns the origins of a policy of policies/many.cors.hcl, in its
// order: perWord for each word.
func tenants(perWord int) []string {
	words := []string{"fir", "acorn", "bluebell", "cedar", "daffodil", "elm", "forget-me-not", "gorse", "honeysuckle", "iris"}
	digits := len(fmt.Sprint(perWord - 1))
	origins := make([]string, 0, len(words)*perWord)
	for _, word := range words {
		for n := range perWord {
			origins = append(origins, fmt.Sprintf("https://%s-%0*d.example.com", word, digits, n))
		}
	}
	return origins
}
