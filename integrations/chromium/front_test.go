package chromium

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/internal/conformance"
)

// front is the network as Chromium sees it: one address for every host and port,
// with TLS and without. The query of a URL is the id of a scenario; a request
// without one is for a page. It is safe for concurrent use.
type front struct {
	addr      string
	tls       *tls.Config
	scenarios map[string]*scenario // by id

	mu   sync.Mutex
	seen map[string][]browser.Exchange // by id
}

func startFront(t *testing.T, scenarios []*scenario) *front {
	t.Helper()
	dir := t.TempDir()
	conformance.WriteCertificate(t, dir)
	certificate, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	f := &front{addr: l.Addr().String(), tls: &tls.Config{Certificates: []tls.Certificate{certificate}}, scenarios: map[string]*scenario{}, seen: map[string][]browser.Exchange{}}
	for _, s := range scenarios {
		f.scenarios[s.id] = s
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
	return f
}

// sniffed is a connection of which the first bytes have been looked at.
type sniffed struct {
	net.Conn
	io.Reader
}

func (s sniffed) Read(b []byte) (int, error) { return s.Reader.Read(b) }

const handshake = 0x16 // the first byte of TLS

func (f *front) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	first, err := r.Peek(1)
	if err != nil {
		return
	}
	scheme := "http://"
	conn = sniffed{conn, r}
	if first[0] == handshake {
		scheme = "https://"
		conn = tls.Server(conn, f.tls)
		defer conn.Close()
	}
	c := client{front: f, conn: conn, scheme: scheme}
	for c.once() {
	}
}

// client is a connection from Chromium.
type client struct {
	front  *front
	conn   net.Conn
	scheme string
}

// once answers one request, and reports whether the connection lives on.
func (c *client) once() bool {
	var raw bytes.Buffer
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c.conn, &raw)))
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, request.Body)
	s := c.front.scenarios[request.URL.RawQuery]
	if s == nil {
		_, err := io.WriteString(c.conn, pageText(request.URL))
		return err == nil
	}
	e := browser.Exchange{Request: c.message(request), Credentials: request.Header.Get("Cookie") != ""}
	text, keep := c.answer(s, request, &e, raw.Bytes())
	c.front.record(s.id, e)
	_, err = c.conn.Write(text)
	return err == nil && keep
}

func (c *client) answer(s *scenario, request *http.Request, e *browser.Exchange, raw []byte) (text []byte, keep bool) {
	if s.addr != "" {
		return pass(s.addr, request, e, raw)
	}
	answer, ok := s.server(e.Request)
	if !ok {
		return nil, false
	}
	e.Response = &answer
	return answerText(request.Method, answer), !has(answer.Headers, "Connection")
}

// pass hands a request to a server under test byte by byte, and its answer back.
func pass(addr string, request *http.Request, e *browser.Exchange, raw []byte) (text []byte, keep bool) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, false
	}
	defer conn.Close()
	if _, err := conn.Write(raw); err != nil {
		return nil, false
	}
	var answer bytes.Buffer
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &answer)), request)
	if err != nil {
		return nil, false
	}
	_, _ = io.Copy(io.Discard, response.Body)
	e.Response = &browser.Response{Status: response.StatusCode, Headers: lines(response.Header)}
	if response.Close { // which package http takes out of the headers
		e.Response.Headers = append(e.Response.Headers, browser.Header{Name: "Connection", Value: "close"})
	}
	return answer.Bytes(), !response.Close
}

func (f *front) record(id string, e browser.Exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[id] = append(f.seen[id], e)
}

func (f *front) exchanges(id string) []browser.Exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[id]
}

func (c *client) message(r *http.Request) browser.Message {
	return browser.Message{Method: r.Method, URL: c.scheme + r.Host + r.RequestURI, Headers: lines(r.Header)}
}

func lines(h http.Header) []browser.Header {
	var all []browser.Header
	for name, values := range h {
		for _, v := range values {
			all = append(all, browser.Header{Name: name, Value: v})
		}
	}
	return all
}

// body is that of every answer that is played.
const body = "played"

func answerText(method string, r browser.Response) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d Played\r\n", r.Status)
	for _, h := range r.Headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	b.WriteString("\r\n")
	if method != "HEAD" && r.Status != 204 && r.Status != 304 {
		b.WriteString(body)
	}
	return b.Bytes()
}

// pageText is a page: at /sandboxed one whose origin is opaque.
func pageText(u *url.URL) string {
	const page = "<!doctype html><title>a page</title><link rel=icon href=data:,>"
	sandbox := ""
	if strings.HasPrefix(u.Path, "/sandboxed") {
		sandbox = "Content-Security-Policy: sandbox allow-scripts\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%sContent-Length: %d\r\n\r\n%s", sandbox, len(page), page)
}
