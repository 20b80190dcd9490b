package policy

import (
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// targetTypes are the kinds of target, by their label.
var targetTypes = map[string]*bodyType{
	"go":     targetType("go", []string{"package", "framework", "observe", "fresh_writers"}),
	"nginx":  targetType("nginx", []string{"prefix", "server_version"}),
	"apache": targetType("apache", []string{"context", "server_version"}),
	"node":   targetType("node", []string{"module"}),
	"vite":   targetType("vite", nil),
	"cra":    targetType("cra", nil),
}

// targetKinds returns the labels, sorted.
func targetKinds() []string { return []string{"apache", "cra", "go", "nginx", "node", "vite"} }

// contexts are the values of the context attribute.
var contexts = []string{"htaccess", "location", "vhost"}

// modules are the values of the module attribute.
var modules = []string{"commonjs", "esm"}

// frameworks are the values of the framework attribute.
var frameworks = []string{"echo", "gin"}

func targetType(kind string, own []string) *bodyType {
	return &bodyType{
		name:   "a target of kind " + kind,
		schema: hcl.BodySchema{Attributes: attributes(append([]string{"path", "environment"}, own...)...)},
	}
}

func (l *loader) readTargets(blocks []*hcl.Block) {
	seen := map[string]hcl.Range{}
	for _, b := range blocks {
		kind := b.Labels[0]
		t, ok := targetTypes[kind]
		if !ok {
			l.fail(codeUnknown, labelRange(b), fmt.Sprintf("There is no target %s", quote(kind)), didYouMean(kind, targetKinds()), "The targets are "+listed(targetKinds())+".")
			continue
		}
		if target, ok := l.readTarget(b, t); ok && l.ownFolder(seen, target) {
			l.program.Targets = append(l.program.Targets, target)
		}
	}
}

func (l *loader) readTarget(b *hcl.Block, kind *bodyType) (Target, bool) {
	attrs := l.content(b.Body, kind).Attributes
	t := Target{Kind: b.Labels[0], Range: place(labelRange(b))}
	for _, a := range inOrder(attrs) {
		l.readTargetAttribute(&t, a)
	}
	if attrs["path"] == nil {
		l.fail(codeMissing, labelRange(b), "The target has no path", "Say which folder to write to, such as path = \"deploy/"+t.Kind+"\".")
	}
	return t, t.Path != ""
}

func (l *loader) readTargetAttribute(t *Target, a *hcl.Attribute) {
	switch a.Name {
	case "observe":
		t.Observe = l.bool(a).Value
		return
	case "fresh_writers":
		t.FreshWriters = l.bool(a).Value
		return
	}
	text := l.text(a)
	if !text.Set {
		return
	}
	switch at := a.Expr.Range(); a.Name {
	case "path":
		t.Path, t.PathRange = l.targetPath(text.Value, at), text.Range
	case "environment":
		l.checkEnvironment(text.Value, at)
		t.Environment = text.Value
	case "package":
		l.checkPackage(text.Value, at)
		t.Package = text.Value
	case "framework":
		l.checkFramework(text.Value, at)
		t.Framework = text.Value
	case "prefix":
		l.checkPrefix(text.Value, at)
		t.Prefix = text.Value
	case "module":
		l.checkModule(text.Value, at)
		t.Module = text.Value
	case "context":
		l.checkContext(text.Value, at)
		t.Context = text.Value
	case "server_version":
		l.checkServerVersion(t.Kind, text.Value, at)
		t.ServerVersion, t.ServerVersionRange = text.Value, place(at)
	}
}

// ownFolder reports a target that writes to the folder of another one.
func (l *loader) ownFolder(seen map[string]hcl.Range, t Target) bool {
	key := strings.ToLower(t.Path) // the same on some file systems
	at := source(t.PathRange)
	if first, ok := seen[key]; ok {
		l.failTwice(at, first, fmt.Sprintf("Two targets write to %s", quote(t.Path)), "Give each target a folder of its own.")
		return false
	}
	seen[key] = at
	return true
}

func (l *loader) checkPackage(name string, at hcl.Range) {
	if !isName(name, 64, "_") || token.IsKeyword(name) || name == "documentation" { // which go build leaves out
		l.fail(codeValue, at, fmt.Sprintf("%s is not a name for a Go package", quote(name)), "Write lower case letters and digits, such as package = \"cors\".")
	}
}

func (l *loader) checkFramework(name string, at hcl.Range) {
	if !slices.Contains(frameworks, name) {
		l.fail(codeValue, at, fmt.Sprintf("There is no output for the framework %s", quote(name)), didYouMean(name, frameworks), "The frameworks are "+listed(frameworks)+". Those that take func(http.Handler) http.Handler need none: leave the attribute out.")
	}
}

func (l *loader) checkPrefix(prefix string, at hcl.Range) {
	if !isName(prefix, 12, "") {
		l.fail(codeValue, at, fmt.Sprintf("%s is not a prefix for nginx variables", quote(prefix)), "It starts with a lower case letter, goes on with lower case letters and digits, and has at most 12 characters.")
	}
}

func (l *loader) checkContext(context string, at hcl.Range) {
	if !slices.Contains(contexts, context) {
		l.fail(codeValue, at, fmt.Sprintf("There is no context %s", quote(context)), didYouMean(context, contexts), "The contexts are "+listed(contexts)+".")
	}
}

func (l *loader) checkModule(module string, at hcl.Range) {
	if !slices.Contains(modules, module) {
		l.fail(codeValue, at, fmt.Sprintf("There is no kind of module %s", quote(module)), didYouMean(module, modules), "The kinds are "+listed(modules)+".")
	}
}

func (l *loader) checkServerVersion(kind, text string, at hcl.Range) {
	if v, ok := parseVersion(text); !ok || v.before != "" || strings.Trim(text, "0123456789.") != "" {
		l.fail(codeValue, at, fmt.Sprintf("%s is not a version of a server", quote(text)), "Write its number, such as "+map[string]string{"nginx": `"1.22.1"`, "apache": `"2.4.66"`}[kind]+".")
	}
}

// targetPath returns the path of a target in its simplest form, or "" where it
// is not one, which it reports.
func (l *loader) targetPath(p string, at hcl.Range) string {
	if !l.isLocal(p, at) {
		return ""
	}
	clean := path.Clean(p)
	if err := l.files.checkFolder(clean); err != nil {
		l.fail(codeFile, at, fmt.Sprintf("Cannot write to %s", quote(p)), reason(err), "The path is relative to the policy's folder and may not leave it.")
		return ""
	}
	return clean
}

// isLocal reports a path that leaves the policy's folder by itself, or that
// would be another one on another system.
func (l *loader) isLocal(p string, at hcl.Range) bool {
	parts := strings.Split(p, "/")
	if p != "" && len(p) <= 1024 && filepath.IsLocal(p) && !slices.Contains(parts, "..") && !strings.ContainsFunc(p, isOddInPath) {
		return true
	}
	l.fail(codeFile, at, fmt.Sprintf("%s is not a path below the policy's folder", quote(p)), "Write it relative to the folder of the policy, with \"/\" between folders, without \"..\" and without a leading \"/\".")
	return false
}

// isOddInPath reports characters that some system does not take in a path, or
// takes for something else.
func isOddInPath(r rune) bool {
	return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r)
}
