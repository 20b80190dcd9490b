package verify_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/verify"
)

const app = `policy "app" {
  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://pr-{digits}.preview.example.com",
  ]
  allow_methods     = ["GET", "PUT", "DELETE"]
  allow_headers     = ["Content-Type", "X-Trace"]
  expose_headers    = ["X-Total"]
  allow_credentials = true
  max_age           = 600
}
`

// variant returns the base of the first policy of a program.
func variant(t *testing.T, text string) *ir.Variant {
	t.Helper()
	return &conformance.Compile(t, text).Policies[0].Variants[0]
}

// target returns a server at a URL that promises a policy.
func target(t *testing.T, url string, v *ir.Variant) verify.Target {
	t.Helper()
	u, err := verify.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Target{URL: u, Variant: v, Policy: `policy "app"`, Rate: verify.MaxRate, Run: "run", Timeout: 2 * time.Second}
}

// ask verifies a handler.
func ask(t *testing.T, h http.Handler, v *ir.Variant) *verify.Result {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	result, err := verify.Run(context.Background(), target(t, server.URL+"/things", v))
	if err != nil {
		t.Fatal(err)
	}
	if result.Requests > verify.MaxRequests {
		t.Errorf("%d requests were sent", result.Requests)
	}
	return result
}

// codes returns the codes of findings, each once.
func codes(r *verify.Result) []string {
	var all []string
	for _, d := range r.Findings {
		all = append(all, d.Code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// things is an application that knows nothing of CORS: a page with a validator,
// and errors.
func things(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/things" {
		http.NotFound(w, r)
		return
	}
	if r.Method != "GET" && r.Method != "HEAD" {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("ETag", `"1"`)
	http.ServeContent(w, r, "things.txt", time.Time{}, strings.NewReader("things"))
}

// right answers as a policy says, before next.
func right(v *ir.Variant, next http.HandlerFunc) http.HandlerFunc {
	e := eval.New(v)
	return func(w http.ResponseWriter, r *http.Request) {
		var fields []eval.Field
		for name, values := range r.Header {
			for _, v := range values {
				fields = append(fields, eval.Field{Name: name, Value: v})
			}
		}
		d := e.Decide(r.Method, fields)
		for _, f := range d.Set {
			w.Header().Set(f.Name, f.Value)
		}
		for _, m := range d.Vary {
			w.Header().Add("Vary", m)
		}
		if d.Status != 0 {
			w.WriteHeader(d.Status)
			return
		}
		next(w, r)
	}
}

func TestRightServers(t *testing.T) {
	for name, text := range map[string]string{
		"credentials": app,
		"any":         `policy "app" { allow_origins = ["*"] }`,
		"any, all":    "policy \"app\" {\n allow_origins = [\"*\"]\n allow_methods = [\"*\"]\n allow_headers = [\"*\", \"Authorization\"]\n max_age = 0\n}",
		"gate":        "policy \"app\" {\n allow_origins = [\"https://*.example.com\"]\n origin_gate = true\n}",
		"reflected":   "policy \"app\" {\n allow_origins = [\"https://app.example.com\"]\n allow_methods = [\"*\"]\n allow_headers = [\"*\"]\n allow_credentials = true\n preflight_status = 200\n}",
		"local":       `policy "app" { allow_origins = ["http://localhost:3000", "http://127.0.0.1:8080", "capacitor://localhost"] }`,
		"null":        `policy "app" { allow_origins = ["null"] }`,
	} {
		t.Run(name, func(t *testing.T) {
			v := variant(t, text)
			if r := ask(t, right(v, things), v); len(r.Findings) > 0 {
				t.Errorf("%+v", r.Findings)
			}
		})
	}
}

// written imitates what people write by hand: allows says which origins.
type written struct {
	allows      func(origin string) string // what to say in Access-Control-Allow-Origin; "" for nothing
	credentials string
	noVary      bool
}

func (s written) wrap(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if !s.noVary {
			h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
		}
		preflight := r.Method == "OPTIONS"
		if allow := s.allows(r.Header.Get("Origin")); allow != "" {
			h.Set("Access-Control-Allow-Origin", allow)
			if s.credentials != "" {
				h.Set("Access-Control-Allow-Credentials", s.credentials)
			}
			if preflight {
				h.Set("Access-Control-Allow-Methods", "GET, PUT, DELETE")
				h.Set("Access-Control-Allow-Headers", "Content-Type, X-Trace")
				h.Set("Access-Control-Max-Age", "600")
			} else {
				h.Set("Access-Control-Expose-Headers", "X-Total")
			}
		} else if preflight {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if preflight {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next(w, r)
	}
}

// when returns a server's way to allow the origins that a condition is true of.
func when(condition func(string) bool) written {
	return written{credentials: "true", allows: func(o string) string {
		if o != "" && condition(o) {
			return o
		}
		return ""
	}}
}

// TestPlanIsSmall holds the promise that the number of requests has a bound.
func TestPlanIsSmall(t *testing.T) {
	var origins []string
	for _, n := range "abcdefghijklmnopqrstuvwxyz" {
		origins = append(origins, `"https://`+string(n)+`.one.example.com:8080"`, `"https://*.`+string(n)+`.two.example.org"`)
	}
	v := variant(t, "policy \"app\" { allow_origins = ["+strings.Join(origins, ", ")+"] }")
	r := ask(t, right(v, things), v)
	if len(r.Findings) > 0 {
		t.Errorf("%+v", r.Findings)
	}
	if r.Requests > verify.MaxRequests || r.Requests < verify.MaxRequests-5 {
		t.Errorf("%d requests are sent, MaxRequests is %d", r.Requests, verify.MaxRequests)
	}
}

func TestParseURL(t *testing.T) {
	tests := []struct{ text, want string }{ // "" for an error
		{"https://api.example.com", "https://api.example.com/"},
		{"http://127.0.0.1:8080/a/b?c=d", "http://127.0.0.1:8080/a/b?c=d"},
		{"https://[::1]/a%20b", "https://[::1]/a%20b"},
		{"api.example.com", ""},
		{"ftp://api.example.com/", ""},
		{"https://", ""},
		{"https:api.example.com", ""},
		{"https://me:secret@api.example.com/", ""},
		{"https://api.example.com/#part", ""},
		{"https://api.example.com//a", ""},
		{"https://api.example.com/a/../b", ""},
		{"https://api.example.com/a%2Fb", ""},
		{"https://api.example.com/\x00", ""},
	}
	for _, test := range tests {
		u, err := verify.ParseURL(test.text)
		got := ""
		if err == nil {
			got = u.String()
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%q (-want +got)\n%s", test.text, d)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows the password", test.text)
		}
	}
}

func TestRate(t *testing.T) {
	v := variant(t, `policy "app" { allow_origins = ["*"] }`)
	server := httptest.NewServer(right(v, things))
	defer server.Close()
	at := target(t, server.URL+"/things", v)
	at.Rate = 50
	start := time.Now()
	r, err := verify.Run(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	if least := time.Duration(r.Requests-1) * time.Second / 50; time.Since(start) < least {
		t.Errorf("%d requests took %v", r.Requests, time.Since(start))
	}
}

// TestVariantWithoutOrigins demands that a program which no policy file can say
// is no reason to fail.
func TestVariantWithoutOrigins(t *testing.T) {
	v := &ir.Variant{}
	if r := ask(t, http.HandlerFunc(things), v); r.Status != 0 || len(r.Findings) > 0 {
		t.Errorf("%+v", r)
	}
}

// TestEveryURLIsNew demands that no request has the URL of another one, so that no
// cache answers in place of the server or keeps an answer for visitors; but for
// those that look for caches, and for the one that asks whether a page is new.
func TestEveryURLIsNew(t *testing.T) {
	v := variant(t, app)
	seen := map[string]int{}
	h := right(v, things)
	ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen[r.URL.String()]++
		h(w, r)
	}), v)
	want := map[int]int{1: len(seen) - 3, 2: 3}
	got := map[int]int{}
	for u, n := range seen {
		got[n]++
		if !strings.HasSuffix(u, "-run") {
			t.Errorf("%s is not of this run", u)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("how many URLs are asked how often (-want +got)\n%s", d)
	}
}
