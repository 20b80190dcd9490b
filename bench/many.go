//go:build many

package main

import (
	"fmt"

	"github.com/corsgen/corsgen/bench/policies/many" // not checked in: run go generate first
)

func init() {
	scenarios = append(scenarios,
		manyOrigins("actual-10000-origins", &policy{origins: tenants(1_000), generated: many.Many10000}),
		manyOrigins("actual-100000-origins", &policy{origins: tenants(10_000), generated: many.Many100000}),
	)
}

// manyOrigins is a request of an origin in the middle of the list, which is what
// it costs on average to search one from its start.
func manyOrigins(name string, p *policy) *scenario {
	return &scenario{
		name: name, policy: p, handler: writesBody, verdict: allowed,
		request: request("GET", "Origin", p.origins[len(p.origins)/2]),
	}
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
