package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTooManyFindings checks that a long list with a mistake in every entry
// fills neither the memory nor the screen, however many environments inherit it.
func TestTooManyFindings(t *testing.T) {
	src := "environments = [\"a\", \"b\"]\npolicy \"app\" {\n  allow_origins = [\"*\"]\n  allow_headers = [" + strings.Repeat(`"Cookie", `, 20_000) +
		"]\n  environment \"a\" {\n    max_age = 1\n  }\n  environment \"b\" {\n    max_age = 2\n  }\n}"
	_, found := program(t, src)
	if last := found[len(found)-1]; len(found) != 10_001 || last.Code != "C007" {
		t.Errorf("%d findings, the last is %v", len(found), last)
	}
}

// TestListFixes checks what the fixes write, at the exact element, whatever the
// list goes through.
func TestListFixes(t *testing.T) {
	tests := []struct {
		attribute string
		want      []string // code, element, what it becomes
	}{
		{`allow_methods = concat(["DELETE"], ["patch"])`, []string{`C309 "patch" [PATCH]`}},
		{`allow_methods = [for m in ["put", "DELETE"] : m if m != "DELETE"]`, []string{`C309 "put" [PUT]`}},
		{`allow_methods = 1 < 2 ? ["Post"] : ["get"]`, []string{`C309 "Post" [POST]`}},
		{`allow_methods = ["DELETE, PUT"]`, []string{`C310 "DELETE, PUT" [DELETE PUT]`}},
		{`allow_headers = distinct(["Host", "X-A"])`, []string{`C304 "Host" []`}},
		{`allow_headers = ["Access-Control-Allow-Origin"]`, []string{`C305 "Access-Control-Allow-Origin" []`}},
		{`allow_headers = [" Content-Type"]`, []string{`C310 " Content-Type" [Content-Type]`}},
		{`expose_headers = flatten([["Set-Cookie"]])`, []string{`C306 "Set-Cookie" []`}},
		{`allow_headers = ["X-A: b"]`, []string{`C310 "X-A: b" [X-A]`}},
		{`allow_headers = ["X A"]`, []string{`C310 "X A" none`}},
		{`allow_headers = [":X-A", ""]`, []string{`C310 ":X-A" none`, `C310 "" none`}},
		{`allow_headers = ["https://a.example"]`, []string{`C310 "https://a.example" none`}},
		{`allow_methods = ["PUT", "*"]`, []string{`C302 "*" none`}},
	}
	for _, test := range tests {
		src := "policy \"app\" {\n  allow_origins = [\"https://a.example\"]\n  " + test.attribute + "\n}"
		_, found := program(t, src)
		var got []string
		for _, d := range found {
			text := "none"
			if d.Fix != nil {
				text = fmt.Sprint(d.Fix.New)
				if quoted := fmt.Sprintf("%q", d.Fix.Old); d.Fix.Range != d.Range || quoted != src[d.Range.Start.Byte:d.Range.End.Byte] {
					t.Errorf("%s: the fix is of %s at %v", test.attribute, quoted, d.Fix.Range)
				}
			}
			got = append(got, fmt.Sprintf("%s %s %s", d.Code, src[d.Range.Start.Byte:d.Range.End.Byte], text))
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.attribute, d)
		}
	}
}
