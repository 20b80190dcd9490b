package integrations

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// kinds are the requests that a policy tells apart.
var kinds = map[string][]string{
	"non-CORS":          nil,
	"allowed":           {"Origin: " + app},
	"refused":           {"Origin: https://evil.example"},
	"several origins":   {"Origin: " + app + ", " + app},
	"preflight":         {"Origin: " + app, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type"},
	"refused preflight": {"Origin: https://evil.example", "Access-Control-Request-Method: PUT"},
}

// same demands that two handlers give the same response, byte for byte, to every
// kind of request with every method for every path.
func same(t *testing.T, want, got http.Handler, paths ...string) {
	t.Helper()
	wantServer, gotServer := httptest.NewServer(want), httptest.NewServer(got)
	defer wantServer.Close()
	defer gotServer.Close()
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
			for kind, fields := range kinds {
				want, got := exchange(t, wantServer, method, path, fields), exchange(t, gotServer, method, path, fields)
				if !fromOutside.MatchString(want) {
					got = fromOutside.ReplaceAllString(got, "")
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s %s, %s: (-net/http's form +framework's form)\n%s", method, path, kind, d)
				}
			}
		}
	}
}

// fromOutside is what a framework sets before it runs middleware, and what
// middleware further out sets: it stands beside the policy's own answer.
var fromOutside = regexp.MustCompile("Allow: .*\r\n|Accept-Encoding, ")

// exchange returns a response as it comes over the wire, with the fields of each
// header in order and without the date.
func exchange(t *testing.T, server *httptest.Server, method, path string, fields []string) string {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Encoding: gzip\r\nContent-Length: 0\r\n%s\r\n", method, path,
		strings.Join(append(fields, ""), "\r\n"))
	var b strings.Builder
	lines := bufio.NewReader(conn)
	for informational := true; informational; {
		var header []string
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return b.String() + err.Error()
			}
			if line == "\r\n" {
				break
			}
			if !strings.HasPrefix(line, "Date:") {
				header = append(header, line)
			}
		}
		sort.Strings(header[1:])
		b.WriteString(strings.Join(header, ""))
		informational = strings.HasPrefix(header[0], "HTTP/1.1 103")
	}
	body, _ := io.ReadAll(lines)
	return b.String() + string(body)
}
