package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// choice is the value of a flag that takes one of a few words; the first one is
// the default.
type choice struct {
	value string
	words []string
}

func (c *choice) register(cmd *cobra.Command, name, usage string, words ...string) {
	c.value, c.words = words[0], words
	cmd.Flags().Var(c, name, usage+c.list())
}

// list returns "text, json or sarif".
func (c *choice) list() string {
	last := len(c.words) - 1
	return strings.Join(c.words[:last], ", ") + " or " + c.words[last]
}

// String, Set and Type make a choice the value of a flag.
func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "WORD" }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("write %s", c.list())
	}
	c.value = s
	return nil
}
