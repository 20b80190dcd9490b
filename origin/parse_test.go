package origin

import "testing"

func TestParse(t *testing.T) {
	for _, s := range []string{
		"null",
		"https://app.example.com",
		"http://localhost:3000",
		"http://localhost:*",
		"http://*.localhost:*",
		"https://*.internal",
		"https://*.home.arpa",
		"https://co.uk",
		"https://intranet",
		"http://[::1]:8080",
		"http://127.0.0.1:*",
		"https://[2001:db8::1]:*",
		"https://*.example.com",
		"https://**.example.com",
		"https://pr-*.preview.example.com",
		"https://deploy-preview-{digits}.preview.example.com",
		"https://*.*.example.com",
		"https://*.vercel.app",
		"https://my_app--1.example.com",
		"https://xn--bcher-kva.example",
		"https://example.com:80",
		"http://example.com:443",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop",
		"safari-web-extension://0B3F2C1A-1111-2222-3333-444455556666",
		"capacitor://localhost",
		"app://.",
		"ionic://localhost:8100",
	} {
		p, err := Parse(s)
		if err != nil {
			t.Errorf("Parse(%q): %v", s, err)
			continue
		}
		if p.String() != s {
			t.Errorf("Parse(%q) prints as %q", s, p)
		}
	}
}
