package emit_test

import (
	"testing"

	"github.com/corsgen/corsgen/emit"
)

func TestOlder(t *testing.T) {
	tests := []struct {
		version, than string
		want          bool
	}{
		{"2.4.46", "2.4.47", true},
		{"2.4.47", "2.4.47", false},
		{"2.4.100", "2.4.47", false},
		{"2.4", "2.4.47", true},
		{"2.4.0", "2.4", false},
		{"2", "2.0.0", false},
		{"1.29.4", "2", true},
		{"3", "2.4.47", false},
	}
	for _, test := range tests {
		if got := emit.Older(test.version, test.than); got != test.want {
			t.Errorf("Older(%q, %q) = %t", test.version, test.than, got)
		}
	}
}
