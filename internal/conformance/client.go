package conformance

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/corsgen/corsgen/internal/golden"
)

// Client sends exchanges to a server under test, one after the other, over a
// connection that it keeps as long as the server does. It is not safe for
// concurrent use.
type Client struct {
	Addr     string
	Upstream *Upstream
	Body     string // of the last answer

	once   bool // for one exchange
	conn   net.Conn
	reader *bufio.Reader
}

// Send sends the request of an exchange and returns the answer.
func (c *Client) Send(request golden.Request, upstream *golden.Response) (Answer, error) {
	id := fmt.Sprint(exchanges.Add(1))
	c.Upstream.expect(id, upstream)
	defer c.Upstream.forget(id)
	kept := c.conn != nil
	fields, status, err := c.exchange(request, id)
	if errors.Is(err, errUnanswered) && kept { // the server may close an idle connection at any time
		fields, status, err = c.exchange(request, id)
	}
	return answer(status, fields, c.Upstream.hits(id) > 0), err
}

// Close closes the connection, if there is one.
func (c *Client) Close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// errUnanswered is the error where a connection has ended before the first byte of
// an answer.
var errUnanswered = errors.New("the server has closed the connection without an answer")

func (c *Client) exchange(request golden.Request, id string) (fields []golden.Field, status int, err error) {
	if err := c.open(); err != nil {
		return nil, 0, err
	}
	end := true
	defer func() {
		if end || err != nil {
			c.Close()
		}
	}()
	_, writeErr := io.WriteString(c.conn, c.text(request, id)) // the server may answer before it has read all
	if _, err := c.reader.Peek(1); err != nil {
		return nil, 0, errors.Join(errUnanswered, writeErr, err)
	}
	response, err := http.ReadResponse(c.reader, &http.Request{Method: request.Method})
	if err != nil {
		return nil, 0, err
	}
	body, err := io.ReadAll(response.Body)
	c.Body = string(body)
	response.Body.Close()
	end = response.Close
	if end && response.StatusCode == http.StatusBadRequest {
		err = nil // what the server has not read resets the connection
	}
	return fieldLines(response.Header), response.StatusCode, err
}

func (c *Client) open() error {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.Addr, 5*time.Second)
		if err != nil {
			return err
		}
		c.conn, c.reader = conn, bufio.NewReader(conn)
	}
	return c.conn.SetDeadline(time.Now().Add(10 * time.Second))
}

// text returns a request as it goes over the connection. Its body has the length that
// its Content-Length says.
func (c *Client) text(r golden.Request, id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s: %s\r\n", r.Method, r.Target, exchangeField, id)
	if c.once {
		b.WriteString("Connection: close\r\n")
	}
	length := -1
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
		if strings.EqualFold(f.Name, "Content-Length") {
			length, _ = strconv.Atoi(f.Value)
		}
	}
	if length < 0 && (r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH") {
		b.WriteString("Content-Length: 0\r\n")
	}
	return b.String() + "\r\n" + strings.Repeat("x", max(length, 0))
}

func fieldLines(h http.Header) []golden.Field {
	var fields []golden.Field
	for name, values := range h {
		for _, v := range values {
			fields = append(fields, golden.Field{Name: name, Value: v})
		}
	}
	return fields
}
