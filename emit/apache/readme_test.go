package apache_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// TestReadme follows README.md to the letter on a copy of the configuration that
// Debian's package installs.
func TestReadme(t *testing.T) {
	several := sited(t, routes)
	several.Sites = nil
	type program struct {
		*ir.Program
		context string
	}
	programs := map[string]program{"site": {sited(t, routes), ""}, "several": {several, "vhost"}}
	for context, names := range map[string][]string{"vhost": {"full", "any", "patterns"}, "location": {"gate", "any"}, "htaccess": {"full", "reflecting"}} {
		for _, name := range names {
			programs[name+" "+context] = program{compiled(t, policies[name]), context}
		}
	}
	for name, p := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDebian(t)
			readme := d.write(t, p.Program, p.context)
			const ask = "curl -si -H 'Origin: https://app.example.com' http://localhost/"
			run := func(commands string) string { return d.run(t, commands) }
			before := run(ask)
			install, rest, _ := strings.Cut(readme, "\n## Try")
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
			if after := run(ask); after != before || strings.Contains(after, "Access-Control") {
				t.Errorf("rolled back, Apache answers\n%s\nand before\n%s", after, before)
			}
		})
	}
}

// debian is an Apache with the stock configuration in a folder of its own.
type debian struct{ root, addr string }

func startDebian(t *testing.T) debian {
	t.Helper()
	conformance.Require(t, "apache", "apache2")
	conformance.Require(t, "curl", "curl")
	const stock = "/etc/apache2"
	if _, err := os.Stat(stock + "/sites-available/000-default.conf"); err != nil {
		t.Skip("there is no stock configuration")
	}
	d := debian{t.TempDir(), conformance.FreeAddrs(t, 1)[0]}
	for _, dir := range []string{"log", "run", "lock", "state", "www/html", "out"} {
		if err := os.MkdirAll(filepath.Join(d.root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{d.root, filepath.Dir(d.root)} { // for the workers
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	page, old := filepath.Join(d.root, "www/html/index.html"), time.Now().Add(-time.Hour) // so that its ETag is a strong one
	if err := errors.Join(os.WriteFile(page, []byte("<p>It works\n"), 0o644), os.Chtimes(page, old, old)); err != nil {
		t.Fatal(err)
	}
	conformance.CopyStock(t, stock, filepath.Join(d.root, "etc"), d.places)
	server := d.command("exec apache2 -d " + d.root + "/etc -DFOREGROUND")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM) // to the parent, and by it to the workers
		_ = server.Wait()
	})
	d.wait(t)
	return d
}

// write writes the files of a program and returns its README.
func (d debian) write(t *testing.T, p *ir.Program, context string) string {
	t.Helper()
	files, diags := apache.Emit(p, emit.Options{Context: context})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(d.root, "out", f.Path), f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return string(files[0].Content)
}

// places are what has to be elsewhere, so that an Apache can be started that is
// not the one of the machine.
func (d debian) places(text string) string {
	_, port, _ := strings.Cut(d.addr, ":")
	return strings.NewReplacer(
		"/etc/apache2", d.root+"/etc", "/var/run/apache2", d.root+"/run", "/var/lock/apache2", d.root+"/lock", "/var/log/apache2", d.root+"/log",
		"/var/www", d.root+"/www", "Listen 80\n", "ServerName localhost\nListen "+d.addr+"\n", "<VirtualHost *:80>", "<VirtualHost *:"+port+">",
		"export APACHE_RUN_USER=www-data", "export APACHE_RUN_USER="+d.user("un"), "export APACHE_RUN_GROUP=www-data", "export APACHE_RUN_GROUP="+d.user("gn"),
	).Replace(text)
}

// user returns the name of the user or group that the workers run as.
func (d debian) user(what string) string {
	if os.Getuid() == 0 {
		return "www-data"
	}
	name, _ := exec.Command("id", "-"+what).Output()
	return strings.TrimSpace(string(name))
}

// command returns a command of the shell with the environment of this Apache.
func (d debian) command(commands string) *exec.Cmd {
	cmd := exec.Command("sh", "-e", "-c", ". "+d.root+"/etc/envvars\n"+commands)
	cmd.Dir = filepath.Join(d.root, "out")
	cmd.Env = append(os.Environ(), "APACHE_CONFDIR="+d.root+"/etc", "APACHE_STATE_DIRECTORY="+d.root+"/state", "PATH="+os.Getenv("PATH")+":/usr/sbin")
	return cmd
}

// wait waits until Apache answers.
func (d debian) wait(t *testing.T) {
	t.Helper()
	for range 200 {
		if exec.Command("curl", "-s", "-o", "/dev/null", "http://"+d.addr+"/").Run() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(d.root, "log/error.log"))
	t.Fatalf("Apache does not answer: %s", log)
}

// run runs commands in the folder of the output.
func (d debian) run(t *testing.T, commands string) string {
	t.Helper()
	reloads := strings.Contains(commands, "systemctl reload apache2")
	commands = strings.NewReplacer("sudo ", "", "systemctl reload apache2", "apache2 -d "+d.root+"/etc -k graceful", "http://localhost/", "http://"+d.addr+"/").Replace(d.places(commands))
	output, err := d.command(commands).CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v: %s", commands, err, output)
	}
	if reloads {
		time.Sleep(300 * time.Millisecond)
		d.wait(t)
	}
	return regexp.MustCompile("Date: .*").ReplaceAllString(string(output), "Date")
}
