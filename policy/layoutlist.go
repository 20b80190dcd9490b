package policy

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// listWalker lays out the lists of a file, the inner ones first. It leaves those
// in texts alone.
type listWalker struct {
	t     *layouter
	texts int // around the node
}

// Enter implements hclsyntax.Walker.
func (w *listWalker) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if isTemplate(n) {
		w.texts++
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (w *listWalker) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if isTemplate(n) {
		w.texts--
	}
	if list, ok := n.(*hclsyntax.TupleConsExpr); ok && w.texts == 0 && len(list.Exprs) > 0 {
		w.t.list(w.t.at(list.OpenRange.Start.Byte))
	}
	return nil
}

func isTemplate(n hclsyntax.Node) bool {
	switch n.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		return true
	default:
		return false
	}
}

// list lays out the list that starts at the token open. It stays on its line, or
// gets a line for each element with a comma at the end.
func (t *layouter) list(open int) {
	commas, end := t.commas(open)
	inside := t.pieces[open+1 : end]
	if slices.ContainsFunc(inside, func(p piece) bool { return p.kind == hclsyntax.TokenOHeredoc }) {
		return // after the end of one there can be no comma
	}
	if t.width(open, end) <= maxListWidth && !t.broken(open, end) {
		t.joinEnd(commas, end)
		return
	}
	t.pieces[end].breaks = 1
	t.breakBetween(open, t.code(open+1))
	for _, comma := range commas {
		t.moveComma(comma)
		if next := t.code(comma + 1); next < end {
			t.breakBetween(comma, next)
		}
	}
	t.pieces[t.codeBefore(end)].comma = true
}

// commas returns the commas between the elements of the list that starts at the
// token open, and its end.
func (t *layouter) commas(open int) (commas []int, end int) {
	depth := 0
	for i := open; ; i++ {
		depth += deeper(t.pieces[i].kind)
		switch {
		case depth == 0:
			return commas, i
		case depth == 1 && t.pieces[i].kind == hclsyntax.TokenComma:
			commas = append(commas, i)
		}
	}
}

// joinEnd removes a comma at the end of a list on one line.
func (t *layouter) joinEnd(commas []int, end int) {
	if n := len(commas); n > 0 && t.code(commas[n-1]+1) == end {
		t.pieces[commas[n-1]].text = ""
	}
}

// moveComma puts a comma behind its element, before comments on that.
func (t *layouter) moveComma(i int) {
	t.pieces[t.codeBefore(i)].comma = true
	p, next := &t.pieces[i], &t.pieces[i+1]
	next.breaks = max(next.breaks, p.breaks)
	p.text, p.blanks, p.breaks = "", "", 0
}

// breakBetween puts a line break between two tokens, unless there is one. What
// comments stand between them then belong to the second.
func (t *layouter) breakBetween(first, second int) {
	if !t.broken(first, second) {
		t.pieces[first+1].breaks = 1
	}
}

// code returns the first token from i on that is not a comment.
func (t *layouter) code(i int) int {
	for t.pieces[i].kind == hclsyntax.TokenComment {
		i++
	}
	return i
}

// codeBefore returns the last token before i that is neither a comment nor a
// comma that was moved.
func (t *layouter) codeBefore(i int) int {
	for i--; t.pieces[i].kind == hclsyntax.TokenComment || t.pieces[i].text == ""; i-- {
	}
	return i
}
