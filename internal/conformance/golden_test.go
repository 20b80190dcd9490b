package conformance_test

import (
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/all"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/rules"
)

func cases(t *testing.T) []golden.Case {
	t.Helper()
	cases, err := golden.Load("../../testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// load reads and compiles a policy that must have no errors.
func load(t *testing.T, path string) *ir.Program {
	t.Helper()
	source, _, findings, err := policy.Load([]string{path}, policy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	program, found := compile.Program(source)
	findings = append(findings, found...)
	for _, d := range append(findings, rules.Check(source, program, time.Time{}).Findings...) {
		if d.Severity == 0 {
			t.Errorf("%s: %s %s: %s", d.Range, d.Code, d.Summary, d.Detail)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return program
}

// TestGoldenFiles demands that what is printed for each case is what the
// repository holds.
func TestGoldenFiles(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			program := load(t, c.PolicyFile())
			golden.CompareFile(t, filepath.Join(c.Dir, "plan.txt"), []byte(program.String()))
			for _, target := range all.Targets() {
				if isDevServer(target) && c.Name != "dev-proxy" {
					continue // it prints what "node" prints, and a file around it that is much the same for every case
				}
				golden.Compare(t, filepath.Join(c.Dir, target.Name), printed(t, target, program, environments(c, target)))
			}
		})
	}
}

// environments returns the environments that a case needs of a target: those
// that requests go to, for server targets, which are for one each.
func environments(c golden.Case, target emit.Target) []string {
	names := map[string]bool{}
	for _, e := range c.Exchanges {
		names[e.Environment] = true
	}
	if target.Name == "go" || target.Name == "node" || isDevServer(target) { // they carry all
		return []string{""}
	}
	return slices.Sorted(maps.Keys(names))
}

// isDevServer reports whether a target is of a development server.
func isDevServer(target emit.Target) bool { return target.Name == "vite" || target.Name == "cra" }

func printed(t *testing.T, target emit.Target, program *ir.Program, environments []string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, environment := range environments {
		files, findings := target.Print(program, emit.Options{Environment: environment, Package: "cors"})
		if len(program.Sites) > 0 && target.Lacks&ir.Sites != 0 {
			demandRefusal(t, target, program, findings)
			continue
		}
		if findings.HasErrors() {
			t.Fatal(findings)
		}
		for _, f := range files {
			out[path.Join(environment, f.Path)] = f.Content
		}
	}
	return out
}

// demandRefusal demands that a target which cannot choose policies by path says
// so of every site.
func demandRefusal(t *testing.T, target emit.Target, program *ir.Program, findings diag.List) {
	t.Helper()
	for _, s := range program.Sites {
		if !slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code == "C510" && d.Range == s.Src }) {
			t.Errorf("%s does not refuse site %q: %v", target.Name, s.Name, findings)
		}
	}
}

func TestGoldenEval(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			program := load(t, c.PolicyFile())
			replayEval(t, program, c.Exchanges)
		})
	}
}

func replayEval(t *testing.T, program *ir.Program, exchanges []golden.Exchange) {
	t.Helper()
	for _, e := range exchanges {
		got := conformance.Evaluate(evaluator(t, program, e), e.Request, e.Upstream)
		if d := cmp.Diff(conformance.Expected(e), got); d != "" {
			t.Errorf("line %d: %s (-promised +got)\n%s", e.Line, e.Comment, d)
		}
	}
}

// evaluator returns the reference for an exchange: nil where its site has no
// policy for it.
func evaluator(t *testing.T, program *ir.Program, e golden.Exchange) *eval.Evaluator {
	t.Helper()
	if e.Site != "" && !slices.ContainsFunc(program.Sites, func(s ir.Site) bool { return s.Name == e.Site }) {
		t.Fatalf("line %d: there is no site %q", e.Line, e.Site)
	}
	name := conformance.PolicyOf(program, e)
	if e.Site != "" && name == "" {
		return nil
	}
	i := slices.IndexFunc(program.Policies, func(p ir.Policy) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("line %d: there is no policy %q", e.Line, name)
	}
	v, ok := program.Policies[i].Variant(e.Environment)
	if !ok {
		t.Fatalf("line %d: there is no environment %q", e.Line, e.Environment)
	}
	return eval.New(v)
}

func TestGoldenNginx(t *testing.T) {
	for _, version := range conformance.NginxVersions(t) {
		t.Run("server_version="+version, func(t *testing.T) { replayAll(t, "nginx", conformance.NginxFor(version)) })
	}
}

func TestGoldenApache(t *testing.T) {
	replayCases(t, "apache", conformance.StartApache, withoutDots)
}

func TestGoldenGo(t *testing.T) { replayAll(t, "go", conformance.StartGo) }

func replayAll(t *testing.T, target string, start conformance.Start) {
	t.Helper()
	replayCases(t, target, start, func(all []golden.Exchange) []golden.Exchange { return all })
}

// replayCases replays of each golden case what a server promises.
func replayCases(t *testing.T, target string, start conformance.Start, promised func([]golden.Exchange) []golden.Exchange) {
	t.Helper()
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			program := load(t, c.PolicyFile())
			if cannot(t, target, program) {
				t.Skip("the target cannot express the policy")
			}
			conformance.Replay(t, program, promised(c.Exchanges), start)
		})
	}
}

// withoutDots returns exchanges as a server promises them that has no policy for a
// path with "..", which no browser sends.
func withoutDots(exchanges []golden.Exchange) []golden.Exchange {
	exchanges = slices.Clone(exchanges)
	for i := range exchanges {
		e := &exchanges[i]
		path, err := url.PathUnescape(e.Request.Target)
		if e.Site == "" || err != nil || !strings.Contains(path+"/", "/../") {
			continue
		}
		if e.Upstream == nil {
			e.Upstream = &golden.Response{Status: 200}
		}
		e.Response = *e.Upstream
	}
	return exchanges
}

// cannot reports whether a target lacks what a program needs.
func cannot(t *testing.T, name string, program *ir.Program) bool {
	t.Helper()
	target, ok := all.Find(name)
	if !ok {
		t.Fatalf("there is no target %q", name)
	}
	_, findings := target.Print(program, emit.Options{Package: "cors"})
	return slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code == "C510" })
}

// TestExamples holds the examples to their requests.txt on every target, and to
// what corsgen prints for them.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/requests.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	node := conformance.NodeFor(t, "express5")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		exchanges, err := golden.Parse(string(text))
		if err != nil {
			t.Fatalf("%s:%v", file, err)
		}
		dir := filepath.Dir(file)
		program := load(t, filepath.Join(dir, "cors.hcl"))
		t.Run(filepath.Base(dir), func(t *testing.T) {
			replayEval(t, program, exchanges)
			for name, start := range map[string]conformance.Start{
				"go": conformance.StartGo, "nginx": conformance.StartNginx, "apache": conformance.StartApache,
				"node": node,
			} {
				t.Run(name, func(t *testing.T) { conformance.Replay(t, program, exchanges, start) })
			}
		})
	}
}

// TestPlanIsReadable guards what a reviewer relies on: every branch is in the plan.
func TestPlanIsReadable(t *testing.T) {
	plan := load(t, "../../testdata/golden/credentials/policy.hcl").String()
	for _, want := range []string{
		"policy app", "https://admin.example.com", "preflight, origin allowed", "preflight, origin refused",
		"set    Access-Control-Allow-Credentials: true", "delete Access-Control-Allow-Private-Network", "merge  Vary: Origin",
	} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan does not say %q:\n%s", want, plan)
		}
	}
}
