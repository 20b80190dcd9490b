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

// corsAbilities is a set of the interfaces that a writer may have.
type corsAbilities uint8

const (
	corsFlusher corsAbilities = 1 << iota
	corsHijacker
	corsReaderFrom
	corsPusher
)

func corsAbilitiesOf(w http.ResponseWriter) (can corsAbilities) {
	if _, ok := w.(http.Flusher); ok {
		can |= corsFlusher
	}
	if _, ok := w.(http.Hijacker); ok {
		can |= corsHijacker
	}
	if _, ok := w.(io.ReaderFrom); ok {
		can |= corsReaderFrom
	}
	if _, ok := w.(http.Pusher); ok {
		can |= corsPusher
	}
	return can
}

// as returns h as the type that can do so much.
func (h *corsPlain) as(can corsAbilities) http.ResponseWriter {
	switch can {
	case corsFlusher:
		return (*corsF)(h)
	case corsHijacker:
		return (*corsH)(h)
	case corsFlusher | corsHijacker:
		return (*corsFH)(h)
	case corsReaderFrom:
		return (*corsR)(h)
	case corsFlusher | corsReaderFrom:
		return (*corsFR)(h)
	case corsHijacker | corsReaderFrom:
		return (*corsHR)(h)
	case corsFlusher | corsHijacker | corsReaderFrom:
		return (*corsFHR)(h)
	case corsPusher:
		return (*corsP)(h)
	case corsFlusher | corsPusher:
		return (*corsFP)(h)
	case corsHijacker | corsPusher:
		return (*corsHP)(h)
	case corsFlusher | corsHijacker | corsPusher:
		return (*corsFHP)(h)
	case corsReaderFrom | corsPusher:
		return (*corsRP)(h)
	case corsFlusher | corsReaderFrom | corsPusher:
		return (*corsFRP)(h)
	case corsHijacker | corsReaderFrom | corsPusher:
		return (*corsHRP)(h)
	case corsFlusher | corsHijacker | corsReaderFrom | corsPusher:
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
