package integrations

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/mux"
	"github.com/justinas/alice"
	"github.com/urfave/negroni/v3"

	"github.com/corsgen/corsgen/integrations/cors"
)

// The standard library's router, within the policy: patterns keep their methods.
func Example_serveMux() {
	mux := http.NewServeMux()
	mux.Handle("GET /things", auth(http.HandlerFunc(things)))
	show(cors.App(mux), "preflight PUT /things", "GET /things", "GET /things with credentials", "DELETE /things", "GET /nowhere")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// DELETE /things: 405, for https://app.example.com
	// GET /nowhere: 404, for https://app.example.com
}

// A policy around a single handler sees what the pattern lets through. With a
// method that is no preflight; without one it is every request of the path.
func Example_serveMuxPattern() {
	mux := http.NewServeMux()
	mux.Handle("GET /wrong", cors.App(http.HandlerFunc(things)))
	mux.Handle("/right", cors.App(http.HandlerFunc(things)))
	show(mux, "preflight GET /wrong", "preflight GET /right", "GET /right", "GET /nowhere")
	// Output:
	// preflight GET /wrong: 405, no CORS headers
	// preflight GET /right: 204, for https://app.example.com
	// GET /right: 200, for https://app.example.com
	// GET /nowhere: 404, no CORS headers
}

// Within authentication a policy never sees a preflight, which carries no
// credentials, and a script cannot read the 401.
func Example_authenticationOutside() {
	show(auth(cors.App(http.HandlerFunc(things))), "preflight GET /things", "GET /things", "GET /things with credentials")
	// Output:
	// preflight GET /things: 401, no CORS headers
	// GET /things: 401, no CORS headers
	// GET /things with credentials: 200, for https://app.example.com
}

// Use on the outermost chi router runs before routing: for preflights of methods
// that have no route, and for its 404 and 405.
func Example_chi() {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, cors.App, middleware.Recoverer, auth)
	r.Get("/things", things)
	r.Get("/panic", func(http.ResponseWriter, *http.Request) { panic("a bug") })
	show(r, "preflight PUT /things", "GET /things", "GET /things with credentials",
		"DELETE /things with credentials", "GET /nowhere with credentials", "GET /panic with credentials")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// DELETE /things with credentials: 405, for https://app.example.com
	// GET /nowhere with credentials: 404, for https://app.example.com
	// GET /panic with credentials: 500, for https://app.example.com
}

// With and Group run for routes that were found, and there is none for OPTIONS. A
// router that is mounted, as by Route, runs its middleware for its whole subtree.
func Example_chiGroup() {
	r := chi.NewRouter()
	r.With(cors.App).Get("/with", things)
	r.Group(func(r chi.Router) {
		r.Use(cors.App)
		r.Get("/group", things)
	})
	r.Route("/route", func(r chi.Router) {
		r.Use(cors.App)
		r.Get("/things", things)
	})
	show(r, "preflight GET /with", "preflight GET /group", "preflight GET /route/things", "GET /route/nowhere")
	// Output:
	// preflight GET /with: 405, no CORS headers
	// preflight GET /group: 405, no CORS headers
	// preflight GET /route/things: 204, for https://app.example.com
	// GET /route/nowhere: 404, for https://app.example.com
}

// A gorilla/mux router stands within the policy as a whole.
func Example_gorillaMux() {
	r := mux.NewRouter()
	r.Use(auth)
	r.HandleFunc("/things", things).Methods(http.MethodGet)
	show(cors.App(r), "preflight PUT /things", "GET /things", "GET /things with credentials", "DELETE /things", "GET /nowhere")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// DELETE /things: 405, for https://app.example.com
	// GET /nowhere: 404, for https://app.example.com
}

// Use of gorilla/mux runs for routes that were found. A route for OPTIONS lets
// preflights in, but its 404 and 405 stay outside of the policy.
func Example_gorillaMuxUse() {
	r := mux.NewRouter()
	r.Use(cors.App)
	r.HandleFunc("/wrong", things).Methods(http.MethodGet)
	r.HandleFunc("/better", things).Methods(http.MethodGet, http.MethodOptions)
	show(r, "preflight GET /wrong", "preflight GET /better", "DELETE /better", "GET /nowhere")
	// Output:
	// preflight GET /wrong: 405, no CORS headers
	// preflight GET /better: 204, for https://app.example.com
	// DELETE /better: 405, no CORS headers
	// GET /nowhere: 404, no CORS headers
}

// In a chain of alice the first is the outermost.
func Example_alice() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things", things)
	show(alice.New(cors.App, auth).Then(mux), "preflight PUT /things", "GET /things", "GET /things with credentials", "GET /nowhere with credentials")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// GET /nowhere with credentials: 404, for https://app.example.com
}

// A negroni stack has middleware of its own form, and stands within the policy as
// a whole.
func Example_negroni() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things", things)
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("a bug") })
	recovery := negroni.NewRecovery()
	recovery.Logger = quiet{}
	n := negroni.New(recovery)
	n.UseHandler(auth(mux))
	show(cors.App(n), "preflight PUT /things", "GET /things", "GET /things with credentials", "GET /nowhere with credentials", "GET /panic with credentials")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// GET /nowhere with credentials: 404, for https://app.example.com
	// GET /panic with credentials: 500, for https://app.example.com
}

type quiet struct{}

func (quiet) Println(...any)        {}
func (quiet) Printf(string, ...any) {}
