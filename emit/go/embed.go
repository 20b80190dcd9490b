package golang

import (
	_ "embed"
	"slices"
	"strings"
)

var (
	//go:embed runtime.go
	runtimeText string
	//go:embed runtime_header.go
	runtimeHeaderText string
	//go:embed runtime_match.go
	runtimeMatchText string
	//go:embed runtime_writer.go
	runtimeWriterText string
)

// runtimeFile returns the runtime as one file of a package.
func runtimeFile(marker, pkg string) []byte {
	var imports []string
	var body strings.Builder
	for _, text := range []string{runtimeText, runtimeHeaderText, runtimeMatchText, runtimeWriterText} {
		_, text, _ = strings.Cut(text, "import (\n")
		block, rest, _ := strings.Cut(text, ")\n")
		imports = append(imports, strings.SplitAfter(block, "\n")...)
		body.WriteString(rest)
	}
	slices.Sort(imports)
	imports = slices.Compact(imports)
	return []byte("// " + marker + "\n\npackage " + pkg + "\n\n" +
		"// This file carries out what cors.gen.go decides. It is the same for every policy.\n\n" +
		"import (\n" + strings.Join(imports, "") + ")\n" + body.String())
}
