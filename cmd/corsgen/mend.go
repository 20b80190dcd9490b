package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/fix"
	"github.com/corsgen/corsgen/policy"
)

// mender makes the fixes of findings. It reads the policy again with each set of
// fixes before it believes in them; files change at the end alone.
type mender struct {
	in       *input
	cmd      *cobra.Command
	paths    []string
	original policy.Sources
	fixed    diag.List // the findings whose fixes were made
	tries    int       // left
}

// The bounds of the work. One pass makes all fixes that do not touch each other;
// a mended origin may have the next thing wrong with it.
const (
	maxPasses = 10
	maxTries  = 64
)

// mend returns the policy as it is with the fixes made.
func (m *mender) mend(l *loaded) (*loaded, error) {
	m.original, m.tries = maps.Clone(l.sources), maxTries
	for range maxPasses {
		_, todo := applyFixes(l.sources, m.fixable(l))
		next, made, err := m.best(l, todo)
		if err != nil || len(made) == 0 {
			return l, err
		}
		m.fixed = append(m.fixed, made...)
		m.in.replaced = next.sources
		l = next
	}
	return l, nil
}

// fixable returns the findings that have a fix, in files of the policy's folder.
func (m *mender) fixable(l *loaded) diag.List {
	var found diag.List
	for _, d := range l.findings {
		if d.Fix == nil || strings.HasPrefix(d.Fix.Range.File, "--var ") {
			continue
		}
		if below, err := filepath.Rel(l.policy.Dir, d.Fix.Range.File); err == nil && filepath.IsLocal(below) {
			found = append(found, d)
		}
	}
	return found
}

// best makes as many of the fixes as leave the policy no worse than it is. The
// rest is found by halves.
func (m *mender) best(l *loaded, todo diag.List) (next *loaded, made diag.List, err error) {
	next = l
	queue := []diag.List{todo}
	for len(queue) > 0 && m.tries > 0 {
		some := queue[0]
		queue = queue[1:]
		if len(some) == 0 {
			continue
		}
		m.tries--
		result, applied, err := m.try(l, slices.Concat(made, some))
		switch {
		case err != nil:
			return nil, nil, err
		case result != nil:
			next, made = result, applied
		case len(some) > 1:
			half := len(some) / 2
			queue = append([]diag.List{some[:half], some[half:]}, queue...)
		}
	}
	return next, made, nil
}

// try returns the policy with fixes made, and the findings of those that could be
// made; nil if they would do harm.
func (m *mender) try(l *loaded, todo diag.List) (*loaded, diag.List, error) {
	sources, applied := applyFixes(l.sources, todo)
	if len(applied) == 0 {
		return nil, nil, nil
	}
	in := *m.in
	in.replaced = sources
	next, err := in.load(m.cmd, m.paths)
	if err != nil || worse(l, next, applied) {
		return nil, nil, err
	}
	return next, applied, nil
}

// applyFixes returns sources with the fixes of findings made, and the findings of
// those that could be made.
func applyFixes(sources map[string][]byte, todo diag.List) (map[string][]byte, diag.List) {
	byFile := map[string]diag.List{}
	for _, d := range todo {
		byFile[d.Fix.Range.File] = append(byFile[d.Fix.Range.File], d)
	}
	out := maps.Clone(sources)
	var applied diag.List
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		fixes := make([]*diag.Fix, len(byFile[name]))
		for i, d := range byFile[name] {
			fixes[i] = d.Fix
		}
		text, made := fix.NewFile(name, sources[name]).Apply(fixes)
		out[name] = text
		for i, d := range byFile[name] {
			if made[i] {
				applied = append(applied, d)
			}
		}
	}
	return out, applied
}

// worse reports whether fixes lead to more errors or warnings than there were,
// besides the risks of what is an origin only now. A text that was split may have
// something wrong with each of its parts. An error of the language hides others, so
// there must be no new one.
func worse(before, after *loaded, applied diag.List) bool {
	was, is := count(before.findings), count(after.findings)
	for _, d := range applied {
		if d.Severity == diag.Error && len(d.Fix.New) > 1 {
			was.errors += len(d.Fix.New) - 1
		}
	}
	return is.language > was.language || is.errors > was.errors || was.errors == 0 && is.warnings > was.warnings
}

// tally counts findings, without risks. Errors of the language are errors too.
type tally struct{ language, errors, warnings int }

func count(findings diag.List) tally {
	var n tally
	for _, d := range findings {
		rule, _ := diag.LookupRule(d.Code)
		switch {
		case rule.Risk:
		case d.Severity == diag.Warning:
			n.warnings++
		case d.Severity == diag.Error:
			n.errors++
			if d.Code < "C1" {
				n.language++
			}
		}
	}
	return n
}

// changed returns the names of the files whose text has changed, sorted.
func (m *mender) changed(l *loaded) []string {
	var names []string
	for name, text := range m.original {
		if !bytes.Equal(text, l.sources[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// diff prints what would change, and returns errFindings if anything would.
func (m *mender) diff(w io.Writer, l *loaded) error {
	names := m.changed(l)
	for _, name := range names {
		if _, err := w.Write(diff.Diff(name, m.original[name], name+" (fixed)", l.sources[name])); err != nil {
			return err
		}
	}
	if len(names) > 0 {
		return errFindings
	}
	return nil
}

// write writes the files that changed, all of them or none.
func (m *mender) write(l *loaded) error {
	names := m.changed(l)
	if len(names) == 0 {
		return nil
	}
	dir, err := filepath.EvalSymlinks(l.policy.Dir)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var changes []emit.Change
	for _, name := range names {
		below, err := realName(dir, name)
		if err == nil {
			err = unchanged(root, below, m.original[name])
		}
		if err != nil {
			return fmt.Errorf("nothing is fixed: %s: %w", name, err)
		}
		changes = append(changes, emit.Change{Path: filepath.ToSlash(below), State: emit.Stale, Old: m.original[name], New: l.sources[name]})
	}
	return apply(root, changes)
}

// realName returns the name of a file below a folder, where links lead to.
func realName(dir, name string) (string, error) {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", err
	}
	below, err := filepath.Rel(dir, name)
	if err == nil && !filepath.IsLocal(below) {
		err = errors.New("a link leads out of the policy's folder")
	}
	return below, err
}

// unchanged returns an error if a file does not hold what has been read.
func unchanged(root *os.Root, name string, text []byte) error {
	now, err := root.ReadFile(name)
	if err == nil && !bytes.Equal(now, text) {
		err = errors.New("it has changed in the meantime; run again")
	}
	return err
}
