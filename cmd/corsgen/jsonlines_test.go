package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEachLine checks files of every system: with a byte order mark, with
// carriage returns, with blank lines.
func TestEachLine(t *testing.T) {
	for input, want := range map[string][]string{
		"":                         nil,
		"a\nb":                     {"1:a", "2:b"},
		"\ufeffa\r\n\r\n b \r\n\n": {"1:a", "3:b"},
		"\ufeff\r\na":              {"2:a"},
		"a\n\ufeffb":               {"1:a", "2:\ufeffb"},
	} {
		var got []string
		err := eachLine(strings.NewReader(input), func(number int, line []byte) error {
			got = append(got, string('0'+rune(number))+":"+string(line))
			return nil
		})
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%q: %v %s", input, err, d)
		}
	}
}

// TestLongLine checks that a line too long ends the reading, with its number.
func TestLongLine(t *testing.T) {
	err := eachLine(strings.NewReader("a\n"+strings.Repeat("b", maxLine+1)), func(int, []byte) error { return nil })
	if err == nil || !strings.HasPrefix(err.Error(), "line 2 is longer than ") {
		t.Error(err)
	}
}
