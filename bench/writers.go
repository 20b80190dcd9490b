package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// surface is what a handler is measured behind.
type surface struct {
	name string
	// answer serves a request once.
	answer func(h http.Handler, r *http.Request) (*answer, error)
	// measure serves requests in turns, b.N in all.
	measure func(b *testing.B, h http.Handler, requests []*http.Request)
	// writer is one that the middleware takes for net/http's, or nil.
	writer http.ResponseWriter
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

var surfaces = []surface{
	{"copying", answerCopying, measureCopying, &copyingWriter{}},
	{"server", answerServer, measureServer, nil},
	{"recorder", answerRecorder, measureRecorder, nil},
}

// copyingWriter stands for the writers of net/http's servers, without what they
// cost: it is done with the header when WriteHeader returns, so that nothing that
// happens to it later has an effect. In each round it has an empty map, whose
// memory is that of the round before. Only where the answer is looked at does it
// make a copy, which would cost everybody the same.
type copyingWriter struct {
	header http.Header
	look   bool
	sent   answer
	body   []byte
}

func (w *copyingWriter) Header() http.Header { return w.header }

func (w *copyingWriter) WriteHeader(status int) {
	if w.sent.status != 0 {
		return
	}
	w.sent.status = status
	if w.look {
		w.sent.header = w.header.Clone()
	}
}

func (w *copyingWriter) Write(p []byte) (int, error) {
	if w.sent.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.body = append(w.body, p...)
	return len(p), nil
}

func (w *copyingWriter) reset() {
	clear(w.header)
	w.sent.status, w.body = 0, w.body[:0]
}

func answerCopying(h http.Handler, r *http.Request) (*answer, error) {
	w := &copyingWriter{header: http.Header{}, look: true}
	h.ServeHTTP(w, r)
	if w.sent.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.sent.body = string(w.body)
	return &w.sent, nil
}

func measureCopying(b *testing.B, h http.Handler, requests []*http.Request) {
	w := &copyingWriter{header: http.Header{}}
	for i := 0; b.Loop(); i++ {
		w.reset()
		h.ServeHTTP(w, requests[i%len(requests)])
	}
}

func answerRecorder(h http.Handler, r *http.Request) (*answer, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return &answer{w.Code, w.Result().Header, w.Body.String()}, nil
}

func measureRecorder(b *testing.B, h http.Handler, requests []*http.Request) {
	for i := 0; b.Loop(); i++ {
		h.ServeHTTP(httptest.NewRecorder(), requests[i%len(requests)])
	}
}
