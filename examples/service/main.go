// Command service is a small API whose CORS policy is cors.hcl.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/service/internal/cors"
)

//go:generate go tool corsgen generate cors.hcl

func main() {
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
	return "production"
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
