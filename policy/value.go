package policy

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

// The readers below take values in a fixed order, since cty panics on a value
// that is marked, null or unknown where none is expected: unmark, null, known,
// type. Nothing is converted. Unknown means reported already.

// leaf returns v without its marks, and them.
func leaf(v cty.Value) (cty.Value, cty.ValueMarks) {
	if !v.IsMarked() {
		return v, nil
	}
	return v.Unmark()
}

// placed returns v without its mark, and the place that it marks or at.
func placed(v cty.Value, at hcl.Range) (cty.Value, spot) {
	v, marks := leaf(v)
	if len(marks) == 0 {
		return v, spot{at: at}
	}
	return v, *firstSpot(marks)
}

// scalar returns the value of an attribute if it has the type; want says what
// to write.
func (l *loader) scalar(a *hcl.Attribute, ty cty.Type, want string) (v cty.Value, varies, ok bool) {
	x := l.eval.compile(a.Expr)
	v, s := placed(l.eval.run(x), a.Expr.Range())
	return v, l.varying(x), l.is(v, ty, s, quote(a.Name)+" is", want)
}

// is reports whether v is a known value of the type, and reports it if it is of
// another one.
func (l *loader) is(v cty.Value, ty cty.Type, s spot, subject, want string) bool {
	switch {
	case !v.IsNull() && !v.IsKnown():
		return false
	case !v.IsNull() && v.Type().Equals(ty):
		return true
	}
	l.failAt(s, codeType, fmt.Sprintf("%s %s, not %s", subject, describe(v), want), "Values are never converted: write "+want+".")
	return false
}

// failAt reports an error at a spot.
func (l *loader) failAt(s spot, code, summary string, detail ...string) {
	l.add(diag.Diagnostic{Code: code, Summary: summary, Detail: sentences(detail...), Range: place(s.at), Related: s.related()})
}

func (s spot) related() []diag.Related {
	if s.via == (hcl.Range{}) {
		return nil
	}
	return []diag.Related{{Message: "the text is put together here", Range: place(s.via)}}
}

// describe names the kind of v in a message.
func describe(v cty.Value) string {
	switch ty := v.Type(); {
	case v.IsNull():
		return "null"
	case ty == cty.String:
		return "a string"
	case ty == cty.Number:
		return "a number"
	case ty == cty.Bool:
		return "a bool"
	case isList(ty):
		return "a list"
	default:
		return "an object"
	}
}

// isList reports whether values of ty are lists to the author: HCL's literal
// lists are tuples.
func isList(ty cty.Type) bool { return ty.IsTupleType() || ty.IsListType() || ty.IsSetType() }

func (l *loader) text(a *hcl.Attribute) Attr[string] {
	attr := Attr[string]{Range: place(a.Expr.Range())}
	v, varies, ok := l.scalar(a, cty.String, "a string in quotes")
	if ok {
		attr.Value, attr.Set, attr.Varies = v.AsString(), true, varies
	}
	return attr
}

func (l *loader) bool(a *hcl.Attribute) Attr[bool] {
	attr := Attr[bool]{Range: place(a.Expr.Range())}
	v, varies, ok := l.scalar(a, cty.Bool, "true or false")
	if ok {
		attr.Value, attr.Set, attr.Varies = v.True(), true, varies
	}
	return attr
}

func (l *loader) number(a *hcl.Attribute) Attr[int] {
	attr := Attr[int]{Range: place(a.Expr.Range())}
	v, varies, ok := l.scalar(a, cty.Number, "a whole number without quotes")
	if !ok {
		return attr
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || n != int64(int32(n)) {
		l.fail(codeType, a.Expr.Range(), fmt.Sprintf("%s is not a whole number that fits", quote(a.Name)), "Write a whole number without quotes, such as 600.")
		return attr
	}
	attr.Value, attr.Set, attr.Varies = int(n), true, varies
	return attr
}

// elements returns the elements of an attribute that is a list of strings, and
// reports the others.
func (l *loader) elements(a *hcl.Attribute) (texts []string, spots []spot, varies, ok bool) {
	at := a.Expr.Range()
	x := l.eval.compile(a.Expr)
	v, s := placed(l.eval.run(x), at)
	switch {
	case !v.IsNull() && !v.IsKnown():
		return nil, nil, false, false
	case v.IsNull() || !isList(v.Type()):
		l.failAt(s, codeType, fmt.Sprintf("%s is %s, not a list of strings", quote(a.Name), describe(v)), "Values are never converted: write a list in brackets, such as [\"text\"].")
		return nil, nil, false, false
	}
	if l.entries += v.LengthInt(); l.entries > maxEntries {
		l.eval.spent = true // once is enough
		l.fail(codeLimit, at, "The lists of the program are too long", fmt.Sprintf("Together they have at most %d entries.", maxEntries))
		return nil, nil, false, false
	}
	for i, e := range v.AsValueSlice() {
		e, s := placed(e, x.element(i))
		if l.is(e, cty.String, s, "The element is", "a string in quotes") {
			texts, spots = append(texts, e.AsString()), append(spots, s)
		}
	}
	return texts, spots, l.varying(x), true
}

func (l *loader) items(a *hcl.Attribute) Attr[[]Item] {
	texts, spots, varies, ok := l.elements(a)
	attr := Attr[[]Item]{Set: ok, Varies: varies, Range: place(a.Expr.Range())}
	for i, t := range texts {
		attr.Value = append(attr.Value, Item{Text: t, Range: place(spots[i].at)})
	}
	return attr
}

func (l *loader) origins(a *hcl.Attribute) Attr[[]Origin] {
	before := len(l.diags)
	texts, spots, varies, ok := l.elements(a)
	attr := Attr[[]Origin]{Set: ok, Varies: varies, Range: place(a.Expr.Range())}
	for i, t := range texts {
		if l.full() {
			break
		}
		if o, ok := l.origin(t, spots[i]); ok {
			attr.Value = append(attr.Value, o)
		}
	}
	if len(attr.Value) == 0 && len(l.diags) > before {
		attr.Set = false // it is not empty, but nothing in it could be read
	}
	return attr
}

// patternCache holds the patterns by their text: environments and policies
// often share long lists.
type patternCache map[string]parsedPattern

type parsedPattern struct {
	pattern origin.Pattern
	err     error
}

func (c patternCache) parse(text string) (origin.Pattern, error) {
	p, ok := c[text]
	if !ok {
		p.pattern, p.err = origin.Parse(text)
		c[text] = p
	}
	return p.pattern, p.err
}

// origin returns an entry of allow_origins, and reports a text that is none.
func (l *loader) origin(text string, s spot) (Origin, bool) {
	o := Origin{Any: text == origin.Any, Range: place(s.at)}
	if o.Any {
		return o, true
	}
	p, err := l.patterns.parse(text)
	if err != nil {
		l.badOrigin(text, err, s)
		return o, false
	}
	o.Pattern = p
	return o, true
}

func (l *loader) badOrigin(text string, err error, s spot) {
	var e *origin.Error
	if !errors.As(err, &e) {
		l.failAt(s, codeValue, "The text is not an origin", clean(err.Error()))
		return
	}
	write := ""
	if e.Suggestion != "" {
		write = fmt.Sprintf("Write %q.", e.Suggestion)
	}
	d := diag.Diagnostic{Code: e.Code, Summary: e.Summary, Detail: sentences(e.Detail, write), Range: place(s.at), Related: s.related()}
	if e.Replacement != nil {
		d.Fix = &diag.Fix{Range: d.Range, Old: text, New: e.Replacement}
	}
	l.add(d)
}
