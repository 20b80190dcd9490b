package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

func newDecide() *cobra.Command {
	var in input
	cmd := &cobra.Command{
		Use:   "decide [PATH...]",
		Short: "Answer raw requests by a policy: JSON lines in, JSON lines out",
		Long: `decide reads one request a line from standard input and writes what the policy
answers, one line each:

  {"policy":"app","environment":"","method":"OPTIONS","headers":[["Origin","https://app.example.com"]]}

The status 0 stands for the upstream's own. The policy may be left out where the
program has one. With "site" and "path" in its place, the raw path of the request
chooses it; the policy of the answer is "" where no route matches. A line that cannot be answered gives {"error":"..."}, and the
exit status is 1 at the end.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := in.load(cmd, args)
			if err != nil {
				return err
			}
			if err := l.refuseBroken(cmd.ErrOrStderr()); err != nil {
				return err
			}
			d := newDecider(l.program, in.environment)
			return answerLines(cmd.InOrStdin(), cmd.OutOrStdout(), d.line)
		},
	}
	in.register(cmd)
	return cmd
}

// request is a line of input.
type request struct {
	Policy      string     `json:"policy"`
	Site        string     `json:"site"`
	Path        string     `json:"path"` // the request target, as it goes over the wire
	Environment *string    `json:"environment"`
	Method      string     `json:"method"`
	Headers     [][]string `json:"headers"`
}

// decision is a line of output.
type decision struct {
	Policy  string      `json:"policy"` // "": the site has no route for the path
	Class   eval.Class  `json:"class"`
	Allowed bool        `json:"allowed"`
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
}

type decider struct {
	program     *ir.Program
	environment string // for requests that name none
	evaluators  map[*ir.Variant]*eval.Evaluator
}

func newDecider(p *ir.Program, environment string) *decider {
	return &decider{program: p, environment: environment, evaluators: map[*ir.Variant]*eval.Evaluator{}}
}

func (d *decider) line(_ int, line []byte) (any, error) {
	var req request
	if err := decodeLine(line, "a request", &req); err != nil {
		return nil, err
	}
	fields, err := req.fields()
	if err != nil {
		return nil, err
	}
	p, err := d.policy(req)
	if err != nil {
		return nil, err
	}
	environment, err := d.environmentOf(req)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return newDecision("", eval.Untouched(req.Method, fields)), nil
	}
	return newDecision(p.Name, d.evaluator(p, environment).Decide(req.Method, fields)), nil
}

// fields checks what no server would hand to a policy, and returns the headers.
func (r *request) fields() ([]eval.Field, error) {
	if !ir.IsToken(r.Method) {
		return nil, fmt.Errorf("the method %q is not a token", r.Method)
	}
	return headerFields(r.Headers)
}

// headerFields returns headers that are given as [name, value].
func headerFields(headers [][]string) ([]eval.Field, error) {
	fields := make([]eval.Field, 0, len(headers))
	for _, h := range headers {
		switch {
		case len(h) != 2:
			return nil, errors.New("a header is [name, value]")
		case !ir.IsToken(h[0]):
			return nil, fmt.Errorf("the header name %q is not a token", h[0])
		case strings.ContainsAny(h[1], "\r\n\x00"):
			return nil, fmt.Errorf("the value of %s holds a line break or NUL", h[0])
		}
		fields = append(fields, eval.Field{Name: h[0], Value: h[1]})
	}
	return fields, nil
}

func (d *decider) environmentOf(req request) (string, error) {
	environment := d.environment
	if req.Environment != nil { // "" is the base
		environment = *req.Environment
	}
	return environment, knownEnvironment(d.program, environment)
}

func (d *decider) evaluator(p *ir.Policy, environment string) *eval.Evaluator {
	v, _ := p.Variant(environment)
	if d.evaluators[v] == nil {
		d.evaluators[v] = eval.New(v)
	}
	return d.evaluators[v]
}

// policy returns the policy that a request is for, or nil where its site has
// none for its path.
func (d *decider) policy(req request) (*ir.Policy, error) {
	switch {
	case req.Site != "" && req.Policy != "":
		return nil, errors.New("the request names a policy and a site; name one of them")
	case req.Site != "" && req.Path == "":
		return nil, errors.New(`the request names a site but no path, such as "path":"/v1/things"`)
	case req.Site == "" && req.Path != "":
		return nil, errors.New("the request has a path but no site to choose a policy by it")
	case req.Site != "":
		return d.routed(req.Site, req.Path)
	default:
		return d.named(req.Policy)
	}
}

func (d *decider) routed(site, path string) (*ir.Policy, error) {
	var names []string
	for i := range d.program.Sites {
		s := &d.program.Sites[i]
		if s.Name != site {
			names = append(names, s.Name)
			continue
		}
		if r := eval.Route(s, path); r != nil {
			return &d.program.Policies[r.Policy], nil
		}
		return nil, nil
	}
	return nil, fmt.Errorf("there is no site %q; the program has %s", site, cmp.Or(strings.Join(names, ", "), "none"))
}

func (d *decider) named(name string) (*ir.Policy, error) {
	var names []string
	for i := range d.program.Policies {
		p := &d.program.Policies[i]
		if p.Name == name || name == "" && len(d.program.Policies) == 1 {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if name == "" {
		return nil, fmt.Errorf("the request names no policy; the program has %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("there is no policy %q; the program has %s", name, strings.Join(names, ", "))
}

func newDecision(policy string, d eval.Decision) *decision {
	out := &decision{Policy: policy, Class: d.Class, Allowed: d.Allowed, Status: d.Status, Headers: [][2]string{}}
	for _, f := range d.Set {
		out.Headers = append(out.Headers, [2]string{f.Name, f.Value})
	}
	if len(d.Vary) > 0 {
		out.Headers = append(out.Headers, [2]string{"Vary", strings.Join(d.Vary, ", ")})
	}
	return out
}
