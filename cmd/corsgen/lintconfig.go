package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/lintconfig"
	"github.com/corsgen/corsgen/lintconfig/apache"
	"github.com/corsgen/corsgen/lintconfig/nginx"
	"github.com/corsgen/corsgen/report"
)

func newLintConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint-config",
		Short: "Find what in a server's configuration breaks CORS",
		Long: `lint-config reads the configuration of a web server, without running it, and
finds what breaks a policy that corsgen printed, and mistakes of CORS headers
that were written by hand.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("name the server: lint-config nginx or lint-config apache")
		},
	}
	cmd.AddCommand(newLintNginx(), newLintApache())
	return cmd
}

func newLintNginx() *cobra.Command {
	var o findingsOutput
	cmd := &cobra.Command{
		Use:   "nginx FILE|-",
		Short: "Find what in the configuration of nginx breaks CORS",
		Example: `  nginx -T 2>/dev/null | corsgen lint-config nginx -
  corsgen lint-config nginx /etc/nginx/nginx.conf`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, text, err := readConfig(cmd, args[0])
			if err != nil {
				return err
			}
			return o.lint(cmd, "server", func() (*lintconfig.Result, error) { return nginx.Lint(name, text) })
		},
	}
	o.register(cmd)
	return cmd
}

func newLintApache() *cobra.Command {
	var o findingsOutput
	cmd := &cobra.Command{
		Use:     "apache FILE",
		Short:   "Find what in the configuration of Apache breaks CORS",
		Example: `  corsgen lint-config apache /etc/apache2/apache2.conf`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, _, err := readConfig(cmd, args[0]); err != nil {
				return err
			}
			return o.lint(cmd, "virtual host", func() (*lintconfig.Result, error) { return apache.Lint(args[0]), nil })
		},
	}
	o.register(cmd)
	return cmd
}

// readConfig reads a file, or standard input for "-", which has no name.
func readConfig(cmd *cobra.Command, name string) (string, []byte, error) {
	if name == "-" {
		text, err := lintconfig.ReadAll(cmd.InOrStdin())
		return "", text, err
	}
	file, err := os.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	text, err := lintconfig.ReadAll(file)
	return name, text, err
}

// lint runs a linter and prints what it finds. A server goes by the name of unit.
func (o *findingsOutput) lint(cmd *cobra.Command, unit string, lint func() (*lintconfig.Result, error)) error {
	defer progress(cmd.ErrOrStderr(), "reading the configuration")()
	result, err := lint()
	if err != nil {
		return err
	}
	if err := o.write(cmd, report.Report{Findings: result.Findings, Sources: result.Sources}); err != nil {
		return err
	}
	if o.isText() {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s, %d of them with a policy, %s\n",
			plural(result.Servers, unit, unit+"s"), result.Covered, summary(result.Findings))
	}
	return o.status(result.Findings)
}
