package apache

import "testing"

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{``, `""`},
		{`a b`, `"a b"`},
		{`a"b`, `"a\"b"`},
		{`a\.b`, `"a\.b"`},
		{`a\\.b`, `"a\\\\.b"`},
		{`a\"b`, `"a\\\"b"`},
		{`a\`, `"a\\"`},
		{`'#%`, `"'#%"`},
	}
	for _, tt := range tests {
		if got := quote(tt.in); got != tt.want {
			t.Errorf("quote(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestQuoteValue(t *testing.T) {
	tests := []struct {
		in, want string
		ok       bool
	}{
		{`GET, PUT`, `"GET, PUT"`, true},
		{`x-%d`, `"x-%%d"`, true},
		{`a\n`, `"a\\\\n"`, true},
		{`$x`, `"$x"`, true},
		{`${x}`, ``, false},
		{`expr=x`, ``, false},
		{"a\nb", ``, false},
		{"a\x7fb", ``, false},
	}
	for _, tt := range tests {
		if got, err := quoteValue(tt.in); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("quoteValue(%q) = %s, %v; want %s", tt.in, got, err, tt.want)
		}
	}
}
