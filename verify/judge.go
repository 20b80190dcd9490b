package verify

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
)

// judge returns the findings about a server's answers.
func judge(p *planner, exchanges []*exchange) diag.List {
	j := &judgement{planner: p, page: map[string]bool{}, open: map[string]bool{}}
	for _, x := range exchanges {
		if x.who == allowed && x.part == page && !x.preflight() && x.err == nil {
			j.page[x.origin()] = j.allows(x)
		}
	}
	for _, x := range exchanges {
		if x.part != first && x.part != second {
			j.exchange(x)
		}
	}
	j.cache(exchanges)
	return j.findings()
}

// judgement collects differences.
type judgement struct {
	*planner
	page  map[string]bool // by origin: the page itself has the right Access-Control-Allow-Origin
	open  map[string]bool // by method: a stranger is let in, so anybody is
	cases []*difference
}

// difference is a way in which answers differ from the policy.
type difference struct {
	code      string
	severity  diag.Severity
	group     string // keeps differences of one code apart
	summary   string
	seen, fix string // what the first answer shows and what it means; what to do
	place     diag.Range
	exchanges []*exchange
	before    *exchange // what has to be sent before the first, or nil
}

// add adds an exchange to the difference that it shows.
func (j *judgement) add(d difference, x *exchange) {
	i := slices.IndexFunc(j.cases, func(o *difference) bool { return o.code == d.code && o.group == d.group && o.place == d.place })
	if i < 0 {
		i = len(j.cases)
		j.cases = append(j.cases, &d)
	}
	j.cases[i].exchanges = append(j.cases[i].exchanges, x)
}

// exchange compares one answer with the policy.
func (j *judgement) exchange(x *exchange) {
	switch {
	case x.err != nil:
		j.add(j.unanswered(x), x)
	case j.doubled(x):
	case x.want.Allowed:
		j.permitted(x)
	default:
		j.refusal(x)
	}
}

// doubled reports headers that the answer has twice
// (https://fetch.spec.whatwg.org/#concept-cors-check).
func (j *judgement) doubled(x *exchange) bool {
	found := false
	for _, name := range ir.Owned() {
		values := x.header.Values(name)
		if len(values) > 1 || name == allowOrigin && strings.Contains(x.header.Get(name), ",") {
			j.add(j.twice(name, values), x)
			found = true
		}
	}
	return found
}

// permitted compares an answer that the policy allows.
func (j *judgement) permitted(x *exchange) {
	switch {
	case x.part == unlisted && (x.status/100 != 2 || x.header.Get(allowOrigin) == ""):
		j.add(j.unlistedRefused(x), x)
		return
	case x.preflight() && x.status == http.StatusForbidden && !j.page[x.origin()]:
		j.add(j.shutOut(x), x)
		return
	case x.preflight() && x.status/100 != 2:
		j.add(j.preflightRefused(x), x)
		return
	}
	if !j.allows(x) {
		j.notAllowed(x)
		return
	}
	if x.preflight() && x.status != x.want.Status {
		j.add(j.preflightStatus(x), x)
	}
	j.credentials(x)
	j.values(x)
	j.vary(x)
}

// anyAllowed reports whether the server allows at least one of the origins.
func (j *judgement) anyAllowed() bool {
	for _, right := range j.page {
		if right {
			return true
		}
	}
	return false
}

// allows reports whether an answer has the Access-Control-Allow-Origin of the
// policy.
func (j *judgement) allows(x *exchange) bool {
	return x.header.Get(allowOrigin) == wanted(x, allowOrigin)
}

// notAllowed reports an answer with another Access-Control-Allow-Origin, or none.
func (j *judgement) notAllowed(x *exchange) {
	got := x.header.Get(allowOrigin)
	switch {
	case got == "*" && wanted(x, allowCredentials) == "", got != "" && got == x.origin(): // a page can read the answer
		j.add(j.otherAllowOrigin(x), x)
		j.credentials(x)
	case x.preflight() || x.part == page && x.who == allowed:
		j.add(j.shutOut(x), x)
	case x.origin() == "" || j.page[x.origin()]:
		j.add(j.missing(x), x)
	}
}

// credentials compares Access-Control-Allow-Credentials.
func (j *judgement) credentials(x *exchange) {
	got, want := x.header.Get(allowCredentials), wanted(x, allowCredentials)
	switch {
	case got == want:
	case want == "" && got == "true":
		j.add(j.credentialsGiven(x), x)
	case want == "":
		j.add(j.foreign(x, []string{allowCredentials}), x)
	default:
		j.add(j.credentialsMissing(x), x)
	}
}

// values compares what else an answer says.
func (j *judgement) values(x *exchange) {
	var foreign []string
	for _, name := range ir.Owned() {
		got, want := x.header.Get(name), wanted(x, name)
		switch {
		case name == allowOrigin || name == allowCredentials || sameValue(name, got, want):
		case want == "" && !belongs(name, x.preflight()):
			foreign = append(foreign, name)
		default:
			j.add(j.otherValue(name, got, want, x), x)
		}
	}
	if foreign != nil {
		j.add(j.foreign(x, foreign), x)
	}
}

// belongs reports whether browsers read a header in the answers to preflights, or
// in others.
func belongs(name string, preflight bool) bool {
	switch name {
	case "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age":
		return preflight
	case "Access-Control-Expose-Headers":
		return !preflight
	default:
		return false
	}
}

// sameValue compares two values of a header: lists as sets, names of headers
// without regard to case.
func sameValue(name, a, b string) bool {
	if !isList(name) {
		return a == b
	}
	if name != "Access-Control-Allow-Methods" {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	return slices.Equal(sorted(members(a)), sorted(members(b)))
}

// isList reports whether a header is a list, whose lines a browser joins
// (https://fetch.spec.whatwg.org/#extract-header-list-values).
func isList(name string) bool {
	return slices.Contains([]string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"}, name)
}

// refusal compares an answer that allows nothing.
func (j *judgement) refusal(x *exchange) {
	got := x.header.Get(allowOrigin)
	switch {
	case got == "*" || got != "" && got == x.origin():
		j.letIn(x, got)
		return
	case x.want.Status != 0 && x.want.Status != x.status && x.preflight():
		j.add(j.refusedStatus(x), x)
	case x.want.Status != 0 && x.want.Status != x.status:
		j.add(j.gateOpen(x), x)
	}
	var foreign []string
	for _, name := range ir.Owned() {
		if x.header.Values(name) != nil {
			foreign = append(foreign, name)
		}
	}
	if foreign != nil {
		j.add(j.foreign(x, foreign), x)
	}
	j.vary(x)
}

// letIn reports an origin that the policy refuses and the server allows, unless
// it allows any.
func (j *judgement) letIn(x *exchange, got string) {
	if x.who == stranger && x.part == page {
		j.open[x.method] = true
	}
	if x.who == stranger || got == "*" || !j.open[x.method] {
		j.add(j.foreignOrigin(x, got), x)
	}
}

// vary reports members of Vary that are missing.
func (j *judgement) vary(x *exchange) {
	got := members(strings.ToLower(strings.Join(x.header.Values("Vary"), ",")))
	if slices.Contains(got, "*") {
		return
	}
	var missing []string
	for _, m := range x.want.Vary {
		if !slices.Contains(got, strings.ToLower(m)) {
			missing = append(missing, m)
		}
	}
	if missing != nil {
		j.add(j.varyMissing(x, missing), x)
	}
}

// cache looks at the origins that asked in turn.
func (j *judgement) cache(exchanges []*exchange) {
	right := map[part]bool{first: true, second: true}
	var before, kept, wrong *exchange
	for _, x := range exchanges {
		if x.part != first && x.part != second {
			continue
		}
		if x.err != nil {
			j.add(j.unanswered(x), x)
			return
		}
		if !j.allows(x) {
			right[x.part] = false
			if x.part == second && wrong == nil {
				kept, wrong = before, x
			}
		}
		before = x
	}
	if right[first] && !right[second] {
		j.add(j.kept(kept, wrong), wrong)
	}
}

// wanted returns what the policy says in a header; "" for nothing.
func wanted(x *exchange, name string) string {
	i := slices.IndexFunc(x.want.Set, func(f eval.Field) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	return x.want.Set[i].Value
}

// members returns the elements of a list, without empty ones
// (https://www.rfc-editor.org/rfc/rfc9110#name-recipient-requirements).
func members(list string) []string {
	var all []string
	for m := range strings.SplitSeq(list, ",") {
		if m = strings.Trim(m, " \t"); m != "" {
			all = append(all, m)
		}
	}
	return all
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// setting returns the place of what the policy says in a header, or of the
// policy.
func (j *judgement) setting(name string) diag.Range {
	for _, b := range []*ir.Branches{&j.Variant.Preflight, &j.Variant.Actual} {
		for _, h := range b.Allowed.Set {
			if h.Name == name {
				return h.Src
			}
		}
	}
	return j.Variant.Src
}

// entry returns the place of the pattern that allows an origin, or the one that
// it is like.
func (j *judgement) entry(x *exchange) diag.Range {
	if p := j.evaluator.Pattern(cmp.Or(x.foreign.like, x.origin())); p != nil {
		return p.Src
	}
	return j.setting(allowOrigin)
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return " " + text
	}
	return ""
}
