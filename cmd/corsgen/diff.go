package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/diff"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/report"
	"github.com/corsgen/corsgen/rules"
)

type diffFlags struct {
	input
	base   string
	format choice
	failOn choice
}

func newDiff() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW | diff REV..REV [-- PATH...] | diff --base REV [PATH...]",
		Short: "Say what a browser may do now that it could not before, and the reverse",
		Long: `diff compares two programs by what a browser may do, in the base and in every
environment. Order, layout and origins that others cover make no difference.

OLD and NEW are files or folders, or REV:PATH for a file or a folder of a git
revision, from the root of the repository, or from here with REV:./PATH.
REV..REV compares the policy at PATH, by default the current folder, at two
revisions, REV...REV from where they parted. --base compares a revision with the
files as they are now. A revision without the policy allows nothing.

Exit status: 0 no change, 1 changes or an invalid policy, 2 trouble. With
--fail-on widen only changes that widen give 1.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	cmd.Flags().StringVar(&f.base, "base", "", "compare this `REVISION` with the files as they are now")
	cmd.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable of both programs: `NAME=VALUE`; may be repeated")
	cmd.Flags().StringArrayVar(&f.varFiles, "var-file", nil, "read variables of both programs from `FILE`; may be repeated")
	f.format.register(cmd, "format", "", "text", "markdown", "json")
	f.failOn.register(cmd, "fail-on", "what makes the exit status 1: ", "change", "widen")
	f.today.register(cmd)
	return cmd
}

func (f *diffFlags) run(cmd *cobra.Command, args []string) error {
	old, new, err := f.versions(args, cmd.ArgsLenAtDash())
	if err != nil {
		return err
	}
	defer progress(cmd.ErrOrStderr(), "reading two policies")()
	before := make(chan error)
	go func() { before <- old.load(&f.input) }()
	err = new.load(&f.input)
	if err := errors.Join(<-before, err); err != nil {
		return err
	}
	if err := refuseVersions(cmd.ErrOrStderr(), old, new); err != nil {
		return err
	}
	d := diff.Compare(old.program, new.program, movedTargets(old.policy, new.policy)...)
	d.Findings = newFindings(old.findings, new.findings)
	d.Accepted = newRisks(old.policy, new.policy)
	for i := range d.Subjects {
		for j := range d.Subjects[i].Changes {
			new.relabel(&d.Subjects[i].Changes[j].Src)
		}
	}
	if err := f.write(cmd.OutOrStdout(), d); err != nil {
		return err
	}
	if d.Effect() == diff.Widens || f.failOn.value == "change" && !d.Same() {
		return errFindings
	}
	return nil
}

func (f *diffFlags) write(w io.Writer, d *diff.Diff) error {
	switch f.format.value {
	case "markdown":
		return d.Markdown(w)
	case "json":
		return d.JSON(w)
	default:
		return d.Text(w)
	}
}

// versions returns what the arguments name.
func (f *diffFlags) versions(args []string, dash int) (old, new *version, err error) {
	if f.base != "" {
		old, err = atRevision(f.base, args)
		return old, &version{paths: orHere(args)}, err
	}
	if dash < 0 {
		dash = len(args)
	}
	switch {
	case dash == 1 && strings.Contains(args[0], ".."):
		return revisionRange(args[0], args[1:])
	case dash == 2 && len(args) == 2:
		if old, err = versionAt(args[0]); err == nil {
			new, err = versionAt(args[1])
		}
		return old, new, err
	default:
		return nil, nil, errors.New("name two policies, corsgen diff OLD NEW, or two revisions, corsgen diff main..HEAD -- cors.hcl, or corsgen diff --base main for the files as they are now")
	}
}

func orHere(paths []string) []string {
	if len(paths) == 0 {
		return []string{"."}
	}
	return paths
}

// revisionRange reads A..B and A...B. What is left out is HEAD.
func revisionRange(text string, paths []string) (old, new *version, err error) {
	a, b, parted := strings.Cut(text, "...")
	if !parted {
		a, b, _ = strings.Cut(text, "..")
	}
	for _, side := range []*string{&a, &b} {
		if *side == "" {
			*side = "HEAD"
		}
	}
	if old, err = atRevision(a, paths); err != nil {
		return nil, nil, err
	}
	if new, err = atRevision(b, paths); err == nil && parted {
		old.revision, err = mergeBase(old.revision, new.revision)
	}
	return old, new, err
}

// version is one side of a comparison: where it is, and what is there.
type version struct {
	paths    []string  // on disk, or in the repository
	revision *revision // nil: on disk
	folder   string    // that a revision was copied into, while it is read

	policy   *policy.Program
	program  *ir.Program
	findings diag.List // of the rules, too
	sources  policy.Sources
	broken   bool // the program cannot be used
}

// versionAt reads PATH or REV:PATH. What is both may have been put there to be
// taken for the other one.
func versionAt(arg string) (*version, error) {
	rev, name, ok := strings.Cut(arg, ":")
	_, err := os.Stat(arg)
	if !ok {
		if err != nil && strings.Contains(arg, "..") {
			err = fmt.Errorf("there is no file %s; where it is two revisions, paths come after --, as in corsgen diff main..HEAD -- cors.hcl", arg)
		}
		return &version{paths: []string{arg}}, err
	}
	r, noRevision := findRevision(rev)
	switch {
	case err == nil && noRevision == nil:
		return nil, fmt.Errorf("%s is a file, and %s is a revision; write ./%s for the file, or the number of the commit", arg, rev, arg)
	case err == nil:
		return &version{paths: []string{arg}}, nil
	case noRevision != nil:
		return nil, noRevision
	}
	if here := name == "." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../"); !here {
		r.prefix = "" // as git has it
	}
	p, err := r.inTree(name)
	return &version{paths: []string{p}, revision: r}, err
}

func atRevision(name string, paths []string) (*version, error) {
	r, err := findRevision(name)
	if err != nil {
		return nil, err
	}
	v := &version{revision: r}
	for _, p := range orHere(paths) {
		inTree, err := r.inTree(p)
		if err != nil {
			return nil, err
		}
		v.paths = append(v.paths, inTree)
	}
	return v, nil
}

func (v *version) load(in *input) error {
	if v.revision == nil {
		return v.read(in, v.paths)
	}
	folder, err := os.MkdirTemp("", "corsgen-diff-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	v.folder = folder
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	return v.loadFrom(in, root)
}

// loadFrom copies the policy files of a revision, reads them, and where they name
// files of origins copies those and reads again.
func (v *version) loadFrom(in *input, root *os.Root) error {
	there, err := v.revision.checkOut(root, v.paths)
	if err != nil {
		return err
	}
	if len(there) == 0 {
		v.policy, v.program = &policy.Program{}, &ir.Program{}
		return nil
	}
	paths := make([]string, len(there))
	for i, p := range there {
		paths[i] = filepath.Join(v.folder, filepath.FromSlash(p))
	}
	if err := v.read(in, paths); err != nil || len(v.policy.OriginFiles) == 0 {
		return err
	}
	dir, err := filepath.Rel(v.folder, v.policy.Dir)
	if err != nil {
		return err
	}
	if err := v.revision.addFiles(root, filepath.ToSlash(dir), v.policy.OriginFiles); err != nil {
		return err
	}
	return v.read(in, paths)
}

func (v *version) read(in *input, paths []string) error {
	source, sources, findings, err := policy.Load(paths, policy.Options{Vars: in.vars, VarFiles: in.varFiles, ToolVersion: toolVersion()})
	if err != nil {
		return err
	}
	program, found := compile.Program(source)
	findings = append(findings, found...)
	v.policy, v.program, v.sources = source, program, sources
	if v.broken = findings.HasErrors(); !v.broken {
		findings = append(findings, rules.Check(source, program, in.today.date()).Findings...)
	}
	v.findings = findings.Sorted()
	for i := range v.findings {
		v.relabel(&v.findings[i].Range)
		for j := range v.findings[i].Related {
			v.relabel(&v.findings[i].Related[j].Range)
		}
	}
	return nil
}

// relabel gives a place in a copied file the name that the file has in the
// repository.
func (v *version) relabel(r *diag.Range) {
	if v.folder != "" {
		r.File = v.shown(r.File)
	}
}

func (v *version) shown(file string) string {
	return strings.TrimPrefix(file, v.folder+string(filepath.Separator))
}

// refuseVersions reports programs that cannot be compared.
func refuseVersions(stderr io.Writer, versions ...*version) error {
	for i, v := range versions {
		if !v.broken {
			continue
		}
		sources := policy.Sources{}
		for name, text := range v.sources {
			sources[v.shown(name)] = text
		}
		if err := report.Text(stderr, v.findings, sources, useColor(stderr)); err != nil {
			return err
		}
		if i == 0 {
			return errors.New("the old program has errors, so nothing can be compared with it")
		}
		return errFindings
	}
	if versions[0].absent() && versions[1].absent() {
		return fmt.Errorf("there is no policy file at %s in either revision", strings.Join(versions[0].paths, ", "))
	}
	return nil
}

func (v *version) absent() bool { return v.revision != nil && len(v.policy.Sources) == 0 }

// newFindings returns the findings that the old program does not have, wherever
// they are.
func newFindings(old, new diag.List) diag.List {
	type key struct {
		code, summary string
		severity      diag.Severity
	}
	had := map[key]int{}
	for _, d := range old {
		had[key{d.Code, d.Summary, d.Severity}]++
	}
	var fresh diag.List
	for _, d := range new {
		k := key{d.Code, d.Summary, d.Severity}
		if had[k]--; had[k] < 0 {
			fresh = append(fresh, d)
		}
	}
	return fresh
}

// movedTargets returns the targets that are for another environment in the new
// program: the same kind of server at the same path.
func movedTargets(old, new *policy.Program) []diff.Target {
	type key struct{ kind, path string }
	had := map[key]string{}
	for _, t := range old.Targets {
		had[key{t.Kind, t.Path}] = t.Environment
	}
	var moved []diff.Target
	for _, t := range new.Targets {
		if before, ok := had[key{t.Kind, t.Path}]; ok && before != t.Environment {
			moved = append(moved, diff.Target{Name: t.Kind + " " + t.Path, OldEnvironment: before, NewEnvironment: t.Environment})
		}
	}
	return moved
}

// newRisks returns the risks that the new program accepts and the old one does
// not, in the order of the source. A new date makes an acceptance a new one.
func newRisks(old, new *policy.Program) []diff.Acceptance {
	had := map[string]bool{}
	for _, a := range acceptances(old) {
		had[fmt.Sprintf("%q", a)] = true
	}
	return slices.DeleteFunc(acceptances(new), func(a diff.Acceptance) bool { return had[fmt.Sprintf("%q", a)] })
}

func acceptances(p *policy.Program) []diff.Acceptance {
	var all []diff.Acceptance
	for i := range p.Policies {
		for _, r := range p.Policies[i].Accepted {
			a := diff.Acceptance{
				Policy: p.Policies[i].Name, Code: r.Rule.Code, Slug: r.Rule.Slug, Environment: r.Environment,
				Reason: r.Reason, Owner: r.Owner, Expires: r.Expires.Format(time.DateOnly),
			}
			for _, o := range r.Origins {
				a.Origins = append(a.Origins, o.Text)
			}
			slices.Sort(a.Origins)
			all = append(all, a)
		}
	}
	return all
}
