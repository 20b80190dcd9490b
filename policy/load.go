package policy

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/corsgen/corsgen/diag"
)

// Options are what the command line adds to a policy program.
type Options struct {
	Vars        []string // of --var, each "NAME=VALUE"
	VarFiles    []string // of --var-file, later ones beat earlier ones
	ToolVersion string   // for required_version; one that is not a version satisfies every constraint
	Replaced    Sources  // texts to read in the place of what files hold, as if they had been written
}

// Sources holds the text of every file that a finding may point into, by the
// file name that its range carries.
type Sources map[string][]byte

// Load reads the policy program at paths: a file, several files of one folder,
// or a folder, of which it takes cors.hcl, *.cors.hcl and *.cors.hcl.json. A file
// whose name ends in .json is read as HCL's JSON syntax. No path means the
// current folder.
//
// What is wrong with the program is in the list, all of it at once, and the
// program then holds what could be read. The error is for trouble that is not
// the author's: no such file, not readable, paths that do not belong together.
// The program is never nil.
func Load(paths []string, opts Options) (*Program, Sources, diag.List, error) {
	l := newLoader(opts)
	dir, names, err := findFiles(paths)
	if err != nil {
		return l.program, l.sources, nil, err
	}
	l.program.Dir = dir
	for _, name := range names {
		src, err := l.readFile(name)
		if err != nil {
			return l.program, l.sources, nil, err
		}
		l.addFile(name, src)
	}
	return l.finish()
}

// LoadReader reads a policy program of one file from r, such as standard input.
// The name stands in ranges, and decides on the syntax as it does for Load. Paths
// in the program are relative to the current folder.
func LoadReader(r io.Reader, name string, opts Options) (*Program, Sources, diag.List, error) {
	l := newLoader(opts)
	src, err := ReadAll(r)
	if err != nil {
		return l.program, l.sources, nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	l.addFile(name, src)
	return l.finish()
}

// loader is the state of one Load.
type loader struct {
	opts      Options
	program   *Program
	sources   Sources
	diags     diag.List
	bodies    []hcl.Body
	read      int  // bytes of policy and variable files so far
	templates int  // tokens of the templates in JSON so far
	entries   int  // of all lists of the program so far
	routes    int  // of all sites so far
	broken    bool // a file is not valid HCL
	files     fileRoot
	eval      *evaluator
	patterns  patternCache
	envs      map[string]bool
	subjects  map[string]map[string]bool // what a test can be about: names, by "policy" and "site"
	declared  map[string]map[string]bool // names, by "var", "local" and "origins"; nil where only literals are allowed

	declarations []declaration   // of all declared names
	used         map[string]bool // keys of those that an expression refers to
	varies       map[string]bool // keys of those that depend on a variable
}

func newLoader(opts Options) *loader {
	l := &loader{
		opts:     opts,
		program:  &Program{},
		sources:  Sources{},
		envs:     map[string]bool{},
		patterns: patternCache{},
		used:     map[string]bool{},
		varies:   map[string]bool{},
		declared: map[string]map[string]bool{"var": {}, "local": {}, "origins": {}},
	}
	l.eval = newEvaluator(l)
	return l
}

// readFile reads a policy file or a file of variables.
func (l *loader) readFile(name string) ([]byte, error) {
	if src, ok := l.opts.Replaced[name]; ok {
		return src, nil
	}
	return ReadFile(name)
}

// addFile parses a policy file.
func (l *loader) addFile(name string, src []byte) {
	l.program.Sources = append(l.program.Sources, filepath.Base(name))
	slices.Sort(l.program.Sources)
	if body := l.parse(name, src); body != nil {
		l.bodies = append(l.bodies, body)
	}
}

// finish reads what the parsed files say. Where one is not valid HCL it does
// not: what is missing would give rise to errors that are none.
func (l *loader) finish() (*Program, Sources, diag.List, error) {
	var err error
	if !l.broken {
		l.files.dir = l.program.Dir
		err = l.readProgram()
		err = errors.Join(err, l.files.close())
		l.dropSharedFixes()
	}
	return l.program, l.sources, l.diags.Sorted(), err
}

// add appends a finding, unless there are very many already.
func (l *loader) add(d diag.Diagnostic) {
	switch {
	case len(l.diags) < maxDiagnostics:
		l.diags = append(l.diags, d)
	case len(l.diags) == maxDiagnostics:
		l.diags = append(l.diags, diag.Diagnostic{
			Code: codeLimit, Range: d.Range,
			Summary: "Too many findings",
			Detail:  fmt.Sprintf("Only the first %d are shown. Correct them and run again.", maxDiagnostics),
		})
	}
}

// full reports whether there are too many findings to add another one.
func (l *loader) full() bool { return len(l.diags) > maxDiagnostics }

// fail reports an error of the language. The detail is whole sentences; empty
// ones are left out.
func (l *loader) fail(code string, at hcl.Range, summary string, detail ...string) {
	l.add(diag.Diagnostic{Code: code, Summary: summary, Detail: sentences(detail...), Range: place(at)})
}

// failTwice reports that what is at at has been there before, at first.
func (l *loader) failTwice(at, first hcl.Range, summary string, detail ...string) {
	l.add(diag.Diagnostic{
		Code: codeDuplicate, Summary: summary, Detail: sentences(detail...), Range: place(at),
		Related: []diag.Related{{Message: "the first one", Range: place(first)}},
	})
}

// The rules of the language itself.
const (
	codeSyntax     = "C001"
	codeUnknown    = "C002"
	codeMissing    = "C003"
	codeType       = "C004"
	codeValue      = "C005"
	codeDuplicate  = "C006"
	codeLimit      = "C007"
	codeFile       = "C008"
	codeVersion    = "C009"
	codeEvaluation = "C011"
	codeAcceptance = "C601"
	codeRouteTwice = "C606"
	codeUnused     = "C610"
)
