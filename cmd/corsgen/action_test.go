package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// steps returns the scripts of the action, by the ids of their steps.
func steps(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, step := range strings.Split(readFile(t, "../../action.yml"), "\n    - ")[1:] {
		id := regexp.MustCompile(`id: (\w+)`).FindStringSubmatch(step)
		_, script, ok := strings.Cut(step, "\n      run: ")
		if !ok || id == nil {
			continue
		}
		if block, ok := strings.CutPrefix(script, "|\n"); ok {
			script = strings.ReplaceAll("\n"+block, "\n        ", "\n")
		}
		if strings.Contains(script, "${{") {
			t.Errorf("step %s: an expression in a script lets what it stands for be run", id[1])
		}
		all[id[1]] = script
	}
	return all
}

// job is a run of the action without its service: gh is a script that keeps what
// it is told, and finds the comment that the test says.
type job struct {
	repository
	temp string
	env  []string
}

func newJob(t *testing.T) job {
	t.Helper()
	for _, tool := range []string{"bash", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	j := job{temp: t.TempDir()}
	j.repository = newRepository(t)
	tools := filepath.Join(j.temp, "tools")
	j.write(filepath.Join(tools, "gh"), "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$RUNNER_TEMP/gh.log\"\ncase \"$*\" in $REFUSED) exit 1;; *--jq*) printf '%s' \"$COMMENT\";; esac\n")
	if err := os.Chmod(filepath.Join(tools, "gh"), 0o777); err != nil {
		t.Fatal(err)
	}
	j.env = []string{
		"PATH=" + filepath.Join(j.temp, "corsgen") + ":" + tools + ":" + os.Getenv("PATH"), "RUNNER_TEMP=" + j.temp,
		"GITHUB_ACTION_PATH=" + root, "GITHUB_REPOSITORY=example/shop", "POLICY=.", "FAIL_ON=error", "NUMBER=7",
	}
	for _, name := range []string{"GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} {
		j.env = append(j.env, name+"="+filepath.Join(j.temp, name))
	}
	return j
}

// run runs a script as the service does, and returns whether it succeeds and what
// it prints.
func (j job) run(script string, env ...string) (bool, string) {
	j.t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Env = append(append(os.Environ(), j.env...), env...)
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

func (j job) file(name string) string {
	text, _ := os.ReadFile(filepath.Join(j.temp, name))
	return string(text)
}

const actionPolicy = `policy "app" {
  allow_origins = ["https://app.example.com"]
}

target "nginx" {
  path = "deploy"
}
`

// TestAction runs the steps of the action on a repository with two commits.
func TestAction(t *testing.T) {
	scripts := steps(t)
	j := newJob(t)
	if ok, out := j.run(scripts["install"]); !ok {
		t.Fatal(out)
	}
	j.write("cors.hcl", actionPolicy)
	if ok, out := j.run("corsgen generate"); !ok {
		t.Fatal(out)
	}
	j.commit("A policy")
	base := "BASE=" + strings.TrimSpace(j.git("rev-parse", "HEAD"))
	j.write("cors.hcl", strings.Replace(actionPolicy, "//app", "//*", 1))
	j.commit("Every subdomain")

	if ok, out := j.run(scripts["check"]); !ok {
		t.Error(out)
	}
	if !strings.Contains(j.file("corsgen.sarif"), `"version":`) {
		t.Errorf("no SARIF: %s", j.file("corsgen.sarif"))
	}
	if ok, out := j.run(scripts["generate"]); ok || !strings.Contains(out, "cors.hcl:2: ") {
		t.Errorf("stale files are current, or not named:\n%s", out)
	}
	if ok, out := j.run(scripts["test"]); !ok {
		t.Error(out)
	}
	if ok, out := j.run(scripts["diff"], base); !ok {
		t.Error(out)
	}
	if got := j.file("GITHUB_OUTPUT"); got != "effect=widens\n" {
		t.Errorf("the output is %q", got)
	}
	if got := j.file("GITHUB_STEP_SUMMARY"); !strings.HasPrefix(got, "**Widens** policy app: pages of any direct subdomain of `example.com`") {
		t.Errorf("the summary is %s", got)
	}
	for _, test := range []struct{ effect, there, want string }{
		{"widens", "", "api --silent repos/example/shop/issues/7/comments -F body=@"},
		{"widens", "12\n13\n", "api --silent -X PATCH repos/example/shop/issues/comments/12 -F body=@"},
		{"none", "12\n", "api --silent -X PATCH repos/example/shop/issues/comments/12 -F body=@"},
		{"none", "", "api --paginate repos/example/shop/issues/7/comments --jq"},
	} {
		if ok, out := j.run(scripts["comment"], "EFFECT="+test.effect, "COMMENT="+test.there); !ok {
			t.Error(out)
		}
		lines := strings.Split(strings.TrimSpace(j.file("gh.log")), "\n")
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, test.want) {
			t.Errorf("%+v: gh is told %s", test, last)
		}
	}
}

// TestActionOfForks checks that a job without the right to comment says so and
// goes on, and that nothing is written if what is there cannot be read.
func TestActionOfForks(t *testing.T) {
	script := steps(t)["comment"]
	for _, refused := range []string{"*PATCH*", "*--silent*", "*--jq*"} {
		j := newJob(t)
		ok, out := j.run(script, "EFFECT=widens", "REFUSED="+refused)
		if !ok || strings.Contains(out, "::warning::The comment is not written") != (refused != "*PATCH*") {
			t.Errorf("%s: %v, %s", refused, ok, out)
		}
		if refused == "*--jq*" && strings.Contains(j.file("gh.log"), "--silent") {
			t.Errorf("a comment is written beside one that may be there:\n%s", j.file("gh.log"))
		}
	}
}

// TestActionOfBrokenPolicies checks that a job fails once, at the step that says why.
func TestActionOfBrokenPolicies(t *testing.T) {
	scripts := steps(t)
	j := newJob(t)
	if ok, out := j.run(scripts["install"]); !ok {
		t.Fatal(out)
	}
	j.write("cors.hcl", actionPolicy)
	j.commit("A policy")
	base := "BASE=" + strings.TrimSpace(j.git("rev-parse", "HEAD"))
	j.write("cors.hcl", strings.Replace(actionPolicy, "app.example.com", "app.example.com:443", 1))
	if ok, out := j.run(scripts["check"]); ok || !strings.Contains(out, "::error file=cors.hcl,line=2") {
		t.Errorf("an error passes, or is not annotated:\n%s", out)
	}
	if ok, out := j.run(scripts["diff"], base); ok || !strings.Contains(out, "C103") {
		t.Errorf("an error passes:\n%s", out)
	}
	if got := j.file("GITHUB_OUTPUT"); got != "" {
		t.Errorf("the output is %q", got)
	}
	if ok, out := j.run(scripts["diff"], "BASE=--output=stolen"); ok {
		t.Errorf("an option passes for a commit:\n%s", out)
	}
	if _, err := os.Stat("stolen"); err == nil {
		t.Error("a commit is taken for an option")
	}
}

// TestGitLabExample runs the script of the documentation, but for what installs.
func TestGitLabExample(t *testing.T) {
	_, script, _ := strings.Cut(readFile(t, "../../docs/ci.md"), "  script:\n")
	script, _, ok := strings.Cut(script, "  artifacts:")
	if !ok {
		t.Fatal("docs/ci.md has no script for GitLab")
	}
	install := steps(t)["install"]
	j := newJob(t)
	if ok, out := j.run(install); !ok {
		t.Fatal(out)
	}
	j.write("cors.hcl", actionPolicy)
	j.run("corsgen generate")
	j.commit("A policy")
	base := "CI_MERGE_REQUEST_DIFF_BASE_SHA=" + strings.TrimSpace(j.git("rev-parse", "HEAD"))
	j.git("remote", "add", "origin", ".")
	j.write("cors.hcl", strings.Replace(actionPolicy, "//app", "//www", 1))
	j.run("corsgen generate")
	j.commit("Another host")
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		if strings.HasPrefix(line, "go install") {
			continue
		}
		if ok, out := j.run(line, base); !ok {
			t.Errorf("%s\n%s", line, out)
		}
	}
	if got := readFile(t, "corsgen.md"); !strings.HasPrefix(got, "**Widens and narrows** policy app") {
		t.Errorf("the comment is %s", got)
	}
}

// TestHooks runs the hooks of pre-commit as it would, but for what installs.
func TestHooks(t *testing.T) {
	hooks := regexp.MustCompile(`(?m)^  entry: (corsgen .*)\n  args: \["(.*)"\]$`).FindAllStringSubmatch(readFile(t, "../../.pre-commit-hooks.yaml"), -1)
	if len(hooks) != 3 {
		t.Fatalf("%d hooks", len(hooks))
	}
	install := steps(t)["install"]
	j := newJob(t)
	if ok, out := j.run(install); !ok {
		t.Fatal(out)
	}
	j.write("cors.hcl", actionPolicy)
	j.run("corsgen generate")
	for _, h := range hooks {
		if ok, out := j.run(h[1] + " " + h[2]); !ok {
			t.Errorf("%s: %s", h[0], out)
		}
	}
}
