package nginx_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestInclusion says which ways to include the files nginx refuses, and in which
// words: they name the rule, or the line of the file that says it.
func TestInclusion(t *testing.T) {
	t.Parallel()
	dir := conformance.WriteNginx(t, compiledSites(t, map[string]map[string]string{"web": {"/": "full"}}, full, matrix[2]), emit.Options{})
	const http, server, other, site = "include cors/http.conf;", "include cors/full.server.conf;", "include cors/any.server.conf;", "include cors/web.server.conf;"
	const headers, hide = "include cors/full.headers.conf;", "include cors/hide.conf;"
	const duplicate = `duplicate location "corsgen-once-at-the-level-of-a-server" in DIR/cors/`
	const outside = `location "corsgen-once-at-the-level-of-a-server" `
	tests := []struct {
		name, http string
		want       string // in the error; "" where nginx accepts it
	}{
		{"as documented", http + "server {" + server + "}", ""},
		{"two servers", http + "server {" + server + "} server { server_name b;" + other + "} server { server_name c;" + site + "}", ""},
		{"http.conf last", "server {" + server + "}" + http, ""},
		{"map_hash_bucket_size before", "map_hash_bucket_size 128;" + http + "server {" + server + "}", ""},
		{"headers and hide in a location", http + "server {" + server + "location / {" + headers + hide + "} }", ""},
		{"headers and hide in an if", http + "server {" + server + "location / { if ($arg_a) {" + headers + "} } }", ""},
		{"hide.conf twice", http + "server {" + server + "location / {" + hide + hide + "} }", ""},
		{"http.conf twice", http + http + "server {" + server + "}", `duplicate "log_format" name "corsgen_http_conf_included_twice" in DIR/cors/http.conf:LINE`},
		{"no http.conf", "server {" + server + "}", `unknown "corsgen_not_in_http_conf_`},
		{"no http.conf, a site", "server {" + site + "}", `unknown "corsgen_not_in_http_conf_`},
		{"twice in a server", http + "server {" + server + server + "}", duplicate + "full.server.conf:LINE"},
		{"two policies in a server", http + "server {" + server + other + "}", duplicate + "any.server.conf:LINE"},
		{"a policy and a site in a server", http + "server {" + site + server + "}", duplicate + "full.server.conf:LINE"},
		{"in a location", http + "server { location / {" + server + "} }", outside + `is outside location "/" in DIR/cors/full.server.conf:LINE`},
		{"a site in a location", http + "server { location /a/ {" + site + "} }", outside + `is outside location "/a/" in DIR/cors/web.server.conf:LINE`},
		{"in an exact location", http + "server { location = / {" + server + "} }", outside + `cannot be inside the exact location "/" in DIR/cors/full.server.conf:LINE`},
		{"in a named location", http + "server { location @a {" + server + "} }", outside + `cannot be inside the named location "@a" in DIR/cors/full.server.conf:LINE`},
		{"in a regex location", http + "server { location ~ a {" + server + "} }", outside + `is outside location "a" in DIR/cors/full.server.conf:LINE`},
		{"in an if", http + "server { if ($arg_a) {" + server + "} }", `"location" directive is not allowed here in DIR/cors/full.server.conf:LINE`},
		{"at the http level", http + server, `"location" directive is not allowed here in DIR/cors/full.server.conf:LINE`},
		{"http.conf in a server", "server {" + http + server + "}", `"log_format" directive is not allowed here in DIR/cors/http.conf:LINE`},
		{"http.conf in a location", "server { location / {" + http + "} }", `"log_format" directive is not allowed here in DIR/cors/http.conf:LINE`},
		{"headers.conf at the http level", http + headers, `"set" directive is not allowed here in DIR/cors/full.headers.conf:LINE`},
		{"hide.conf at the http level", http + hide, `"set" directive is not allowed here in DIR/cors/hide.conf:LINE`},
		{"all of the folder at the http level", "include cors/*.conf;", `"set" directive is not allowed here in DIR/cors/any.headers.conf:LINE`},
		{"all of the folder in a server", http + "server { include cors/*.conf; }", `"log_format" directive is not allowed here in DIR/cors/http.conf:LINE`},
		{"all policies in a server", http + "server { include cors/*.server.conf; }", duplicate + "full.server.conf:LINE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			output, err := conformance.CheckNginx(t, dir, test.http)
			t.Log(strings.SplitN(output, "\n", 2)[0])
			output = withoutLine(t, dir, output)
			if (err == nil) != (test.want == "") || !strings.Contains(output, test.want) {
				t.Errorf("nginx -t says %q (%v), want %q", output, err, test.want)
			}
			if strings.Contains(output, "[warn]") {
				t.Errorf("nginx -t warns: %s", output)
			}
		})
	}
}

// withoutLine replaces the folder and the number of the line in what nginx says,
// after a look at the line above: it says where the file belongs.
func withoutLine(t *testing.T, dir, said string) string {
	t.Helper()
	said = strings.ReplaceAll(said, dir, "DIR")
	place := regexp.MustCompile(`DIR/(cors/[a-z.]+\.conf):([0-9]+)`).FindStringSubmatch(said)
	if place == nil {
		return said
	}
	content, err := os.ReadFile(filepath.Join(dir, place[1]))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(place[2])
	lines := strings.Split(string(content), "\n")
	if above := strings.Join(lines[max(0, number-4):number], "\n"); !strings.Contains(above, "# Does nginx refuse this line? The file ") {
		t.Errorf("nothing near %s explains %q", place[0], said)
	}
	return strings.Replace(said, place[0], "DIR/"+place[1]+":LINE", 1)
}

// TestTwoPrograms checks that two programs live in one nginx, of which one has a
// prefix.
func TestTwoPrograms(t *testing.T) {
	t.Parallel()
	one := compiled(t, settings{name: "app", origins: []string{"https://one.example"}})
	two := compiled(t, settings{name: "app", origins: []string{"https://two.example"}, methods: []string{"a$b"}})
	dir := conformance.WriteNginx(t, one, emit.Options{})
	files, diags := nginx.Emit(two, emit.Options{Prefix: "b"})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, "b-"+f.Path), f.Content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	addrs := conformance.RunNginx(t, dir, 2, func(addrs []string) string {
		return fmt.Sprintf("include cors/http.conf; include b-http.conf;"+
			"server { include cors/app.server.conf; listen %s; } server { include b-app.server.conf; listen %s; }", addrs[0], addrs[1])
	})
	for i, want := range []string{"https://one.example", "https://two.example"} {
		for j, addr := range addrs {
			_, header := get(t, addr, "/", "Origin: "+want)
			if allowed := header.Get("Access-Control-Allow-Origin") == want; allowed != (i == j) {
				t.Errorf("server %d allows %s: %t", j, want, allowed)
			}
		}
	}
}

// raw sends bytes and returns the status, header and body of the answer.
func raw(t *testing.T, addr, method, text string) (int, http.Header, string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.100q: %v", text, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

func get(t *testing.T, addr, target string, lines ...string) (string, http.Header) {
	t.Helper()
	lines = append([]string{"GET " + target + " HTTP/1.1", "Host: localhost", "Connection: close"}, lines...)
	_, header, body := raw(t, addr, "GET", strings.Join(lines, "\r\n")+"\r\n\r\n")
	return body, header
}

// TestCaptures checks that the regular expressions of a policy leave those of
// the operator alone.
func TestCaptures(t *testing.T) {
	t.Parallel()
	dir := conformance.WriteNginx(t, compiled(t, matrix[6], matrix[7]), emit.Options{})
	addrs := conformance.RunNginx(t, dir, 2, func(addrs []string) string {
		const server = `server {
			include cors/%s.server.conf;
			listen %s;
			server_name ~^(?<sub>.+)$;
			location ~ ^/re/(.+)$ { add_header X-Captured "$sub $1" always; include cors/%[1]s.headers.conf; return 200 "$sub $1"; }
		}`
		return "include cors/http.conf;" + fmt.Sprintf(server, "patterns", addrs[0]) + fmt.Sprintf(server, "stars", addrs[1])
	})
	for i, o := range []string{"https://x.example.com", "https://x.a-very-long-name-of-a-host.with-several-labels.and-more.example.com"} {
		body, header := get(t, addrs[i], "/re/captured", "Origin: "+o)
		if body != "localhost captured" || header.Get("X-Captured") != body || header.Get("Access-Control-Allow-Origin") != o {
			t.Errorf("%s: body %q, header %v", o, body, header)
		}
	}
}

// TestRefusals checks that nothing of the server answers in place of a refusal,
// and that nothing of it is reached.
func TestRefusals(t *testing.T) {
	t.Parallel()
	u := conformance.StartUpstream(t)
	dir := conformance.WriteNginx(t, compiled(t, settings{name: "gate", origins: []string{"https://a.example"}, gate: true}), emit.Options{})
	addr := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
		return fmt.Sprintf(`include cors/http.conf;
		server {
			include cors/gate.server.conf;
			listen %s;
			client_max_body_size 1k;
			error_page 403 413 =200 /page;
			auth_basic realm;
			auth_basic_user_file none;
			location = /page { auth_basic off; return 200 page; }
			location / { proxy_pass http://%s; }
		}`, addrs[0], u.Addr)
	})[0]
	const refused, preflight = "\r\nHost: localhost\r\nOrigin: https://evil.example\r\n", "Access-Control-Request-Method: PUT\r\n"
	tests := []struct {
		name, method, text string
		want               int
	}{
		{"preflight", "OPTIONS", "OPTIONS / HTTP/1.1" + refused + preflight + "\r\n", 403},
		{"gate", "GET", "GET / HTTP/1.1" + refused + "\r\n", 403},
		{"gate for HEAD", "HEAD", "HEAD / HTTP/1.1" + refused + "\r\n", 403},
		{"gate for HTTP/1.0", "GET", "GET / HTTP/1.0" + refused + "\r\n", 403},
		{"gate with a large body", "POST", "POST / HTTP/1.1" + refused + "Content-Length: 5000\r\n\r\n" + strings.Repeat("x", 5000), 403},
		{"gate for a WebSocket", "GET", "GET / HTTP/1.1" + refused + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 403},
		{"gate with a range", "GET", "GET / HTTP/1.1" + refused + "Range: bytes=9-\r\nIf-None-Match: *\r\n\r\n", 403},
		{"allowed preflight with a large body", "OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n" + preflight +
			"Content-Length: 5000\r\n\r\n" + strings.Repeat("x", 5000), 204},
	}
	for _, test := range tests {
		status, header, body := raw(t, addr, test.method, test.text)
		if status != test.want || body != "" || header.Get("Vary") == "" {
			t.Errorf("%s: %d, %q, %v", test.name, status, body, header)
		}
		if got := header.Get("Access-Control-Allow-Origin"); (got != "") != (test.want == 204) {
			t.Errorf("%s: Access-Control-Allow-Origin is %q", test.name, got)
		}
	}
}

// TestEarlyErrors checks that what nginx refuses before any policy runs carries
// no permission.
func TestEarlyErrors(t *testing.T) {
	t.Parallel()
	u := conformance.StartUpstream(t)
	addrs := conformance.StartNginx(t, compiled(t, full, matrix[2]), "", u.Addr)
	const origin, preflight = "Origin: https://app.example.com\r\n", "Access-Control-Request-Method: PUT\r\n"
	const host = "Host: a\r\n" + origin
	tests := []string{
		"TRACE / HTTP/1.1\r\n" + host,
		"options / HTTP/1.1\r\n" + host + preflight,
		"OPTIONS * HTTP/1.1\r\n" + host + preflight,
		"OPTIONS /../.. HTTP/1.1\r\n" + host + preflight,
		"GET /%zz HTTP/1.1\r\n" + host,
		"GET / HTTP/1.1\r\n" + origin,
		"OPTIONS / HTTP/1.1\r\n" + origin + preflight,
		"GET / HTTP/1.1\r\n" + host + "Host: b\r\n",
		"GET / HTTP/1.1\r\n" + host + "Content-Length: x\r\n",
		"GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 9000) + "\r\n",
		"GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\n" + host,
	}
	for name, addr := range addrs {
		for _, text := range tests {
			status, header, _ := raw(t, addr, "GET", text+"\r\n")
			if status < 400 || header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: %.50q answers %d with %v", name, text, status, header)
			}
		}
	}
}

// TestInternalNames checks that no request can name the locations that answer
// preflights.
func TestInternalNames(t *testing.T) {
	t.Parallel()
	u := conformance.StartUpstream(t)
	addr := conformance.StartNginx(t, compiled(t, settings{name: "gate", origins: []string{"https://a.example"}, gate: true}), "", u.Addr)["gate"]
	for _, name := range []string{"corsgen-preflight-gate", "corsgen-refused-gate", "corsgen-gate-gate", "corsgen-once-at-the-level-of-a-server"} {
		for _, form := range []string{"%s", "/%s", "//%s", "/../%s", "/%%2e%%2e/%s", "http://a/%s", "http://%s", "http://a%s", "?%s", "*%s", "@%s", "%%63%s"} {
			target := fmt.Sprintf(form, name)
			for _, line := range []string{"", "Origin: https://a.example\r\n"} {
				status, header, _ := raw(t, addr, "GET", "GET "+target+" HTTP/1.1\r\nHost: a\r\n"+line+"\r\n")
				reached := status == 204 || status == 403 || strings.Contains(header.Get("Vary"), "Access-Control")
				if reached || header.Get("Access-Control-Allow-Methods") != "" {
					t.Errorf("%s answers %d with %v", target, status, header)
				}
			}
		}
	}
}

// TestHTTP2 checks HTTP/2 to nginx, and gRPC from it.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	backend := http.Server{Protocols: &protocols, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(http.StatusTeapot)
	})}
	l := listen(t)
	go func() { _ = backend.Serve(l) }()
	t.Cleanup(func() { backend.Close() })
	dir := conformance.WriteNginx(t, compiled(t, full), emit.Options{})
	addr := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
		return fmt.Sprintf("include cors/http.conf; server { include cors/full.server.conf; listen %s http2; location / { grpc_pass %s; } }", addrs[0], l.Addr())
	})[0]
	client := http.Client{Transport: &http.Transport{Protocols: &protocols}, Timeout: 10 * time.Second}
	for method, want := range map[string]int{"GET": 418, "OPTIONS": 204} {
		r, err := http.NewRequestWithContext(context.Background(), method, "http://"+addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", full.origins[0])
		r.Header.Set("Access-Control-Request-Method", "PUT")
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		origins := response.Header.Values("Access-Control-Allow-Origin")
		if response.StatusCode != want || response.ProtoMajor != 2 || len(origins) != 1 || origins[0] != full.origins[0] {
			t.Errorf("%s: %s, %v", method, response.Status, response.Header)
		}
	}
}
