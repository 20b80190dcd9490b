package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

// askService starts the example service in each environment and asks it for the
// origins that it should and should not allow.
func askService(t *testing.T, binary string) {
	t.Helper()
	for environment, want := range map[string]map[string]string{
		"production":  {"https://shop.example.com": "https://shop.example.com", "http://localhost:3000": ""},
		"development": {"https://shop.example.com": "", "http://localhost:3000": "http://localhost:3000"},
	} {
		url, logged := "", &logs{}
		for range 5 { // another process may have taken the port in the meantime
			if url = startService(t, binary, environment, logged); url != "" {
				break
			}
		}
		for origin, allowed := range want {
			request, err := http.NewRequest("GET", url+"/orders", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Origin", origin)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if got := response.Header.Get("Access-Control-Allow-Origin"); got != allowed {
				t.Errorf("%s, %s: Access-Control-Allow-Origin is %q, not %q", environment, origin, got, allowed)
			}
			refused := allowed == ""
			if got := logged.has("reason=origin-not-allowed origin="+origin, refused); got != refused {
				t.Errorf("%s, %s: refused is %t, logged is %t", environment, origin, refused, got)
			}
		}
	}
}

// logs is a buffer that can be read while it is written.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// has reports whether the logs hold text; what is expected may take some time.
func (l *logs) has(text string, expected bool) bool {
	for range 500 {
		l.mu.Lock()
		found := strings.Contains(l.text.String(), text)
		l.mu.Unlock()
		if found || !expected {
			return found
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

// startService returns "" if the service ends instead of listening.
func startService(t *testing.T, binary, environment string, logged *logs) (url string) {
	t.Helper()
	address := conformance.FreeAddrs(t, 1)[0]
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "ENVIRONMENT="+environment, "ADDRESS="+address)
	cmd.Stderr = io.MultiWriter(os.Stderr, logged)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "http://" + address
		}
		select {
		case <-ended:
			return ""
		case <-time.After(20 * time.Millisecond):
		}
	}
}
