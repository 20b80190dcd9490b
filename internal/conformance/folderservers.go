package conformance

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	node, dir := Require(tb, "node", "node"), tb.TempDir()
	copyFolder(tb, file, dir, upstream)
	packages := filepath.Join(packagesFor(tb, filepath.Dir(file)), "node_modules")
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		tb.Fatal(err)
	}
	addrs := tryAddrs(tb, 1, func(addrs []string) (said string, ok bool) {
		host, port, _ := net.SplitHostPort(addrs[0])
		cmd := exec.Command(node, filepath.Join(packages, "vite/bin/vite.js"), "--host", host, "--port", port, "--strictPort")
		cmd.Dir = dir
		return startServer(tb, cmd, addrs)
	})
	return addrs[0], ""
}
