package policy

import (
	"bufio"
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

var originsType = &bodyType{
	name:   "an origins block",
	schema: hcl.BodySchema{Attributes: attributes("from", "list")},
}

// declareOrigins declares the names of origins blocks, and returns the blocks
// whose names are new.
func (l *loader) declareOrigins(blocks []*hcl.Block) []*hcl.Block {
	seen := map[string]hcl.Range{}
	var named []*hcl.Block
	for _, b := range blocks {
		name, at := b.Labels[0], labelRange(b)
		if l.checkName(name, at) && l.once(seen, "origins blocks", name, at) {
			l.declare("origins", name, at)
			named = append(named, b)
		}
	}
	return named
}

// readOriginSets reads the files of origins blocks, and returns the definitions
// of those with a list.
func (l *loader) readOriginSets(blocks []*hcl.Block) []*definition {
	var defs []*definition
	for _, b := range blocks {
		attrs := l.content(b.Body, originsType).Attributes
		from, list := attrs["from"], attrs["list"]
		key, at := "origins."+b.Labels[0], labelRange(b)
		switch {
		case from == nil && list == nil:
			l.fail(codeMissing, at, fmt.Sprintf("The origins %s are missing", quote(b.Labels[0])), "Write list = [\"https://app.example.com\"], or from = \"FILE\" for a file with one origin a line.")
		case from != nil && list != nil:
			l.fail(codeDuplicate, at, fmt.Sprintf("The origins %s are there twice", quote(b.Labels[0])), "Write either from or list. Join two sets with concat(origins.A, origins.B).")
		case list != nil:
			defs = append(defs, &definition{key: key, at: at, expr: l.eval.compile(list.Expr)})
		default:
			if v, ok := l.readOriginFile(from); ok {
				l.eval.values[key] = v
			}
		}
	}
	return defs
}

// readOriginFile returns the lines of the file that an attribute names, as a
// list of texts that carry their places.
func (l *loader) readOriginFile(a *hcl.Attribute) (cty.Value, bool) {
	at := a.Expr.Range()
	v, s := placed(l.literals(a.Expr), at)
	if !l.is(v, cty.String, s, quote("from")+" is", "the name of a file in quotes") || !l.isLocal(v.AsString(), at) {
		return cty.NilVal, false
	}
	name := v.AsString()
	l.program.OriginFiles = append(l.program.OriginFiles, name)
	src, err := l.files.readFile(name)
	if err != nil {
		l.fail(codeFile, at, fmt.Sprintf("Cannot read %s", quote(name)), reason(err), "The path is relative to the policy's folder and may not leave it.")
		return cty.NilVal, false
	}
	shown := filepath.Join(l.program.Dir, filepath.FromSlash(name))
	if replaced, ok := l.opts.Replaced[shown]; ok {
		src = replaced
	}
	l.sources[shown] = src
	if !l.isText(shown, src) {
		return cty.NilVal, false
	}
	lines := originLines(shown, src)
	if len(lines) > maxList {
		l.fail(codeLimit, at, fmt.Sprintf("%s has too many origins", quote(name)), fmt.Sprintf("A file has at most %d.", maxList))
		return cty.NilVal, false
	}
	if l.entries += len(lines); l.entries > maxEntries {
		l.fail(codeLimit, at, "The lists of the program are too long", fmt.Sprintf("Together they have at most %d entries.", maxEntries))
		return cty.NilVal, false
	}
	if len(lines) == 0 {
		return cty.EmptyTupleVal, true
	}
	return cty.ListVal(lines), true
}

// originLines returns the entries of an origin file: one a line, without blanks
// around it. A comment goes from a "#" at the start of a line, or after a blank,
// to its end. It stops after the first entry that is too many. A line that is
// too long for any origin is cut, to be refused as one.
func originLines(file string, src []byte) []cty.Value {
	var lines []cty.Value
	pos := hcl.Pos{Line: 1, Column: 1}
	if rest, ok := bytes.CutPrefix(src, []byte("\ufeff")); ok {
		pos.Byte = len(src) - len(rest)
		src = rest
	}
	for len(src) > 0 && len(lines) <= maxList {
		line, rest, _ := bytes.Cut(src, []byte("\n"))
		if text, before := entry(line[:min(len(line), maxString)]); text != "" {
			start := hcl.Pos{Line: pos.Line, Column: before + 1, Byte: pos.Byte + before}
			end := hcl.Pos{Line: pos.Line, Column: start.Column + columns(text), Byte: start.Byte + len(text)}
			at := &spot{at: hcl.Range{Filename: file, Start: start, End: end}}
			lines = append(lines, cty.StringVal(text).Mark(at))
		}
		pos.Byte += len(line) + 1
		pos.Line++
		src = rest
	}
	return lines
}

// entry returns the text of a line without its comment and the blanks around
// it, and the number of blanks before it.
func entry(line []byte) (text string, before int) {
	s := string(line)
	trimmed := strings.TrimLeft(s, " \t\r")
	before = len(s) - len(trimmed)
	for i, c := range []byte(trimmed) {
		if c == '#' && (i == 0 || trimmed[i-1] == ' ' || trimmed[i-1] == '\t') {
			trimmed = trimmed[:i]
			break
		}
	}
	return strings.TrimRight(trimmed, " \t\r"), before
}

// columns counts grapheme clusters, as HCL does.
func columns(s string) int {
	if isASCII(s) {
		return len(s)
	}
	sc := hcl.NewRangeScanner([]byte(s), "", bufio.ScanLines)
	sc.Scan()
	return sc.Range().End.Column - 1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
