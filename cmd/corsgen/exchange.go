package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/explain"
)

// exchange is a line of input of explain --exchange: what went over the wire.
type exchange struct {
	PageOrigin string `json:"page_origin"`
	URL        string `json:"url"`
	Request    struct {
		Method      string              `json:"method"`
		Headers     [][]string          `json:"headers"`
		Credentials browser.Credentials `json:"credentials"`
		Mode        browser.Mode        `json:"mode"`
	} `json:"request"`
	Preflight *wireResponse `json:"preflight"`
	Response  *wireResponse `json:"response"`
}

type wireResponse struct {
	Status  int        `json:"status"`
	Headers [][]string `json:"headers"`
}

// exchanges judges every line of a file: in JSON lines, or for people with
// --format text.
func (x *explainer) exchanges(cmd *cobra.Command) error {
	in := cmd.InOrStdin()
	if x.exchange != "-" {
		f, err := os.Open(x.exchange)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	out := cmd.OutOrStdout()
	if cmd.Flags().Changed("format") && x.format.value == "text" {
		return explainLines(in, out, useColor(out))
	}
	return answerLines(in, out, func(number int, line []byte) (any, error) {
		e, err := judgeExchange(number, line)
		if err != nil {
			return nil, err
		}
		return newVerdict(e, e.Outcome.Readable), nil
	})
}

// judgeExchange decides what a browser does with an exchange.
func judgeExchange(number int, line []byte) (*explain.Explanation, error) {
	var x exchange
	if err := decodeLine(line, "an exchange", &x); err != nil {
		return nil, fmt.Errorf("line %d: %w", number, err)
	}
	o, err := x.fetch()
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", number, err)
	}
	return explain.Outcome(o), nil
}

func (x *exchange) fetch() (*browser.Outcome, error) {
	switch {
	case x.PageOrigin == "":
		return nil, errors.New(`the exchange has no "page_origin", such as "https://app.example.com"; of a page without origin it is "null"`)
	case x.URL == "":
		return nil, errors.New(`the exchange has no "url", such as "https://api.example.com/things"`)
	}
	headers, err := headerFields(x.Request.Headers)
	if err != nil {
		return nil, err
	}
	preflight, err := x.Preflight.response("preflight")
	if err != nil {
		return nil, err
	}
	response, err := x.Response.response("response")
	if err != nil {
		return nil, err
	}
	r := browser.Request{
		Origin: x.PageOrigin, URL: x.URL, Method: x.Request.Method, Headers: headers,
		Mode: x.Request.Mode, Credentials: x.Request.Credentials,
	}
	return browser.Fetch(r, browser.Recorded(preflight, response), nil, time.Time{})
}

func (w *wireResponse) response(what string) (*browser.Response, error) {
	if w == nil {
		return nil, nil
	}
	if w.Status < 100 || w.Status > 999 {
		return nil, fmt.Errorf("the status of the %s is %d, which no server sends", what, w.Status)
	}
	headers, err := headerFields(w.Headers)
	if err != nil {
		return nil, fmt.Errorf("in the %s: %w", what, err)
	}
	return &browser.Response{Status: w.Status, Headers: headers}, nil
}

// explainLines explains every exchange for people.
func explainLines(r io.Reader, w io.Writer, color bool) error {
	bad := false
	err := eachLine(r, func(number int, line []byte) error {
		e, err := judgeExchange(number, line)
		if err != nil {
			bad = true
			_, err = fmt.Fprintf(w, "error: %v\n\n", err)
			return err
		}
		if err := e.Text(w, nil, color); err != nil {
			return err
		}
		_, err = fmt.Fprintln(w)
		return err
	})
	if err == nil && bad {
		return errFindings
	}
	return err
}
