package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the Go version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
			return err
		},
	}
}

// toolVersion returns the version that the module was built as, without "v", or
// "devel" for a build from a checkout.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Main.Version) < 2 || info.Main.Version[0] != 'v' {
		return "devel"
	}
	return info.Main.Version[1:]
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
