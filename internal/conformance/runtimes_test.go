package conformance_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

// fetchServers start servers whose handlers take a Request and return a Response.
func fetchServers(t *testing.T) map[string]conformance.Start {
	starts := map[string]conformance.Start{"workerd": conformance.StartWorkerd}
	for _, r := range conformance.Runtimes {
		if r.Name == r.Servers[0] {
			starts[r.Name] = r.On(t, r.Name)
		}
	}
	return starts
}

// TestFetchFeatures asks for Responses that are hard to change.
func TestFetchFeatures(t *testing.T) {
	const origin, other, stranger = "https://app.example.com", "https://admin.example.com", "https://stranger.example"
	tests := []struct {
		path, origin string
		header       string
		want         string
	}{
		{"redirect", origin, "Access-Control-Allow-Origin", "302 [https://app.example.com]"},
		{"redirect", origin, "Location", "302 [http://localhost/]"},
		{"stream", origin, "Access-Control-Allow-Origin", "200 [https://app.example.com]"},
		{"own", stranger, "Access-Control-Allow-Origin", "200 []"},
		{"own", origin, "Access-Control-Max-Age", "200 []"},
		{"own", origin, "Vary", "200 [Accept, Origin]"},
		{"shared", origin, "Access-Control-Allow-Origin", "304 [https://app.example.com]"},
		{"shared", other, "Access-Control-Allow-Origin", "304 [https://admin.example.com]"},
		{"shared", stranger, "Access-Control-Allow-Origin", "304 []"},
	}
	for name, start := range fetchServers(t) {
		t.Run(name, func(t *testing.T) {
			program := conformance.Compile(t, nodePolicy)
			addr := start(t, program, "", conformance.StartUpstream(t).Addr)["app"]
			demandSocket(t, addr)
			for _, test := range tests {
				probe := conformance.Probe{Method: "GET", Path: "/special/" + test.path, Origin: test.origin, Show: test.header}
				if got := probe.Send(t, addr); got != test.want {
					t.Errorf("%s from %s: %s is %s, want %s", test.path, test.origin, test.header, got, test.want)
				}
			}
		})
	}
}

// demandSocket demands that a WebSocket is opened, for any origin, and works.
func demandSocket(t *testing.T, addr string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(conn, "GET /socket HTTP/1.1\r\nHost: localhost\r\nOrigin: https://stranger.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(response, err)
	}
	frame := make([]byte, 7)
	if _, err := io.ReadFull(reader, frame); err != nil || string(frame[2:]) != "hello" {
		t.Errorf("the socket says %q, %v", frame, err)
	}
}
