package golang

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

var (
	//go:embed runtime.go
	runtimeText string
	//go:embed runtime_echo.go
	runtimeEchoText string
	//go:embed runtime_framework.go
	runtimeFrameworkText string
	//go:embed runtime_gin.go
	runtimeGinText string
	//go:embed runtime_handle.go
	runtimeHandleText string
	//go:embed runtime_header.go
	runtimeHeaderText string
	//go:embed runtime_kinds.go
	runtimeKindsText string
	//go:embed runtime_match.go
	runtimeMatchText string
	//go:embed runtime_observe.go
	runtimeObserveText string
	//go:embed runtime_writer.go
	runtimeWriterText string
)

// runtimeFile returns the runtime as one file of a package.
func runtimeFile(marker, pkg string) []byte {
	return merge(marker, pkg, "This file carries out what cors.gen.go decides. It is the same for every policy.",
		runtimeText, runtimeHeaderText, runtimeMatchText,
		runtimeWriterText, runtimeHandleText, runtimeKindsText)
}

// observed are the names that are exported where they are printed.
var observed = regexp.MustCompile(`\bcors((?:Observe|Event|Class|Reason)\w*)`)

func observedNames() []string {
	var names []string
	for _, match := range observed.FindAllStringSubmatch(runtimeObserveText, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// observeFile returns what the attribute observe adds to a package.
func observeFile(marker, pkg string) []byte {
	text := observed.ReplaceAllString(runtimeObserveText, "$1")
	return merge(marker, pkg, "This file tells a program what the policies decide. It is the same for every policy.", text)
}

// merge returns texts of Go files as one file of a package.
func merge(marker, pkg, comment string, texts ...string) []byte {
	var imports []string
	var body strings.Builder
	for _, text := range texts {
		_, text, _ = strings.Cut(text, "import (\n")
		block, rest, _ := strings.Cut(text, ")\n")
		imports = append(imports, strings.SplitAfter(block, "\n")...)
		body.WriteString(rest)
	}
	return []byte("// " + marker + "\n\npackage " + pkg + "\n\n// " + comment + "\n\n" +
		"import (\n" + importLines(imports) + ")\n" + body.String())
}

// importLines puts the lines of an import block in order: the standard library first.
func importLines(imports []string) string {
	slices.Sort(imports)
	var standard, others strings.Builder
	for _, line := range slices.Compact(imports) {
		switch {
		case strings.TrimSpace(line) == "":
		case strings.Contains(line, "."):
			others.WriteString(line)
		default:
			standard.WriteString(line)
		}
	}
	if others.Len() > 0 {
		standard.WriteString("\n")
	}
	return standard.String() + others.String()
}
