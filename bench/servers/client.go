package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sys/unix"
)

// client sends requests over connections that stay open, and always has one
// batch of requests under way on each of them. It runs in one thread and makes
// two system calls a batch, so that it costs less than any server.
type client struct {
	conns   []int // sockets
	pending []int // bytes of responses to come, by connection
	buffer  []byte
}

// patience is how long a response may take.
const patience = 10 * time.Second

func connect(addr string, n int) (*client, error) {
	c := &client{pending: make([]int, n), buffer: make([]byte, 1<<18)}
	to, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	target := &unix.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	for range n {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			c.close()
			return nil, err
		}
		c.conns = append(c.conns, fd)
		wait := unix.NsecToTimeval(int64(patience))
		for _, err := range []error{
			unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
			unix.Connect(fd, target),
		} {
			if err != nil {
				c.close()
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *client) close() {
	for _, fd := range c.conns {
		_ = unix.Close(fd)
	}
}

// run sends batches in turns for some time, and returns the number of requests
// that were answered.
func (c *client) run(batches []batch, last time.Duration) (requests int, err error) {
	deadline := time.Now().Add(last)
	next := 0
	for i := range c.conns {
		n, err := c.send(i, &batches[next%len(batches)])
		if err != nil {
			return 0, err
		}
		requests += n
		next++
	}
	for time.Now().Before(deadline) {
		for i := range c.conns {
			if err := c.receive(i); err != nil {
				return 0, err
			}
			n, err := c.send(i, &batches[next%len(batches)])
			if err != nil {
				return 0, err
			}
			requests += n
			next++
		}
	}
	for i := range c.conns {
		if err := c.receive(i); err != nil {
			return 0, err
		}
	}
	return requests, nil
}

func (c *client) send(i int, b *batch) (requests int, err error) {
	c.pending[i] = b.answers
	for rest := b.text; len(rest) > 0; {
		n, err := unix.Write(c.conns[i], rest)
		if err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return b.requests, nil
}

// receive reads what is to come on a connection. An answer that is shorter or
// longer than the one that was checked is an error.
func (c *client) receive(i int) error {
	for c.pending[i] > 0 {
		n, err := unix.Read(c.conns[i], c.buffer)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return fmt.Errorf("%d bytes of an answer are missing: %w", c.pending[i], errOr(err, io.ErrUnexpectedEOF))
		}
		c.pending[i] -= n
	}
	if c.pending[i] < 0 {
		return fmt.Errorf("an answer is %d bytes longer than it was", -c.pending[i])
	}
	return nil
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// batch is some requests that are sent at once.
type batch struct {
	text     []byte
	requests int
	answers  int // bytes
}

// prepare sends each request once, checks the answer, and puts the requests
// together to batches of a size.
func prepare(addr string, requests []request, check func(*request, *http.Response) error, size int) ([]batch, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	counted := &counter{r: conn}
	reader := bufio.NewReader(counted)
	all := make([]batch, (len(requests)+size-1)/size)
	for i := range requests {
		r := &requests[i]
		_ = conn.SetDeadline(time.Now().Add(patience))
		before := counted.n
		if _, err := conn.Write(r.text); err != nil {
			return nil, err
		}
		response, err := http.ReadResponse(reader, &http.Request{Method: r.method})
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return nil, err
		}
		if err := check(r, response); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(r.text))
		}
		b := &all[i/size]
		b.text, b.requests, b.answers = append(b.text, r.text...), b.requests+1, b.answers+counted.n-before
	}
	return all, nil
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
