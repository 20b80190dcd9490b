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
			before := d.run(t, ask)
			install, rest, _ := strings.Cut(readme, "\n## Try")
			try, rest, _ := strings.Cut(rest, "\n## Update")
			update, rest, _ := strings.Cut(rest, "\n## Roll back")
			toOld, toNone, found := strings.Cut(rest, "\nTo no policy")
			if !found {
				t.Fatalf("the sections are others:\n%s", readme)
			}
			for _, section := range []string{install, try, update, try, toOld, try} {
				d.follow(t, section)
			}
			d.follow(t, toNone)
			if after := d.run(t, ask); after != before || strings.Contains(after, "Access-Control") {
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
	d.copy(t, stock, filepath.Join(d.root, "etc"))
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

// copy copies the stock configuration.
func (d debian) copy(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.Walk(from, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		switch {
		case info.IsDir():
			return os.MkdirAll(target, 0o755)
		case info.Mode()&os.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(d.places(link), target)
		default:
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(target, []byte(d.places(string(content))), 0o644)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
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

var block = regexp.MustCompile("(?s)```(sh|text)\n(.*?)\n```")

// follow runs the commands of a section, and demands what it says of their
// output. Modules may add to Vary.
func (d debian) follow(t *testing.T, section string) {
	t.Helper()
	output := ""
	for _, b := range block.FindAllStringSubmatch(section, -1) {
		if b[1] == "sh" {
			output = d.run(t, b[2])
			continue
		}
		for want := range strings.SplitSeq(b[2], "\n") {
			end := "\n"
			if strings.HasPrefix(want, "Vary: ") {
				end = ""
			}
			if !strings.Contains(strings.ReplaceAll(output, "\r", ""), want+end) {
				t.Errorf("the answer has no line %q:\n%s", want, output)
			}
		}
	}
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
