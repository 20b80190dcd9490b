package golang

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// A handler finds out by type assertions what its writer can do, and must find
// the same with the policy as without it: there is a type for each set of
// Flusher, Hijacker, ReaderFrom and Pusher.
type (
	corsPlain struct{ corsHandle }
	corsF     struct{ corsHandle }
	corsH     struct{ corsHandle }
	corsFH    struct{ corsHandle }
	corsR     struct{ corsHandle }
	corsFR    struct{ corsHandle }
	corsHR    struct{ corsHandle }
	corsFHR   struct{ corsHandle }
	corsP     struct{ corsHandle }
	corsFP    struct{ corsHandle }
	corsHP    struct{ corsHandle }
	corsFHP   struct{ corsHandle }
	corsRP    struct{ corsHandle }
	corsFRP   struct{ corsHandle }
	corsHRP   struct{ corsHandle }
	corsFHRP  struct{ corsHandle }
)

// like returns h as the type that can do what inner can.
func (h *corsPlain) like(inner http.ResponseWriter) http.ResponseWriter {
	_, flusher := inner.(http.Flusher)
	_, hijacker := inner.(http.Hijacker)
	_, reader := inner.(io.ReaderFrom)
	_, pusher := inner.(http.Pusher)
	switch [4]bool{flusher, hijacker, reader, pusher} {
	case [4]bool{true, false, false, false}:
		return (*corsF)(h)
	case [4]bool{false, true, false, false}:
		return (*corsH)(h)
	case [4]bool{true, true, false, false}:
		return (*corsFH)(h)
	case [4]bool{false, false, true, false}:
		return (*corsR)(h)
	case [4]bool{true, false, true, false}:
		return (*corsFR)(h)
	case [4]bool{false, true, true, false}:
		return (*corsHR)(h)
	case [4]bool{true, true, true, false}:
		return (*corsFHR)(h)
	case [4]bool{false, false, false, true}:
		return (*corsP)(h)
	case [4]bool{true, false, false, true}:
		return (*corsFP)(h)
	case [4]bool{false, true, false, true}:
		return (*corsHP)(h)
	case [4]bool{true, true, false, true}:
		return (*corsFHP)(h)
	case [4]bool{false, false, true, true}:
		return (*corsRP)(h)
	case [4]bool{true, false, true, true}:
		return (*corsFRP)(h)
	case [4]bool{false, true, true, true}:
		return (*corsHRP)(h)
	case [4]bool{true, true, true, true}:
		return (*corsFHRP)(h)
	default:
		return h
	}
}

func (h *corsF) Flush()    { h.flush() }
func (h *corsFH) Flush()   { h.flush() }
func (h *corsFR) Flush()   { h.flush() }
func (h *corsFHR) Flush()  { h.flush() }
func (h *corsFP) Flush()   { h.flush() }
func (h *corsFHP) Flush()  { h.flush() }
func (h *corsFRP) Flush()  { h.flush() }
func (h *corsFHRP) Flush() { h.flush() }

func (h *corsH) Hijack() (net.Conn, *bufio.ReadWriter, error)    { return h.hijack() }
func (h *corsFH) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsHR) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsFHR) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsHP) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsFHP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsHRP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsFHRP) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.hijack() }

func (h *corsR) ReadFrom(src io.Reader) (int64, error)    { return h.readFrom(src) }
func (h *corsFR) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsHR) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsFHR) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsRP) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsFRP) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsHRP) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsFHRP) ReadFrom(src io.Reader) (int64, error) { return h.readFrom(src) }

func (h *corsP) Push(target string, o *http.PushOptions) error    { return h.push(target, o) }
func (h *corsFP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsHP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsFHP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsRP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsFRP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsHRP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsFHRP) Push(target string, o *http.PushOptions) error { return h.push(target, o) }
