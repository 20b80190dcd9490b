package ir_test

import (
	"testing"

	"github.com/corsgen/corsgen/ir"
)

func TestIdentifier(t *testing.T) {
	tests := []struct{ name, want string }{
		{"app", "App"},
		{"web_app", "WebApp"},
		{"api", "API"},
		{"public_api", "PublicAPI"},
		{"a__b_", "AB"},
		{"app_2", "App2"},
		{"init", "Init"},
	}
	for _, test := range tests {
		if got := ir.Identifier(test.name); got != test.want {
			t.Errorf("Identifier(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTokens(t *testing.T) {
	tests := []struct {
		value       string
		token, list bool
	}{
		{"", false, false},
		{"PUT", true, true},
		{"!#$%&'*+-.^_`|~09AZaz", true, true},
		{"x,y", false, true},
		{"x ,\t y", false, true},
		{"x, y ", false, false},
		{" x", false, false},
		{"x,,y", false, false},
		{",x", false, false},
		{"x y", false, false},
		{"x:y", false, false},
		{"ü", false, false},
		{"x\x00", false, false},
		{"(x)", false, false},
	}
	for _, test := range tests {
		if got := ir.IsToken(test.value); got != test.token {
			t.Errorf("IsToken(%q) = %v", test.value, got)
		}
		if got := ir.IsTokenList(test.value); got != test.list {
			t.Errorf("IsTokenList(%q) = %v", test.value, got)
		}
	}
}
