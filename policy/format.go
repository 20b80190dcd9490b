package policy

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/corsgen/corsgen/diag"
)

// Files returns the policy files that paths name, sorted: files, or the policy
// files of folders. No path means the current folder.
func Files(paths []string) ([]string, error) {
	_, names, err := findFiles(paths)
	return names, err
}

// Format returns the text of a policy file in canonical layout: the indentation,
// the alignment and the blanks of HCL. Comments and line breaks stay. A file in
// JSON syntax comes back as it is. The result is nil if src has syntax errors,
// which the list then holds.
func Format(name string, src []byte) ([]byte, diag.List) {
	l := newLoader(Options{})
	l.parse(name, src)
	switch {
	case l.broken:
		return nil, l.diags.Sorted()
	case strings.HasSuffix(name, ".json"):
		return src, nil
	default:
		return hclwrite.Format(src), nil
	}
}
