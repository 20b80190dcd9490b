package golang

import (
	"strings"
	"testing"
)

// TestRuntimeMatch checks the pieces that printed matchers are made of.
func TestRuntimeMatch(t *testing.T) {
	listed := []string{"a.example.com", "b.example.com:8443", "longer.name.example.org"}
	list, table := joinLines(listed), tableOf(listed...)
	host := func(origin string) *corsHost {
		h := corsSplit(origin, make([]uint16, 4))
		return &h
	}
	number, letter, upper := host("https://pr-17-x.example.com"), host("https://pr-1b7-x.example.com"), host("https://pr-B-x.example.com")
	const labelShape = "\x03\x00\x00\x02\x03\x02\x01"
	patterns := joinLines([]string{"https://pr-*-x.example.com", "https://pr-*-y.example.com"})
	patternTable := string(buildTable([]entry{
		{"https://pr-*-x.example.com", []string{"https://pr-", "-x.example.com"}}, {"https://pr-*-y.example.com", []string{"https://pr-", "-y.example.com"}},
	}))
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
		{"port on nothing", corsWithoutPort(":1"), ""},
		{"host", number.is("\x03\x00\x00\x02\x03\x02\x08", "https://pr-{digits}-x.example.com"), true},
		{"host, other scheme", number.is("\x03\x00\x00\x02\x03\x02\x08", "http://pr-{digits}-x.example.com"), false},
		{"host, other suffix", number.is("\x03\x00\x00\x02\x03\x02\x08", "https://pr-{digits}-y.example.com"), false},
		{"host, other labels", number.is("\x04\x00\x00\x03\x03\x02\x08", "https://pr-{digits}-x.a.example.com"), false},
		{"host, any port", number.is("\x03\x00\x01\x02\x03\x02\x01", "https://pr-*-x.example.com:*"), true},
		{"host, several labels", number.is("\x02\x01\x00\x02\x00\x00\x02", "https://**.example.com"), true},
		{"host, no number", letter.is("\x03\x00\x00\x02\x03\x02\x08", "https://pr-{digits}-x.example.com"), false},
		{"host, a label", letter.is(labelShape, "https://pr-*-x.example.com"), true},
		{"host, no label", upper.is(labelShape, "https://pr-*-x.example.com"), false},
		{"host, listed", letter.listed(labelShape, patterns, patternTable), true},
		{"host, listed, other", host("https://pr-b-z.example.com").listed(labelShape, patterns, patternTable), false},
		{"host, listed, no label", upper.listed(labelShape, patterns, patternTable), false},
		{"environment", corsUnknown("x", "a", "b").Error(), `cors: there is no environment "x"; choose one of "a", "b"`},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.call, test.got, test.want)
		}
	}
}
