// Package docs carries the pages of the documentation that the program shows.
package docs

import "embed"

//go:embed rules/C*.md
var pages embed.FS

// RulePage returns the page of a rule, in Markdown, by the rule's code. Every
// rule has one.
func RulePage(code string) string {
	text, _ := pages.ReadFile("rules/" + code + ".md")
	return string(text)
}
