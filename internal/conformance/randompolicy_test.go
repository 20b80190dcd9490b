package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// generator makes up policies and requests. What it makes depends on its seed
// alone.
type generator struct{ *rand.Rand }

func newGenerator(seed, stream uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, stream))}
}

func (g generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

// oneIn reports true once in n times.
func (g generator) oneIn(n int) bool { return g.IntN(n) == 0 }

// program makes a program of n policies, and of a site for every four of them.
func (g generator) program(t *testing.T, n int) *ir.Program {
	t.Helper()
	var text strings.Builder
	for i := range n {
		text.WriteString(g.policy(fmt.Sprintf("p%d", i)))
	}
	for i := range (n + 3) / 4 {
		text.WriteString(g.site(fmt.Sprintf("s%d", i), n))
	}
	p, found := compiledText(text.String())
	if found != "" {
		t.Fatalf("%s\n%s", found, text.String())
	}
	return p
}

// compiledText compiles a policy file, of which risks are no matter, and returns
// what is wrong with it.
func compiledText(text string) (p *ir.Program, found string) {
	source, _, findings, err := policy.LoadReader(strings.NewReader(text), "cors.hcl", policy.Options{})
	if err != nil {
		return nil, err.Error()
	}
	if findings.HasErrors() {
		return nil, fmt.Sprint(findings)
	}
	p, findings = compile.Program(source)
	if findings.HasErrors() {
		return nil, fmt.Sprint(findings)
	}
	return p, ""
}

// policy makes a policy that the language takes: it draws until there is one.
func (g generator) policy(name string) string {
	for {
		text := g.draft(name)
		if _, found := compiledText(text); found == "" {
			return text
		}
	}
}

func (g generator) draft(name string) string {
	lines := []string{attribute("allow_origins", g.origins())}
	for _, a := range []struct {
		name string
		list func() []string
	}{{"allow_methods", g.methods}, {"allow_headers", g.headers}, {"expose_headers", g.headers}} {
		if !g.oneIn(4) {
			lines = append(lines, attribute(a.name, a.list()))
		}
	}
	for _, a := range []string{
		"allow_credentials = " + g.pick("true", "true", "false"),
		"max_age = " + g.pick("0", "1", "600", "86400"),
		"preflight_status = " + g.pick("200", "204"),
		"origin_gate = " + g.pick("true", "false"),
	} {
		if g.oneIn(2) {
			lines = append(lines, a)
		}
	}
	return fmt.Sprintf("policy %q {\n  %s\n}\n", name, strings.Join(lines, "\n  "))
}

func attribute(name string, list []string) string {
	for i, item := range list {
		list[i] = `"` + strings.NewReplacer("${", "$${", "%{", "%%{", `\`, `\\`).Replace(item) + `"`
	}
	return fmt.Sprintf("%s = [%s]", name, strings.Join(list, ", "))
}

func (g generator) methods() []string {
	return g.some([]string{"GET", "PUT", "DELETE", "PATCH", "PROPFIND", "M-SEARCH", "get", "!#$%&'*+-.^_`|~"})
}

func (g generator) headers() []string {
	return g.some([]string{"Content-Type", "X-One", "x-one", "Authorization", "X-$1", "x-%odd%%", "!#$%&'*+-.^_`|~", "$http_host"})
}

// some returns "*", "*" and one more, or several of all.
func (g generator) some(all []string) []string {
	switch g.IntN(6) {
	case 0:
		return []string{"*"}
	case 1:
		return []string{"*", "Authorization"}
	}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+g.IntN(4)]
}

// origins makes a list of origins and patterns, most of them few and alike.
func (g generator) origins() []string {
	if g.oneIn(10) {
		return []string{"*"}
	}
	count := []int{1, 1, 2, 3, 5, 12, 40}[g.IntN(7)]
	seen := map[string]bool{}
	var all []string
	for range count {
		o := g.pattern()
		if _, found := compiledText(fmt.Sprintf("policy \"p\" {\n%s\n}", attribute("allow_origins", []string{o}))); found == "" && !seen[o] {
			seen[o] = true
			all = append(all, o)
		}
	}
	return all
}

func (g generator) pattern() string {
	switch g.IntN(12) {
	case 0:
		return g.pick("http://localhost", "http://127.0.0.1", "http://[::1]", "http://[2001:db8::a]", "https://192.0.2.7") + g.port()
	case 1:
		return g.pick("null", "chrome-extension://"+g.text("abcdefgh", 32), "app://localhost", "capacitor://localhost", "app://"+g.text("aB.", 50+g.IntN(460))+"z",
			"safari-web-extension://72CEC594-8F48-4C20-8A3F-000000000000")
	}
	return g.pick("https://", "https://", "https://", "http://") + g.host() + g.port()
}

func (g generator) port() string {
	return g.pick("", "", "", "", ":8443", ":3000", ":1", ":65535", ":*")
}

func (g generator) host() string {
	domain := g.pick("example.com", "example.com", "example.org", "shop.example.co.uk", "a.example.net", "xn--bcher-kva.example",
		"a-very-long-name-of-a-host.with-several-labels.example.com", "example.dev")
	for range g.IntN(3) {
		domain = g.label() + "." + domain
	}
	return g.pick("", "", "", "**.") + domain
}

func (g generator) label() string {
	return g.pick("app", "app", "www", "a", "b", "admin", "pr-7", "v1", "x_y", "*", "*", "pr-*", "*-dev", "v*x", "{digits}", "pr-{digits}", "v{digits}-x",
		g.text("ab0-_", 1+g.IntN(20))+"z", g.text("a", 62)+"b")
}

func (g generator) text(of string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = of[g.IntN(len(of))]
	}
	return string(b)
}

// site makes a site whose routes lie within each other, and have some of n
// policies.
func (g generator) site(name string, n int) string {
	routes := map[string]bool{}
	var b strings.Builder
	fmt.Fprintf(&b, "site %q {\n", name)
	for range 1 + g.IntN(10) {
		path := g.route()
		if !routes[path] {
			routes[path] = true
			fmt.Fprintf(&b, "  route %q {\n    policy = policy.p%d\n  }\n", path, g.IntN(n))
		}
	}
	return b.String() + "}\n"
}

func (g generator) route() string {
	if g.oneIn(8) {
		return "/"
	}
	path := ""
	for range 1 + g.IntN(3) {
		path += "/" + g.pick("v1", "v1", "public", "admin", "healthz", "x", "V1", "~me", "$a.(b)+,;=", ".well-known", "...", "-_!&'")
	}
	return path + g.pick("/", "/", "")
}
