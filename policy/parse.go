package policy

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// parse returns the body of a file, in the syntax that its name says. It returns
// nil, and marks the program as broken, if the file is not valid HCL.
func (l *loader) parse(name string, src []byte) hcl.Body {
	start := hcl.InitialPos
	whole := hcl.Range{Filename: name, Start: start, End: start}
	l.sources[name] = src
	if l.read += len(src); l.read > maxSource {
		l.sources[name] = nil
		l.broken = true
		l.fail(codeLimit, whole, "The policy is too large", fmt.Sprintf("All its files together have at most %d MiB. Keep long lists of origins in files of their own: origins \"NAME\" { from = \"FILE\" }.", maxSource>>20))
		return nil
	}
	isJSON := strings.HasSuffix(name, ".json")
	if !l.scan(name, src, isJSON) {
		l.broken = true
		return nil
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	if isJSON {
		file, diags = json.Parse(blankMark(src), name)
	} else {
		file, diags = hclsyntax.ParseConfig(src, name, start)
	}
	l.addHCL(codeSyntax, whole, diags)
	for _, d := range diags {
		if hclCode(d, codeSyntax) == codeSyntax {
			l.broken = true
		}
	}
	return file.Body
}

// blankMark returns src with blanks for a byte order mark, which some editors
// write and which HCL's parser of JSON refuses
// (https://www.rfc-editor.org/rfc/rfc8259#section-8.1).
func blankMark(src []byte) []byte {
	text, marked := bytes.CutPrefix(src, []byte("\ufeff"))
	if !marked {
		return src
	}
	return append([]byte("   "), text...)
}

// addHCL reports findings of HCL under a code, unless their texts say that they
// are of another rule. A finding without a place gets the fallback.
func (l *loader) addHCL(code string, fallback hcl.Range, diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := fallback
		if d.Subject != nil && d.Subject.Start.Line > 0 {
			at = *d.Subject
		}
		summary, detail := hclText(d)
		l.fail(hclCode(d, code), at, summary, detail)
	}
}

// hclText returns what a finding of HCL says.
func hclText(d *hcl.Diagnostic) (summary, detail string) {
	if block, ok := strings.CutPrefix(d.Summary, "Missing name for "); ok {
		return fmt.Sprintf("The block %s has no name", quote(block)), fmt.Sprintf("Write %s \"NAME\" { ... }.", clean(block))
	}
	if block, ok := strings.CutPrefix(d.Summary, "Extraneous label for "); ok {
		return fmt.Sprintf("The block %s has too many names", quote(block)), "Write one name, or none where the block takes none."
	}
	return strings.TrimSuffix(clean(d.Summary), "."), clean(d.Detail)
}

// hclCode returns the rule for a finding of HCL. HCL has no codes, so its
// summaries have to do.
func hclCode(d *hcl.Diagnostic, other string) string {
	for prefix, code := range map[string]string{
		"Attribute redefined":            codeDuplicate,
		"Duplicate argument":             codeDuplicate,
		"Duplicate attribute definition": codeDuplicate,
		"Extraneous label for ":          codeUnknown,
		"Incorrect JSON value type":      codeType,
		"Missing block label":            codeMissing,
		"Missing name for ":              codeMissing,
	} {
		if strings.HasPrefix(d.Summary, prefix) {
			return code
		}
	}
	return other
}
