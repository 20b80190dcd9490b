package golang

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// observe collects what the policies decide while a test runs.
func observe(t *testing.T) *[]corsEvent {
	t.Helper()
	events := new([]corsEvent)
	corsObserve = func(e corsEvent) { *events = append(*events, e) }
	t.Cleanup(func() { corsObserve = nil })
	return events
}

func observing(tb testing.TB, s settings) *corsPolicy {
	tb.Helper()
	v := variant(tb, s)
	p := live(&v)
	p.name, p.observe = "app", corsReport
	return p
}

func TestObserve(t *testing.T) {
	preflight := http.Header{"Access-Control-Request-Method": {"PUT"}}
	tests := []struct {
		policy, method, origin string
		fields                 http.Header
		class                  corsClass
		allowed                bool
		reason                 corsReason
	}{
		{"one", "GET", "https://app.example.com", nil, corsClassActual, true, corsReasonOriginAllowed},
		{"one", "OPTIONS", "https://app.example.com", preflight, corsClassPreflight, true, corsReasonOriginAllowed},
		{"one", "OPTIONS", "https://app.example.com", nil, corsClassActual, true, corsReasonOriginAllowed},
		{"one", "OPTIONS", "", preflight, corsClassNonCORS, false, corsReasonNoOrigin},
		{"one", "GET", "", nil, corsClassNonCORS, false, corsReasonNoOrigin},
		{"one", "GET", "https://evil.example", nil, corsClassActual, false, corsReasonOriginNotAllowed},
		{"one", "OPTIONS", "https://evil.example", preflight, corsClassPreflight, false, corsReasonOriginNotAllowed},
		{"one", "GET", "null", nil, corsClassActual, false, corsReasonNullNotAllowed},
		{"one", "GET", "https://" + strings.Repeat("a", 600), nil, corsClassActual, false, corsReasonOriginTooLong},
		{"one", "GET", "https://app.example.com, https://b.example", nil, corsClassActual, false, corsReasonSeveralOrigins},
		{"gate", "POST", "https://evil.example", nil, corsClassActual, false, corsReasonOriginNotAllowed},
		{"any", "GET", "null", nil, corsClassActual, true, corsReasonAnyOriginAllowed},
		{"any", "GET", "", nil, corsClassNonCORS, true, corsReasonAnyOriginAllowed},
		{"any", "OPTIONS", "null", preflight, corsClassPreflight, true, corsReasonAnyOriginAllowed},
	}
	events := observe(t)
	for _, tt := range tests {
		*events = nil
		r := request(tt.method, http.Header{})
		for name, values := range tt.fields {
			r.Header[name] = values
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		h := observing(t, policies[tt.policy]).handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		h.ServeHTTP(httptest.NewRecorder(), r)
		want := corsEvent{Request: r, Policy: "app", Class: tt.class, Allowed: tt.allowed, Reason: tt.reason}
		if len(*events) != 1 || (*events)[0] != want {
			t.Errorf("%s %s %.40q: %+v, want %+v", tt.policy, tt.method, tt.origin, *events, want)
		}
	}
}

// The hook holds the request, and cannot change what was decided of it.
func TestHookThatEditsTheOrigin(t *testing.T) {
	corsObserve = func(e corsEvent) { e.Request.Header["Origin"][0] = "https://evil.example" }
	t.Cleanup(func() { corsObserve = nil })
	for _, method := range []string{"GET", "OPTIONS"} {
		w := httptest.NewRecorder()
		h := observing(t, policies["one"]).handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		h.ServeHTTP(w, request(method, http.Header{"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}}))
		if got := w.Result().Header.Get("Access-Control-Allow-Origin"); got != "https://app.example.com" {
			t.Errorf("%s: %q", method, got)
		}
	}
}

func TestObservingTakesNoMemory(t *testing.T) {
	count := map[corsReason]int{}
	corsObserve = func(e corsEvent) { count[e.Reason]++ }
	t.Cleanup(func() { corsObserve = nil })
	p := observing(t, policies["full"])
	r := request("GET", http.Header{"Origin": {"https://app.example.com"}})
	request := corsRequest{header: r.Header, origin: corsLine(r.Header, "Origin")}
	if n := testing.AllocsPerRun(100, func() { p.observe(p, r, request.origin, p.decide("GET", &request)) }); n != 0 {
		t.Error(n, "allocations")
	}
	if count[corsReasonOriginAllowed] != 101 {
		t.Error(count)
	}
}

// TestOptions compiles a package with every option, and its package
// documentation shows what they add.
func TestOptions(t *testing.T) {
	p := program(t, "app", policies["full"])
	environments(t, p, "development", "production")
	files := map[string]string{}
	for path, text := range printed(t, p, emit.Options{Package: "cors", Observe: true, FreshWriters: true}) {
		files["cors/"+path] = text
	}
	files["cors/cors_test.go"] = `package cors_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"printed/cors"
)

func Test(t *testing.T) {
	var events []cors.Event
	cors.Observe = func(e cors.Event) { events = append(events, e) }
	protect, err := cors.AppIn(cors.EnvironmentDevelopment)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	cors.App(h).ServeHTTP(httptest.NewRecorder(), r)
	protect(h).ServeHTTP(httptest.NewRecorder(), r)
	want := []cors.Event{
		{Request: r, Policy: "app", Class: cors.ClassActual, Allowed: true, Reason: cors.ReasonOriginAllowed},
		{Request: r, Policy: "app", Class: cors.ClassActual, Reason: cors.ReasonOriginNotAllowed},
	}
	if len(events) != 2 || events[0] != want[0] || events[1] != want[1] {
		t.Errorf("%+v", events)
	}
	allowed, err := cors.AppAllowsOriginIn(cors.EnvironmentDevelopment)
	if err != nil || !allowed("https://e0.example.com") || allowed("https://app.example.com") || allowed("") {
		t.Error("AppAllowsOriginIn", err)
	}
	if _, err := cors.AppAllowsOriginIn("dev"); err == nil {
		t.Error("an unknown environment is taken")
	}
	if !cors.AppAllowsOrigin("https://app.example.com") || cors.AppAllowsOrigin("https://e0.example.com") {
		t.Error("AppAllowsOrigin")
	}
}
`
	dir := write(t, files)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./...")
}

func TestNamesThatCollide(t *testing.T) {
	tests := []struct {
		names        []string
		environments []string
		options      emit.Options
		want         string
	}{
		{[]string{"app", "app_allows_origin"}, nil, emit.Options{}, "AppAllowsOrigin"},
		{[]string{"event"}, nil, emit.Options{Observe: true}, "Event"},
		{[]string{"event"}, nil, emit.Options{}, ""},
		{[]string{"environment_x"}, []string{"x"}, emit.Options{}, "EnvironmentX"},
		{[]string{"app"}, []string{"a_1", "a1"}, emit.Options{}, "EnvironmentA1"},
	}
	for _, tt := range tests {
		p := &ir.Program{Sources: []string{"cors.hcl"}}
		for _, name := range tt.names {
			p.Policies = append(p.Policies, program(t, name, policies["one"]).Policies...)
		}
		environments(t, p, tt.environments...)
		_, found := emitFiles(p, tt.options)
		var got []string
		for _, d := range found {
			got = append(got, d.Summary)
		}
		var want []string
		if tt.want != "" {
			want = []string{"Two things would be called " + tt.want + " in Go"}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(tt.names, d)
		}
	}
}
