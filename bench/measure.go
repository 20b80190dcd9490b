package main

import (
	"fmt"
	"net/http"
	"testing"
)

// prepare returns an implementation of the scenario's policy, or nil where it
// cannot express it. It is an error if its answer is wrong.
func (s *scenario) prepare(i implementation, on surface) (http.Handler, error) {
	h, err := i.wrap(s.policy, s.handler)
	if h == nil || err != nil {
		return nil, err
	}
	if i.know != nil && on.writer != nil {
		i.know(s.policy, h, on.writer)
	}
	return h, s.checkRounds(h, on)
}

// checkRounds checks two rounds of the first request, as some implementations keep
// what they answered.
func (s *scenario) checkRounds(h http.Handler, on surface) error {
	for range 2 {
		got, err := on.answer(h, s.requests[0])
		if err != nil {
			return err
		}
		if err := s.check(got.status, got.header, got.body); err != nil {
			return fmt.Errorf("wrong answer: %w", err)
		}
	}
	return nil
}

// measure serves the scenario's requests over and over.
func (s *scenario) measure(b *testing.B, h http.Handler, on surface) {
	b.ReportAllocs()
	on.measure(b, h, s.requests)
}
