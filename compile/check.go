package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// checker checks the settings of one variant. Each value is checked where it
// stands, so that an environment that inherits it reports the same finding of
// the same place, which diag.List.Sorted drops.
type checker struct {
	*findings
	environment string
	credentials policy.Attr[bool]
}

// replace is the fix that writes entries in place of item, or removes it.
func replace(item policy.Item, entries ...string) *diag.Fix {
	return &diag.Fix{Range: item.Range, Old: item.Text, New: entries}
}

func (c *checker) origins(s policy.Settings) {
	if s.AllowOrigins.Set && len(s.AllowOrigins.Value) == 0 {
		c.noOrigins(s.AllowOrigins.Range)
		return
	}
	at := slices.IndexFunc(s.AllowOrigins.Value, func(o policy.Origin) bool { return o.Any })
	if at < 0 {
		return
	}
	star := s.AllowOrigins.Value[at].Range
	if s.AllowCredentials.Value {
		c.report("C201", star, "Any origin together with credentials",
			`Browsers refuse every response with credentials that says Access-Control-Allow-Origin: *, so no page could read one: the pair is broken, not dangerous. An answer that repeats the Origin of each request would be dangerous, since any site could then read responses with its visitors' cookies. List the origins that need credentials, or set allow_credentials = false.`,
			diag.Related{Message: "credentials are allowed here", Range: s.AllowCredentials.Range})
	}
	if s.OriginGate.Value {
		c.report("C219", s.OriginGate.Range, "origin_gate where any origin is allowed",
			`With allow_origins = ["*"] no origin is ever refused, so the gate would let everything through. List the origins, or remove origin_gate.`,
			diag.Related{Message: "any origin is allowed here", Range: star})
	}
}

func (c *checker) noOrigins(at diag.Range) {
	if c.environment == "" {
		c.report("C122", at, "No origins",
			`The list is empty, so no page of another origin could read anything. List the origins, such as "https://app.example.com", or "*" for every origin.`)
		return
	}
	c.report("C607", at, fmt.Sprintf("Environment %q has no origins", c.environment),
		`An environment block replaces the list of its policy, and this one leaves it empty. List the origins of this environment, or remove the attribute to inherit the policy's.`)
}

func (c *checker) maxAge(a policy.Attr[int]) {
	if a.Set && (a.Value < 0 || a.Value > 86400) {
		c.report("C313", a.Range, fmt.Sprintf("A max_age of %d seconds", a.Value),
			`max_age is 0 to 86400 seconds; 0 switches the cache of preflights off, and no browser keeps them for longer than a day. Write max_age = 7200, the most that Chromium takes.`)
	}
}

func (c *checker) preflightStatus(a policy.Attr[int]) int {
	switch {
	case !a.Set:
		return 204
	case a.Value != 204 && a.Value != 200:
		c.report("C316", a.Range, fmt.Sprintf("A preflight_status of %d", a.Value),
			`Browsers accept any ok status for a preflight; corsgen answers with 204, or with 200 for clients that choke on 204. Write 204, or remove the attribute.`)
		return 204
	default:
		return a.Value
	}
}

// methods checks allow_methods and normalises its entries
// (https://fetch.spec.whatwg.org/#concept-method-normalize).
func (c *checker) methods(a policy.Attr[[]policy.Item]) list {
	var l list
	for _, item := range a.Value {
		if item.Text == "*" {
			l.star = true
			continue
		}
		if m, ok := c.method(item); ok {
			l.add(m, m)
		}
	}
	c.starAlone("allow_methods", a, len(l.items) == 0, `The wildcard covers every method. Write ["*"] alone, or only the methods that are needed.`)
	c.length("allow_methods", a.Range, l.items)
	return l
}

var (
	normalizedMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}
	forbiddenMethods  = []string{"CONNECT", "TRACE", "TRACK"}
)

func (c *checker) method(item policy.Item) (string, bool) {
	upper := strings.ToUpper(item.Text)
	switch {
	case !ir.IsToken(item.Text):
		c.notToken("method", item)
		return "", false
	case slices.Contains(forbiddenMethods, upper):
		c.report("C303", item.Range, fmt.Sprintf("Forbidden method %s", quote(item.Text)),
			`A browser throws an error before it sends a request with this method. Remove it.`)
		return "", false
	case slices.Contains(normalizedMethods, upper):
		if item.Text != upper {
			d := c.report("C309", item.Range, fmt.Sprintf("Method %s is not in upper case", quote(item.Text)),
				fmt.Sprintf(`Browsers send it as %s, and so does this policy. Write %q.`, upper, upper))
			d.Severity, d.Fix = diag.Warning, replace(item, upper)
		}
		return upper, true
	case upper == "PATCH" && item.Text != "PATCH":
		c.report("C309", item.Range, fmt.Sprintf("Method %s is not PATCH", quote(item.Text)),
			`Methods are case-sensitive, and browsers turn only DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case. A script that asks for PATCH would be refused. Write "PATCH".`).Fix = replace(item, upper)
		return "", false
	}
	return item.Text, true
}

func (c *checker) notToken(what string, item policy.Item) {
	d := c.report("C310", item.Range, fmt.Sprintf("%s is not a %s", quote(item.Text), what),
		fmt.Sprintf("A %s is letters, digits and any of !#$%%&'*+-.^_`|~, without blanks. One bad entry makes browsers fail every preflight of the policy. ", what))
	tokens := tokensIn(item.Text)
	switch len(tokens) {
	case 0:
		d.Detail += fmt.Sprintf("Write the %s alone, with nothing around it.", what)
		return
	case 1:
		d.Detail += fmt.Sprintf("Write %s.", quote(tokens[0]))
	default:
		d.Detail += fmt.Sprintf("Write each %s as a string of its own: %s.", what, quoteAll(tokens))
	}
	d.Fix = replace(item, tokens...)
}

// tokensIn returns the tokens that a text which is none seems to stand for: those
// of a list, or the name of a header with its value. It returns nil where it can
// only guess.
func tokensIn(text string) []string {
	if name, value, ok := strings.Cut(text, ":"); ok && !strings.HasPrefix(value, "//") {
		text = name
	}
	tokens := strings.Split(text, ",")
	for i, t := range tokens {
		if tokens[i] = strings.Trim(t, " \t"); !ir.IsToken(tokens[i]) {
			return nil
		}
	}
	return tokens
}

// starAlone reports a "*" that stands beside other entries, which browsers
// would take for a method or header of that name, or ignore.
func (c *checker) starAlone(attribute string, a policy.Attr[[]policy.Item], alone bool, advice string) {
	at := slices.IndexFunc(a.Value, func(i policy.Item) bool { return i.Text == "*" })
	if at >= 0 && !alone {
		c.report("C302", a.Value[at].Range, fmt.Sprintf(`"*" beside other entries of %s`, attribute), advice)
	}
}

func (c *checker) length(attribute string, at diag.Range, items []string) {
	if n := len(strings.Join(items, ", ")); n > ir.MaxList {
		c.report("C318", at, fmt.Sprintf("%s is %d bytes long", attribute, n),
			fmt.Sprintf(`The list goes into one header of at most %d bytes; servers and proxies refuse longer ones. Shorten the list.`, ir.MaxList))
	}
}

// requestHeaders checks allow_headers.
func (c *checker) requestHeaders(a policy.Attr[[]policy.Item]) list {
	var l list
	for _, item := range a.Value {
		if item.Text == "*" {
			l.star = true
		} else if c.requestHeader(item) {
			l.addHeader(item.Text)
		}
	}
	if l.star {
		c.starHeaders(a, &l)
	}
	c.length("allow_headers", a.Range, l.items)
	return l
}

// starHeaders checks what stands beside a "*" in allow_headers. Without
// credentials that may be Authorization, which the wildcard does not cover
// (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
func (c *checker) starHeaders(a policy.Attr[[]policy.Item], l *list) {
	authorization := slices.ContainsFunc(l.items, func(name string) bool { return strings.EqualFold(name, "Authorization") })
	switch {
	case c.credentials.Value:
		c.starAlone("allow_headers", a, len(l.items) == 0, `With credentials the policy repeats whatever headers a preflight asks for, Authorization too. Write ["*"] alone, or only the headers that are needed.`)
	case authorization:
		c.starAlone("allow_headers", a, len(l.items) == 1, `The wildcard covers every header but Authorization. Write ["*", "Authorization"], or only the headers that are needed.`)
		l.items = []string{"Authorization"}
	default:
		c.starAlone("allow_headers", a, len(l.items) == 0, `The wildcard covers every header but Authorization. Write ["*", "Authorization"], or only the headers that are needed.`)
	}
}

func (c *checker) requestHeader(item policy.Item) bool {
	switch {
	case !ir.IsToken(item.Text):
		c.notToken("header name", item)
	case isCORSHeader(item.Text):
		c.corsHeader("allow_headers", item)
	case isForbiddenRequestHeader(item.Text):
		c.report("C304", item.Range, fmt.Sprintf("Forbidden request header %s", quote(item.Text)),
			`No script can set this header, so a browser never asks for it in a preflight. Remove it.`+aboutCookies(item.Text)).Fix = replace(item)
	default:
		return true
	}
	return false
}

// exposedHeaders checks expose_headers.
func (c *checker) exposedHeaders(a policy.Attr[[]policy.Item]) list {
	var l list
	for _, item := range a.Value {
		if item.Text == "*" {
			l.star = true
		} else if c.exposedHeader(item) {
			l.addHeader(item.Text)
		}
	}
	if l.star && c.credentials.Value {
		c.exposedStar(a)
	} else {
		c.starAlone("expose_headers", a, len(l.items) == 0, `The wildcard exposes every header. Write ["*"] alone, or only the headers that are needed.`)
	}
	c.length("expose_headers", a.Range, l.items)
	return l
}

func (c *checker) exposedStar(a policy.Attr[[]policy.Item]) {
	at := slices.IndexFunc(a.Value, func(i policy.Item) bool { return i.Text == "*" })
	c.report("C302", a.Value[at].Range, `"*" in expose_headers with credentials`,
		`With credentials browsers take "*" for the name of a header, so nothing would be exposed. List the headers.`,
		diag.Related{Message: "credentials are allowed here", Range: c.credentials.Range})
}

func (c *checker) exposedHeader(item policy.Item) bool {
	switch {
	case !ir.IsToken(item.Text):
		c.notToken("header name", item)
	case isCORSHeader(item.Text):
		c.corsHeader("expose_headers", item)
	case strings.EqualFold(item.Text, "Set-Cookie"), strings.EqualFold(item.Text, "Set-Cookie2"):
		c.report("C306", item.Range, fmt.Sprintf("%s can never be exposed", quote(item.Text)),
			`Browsers hide this header from every script. Remove it.`+aboutCookies("Cookie")).Fix = replace(item)
	default:
		return true
	}
	return false
}

// aboutCookies adds to the advice for a header what its author was after.
func aboutCookies(name string) string {
	if !strings.EqualFold(name, "Cookie") {
		return ""
	}
	return " Cookies go along where the policy has allow_credentials = true and the script asks for credentials."
}

func (c *checker) corsHeader(attribute string, item policy.Item) {
	c.report("C305", item.Range, fmt.Sprintf("CORS header %s in %s", quote(item.Text), attribute),
		`Browsers and servers exchange the Access-Control-* headers by themselves. Remove it here, and in a script that sets it on requests.`).Fix = replace(item)
}

func isCORSHeader(name string) bool { return hasPrefixFold(name, "access-control-") }

// forbiddenRequestHeaders are the names of
// https://fetch.spec.whatwg.org/#forbidden-request-header, in lower case.
var forbiddenRequestHeaders = []string{
	"accept-charset", "accept-encoding", "connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect",
	"host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via",
}

func isForbiddenRequestHeader(name string) bool {
	return slices.Contains(forbiddenRequestHeaders, strings.ToLower(name)) ||
		hasPrefixFold(name, "proxy-") || hasPrefixFold(name, "sec-")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// quote returns s for a message: in quotes, one line, shortened.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

// quoteAll returns a list of names for a message, at most a few of them.
func quoteAll(names []string) string {
	const most = 5
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quote(name))
	}
	if len(names) > most {
		quoted = append(quoted, "…")
	}
	return strings.Join(quoted, ", ")
}
