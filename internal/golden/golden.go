// Package golden reads and compares golden cases: a policy, the exchanges that
// it promises, and everything that corsgen prints for it.
//
// The promise, requests.txt, is in curl's notation with one more speaker: ">" is
// the client, "|" the upstream, "<" what the client must get. Every
// Access-Control-* and Vary field that is not listed must be absent; without "|"
// the upstream must not be reached; "| down" is an upstream that closes the
// connection without an answer. Exchanges are separated by blank lines, "#"
// starts a comment, and "@ policy=NAME environment=NAME" says whom the following
// requests go to; site=NAME in place of the policy lets the path decide. A body of
// the length that a request's Content-Length says goes with it.
package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Field is a header field line.
type Field struct{ Name, Value string }

// Request is what a client sends.
type Request struct {
	Method, Target string
	Fields         []Field
}

// Response is what an upstream answers or a client gets.
type Response struct {
	Status int // 0: the upstream closes the connection without an answer
	Fields []Field
}

// Exchange is a request and its promised answer.
type Exchange struct {
	Policy, Site, Environment string // a policy, or a site
	Line                      int    // of requests.txt, where the exchange starts
	Comment                   string
	Request                   Request
	Upstream                  *Response // nil: it must not be reached
	Response                  Response
}

// Case is a folder of testdata/golden.
type Case struct {
	Name, Dir string
	Exchanges []Exchange
}

// PolicyFile returns the path of the case's policy.
func (c Case) PolicyFile() string { return filepath.Join(c.Dir, "policy.hcl") }

// Load reads every case below dir.
func Load(dir string) ([]Case, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, e := range entries {
		c := Case{Name: e.Name(), Dir: filepath.Join(dir, e.Name())}
		file := filepath.Join(c.Dir, "requests.txt")
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if c.Exchanges, err = Parse(string(text)); err != nil {
			return nil, fmt.Errorf("%s:%w", file, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// Parse reads the text of a requests.txt. Errors start with the line number.
func Parse(text string) ([]Exchange, error) {
	p := parser{}
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(i+1, line); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	return p.done, p.finish()
}

type parser struct {
	policy, site, environment string
	current                   Exchange
	done                      []Exchange
}

func (p *parser) line(number int, line string) error {
	if strings.TrimSpace(line) == "" {
		return p.finish()
	}
	speaker, text, _ := strings.Cut(line, " ")
	if p.current.Line == 0 {
		p.current.Line = number
	}
	switch speaker {
	case "#":
		p.current.Comment = strings.TrimSpace(p.current.Comment + " " + text)
		return nil
	case "@":
		return p.address(text)
	case ">":
		return p.request(text)
	case "|":
		if p.current.Upstream == nil {
			p.current.Upstream = &Response{}
			return p.current.Upstream.start(text)
		}
		return addField(&p.current.Upstream.Fields, text)
	case "<":
		if p.current.Response.Status == 0 {
			return p.current.Response.start(text)
		}
		return addField(&p.current.Response.Fields, text)
	default:
		return fmt.Errorf("a line starts with #, @, >, | or < and a blank, not %q", speaker)
	}
}

func (p *parser) address(text string) error {
	p.policy, p.site, p.environment = "", "", ""
	for word := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "policy":
			p.policy = value
		case "site":
			p.site = value
		case "environment":
			p.environment = value
		default:
			return fmt.Errorf("@ takes policy=, site= and environment=, not %q", word)
		}
	}
	return nil
}

func (p *parser) request(text string) error {
	r := &p.current.Request
	if r.Method != "" {
		return addField(&r.Fields, text)
	}
	r.Method, r.Target, _ = strings.Cut(text, " ")
	if r.Target == "" {
		return fmt.Errorf("a request starts with a method and a target, not %q", text)
	}
	return nil
}

func (r *Response) start(text string) error {
	if text == "down" {
		return nil
	}
	status, err := strconv.Atoi(text)
	r.Status = status
	return err
}

func addField(fields *[]Field, text string) error {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("a field is NAME: VALUE, not %q", text)
	}
	*fields = append(*fields, Field{name, strings.TrimPrefix(value, " ")})
	return nil
}

func (p *parser) finish() error {
	e := p.current
	p.current = Exchange{}
	if e.Request.Method == "" {
		return nil // comments and addresses alone
	}
	if e.Response.Status == 0 {
		return fmt.Errorf("the exchange of line %d has no response", e.Line)
	}
	e.Policy, e.Site, e.Environment = p.policy, p.site, p.environment
	p.done = append(p.done, e)
	return nil
}
