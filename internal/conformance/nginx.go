package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/ir"
)

// StartNginx starts an nginx with one server for each policy and site of p, as
// it stands in an environment, in front of an upstream, and returns their
// addresses by name. It runs until the test ends.
func StartNginx(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
	tb.Helper()
	dir, names := WriteNginx(tb, p, emit.Options{Environment: environment}), serverNames(p)
	addrs := RunNginx(tb, dir, len(names), func(addrs []string) string {
		var b strings.Builder
		b.WriteString("include cors/http.conf;\n")
		for i, name := range names {
			fmt.Fprintf(&b, `server {
    include cors/%s.server.conf;
    listen %s;
    location / {
        proxy_pass http://%s;
        proxy_http_version 1.1;
        proxy_next_upstream off;
    }
}
`, name, addrs[i], upstream)
		}
		return b.String()
	})
	byName := map[string]string{}
	for i, name := range names {
		byName[name] = addrs[i]
	}
	return byName
}

// WriteNginx writes what the nginx target prints for p to the folder cors of a
// new temporary folder, which it returns.
func WriteNginx(tb testing.TB, p *ir.Program, o emit.Options) string {
	tb.Helper()
	files, found := nginx.Emit(p, o)
	if len(found) > 0 {
		tb.Fatalf("the nginx target reports %+v", found)
	}
	dir := tb.TempDir()
	for _, f := range files {
		write(tb, filepath.Join(dir, "cors", f.Path), f.Content)
	}
	return dir
}

func write(tb testing.TB, path string, content []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		tb.Fatal(err)
	}
}

// RunNginx starts nginx in the folder dir with a number of free addresses, for
// which config returns the content of the http block. It waits until each
// accepts, and stops nginx when the test ends.
func RunNginx(tb testing.TB, dir string, addresses int, config func(addrs []string) string) []string {
	tb.Helper()
	const attempts = 5 // another process may take a free address before nginx does
	for i := 1; ; i++ {
		addrs := FreeAddrs(tb, addresses)
		output, ok := tryNginx(tb, dir, addrs, config(addrs))
		if ok {
			return addrs
		}
		if i == attempts || !strings.Contains(output, "Address already in use") {
			tb.Fatalf("nginx does not start:\n%s", output)
		}
	}
}

// FreeAddrs returns addresses that nobody listens on. Where the whole of
// 127.0.0.0/8 is this host they are on a random one of it, so that no other test
// takes one before the server does, to be mistaken for it.
func FreeAddrs(tb testing.TB, n int) []string {
	tb.Helper()
	host := "127.0.0.1"
	if runtime.GOOS == "linux" {
		host = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
	}
	var addrs []string
	for range n {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			tb.Fatal(err)
		}
		defer l.Close()
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// tryNginx starts nginx and reports whether all addresses accept; if not it
// returns what nginx said.
func tryNginx(tb testing.TB, dir string, addrs []string, http string) (output string, ok bool) {
	tb.Helper()
	cmd := nginxCommand(tb, dir, http)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = &said, &said, childAttr()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	stop := func() {
		_ = cmd.Process.Kill()
		<-exited
	}
	for _, addr := range addrs {
		if !accepts(addr, exited) {
			stop()
			return said.String(), false
		}
	}
	tb.Cleanup(stop)
	return "", true
}

// accepts waits until a server accepts connections or its process has exited.
func accepts(addr string, exited <-chan struct{}) bool {
	deadline := time.After(20 * time.Second)
	for {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return true
		}
		select {
		case <-exited:
			return false
		case <-deadline:
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// CheckNginx returns what `nginx -t` says about the content of an http block in
// the folder dir, and an error if it refuses it.
func CheckNginx(tb testing.TB, dir, http string) (output string, err error) {
	tb.Helper()
	cmd := nginxCommand(tb, dir, http)
	cmd.Args = append(cmd.Args, "-t")
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// nginxCommand writes nginx.conf and returns the command that runs nginx on it
// as a single process in the foreground.
func nginxCommand(tb testing.TB, dir, http string) *exec.Cmd {
	tb.Helper()
	binary := Require(tb, "nginx", "nginx")
	main := fmt.Sprintf(`daemon off;
master_process off;
pid %[1]q;
error_log stderr error;
events {
}
http {
    access_log off;
    client_body_temp_path %[2]q;
    proxy_temp_path %[2]q;
    fastcgi_temp_path %[2]q;
    uwsgi_temp_path %[2]q;
    scgi_temp_path %[2]q;
%[3]s
}
`, filepath.Join(dir, "nginx.pid"), filepath.Join(dir, "temp"), http)
	write(tb, filepath.Join(dir, "nginx.conf"), []byte(main))
	return exec.Command(binary, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr")
}
