package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// repository is a scratch git repository, which is the current folder of the test.
type repository struct{ t *testing.T }

func newRepository(t *testing.T) repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Chdir(t.TempDir())
	for _, name := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+name+"_NAME", "Ada")
		t.Setenv("GIT_"+name+"_EMAIL", "ada@example.com")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r := repository{t}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r repository) git(args ...string) string {
	r.t.Helper()
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r repository) write(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) commit(message string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
}

const firstPolicy = `policy "app" {
  allow_origins     = ["https://app.example.com", "https://admin.example.com"]
  allow_methods     = ["PUT", "PATCH"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}
`

// commits are the life of a policy, and what a reviewer of each has to know.
var commits = []struct {
	message    string
	edits      []string // of cors.hcl: what stands there and what is to, in pairs
	partners   string   // the new file of partners, if any
	want       string   // the first line
	documented bool     // docs/diff.md shows the whole comment
}{
	{
		message: "Previews of pull requests", edits: []string{`admin.example.com"]`, `admin.example.com", "https://pr-{digits}.preview.example.com"]`},
		want: "**Widens** policy app: pages of a host of the form `pr-{digits}.preview.example.com` may now read responses and send PUT and PATCH, with cookies.",
	},
	{
		message: "Sort, and an entry that is covered", edits: []string{"{\n  allow_origins     = [", "{\n  allow_origins     = [\"https://pr-7.preview.example.com\", "},
		want: "**No change** in what a browser may do; new finding C111 covered-origin.",
	},
	{
		message: "Every subdomain", documented: true, edits: []string{`"https://app.example.com", "https://admin.example.com"`, `"https://*.example.com"`},
		want: "**Widens** policy app: pages of any direct subdomain of `example.com` but `https://admin.example.com` and `https://app.example.com` may now read responses and send PUT and PATCH, with cookies.",
	},
	{
		message: "Delete things", edits: []string{`["PUT", "PATCH"]`, `["DELETE", "PATCH", "PUT"]`},
		want: "**Widens** policy app: pages of any direct subdomain of `example.com` and a host of the form `pr-{digits}.preview.example.com` may now send DELETE, with cookies.",
	},
	{
		message: "Partners", edits: []string{`allow_origins     = ["https://pr-7.preview.example.com", "https://*.example.com", "https://pr-{digits}.preview.example.com"]`, `allow_origins     = concat(["https://*.example.com", "https://pr-{digits}.preview.example.com"], origins.partners)`},
		partners: "https://shop.example.org\nhttps://help.example.net # until spring\n",
		want:     "**Widens** policy app: pages of `https://shop.example.org` and `https://help.example.net` may now read responses and send DELETE, PATCH and PUT, with cookies.",
	},
	{
		message: "A partner leaves", partners: "https://shop.example.org\n",
		want: "**Narrows** policy app: pages of `https://help.example.net` may no longer read responses and send DELETE, PATCH and PUT, with cookies.",
	},
	{
		message: "A public API", edits: []string{"policy \"app\"", "policy \"public\" {\n  allow_origins = [\"*\"]\n}\n\nsite \"api\" {\n  route \"/v1/\" {\n    policy = policy.app\n  }\n  route \"/v1/public/\" {\n    policy = policy.public\n  }\n}\n\npolicy \"app\""},
		want: "**Widens** route api `/v1/`, added: policy app: pages of any direct subdomain of `example.com`, a host of the form `pr-{digits}.preview.example.com` and 1 more may now read responses and send DELETE, PATCH and PUT, with cookies; requests may now carry cookies; and 2 more of it; elsewhere 2 widened.",
	},
	{
		message: "No cookies", edits: []string{"allow_credentials = true", "allow_credentials = false"},
		want: "**Narrows** policy app: requests may no longer carry cookies.",
	},
	{
		message: "A better name", edits: []string{`"public"`, `"open"`, "policy.public", "policy.open"},
		want: "**Neutral:** policy open, renamed from public.",
	},
	{
		message: "The reports are public", documented: true, edits: []string{"  route \"/v1/public/\"", "  route \"/v1/reports/\" {\n    policy = policy.open\n  }\n  route \"/v1/public/\""},
		want: "**Widens and narrows** route api `/v1/reports/`: policy open in place of app: pages of any site but 3 may now read responses; and 2 more of it.",
	},
}

func TestDiffOfCommits(t *testing.T) {
	docs := readFile(t, "../../docs/diff.md")
	r := newRepository(t)
	text := firstPolicy
	r.write("cors.hcl", text)
	r.commit("A policy")
	for _, c := range commits {
		t.Run(c.message, func(t *testing.T) {
			edited := strings.NewReplacer(c.edits...).Replace(text)
			if edited == text && c.edits != nil {
				t.Errorf("the policy has no %q:\n%s", c.edits, text)
			}
			text = edited
			if c.partners != "" && !strings.Contains(text, "origins \"partners\"") {
				text = "origins \"partners\" {\n  from = \"lists/partners.txt\"\n}\n\n" + text
			}
			if c.partners != "" {
				r.write("lists/partners.txt", c.partners)
			}
			r.write("cors.hcl", text)
			r.commit(c.message)
			status, out, errs := corsgen("diff", "--format", "markdown", "HEAD~1..HEAD", "--", "cors.hcl")
			first, _, _ := strings.Cut(out, "\n")
			if first != c.want {
				t.Errorf("status %d, %s\ngot  %s\nwant %s", status, errs, first, c.want)
			}
			if want := !strings.HasPrefix(first, "**No change**"); (status == 1) != want {
				t.Errorf("status %d", status)
			}
			if block := "`````markdown\n" + out + "`````\n"; c.documented && !strings.Contains(docs, block) {
				t.Errorf("docs/diff.md does not show:\n%s", block)
			}
		})
	}
}

// TestDiffOfHostileNames checks that names of files tell a terminal and a comment
// nothing.
func TestDiffOfHostileNames(t *testing.T) {
	r := newRepository(t)
	name := "\x1b[31m`[x](http:evil.example)`\n@ada.cors.hcl"
	r.write(name, firstPolicy)
	r.commit("A policy")
	r.write(name, strings.Replace(firstPolicy, "//app", "//*", 1))
	for _, format := range []string{"text", "markdown"} {
		_, out, errs := corsgen("diff", "--base", "HEAD", "--format", format, name)
		if strings.Contains(out, "\x1b") || strings.Contains(out, "\n@ada") || format == "markdown" && !strings.Contains(out, "`` ") {
			t.Errorf("%s%s", out, errs)
		}
	}
	if _, _, errs := corsgen("diff", name+"x", name); strings.Contains(errs, "\x1b") {
		t.Errorf("%q", errs)
	}
}

// TestGenerateCheckOfHostileFiles checks that what stands in a stale file tells a
// terminal nothing, and keeps its tabs.
func TestGenerateCheckOfHostileFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cors.hcl", actionPolicy)
	if status, _, errs := corsgen("generate"); status != statusFine {
		t.Fatal(errs)
	}
	writeFile(t, "deploy/http.conf", readFile(t, "deploy/http.conf")+"\t# \x1b[31mred\n")
	if _, out, _ := corsgen("generate", "--check"); !strings.Contains(out, "-\t# �[31mred\n") {
		t.Errorf("%q", out)
	}
}

// TestDiffOfHostileRepository checks that nothing that a clone configures is run,
// also by a git that fetches what is missing in spite of GIT_NO_LAZY_FETCH.
func TestDiffOfHostileRepository(t *testing.T) {
	r := newRepository(t)
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	r.write("cors.hcl", firstPolicy)
	r.write(".gitattributes", "*.hcl filter=x diff=x\n")
	r.commit("A policy")
	blob := strings.TrimSpace(r.git("rev-parse", "HEAD:cors.hcl"))
	if err := os.Remove(filepath.Join(".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	stolen := filepath.Join(t.TempDir(), "stolen")
	r.write("run", "#!/bin/sh\ntouch "+stolen+"\n")
	if err := os.Chmod("run", 0o777); err != nil {
		t.Fatal(err)
	}
	run := "./run"
	r.write(".git/config", `[core]
	repositoryformatversion = 1
	fsmonitor = `+run+`
	pager = `+run+`
[extensions]
	partialClone = origin
[remote "origin"]
	url = ext::`+run+`
	promisor = true
[protocol "ext"]
	allow = always
[filter "x"]
	smudge = `+run+`
[diff "x"]
	textconv = `+run+`
[alias]
	ls-tree = !`+run+`
`)
	bin := t.TempDir()
	r.write(filepath.Join(bin, "git"), "#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec "+real+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(bin, "git"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if status, out, errs := corsgen("diff", "--base", "HEAD"); status != statusTrouble {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	if _, err := os.Stat(stolen); err == nil {
		t.Error("a program of the repository has been run")
	}
}

// TestDiffOfMany compares a hundred thousand origins with as many, of which fifty
// are other ones. It takes some two seconds where nothing else runs.
func TestDiffOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	for _, name := range []string{"old", "new"} {
		var b strings.Builder
		b.WriteString("policy \"app\" {\n  allow_origins = [\n")
		for i := range 100_000 {
			host := "customer"
			if i%2000 == 0 {
				host = name
			}
			fmt.Fprintf(&b, "    \"https://%s-%d.example.com\",\n", host, i)
		}
		writeFile(t, filepath.Join(dir, name+".cors.hcl"), b.String()+"  ]\n}\n")
	}
	start := time.Now()
	_, out, errs := corsgen("diff", "--format", "json", filepath.Join(dir, "old.cors.hcl"), filepath.Join(dir, "new.cors.hcl"))
	if n := strings.Count(out, `"pattern":`); n != 100 {
		t.Errorf("%d origins differ, want 100: %.300s%s", n, out, errs)
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}
