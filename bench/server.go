package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// answerServer serves a request by net/http's server for HTTP/1.1.
func answerServer(h http.Handler, r *http.Request) (*answer, error) {
	c := newConn([]*http.Request{r}, 1)
	serve(h, c)
	response, err := http.ReadResponse(bufio.NewReader(&c.written), r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	return &answer{response.StatusCode, response.Header, string(body)}, err
}

// measureServer serves b.N requests of one connection, which are all there from
// the start, so that no network and no client is measured.
func measureServer(b *testing.B, h http.Handler, requests []*http.Request) {
	c := newConn(requests, b.N)
	c.discard = true
	b.ResetTimer()
	serve(h, c)
}

// serve serves one connection to its end.
func serve(h http.Handler, c *conn) {
	server := &http.Server{Handler: h}
	_ = server.Serve(&listener{c: c})
	<-c.closed
}

// listener accepts one connection.
type listener struct{ c *conn }

func (l *listener) Accept() (net.Conn, error) {
	c := l.c
	if c == nil {
		return nil, errors.New("there was one")
	}
	l.c = nil
	return c, nil
}

func (l *listener) Close() error   { return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

// conn is a connection by which a client sends requests in turns.
type conn struct {
	requests [][]byte
	rest     []byte // of the request that is being read
	sent     int
	total    int
	discard  bool
	written  bytes.Buffer
	closed   chan struct{}
}

func newConn(requests []*http.Request, total int) *conn {
	c := &conn{total: total, closed: make(chan struct{})}
	for _, r := range requests {
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			panic(err)
		}
		c.requests = append(c.requests, b.Bytes())
	}
	return c
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		if c.sent == c.total {
			return 0, io.EOF
		}
		c.rest = c.requests[c.sent%len(c.requests)]
		c.sent++
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.discard {
		c.written.Write(p)
	}
	return len(p), nil
}

func (c *conn) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

func (c *conn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *conn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
