package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
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
	return NginxFor("")(tb, p, environment, upstream)
}

// NginxFor is StartNginx with the output for a version of nginx.
func NginxFor(version string) Start {
	return func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
		tb.Helper()
		dir, names := WriteNginx(tb, p, emit.Options{Environment: environment, ServerVersion: version}), ServerNames(p)
		addrs := RunNginx(tb, dir, len(names), func(addrs []string) string { return nginxServers(names, addrs, upstream) })
		return byName(names, addrs)
	}
}

// mergingNginx is the version from which the output for an nginx is another one than
// that for the nginx of Debian stable.
const mergingNginx = "1.29.3"

// NginxVersions returns the versions of nginx for which the installed one can take the
// output: the default, "", and its own one where that makes a difference.
// It has to, if CORSGEN_REQUIRE names nginx-1.29.3.
func NginxVersions(tb testing.TB) []string {
	tb.Helper()
	said, err := exec.Command(Require(tb, "nginx", "nginx"), "-v").CombinedOutput()
	version := regexp.MustCompile(`nginx/([0-9.]+)`).FindSubmatch(said)
	if err != nil || version == nil {
		tb.Fatalf("nginx -v says %q: %v", said, err)
	}
	if !emit.Older(string(version[1]), mergingNginx) {
		return []string{"", string(version[1])}
	}
	if required("nginx-" + mergingNginx) {
		tb.Fatalf("CORSGEN_REQUIRE names nginx-%s, but %s is installed.", mergingNginx, version[1])
	}
	return []string{""}
}

// nginxServers returns the http block that has a server for each name, which
// includes its file and passes everything on to upstream.
func nginxServers(names, addrs []string, upstream string) string {
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
}

func byName(names, addrs []string) map[string]string {
	all := map[string]string{}
	for i, name := range names {
		all[name] = addrs[i]
	}
	return all
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
		WriteFile(tb, filepath.Join(dir, "cors", f.Path), f.Content)
	}
	return dir
}

// WriteFile writes a file, and the folders above it.
func WriteFile(tb testing.TB, path string, content []byte) {
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
	return tryAddrs(tb, addresses, func(addrs []string) (said string, ok bool) {
		return startServer(tb, nginxCommand(tb, dir, config(addrs)), addrs)
	})
}

// tryAddrs is startOn for a server that has to start.
func tryAddrs(tb testing.TB, n int, start func(addrs []string) (said string, ok bool)) []string {
	tb.Helper()
	addrs, said := startOn(tb, n, start)
	if addrs == nil {
		tb.Fatalf("the server does not start:\n%s", said)
	}
	return addrs
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

// startServer starts a server, which stops when the test ends, and reports whether
// all addresses accept; if not it returns what the server said.
func startServer(tb testing.TB, cmd *exec.Cmd, addrs []string) (said string, ok bool) {
	tb.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = &out, &out, childAttr()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in what it said
		close(exited)
	}()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // on SIGKILL the worker processes would live on
		<-exited
	}
	for _, addr := range addrs {
		if !accepts(addr, exited) {
			stop()
			return out.String(), false
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
	return nginxProcesses(tb, dir, "master_process off;", http)
}

// nginxProcesses is nginxCommand with a line that says which processes there are.
func nginxProcesses(tb testing.TB, dir, processes, http string) *exec.Cmd {
	tb.Helper()
	binary := Require(tb, "nginx", "nginx")
	main := fmt.Sprintf(`daemon off;
%[4]s
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
`, filepath.Join(dir, "nginx.pid"), filepath.Join(dir, "temp"), http, processes)
	WriteFile(tb, filepath.Join(dir, "nginx.conf"), []byte(main))
	return exec.Command(binary, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr")
}
