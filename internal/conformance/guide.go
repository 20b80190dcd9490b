package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// CopyStock copies a folder of configuration, links too, and changes every text
// in it.
func CopyStock(tb testing.TB, from, to string, change func(string) string) {
	tb.Helper()
	err := filepath.Walk(from, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		switch {
		case info.IsDir():
			return os.MkdirAll(target, 0o755)
		case info.Mode()&os.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(change(link), target)
		default:
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(target, []byte(change(string(content))), info.Mode().Perm()|0o644)
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
}

var block = regexp.MustCompile("(?s)```(sh|text)\n(.*?)\n```")

// Follow runs the commands of a section of a README, and demands what it says of
// their output. Vary may have more members than it says.
func Follow(tb testing.TB, section string, run func(commands string) (output string)) {
	tb.Helper()
	output := ""
	for _, b := range block.FindAllStringSubmatch(section, -1) {
		if b[1] == "sh" {
			output = strings.ReplaceAll(run(b[2]), "\r", "")
			continue
		}
		for want := range strings.SplitSeq(b[2], "\n") {
			if !strings.HasPrefix(want, "Vary: ") {
				want += "\n"
			}
			if !strings.Contains(output, want) {
				tb.Errorf("the answer has no line %q:\n%s", want, output)
			}
		}
	}
}
