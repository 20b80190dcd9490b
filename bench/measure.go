package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// writer is a kind of http.ResponseWriter. start returns a function that gives a
// writer for each round.
type writer struct {
	name  string
	start func() func() answerWriter
}

// answerWriter is a writer that tells what was written.
type answerWriter interface {
	http.ResponseWriter
	answer() (status int, h http.Header, body string)
}

var writers = []writer{
	{"reused", func() func() answerWriter {
		w := newReusedWriter()
		return func() answerWriter { w.reset(); return w }
	}},
	{"recorder", func() func() answerWriter {
		return func() answerWriter { return recorder{httptest.NewRecorder()} }
	}},
}

// reusedWriter costs next to nothing: as with net/http's servers each round has
// an empty map, but the map's memory is that of the round before.
type reusedWriter struct {
	header http.Header
	status int
	body   []byte
}

func newReusedWriter() *reusedWriter {
	return &reusedWriter{header: http.Header{}, status: http.StatusOK}
}

func (w *reusedWriter) Header() http.Header { return w.header }

func (w *reusedWriter) WriteHeader(status int) { w.status = status }

func (w *reusedWriter) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}

func (w *reusedWriter) reset() {
	clear(w.header)
	w.status, w.body = http.StatusOK, w.body[:0]
}

func (w *reusedWriter) answer() (int, http.Header, string) { return w.status, w.header, string(w.body) }

// recorder is an httptest.ResponseRecorder, new in each round.
type recorder struct{ *httptest.ResponseRecorder }

func (r recorder) answer() (int, http.Header, string) {
	return r.Code, r.Result().Header, r.Body.String()
}

// prepare returns an implementation of the scenario's policy, or nil where it
// cannot express it. It is an error if its answer through w is wrong.
func (s *scenario) prepare(i implementation, w writer) (http.Handler, error) {
	h, err := i.wrap(s.policy, s.handler)
	if h == nil || err != nil {
		return nil, err
	}
	return h, s.checkRounds(h, w.start())
}

// checkRounds checks two rounds, as some implementations keep what they answered.
func (s *scenario) checkRounds(h http.Handler, next func() answerWriter) error {
	for range 2 {
		w := next()
		h.ServeHTTP(w, s.request)
		if err := s.check(w.answer()); err != nil {
			return fmt.Errorf("wrong answer: %w", err)
		}
	}
	return nil
}

// measure serves the scenario's request over and over.
func (s *scenario) measure(b *testing.B, h http.Handler, w writer) {
	next := w.start()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(next(), s.request)
	}
}
