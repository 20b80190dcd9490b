package chromium

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

const developed = `
environments = ["development", "production"]

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

dev_proxy "api" {
  paths    = ["/api/"]
  upstream = %q
}
`

// TestVite opens a page of a development server. It calls its API through the dev
// proxy, which takes no CORS, and at its own address, which does.
func TestVite(t *testing.T) {
	conformance.Require(t, "chromium", "chromium")
	api := startAPI(t)
	app := startVite(t, conformance.Compile(t, fmt.Sprintf(developed, api.origin)))
	tab := startChromium(t, startFront(t, nil), chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1")).tab
	local := "http://localhost:" + strings.Split(app, ":")[1]
	tests := []struct {
		name   string
		page   string
		script string
		said   string   // what the script returns
		asked  []string // what the API was asked
	}{
		{
			"through the proxy, with a cookie", local,
			`await say("/api/cookie"); return say("/api/things", json("POST"))`,
			`200 POST /api/things {"a":1}`,
			[]string{"GET /api/cookie", "POST /api/things from " + api.origin + " with session=1"},
		},
		{
			"at its own address", local,
			`return say("` + api.origin + `/api/things", json("PUT"))`,
			`200 PUT /api/things {"a":1}`,
			[]string{"OPTIONS /api/things from " + local, "PUT /api/things from " + local + " with session=1"},
		},
		{
			"from a page that is not allowed", "http://" + app,
			`return say("` + api.origin + `/api/things", json("PUT"))`,
			"TypeError",
			[]string{"OPTIONS /api/things from http://" + app},
		},
		{
			"through the proxy, from a page that is not allowed", "http://" + app,
			`return say("` + local + `/api/things", json("PUT"))`,
			"TypeError", nil,
		},
		{
			"through the proxy, what no page needs to be allowed", "http://" + app,
			`await fetch("` + local + `/api/things", { method: "POST", mode: "no-cors", credentials: "include" }); return "sent"`,
			"sent",
			[]string{"POST /api/things from http://" + app},
		},
		{
			"a stranger's name that leads to the server", strings.Replace(local, "localhost", "stranger.example", 1),
			`return say("/api/things", json("POST")).then((text) => text.slice(0, 3))`,
			"403", nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			api.forget()
			if said := runScript(t, tab, test.page, test.script); said != test.said {
				t.Errorf("the page says %q, want %q", said, test.said)
			}
			if d := cmp.Diff(test.asked, api.forget()); d != "" {
				t.Errorf("the API was asked (-want +got)\n%s", d)
			}
		})
	}
}

// runScript runs the body of an asynchronous function on a page.
func runScript(t *testing.T, tab context.Context, page, script string) string {
	t.Helper()
	const helpers = `
const json = (method) => ({ method, credentials: "include", headers: { "Content-Type": "application/json" }, body: '{"a":1}' });
const say = (...request) => fetch(...request).then(async (r) => r.status + " " + await r.text(), (error) => error.name);
`
	limited, stop := context.WithTimeout(tab, 30*time.Second)
	defer stop()
	if err := chromedp.Do(limited, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	said, err := chromedp.Run(limited, chromedp.Evaluate[string]("(async () => {"+helpers+script+"})()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// startVite starts a development server with a program's policy app, as it is for
// development, and its dev proxies.
func startVite(t *testing.T, p *ir.Program) (addr string) {
	t.Helper()
	module := conformance.WriteModule(t, vite.Target(), p, emit.Options{Environment: "development"}, t.TempDir())
	cmd := exec.Command(conformance.Require(t, "node", "node"), filepath.Join(conformance.NodeFolder(t), "vitepage.mjs"), module)
	cmd.Env = append(os.Environ(), "VITE=vite8")
	return conformance.RunServer(t, cmd, 1)["app"]
}

// api is a server with the policy app, as it is for development, that notes what it
// is asked.
type api struct {
	origin string

	mu    sync.Mutex
	asked []string
}

func startAPI(t *testing.T) *api {
	t.Helper()
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/cookie" {
			w.Header().Set("Set-Cookie", "session=1; Domain=api.example.com; Path=/; HttpOnly")
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, body)
	}))
	t.Cleanup(behind.Close)
	program := conformance.Compile(t, fmt.Sprintf(developed, "http://localhost"))
	addr := conformance.StartGo(t, program, "development", behind.Listener.Addr().String())["app"]
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: addr})
	a := &api{}
	noting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.note(r)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(noting.Close)
	a.origin = strings.Replace(noting.URL, "127.0.0.1", "localhost", 1)
	return a
}

func (a *api) note(r *http.Request) {
	text := r.Method + " " + r.URL.Path
	if origin := r.Header.Get("Origin"); origin != "" {
		text += " from " + origin
	}
	if cookie := r.Header.Get("Cookie"); cookie != "" {
		text += " with " + cookie
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, text)
}

// forget returns what was asked, and forgets it.
func (a *api) forget() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := a.asked
	a.asked = nil
	return asked
}
