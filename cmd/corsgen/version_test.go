package main

import (
	"runtime/debug"
	"testing"
)

// TestRelease checks that only a build of a release has a version: a policy's
// required_version must not refuse a build from source.
func TestRelease(t *testing.T) {
	tests := []struct {
		module debug.Module
		want   string
	}{
		{debug.Module{Path: modulePath, Version: "v0.2.0"}, "0.2.0"},
		{debug.Module{Path: modulePath, Version: "v1.0.0-rc.1"}, "1.0.0-rc.1"},
		{debug.Module{Path: modulePath, Version: "(devel)"}, "devel"},
		{debug.Module{Path: modulePath, Version: ""}, "devel"},
		{debug.Module{Path: modulePath, Version: "v0.2.0+dirty"}, "devel"},
		{debug.Module{Path: modulePath, Version: "v0.0.0-20261121102553-0123456789ab"}, "devel"},
		{debug.Module{Path: modulePath, Version: "v0.0.0", Replace: &debug.Module{Path: "../.."}}, "devel"},
		{debug.Module{Path: "example.com/fork", Version: "v3.0.0"}, "devel"},
	}
	for _, test := range tests {
		if got := release(test.module); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.module, got, test.want)
		}
	}
}
