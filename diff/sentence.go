package diff

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

// Sentence says what a change of s lets a browser do or not do, without a full
// stop: "pages of any subdomain of example.org may now send DELETE, with cookies".
func (s *Subject) Sentence(c *Change) string {
	switch c.Aspect {
	case Origins:
		return s.originSentence(c)
	case Credentials:
		return choose(c, "requests may now carry cookies", "requests may no longer carry cookies")
	case Methods:
		return s.pages(c) + may(c) + "send " + list(c.Names, "any method") + s.cookies(c)
	case Headers:
		return s.pages(c) + may(c) + "set " + headers(c.Names, "any request header") + s.cookies(c)
	case Exposed:
		return s.pages(c) + may(c) + "read " + headers(c.Names, "any response header")
	case Gate:
		return choose(c, "requests from refused origins now reach the handler", "requests from refused origins are now answered with 403")
	case MaxAge:
		return fmt.Sprintf("a browser remembers a preflight %s, before %s", seconds(c.New), seconds(c.Old))
	default:
		return fmt.Sprintf("preflights are answered with %s, before with %s", c.New, c.Old)
	}
}

func choose(c *Change, widens, narrows string) string {
	if c.Effect == Widens {
		return widens
	}
	return narrows
}

func may(c *Change) string { return choose(c, " may now ", " may no longer ") }

func seconds(s string) string {
	if s == "" {
		return "for a time of its own"
	}
	return s + " s"
}

// originSentence also says what pages of the origins may send, where that is
// more than any page may.
func (s *Subject) originSentence(c *Change) string {
	side := s.new
	if c.Effect == Narrows {
		side = s.old
	}
	text := "pages of " + parts(c.Origins) + may(c) + "read responses"
	if names := side.methods.names(); len(names) > 0 {
		text += " and send " + list(names, "any method")
	}
	return text + s.cookies(c)
}

// names returns "*" and the names that it does not stand for.
func (n *names) names() []string {
	if n.any {
		return append([]string{"*"}, n.list...)
	}
	return n.list
}

func (s *Subject) cookies(c *Change) string {
	if c.Effect == Widens && s.new.credentials || c.Effect == Narrows && s.old.credentials {
		return ", with cookies"
	}
	return ""
}

// pages names whom a change concerns.
func (s *Subject) pages(c *Change) string {
	u := s.new.origins
	if c.Effect == Narrows {
		u = s.old.origins
	}
	if u.Any() {
		return "pages of any site"
	}
	if n := len(u.Patterns()); n > 2 {
		return fmt.Sprintf("pages of %d allowed origins", n)
	}
	var words []string
	for _, p := range u.Patterns() {
		words = append(words, p.Words())
	}
	return "pages of " + strings.Join(words, " and ")
}

// parts names at most two sets of origins, and counts the others.
func parts(all []origin.Part) string {
	const most = 2
	var words []string
	for i := range all[:min(most, len(all))] {
		words = append(words, PartWords(&all[i]))
	}
	if n := len(all) - most; n > 0 {
		return strings.Join(words, ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(words, " and ")
}

// PartWords names a set of origins.
func PartWords(p *origin.Part) string {
	words := "any site"
	if len(p.In) > 0 {
		words = p.In[0].Words()
	}
	if n := len(p.Except); n > 0 && n <= 2 {
		var but []string
		for _, e := range p.Except {
			but = append(but, e.Words())
		}
		return words + " but " + strings.Join(but, " and ")
	} else if n > 0 {
		return fmt.Sprintf("%s but %d", words, n)
	}
	return words
}

// list joins names: "GET, PUT and DELETE". A "*" is any.
func list(names []string, any string) string {
	const most = 5
	texts := make([]string, 0, len(names))
	for _, n := range names {
		if n == "*" {
			n = any
		}
		texts = append(texts, n)
	}
	if n := len(texts) - most; n > 1 {
		return strings.Join(texts[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

func headers(names []string, any string) string {
	switch {
	case names[0] == "*":
		return list(names, any)
	case len(names) == 1:
		return "the header " + names[0]
	}
	return "the headers " + list(names, any)
}

// Title names a subject, with the environments that it is about.
func (s *Subject) Title() string {
	title := string(s.Kind) + " " + s.Name
	switch s.Kind {
	case KindRoute:
		title = "route " + s.Name + " " + s.Path
	case KindTarget:
		return fmt.Sprintf("target %s: environment %s in place of %s: policy %s", clean(s.Target.Name), environmentName(s.Target.NewEnvironment), environmentName(s.Target.OldEnvironment), s.Name)
	}
	switch {
	case s.State == Renamed:
		title += ", renamed from " + s.OldName
	case s.Kind == KindRoute && s.State == Changed:
		title += ": policy " + s.NewPolicy + " in place of " + s.OldPolicy
	case s.Kind == KindRoute:
		title += ", " + string(s.State) + ": policy " + s.OldPolicy + s.NewPolicy
	case s.State != Changed:
		title += ", " + string(s.State)
	}
	if len(s.Environments) > 0 && !s.Everywhere {
		title += " (" + strings.Join(s.environmentNames(), ", ") + ")"
	}
	return title
}

func (s *Subject) environmentNames() []string {
	names := make([]string, len(s.Environments))
	for i, n := range s.Environments {
		names[i] = environmentName(n)
	}
	return names
}

func environmentName(name string) string {
	if name == "" {
		return "base"
	}
	return name
}

// Headline says in one line what a reviewer needs: the weightiest change, and how
// many others there are.
func (d *Diff) Headline() string {
	verb, rest := d.headline()
	return verb + rest
}

// headline returns the line in two parts, the verdict first.
func (d *Diff) headline() (verdict, rest string) {
	if d.Same() {
		return "No change", " in what a browser may do" + d.risks() + "."
	}
	top := d.top()
	rest = " " + top.Title()
	if len(top.Changes) > 0 {
		rest += ": " + d.clauses(top)
	}
	if len(d.Subjects) > 1 {
		rest += "; " + d.others(top)
	}
	return d.verdict(), rest + d.risks() + "."
}

func (d *Diff) verdict() string {
	switch effect := d.Effect(); {
	case effect == Neutral:
		return "Neutral:"
	case effect == Narrows:
		return "Narrows"
	case d.narrows():
		return "Widens and narrows"
	default:
		return "Widens"
	}
}

// narrows reports whether some change narrows.
func (d *Diff) narrows() bool {
	for i := range d.Subjects {
		for _, c := range d.Subjects[i].Changes {
			if c.Effect == Narrows {
				return true
			}
		}
	}
	return false
}

// top returns the subject that weighs most, of several the first.
func (d *Diff) top() *Subject {
	var top *Subject
	for i := range d.Subjects {
		if s := &d.Subjects[i]; top == nil || s.weight() > top.weight() {
			top = s
		}
	}
	return top
}

// weight orders subjects by what a reviewer has to see first: what widens before
// what narrows, of either whom it concerns before what they may do, and of that
// what goes with cookies.
func (s *Subject) weight() int {
	weight := 0
	for i := range s.Changes {
		c := &s.Changes[i]
		w := 4 * int(c.Effect)
		if c.Aspect == Origins || c.Aspect == Credentials {
			w += 2
		}
		if s.cookies(c) != "" {
			w++
		}
		weight = max(weight, w)
	}
	return weight
}

// clauses returns what the weightiest changes of a subject let a browser do.
func (d *Diff) clauses(s *Subject) string {
	const most = 2
	var texts []string
	for i := range s.Changes {
		if c := &s.Changes[i]; c.Effect == s.Effect() {
			texts = append(texts, s.Sentence(c))
		}
	}
	rest := len(s.Changes) - min(most, len(texts))
	text := strings.Join(texts[:min(most, len(texts))], "; ")
	if rest > 0 {
		text += fmt.Sprintf("; and %d more of it", rest)
	}
	return text
}

func (d *Diff) others(top *Subject) string {
	var counts [Widens + 1]int
	for i := range d.Subjects {
		if s := &d.Subjects[i]; s != top {
			counts[s.Effect()]++
		}
	}
	var texts []string
	for e := Widens; ; e-- {
		if n := counts[e]; n > 0 {
			verb := [...]string{"neutral", "narrowed", "widened"}[e]
			texts = append(texts, fmt.Sprintf("%d %s", n, verb))
		}
		if e == Neutral {
			return "elsewhere " + strings.Join(texts, ", ")
		}
	}
}

// risks names the rules of new findings and of accepted risks.
func (d *Diff) risks() string {
	text := ""
	seen := map[string]bool{}
	for _, f := range d.Findings {
		if f.Severity != diag.Note && !seen[f.Code] {
			seen[f.Code] = true
			text += "; new finding " + f.Code + " " + f.Slug()
		}
	}
	for _, a := range d.Accepted {
		if !seen["risk "+a.Code] {
			seen["risk "+a.Code] = true
			text += "; accepts the risk " + a.Code + " " + a.Slug
		}
	}
	return text
}
