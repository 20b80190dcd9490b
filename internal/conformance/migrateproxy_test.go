package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
)

// proxied is what becomes of a PUT that a development server passes on, where the
// server is at localhost:5173, and the API at localhost:8080.
type proxied struct {
	Target   string // that the API gets
	Origin   string // that the API gets, from a page of the server
	Stranger string // that the API gets, from a page of https://other.example
	Location string // that the browser gets for http://localhost:8080/orders/1
	Cookie   string // that the browser gets for one with Domain=api.example.com
}

// TestMigratedProxies demands of development servers what requests.txt cannot say.
func TestMigratedProxies(t *testing.T) {
	tests := []struct {
		folder string
		want   proxied
	}{
		{"vite-proxy/before", proxied{
			Target: "/orders/1", Origin: "http://localhost:5173", Stranger: "https://other.example",
			Location: "http://localhost:8080/orders/1", Cookie: "session=1; Domain=api.example.com",
		}},
		{"vite-proxy/after", proxied{
			Target: "/orders/1", Origin: "http://localhost:8080", Stranger: "https://other.example",
			Location: "/api/orders/1", Cookie: "session=1",
		}},
		{"cra-proxy/before", proxied{
			Target: "/api/orders/1", Origin: "http://localhost:8080", Stranger: "http://localhost:8080",
			Location: "http://localhost:8080/orders/1", Cookie: "session=1; Domain=api.example.com",
		}},
		{"cra-proxy/before-setup", proxied{
			Target: "/orders/1", Origin: "http://localhost:5173", Stranger: "https://other.example",
			Location: "http://localhost:8080/orders/1", Cookie: "session=1; Domain=api.example.com",
		}},
		{"cra-proxy/after", proxied{
			Target: "/api/orders/1", Origin: "http://localhost:8080", Stranger: "https://other.example",
			Location: "/orders/1", Cookie: "session=1",
		}},
	}
	for _, test := range tests {
		t.Run(test.folder, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(test.want, proxy(t, "../../examples/migrate/"+test.folder)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// proxy starts a development server and returns what becomes of a PUT.
func proxy(t *testing.T, dir string) proxied {
	t.Helper()
	var got *http.Request
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Location", "http://"+r.Host+"/orders/1")
		w.Header().Set("Set-Cookie", "session=1; Domain=api.example.com")
		w.WriteHeader(http.StatusSeeOther)
	}))
	t.Cleanup(api.Close)
	upstream := strings.TrimPrefix(api.URL, "http://")
	addr, said := conformance.StartFolder(t, dir, "development", upstream)
	if addr == "" {
		t.Fatal(said)
	}
	put := func(origin string) http.Header {
		r, err := http.NewRequest(http.MethodPut, "http://"+addr+"/api/orders/1", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "localhost:5173"
		r.Header.Set("Origin", origin)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.Header
	}
	named := func(text string) string { return strings.ReplaceAll(text, upstream, "localhost:8080") }
	answer := put("http://localhost:5173")
	p := proxied{
		Target: got.RequestURI, Origin: named(got.Header.Get("Origin")),
		Location: named(answer.Get("Location")), Cookie: answer.Get("Set-Cookie"),
	}
	put("https://other.example")
	p.Stranger = named(got.Header.Get("Origin"))
	return p
}
