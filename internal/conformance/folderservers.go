package conformance

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// copyFolder copies the folder of a file to dir. Its server passes on to localhost:8080,
// or 127.0.0.1:8080, and the copy to upstream.
func copyFolder(tb testing.TB, file, dir, upstream string) {
	tb.Helper()
	replacer := strings.NewReplacer("localhost:8080", upstream, "127.0.0.1:8080", upstream)
	CopyStock(tb, filepath.Dir(file), dir, replacer.Replace)
}

// startNginxFolder starts nginx with an nginx.conf, which has one server, on port 80.
func startNginxFolder(tb testing.TB, file, _, upstream string) (addr, said string) {
	tb.Helper()
	dir := tb.TempDir()
	copyFolder(tb, file, dir, upstream)
	text, err := os.ReadFile(filepath.Join(dir, "nginx.conf"))
	if err != nil {
		tb.Fatal(err)
	}
	_, http, _ := strings.Cut(string(text), "\nhttp {\n")
	addrs := RunNginx(tb, dir, 1, func(addrs []string) string {
		return strings.ReplaceAll(strings.TrimSuffix(http, "}\n"), "listen 80;", "listen "+addrs[0]+";")
	})
	return addrs[0], ""
}

// startApacheFolder starts an Apache with a folder of files and CGI scripts, as shared
// hosting has it: what can be changed is in .htaccess.
func startApacheFolder(tb testing.TB, file, _, upstream string) (addr, said string) {
	tb.Helper()
	a := NewApache(tb)
	a.Modules = append(a.Modules, "authn_core", "authz_user", "auth_basic", "cgid")
	site := filepath.Join(a.Dir, "www")
	copyFolder(tb, file, site, upstream)
	a.Hosts = []string{`DocumentRoot www
<Directory ` + site + `>
AllowOverride All
Options ExecCGI FollowSymLinks
AddHandler cgi-script .cgi
Require all granted
</Directory>`}
	return a.Start(tb)[0], ""
}

// startViteFolder starts the development server of Vite.
func startViteFolder(tb testing.TB, file, _, upstream string) (addr, said string) {
	tb.Helper()
	return startDevServer(tb, file, upstream, packagesFor(tb, filepath.Dir(file)), func(packages, host, port string) *exec.Cmd {
		return exec.Command("node", filepath.Join(packages, "vite/bin/vite.js"), "--host", host, "--port", port, "--strictPort")
	})
}

// startCRAFolder starts the development server of Create React App.
func startCRAFolder(tb testing.TB, file, _, upstream string) (addr, said string) {
	tb.Helper()
	return startDevServer(tb, file, upstream, CRAFolder(tb), func(packages, host, port string) *exec.Cmd {
		cmd := exec.Command("node", filepath.Join(packages, "react-scripts/scripts/start.js"))
		cmd.Env = append(os.Environ(), "CI=true", "BROWSER=none", "HOST="+host, "PORT="+port)
		return cmd
	})
}

// startDevServer starts a development server with a copy of the folder of a file,
// beside the packages that are installed in another folder, and waits until it serves
// a page.
func startDevServer(tb testing.TB, file, upstream, installed string, command func(packages, host, port string) *exec.Cmd) (addr, said string) {
	tb.Helper()
	Require(tb, "node", "node")
	dir, packages := tb.TempDir(), filepath.Join(installed, "node_modules")
	copyFolder(tb, file, dir, upstream)
	linkPackages(tb, packages, filepath.Join(dir, "node_modules"))
	addrs := tryAddrs(tb, 1, func(addrs []string) (said string, ok bool) {
		host, port, _ := net.SplitHostPort(addrs[0])
		cmd := command(packages, host, port)
		cmd.Dir = dir
		return startServer(tb, cmd, addrs)
	})
	awaitPage(tb, addrs[0])
	return addrs[0], ""
}

// linkPackages makes a folder with the packages of another one, in which a server has
// its own caches.
func linkPackages(tb testing.TB, packages, dir string) {
	tb.Helper()
	entries, err := os.ReadDir(packages)
	if err == nil {
		err = os.Mkdir(dir, 0o755)
	}
	for _, e := range entries {
		if err == nil && !strings.HasPrefix(e.Name(), ".") {
			err = os.Symlink(filepath.Join(packages, e.Name()), filepath.Join(dir, e.Name()))
		}
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// awaitPage waits until a server serves a page, which it may build first. That it
// accepts connections does not say so: to see whether a port is free, Vite and Create
// React App listen on it for a moment before they serve.
func awaitPage(tb testing.TB, addr string) {
	tb.Helper()
	client := http.Client{Timeout: time.Minute}
	for deadline := time.Now().Add(client.Timeout); ; time.Sleep(5 * time.Millisecond) {
		page, err := client.Get("http://" + addr + "/")
		if err == nil {
			page.Body.Close()
			return
		}
		if time.Now().After(deadline) {
			tb.Fatalf("the server does not serve: %v", err)
		}
	}
}
