//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const launcherPolicy = `policy "app" {
  allow_origins = ["https://app.example.com"]
}
`

// launcher is how npm starts corsgen, but for npx.
const launcher = "node_modules/.bin/corsgen"

func newLauncher(t *testing.T, install string) nodePerson {
	t.Helper()
	p := newNodePerson(t, newRegistry(t, npmPackages(t)))
	p.run("npm init --yes\n" + install)
	p.write("cors.hcl", launcherPolicy)
	return p
}

// result is what a command line comes to.
type result struct {
	status         int
	stdout, stderr string
}

func (p nodePerson) result(line, stdin string, env ...string) result {
	p.t.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(line, env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// TestLauncher checks that corsgen from npm is corsgen: arguments, standard
// streams and the exit status.
func TestLauncher(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev corsgen")
	p.write("a folder/cors.hcl", strings.ReplaceAll(launcherPolicy, ".com", ".com:443"))
	tests := []struct {
		line, stdin string
		want        result
	}{
		{launcher + " decide", `{"method":"GET","headers":[]}` + "\n", result{0, `{"policy":"app","class":"non-cors","allowed":false,"status":0,"headers":[["Vary","Origin"]]}` + "\n", ""}},
		{launcher + " check", "", result{0, "", "1 policy, no findings"}},
		{launcher + ` check "a folder"`, "", result{1, "C103", ""}},
		{launcher + ` check 'quoted "$HOME" & $(more)'`, "", result{2, "", `quoted "$HOME" & $(more)`}},
		{launcher, "", result{0, "corsgen [command]", ""}},
		{launcher + " chek", "", result{2, "", `unknown command "chek"`}},
		{"npx corsgen check 'a folder'", "", result{1, "C103", ""}},
		{"npx corsgen chek", "", result{2, "", `unknown command "chek"`}},
	}
	for _, test := range tests {
		got := p.result(test.line, test.stdin)
		if got.status != test.want.status || !strings.Contains(got.stdout, test.want.stdout) || !strings.Contains(got.stderr, test.want.stderr) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", test.line, got, test.want)
		}
	}
}

// TestLauncherSignals checks that a signal to the launcher, such as that of a
// supervisor, ends the program too, and that the launcher ends as the program did.
func TestLauncherSignals(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev corsgen")
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd := p.command("exec " + launcher + " decide")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill(); stdout.Close() })
		answers := bufio.NewReader(stdout)
		_, _ = io.WriteString(stdin, `{"method":"GET","headers":[]}`+"\n")
		if _, err := answers.ReadString('\n'); err != nil { // the program runs
			t.Fatal(err)
		}
		_ = cmd.Process.Signal(signal)
		if _, err := io.ReadAll(answers); err != nil { // and has ended, which closes the pipe
			t.Errorf("%s: the program is still there: %v", signal, err)
		}
		_ = cmd.Wait()
		late.Stop()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != signal {
			t.Errorf("%s: the launcher ends with %s", signal, cmd.ProcessState)
		}
	}
}

// TestLauncherBrokenPipe checks that a program which ends by a signal that Node
// ignores does not pass for one that is fine.
func TestLauncherBrokenPipe(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev corsgen")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	reader.Close()
	cmd := p.command("exec " + launcher + " rules")
	cmd.Stdout = writer
	_ = cmd.Run()
	if got, want := cmd.ProcessState.ExitCode(), 128+int(syscall.SIGPIPE); got != want {
		t.Errorf("the exit status is %d, not %d", got, want)
	}
}

// TestLauncherWithoutProgram checks that people are told what to do where the
// program is missing.
func TestLauncherWithoutProgram(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev --omit=optional corsgen")
	missing := p.result("npx corsgen check", "")
	if want := "corsgen: the package @corsgen/" + nodePlatform(t) + "@0.0.0-devel, which holds the program for this platform, is not installed."; missing.status != 2 || !strings.HasPrefix(missing.stderr, want) {
		t.Errorf("got %+v", missing)
	}
	unknown := p.result(launcher+" check", "", p.platform("freebsd"))
	if want := "corsgen: there is no package with the program for this platform, @corsgen/freebsd-x64."; unknown.status != 2 || !strings.HasPrefix(unknown.stderr, want) {
		t.Errorf("got %+v", unknown)
	}
}

// TestLauncherCannotRun checks that a program which the system refuses to run is
// trouble too.
func TestLauncherCannotRun(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev corsgen")
	program := filepath.Join("node_modules/@corsgen", nodePlatform(t), "bin/corsgen")
	if err := os.Chmod(filepath.Join(p.dir, program), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := p.result(launcher+" check", ""); got.status != 2 || !strings.Contains(got.stderr, program+" cannot be run: ") {
		t.Errorf("got %+v", got)
	}
}

// TestLauncherOnWindows checks the name of the program there, with a Node that
// takes this system for Windows.
func TestLauncherOnWindows(t *testing.T) {
	p := newLauncher(t, "npm install --save-dev corsgen")
	const program = "node_modules/@corsgen/win32-x64/bin/corsgen.exe"
	p.write(program, "#!/bin/sh\necho Windows \"$@\"\n")
	if err := os.Chmod(filepath.Join(p.dir, program), 0o777); err != nil {
		t.Fatal(err)
	}
	if got := p.result(launcher+" check", "", p.platform("win32")); got.stdout != "Windows check\n" {
		t.Errorf("got %+v", got)
	}
}

// platform returns a variable of the environment that makes Node take this system
// for another one.
func (p nodePerson) platform(name string) string {
	p.t.Helper()
	p.write("platform.cjs", "Object.defineProperty(process, 'platform', { value: '"+name+"' });\nObject.defineProperty(process, 'arch', { value: 'x64' });\n")
	return "NODE_OPTIONS=--require ./platform.cjs"
}
