package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"
)

// today is the value of --today: the date that accepted risks expire by.
type today struct{ time.Time }

func (t *today) register(cmd *cobra.Command) {
	cmd.Flags().Var(t, "today", "take this `DATE`, YYYY-MM-DD, for today's: what will have expired by then?")
}

// date returns the date that was set, or that of the clock.
func (t *today) date() time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t.Time
}

// String, Set and Type make it the value of a flag.
func (t *today) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (t *today) Type() string { return "DATE" }

func (t *today) Set(s string) error {
	date, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return errors.New("write a date as YYYY-MM-DD")
	}
	t.Time = date
	return nil
}
