package apache_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// answers are what the applications of TestBackends answer, by the end of the
// path. Each has CORS headers of its own.
var answers = map[string]golden.Response{
	"/ok":       {Status: 200, Fields: vary("Accept, origin")},
	"/modified": {Status: 304},
	"/moved":    {Status: 302, Fields: []golden.Field{{Name: "Location", Value: "http://localhost/x"}}},
	"/secret":   {Status: 401, Fields: vary("*")},
	"/none":     {Status: 404, Fields: vary("Cookie")},
	"/much":     {Status: 429},
	"/broken":   {Status: 500},
}

// applicationText is the answer of an application as CGI has it.
func applicationText(path string) string {
	a := answers[path]
	var b strings.Builder
	fmt.Fprintf(&b, "Status: %d %s\r\nContent-Type: text/plain\r\n", a.Status, http.StatusText(a.Status))
	for _, f := range append(a.Fields, evilFields...) {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	return b.String() + "\r\n"
}

var evilFields = []golden.Field{
	{Name: "Access-Control-Allow-Origin", Value: "https://evil.example"},
	{Name: "Access-Control-Allow-Credentials", Value: "true"},
	{Name: "Access-Control-Max-Age", Value: "9"},
}

// backends are protocols between Apache and an application, which answers on a
// connection.
var backends = map[string]func(net.Conn){
	"scgi": func(c net.Conn) {
		r := bufio.NewReader(c)
		length, _ := r.ReadString(':')
		n, _ := strconv.Atoi(strings.TrimSuffix(length, ":"))
		fields := make([]byte, n)
		_, _ = io.ReadFull(r, fields)
		all := strings.Split(string(fields), "\x00")
		for i, name := range all {
			if name == "REQUEST_URI" {
				_, _ = io.WriteString(c, applicationText(all[i+1]))
			}
		}
	},
	"uwsgi": func(c net.Conn) {
		head := make([]byte, 4)
		_, _ = io.ReadFull(c, head)
		vars := make([]byte, binary.LittleEndian.Uint16(head[1:]))
		_, _ = io.ReadFull(c, vars)
		for path := range answers {
			if strings.Contains(string(vars), "REQUEST_URI"+string([]byte{byte(len(path)), 0})+path) {
				_, _ = io.WriteString(c, strings.Replace(applicationText(path), "Status: ", "HTTP/1.1 ", 1))
			}
		}
	},
}

// listen starts an application for the duration of the test.
func listen(t *testing.T, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

func listenFastCGI(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		_ = fcgi.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := answers[r.URL.Path]
			for _, f := range append(a.Fields, evilFields...) {
				w.Header().Add(f.Name, f.Value)
			}
			w.WriteHeader(a.Status)
		}))
	}()
	return l.Addr().String()
}

// What applications answer by FastCGI, SCGI and uwsgi gets the headers of the
// policy and keeps none of its own.
func TestBackends(t *testing.T) {
	addrs := map[string]string{"fcgi": listenFastCGI(t), "scgi": listen(t, backends["scgi"]), "uwsgi": listen(t, backends["uwsgi"])}
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, s)
			a := newSite(t)
			a.WriteFile(t, "app.conf", printed(t, p))
			a.Modules = append(a.Modules, "proxy_fcgi", "proxy_scgi", "proxy_uwsgi")
			for _, scheme := range []string{"fcgi", "scgi", "uwsgi"} {
				a.Hosts = append(a.Hosts, "Include app.conf\nProxyPass / "+scheme+"://"+addrs[scheme]+"/")
			}
			for _, addr := range a.Start(t) {
				for path, answer := range answers {
					for _, r := range (place{target: path}).requests() {
						compareBackend(t, addr, r, conformance.Evaluate(evaluator(p), r, &answer))
					}
				}
			}
		})
	}
}

// An upstream that is too slow leaves the answer to Apache.
func TestSlowUpstream(t *testing.T) {
	t.Parallel()
	slow := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	p := compiled(t, full)
	a := newSite(t)
	a.WriteFile(t, "app.conf", printed(t, p))
	a.Hosts = []string{"Include app.conf\nProxyPass / http://" + slow + "/ timeout=1"}
	addr := a.Start(t)[0]
	for _, r := range (place{target: "/"}).requests() {
		compareBackend(t, addr, r, conformance.Evaluate(evaluator(p), r, &golden.Response{Status: 502}))
	}
}

func compareBackend(t *testing.T, addr string, r golden.Request, want conformance.Answer) {
	t.Helper()
	want.Upstream = false // it is not the one that is asked
	got, err := conformance.Send(addr, conformance.StartUpstream(t), r, nil)
	if err != nil {
		t.Errorf("%+v: %v", r, err)
	} else if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%+v (-want +got)\n%s", r, d)
	}
}
