package policy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	vocabulary "github.com/corsgen/corsgen/browser/reason"
)

var testType = &bodyType{
	name: "a test",
	schema: hcl.BodySchema{Attributes: attributes(
		"policy", "site", "path", "environment", "origin", "origins", "method", "methods",
		"headers", "credentials", "mode", "expect", "reason", "preflight", "readable_headers",
	)},
}

// The values of the attributes of a test that take one of a few words.
var (
	credentialsModes = []string{"include", "omit", "same-origin"}
	modes            = []string{"cors", "no-cors", "same-origin"}
	verdicts         = []string{"allowed", "blocked"}
)

func (l *loader) readTests(blocks []*hcl.Block) {
	l.subjects = map[string]map[string]bool{"policy": {}, "site": {}}
	for _, p := range l.program.Policies {
		l.subjects["policy"][p.Name] = true
	}
	for _, s := range l.program.Sites {
		l.subjects["site"][s.Name] = true
	}
	seen := map[string]hcl.Range{}
	cases := 0
	for _, b := range blocks {
		at := labelRange(b)
		t := l.readTest(b)
		if cases += weight(&t); cases > maxCases {
			l.fail(codeLimit, at, "There are too many tests", fmt.Sprintf("A program has at most %d; a test counts once for each of its origins and methods, and once more for each %d bytes of its headers and its path.", maxCases, maxCaseSize))
			return
		}
		if l.checkTestName(t.Name, at) && l.once(seen, "tests", t.Name, at) {
			l.program.Tests = append(l.program.Tests, t)
		}
	}
}

// weight returns what a test counts: each of its origins with each of its methods,
// by the size of what is asked for and compared.
func weight(t *Test) int {
	size := len(t.Path)
	for _, h := range t.Headers {
		size += len(h.Name) + len(h.Value)
	}
	for _, name := range t.ReadableHeaders.Value {
		size += len(name.Text) + 1
	}
	if len(t.Methods) == 0 {
		return len(t.Origins) * (1 + size/maxCaseSize)
	}
	n := 0
	for _, m := range t.Methods {
		n += 1 + (size+len(m.Text))/maxCaseSize
	}
	return len(t.Origins) * n
}

func (l *loader) checkTestName(name string, at hcl.Range) bool {
	if strings.TrimSpace(name) != "" && len(name) <= maxTestName && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return true
	}
	l.fail(codeValue, at, fmt.Sprintf("%s is not a name of a test", quote(name)), fmt.Sprintf("Write a sentence in quotes, of printable characters and at most %d bytes.", maxTestName))
	return false
}

func (l *loader) readTest(b *hcl.Block) Test {
	t := Test{Name: b.Labels[0], Range: place(labelRange(b))}
	attrs := l.content(b.Body, testType).Attributes
	for _, a := range inOrder(attrs) {
		l.readTestAttribute(&t, a)
	}
	l.checkTest(&t, attrs, labelRange(b))
	return t
}

func (l *loader) readTestAttribute(t *Test, a *hcl.Attribute) {
	switch a.Name {
	case "policy":
		t.Policy = l.subject(a)
	case "site":
		t.Site = l.subject(a)
	case "path":
		t.Path = l.testPath(a)
	case "environment":
		if e := l.text(a); e.Set && l.checkEnvironment(e.Value, a.Expr.Range()) {
			t.Environment = e.Value
		}
	case "origin", "origins":
		t.Origins = append(t.Origins, l.pageOrigins(a)...)
	case "method", "methods":
		t.Methods = append(t.Methods, l.oneOrMore(a)...)
	case "headers":
		t.Headers = l.fields(a)
	case "credentials":
		t.Credentials = l.word(a, credentialsModes).Value
	case "mode":
		t.Mode = l.word(a, modes).Value
	case "expect":
		t.Expect = l.word(a, verdicts)
	case "reason":
		t.Reason = l.word(a, reasons())
	case "preflight":
		t.Preflight = l.bool(a)
	case "readable_headers":
		t.ReadableHeaders = l.items(a)
	}
}

// reasons returns the words of the vocabulary.
func reasons() []string {
	var words []string
	for _, e := range vocabulary.All() {
		words = append(words, string(e.Reason))
	}
	return words
}

// subject returns NAME of policy.NAME or site.NAME, the name of a policy or site
// that there is.
func (l *loader) subject(a *hcl.Attribute) string {
	name := l.blockName(a, a.Name)
	if known := l.subjects[a.Name]; name != "" && !known[name] {
		l.fail(codeUnknown, a.Expr.Range(), fmt.Sprintf("There is no %s %s", a.Name, quote(name)), l.declaredNames(name, known))
		return ""
	}
	return name
}

func (l *loader) testPath(a *hcl.Attribute) string {
	p := l.text(a)
	if _, err := url.ParseRequestURI(p.Value); p.Set && (err != nil || !strings.HasPrefix(p.Value, "/") || strings.ContainsFunc(p.Value, isOddInTarget)) {
		l.fail(codeValue, a.Expr.Range(), fmt.Sprintf("%s is not a path", quote(p.Value)), "Write the path as it goes over the wire, %-encoded, such as path = \"/v1/things?page=2\".")
		return ""
	}
	return p.Value
}

// isOddInTarget reports what a browser never sends as it is.
func isOddInTarget(r rune) bool { return r <= ' ' || r > '~' || r == '#' }

// oneOrMore returns the texts of an attribute that is one, or a list of them
// where its name is in the plural.
func (l *loader) oneOrMore(a *hcl.Attribute) []Item {
	if strings.HasSuffix(a.Name, "s") {
		list := l.items(a)
		if list.Set && len(list.Value) == 0 {
			l.fail(codeValue, a.Expr.Range(), fmt.Sprintf("%s is empty", quote(a.Name)), "A test without any would test nothing.")
		}
		return list.Value
	}
	v, s := placed(l.eval.evaluate(a.Expr), a.Expr.Range())
	if !l.is(v, cty.String, s, quote(a.Name)+" is", "a string in quotes") {
		return nil
	}
	return []Item{{Text: v.AsString(), Range: place(s.at)}}
}

// pageOrigins returns the origins of pages, and reports what no browser sends.
func (l *loader) pageOrigins(a *hcl.Attribute) []Item {
	var pages []Item
	for _, item := range l.oneOrMore(a) {
		s := spot{at: source(item.Range)}
		o, ok := l.origin(item.Text, s)
		switch {
		case !ok:
		case o.Any:
			l.failAt(s, codeValue, "\"*\" is not the origin of a page", "Write one origin that a page may have, such as \"https://app.example.com\".")
		case !o.Pattern.Exact():
			l.failAt(s, codeValue, fmt.Sprintf("%s is a pattern, not the origin of a page", quote(item.Text)), fmt.Sprintf("Write one origin that a page may have, such as %s.", quote(o.Pattern.Example())))
		default:
			pages = append(pages, item)
		}
	}
	return pages
}

// word returns a text that must be one of a few.
func (l *loader) word(a *hcl.Attribute, known []string) Attr[string] {
	w := l.text(a)
	if w.Set && !slices.Contains(known, w.Value) {
		l.fail(codeValue, a.Expr.Range(), fmt.Sprintf("There is no %s %s", a.Name, quote(w.Value)), didYouMean(w.Value, known), "Write one of "+listed(known)+".")
		w.Set, w.Value = false, ""
	}
	return w
}

// fields returns the headers of a test: an object of texts.
func (l *loader) fields(a *hcl.Attribute) []Field {
	v, s := placed(l.eval.evaluate(a.Expr), a.Expr.Range())
	switch {
	case !v.IsNull() && !v.IsKnown():
		return nil
	case v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType():
		l.failAt(s, codeType, fmt.Sprintf("\"headers\" is %s, not an object", describe(v)), "Write names and values: headers = { \"Content-Type\" = \"application/json\" }.")
		return nil
	}
	var fields []Field
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		key, _ = leaf(key)
		e, s := placed(e, s.at)
		if l.is(e, cty.String, s, "The value of "+quote(key.AsString())+" is", "a string in quotes") {
			fields = append(fields, Field{Name: key.AsString(), Value: e.AsString(), Range: place(s.at)})
		}
	}
	return fields
}

// checkTest reports what a test lacks, and attributes that contradict each other.
func (l *loader) checkTest(t *Test, attrs hcl.Attributes, at hcl.Range) {
	lacks := func(summary, write string) { l.fail(codeMissing, at, summary, write) }
	both := func(one, other string) bool { return attrs[one] != nil && attrs[other] != nil }
	switch {
	case both("policy", "site"), both("origin", "origins"), both("method", "methods"):
		l.fail(codeValue, at, "The test says one thing twice", "Write one of policy and site, one of origin and origins, and one of method and methods.")
	case attrs["policy"] == nil && attrs["site"] == nil:
		lacks("The test has no policy", "Say what is tested: policy = policy.NAME, or site = site.NAME and path = \"/...\".")
	case attrs["site"] != nil && attrs["path"] == nil:
		lacks("The test of a site has no path", "Say which path is asked for, such as path = \"/v1/things\"; it chooses the policy.")
	case attrs["policy"] != nil && attrs["path"] != nil:
		l.fail(codeValue, attrs["path"].NameRange, "A policy has no paths", "A path chooses the policy of a site: write site = site.NAME, or remove the path.")
	case attrs["origin"] == nil && attrs["origins"] == nil:
		lacks("The test has no origin", "Say which page asks, such as origin = \"https://app.example.com\".")
	case attrs["expect"] == nil:
		lacks("The test expects nothing", "Say what a browser must do: expect = \"allowed\" or expect = \"blocked\".")
	}
	l.checkReason(t)
}

func (l *loader) checkReason(t *Test) {
	if t.Reason.Set && t.Expect.Set && vocabulary.Reason(t.Reason.Value).Allowed() != (t.Expect.Value == "allowed") {
		l.fail(codeValue, source(t.Reason.Range), fmt.Sprintf("The reason %s is none for expect = %s", quote(t.Reason.Value), quote(t.Expect.Value)), "The test could never pass. Correct one of them.")
	}
}
