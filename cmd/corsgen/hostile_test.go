package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// hostile holds what closes strings, comments, blocks and lines in the languages
// that corsgen prints.
const hostile = "\"'`;{}$%\\#*//*-->?><!--\r\n\x00\t\u2028\u00a0é\x7f" +
	"${PATH} $(id) %{HTTP_HOST}e $http_host \n}\nreturn 200; #\n*/ func init() {}\n//go:build ignore\n// +build ignore\n<VirtualHost>\n" +
	"<!--#exec cmd=\"id\"-->\\\n# heading\n - item\n[link]: http://x\n//line x:1\n\\"

// hostilePolicy puts text into every string that the language takes and that
// may hold any text. JSON syntax lets it hold any character.
func hostilePolicy(t *testing.T, text string) []byte {
	t.Helper()
	// HCL reads ${ and %{ in strings as templates.
	text = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text)
	const template = `{
  "environments": ["dev"],
  "variable": {"v": {"description": %[1]s, "type": "string", "default": %[1]s}},
  "locals": {"l": %[1]s},
  "policy": {"app": {
    "description": %[1]s,
    "allow_origins": ["https://app.example.com", "null"],
    "allow_headers": ["X-$odd'token` + "`" + `|~^!#%%&*+."],
    "environment": {"dev": {"description": %[1]s}},
    "accept_risk": {"null-origin": {"origins": ["null"], "reason": %[1]s, "owner": %[1]s, "expires": "2099-01-01"}}
  }},
  "target": {"go": {"path": "cors"}, "nginx": {"path": "nginx"}, "apache": {"path": "apache"}}
}`
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, template, quoted)
}

// TestHostileText checks that text of a policy, and the name of its file, end up
// in comments alone and that no comment ends early.
func TestHostileText(t *testing.T) {
	want := structure(t, "plain.cors.hcl.json", hostilePolicy(t, "plain"))
	names := []string{
		"plain.cors.hcl.json",
		"a\"'`;{}$%\\#*-->\n\r\x01 é.cors.hcl.json",
		"x; DO NOT EDIT.\n}.cors.hcl.json",
		"\\.cors.hcl.json",
	}
	for _, name := range names {
		got := structure(t, name, hostilePolicy(t, hostile))
		for file, text := range want {
			if !bytes.Equal(got[file], text) {
				t.Errorf("%q: the structure of %s changes:\n%s", name, file, got[file])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: %d files instead of %d", name, len(got), len(want))
		}
	}
	// Each character by itself, so that none hides another.
	for _, r := range hostile {
		got := structure(t, names[0], hostilePolicy(t, string(r)+"x"+string(r)))
		for file, text := range want {
			if !bytes.Equal(got[file], text) {
				t.Errorf("%q changes the structure of %s", r, file)
			}
		}
	}
}

// structure generates a policy and returns its files without comments.
func structure(t *testing.T, name string, src []byte) map[string][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, src, 0o666); err != nil {
		t.Fatal(err)
	}
	status, out, errs := corsgen("generate", "--stdout", file)
	if status != 0 {
		t.Fatalf("%q: %s", name, errs)
	}
	files := map[string][]byte{}
	for _, f := range txtar.Parse([]byte(out)).Files {
		switch filepath.Ext(f.Name) {
		case ".go":
			files[f.Name] = goStructure(t, f.Data)
		case ".md": // a comment in its first line, and no other
			_, files[f.Name], _ = bytes.Cut(f.Data, []byte("\n"))
		default:
			files[f.Name] = confStructure(f.Data)
		}
	}
	return files
}

func goStructure(t *testing.T, src []byte) []byte {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := printer.Fprint(&b, set, file); err != nil {
		t.Fatal(err)
	}
	// Line breaks inside literals come from the positions of comments.
	return bytes.Join(bytes.Fields(b.Bytes()), []byte(" "))
}

// confStructure drops lines that are comments and comments at the end of a line.
func confStructure(src []byte) []byte {
	var kept []string
	for line := range strings.SplitSeq(string(src), "\n") {
		line, _, _ = strings.Cut(line, " # ")
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, "\n"))
}
