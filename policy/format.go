package policy

import (
	"bytes"
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
// the alignment and the blanks of HCL, and the line breaks of layout. It
// changes no order, no comment and no meaning, and what it returns it returns
// unchanged. A file in JSON syntax comes back as it is. If src has syntax errors
// the list holds them, and the result is nil.
func Format(name string, src []byte) ([]byte, diag.List) {
	l := newLoader(Options{})
	l.parse(name, src)
	switch {
	case l.broken:
		return nil, l.diags.Sorted()
	case strings.HasSuffix(name, ".json"):
		return src, nil
	default:
		spaced := hclwrite.Format(bytes.TrimPrefix(src, []byte("\ufeff")))
		return hclwrite.Format(layout(spaced)), nil
	}
}
