package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/ir"
)

// StartApache starts an Apache for the duration of the test. It has a virtual
// host for every policy and site of p, which includes its file and passes
// everything on to upstream, a host and port. The addresses of the virtual hosts
// are returned by name.
func StartApache(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
	tb.Helper()
	files, diags := apache.Emit(p, emit.Options{Environment: environment})
	if diags.HasErrors() {
		tb.Fatalf("Emit: %v", diags)
	}
	a := NewApache(tb)
	for _, f := range files {
		a.WriteFile(tb, f.Path, string(f.Content))
	}
	names := ServerNames(p)
	a.include("", names, upstream)
	return byName(names, a.Start(tb))
}

// include adds a virtual host for each name, which includes its file of a folder
// and passes everything on to upstream.
func (a *Apache) include(folder string, names []string, upstream string) {
	for _, name := range names {
		a.Hosts = append(a.Hosts, fmt.Sprintf("AllowEncodedSlashes NoDecode\nInclude %s%s.vhost.conf\nProxyPass / http://%s/ retry=0 disablereuse=on nocanon\nProxyErrorOverride Off", folder, name, upstream))
	}
}

// Apache is an Apache to test with. Its files live in a temporary folder.
type Apache struct {
	Dir     string   // an absolute path; relative names in the configuration start here
	Modules []string // to load, without "mod_"
	Global  string   // lines outside of virtual hosts
	Hosts   []string // the lines of each virtual host

	binary string
}

// NewApache prepares an Apache with the modules that the files of corsgen and a
// proxy need. The test is skipped if Apache is not installed.
func NewApache(tb testing.TB) *Apache {
	tb.Helper()
	a := &Apache{binary: Require(tb, "apache", "apache2"), Dir: tb.TempDir()}
	a.Modules = []string{
		"mpm_event", "authz_core", "access_compat", "allowmethods", "headers", "setenvif", "alias", "rewrite",
		"proxy", "proxy_http", "dir", "mime",
	}
	// The worker processes of an Apache that root starts run as www-data.
	for _, dir := range []string{a.Dir, filepath.Dir(a.Dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	a.WriteFile(tb, "mime.types", "text/html html\ntext/plain txt\n")
	return a
}

// WriteFile writes a file below Dir, and the folders above it.
func (a *Apache) WriteFile(tb testing.TB, name, content string) {
	tb.Helper()
	path := filepath.Join(a.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// Check writes the configuration and returns what Apache says of it, and whether
// Apache would start.
func (a *Apache) Check(tb testing.TB) (output string, ok bool) {
	tb.Helper()
	a.configure(tb, FreeAddrs(tb, len(a.Hosts)))
	out, err := a.command("-t").CombinedOutput()
	return string(out), err == nil
}

// Start starts the Apache and returns the addresses of its virtual hosts. It
// stops when the test ends.
func (a *Apache) Start(tb testing.TB) []string {
	tb.Helper()
	var output string
	for range 5 { // another process may take a port in between
		addrs := FreeAddrs(tb, len(a.Hosts))
		a.configure(tb, addrs)
		var ok bool
		if output, ok = startServer(tb, a.command("-DFOREGROUND"), addrs); ok {
			return addrs
		}
	}
	tb.Fatalf("Apache does not start: %s\n%s", output, a.errorLog())
	return nil
}

func (a *Apache) command(args ...string) *exec.Cmd {
	return exec.Command(a.binary, append([]string{"-d", a.Dir, "-f", filepath.Join(a.Dir, "httpd.conf")}, args...)...)
}

func (a *Apache) errorLog() string {
	content, _ := os.ReadFile(filepath.Join(a.Dir, "error.log"))
	return string(content)
}

func (a *Apache) configure(tb testing.TB, addrs []string) {
	tb.Helper()
	var b strings.Builder
	for _, m := range a.Modules {
		fmt.Fprintf(&b, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
	}
	if os.Getuid() == 0 {
		b.WriteString("User www-data\nGroup www-data\n")
	}
	fmt.Fprintf(&b, httpdConf, a.Dir, a.Dir, a.Global)
	for i, host := range a.Hosts {
		// Without a ServerName Apache asks the DNS for one.
		fmt.Fprintf(&b, "Listen %s\n<VirtualHost %s>\nServerName localhost\n%s\n</VirtualHost>\n", addrs[i], addrs[i], host)
	}
	a.WriteFile(tb, "httpd.conf", b.String())
}

const httpdConf = `ServerName localhost
DefaultRuntimeDir %s
Mutex file:%s
PidFile httpd.pid
ErrorLog error.log
TypesConfig mime.types
StartServers 1
MaxKeepAliveRequests 0
%s
`
