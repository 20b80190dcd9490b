// Command corsgen compiles one reviewed CORS policy into Go middleware and web
// server configuration that behave the same.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/report"
)

func main() {
	// A command ends soon, so memory is cheaper than collecting it: with Go's
	// defaults that is a third of what check costs.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit statuses, as in diff(1).
const (
	statusFine     = 0
	statusFindings = 1 // findings, differences, or an invalid policy
	statusTrouble  = 2 // bad usage, or a file that cannot be read or written
)

// errFindings ends a command whose findings have been printed.
var errFindings = errors.New("findings")

// run runs the command line and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	switch {
	case err == nil:
		return statusFine
	case errors.Is(err, errFindings):
		return statusFindings
	default:
		fmt.Fprintf(stderr, "corsgen: %s\n", report.PrintableLines(err.Error()))
		return statusTrouble
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "corsgen",
		Short: "Compile one CORS policy into Go, nginx and Apache that behave the same",
		Long: `corsgen compiles one reviewed CORS policy, written in HCL, into Go middleware and
nginx and Apache configuration that answer every request alike.

Exit status: 0 fine, 1 findings or differences, 2 trouble.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
	}
	root.AddCommand(
		newInit(), newGenerate(), newCheck(), newDiff(), newFmt(), newExplain(), newTest(), newDecide(), newLintConfig(), newVerify(), newRules(), newVersion(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() { // cobra's own exit with 0 for names that do not exist
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				_, _, err := root.Find(args)
				return err
			}
		case "completion":
			cmd.Args = cobra.NoArgs
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	return root
}
