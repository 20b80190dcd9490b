package ir

import "strings"

// initialisms are written in capitals in Go names
// (https://go.dev/wiki/CodeReviewComments#initialisms).
var initialisms = map[string]bool{
	"acl": true, "api": true, "cdn": true, "cms": true, "cors": true, "cpu": true, "css": true, "dns": true,
	"gui": true, "html": true, "http": true, "https": true, "id": true, "ip": true, "json": true, "mcp": true,
	"rpc": true, "sdk": true, "spa": true, "sql": true, "sse": true, "ssh": true, "sso": true, "tls": true,
	"ui": true, "uri": true, "url": true, "vm": true, "xml": true,
}

// Identifier returns the exported Go identifier for a name of the policy
// language: "web_app" becomes "WebApp", "public_api" becomes "PublicAPI".
// Different names may give the same identifier.
func Identifier(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		switch {
		case word == "":
		case initialisms[word]:
			b.WriteString(strings.ToUpper(word))
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
