package eval_test

import (
	"strings"
	"testing"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

func TestNormalPath(t *testing.T) {
	tests := []struct{ target, want string }{ // "" for none
		{"/", "/"},
		{"/v1", "/v1"},
		{"/v1/", "/v1/"},
		{"/v1/things?a=/../b", "/v1/things"},
		{"/?", "/"},
		{"/V1/%7Eme", "/V1/~me"},
		{"/%76%31/", "/v1/"},
		{"/a%20b+c%3F%23", "/a b+c?#"},
		{"/%252f", "/%2f"},
		{"/%ff", "/\xff"},
		{"//", "/"},
		{"//v1///things//", "/v1/things/"},
		{"/./v1/./things", "/v1/things"},
		{"/v1/.", "/v1/"},
		{"/v1/..", "/"},
		{"/v1/a/../b", "/v1/b"},
		{"/v1/a/..", "/v1/"},
		{"/v1/a//../b", "/v1/b"},
		{"/v1/%2e%2E/admin", "/admin"},
		{"/v1/...", "/v1/..."},
		{"/.well-known/x", "/.well-known/x"},
		{"/v1/..;/admin", "/v1/..;/admin"},
		{"/..", ""},
		{"/v1/../../admin", ""},
		{"/v1%2fthings", ""},
		{"/v1%2Fthings", ""},
		{"/v1/%00", ""},
		{"/v1/\x00", ""},
		{"/v1/#", ""},
		{"/%", ""},
		{"/%7", ""},
		{"/%zz", ""},
		{"", ""},
		{"*", ""},
		{"?a", ""},
		{"v1/", ""},
		{"example.com:443", ""},
		{"http://example.com/v1/things?a", "/v1/things"},
		{"HTTPS://example.com:8443//v1/", "/v1/"},
		{"http://example.com", ""},
		{"http:///v1/", ""},
		{"ftp://example.com/v1/", ""},
	}
	for _, test := range tests {
		got, ok := eval.NormalPath(test.target)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("NormalPath(%q) = %q, %v, want %q", test.target, got, ok, test.want)
		}
	}
}

func TestRoute(t *testing.T) {
	site := ir.Site{Routes: []ir.Route{{Path: "/v1/"}, {Path: "/v1/public/"}, {Path: "/v1/public/private"}, {Path: "/v2"}, {Path: "/healthz"}}}
	tests := []struct{ target, want string }{
		{"/v1/", "/v1/"},
		{"/v1/things", "/v1/"},
		{"/v1/public", "/v1/"},
		{"/v1/public/", "/v1/public/"},
		{"/v1/public/x/y", "/v1/public/"},
		{"/v1/public/private", "/v1/public/private"},
		{"/v1/public/private/", "/v1/public/"},
		{"/v1/public/privates", "/v1/public/"},
		{"/v2", "/v2"},
		{"/v2?a", "/v2"},
		{"/x/../v2", "/v2"},
		{"/v1", ""},
		{"/v2/", ""},
		{"/v10/", ""},
		{"/V1/", ""},
		{"/", ""},
		{"*", ""},
		{"/v1/../../v1/", ""},
		{"/v1%2f", ""},
	}
	for _, test := range tests {
		got := ""
		if r := eval.Route(&site, test.target); r != nil {
			got = r.Path
		}
		if got != test.want {
			t.Errorf("the route of %q is %q, want %q", test.target, got, test.want)
		}
	}
}

// FuzzNormalPath checks that a normal form is one: absolute, without the segments
// that it leaves out, and its own.
func FuzzNormalPath(f *testing.F) {
	for _, target := range []string{"/v1/%7e/../b//c/.?d", "http://a/b", "/%2f"} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		path, ok := eval.NormalPath(target)
		if !ok {
			if path != "" {
				t.Errorf("%q gives %q and no path", target, path)
			}
			return
		}
		if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
			t.Errorf("%q gives %q", target, path)
		}
	})
}
