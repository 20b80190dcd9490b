package golang

import (
	"strings"
	"testing"
)

// TestRuntimeMatch checks the pieces that printed matchers are made of.
func TestRuntimeMatch(t *testing.T) {
	listed := []string{"a.example.com", "b.example.com:8443", "longer.name.example.org"}
	list, table := joinLines(listed), string(buildTable(listed))
	tests := []struct {
		call string
		got  any
		want any
	}{
		{"any", corsAnyOrigin("null"), true},
		{"between", corsBetween("https://pr-7.example.com", "https://pr-", ".example.com"), "7"},
		{"between, nothing", corsBetween("https://pr-.example.com", "https://pr-", ".example.com"), ""},
		{"between, overlap", corsBetween("abab", "aba", "bab"), ""},
		{"between, other prefix", corsBetween("http://pr-7.example.com", "https://pr-", ".example.com"), ""},
		{"before", corsBefore("a.b.c", "."), "a.b"},
		{"before, none", corsBefore("abc", "."), ""},
		{"after", corsAfter("a.b.c", "."), "c"},
		{"after, none", corsAfter("abc", "."), ""},
		{"port", corsWithoutPort("http://a:8080"), "http://a"},
		{"port of one digit", corsWithoutPort("http://a:1"), "http://a"},
		{"port of six digits", corsWithoutPort("http://a:123456"), "http://a:123456"},
		{"port with a zero", corsWithoutPort("http://a:080"), "http://a:080"},
		{"port, empty", corsWithoutPort("http://a:"), "http://a:"},
		{"port, none", corsWithoutPort("http://a"), "http://a"},
		{"digits", corsIsDigits("0123456789"), true},
		{"digits, none", corsIsDigits(""), false},
		{"digits, other", corsIsDigits("1a"), false},
		{"label", corsIsLabel("a-z_09"), true},
		{"label, none", corsIsLabel(""), false},
		{"label, upper case", corsIsLabel("A"), false},
		{"labels", corsAreLabels("a.b-c.d"), true},
		{"labels, empty one", corsAreLabels("a..b"), false},
		{"labels, end", corsAreLabels("a."), false},
		{"listed", corsListed("b.example.com:8443", list, table), true},
		{"listed, not", corsListed("b.example.com:8444", list, table), false},
		{"listed, short", corsListed("b", list, table), false},
		{"listed, two lines", corsListed(strings.Join(listed[:2], "\n"), list, table), false},
		{"label listed", corsLabelListed("https://x.a.example.com", "https://", list, table), true},
		{"label listed, two", corsLabelListed("https://y.x.a.example.com", "https://", list, table), false},
		{"label listed, none", corsLabelListed("https://a.example.com", "https://", list, table), false},
		{"labels listed", corsLabelsListed("https://y.x.a.example.com", "https://", list, table), true},
		{"labels listed, none", corsLabelsListed("https://a.example.com", "https://", list, table), false},
		{"labels listed, empty one", corsLabelsListed("https://.a.example.com", "https://", list, table), false},
		{"environment", corsUnknown("x", "a", "b").Error(), `cors: there is no environment "x"; choose one of "a", "b"`},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.call, test.got, test.want)
		}
	}
}
