package lintconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// Field is a line, written by hand, that adds a header to responses.
type Field struct {
	Name    string
	Value   string
	Dynamic bool // Value holds variables of the server, or the line has a condition
	Depends bool // on the Origin, for all that is known
	Always  bool // on every status, errors too
	Outer   bool // inherited, and judged where it stands
	At      diag.Range
}

// Words are what the findings about hand-written headers tell users of one
// server to write.
type Words struct {
	Always string // how a header gets on every status
	Vary   string // a line that adds Origin to Vary
}

// IsCORS reports whether name is a response header of CORS.
func IsCORS(name string) bool {
	return slices.ContainsFunc(ir.Owned(), func(o string) bool { return strings.EqualFold(o, name) })
}

// maxFields is how many headers of one place are looked at.
const maxFields = 500

// CheckFields returns what is wrong with the CORS headers of one place, which
// are sent together, whatever server sends them.
func CheckFields(fields []Field, w Words) diag.List {
	fields = fields[:min(len(fields), maxFields)]
	allow := named(fields, "Access-Control-Allow-Origin")
	if len(allow) == 0 {
		return nil
	}
	var found diag.List
	for _, f := range allow {
		if !f.Outer {
			found = append(found, checkAllow(f, fields, w)...)
		}
	}
	return append(found, checkTwice(allow)...)
}

func checkAllow(f Field, fields []Field, w Words) diag.List {
	var found diag.List
	if !f.Always {
		found = append(found, Finding("C533", f.At, "CORS headers are missing from errors",
			"Without \"always\" the header is left out of 4xx and 5xx answers, so that a script cannot read why a request failed: the browser reports "+
				"a CORS error instead. Write "+w.Always+", on every Access-Control line."))
	}
	if f.Depends && f.Value != "*" && !varies(fields) {
		found = append(found, Finding("C534", f.At, "The answer depends on the Origin, and Vary does not say so",
			"A cache may give the answer for one origin to a page of another, whose browser refuses it. Write "+w.Vary+"."))
	}
	if f.Dynamic {
		return found
	}
	if c := truth(fields); strings.TrimSpace(f.Value) == "*" && c != nil {
		found = append(found, Finding("C535", f.At, "Any origin together with credentials",
			"Browsers refuse every response with credentials that says Access-Control-Allow-Origin: *, so no page could read one. "+
				"Send back the one origin that asks, if it is allowed, or remove Access-Control-Allow-Credentials.",
			diag.Related{Message: "credentials are allowed here", Range: c.At}))
	}
	return append(found, checkValue(f)...)
}

func checkValue(f Field) diag.List {
	value := strings.TrimSpace(f.Value)
	if value == "*" || value == "null" {
		return nil
	}
	if strings.ContainsAny(value, ", \t") {
		return diag.List{Finding("C536", f.At, "Several origins in one header",
			"Access-Control-Allow-Origin names one origin, and browsers refuse every response with a list. "+
				"Compare the Origin of the request with the list and send back the one that asks.")}
	}
	p, err := origin.Parse(value)
	if err != nil || !p.Exact() {
		return diag.List{Finding("C536", f.At, fmt.Sprintf("%q is no origin", value),
			"Browsers compare Access-Control-Allow-Origin with their page's origin byte by byte, and this value is that of no page. "+
				"Write scheme, host and port alone, such as https://app.example.com: no path, no slash at the end, no wildcard.")}
	}
	return nil
}

// checkTwice reports a second Access-Control-Allow-Origin that is sent with the
// first. One whose value may be empty is not sent then.
func checkTwice(allow []Field) diag.List {
	constant := slices.DeleteFunc(slices.Clone(allow), func(f Field) bool { return f.Dynamic })
	if len(constant) < 2 || constant[len(constant)-1].Outer {
		return nil
	}
	return diag.List{Finding("C537", constant[1].At, "Access-Control-Allow-Origin is sent twice",
		"Both lines are sent, and browsers refuse every response with two. "+
			"Compare the Origin of the request with the list and send back the one that asks.",
		diag.Related{Message: "the other line", Range: constant[0].At})}
}

func named(fields []Field, name string) []Field {
	var all []Field
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f)
		}
	}
	return all
}

// varies reports whether Vary covers the Origin, or may, by a variable.
func varies(fields []Field) bool {
	for _, f := range named(fields, "Vary") {
		for member := range strings.SplitSeq(strings.ToLower(f.Value), ",") {
			if m := strings.TrimSpace(member); m == "origin" || m == "*" || f.Dynamic {
				return true
			}
		}
	}
	return false
}

// truth returns the line that allows credentials.
func truth(fields []Field) *Field {
	for _, f := range named(fields, "Access-Control-Allow-Credentials") {
		if strings.TrimSpace(f.Value) == "true" {
			return &f
		}
	}
	return nil
}

// Credentials reports whether one of the fields allows credentials, or may.
func Credentials(fields []Field) bool {
	return slices.ContainsFunc(named(fields, "Access-Control-Allow-Credentials"), func(f Field) bool { return f.Dynamic }) || truth(fields) != nil
}

// Preflights reports whether the fields are meant for preflights too.
func Preflights(fields []Field) bool {
	return len(named(fields, "Access-Control-Allow-Methods"))+len(named(fields, "Access-Control-Allow-Headers")) > 0
}

// Challenged returns the finding about a password that preflights are asked for.
func Challenged(at diag.Range, write string, headers diag.Range) diag.Diagnostic {
	return Finding("C538", at, "Preflights are asked for a password",
		"Browsers send preflights without credentials and refuse an answer of 401, so that no request that needs one is sent. "+write,
		diag.Related{Message: "the CORS headers", Range: headers})
}

// Stranger returns the finding about a regular expression that lets o in.
func Stranger(o, expression string, at diag.Range) diag.Diagnostic {
	return Finding("C531", at, fmt.Sprintf(`"%s" lets in %s`, expression, o),
		"A page of that origin, which anybody can have, may read the answers. Anchor the expression at both ends, with ^ and $, and write a "+
			`backslash before every dot that is meant as one, as in ^https://app\.example\.com$. corsgen prints such a comparison from a list of origins.`)
}

// Echoed returns the finding about an Origin that is sent back unchecked.
func Echoed(at diag.Range, credentials bool) diag.Diagnostic {
	if !credentials {
		d := Finding("C532", at, "Every origin is allowed",
			"The Origin is sent back whatever it is. If every page may read these answers, say so with *, which needs no Vary; "+
				"otherwise compare the Origin with those that are allowed first.")
		d.Severity = diag.Warning
		return d
	}
	return Finding("C532", at, "Every origin is allowed, with credentials",
		"The Origin is sent back whatever it is, so any page that a user visits may read what this server shows to that user. "+
			"Compare the Origin with those that are allowed, and send it back only if it is one of them.")
}

// OwnedHeaders returns how many response headers CORS has.
func OwnedHeaders() int { return len(ir.Owned()) }
