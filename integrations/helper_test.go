package integrations

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// TestGenerated checks that what runs here is what corsgen prints now.
// A cached result does not notice that corsgen has changed: use -count=1.
func TestGenerated(t *testing.T) {
	out, err := exec.Command("go", "tool", "corsgen", "generate", "--check").CombinedOutput()
	if err != nil {
		t.Errorf("run go generate: %v\n%s", err, out)
	}
}

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // panics are part of the tests
	gin.SetMode(gin.ReleaseMode)
	os.Exit(m.Run())
}

const (
	app   = "https://app.example.com"
	token = "Bearer secret"
)

// things is the handler behind the routers.
func things(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "things\n") }

// auth is the authentication that most services have in front of their handlers.
func auth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != token {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// show prints what a browser gets of a handler on a real server for requests from
// a page of the app: "GET /things", "GET /things with credentials", and
// "preflight PUT /things", which is what the browser sends before a PUT.
func show(h http.Handler, requests ...string) {
	for _, line := range answers(h, requests...) {
		fmt.Println(line)
	}
}

// answers returns a line for each request: the status, and whether the page may
// read the response.
func answers(h http.Handler, requests ...string) []string {
	server := httptest.NewServer(h)
	defer server.Close()
	lines := make([]string, len(requests))
	for i, text := range requests {
		lines[i] = text + ": " + answer(server, text)
	}
	return lines
}

func answer(server *httptest.Server, text string) string {
	r := request(server.URL, text)
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return "no answer"
	}
	_ = response.Body.Close()
	readable := "no CORS headers"
	if allowed := response.Header.Values("Access-Control-Allow-Origin"); len(allowed) > 0 {
		readable = "for " + strings.Join(allowed, " and ")
	}
	return fmt.Sprintf("%d, %s", response.StatusCode, readable)
}

func request(base, text string) *http.Request {
	text, credentials := strings.CutSuffix(text, " with credentials")
	text, preflight := strings.CutPrefix(text, "preflight ")
	method, path, _ := strings.Cut(text, " ")
	r, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		panic(err)
	}
	r.Header.Set("Origin", app)
	if credentials {
		r.Header.Set("Authorization", token)
	}
	if preflight { // which carries no credentials
		r.Method = http.MethodOptions
		r.Header.Set("Access-Control-Request-Method", method)
		r.Header.Set("Access-Control-Request-Headers", "authorization")
	}
	return r
}
