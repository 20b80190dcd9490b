package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// starter is the policy that init writes.
//
//go:embed starter.hcl
var starter []byte

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented starter policy, cors.hcl",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
			name := filepath.Join(dir, "cors.hcl")
			if err := writeStarter(name); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s; edit it, then run corsgen generate.\nFor go generate, run once  go get -tool github.com/corsgen/corsgen/cmd/corsgen@latest  and paste this line into a Go file beside it:\n", name)
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "//go:generate go tool corsgen generate cors.hcl")
			return err
		},
	}
}

func writeStarter(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and is left as it is", name)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(starter); err != nil {
		return errors.Join(err, f.Close(), os.Remove(name))
	}
	return f.Close()
}
