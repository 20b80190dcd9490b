// Package nginx finds what breaks the CORS of an nginx: wrong uses of the files
// that corsgen prints, and mistakes of headers that were written by hand. It
// reads what nginx -T prints, or a configuration file and what it includes.
package nginx

import (
	"bytes"
	"errors"
	"path/filepath"
	"regexp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// node is a directive where it takes effect: its children are those of its block
// with included files in the place of the lines that include them.
type node struct {
	*Directive
	parent   *node
	via      *node // the include that it came by; nil in the main file
	files    int   // of an include: how many files it includes
	children []*node

	byName map[string][]*node // the children
	merged []*node            // see headers
}

// loader builds the tree of a configuration.
type loader struct {
	files    *lintconfig.Files
	prefix   string // the folder that included names start from
	parsed   map[*lintconfig.Source][]*Directive
	left     int
	includes []*node // every include, in order
	found    diag.List
}

// Lint reads the configuration in a file, or in what nginx -T printed if that is
// what text holds, and returns what it finds. The error says that the text is
// neither.
func Lint(name string, text []byte) (*lintconfig.Result, error) {
	files := lintconfig.NewFiles()
	if dumped, first := dump(text); first != "" {
		files.Memory, name = dumped, first
	} else if name == "" {
		return nil, errors.New("standard input is not what nginx -T prints. Write: nginx -T 2>/dev/null | corsgen lint-config nginx -")
	}
	return lint(files, name), nil
}

var dumpHeader = regexp.MustCompile(`(?m)^# configuration file ((?:/|[A-Za-z]:).*):\r?\n`)

// dump returns the files in what nginx -T printed, and the name of the first,
// which is "" where text is something else. nginx prints every file once, so that
// a line like a header that names a file again belongs to the file it is in.
func dump(text []byte) (files map[string][]byte, first string) {
	files = map[string][]byte{}
	name, start := "", 0
	for _, m := range dumpHeader.FindAllSubmatchIndex(text, -1) {
		next := string(text[m[2]:m[3]])
		if _, again := files[next]; again || next == name {
			continue
		}
		if name == "" {
			first = next
		} else {
			files[name] = bytes.TrimSuffix(text[start:m[0]], []byte("\n"))
		}
		name, start = next, m[1]
	}
	if name != "" {
		files[name] = bytes.TrimSuffix(text[start:], []byte("\n"))
	}
	return files, first
}

func lint(files *lintconfig.Files, name string) *lintconfig.Result {
	l := &loader{
		files: files, prefix: filepath.Dir(name),
		parsed: map[*lintconfig.Source][]*Directive{}, left: lintconfig.MaxDirectives,
	}
	root := &node{Directive: &Directive{}}
	if source, err := files.Read(name); err != nil {
		l.found = append(l.found, unreadable(name, diag.Range{File: name}, err))
	} else {
		l.expand(root, l.parse(source), nil, 0)
	}
	result := check(root, l.includes)
	result.Findings = append(l.found, result.Findings...).Sorted()
	result.Sources = files.Sources()
	return result
}

func (l *loader) parse(s *lintconfig.Source) []*Directive {
	directives, ok := l.parsed[s]
	if !ok {
		var found diag.List
		left := lintconfig.MaxDirectives
		directives, found = parse(s, &left)
		l.parsed[s] = directives
		l.found = append(l.found, found...)
	}
	return directives
}

// expand adds directives below a node.
func (l *loader) expand(parent *node, directives []*Directive, via *node, depth int) {
	for _, d := range directives {
		if l.left--; l.left < 0 {
			if l.left == -1 {
				l.found = append(l.found, tooLarge(d.Range()))
			}
			return
		}
		n := &node{Directive: d, parent: parent, via: via}
		if d.Name.Text == "include" && len(d.Args) == 1 && d.Block == nil {
			l.includes = append(l.includes, n)
			l.include(n, depth)
			continue
		}
		parent.children = append(parent.children, n)
		l.expand(n, d.Block, via, depth)
	}
}

// include puts the files that n includes below its parent.
func (l *loader) include(n *node, depth int) {
	name := n.Arg(0)
	if !filepath.IsAbs(name) {
		name = filepath.Join(l.prefix, name)
	}
	names := []string{name}
	if lintconfig.IsPattern(name) {
		var err error
		if names, err = l.files.Glob(name); err != nil {
			l.found = append(l.found, unreadable(name, n.Range(), err))
		}
	}
	if depth >= lintconfig.MaxIncludes {
		l.found = append(l.found, tooLarge(n.Range()))
		return
	}
	n.files = len(names)
	for _, name := range names {
		source, err := l.files.Read(name)
		if err != nil {
			l.found = append(l.found, unreadable(name, n.Range(), err))
			continue
		}
		l.expand(n.parent, l.parse(source), n, depth+1)
	}
}

func unreadable(name string, at diag.Range, err error) diag.Diagnostic {
	return lintconfig.Finding("C008", at, name+" cannot be read: "+err.Error(),
		"What it holds is not looked at. Write the name of a file that this user may read, or run corsgen on what nginx -T prints.")
}
