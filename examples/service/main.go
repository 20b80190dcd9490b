// Command service is a small API whose CORS policy is cors.hcl.
package main

import (
	"expvar"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"

	"example.com/service/internal/cors"
)

//go:generate go tool corsgen generate cors.hcl

func main() {
	cors.Observe = observe
	protect, err := cors.AppIn(environment())
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(address(), protect(handler())))
}

// environment chooses one of the reviewed policies by name; no origin comes from
// outside the policy.
func environment() string {
	if name := os.Getenv("ENVIRONMENT"); name != "" {
		return name
	}
	return cors.EnvironmentProduction
}

var decisions = expvar.NewMap("cors")

// observe counts what the policy decides, and logs whom it refuses.
func observe(e cors.Event) {
	decisions.Add(string(e.Reason), 1)
	if e.Class != cors.ClassNonCORS && !e.Allowed {
		slog.Warn("origin refused", "policy", e.Policy, "class", e.Class, "reason", e.Reason,
			"origin", e.Request.Header.Get("Origin"), "path", e.Request.URL.Path)
	}
}

func address() string {
	if a := os.Getenv("ADDRESS"); a != "" {
		return a
	}
	return "127.0.0.1:8080"
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "[]")
	})
	return mux
}
