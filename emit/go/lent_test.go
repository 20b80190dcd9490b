package golang

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The values that are lent to a server's writer are out of the header again when
// anybody else can look.
func TestNothingLentStays(t *testing.T) {
	shared := settings{origins: []string{appOrigin}, credentials: true, expose: "X-B", methods: "<echo>", headers: "<echo>", maxAge: 600}
	own := map[string]http.Header{
		"nothing": {},
		"a field": {"X-Own": {"1"}},
		"vary":    {"Vary": {"Accept", "Cookie"}, "X-Own": {"1"}},
		"an empty vary, its own CORS": {
			"Vary": {}, "vary": {"Accept"}, "Access-Control-Allow-Origin": {"*"}, "access-control-max-age": {"9"},
		},
	}
	for name, own := range own {
		for _, status := range []int{200, 204, 304, 404, 999} {
			w := newAbleWriter()
			v := variant(t, shared)
			h := live(&v).handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range own {
					w.Header()[name] = values
				}
				w.WriteHeader(status)
				checkNoneLent(t, name, w.Header(), own)
			})).(*corsHandler)
			h.chain.copying.seen.Store(corsTypeOf(w))
			h.ServeHTTP(w, appRequest())
			checkNoneLent(t, name, w.header, own)
			if got := outcomeOf(status, w.sent, false); !reflect.DeepEqual(got.CORS, appHeaders.CORS) {
				t.Error(name, got)
			}
			w = newAbleWriter()
			h.ServeHTTP(w, request("OPTIONS", http.Header{
				"Origin": {appOrigin}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"x-a"},
			}))
			if len(w.header) != 0 || len(w.sent) != 6 {
				t.Error(name, w.header, w.sent)
			}
		}
	}
}

func checkNoneLent(t *testing.T, name string, h, own http.Header) {
	t.Helper()
	if len(h.Values("Vary")) > 0 && !reflect.DeepEqual(h.Values("Vary"), own.Values("Vary")) && own[strings.ToLower("Vary")] == nil {
		t.Errorf("%s: Vary is %q", name, h["Vary"])
	}
	for key := range h {
		if corsIsOwned(key) {
			t.Errorf("%s: %s is there", name, key)
		}
	}
	if (h.Get("X-Own") == "") != (own.Get("X-Own") == "") {
		t.Errorf("%s: %v", name, h)
	}
}

// The values of a request are its handler's to edit: the response is about the
// origin that was decided on.
func TestRequestEditedAfterTheDecision(t *testing.T) {
	for _, copying := range []bool{false, true} {
		for _, fresh := range []bool{false, true} {
			h := corsHandlerOf(t, copying, func(w http.ResponseWriter, r *http.Request) {
				r.Header["Origin"][0] = "https://evil.example"
				w.WriteHeader(200)
			})
			h.policy.fresh = fresh
			w := newAbleWriter()
			h.ServeHTTP(w, appRequest())
			if got := outcomeOf(200, w.sent, false); !reflect.DeepEqual(got.CORS, appHeaders.CORS) {
				t.Error(copying, fresh, got)
			}
		}
	}
}

// Whoever appends to a value of the header, as Header.Add does, changes no other
// value of the same response.
func TestValuesDoNotTouch(t *testing.T) {
	w := httptest.NewRecorder()
	middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
	})).ServeHTTP(w, appRequest())
	for name, values := range w.Header() {
		if len(values) != cap(values) {
			t.Errorf("%s has room for more", name)
		}
	}
}

// A handler may set Vary to a slice that it uses again with another content.
func TestMergedVaryIsNotTheHandlers(t *testing.T) {
	mine := []string{"Accept"}
	h := corsHandlerOf(t, true, func(w http.ResponseWriter, r *http.Request) {
		mine[0] = r.Header.Get("X-Vary")
		w.Header()["Vary"] = mine
		w.WriteHeader(200)
	})
	for _, vary := range []string{"Accept", "Cookie", "Accept", "Accept"} {
		r := appRequest()
		r.Header.Set("X-Vary", vary)
		w := newAbleWriter()
		h.ServeHTTP(w, r)
		if got := w.sent["Vary"]; len(got) != 1 || got[0] != vary+", Origin" {
			t.Errorf("%s: %q", vary, got)
		}
	}
}

// What a middleware outside has set before a preflight is answered for the handler:
// its Vary is merged and stays its own, its CORS headers are removed.
func TestPreflightMergesWhatIsOutside(t *testing.T) {
	for _, copying := range []bool{false, true} {
		h := corsHandlerOf(t, copying, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
		w := newAbleWriter()
		upstreamCORS(w.header)
		mine := []string{"Accept-Encoding", "origin"}
		w.header["Vary"], w.header["X-Outside"] = mine, []string{"1"}
		h.ServeHTTP(w, request("OPTIONS", http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"PUT"}}))
		want := http.Header{
			"Vary":      {"Accept-Encoding, origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
			"X-Outside": {"1"},
		}
		if d := cmp.Diff(want, w.sent); d != "" {
			t.Error(copying, d)
		}
		if d := cmp.Diff([]string{"Accept-Encoding", "origin"}, mine); d != "" {
			t.Error(copying, d)
		}
		if copying && &w.header["Vary"][0] != &mine[0] {
			t.Error("the Vary of the middleware is not put back")
		}
	}
}

// A status that net/http refuses with a panic leaves nothing in the header that
// belongs to other responses too.
func TestNothingLentStaysAfterAPanic(t *testing.T) {
	for _, p := range protocols {
		decided := variant(t, appSettings)
		policy := live(&decided)
		before := decisions(policy)
		s := p.start(t, policy.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				panicOf(func() { w.WriteHeader(1000) })
				spoil(w.Header())
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(200)
		})))
		if response, err := s.Client().Get(s.URL + "/panic"); err == nil {
			response.Body.Close()
			t.Error("an aborted handler got an answer through")
		}
		if got := outcomeOf(200, get(t, s, "GET", "/").Header, false); !reflect.DeepEqual(got.CORS, appHeaders.CORS) {
			t.Error(p.name, got)
		}
		if !reflect.DeepEqual(before, decisions(policy)) {
			t.Error(p.name, "the policy has changed")
		}
	}
}

// One handler may serve writers that copy and writers that do not, in turn.
func TestWritersInTurn(t *testing.T) {
	h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Vary", "Accept")
		w.WriteHeader(200)
	})
	alone(&h.chain)
	want := outcome{Status: 200, CORS: appHeaders.CORS, Vary: []string{"accept", "origin"}}
	for range 3 {
		copying, other := newAbleWriter(), httptest.NewRecorder()
		h.ServeHTTP(copying, appRequest())
		h.ServeHTTP(other, appRequest())
		if d := cmp.Diff(want, outcomeOf(copying.status, copying.sent, false)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(want, outcomeOf(other.Code, other.Result().Header, false)); d != "" {
			t.Error(d)
		}
	}
}

// The same lines of Vary are merged with what the response adds, which is more for
// a preflight.
func TestMergedVaryIsTheResponses(t *testing.T) {
	h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
	for range 2 {
		for method, want := range map[string]string{
			"GET":     "Accept, Origin",
			"OPTIONS": "Accept, Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
		} {
			w := newAbleWriter()
			w.header.Set("Vary", "Accept")
			h.ServeHTTP(w, request(method, http.Header{"Origin": {appOrigin}, "Access-Control-Request-Method": {"PUT"}}))
			if got := w.sent.Values("Vary"); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %q", method, got)
			}
		}
	}
}
