package lintconfig_test

import (
	"testing"

	"github.com/corsgen/corsgen/lintconfig"
)

func TestForeign(t *testing.T) {
	tests := []struct {
		expression string
		fold       bool
		want       string
	}{
		{`^https://app\.example\.com$`, false, ""},
		{`^https://example\.com$`, true, ""},
		{`^https?://(www\.)?example\.com(:\d+)?$`, false, ""},
		{`^https://([a-z0-9-]+\.)*example\.com$`, false, ""},
		{`^https://[^.]+\.example\.com$`, false, ""},
		{`^https://.+\.example\.com$`, false, ""},
		{`^https://(a\.example\.com|b\.example\.org)$`, false, ""},
		{`^https?://localhost(:[0-9]+)?$`, false, ""},
		{`^(http|https)://192\.168\.1\.10$`, false, ""},
		{`^https://(?=app)app.example.com`, false, ""}, // Go cannot read it
		{`^https://example.com$`, false, ""},           // nobody can have examplexcom

		{`^https://app\.example\.com`, false, "https://app.example.com.evil.example"},
		{`^https://app.example.com$`, false, "https://appxexample.com"},
		{`example\.com$`, false, "https://evilexample.com"},
		{`^https?://.*example\.com$`, false, "https://evilexample.com"},
		{`https?://(app|www)\.example\.com`, true, "https://app.example.com.evil.example"},
		{`\.example\.com`, false, "https://www.example.com.evil.example"},
		{`^https?://localhost`, false, "https://localhost.evil.example"},
		{`^https?://`, false, "https://evil.example"},
		{`.`, false, "https://evil.example"},
		{`.*`, true, "https://evil.example"},
		{``, false, "https://evil.example"},
		{`^https://[a-z.]+$`, false, "https://evil.example"},
		{`^https://app\.example\.co(m|\.uk)`, false, "https://app.example.com.evil.example"},
	}
	for _, test := range tests {
		var e lintconfig.Expressions
		if got := e.Foreign(test.expression, test.fold); got != test.want {
			t.Errorf("%s lets in %q, want %q", test.expression, got, test.want)
		}
	}
}

// TestForeignPart searches where a browser compares the match with its page's
// origin.
func TestForeignPart(t *testing.T) {
	for _, test := range []struct{ expression, want string }{
		{`https://(app|www)\.example\.com`, ""},
		{`example\.com$`, ""},
		{`https?://(www\.)?(example.com|app.example.com)`, "https://www.appxexample.com"},
		{`.*`, "https://evil.example"},
	} {
		var e lintconfig.Expressions
		if got := e.ForeignPart(test.expression, false); got != test.want {
			t.Errorf("the match of %s is %q, want %q", test.expression, got, test.want)
		}
	}
}
