package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/policy"
)

func TestRequiredVersion(t *testing.T) {
	tests := []struct {
		tool, constraint string
		want             string // the code of the error
	}{
		{"1.2.3", ">= 1.2", ""},
		{"v1.2.3", "1.2.3", ""},
		{"1.2.3", "= 1.2.4", "C009"},
		{"1.2.3", "!= 1.2.3", "C009"},
		{"1.2.3", "> 1.2.3", "C009"},
		{"1.2.3", "<= 1.2.3, >1", ""},
		{"1.2.3", "< 1.2.3", "C009"},
		{"1.9.0", "~> 1.2", ""},
		{"2.0.0", "~> 1.2", "C009"},
		{"1.2.9", "~> 1.2.3", ""},
		{"1.3.0", "~> 1.2.3", "C009"},
		{"1.2.0", "~> 1.2.3", "C009"},
		{"1.2.3-rc.2", ">= 1.2.3", "C009"},
		{"1.2.3-rc.10", ">= 1.2.3-rc.9", ""},
		{"1.2.3+build", "1.2.3", ""},
		{"(devel)", ">= 99", ""},
		{"", ">= 99", ""},
		{"1.2.3", "", "C005"},
		{"1.2.3", ">= one", "C005"},
		{"1.2.3", "=> 1", "C005"},
		{"1.2.3", ">= 1.2.3.4", "C005"},
		{"(devel)", ">= 01", "C005"},
	}
	for _, tt := range tests {
		src := fmt.Sprintf("corsgen {\n  required_version = %q\n}\n", tt.constraint)
		_, _, diags, _ := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{ToolVersion: tt.tool})
		got := ""
		for _, d := range diags {
			got += d.Code
		}
		if got != tt.want {
			t.Errorf("%q for %q: %q, want %q", tt.tool, tt.constraint, got, tt.want)
		}
	}
}
