package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// check returns an error unless an answer is right: what a browser would make of
// it, and that the handler ran where it should. Vary is left out: gorilla and
// jub0bs do without it in places.
func (s *scenario) check(status int, h http.Header, got string) error {
	if s.requests[0].Method == "OPTIONS" {
		return s.checkPreflight(status, h, got)
	}
	if err := s.checkHandler(status, h, got); err != nil {
		return err
	}
	exposed := ""
	if s.verdict == allowed {
		exposed = strings.Join(s.policy.expose, ",")
	}
	if v := members(h, "Access-Control-Expose-Headers"); !strings.EqualFold(v, exposed) {
		return fmt.Errorf("it exposes %q, not %q", v, exposed)
	}
	return s.checkOrigin(h)
}

// checkHandler compares an answer with that of the handler alone.
func (s *scenario) checkHandler(status int, h http.Header, got string) error {
	want, err := answerCopying(s.handler, s.requests[0])
	if err != nil {
		return err
	}
	if status != want.status || got != want.body {
		return fmt.Errorf("%d %q is not the handler's %d %q", status, got, want.status, want.body)
	}
	for name, want := range want.header {
		if !slices.Equal(h[name], want) {
			return fmt.Errorf("the handler's %s became %q", name, h[name])
		}
	}
	return nil
}

func (s *scenario) checkPreflight(status int, h http.Header, got string) error {
	if got != "" {
		return fmt.Errorf("a preflight was answered with %q", got)
	}
	if s.verdict == either {
		if v := h.Get("Access-Control-Allow-Headers"); strings.Contains(v, ",,") || status >= 500 {
			return fmt.Errorf("status %d, Access-Control-Allow-Headers of %d bytes", status, len(v))
		}
		return nil
	}
	if s.verdict == allowed {
		if err := checkLists(status, h); err != nil {
			return err
		}
	}
	return s.checkOrigin(h)
}

// checkLists checks what an allowed preflight says beside the origin.
func checkLists(status int, h http.Header) error {
	if status != 200 && status != 204 {
		return fmt.Errorf("a preflight has status %d", status)
	}
	if v := members(h, "Access-Control-Allow-Methods"); !slices.Contains(strings.Split(v, ","), "PUT") {
		return fmt.Errorf("it allows the methods %q", v)
	}
	if v := members(h, "Access-Control-Allow-Headers"); !strings.EqualFold(v, strings.Join(headers, ",")) {
		return fmt.Errorf("it allows the headers %q", v)
	}
	if v := h.Get("Access-Control-Max-Age"); v != fmt.Sprint(maxAge) {
		return fmt.Errorf("max age %q", v)
	}
	return nil
}

func (s *scenario) checkOrigin(h http.Header) error {
	origin, withCredentials := "", ""
	if s.verdict == allowed {
		origin = s.requests[0].Header.Get("Origin")
		if s.policy.credentials {
			withCredentials = "true"
		}
	}
	if v := h.Get("Access-Control-Allow-Origin"); v != origin {
		return fmt.Errorf("it allows the origin %q, not %q", v, origin)
	}
	if v := h.Get("Access-Control-Allow-Credentials"); v != withCredentials {
		return fmt.Errorf("credentials %q, not %q", v, withCredentials)
	}
	return nil
}

// members returns a list as some print it and others do not: without blanks.
func members(h http.Header, name string) string {
	return strings.ReplaceAll(strings.Join(h[name], ","), " ", "")
}
