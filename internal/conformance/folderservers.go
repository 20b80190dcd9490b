package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exampleUpstream is where the servers of a folder look for their upstream.
const exampleUpstream = "127.0.0.1:8080"

// startNginxFolder starts nginx with an nginx.conf, which has one server, on port 80.
func startNginxFolder(tb testing.TB, file, _, upstream string) (addr, said string) {
	tb.Helper()
	dir := tb.TempDir()
	CopyStock(tb, filepath.Dir(file), dir, func(text string) string {
		return strings.ReplaceAll(text, exampleUpstream, upstream)
	})
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
func startApacheFolder(tb testing.TB, file, _, _ string) (addr, said string) {
	tb.Helper()
	a := NewApache(tb)
	a.Modules = append(a.Modules, "authn_core", "authz_user", "auth_basic", "cgid")
	site := filepath.Join(a.Dir, "www")
	CopyStock(tb, filepath.Dir(file), site, func(text string) string { return text })
	a.Hosts = []string{`DocumentRoot www
<Directory ` + site + `>
AllowOverride All
Options ExecCGI FollowSymLinks
AddHandler cgi-script .cgi
Require all granted
</Directory>`}
	return a.Start(tb)[0], ""
}
