package conformance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// generation returns a program in which everything that a policy says, and the
// route of the site, differs from what the generations around it say.
func generation(t *testing.T, n int) *ir.Program {
	t.Helper()
	p, found := compiledText(fmt.Sprintf(`
policy "app" {
  allow_origins     = ["https://app.example.com", "https://g%d.example.com", "https://*.g%d.example.com"]
  allow_methods     = ["M%d"]
  allow_headers     = ["X-Allow-%d"]
  expose_headers    = ["X-Expose-%d"]
  allow_credentials = %t
  max_age           = %d
  preflight_status  = %d
  origin_gate       = %t
}
policy "public" {
  allow_origins  = ["*"]
  expose_headers = ["X-Public-%d"]
  max_age        = %d
}
site "api" {
  route "/" {
    policy = policy.%s
  }
  route "/g%d/" {
    policy = policy.%s
  }
}
`, n%4, n%4, n, n, n, n%2 == 0, n, []int{200, 204}[n%2], n%3 == 0, n, n, []string{"app", "public"}[n%2], n%4, []string{"public", "app"}[n%2]))
	if found != "" {
		t.Fatal(found)
	}
	return p
}

// reloadRequests are requests to most of which two generations in a row give
// different answers.
func reloadRequests() []golden.Exchange {
	var all []golden.Exchange
	for _, o := range []string{"https://app.example.com", "https://g0.example.com", "https://x.g1.example.com", "https://g2.example.com", "https://g3.example.com", "https://evil.example", ""} {
		for _, target := range []string{"/", "/g1/x", "/g2/x"} {
			fields := []golden.Field{{Name: "Origin", Value: o}}[:min(1, len(o))]
			for _, e := range []golden.Exchange{
				{Request: golden.Request{Method: "GET", Target: target, Fields: fields}, Upstream: &matrixAnswers[1]},
				{Request: golden.Request{Method: "OPTIONS", Target: target, Fields: preflightFields(fields, matrixPreflights[0])}},
			} {
				site := e
				e.Policy, site.Site = "app", "api"
				all = append(all, e, site)
			}
		}
	}
	return all
}

// TestReload reloads servers under load while their policies change, and demands
// of every answer that it is the one of the old or of the new policy.
// CORSGEN_RELOADS says how often.
func TestReload(t *testing.T) {
	reloads := 10
	if text := os.Getenv("CORSGEN_RELOADS"); text != "" {
		var err error
		if reloads, err = strconv.Atoi(text); err != nil {
			t.Fatalf("CORSGEN_RELOADS is a number, not %q.", text)
		}
	}
	for _, server := range []struct {
		target emit.Target
		start  conformance.StartLive
	}{{nginx.Target(), conformance.LiveNginx}, {apache.Target(), conformance.LiveApache}} {
		t.Run(server.target.Name, func(t *testing.T) {
			t.Parallel()
			r := reloading{T: t, target: server.target, exchanges: reloadRequests(), upstream: conformance.StartUpstream(t)}
			for n := range reloads + 1 {
				r.plan(generation(t, n))
			}
			r.live = server.start(t, r.programs[0], r.upstream.Addr, func(dir string) {
				r.dir = dir
				r.generate(0)
			})
			r.soak(reloads)
		})
	}
}

// reloading is a server whose policies change.
type reloading struct {
	*testing.T
	target    emit.Target
	dir       string
	live      conformance.Live
	upstream  *conformance.Upstream
	exchanges []golden.Exchange
	programs  []*ir.Program
	wants     [][]conformance.Answer // by generation and exchange
	written   atomic.Int64           // the generation whose files are in place, or about to be
	answered  atomic.Int64
	changed   atomic.Int64 // answers that tell the two generations apart
	refused   int          // reloads in which the server refused a mixture
}

// plan adds a generation.
func (r *reloading) plan(p *ir.Program) {
	var wants []conformance.Answer
	for _, e := range r.exchanges {
		wants = append(wants, promises(p, server{name: e.Policy}, e)[0])
	}
	r.programs, r.wants = append(r.programs, p), append(r.wants, wants)
}

// generate does what the command of that name does. With more changes it brings
// these about as well.
func (r *reloading) generate(n int, more ...emit.Change) error {
	changes, root := r.changes(n)
	defer root.Close()
	return emit.Apply(root, append(changes, more...))
}

// generateSlowly does what generate does, and reloads the server after each file. It
// may refuse to read a mixture, and must not use one.
func (r *reloading) generateSlowly(n int) {
	changes, root := r.changes(n)
	defer root.Close()
	for _, c := range changes {
		if err := emit.Apply(root, []emit.Change{c}); err != nil {
			r.Error(err)
		}
		if err := r.live.Reload(); err == nil {
			continue
		} else if !strings.Contains(err.Error(), "corsgen_not_in_http_conf_") {
			r.Error(err)
		}
		r.refused++
	}
}

// changes returns what has to be done for a generation, and in which folder.
func (r *reloading) changes(n int) ([]emit.Change, *os.Root) {
	files, found := r.target.Print(r.programs[n], emit.Options{})
	if found.HasErrors() {
		r.Fatal(found)
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		r.Fatal(err)
	}
	changes, err := emit.Compare(root, "cors", files)
	if err != nil {
		r.Fatal(err)
	}
	return changes, root
}

// soak changes the policies and reloads the server while clients ask it.
func (r *reloading) soak(reloads int) {
	var clients sync.WaitGroup
	done := make(chan struct{})
	for i := range 4 { // each starts at another request
		clients.Go(func() { r.ask(i, done) })
	}
	for n := 1; n <= reloads && !r.Failed(); n++ {
		if n%3 == 0 {
			r.failToGenerate(n)
		}
		r.written.Store(int64(n))
		if n%2 == 0 {
			r.generateSlowly(n)
		} else if err := r.generate(n); err != nil {
			r.Error(err)
		}
		if err := r.live.Reload(); err != nil {
			r.Error(err)
		}
		r.settle(n)
	}
	close(done)
	clients.Wait()
	r.Logf("%d reloads, %d answers, of which %d show the policy; %d mixtures were refused", reloads, r.answered.Load(), r.changed.Load(), r.refused)
	if r.target.Name == "nginx" && r.refused < reloads/2 {
		r.Error("nginx took a mixture")
	}
	if r.changed.Load() < int64(10*reloads) {
		r.Error("too few answers to say something")
	}
}

// failToGenerate writes a generation that cannot be written as a whole, and reloads
// the server, which must not see anything of it.
func (r *reloading) failToGenerate(n int) {
	folder := filepath.Join(r.dir, "cors", "folder")
	if err := os.MkdirAll(filepath.Join(folder, "of"), 0o755); err != nil {
		r.Error(err)
	}
	if err := r.generate(n, emit.Change{Path: "cors/folder", State: emit.Stale, New: []byte("x")}); err == nil {
		r.Error("a file was written in a folder's place")
	}
	if err := r.live.Reload(); err != nil {
		r.Error(err)
	}
	r.settle(n - 1)
}

// settle waits until no process of the server answers by another generation: three
// times as long as nginx lets old workers take connections.
func (r *reloading) settle(n int) {
	deadline := time.Now().Add(20 * time.Second)
	for same := 0; same < 30; same++ {
		e := r.exchanges[1]
		got, err := conformance.Send(r.addr(e), r.upstream, e.Request, e.Upstream)
		if err != nil || !cmp.Equal(r.wants[n][1], got, cmpopts.EquateEmpty()) {
			same = -1
		}
		if time.Now().After(deadline) {
			r.Errorf("The server does not take generation %d: %v\n%s", n, err, cmp.Diff(r.wants[n][1], got))
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (r *reloading) addr(e golden.Exchange) string { return r.live.Addrs[e.Policy+e.Site] }

// ask sends requests until done is closed. Every other client has a connection for
// each request, where nothing excuses that there is no answer.
func (r *reloading) ask(i int, done <-chan struct{}) {
	clients := map[string]*conformance.Client{}
	for name, addr := range r.live.Addrs {
		clients[name] = &conformance.Client{Addr: addr, Upstream: r.upstream}
		defer clients[name].Close()
	}
	for fresh := i%2 == 0; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		at := i % len(r.exchanges)
		e := r.exchanges[at]
		client := clients[e.Policy+e.Site]
		if fresh {
			client.Close()
		}
		oldest := max(0, r.written.Load()-1)
		got, err := client.Send(e.Request, e.Upstream)
		r.judge(at, oldest, r.written.Load(), got, err)
	}
}

// judge demands that an answer is that of one of the generations.
func (r *reloading) judge(at int, oldest, newest int64, got conformance.Answer, err error) {
	var diffs []string
	for n := oldest; n <= newest; n++ {
		diffs = append(diffs, cmp.Diff(r.wants[n][at], got, cmpopts.EquateEmpty()))
	}
	r.answered.Add(1)
	if err != nil || !slices.Contains(diffs, "") {
		r.Errorf("%sgenerations %d to %d: %v (-reference +server)\n%s", exchangeText(r.exchanges[at]), oldest, newest, err, strings.Join(diffs, "\n"))
	}
	if oldest < newest && !cmp.Equal(r.wants[oldest][at], r.wants[newest][at], cmpopts.EquateEmpty()) {
		r.changed.Add(1)
	}
}
