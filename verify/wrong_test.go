package verify_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWrongServers verifies servers as tutorials and answers in forums have them,
// each against the same policy with credentials.
func TestWrongServers(t *testing.T) {
	v := variant(t, app)
	good := right(v, things)
	listed := []string{"https://app.example.com", "https://admin.example.com"}
	preview := regexp.MustCompile(`^https://pr-[0-9]+\.preview\.example\.com$`)
	known := func(o string) bool { return slices.Contains(listed, o) || preview.MatchString(o) }
	matches := func(pattern string) written {
		return when(func(o string) bool { return known(o) || regexp.MustCompile(pattern).MatchString(o) })
	}
	tests := []struct {
		name   string
		server http.HandlerFunc
		want   []string
	}{
		{"repeats every Origin", when(func(string) bool { return true }).wrap(things), []string{"C701"}},
		{"says * and nothing else, as the snippet for static fonts", always(things, "Access-Control-Allow-Origin", "*"), []string{"C701", "C705", "C707"}},
		{"says * with credentials", func(w http.ResponseWriter, r *http.Request) {
			star := written{allows: func(string) string { return "*" }, credentials: "true"}
			star.wrap(things)(w, r)
		}, []string{"C701", "C705"}},
		{"lists null for a local file", when(func(o string) bool { return known(o) || o == "null" }).wrap(things), []string{"C702"}},
		{"a regular expression without $", matches(`^https://(app|admin)\.example\.com`).wrap(things), []string{"C703"}},
		{"a regular expression without ^", matches(`app\.example\.com$`).wrap(things), []string{"C703"}},
		{"a regular expression whose dots match all", matches(`^https://app.example.com$`).wrap(things), []string{"C703"}},
		{"a regular expression that takes http too", matches(`^https?://app\.example\.com$`).wrap(things), []string{"C703"}},
		{"a regular expression that takes any port", matches(`^https://app\.example\.com(:\d+)?$`).wrap(things), []string{"C703"}},
		{"HasSuffix of the domain", when(func(o string) bool { return known(o) || strings.HasSuffix(o, "example.com") }).wrap(things), []string{"C703"}},
		{"HasPrefix of the origin", when(func(o string) bool { return known(o) || strings.HasPrefix(o, listed[0]) }).wrap(things), []string{"C703"}},
		{"Contains the host", when(func(o string) bool { return known(o) || strings.Contains(o, "app.example.com") }).wrap(things), []string{"C703"}},
		{"any subdomain of an origin", matches(`^https://([a-z]+\.)?app\.example\.com$`).wrap(things), []string{"C703"}},
		{"without regard to case", when(func(o string) bool { return known(strings.ToLower(o)) }).wrap(things), []string{"C703"}},
		{"an error page says *, and the page compares beginnings", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/things" {
				matches(`^https://app\.example\.com`).wrap(things)(w, r)
				return
			}
			always(good, "Access-Control-Allow-Origin", "*")(w, r)
		}, []string{"C701", "C703", "C706"}},
		{"a proxy adds the header once more", addsAgain(good), []string{"C704"}},
		{"a proxy adds the methods once more", changed(good, func(_ int, header http.Header) {
			if header.Get("Access-Control-Allow-Methods") != "" {
				header.Add("Access-Control-Allow-Methods", "PATCH")
			}
		}), []string{"C704"}},
		{"all origins in one header", written{allows: func(string) string { return strings.Join(listed, ", ") }, credentials: "true"}.wrap(things), []string{"C704"}},
		{"one fixed origin for everybody", written{allows: func(string) string { return listed[0] }, credentials: "true"}.wrap(things), []string{"C705", "C711", "C712"}},
		{"knows nothing of CORS", things, []string{"C705", "C707"}},
		{"the preview pattern was never deployed", when(func(o string) bool { return slices.Contains(listed, o) }).wrap(things), []string{"C705"}},
		{"headers on success only, as add_header without always", onlyOn(good, func(status int) bool { return status < 400 }), []string{"C706"}},
		{"headers lost on 304", onlyOn(good, func(status int) bool { return status != 304 }), []string{"C706"}},
		{"GET alone is wrapped, HEAD is not", exceptMethod(good, "HEAD", things), []string{"C706"}},
		{"the router answers preflights with 405", exceptMethod(good, "OPTIONS", things), []string{"C707"}},
		{"authentication before CORS", exceptMethod(good, "OPTIONS", status(401)), []string{"C707"}},
		{"http is redirected to https", exceptMethod(good, "OPTIONS", http.RedirectHandler("https://api.example.com/", http.StatusMovedPermanently).ServeHTTP), []string{"C707"}},
		{"no route for OPTIONS", exceptMethod(good, "OPTIONS", http.NotFound), []string{"C707"}},
		{"a rate limit before CORS", exceptMethod(good, "OPTIONS", status(429)), []string{"C707"}},
		{"no Vary", without(good, "Vary"), []string{"C708"}},
		{"Vary for allowed origins only", func(w http.ResponseWriter, r *http.Request) {
			if !known(r.Header.Get("Origin")) {
				without(good, "Vary")(w, r)
				return
			}
			good(w, r)
		}, []string{"C708"}},
		{"a cache that does not heed Vary", cache(good), []string{"C709"}},
		{"no credentials", when(known).with("").wrap(things), []string{"C710"}},
		{"credentials in Python's spelling", when(known).with("True").wrap(things), []string{"C710"}},
		{"an old list of methods", replaced(good, "Access-Control-Allow-Methods", "GET"), []string{"C711"}},
		{"an old max age", replaced(good, "Access-Control-Max-Age", "60"), []string{"C711"}},
		{"exposes nothing", without(good, "Access-Control-Expose-Headers"), []string{"C711"}},
		{"repeats what preflights ask for", func(w http.ResponseWriter, r *http.Request) {
			replaced(good, "Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))(w, r)
		}, []string{"C711"}},
		{"negotiates methods, as some libraries do", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Access-Control-Request-Method") == "PROPPATCH" {
				w.Header().Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
				w.WriteHeader(http.StatusNoContent)
				return
			}
			good(w, r)
		}, []string{"C711"}},
		{"200 for preflights", exceptMethod(good, "OPTIONS", func(w http.ResponseWriter, r *http.Request) {
			record := httptest.NewRecorder()
			good(record, r)
			copyHeader(w.Header(), record.Header())
		}), []string{"C711"}},
		{"the headers of preflights on every answer", always(good, "Access-Control-Allow-Headers", "Content-Type, X-Trace"), []string{"C712"}},
		{"the header of Private Network Access", always(good, "Access-Control-Allow-Private-Network", "true"), []string{"C712"}},
		{"some requests end without an answer", exceptMethod(good, "HEAD", hangUp), []string{"C714"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, test.server, v)
			slices.Sort(test.want)
			if d := cmp.Diff(test.want, codes(r)); d != "" {
				t.Errorf("codes (-want +got)\n%s%+v", d, r.Findings)
			}
			if len(r.Findings) > len(test.want)+2 {
				t.Errorf("%d findings, which says the same too often: %+v", len(r.Findings), r.Findings)
			}
			for _, f := range r.Findings {
				if f.Range.Start.Line == 0 || !strings.HasPrefix(f.Command, "curl ") || f.Detail == "" {
					t.Errorf("a finding without its place, command or words: %+v", f)
				}
			}
		})
	}
}

// TestWrongWithoutCredentials verifies servers against other policies.
func TestWrongWithoutCredentials(t *testing.T) {
	tests := []struct {
		name, policy string
		server       func(good http.HandlerFunc) http.HandlerFunc
		want         []string
	}{
		{"the gate is left out", "policy \"app\" {\n allow_origins = [\"https://app.example.com\"]\n origin_gate = true\n}", func(good http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				record := httptest.NewRecorder()
				good(record, r)
				copyHeader(w.Header(), record.Header())
				if r.Method == "OPTIONS" {
					w.WriteHeader(record.Code)
					return
				}
				things(w, r)
			}
		}, []string{"C713"}},
		{"credentials without need", `policy "app" { allow_origins = ["https://app.example.com"] }`, func(good http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") == "https://app.example.com" {
					w.Header().Set("Access-Control-Allow-Credentials", "true")
				}
				good(w, r)
			}
		}, []string{"C710"}},
		{"every Origin with credentials for a public API", `policy "app" { allow_origins = ["*"] }`, func(good http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				if o := r.Header.Get("Origin"); o != "" {
					replaced(good, "Access-Control-Allow-Origin", o)(w, r)
					return
				}
				good(w, r)
			}
		}, []string{"C710", "C712"}},
		{"* for the origins of a list", `policy "app" { allow_origins = ["https://app.example.com"] }`, func(good http.HandlerFunc) http.HandlerFunc {
			return replaced(good, "Access-Control-Allow-Origin", "*")
		}, []string{"C712"}},
		{"* only where there is an Origin", `policy "app" { allow_origins = ["*"] }`, func(good http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") == "" {
					things(w, r)
					return
				}
				good(w, r)
			}
		}, []string{"C706"}},
	}
	for _, test := range tests {
		v := variant(t, test.policy)
		r := ask(t, test.server(right(v, things)), v)
		if d := cmp.Diff(test.want, codes(r)); d != "" {
			t.Errorf("%s: codes (-want +got)\n%s%+v", test.name, d, r.Findings)
		}
	}
}
