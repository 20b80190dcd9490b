package origin

import "testing"

func TestWords(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://app.example.com", "https://app.example.com"},
		{"null", "documents without an origin of their own (null)"},
		{"https://**.example.com", "any subdomain of example.com"},
		{"https://*.example.com", "any direct subdomain of example.com"},
		{"https://**.*.example.com", "any subdomain of a host of the form *.example.com"},
		{"https://pr-{digits}.example.com:8443", "a host of the form pr-{digits}.example.com on port 8443"},
		{"http://localhost:*", "localhost on any port over plain http"},
		{"http://[::1]:*", "[::1] on any port over plain http"},
		{"http://*.localhost", "any direct subdomain of localhost over plain http"},
	} {
		if got := mustParse(t, test.in).Words(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.in, got, test.want)
		}
	}
}
