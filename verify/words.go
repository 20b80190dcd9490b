package verify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

const lookForLayer = "Look for what sets CORS headers beside the policy: the application, a proxy, a CDN; corsgen lint-config finds it in nginx and Apache."

const reload = "Generate the server's files again and reload it; or another layer answers in its place."

// explained says which differences a worse one explains, by code and group.
var explained = map[string][]string{
	"C707": {"C708 preflight", "C711 refused", "C711 unlisted"},
}

// findings puts the differences into words, without those that others explain.
func (j *judgement) findings() diag.List {
	var without []string
	if !j.anyAllowed() {
		without = []string{"C708 actual", "C708 preflight", "C711 refused", "C711 unlisted"}
	}
	for _, d := range j.cases {
		without = append(without, explained[d.code]...)
	}
	var list diag.List
	for _, d := range j.cases {
		if slices.Contains(without, d.code+" "+d.group) {
			continue
		}
		list = append(list, diag.Diagnostic{
			Code: d.code, Severity: d.severity, Summary: d.summary, Range: d.place,
			Detail: strings.Join(strings.Fields(d.seen+" "+others(d.exchanges)+" "+d.fix), " "), Command: j.command(d),
		})
	}
	return list.Sorted()
}

// command returns what shows a difference.
func (j *judgement) command(d *difference) string {
	command := j.curl(d.exchanges[0].probe)
	if d.before != nil {
		command = j.curl(d.before.probe) + "; " + command
	}
	return command
}

// maxNamed is how many more requests a finding names.
const maxNamed = 3

// others names the other requests that show the same.
func others(exchanges []*exchange) string {
	rest := exchanges[1:]
	if len(rest) == 0 {
		return ""
	}
	var names []string
	for _, x := range rest[:min(len(rest), maxNamed)] {
		names = append(names, x.name())
	}
	text := "It is the same with " + strings.Join(names, ", ")
	if n := len(rest) - maxNamed; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text + "."
}

// name names a request: a preflight from https://app.example.com.
func (x *exchange) name() string {
	from := " without an Origin"
	if o := x.origin(); o != "" {
		from = " from " + o
	}
	switch {
	case x.part == missing:
		return "a GET" + from + " of a page that does not exist"
	case x.part == conditional:
		return "a conditional GET" + from
	case x.part == unlisted:
		return "a preflight" + from + " for what the policy does not list"
	case x.preflight():
		return "a preflight" + from
	default:
		return "a " + x.method + from
	}
}

func (x *exchange) answer() string { return "The answer to " + x.name() }

// foreignOrigin is an origin that the policy refuses and the server allows.
func (j *judgement) foreignOrigin(x *exchange, got string) difference {
	d := difference{
		place: j.setting(allowOrigin),
		seen:  fmt.Sprintf("%s says %s: %s.", x.answer(), allowOrigin, j.shown(got)),
	}
	switch {
	case x.who == lookAlike && got != "*":
		d.code, d.summary, d.place = "C703", "An origin is allowed that is only like one of the policy", j.entry(x)
		d.seen += fmt.Sprintf(" That origin %s.", x.foreign.twist)
		d.fix = "Compare whole origins: a regular expression needs ^, $ and \\. for each dot. Best use the files that corsgen generates."
		if x.foreign.harmless {
			d.severity, d.group = diag.Warning, "harmless"
			d.seen, d.fix = d.seen+" No browser sends it.", "The server compares in its own way, so it does not run what corsgen generates."
		}
	case x.who == null && got != "*":
		d.code, d.summary = "C702", "The origin null is allowed"
		d.seen += " Every site can make a frame whose origin is null, so every site is let in."
		d.fix = "Take null out of the server's list. " + lookForLayer
	default:
		d.code, d.summary = "C701", "Any origin is allowed"
		d.fix = lookForLayer
	}
	if x.who != lookAlike || !x.foreign.harmless {
		d.seen += " " + reach(x, got)
	}
	return d
}

// reach says what an attacker gets of an answer.
func reach(x *exchange, got string) string {
	if got != "*" && x.header.Get(allowCredentials) == "true" {
		return "With Access-Control-Allow-Credentials: true its pages read what the visitor's cookies give access to."
	}
	return "Its pages read what needs no cookies, which matters where the network or an address protects the server."
}

// twice is a header in several lines, or several origins in one.
func (j *judgement) twice(name string, values []string) difference {
	var shown []string
	for _, v := range values[:min(len(values), maxNamed)] {
		shown = append(shown, j.shown(v))
	}
	d := difference{
		code: "C704", group: name, place: j.setting(name), summary: name + " stands twice in an answer",
		seen: fmt.Sprintf("It says %s. A browser joins that to one value, which is none that it knows, and refuses.", strings.Join(shown, " and ")),
		fix:  "Two layers set the header; one of them has to stop. " + lookForLayer,
	}
	switch {
	case isList(name):
		d.severity = diag.Warning
		d.seen = fmt.Sprintf("It says %s. A browser joins the lists, so what is allowed is no longer what was reviewed.", strings.Join(shown, " and "))
	case len(values) == 1:
		d.group, d.summary = "list", name+" holds several origins"
		d.fix = "Send back the one origin that has asked, if it is allowed."
	}
	return d
}

func (j *judgement) shutOut(x *exchange) difference {
	d := difference{
		code: "C705", place: j.entry(x), summary: "An origin of the policy is refused",
		seen: fmt.Sprintf("%s (%d%s) says %s, so a browser keeps it from the page.", x.answer(), x.status, statusText(x.status), j.orNone(x, allowOrigin)),
		fix:  "Does the server run the files of this policy and environment, and has it been reloaded?",
	}
	if !j.anyAllowed() {
		d.place, d.summary = j.setting(allowOrigin), "No origin of the policy is allowed"
	}
	if x.header.Get(allowOrigin) == "*" {
		d.seen = x.answer() + " says * in place of the origin, which browsers do not take where cookies go along."
	}
	return d
}

func (j *judgement) missing(x *exchange) difference {
	d := difference{
		code: "C706", place: j.setting(allowOrigin), summary: "CORS headers are missing from some answers",
		seen: fmt.Sprintf("%s (%d%s) says %s, while the page itself has it right.", x.answer(), x.status, statusText(x.status), j.orNone(x, allowOrigin)),
		fix:  "Set the headers on every status: with \"always\" in nginx and Apache, and before any code that answers by itself.",
	}
	if x.part == missing {
		d.seen += " A script sees a network error in place of the error."
	}
	return d
}

func (j *judgement) preflightRefused(x *exchange) difference {
	d := difference{code: "C707", group: fmt.Sprint(x.status), place: j.setting(allowOrigin), summary: "Preflights of an origin that is allowed are not answered as such"}
	d.seen = fmt.Sprintf("%s is %d%s, and only a status from 200 to 299 lets the request follow.", x.answer(), x.status, statusText(x.status))
	switch status := x.status; {
	case status/100 == 3:
		d.summary = "Preflights are redirected"
		d.seen = fmt.Sprintf("%s is %d%s to %s. Browsers follow no redirect of a preflight.", x.answer(), status, statusText(status), j.shown(x.header.Get("Location")))
		d.fix = "Verify the URL that scripts ask for, with https and the slash at its end, or answer preflights before the redirect."
	case status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired:
		d.summary = "Preflights are asked for a password or token"
		d.fix = "Browsers send none with a preflight: answer it before authentication."
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented:
		d.summary = "Preflights reach something that does not know them"
		d.fix = "Answer OPTIONS before routing: in Go wrap the whole mux, not single handlers."
	case status == http.StatusForbidden:
		d.place = j.entry(x)
		d.fix = "Either the server has another list of origins, or something in front refuses OPTIONS."
	case status == http.StatusTooManyRequests:
		d.fix = "Preflights count against a limit: exempt them, or ask more slowly with --rate."
	default:
		d.fix = lookForLayer
	}
	return d
}

func (j *judgement) varyMissing(x *exchange, names []string) difference {
	d := difference{
		code: "C708", severity: diag.Warning, group: "actual", place: j.setting(allowOrigin), summary: "Vary does not say what the answer depends on",
		seen: fmt.Sprintf("%s lacks %s in Vary. A cache may give one site the answer for another one, whose browser then refuses it.", x.answer(), strings.Join(names, ", ")),
		fix:  "Say Vary: Origin on every answer, those without CORS headers too.",
	}
	if x.preflight() {
		d.severity, d.group = diag.Note, "preflight"
		d.seen = fmt.Sprintf("%s lacks %s in Vary, which matters where a cache keeps answers to OPTIONS.", x.answer(), strings.Join(names, ", "))
		d.fix = ""
	}
	return d
}

func (j *judgement) kept(one, two *exchange) difference {
	return difference{
		code: "C709", before: one, place: j.setting(allowOrigin), summary: "A cache gives one origin the answer for another",
		seen: fmt.Sprintf("After %s, %s says %s; asked in the other order the server has it right.", one.name(), "the answer to "+two.name(), j.orNone(two, allowOrigin)),
		fix:  "Let the cache heed Vary: Origin, or make the Origin part of its key. What it keeps now has to be purged.",
	}
}

func (j *judgement) credentialsGiven(x *exchange) difference {
	return difference{
		code: "C710", group: "given", place: j.setting(allowCredentials), summary: "Credentials are allowed, and the policy does not",
		seen: fmt.Sprintf("%s says %s: true, so pages may send and read with cookies.", x.answer(), allowCredentials), fix: lookForLayer,
	}
}

func (j *judgement) credentialsMissing(x *exchange) difference {
	return difference{
		code: "C710", group: "missing", place: j.setting(allowCredentials), summary: "Credentials are not allowed, and the policy does",
		seen: fmt.Sprintf("%s says %s, so a browser refuses it to a page that sends cookies. The value has to be true, in lower case.", x.answer(), j.orNone(x, allowCredentials)),
		fix:  reload,
	}
}

func (j *judgement) otherValue(name, got, want string, x *exchange) difference {
	d := difference{
		code: "C711", group: name + got, place: j.setting(name), summary: name + " is not that of the policy",
		seen: fmt.Sprintf("%s says %s; the policy says %s.", x.answer(), j.orNone(x, name), orNone(name, j.shown(want))),
		fix:  reload,
	}
	if name == "Access-Control-Max-Age" {
		d.severity = diag.Warning
	}
	return d
}

func (j *judgement) preflightStatus(x *exchange) difference {
	return difference{
		code: "C711", group: fmt.Sprint("status", x.status), severity: diag.Warning, place: j.Variant.Src, summary: "The status of preflights is not that of the policy",
		seen: fmt.Sprintf("%s is %d%s; the policy says %d. Browsers take both, but something else answers than what was reviewed.", x.answer(), x.status, statusText(x.status), x.want.Status),
		fix:  lookForLayer,
	}
}

func (j *judgement) refusedStatus(x *exchange) difference {
	return difference{
		code: "C711", group: "refused", severity: diag.Warning, place: j.setting(allowOrigin), summary: "The status of refused preflights is not that of the policy",
		seen: fmt.Sprintf("%s is %d%s; the policy says %d. Browsers refuse either way, but something else answers than what was reviewed.", x.answer(), x.status, statusText(x.status), x.want.Status),
		fix:  lookForLayer,
	}
}

// foreign is an answer with headers where the policy puts none.
func (j *judgement) foreign(x *exchange, names []string) difference {
	return difference{
		code: "C712", severity: diag.Warning, place: j.setting(allowOrigin), summary: "CORS headers are where the policy puts none",
		seen: fmt.Sprintf("%s has %s, which another layer than the policy sets.", x.answer(), strings.Join(names, ", ")), fix: lookForLayer,
	}
}

// otherAllowOrigin is an answer that says * in place of the origin, or the reverse.
func (j *judgement) otherAllowOrigin(x *exchange) difference {
	return difference{
		code: "C712", severity: diag.Warning, group: "value", place: j.setting(allowOrigin), summary: allowOrigin + " is right for the page, and not that of the policy",
		seen: fmt.Sprintf("%s says %s: %s; the policy says %s.", x.answer(), allowOrigin, j.shown(x.header.Get(allowOrigin)), wanted(x, allowOrigin)), fix: lookForLayer,
	}
}

// unlistedRefused is a preflight that a browser fails in any case.
func (j *judgement) unlistedRefused(x *exchange) difference {
	return difference{
		code: "C711", group: "unlisted", severity: diag.Warning, place: j.setting(allowOrigin), summary: "Preflights for what the policy does not list are answered in another way",
		seen: fmt.Sprintf("%s is %d%s and says %s; by the policy it is %d and states the lists. Browsers refuse either way, but something else answers than what was reviewed.",
			x.answer(), x.status, statusText(x.status), j.orNone(x, allowOrigin), x.want.Status),
		fix: lookForLayer,
	}
}

func (j *judgement) gateOpen(x *exchange) difference {
	return difference{
		code: "C713", place: j.setting(allowOrigin), summary: "The gate is open to an origin that the policy refuses",
		seen: fmt.Sprintf("%s is %d%s; with origin_gate it is %d, and the request does not reach the application.", x.answer(), x.status, statusText(x.status), x.want.Status),
		fix:  "Generate the server's files again and reload it; the gate has to stand before the application.",
	}
}

func (j *judgement) unanswered(x *exchange) difference {
	return difference{
		code: "C714", group: x.err.Error(), place: j.Variant.Src, summary: "A request got no answer that can be read",
		seen: fmt.Sprintf("%s could not be read: %v. To a script that is a network error.", x.answer(), x.err),
		fix:  "Ask again with the command; a limit or a firewall may be in between, for which there is --rate.",
	}
}

// orNone returns a header of an answer as it is shown.
func (j *judgement) orNone(x *exchange, name string) string {
	return orNone(name, j.shown(x.header.Get(name)))
}

func orNone(name, value string) string {
	if value == "" {
		return "no " + name
	}
	return name + ": " + value
}
