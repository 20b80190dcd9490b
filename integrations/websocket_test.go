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

// upgrader is gorilla's. Its default takes pages of the server's own host alone.
var upgrader = gorilla.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the gate has looked

func gorillaEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	if kind, message, err := conn.ReadMessage(); err == nil {
		_ = conn.WriteMessage(kind, message)
	}
}

func coderEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := coder.Accept(w, r, &coder.AcceptOptions{InsecureSkipVerify: true}) // the gate has looked
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

// TestOriginGate refuses pages of other origins before the upgrade. The server's
// own host is no exception: a policy names every origin that it allows.
func TestOriginGate(t *testing.T) {
	for name, handler := range upgraders {
		t.Run(name, func(t *testing.T) {
			reached := false
			server := httptest.NewServer(cors.Socket(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				reached = true
				handler(w, r)
			})))
			defer server.Close()
			for _, origin := range []string{"https://evil.example", "null", "HTTPS://app.example.com", server.URL} {
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
