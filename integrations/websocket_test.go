package integrations

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"github.com/corsgen/corsgen/integrations/cors"
)

// allowed asks the policy, for upgraders: without origin_gate every page may open
// a WebSocket. Requests without an Origin are not from a browser.
func allowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || cors.AppAllowsOrigin(origin)
}

func gorillaEcho(w http.ResponseWriter, r *http.Request) {
	upgrader := gorilla.Upgrader{CheckOrigin: allowed}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	if kind, message, err := conn.ReadMessage(); err == nil {
		_ = conn.WriteMessage(kind, message)
	}
}

// coderEcho asks before Accept. OriginPatterns is no substitute: it compares hosts
// without regard to case, "*" stands for dots too, and the server's own host is
// always taken.
func coderEcho(w http.ResponseWriter, r *http.Request) {
	if !allowed(r) {
		http.Error(w, "origin not allowed", http.StatusForbidden)
		return
	}
	conn, err := coder.Accept(w, r, &coder.AcceptOptions{InsecureSkipVerify: true}) // the policy was asked
	if err != nil {
		return
	}
	defer conn.CloseNow()
	if kind, message, err := conn.Read(r.Context()); err == nil {
		_ = conn.Write(r.Context(), kind, message)
	}
	_ = conn.Close(coder.StatusNormalClosure, "")
}

var upgraders = map[string]http.HandlerFunc{"gorilla": gorillaEcho, "coder": coderEcho}

// TestUpgrade sends a message through the generated middleware's writer.
func TestUpgrade(t *testing.T) {
	for name, handler := range upgraders {
		for policy, middleware := range map[string]func(http.Handler) http.Handler{"app": cors.App, "socket": cors.Socket} {
			t.Run(name+"/"+policy, func(t *testing.T) {
				server := httptest.NewServer(middleware(handler))
				defer server.Close()
				echoes(t, server.URL, app)
				echoes(t, server.URL, "") // no page
			})
		}
	}
}

// TestAllowsOrigin lets the upgraders themselves refuse pages of other origins.
func TestAllowsOrigin(t *testing.T) {
	for name, handler := range upgraders {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(cors.App(handler))
			defer server.Close()
			for _, origin := range foreign(server) {
				if status := refused(t, server.URL, origin); status != http.StatusForbidden {
					t.Errorf("%s: %d", origin, status)
				}
			}
		})
	}
}

// foreign are origins that the policies do not name. The server's own is one.
func foreign(server *httptest.Server) []string {
	return []string{"https://evil.example", "null", "HTTPS://app.example.com", server.URL}
}

// TestOriginGate refuses pages of other origins before the handler.
func TestOriginGate(t *testing.T) {
	for name, handler := range upgraders {
		t.Run(name, func(t *testing.T) {
			reached := false
			server := httptest.NewServer(cors.Socket(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				reached = true
				handler(w, r)
			})))
			defer server.Close()
			for _, origin := range foreign(server) {
				if status := refused(t, server.URL, origin); status != http.StatusForbidden || reached {
					t.Errorf("%s: %d, reached the handler: %v", origin, status, reached)
				}
			}
		})
	}
}

// echoes demands that a WebSocket from a page of the origin opens and brings a
// message back.
func echoes(t *testing.T, url, origin string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := coder.Dial(ctx, url, &coder.DialOptions{HTTPHeader: fromPage(origin)})
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, coder.MessageText, []byte("hello")); err != nil {
		t.Error(err)
	}
	if _, message, err := conn.Read(ctx); err != nil || string(message) != "hello" {
		t.Errorf("%q, %v", message, err)
	}
}

// refused returns the status in place of an upgrade.
func refused(t *testing.T, url, origin string) int {
	t.Helper()
	conn, response, err := gorilla.DefaultDialer.Dial(strings.Replace(url, "http", "ws", 1), fromPage(origin))
	if err == nil {
		conn.Close()
		t.Errorf("a page of %s opens a WebSocket", origin)
	}
	if response == nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func fromPage(origin string) http.Header {
	if origin == "" {
		return nil
	}
	return http.Header{"Origin": {origin}}
}
