package golang

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

func TestRuntimeOwnsWhatPoliciesOwn(t *testing.T) {
	if d := cmp.Diff(ir.Owned(), corsOwned[:]); d != "" {
		t.Error(d)
	}
	if corsMaxList != ir.MaxList {
		t.Error(corsMaxList)
	}
	for echo, name := range map[corsEcho]ir.Echo{
		corsEchoOrigin: ir.EchoOrigin, corsEchoMethod: ir.EchoMethod, corsEchoHeaders: ir.EchoHeaders,
	} {
		if echo != corsEcho(name) {
			t.Error(echo, name)
		}
	}
}

// policies are the shapes that a policy's decisions come in.
var policies = map[string]settings{
	"any":     {origins: []string{"*"}, methods: "*", headers: "*, Authorization", expose: "*"},
	"one":     {origins: []string{"https://app.example.com"}},
	"full":    {origins: []string{"https://app.example.com", "https://*.example.org", "null"}, methods: "GET, PUT", headers: "X-A", expose: "X-B", credentials: true, maxAge: 600},
	"reflect": {origins: []string{"http://localhost:*"}, methods: "<echo>", headers: "<echo>", credentials: true},
	"gate":    {origins: []string{"https://app.example.com"}, gate: true},
}

// outcome is what the semantics promise of a response.
type outcome struct {
	Status  int
	CORS    []string
	Vary    []string
	Reached bool
}

func outcomeOf(status int, h http.Header, reached bool) outcome {
	o := outcome{Status: status, Reached: reached}
	for name, values := range h {
		for _, v := range values {
			switch canonical := http.CanonicalHeaderKey(name); {
			case strings.HasPrefix(canonical, "Access-Control-"):
				o.CORS = append(o.CORS, canonical+": "+v)
			case canonical == "Vary":
				for _, member := range strings.Split(strings.ToLower(v), ",") {
					if member = strings.Trim(member, " \t"); member != "" {
						o.Vary = append(o.Vary, member)
					}
				}
			}
		}
	}
	slices.Sort(o.CORS)
	slices.Sort(o.Vary)
	o.Vary = slices.Compact(o.Vary)
	if slices.Contains(o.Vary, "*") {
		o.Vary = []string{"*"}
	}
	return o
}

// expected is the outcome by the reference, of a handler that answers with
// upstream's headers and a status.
func expected(e *eval.Evaluator, r *http.Request, status int, upstream http.Header) outcome {
	var fields []eval.Field
	for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		for _, v := range r.Header[name] {
			fields = append(fields, eval.Field{Name: name, Value: v})
		}
	}
	d := e.Decide(r.Method, fields)
	h := http.Header{}
	if d.Status == 0 {
		h = upstream.Clone()
		for name := range upstream {
			if slices.ContainsFunc(d.Delete, func(n string) bool { return strings.EqualFold(n, name) }) {
				delete(h, name)
			}
		}
	} else {
		status = d.Status
	}
	for _, f := range d.Set {
		h.Set(f.Name, f.Value)
	}
	for _, member := range d.Vary {
		h.Add("Vary", member)
	}
	return outcomeOf(status, h, d.Status == 0)
}

func actualOutcome(handler func(http.Handler) http.Handler, r *http.Request, status int, upstream http.Header) outcome {
	reached := false
	w := httptest.NewRecorder()
	handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = true
		for name, values := range upstream {
			w.Header()[name] = slices.Clone(values)
		}
		w.WriteHeader(status)
	})).ServeHTTP(w, r)
	return outcomeOf(w.Code, w.Result().Header, reached)
}

func request(method string, fields http.Header) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Method, r.Header = method, fields
	return r
}

var long = strings.Repeat("a", 4000)

func TestDecisionsEqualTheReference(t *testing.T) {
	origins := [][]string{
		nil,
		{""},
		{" \t"},
		{"null"},
		{"https://app.example.com"},
		{"\thttps://app.example.com "},
		{"https://APP.example.com"},
		{"https://a.example.org"},
		{"https://a.b.example.org"},
		{"https://.example.org"},
		{"http://localhost"},
		{"http://localhost:80"},
		{"http://localhost:080"},
		{"*"},
		{"https://app.example.com, https://app.example.com"},
		{"https://app.example.com", "https://app.example.com"},
		{"", "https://app.example.com"},
		{"https://" + strings.Repeat("a", 492) + ".example.org"},
		{"https://" + strings.Repeat("a", 493) + ".example.org"},
	}
	methods := [][]string{nil, {""}, {"PUT"}, {" PUT "}, {"P UT"}, {"PUT", "GET"}, {"", "PUT"}, {"PUT, GET"}, {long}, {long + "a"}, {"é"}}
	headers := [][]string{
		nil,
		{""},
		{"x-a"},
		{" x-a,x-b ,\tx-c\t"},
		{"x-a,"},
		{",x-a"},
		{"x-a,,x-b"},
		{"x a"},
		{"x-a", "x-b"},
		{"x-a", ""},
		{long},
		{long + "a"},
		{"x-\x80"},
	}
	upstreams := []http.Header{
		{},
		{"Access-Control-Allow-Origin": {"*", "https://evil.example"}, "access-control-max-age": {"5"}, "Access-Control-Other": {"kept"}, "Vary": {"Accept-Encoding, Cookie"}},
		{"Vary": {"", "accept , ORIGIN"}, "vary": {"Cookie"}, "ACCESS-CONTROL-ALLOW-PRIVATE-NETWORK": {"true"}},
		{"Vary": {"Cookie", "Accept, *"}},
	}
	for name, s := range policies {
		v := variant(t, s)
		reference := eval.New(&v)
		for _, origin := range origins {
			for _, method := range methods {
				for _, header := range headers {
					for i, verb := range []string{"OPTIONS", "GET", "options"} {
						r := request(verb, http.Header{})
						set(r.Header, "Origin", origin)
						set(r.Header, "Access-Control-Request-Method", method)
						set(r.Header, "Access-Control-Request-Headers", header)
						upstream := upstreams[(i+len(origin)+len(method)+len(header))%len(upstreams)]
						if d := cmp.Diff(expected(reference, r, 404, upstream), actualOutcome(live(&v).handler, r, 404, upstream)); d != "" {
							t.Fatalf("%s: %s %q: %s", name, verb, r.Header, d)
						}
					}
				}
			}
		}
	}
}

func set(h http.Header, name string, values []string) {
	if values != nil {
		h[name] = values
	}
}

func FuzzDecisionsEqualTheReference(f *testing.F) {
	f.Add("full", "OPTIONS", "https://app.example.com", "PUT", "x-a, x-b", "Vary", "Accept")
	f.Add("reflect", "OPTIONS", "http://localhost:8080", "P UT", "x-a\t,x-b", "Access-Control-Allow-Origin", "*")
	f.Add("any", "GET", "null", "", "", "vary", "*")
	f.Fuzz(func(t *testing.T, policy, method, origin, acrm, acrh, name, value string) {
		s, ok := policies[policy]
		if !ok {
			return
		}
		v := variant(t, s)
		r := request(method, http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {acrm}, "Access-Control-Request-Headers": {acrh},
		})
		upstream := http.Header{name: {value}}
		if d := cmp.Diff(expected(eval.New(&v), r, 200, upstream), actualOutcome(live(&v).handler, r, 200, upstream)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestVaryIsOneLine(t *testing.T) {
	tests := []struct {
		lines []string
		want  string
	}{
		{nil, "Origin"},
		{[]string{"Accept"}, "Accept, Origin"},
		{[]string{"Accept", "Cookie"}, "Accept, Cookie, Origin"},
		{[]string{"accept , origin"}, "accept, origin"},
		{[]string{"", " ,, "}, "Origin"},
		{[]string{"Accept", "*"}, "*"},
	}
	for _, tt := range tests {
		h := http.Header{}
		set(h, "Vary", tt.lines)
		response := corsResponse{vary: []string{"Origin"}}
		response.apply(h, &corsRequest{}, &corsMerged{})
		if d := cmp.Diff([]string{tt.want}, h["Vary"]); d != "" {
			t.Error(tt.lines, d)
		}
	}
}

// Reading what a response repeats takes no memory, however hostile it is.
func TestReflectedValuesCostNothing(t *testing.T) {
	hostile := []string{strings.Repeat("a,", 500_000), strings.Repeat(",", 1_000_000), strings.Repeat("a", 1_000_000), strings.Repeat("é", 500_000)}
	for _, s := range hostile {
		r := &corsRequest{header: http.Header{"Access-Control-Request-Headers": {s}, "Access-Control-Request-Method": {s}}}
		n := testing.AllocsPerRun(10, func() {
			for _, echo := range []corsEcho{corsEchoMethod, corsEchoHeaders} {
				if h := (corsHeader{echo: echo}); h.line(r) != nil {
					t.Error("repeated")
				}
			}
			corsIsTokenList(s)
			corsIsToken(s)
		})
		if n != 0 {
			t.Errorf("%.10q... took %v allocations", s, n)
		}
	}
}
