package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// maxLine is the longest line of input, in bytes.
const maxLine = 16 << 20

// byteOrderMark is what editors of Windows begin a file with.
var byteOrderMark = []byte("\ufeff")

// answerLines answers every line of JSON with a line of JSON. A line that cannot
// be answered gives an object with an error, and errFindings at the end.
func answerLines(r io.Reader, w io.Writer, answer func(number int, line []byte) (any, error)) error {
	out := json.NewEncoder(w) // each answer is written at once, for callers that wait for it
	out.SetEscapeHTML(false)
	bad := false
	err := eachLine(r, func(number int, line []byte) error {
		said, err := answer(number, line)
		if err != nil {
			bad = true
			said = struct {
				Error string `json:"error"`
			}{err.Error()}
		}
		return out.Encode(said)
	})
	if err == nil && bad {
		return errFindings
	}
	return err
}

// eachLine calls do for every line that is not blank, until it fails. Lines count
// from 1.
func eachLine(r io.Reader, do func(number int, line []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 1
	for ; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if number == 1 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		if len(line) == 0 {
			continue
		}
		if err := do(number, line); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d bytes", number, maxLine)
	}
	return lines.Err()
}

// decodeLine decodes a line that holds one object, what it is called in errors.
func decodeLine(line []byte, what string, into any) error {
	j := json.NewDecoder(bytes.NewReader(line))
	j.DisallowUnknownFields()
	if err := j.Decode(into); err != nil {
		return fmt.Errorf("the line is not %s: %s", what, jsonProblem(err))
	}
	if _, err := j.Token(); err != io.EOF {
		return errors.New("the line holds more than one " + what[strings.IndexByte(what, ' ')+1:])
	}
	return nil
}

// jsonProblem puts an error of package json into words that know nothing of Go.
func jsonProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	want := map[reflect.Kind]string{
		reflect.Struct: "an object", reflect.Slice: "a list", reflect.String: "a string", reflect.Int: "a whole number",
	}[wrong.Type.Kind()]
	if wrong.Field == "" {
		return fmt.Sprintf("it is of type %s, not %s", wrong.Value, want)
	}
	return fmt.Sprintf("%q is of type %s, not %s", wrong.Field, wrong.Value, want)
}
