package browser_test

import (
	"testing"
	"time"

	"github.com/corsgen/corsgen/browser"
)

// TestCache checks which requests need a preflight of their own, after one from
// the page with a PUT and the header X-A.
func TestCache(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	put := browser.Request{Method: "PUT", Headers: []browser.Header{{Name: "X-A", Value: "1"}}}
	withCredentials := put
	withCredentials.Credentials = browser.Include
	maxAge := func(value string) []string {
		return []string{acao + page, acac + "true", acam + "PUT, DELETE", acah + "X-A, X-B", "Access-Control-Max-Age: " + value}
	}
	tests := []struct {
		name          string
		first         browser.Request
		lines         []string
		after         time.Duration
		second        browser.Request
		wantPreflight bool
	}{
		{"within 5 seconds", put, maxAge("")[:4], 4 * time.Second, put, false},
		{"after 5 seconds", put, maxAge("")[:4], 5 * time.Second, put, true},
		{"not a number", put, maxAge("1 day"), 5 * time.Second, put, true},
		{"not a number, within 5 seconds", put, maxAge("-1"), 4 * time.Second, put, false},
		{"never", put, maxAge("0"), 0, put, true},
		{"as stated", put, maxAge("600"), 599 * time.Second, put, false},
		{"at its end", put, maxAge("600"), 600 * time.Second, put, true},
		{"Chromium's limit", put, maxAge("86400"), 7199 * time.Second, put, false},
		{"beyond Chromium's limit", put, maxAge("99999999999999999999999"), 7200 * time.Second, put, true},
		{"another method of the list", put, maxAge("600"), 0, browser.Request{Method: "DELETE"}, false},
		{"a method that is not listed", put, maxAge("600"), 0, browser.Request{Method: "PATCH"}, true},
		{"a header that is not listed", put, maxAge("600"), 0, browser.Request{Headers: []browser.Header{{Name: "X-C"}}}, true},
		{"another URL", put, maxAge("600"), 0, browser.Request{Method: "PUT", URL: "https://api.example.com/others"}, true},
		{"another page", put, maxAge("600"), 0, browser.Request{Method: "PUT", Origin: "https://b.example.com"}, true},
		{"with credentials, after one without", put, maxAge("600"), 0, withCredentials, true},
		{"without credentials, after one with", withCredentials, maxAge("600"), 0, put, false},
		{"wildcards", put, []string{acao + page, acam + "*", acah + "*"}, 0, browser.Request{Method: "PUT", Headers: []browser.Header{{Name: "X-Z"}}}, false},
		{"a wildcard and Authorization", put, []string{acao + page, acam + "*", acah + "*"}, 0, browser.Request{Headers: []browser.Header{{Name: "Authorization"}}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var cache browser.Cache
			ask := func(r browser.Request, now time.Time) int {
				if r.Origin == "" {
					r.Origin = page
				}
				if r.URL == "" {
					r.URL = "https://api.example.com/things"
				}
				o, err := browser.Fetch(r, browser.Recorded(response(204, tt.lines...), response(200, acao+r.Origin, acac+"true")), &cache, now)
				if err != nil {
					t.Fatal(err)
				}
				return len(o.Preflights())
			}
			if ask(tt.first, start) != 1 {
				t.Fatal("no preflight at first")
			}
			if got := ask(tt.second, start.Add(tt.after)) == 1; got != tt.wantPreflight {
				t.Errorf("a second preflight: %v", got)
			}
		})
	}
}

// TestCacheAfterFailure checks that a failed request makes the browser ask again.
func TestCacheAfterFailure(t *testing.T) {
	var cache browser.Cache
	now := time.Now()
	r := browser.Request{Origin: page, URL: "https://api.example.com/", Method: "PUT"}
	for i, lines := range [][]string{{acao + page}, nil, {acao + page}} {
		o, err := browser.Fetch(r, browser.Recorded(response(204, acao+page, acam+"PUT"), response(200, lines...)), &cache, now)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(o.Preflights()), []int{1, 0, 1}[i]; got != want {
			t.Errorf("request %d: %d preflights, want %d", i, got, want)
		}
	}
}
