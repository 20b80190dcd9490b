package golang

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// protocols are those of net/http's servers.
var protocols = []struct {
	name  string
	start func(tb testing.TB, h http.Handler) *httptest.Server
}{
	{"HTTP1", func(tb testing.TB, h http.Handler) *httptest.Server { return start(tb, false, h) }},
	{"HTTP2", func(tb testing.TB, h http.Handler) *httptest.Server { return start(tb, true, h) }},
	{"unencrypted HTTP2", startUnencrypted},
}

// startUnencrypted serves handler over HTTP/2 without TLS.
func startUnencrypted(tb testing.TB, handler http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Config.ErrorLog = quiet
	s.Start()
	only := new(http.Protocols)
	only.SetUnencryptedHTTP2(true)
	s.Client().Transport = &http.Transport{Protocols: only}
	tb.Cleanup(func() {
		s.Client().CloseIdleConnections()
		s.Close()
	})
	return s
}

func withKeep(ctx context.Context, keep func(http.ResponseWriter)) context.Context {
	return context.WithValue(ctx, keepKey{}, keep)
}
