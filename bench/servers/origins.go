package main

import (
	"fmt"
	"strings"
)

// origins is what a policy allows, and origins that it lets in.
type origins struct {
	name     string
	patterns []string
	hits     []string
}

var three = []string{"https://app.example.com", "https://admin.example.com", "https://shop.example.com"}

// lists are the lists of origins, from the least to the most.
var lists = []*origins{
	exact("1 origin", three[:1]),
	exact("3 origins", three),
	exact("100 origins", tenants(10)),
	exact("1,000 origins", tenants(100)),
	exact("10,000 origins", tenants(1_000)),
	exact("100,000 origins", tenants(10_000)),
	forms("1 pattern", 1, func(int) int { return 0 }),
	forms("5 patterns", 5, func(i int) int { return i }),
	forms("100 patterns", 100, func(int) int { return 0 }),
	forms("100 patterns of five forms", 100, func(i int) int { return i % 5 }),
}

func exact(name string, all []string) *origins { return &origins{name, all, all} }

// tenants returns exact origins of some ten names, perName of each.
func tenants(perName int) []string {
	names := []string{"fir", "acorn", "bluebell", "cedar", "daffodil", "elm", "forget-me-not", "gorse", "honeysuckle", "iris"}
	digits := len(fmt.Sprint(perName - 1))
	all := make([]string, 0, len(names)*perName)
	for _, name := range names {
		for n := range perName {
			all = append(all, fmt.Sprintf("https://%s-%0*d.example.com", name, digits, n))
		}
	}
	return all
}

// forms returns n patterns, the i-th of the form that form says.
func forms(name string, n int, form func(i int) int) *origins {
	all := [...]string{
		"https://*.tenant-%03d.example.com",
		"https://pr-*.preview-%03d.example.com",
		"https://**.apps-%03d.example.org",
		"https://deploy-{digits}.site-%03d.example.net",
		"http://dev-%03d.example.com:*",
	}
	o := &origins{name: name}
	for i := range n {
		p := fmt.Sprintf(all[form(i)], i)
		o.patterns = append(o.patterns, p)
		o.hits = append(o.hits, strings.NewReplacer("**.", "eu.shop.", "*.", "blue-42.", "{digits}", "1729", ":*", ":8080").Replace(p))
	}
	return o
}

// named returns the list of a name.
func named(name string) *origins {
	for _, o := range lists {
		if o.name == name {
			return o
		}
	}
	panic("no list is called " + name)
}
