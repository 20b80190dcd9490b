package main

import (
	"net/http"
	"slices"

	chi "github.com/go-chi/cors"
	gorilla "github.com/gorilla/handlers"
	jub0bs "github.com/jub0bs/cors"
	rs "github.com/rs/cors"
)

// implementation is a way to carry out a policy. wrap returns nil where it cannot
// express the policy.
type implementation struct {
	name string
	wrap func(p *policy, next http.Handler) (http.Handler, error)
	// know, if it is not nil, makes a handler that wrap has returned take writers
	// of w's type for those of net/http's servers.
	know func(p *policy, h http.Handler, w http.ResponseWriter)
}

// implementations are what is measured; the first is what the others are compared
// with.
var implementations = []implementation{
	{name: "corsgen", wrap: wrapGenerated, know: func(p *policy, h http.Handler, w http.ResponseWriter) { p.know(h, w) }},
	{name: "jub0bs", wrap: wrapJub0bs},
	{name: "rs", wrap: wrapRS},
	{name: "chi", wrap: wrapChi},
	{name: "gorilla", wrap: wrapGorilla},
	{name: "floor", wrap: wrapFloor},
}

func wrapGenerated(p *policy, next http.Handler) (http.Handler, error) { return p.generated(next), nil }

func wrapJub0bs(p *policy, next http.Handler) (http.Handler, error) {
	middleware, err := jub0bs.NewMiddleware(jub0bs.Config{
		Origins:         p.origins,
		Credentialed:    p.credentials,
		Methods:         methods,
		RequestHeaders:  headers,
		ResponseHeaders: p.expose,
		MaxAgeInSeconds: maxAge,
	})
	if err != nil {
		return nil, err
	}
	return middleware.Wrap(next), nil
}

func wrapRS(p *policy, next http.Handler) (http.Handler, error) {
	return rs.New(rs.Options{
		AllowedOrigins:   p.origins,
		AllowCredentials: p.credentials,
		AllowedMethods:   methods,
		AllowedHeaders:   headers,
		ExposedHeaders:   p.expose,
		MaxAge:           maxAge,
	}).Handler(next), nil
}

func wrapChi(p *policy, next http.Handler) (http.Handler, error) {
	return chi.Handler(chi.Options{
		AllowedOrigins:   p.origins,
		AllowCredentials: p.credentials,
		AllowedMethods:   methods,
		AllowedHeaders:   slices.Clone(headers), // it appends to the list
		ExposedHeaders:   p.expose,
		MaxAge:           maxAge,
	})(next), nil
}

func wrapGorilla(p *policy, next http.Handler) (http.Handler, error) {
	options := []gorilla.CORSOption{
		gorilla.AllowedOrigins(p.origins),
		gorilla.AllowedMethods(methods),
		gorilla.AllowedHeaders(headers),
		gorilla.ExposedHeaders(p.expose),
		gorilla.MaxAge(maxAge),
		gorilla.OptionStatusCode(http.StatusNoContent),
	}
	if p.credentials {
		options = append(options, gorilla.AllowCredentials())
	}
	return gorilla.CORS(options...)(next), nil
}

// Response headers of the floor, ready to be put in.
var (
	floorOrigin        = []string{app}
	floorCredentials   = []string{"true"}
	floorExpose        = []string{"X-Request-Id, X-Total-Count"}
	floorMethods       = []string{"GET, POST, PUT, DELETE"}
	floorHeaders       = []string{"Authorization, Content-Type"}
	floorMaxAge        = []string{"600"}
	floorVary          = []string{"Origin"}
	floorPreflightVary = []string{"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
)

// wrapFloor is the least that a right answer can cost, written by hand for one
// origin. It is no model to follow: all responses share the same slices, so a
// handler that edits a header changes every later response, and a handler's own
// headers win.
func wrapFloor(p *policy, next http.Handler) (http.Handler, error) {
	if !slices.Equal(p.origins, floorOrigin) {
		return nil, nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		origin := r.Header["Origin"]
		preflight := r.Method == http.MethodOptions && len(origin) > 0 && r.Header["Access-Control-Request-Method"] != nil
		match := len(origin) == 1 && origin[0] == app
		if match {
			h["Access-Control-Allow-Origin"] = floorOrigin
			if p.credentials {
				h["Access-Control-Allow-Credentials"] = floorCredentials
			}
		}
		switch {
		case preflight && match:
			h["Access-Control-Allow-Methods"] = floorMethods
			h["Access-Control-Allow-Headers"] = floorHeaders
			h["Access-Control-Max-Age"] = floorMaxAge
			h["Vary"] = floorPreflightVary
			w.WriteHeader(http.StatusNoContent)
		case preflight:
			h["Vary"] = floorPreflightVary
			w.WriteHeader(http.StatusForbidden)
		default:
			if match && p.expose != nil {
				h["Access-Control-Expose-Headers"] = floorExpose
			}
			h["Vary"] = floorVary
			next.ServeHTTP(w, r)
		}
	}), nil
}
