package chromium

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

const (
	acao = "Access-Control-Allow-Origin: "
	acac = "Access-Control-Allow-Credentials: "
	acam = "Access-Control-Allow-Methods: "
	acah = "Access-Control-Allow-Headers: "
	aceh = "Access-Control-Expose-Headers: "
	acma = "Access-Control-Max-Age: "
)

// TestAnswers plays answers of a server, malformed in every way.
func TestAnswers(t *testing.T) {
	all := slices.Concat(
		origins(), credentials(), methods(), headers(), exposed(), statuses(), redirects(), requests(), modes(), nobody(),
	)
	t.Logf("%d scenarios", len(all))
	if len(all) < 300 {
		t.Error("there are fewer than 300 scenarios")
	}
	play(t, all)
	demandReasons(t, all)
}

// demandReasons demands that the scenarios meet every reason but those that only a
// policy or the console knows of.
func demandReasons(t *testing.T, all []*scenario) {
	t.Helper()
	met := map[reason.Reason]bool{reason.OriginNotAllowed: true, reason.NoPolicy: true, reason.UnsupportedScheme: true, reason.LocalNetwork: true}
	for _, s := range all {
		for _, step := range expect(t, s, s.server).Steps {
			met[step.Reason] = true
		}
	}
	for _, e := range reason.All() {
		if !met[e.Reason] {
			t.Errorf("no scenario is about %s", e.Reason)
		}
	}
}

// answer is a response as a scenario writes it: a status, and header lines.
func answer(status int, lines ...string) browser.Response {
	r := browser.Response{Status: status}
	if status != 204 && status != 304 {
		lines = append(slices.Clip(lines), fmt.Sprintf("Content-Length: %d", len(body)))
	}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Headers = append(r.Headers, browser.Header{Name: name, Value: value})
	}
	return r
}

// answers is a server that answers preflights and requests.
func answers(preflight, response browser.Response) browser.Server {
	return func(m browser.Message) (browser.Response, bool) {
		if has(m.Headers, "Access-Control-Request-Method") {
			return preflight, true
		}
		return response, true
	}
}

// always answers every request alike.
func always(r browser.Response) browser.Server { return answers(r, r) }

// one is a scenario of one request.
func one(name string, r browser.Request, server browser.Server) *scenario {
	return &scenario{name: name, steps: []step{{request: r}}, server: server}
}

var include = browser.Request{Credentials: browser.Include}

func put(names ...string) browser.Request {
	return browser.Request{Method: "PUT", Headers: fields(names...)}
}

// fields are request headers of these names.
func fields(names ...string) []browser.Header {
	var all []browser.Header
	for _, n := range names {
		all = append(all, browser.Header{Name: n, Value: "1"})
	}
	return all
}

// origins are values of Access-Control-Allow-Origin.
func origins() []*scenario {
	values := []string{
		page, "*", "null", "", " ", "\t" + page + "\t", page + "/", page + "/x", page + ":443", page + ":8443", "HTTPS://app.example.com", "https://APP.example.com",
		"http://app.example.com", "https://b.example", "https://example.com", "https://app.example.com.", "https://app.example.com.evil.example", "//app.example.com", "app.example.com",
		page + ", " + page, page + "," + page, page + " https://b.example", "*, *", "*, " + page, page + ",", ", " + page, ",", "* *", "**", "\"*\"", "'*'", "https://*.example.com",
		"https://*", "*.example.com", "Null", "NULL", "undefined", "none", "true", "false", "0", "x", "file://", "data:", "https://", "https:app.example.com", "https:/app.example.com",
		"https:", "about:blank", "chrome-extension://abcdefghijklmnop", "https://user@app.example.com", "https://app.example.com?x", "https://app.example.com#x", "https://app.example.com\\",
		"https://%61pp.example.com", "https://b\xfccher.example", "https://b\xc3\xbccher.example", "https://1.2.3.4.5", "https://1.2.999.4", "https://[::1%25lo]", "file:", "ws:", "+:", "1+a:b", "https://a b/", "ftp://a", "\xc3\xbc", page + "\x01", "<" + page + ">", "\"" + page + "\"", "[" + page + "]", page + ";", page + "\xa0", "https://xn--bcher-kva.example",
		"https://[::1]", "https://[::1", "https://1.2.3", "https://a:99999", "https://a:b", "https://a b", strings.Repeat("x", 9000), "https://" + strings.Repeat("a.", 2000) + "example",
		"javascript:1", "1:2", "a:b", "http:", "http://", "ws://app.example.com", "https://app.example.com:", "https://app.example.com:0443", "%", "https://%", "https://a%20b", "https://^",
	}
	var all []*scenario
	for _, v := range values {
		all = append(all, one(fmt.Sprintf("ACAO %.60q", v), browser.Request{}, answers(answer(204), answer(200, acao+v))))
	}
	for c := range 0x82 { // in a host, and behind an origin
		if c != 0 && c != '\r' && c != '\n' {
			all = append(all,
				one(fmt.Sprintf("ACAO with %#x in the host", c), browser.Request{}, answers(answer(204), answer(200, acao+"https://a"+string([]byte{byte(c)})+"b.example"))),
				one(fmt.Sprintf("ACAO with %#x behind", c), browser.Request{}, answers(answer(204), answer(200, acao+page+string([]byte{byte(c)})))))
		}
	}
	for _, lines := range [][]string{
		nil,
		{acao + "*", acao + "*"},
		{acao + page, acao + page},
		{acao + page, acao + "https://b.example"},
		{acao + "", acao + page},
		{acao + page, acao + ""},
		{"access-control-allow-origin: " + page},
		{"ACCESS-CONTROL-ALLOW-ORIGIN: *"},
		{"Access-Control-Allow-Origin : *"},
		{"Access_Control_Allow_Origin: *"},
		{"Allow-Origin: *"},
		{"Access-Control-Allow-Origins: *"},
	} {
		all = append(all, one(fmt.Sprintf("ACAO lines %q", lines), browser.Request{}, answers(answer(204), answer(200, lines...))))
	}
	for _, v := range []string{"*", page, "null", "https://b.example", "", "x", "*, *"} {
		all = append(all,
			one(fmt.Sprintf("ACAO %q with credentials", v), include, answers(answer(204), answer(200, acao+v, acac+"true"))),
			one(fmt.Sprintf("ACAO %q on a preflight", v), put(), answers(answer(204, acao+v, acam+"PUT"), answer(200, acao+page))),
			one(fmt.Sprintf("ACAO %q to a sandboxed page", v), browser.Request{Origin: "null"}, answers(answer(204), answer(200, acao+v))))
	}
	return all
}

// credentials are values of Access-Control-Allow-Credentials.
func credentials() []*scenario {
	var all []*scenario
	for _, v := range []string{"true", "True", "TRUE", "false", "", " true ", "\ttrue", "1", "yes", "*", "true, true", "true,", "\"true\"", "true;", "tru\xe9", "true true", strings.Repeat("true", 2000), "null"} {
		all = append(all,
			one(fmt.Sprintf("ACAC %.40q", v), include, answers(answer(204), answer(200, acao+page, acac+v))),
			one(fmt.Sprintf("ACAC %.40q on a preflight", v), browser.Request{Method: "PUT", Credentials: browser.Include},
				answers(answer(204, acao+page, acac+v, acam+"PUT"), answer(200, acao+page, acac+"true"))))
	}
	for _, lines := range [][]string{nil, {acac + "true", acac + "true"}, {acac + "true", acac + "false"}, {"access-control-allow-credentials: true"}, {acac + "", acac + "true"}} {
		all = append(all, one(fmt.Sprintf("ACAC lines %q", lines), include, answers(answer(204), answer(200, append(lines, acao+page)...))))
	}
	for _, mode := range []browser.Credentials{browser.Omit, browser.SameOrigin} {
		all = append(all, one("ACAC false, credentials "+string(mode), browser.Request{Credentials: mode}, answers(answer(204), answer(200, acao+page, acac+"false"))))
	}
	return all
}

// methods are values of Access-Control-Allow-Methods.
func methods() []*scenario {
	var all []*scenario
	for _, v := range []string{
		"PUT", "put", "Put", "*", "", " ", "GET", "GET, PUT", "GET,PUT", "PUT,", ",PUT", ",,PUT,,", "PUT;GET", "GET PUT", "PUT GET", "\"PUT\"", "'PUT'", "PUT, \"GET\"", "PUT, a b", "PUT, (", "P\xfcT", "PUT, \xfc",
		"PUT\t,\tGET", "*, GET", "**", "* *", "PUT PUT", "PUT, PUT", strings.Repeat("A,", 4000) + "PUT", "PUT, " + strings.Repeat("A", 8000), "PUT/1.1", "[PUT]", "PUT, =", "PUT:", "\"", "PUT, \"", "\"PUT, GET", "PUT, \\", ",", "PUT, GET;q=1", "PUT|GET",
	} {
		all = append(all, one(fmt.Sprintf("ACAM %.40q", v), put(), answers(answer(204, acao+page, acam+v), answer(200, acao+page))))
	}
	for _, lines := range [][]string{nil, {acam + "GET", acam + "PUT"}, {acam + "PUT", acam + ""}, {acam + "", acam + "PUT"}, {acam + "PUT", acam + "a b"}, {"access-control-allow-methods: PUT"}, {"Allow: PUT"}} {
		all = append(all, one(fmt.Sprintf("ACAM lines %q", lines), put(), answers(answer(204, append(lines, acao+page)...), answer(200, acao+page))))
	}
	for _, tt := range []struct{ method, allow string }{
		{"patch", "PATCH"},
		{"patch", "patch"},
		{"patch", "*"},
		{"PATCH", "patch"},
		{"delete", "DELETE"},
		{"DELETE", "delete"},
		{"OPTIONS", "OPTIONS"},
		{"OPTIONS", ""},
		{"options", "*"},
		{"propfind", "PROPFIND"},
		{"PROPFIND", "PROPFIND"},
		{"*", "*"},
		{"A!#$%&'*+-.^_`|~9", "A!#$%&'*+-.^_`|~9"},
		{"GET", "PUT"},
		{"POST", "GET"},
		{"HEAD", ""},
		{"post", ""},
		{"get", ""},
		{"head", "*"},
		{"QUERY", "QUERY"},
	} {
		r := browser.Request{Method: tt.method}
		all = append(all, one(fmt.Sprintf("%s and ACAM %s", tt.method, tt.allow), r, answers(answer(204, acao+page, acam+tt.allow), answer(200, acao+page))))
		r.Headers, r.Credentials = fields("X-A"), browser.Include
		all = append(all, one(fmt.Sprintf("%s and ACAM %s with credentials", tt.method, tt.allow), r, answers(answer(204, acao+page, acac+"true", acam+tt.allow, acah+"x-a"), answer(200, acao+page, acac+"true"))))
	}
	return all
}

// headers are values of Access-Control-Allow-Headers.
func headers() []*scenario {
	var all []*scenario
	for _, v := range []string{
		"X-A, X-B", "x-a,x-b", "X-B,X-A", "*", "X-A", "", " ", "X-A X-B", "X-A;X-B", "X-A,, X-B", ",X-A,X-B,", "X-A, X-B, a b", "\"X-A\", X-B", "X-A, X-B, \"", "X-A, X-B, X-\xfc", "X-A, *", "**", "* *", "X-*",
		"X_A, X_B", "X-A, X-B, (", "X-A\t,\tX-B", strings.Repeat("x-c,", 3000) + "X-A,X-B", "X-A, X-B, " + strings.Repeat("x", 8000), "X-A, X-B, Authorization", "X-A:1, X-B", "[X-A, X-B]", "'X-A', 'X-B'", "\\", "X-A, X-B, =",
	} {
		all = append(all, one(fmt.Sprintf("ACAH %.40q", v), browser.Request{Headers: fields("X-B", "X-A")}, answers(answer(204, acao+page, acah+v), answer(200, acao+page))))
	}
	for _, lines := range [][]string{nil, {acah + "X-A", acah + "X-B"}, {acah + "X-A", acah + ""}, {acah + "", acah + "X-A,X-B"}, {acah + "X-A,X-B", acah + "a b"}, {"access-control-allow-headers: x-a, x-b"}} {
		all = append(all, one(fmt.Sprintf("ACAH lines %q", lines), browser.Request{Headers: fields("X-A", "X-B")}, answers(answer(204, append(lines, acao+page)...), answer(200, acao+page))))
	}
	for _, v := range []string{"*", "*, Authorization", "authorization", "AUTHORIZATION, *", "Authorization, X-A", ""} {
		for _, names := range [][]string{{"Authorization"}, {"Authorization", "X-A"}, {"X-A"}} {
			r := browser.Request{Headers: fields(names...)}
			all = append(all, one(fmt.Sprintf("%s and ACAH %q", names, v), r, answers(answer(204, acao+page, acah+v), answer(200, acao+page))))
			r.Credentials = browser.Include
			all = append(all, one(fmt.Sprintf("%s and ACAH %q with credentials", names, v), r, answers(answer(204, acao+page, acac+"true", acah+v), answer(200, acao+page, acac+"true"))))
		}
	}
	return all
}

// exposed are values of Access-Control-Expose-Headers.
func exposed() []*scenario {
	lines := []string{
		"X-A: 1", "X-B: 2", "x-a: 3", "Set-Cookie: a=b", "Set-Cookie2: a", "ETag: \"1\"", "Date: x", "Server: s", "Link: <a>", "Content-Type: text/plain", "Cache-Control: no-store", "Content-Language: en",
		"Expires: 0", "Last-Modified: x", "Pragma: x", "Content-Encoding: identity", "Location: /", "Retry-After: 1", "WWW-Authenticate: x", "Vary: Origin", "Age: 1",
	}
	var all []*scenario
	for _, v := range []string{
		"X-A", "x-a, x-b", "X-A,X-B", "*", "*, X-A", "", " ", "X-A X-B", "X-A,,X-B", ",X-A", "X-A, a b", "X-A;X-B", "\"X-A\"", "X-A, \"", "X-A, X-\xfc", "Set-Cookie", "X-A, Set-Cookie", "Set-Cookie2", "**", "X-*", "ETag, Date, Server, Link",
		strings.Repeat("x-c,", 3000) + "X-A", "Location, Retry-After, WWW-Authenticate, Vary, Age", "Content-Type", "access-control-allow-origin, access-control-expose-headers", "X-Missing", "(", "X-A, (", "\\",
	} {
		server := answers(answer(204), answer(200, append([]string{acao + page, acac + "true", aceh + v}, lines...)...))
		all = append(all, one(fmt.Sprintf("ACEH %.40q", v), browser.Request{}, server), one(fmt.Sprintf("ACEH %.40q with credentials", v), include, server))
	}
	for _, exposing := range [][]string{nil, {aceh + "X-A", aceh + "X-B"}, {aceh + "X-A", aceh + "a b"}, {aceh + "", aceh + "*"}, {"access-control-expose-headers: x-a"}} {
		all = append(all, one(fmt.Sprintf("ACEH lines %q", exposing), browser.Request{}, answers(answer(204), answer(200, slices.Concat(exposing, lines, []string{acao + "*"})...))))
	}
	old := one("ACEH and XMLHttpRequest", browser.Request{}, answers(answer(204), answer(200, append([]string{acao + page, aceh + "X-A, Set-Cookie"}, lines...)...)))
	old.xhr = true
	odd := one("a header name that is not ASCII", browser.Request{}, answers(answer(204), answer(200, acao+page, aceh+"*", "X-\xfc: 1")))
	return append(all, old, odd, one("headers of the same origin", browser.Request{URL: page + "/?{id}"}, answers(answer(204), answer(200, lines...))))
}

// statuses are statuses of answers.
func statuses() []*scenario {
	var all []*scenario
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 310, 400, 401, 403, 404, 405, 407, 418, 429, 499, 500, 501, 502, 503, 504, 599, 600, 999} {
		pass := []string{acao + page, acam + "PUT"}
		all = append(all,
			one(fmt.Sprintf("status %d of a preflight", status), put(), answers(answer(status, pass...), answer(200, acao+page))),
			one(fmt.Sprintf("status %d", status), browser.Request{}, answers(answer(204), answer(status, acao+page, aceh+"X-A", "X-A: 1"))))
	}
	for _, status := range []int{301, 404} {
		all = append(all, one(fmt.Sprintf("status %d of a preflight without ACAO", status), put(), answers(answer(status), answer(200, acao+page))))
	}
	for _, status := range []int{201, 300, 301, 302, 303, 304, 307, 308} {
		all = append(all, one(fmt.Sprintf("status %d and Location of a preflight", status), put(), answers(answer(status, "Location: /", acao+page, acam+"PUT"), answer(200, acao+page))))
	}
	return append(all,
		one("500 without ACAO", browser.Request{}, answers(answer(204), answer(500))))
}

const elsewhere = "https://other.api.example.com/there?{id}"

// redirects are answers that lead elsewhere.
func redirects() []*scenario {
	follow := func(name string, r browser.Request, status int, location string, atStart, atEnd []string) *scenario {
		s := one(name, r, nil)
		s.server = func(m browser.Message) (browser.Response, bool) {
			switch {
			case has(m.Headers, "Access-Control-Request-Method"):
				return answer(204, acao+originOf(m), acac+"true", acam+"PUT, DELETE, POST", acah+"x-a, authorization, content-type"), true
			case strings.Contains(m.URL, "there"):
				return answer(200, atEnd...), true
			default:
				return answer(status, append(atStart, "Location: "+strings.ReplaceAll(location, "{id}", s.id))...), true
			}
		}
		return s
	}
	ok := []string{acao + page, acac + "true"}
	all := []*scenario{
		follow("within an origin", browser.Request{}, 302, "/there?{id}", ok, ok),
		follow("relative", browser.Request{}, 302, "there?{id}", ok, ok),
		follow("to another origin", browser.Request{}, 302, elsewhere, ok, ok),
		follow("to another origin, for null", browser.Request{}, 302, elsewhere, ok, []string{acao + "null"}),
		follow("to another origin, for all", browser.Request{}, 302, elsewhere, ok, []string{acao + "*"}),
		follow("to another origin, with credentials, for null", include, 302, elsewhere, ok, []string{acao + "null", acac + "true"}),
		follow("without ACAO", browser.Request{}, 302, elsewhere, nil, []string{acao + "*"}),
		follow("back to the page's origin", browser.Request{}, 302, page+"/there?{id}", ok, []string{acao + "null"}),
		follow("back to the page's origin, without ACAO", browser.Request{}, 302, page+"/there?{id}", ok, nil),
		follow("from the page's origin", browser.Request{URL: page + "/?{id}"}, 302, elsewhere, nil, ok),
		follow("from the page's origin to its own", browser.Request{URL: page + "/?{id}"}, 302, "/there?{id}", nil, nil),
		follow("from the page's origin, a PUT", browser.Request{URL: page + "/?{id}", Method: "PUT"}, 307, elsewhere, nil, ok),
		follow("mode same-origin", browser.Request{URL: page + "/?{id}", Mode: browser.SameOriginOnly}, 302, elsewhere, nil, ok),
		follow("mode no-cors", browser.Request{Mode: browser.NoCORS}, 302, elsewhere, nil, nil),
		follow("a password", browser.Request{}, 302, "https://user:secret@other.api.example.com/there?{id}", ok, []string{acao + "*"}),
		follow("a user", browser.Request{}, 302, "https://user@h1.api.example.com/there?{id}", ok, []string{acao + "*"}),
		follow("a password, from the page's origin", browser.Request{URL: page + "/?{id}"}, 302, "https://user:secret@other.api.example.com/there?{id}", nil, ok),
		follow("a password, within the page's origin", browser.Request{URL: page + "/?{id}"}, 302, "https://user:secret@app.example.com/there?{id}", nil, nil),
		follow("to data:", browser.Request{}, 302, "data:text/plain,x?{id}", ok, nil),
		follow("to ftp:", browser.Request{}, 302, "ftp://other.api.example.com/there?{id}", ok, nil),
		follow("to file:", browser.Request{}, 302, "file:///there?{id}", ok, nil),
		follow("to javascript:", browser.Request{}, 302, "javascript:1?{id}", ok, nil),
		follow("to a malformed URL", browser.Request{}, 302, "https://[there?{id}", ok, nil),
		follow("to an empty URL", browser.Request{}, 302, "", ok, nil),
		follow("for ever", browser.Request{}, 302, "/?{id}", ok, nil),
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{"POST", "PUT", "DELETE", "HEAD"} {
			r := browser.Request{Method: method, Headers: []browser.Header{{Name: "Content-Type", Value: "text/plain"}, {Name: "Authorization", Value: "x"}, {Name: "X-A", Value: "1"}}}
			all = append(all,
				follow(fmt.Sprintf("%d of %s", status, method), r, status, "/there?{id}", ok, ok),
				follow(fmt.Sprintf("%d of %s to another origin", status, method), r, status, elsewhere, ok, []string{acao + "*"}))
		}
	}
	for _, s := range all {
		s.name = "redirect " + s.name
	}
	return all
}

func originOf(m browser.Message) string {
	for _, h := range m.Headers {
		if h.Name == "Origin" {
			return h.Value
		}
	}
	return ""
}

// nobody is a server that does not answer.
func nobody() []*scenario {
	silent := func(browser.Message) (browser.Response, bool) { return browser.Response{}, false }
	afterPreflight := func(m browser.Message) (browser.Response, bool) {
		r := answer(204, acao+page, acam+"PUT", "Connection: close")
		return r, has(m.Headers, "Access-Control-Request-Method")
	}
	all := []*scenario{one("no answer", browser.Request{}, silent), one("no answer to a preflight", put(), silent), one("no answer after a preflight", put(), afterPreflight)}
	for i, s := range all { // on a connection of their own: on another one a browser tries twice
		s.steps[0].request.URL = fmt.Sprintf("https://silent%d.api.example.com/?{id}", i)
	}
	return all
}
