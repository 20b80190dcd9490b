// Package apache finds what breaks the CORS of an Apache httpd: wrong uses of
// the files that corsgen prints, and mistakes of headers that were written by
// hand. It reads the main configuration file and what that includes.
//
// It cannot know what is decided when the server starts: it takes sections such
// as <IfModule> and <IfDefine> as if their condition held, and does not expand
// macros.
package apache

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// node is a directive where it takes effect: its children are those of its
// section, with included files in the place of the lines that include them.
type node struct {
	*Directive
	parent   *node
	via      *node // the line that includes it; nil in the main file
	order    int   // in which it is read
	children []*node
}

// loader builds the tree of a configuration.
type loader struct {
	files   *lintconfig.Files
	root    string // of relative names
	defined map[string]string
	modules map[string]bool
	parsed  map[*lintconfig.Source][]*Directive
	read    int     // directives
	empty   []*node // lines that include no file
	ours    []*node // lines that include a file of corsgen
	found   diag.List
}

// Lint reads the main configuration file of an Apache and what it includes, and
// returns what it finds.
func Lint(name string) *lintconfig.Result { return lint(lintconfig.NewFiles(), name) }

func lint(files *lintconfig.Files, name string) *lintconfig.Result {
	l := &loader{
		files: files, root: filepath.Dir(name), defined: map[string]string{}, modules: map[string]bool{},
		parsed: map[*lintconfig.Source][]*Directive{},
	}
	root := &node{Directive: &Directive{}}
	if source, err := files.Read(name); err != nil {
		l.found = append(l.found, unreadable(name, diag.Range{File: name}, err))
	} else {
		l.expand(root, l.parse(source), nil, 0)
	}
	c := newChecker(root, l)
	c.run()
	return &lintconfig.Result{
		Findings: append(l.found, c.found...).Sorted(), Sources: files.Sources(),
		Servers: len(c.hosts), Covered: c.covered(),
	}
}

func (l *loader) parse(s *lintconfig.Source) []*Directive {
	directives, ok := l.parsed[s]
	if !ok {
		var found diag.List
		directives, found = parse(s)
		l.parsed[s] = directives
		l.found = append(l.found, found...)
	}
	return directives
}

// expand adds directives below a node.
func (l *loader) expand(parent *node, directives []*Directive, via *node, depth int) {
	for _, d := range directives {
		if l.read++; l.read > lintconfig.MaxDirectives {
			if l.read == lintconfig.MaxDirectives+1 {
				l.found = append(l.found, tooLarge(d.Range()))
			}
			return
		}
		n := &node{Directive: l.substitute(d), parent: parent, via: via, order: l.read}
		parent.children = append(parent.children, n)
		switch d.Name {
		case "include", "includeoptional":
			l.include(n, depth)
		case "define":
			l.defined[n.Arg(0)] = n.Arg(1)
		case "undefine":
			delete(l.defined, n.Arg(0))
		case "serverroot":
			l.root = n.Arg(0)
		case "loadmodule":
			l.modules[n.Arg(0)] = true
			l.modules[strings.TrimSuffix(filepath.Base(n.Arg(1)), ".so")+".c"] = true
		case "macro":
			l.macro(n)
		default:
			l.expand(n, d.Block, via, depth)
		}
	}
}

const maxValue = 64 << 10 // bytes of an argument with its variables replaced

// substitute returns a directive with the variables of Define replaced, where
// they are known.
func (l *loader) substitute(d *Directive) *Directive {
	variable := func(a lintconfig.Word) bool { return strings.Contains(a.Text, "${") && len(a.Text) <= maxValue }
	if !slices.ContainsFunc(d.Args, variable) {
		return d
	}
	changed := *d
	changed.Args = slices.Clone(d.Args)
	for i, a := range d.Args {
		if variable(a) {
			changed.Args[i].Text = l.value(a.Text)
		}
	}
	return &changed
}

func (l *loader) value(text string) string {
	var b strings.Builder
	for b.Len() <= maxValue {
		before, rest, ok := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		value, known := l.defined[name]
		if !ok || !closed {
			break
		}
		if !known {
			value = "${" + name + "}"
		}
		b.WriteString(before + value)
		text = after
	}
	return b.String() + text
}

// include puts the files that n includes after it.
func (l *loader) include(n *node, depth int) {
	name := n.Arg(0)
	if strings.Contains(name, "${") {
		l.found = append(l.found, lintconfig.Finding("C521", n.Range(), "This inclusion is not followed",
			"The value of a variable in it is not in the configuration. What it includes is not looked at."))
		return
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(l.root, name)
	}
	if depth >= lintconfig.MaxIncludes {
		l.found = append(l.found, tooLarge(n.Range()))
		return
	}
	names := l.names(name, n)
	if len(names) == 0 {
		l.empty = append(l.empty, n)
	}
	for _, name := range names {
		source, err := l.files.Read(name)
		if err == nil {
			if source.Generated() {
				l.ours = append(l.ours, n)
			}
			l.expand(n.parent, l.parse(source), n, depth+1)
		} else if n.Name == "include" || !os.IsNotExist(err) {
			l.found = append(l.found, unreadable(name, n.Range(), err))
		}
	}
}

// names returns the files that a name stands for: itself, those that it matches,
// or those in a folder.
func (l *loader) names(name string, n *node) []string {
	names := []string{name}
	if lintconfig.IsPattern(name) {
		var err error
		if names, err = l.files.Glob(name); err != nil {
			l.found = append(l.found, unreadable(name, n.Range(), err))
		}
	}
	var all []string
	for _, name := range names {
		if info, err := os.Stat(name); l.files.Memory == nil && err == nil && info.IsDir() {
			inside, err := l.files.Walk(name)
			if err != nil {
				l.found = append(l.found, unreadable(name, n.Range(), err))
			}
			all = append(all, inside...)
		} else if err == nil || l.files.Memory != nil || n.Name == "include" {
			all = append(all, name)
		}
	}
	return all
}

// macro notes that a macro with CORS in it is not looked at.
func (l *loader) macro(n *node) {
	for _, line := range n.Args {
		text := strings.ToLower(line.Text)
		if strings.Contains(text, "access-control-") || strings.Contains(text, "cors") {
			l.found = append(l.found, lintconfig.Finding("C521", n.Source.Range(line.Start, line.End), "Macros are not expanded",
				"corsgen does not look at what Use puts in the place of this macro. Write the lines in the virtual host itself to have them checked."))
			return
		}
	}
}

func unreadable(name string, at diag.Range, err error) diag.Diagnostic {
	return lintconfig.Finding("C008", at, name+" cannot be read: "+err.Error(),
		"What it holds is not looked at. Write the name of a file that this user may read.")
}
