package conformance

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// folderKinds are the kinds of servers that a folder may hold, by the name of a file
// in it. A start returns the address of the server, which has set for it what is
// specific to an environment, or what the server said where it does not start.
var folderKinds = []struct {
	file  string // a pattern of filepath.Match
	start func(tb testing.TB, file, environment, upstream string) (addr, said string)
}{
	{"server.*js", startScript},
	{"nginx.conf", startNginxFolder},
	{".htaccess", startApacheFolder},
	{"vite.config.mjs", startViteFolder},
	{"package.json", startCRAFolder},
}

// StartFolder starts the server that a folder holds, or its folder for an environment,
// in front of an upstream if it has one, and returns its address; or what it said, if
// it does not start. It runs until the test ends.
func StartFolder(tb testing.TB, dir, environment, upstream string) (addr, said string) {
	tb.Helper()
	if _, err := os.Stat(filepath.Join(dir, environment)); err == nil {
		dir = filepath.Join(dir, environment)
	}
	Watch(tb, dir)
	for _, kind := range folderKinds {
		files, err := filepath.Glob(filepath.Join(dir, kind.file))
		if err != nil {
			tb.Fatal(err)
		}
		if len(files) == 1 {
			return kind.start(tb, files[0], environment, upstream)
		}
	}
	tb.Fatalf("%s holds no server of a known kind", dir)
	return "", ""
}

// startScript starts a server for Node, which takes its port from the environment
// variable PORT, and others from the file .env beside it, or ENVIRONMENT.env.
func startScript(tb testing.TB, file, environment, _ string) (addr, said string) {
	tb.Helper()
	node, dir := Require(tb, "node", "node"), filepath.Dir(file)
	packagesFor(tb, dir)
	var arguments []string
	if _, err := os.Stat(filepath.Join(dir, environment+".env")); err == nil {
		arguments = append(arguments, "--env-file="+environment+".env")
	}
	addrs, said := startOn(tb, 1, func(addrs []string) (said string, ok bool) {
		_, port, _ := net.SplitHostPort(addrs[0])
		if _, taken := starting.LoadOrStore(port, true); taken {
			return "address already in use", false
		}
		defer starting.Delete(port)
		cmd := exec.Command(node, append(arguments, filepath.Base(file))...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "PORT=" + port}
		return startServer(tb, cmd, addrs)
	})
	if addrs == nil {
		return "", uncaught.FindString(said)
	}
	return addrs[0], ""
}

// starting holds the ports of the scripts that start. They listen on every address, so
// that one would be mistaken for another one with the same port.
var starting sync.Map

// packagesFor returns the folder with the packages that servers in dir import, which
// have to be installed.
func packagesFor(tb testing.TB, dir string) string {
	tb.Helper()
	folder, err := filepath.Abs(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for range 4 {
		if _, err := os.Stat(filepath.Join(folder, "package.json")); err == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	RequirePackages(tb, folder)
	return folder
}

// uncaught matches what Node says of an error that ends a program.
var uncaught = regexp.MustCompile(`(?m)^\w*Error\b.*$`)

// startOn starts a server on free addresses, of which another process may take one
// before the server does: then it tries others. It returns what the server said
// where it does not start.
func startOn(tb testing.TB, n int, start func(addrs []string) (said string, ok bool)) (addrs []string, said string) {
	tb.Helper()
	const attempts = 5
	for range attempts {
		addrs = FreeAddrs(tb, n)
		var ok bool
		if said, ok = start(addrs); ok {
			return addrs, ""
		}
		if !strings.Contains(strings.ToLower(said), "address already in use") {
			break
		}
	}
	return nil, said
}
