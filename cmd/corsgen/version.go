package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/corsgen/corsgen/origin"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, the Go version and the date of the public suffix list",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date, revision := origin.SuffixList()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\npublic suffix list of %s (%.12s)\n", versionLine(), date, revision)
			return err
		},
	}
}

const modulePath = "github.com/corsgen/corsgen"

// toolVersion returns the release that this is a build of, without "v", or
// "devel" for a build of anything else: a checkout, a commit, a replacement.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	return release(info.Main)
}

func release(m debug.Module) string {
	released := m.Path == modulePath && m.Replace == nil && semver.IsValid(m.Version) &&
		!module.IsPseudoVersion(m.Version) && semver.Build(m.Version) == ""
	if !released {
		return "devel"
	}
	return strings.TrimPrefix(m.Version, "v")
}

func versionLine() string {
	line := "corsgen " + toolVersion()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return line
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			line += " " + s.Value
		}
	}
	return line + " " + info.GoVersion
}
