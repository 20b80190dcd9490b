package nginx_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// TestReadme follows README.md to the letter on a copy of the configuration that
// Debian's package installs.
func TestReadme(t *testing.T) {
	web := map[string]map[string]string{"web": {"/": "full", "/it's/(a);b&c/": "patterns"}}
	tests := []struct {
		name    string
		program *ir.Program
		options emit.Options
	}{
		{"credentials", compiled(t, full), emit.Options{}},
		{"any", compiled(t, matrix[2]), emit.Options{}},
		{"reflected", compiled(t, matrix[4]), emit.Options{Prefix: "two"}},
		{"patterns", compiled(t, matrix[6]), emit.Options{}},
		{"gate", compiled(t, gated), emit.Options{}},
		{"several", compiled(t, matrix[1], full), emit.Options{}},
		{"site", compiledSites(t, web, full, matrix[6]), emit.Options{}},
	}
	for _, version := range conformance.NginxVersions(t)[1:] {
		test := tests[0]
		test.name, test.options.ServerVersion = "server_version="+version, version
		tests = append(tests, test)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := startDebian(t)
			dir := conformance.WriteNginx(t, test.program, test.options)
			readme, err := os.ReadFile(filepath.Join(dir, "cors", "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			run := func(commands string) string { return d.run(t, dir, commands) }
			before := run("curl -si -H 'Origin: https://app.example.com' http://localhost/")
			install, rest, _ := strings.Cut(string(readme), "\n## Try")
			try, rest, _ := strings.Cut(rest, "\n## Update")
			update, rest, _ := strings.Cut(rest, "\n## Roll back")
			toOld, toNone, found := strings.Cut(rest, "\nTo no policy")
			if !found {
				t.Fatalf("the sections are others:\n%s", readme)
			}
			for _, section := range []string{install, try, update, try, toOld, try} {
				conformance.Follow(t, section, run)
			}
			conformance.Follow(t, toNone, run)
			if after := run("curl -si -H 'Origin: https://app.example.com' http://localhost/"); after != before || strings.Contains(after, "Access-Control") {
				t.Errorf("rolled back, nginx answers\n%s\nand before\n%s", after, before)
			}
		})
	}
}

// debian is an nginx with the stock configuration in a folder of its own.
type debian struct{ root, addr string }

func startDebian(t *testing.T) debian {
	t.Helper()
	binary := conformance.Require(t, "nginx", "nginx")
	conformance.Require(t, "curl", "curl")
	const stock = "/etc/nginx"
	if _, err := os.Stat(stock + "/sites-available/default"); err != nil {
		t.Skip("there is no stock configuration")
	}
	d := debian{t.TempDir(), conformance.FreeAddrs(t, 1)[0]}
	for _, dir := range []string{"log", "lib/body", "html"} {
		if err := os.MkdirAll(filepath.Join(d.root, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(d.root, 0o755); err != nil {
		t.Fatal(err)
	}
	conformance.CopyStock(t, stock, filepath.Join(d.root, "etc"), d.places)
	server := exec.Command(binary, d.arguments("-g", "daemon off;")...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM) // to the master, and by it to the workers
		_ = server.Wait()
	})
	d.wait(t)
	return d
}

func (d debian) arguments(more ...string) []string {
	return append([]string{"-p", d.root, "-c", filepath.Join(d.root, "etc/nginx.conf"), "-e", filepath.Join(d.root, "log/error.log")}, more...)
}

// places are what has to be elsewhere, so that an nginx can be started that is
// not the one of the machine.
func (d debian) places(text string) string {
	return strings.NewReplacer(
		"/etc/nginx", filepath.Join(d.root, "etc"), "/run/nginx.pid", filepath.Join(d.root, "pid"), "/var/log/nginx", filepath.Join(d.root, "log"),
		"/var/www/html", filepath.Join(d.root, "html"), "listen 80 ", "listen "+d.addr+" ", "\tlisten [::]:80 default_server;\n", "",
		"http {\n", fmt.Sprintf("http {\n\tclient_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;\n", filepath.Join(d.root, "lib/body")),
	).Replace(text)
}

// wait waits until nginx answers.
func (d debian) wait(t *testing.T) {
	t.Helper()
	for range 200 {
		if exec.Command("curl", "-s", "-o", "/dev/null", "http://"+d.addr+"/").Run() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(d.root, "log/error.log"))
	t.Fatalf("nginx does not answer: %s", log)
}

// run runs commands in the folder of the output.
func (d debian) run(t *testing.T, dir, commands string) string {
	t.Helper()
	reloads := strings.Contains(commands, "systemctl reload nginx")
	nginx := strings.Join(append([]string{conformance.Require(t, "nginx", "nginx")}, d.arguments()...), " ")
	commands = strings.NewReplacer("sudo ", "", "nginx -t", nginx+" -t", "systemctl reload nginx", nginx+" -s reload", "http://localhost/", "http://"+d.addr+"/").Replace(d.places(commands))
	cmd := exec.Command("sh", "-e", "-c", commands)
	cmd.Dir = filepath.Join(dir, "cors")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v: %s", commands, err, output)
	}
	if reloads {
		time.Sleep(300 * time.Millisecond)
		d.wait(t)
	}
	return regexp.MustCompile("Date: .*").ReplaceAllString(string(output), "Date")
}
