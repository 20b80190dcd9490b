package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/report"
	"github.com/corsgen/corsgen/verify"
)

func newVerify() *cobra.Command {
	var v verifier
	cmd := &cobra.Command{
		Use:   "verify URL [PATH...]",
		Short: "Ask a deployed server whether it answers as the policy says",
		Long: fmt.Sprintf(`verify sends a fixed set of requests to one server, GET, HEAD and OPTIONS, %d at
most, and compares the answers with the policy: origins that it allows, origins
that it refuses, and origins that attackers use against matchers with a flaw.

It follows no redirect, heeds no HTTP_PROXY, HTTPS_PROXY or NO_PROXY, reads 64 kB
of each answer at most and waits 10 s for it at most. Every request has a query
corsgen-verify=… of its own, so that no cache keeps an answer for visitors.`, verify.MaxRequests),
		Example: `  corsgen verify https://api.example.com/things --policy app --environment production
  corsgen verify https://api.example.com --site api --path /v1/things --header "Authorization: Bearer $TOKEN"`,
		Args: cobra.MinimumNArgs(1),
		RunE: v.run,
	}
	v.register(cmd)
	return cmd
}

// verifier are the flags of verify.
type verifier struct {
	input
	output             findingsOutput
	policy, site, path string
	headers            []string
	insecure           bool
	rate               int
}

func (v *verifier) register(cmd *cobra.Command) {
	v.input.register(cmd)
	v.output.register(cmd)
	f := cmd.Flags()
	f.StringVar(&v.policy, "policy", "", "the policy `NAME`; may be left out where the program has one")
	f.StringVar(&v.site, "site", "", "the site `NAME`, in place of a policy; the path chooses")
	f.StringVar(&v.path, "path", "", "the `PATH` to ask for, where the URL has none")
	f.StringArrayVar(&v.headers, "header", nil, "a request header `NAME:VALUE`, such as a token, which is never printed; not for preflights; may be repeated")
	f.BoolVar(&v.insecure, "insecure", false, "do not check the server's TLS certificate")
	f.IntVar(&v.rate, "rate", 10, "at most `N` requests a second")
}

func (v *verifier) run(cmd *cobra.Command, args []string) error {
	target, err := v.target(args[0])
	if err != nil {
		return err
	}
	l, err := v.load(cmd, args[1:])
	if err != nil {
		return err
	}
	if err := l.refuseBroken(cmd.ErrOrStderr()); err != nil {
		return err
	}
	if err := v.choose(l.program, target); err != nil {
		return err
	}
	result, err := v.ask(cmd, target)
	if err != nil {
		return err
	}
	if err := v.output.write(cmd, report.Report{Findings: result.Findings, Sources: l.sources}); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s at %s, %s: %s\n", target.Policy, target.URL, plural(result.Requests, "request", "requests"), summary(result.Findings))
	if result.Status/100 != 2 {
		fmt.Fprintf(cmd.ErrOrStderr(), "The answer to a GET was %s; only such answers were compared.\n", answered(result))
	}
	return v.output.status(result.Findings)
}

func (v *verifier) ask(cmd *cobra.Command, target *verify.Target) (*verify.Result, error) {
	defer progress(cmd.ErrOrStderr(), fmt.Sprintf("asking %s, %d requests at most, %d a second", target.URL.Host, verify.MaxRequests, target.Rate))()
	return verify.Run(cmd.Context(), *target)
}

// answered names the answer to the main request: "301 Moved Permanently to /things/".
func answered(r *verify.Result) string {
	text := strings.TrimSpace(fmt.Sprint(r.Status, " ", http.StatusText(r.Status)))
	if r.Location != "" {
		text += " to " + report.Printable(r.Location)
	}
	return text
}

// target returns what the flags say of the server.
func (v *verifier) target(address string) (*verify.Target, error) {
	if v.rate < 1 || v.rate > verify.MaxRate {
		return nil, fmt.Errorf("--rate takes 1 to %d requests a second", verify.MaxRate)
	}
	u, err := verify.ParseURL(address)
	if err != nil {
		return nil, err
	}
	if v.path != "" {
		if u.Path != "/" || u.RawQuery != "" || !strings.HasPrefix(v.path, "/") {
			return nil, errors.New("the path is written once, in the URL or as --path /things")
		}
		if u, err = verify.ParseURL(u.Scheme + "://" + u.Host + v.path); err != nil {
			return nil, err
		}
	}
	headers, err := v.fields()
	return &verify.Target{URL: u, Headers: headers, Insecure: v.insecure, Rate: v.rate, Run: rand.Text()[:8]}, err
}

// fields returns the headers of the flags. Errors leave out the values, which may
// be secret.
func (v *verifier) fields() ([]eval.Field, error) {
	var fields []eval.Field
	for _, h := range v.headers {
		name, value, ok := strings.Cut(h, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || !ir.IsToken(name):
			return nil, errors.New(`--header takes NAME:VALUE, such as "Authorization: Bearer $TOKEN"`)
		case strings.ContainsAny(value, "\r\n\x00"):
			return nil, fmt.Errorf("the value of --header %s holds a line break or NUL", name)
		case reserved(name):
			return nil, fmt.Errorf("verify sets %s itself; leave out --header %s", name, name)
		}
		fields = append(fields, eval.Field{Name: name, Value: value})
	}
	return fields, nil
}

// reserved reports whether verify needs a request header for itself.
func reserved(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "origin", "host", "connection", "content-length", "transfer-encoding", "user-agent":
		return true
	}
	return strings.HasPrefix(lower, "access-control-") || strings.HasPrefix(lower, "if-")
}

// choose finds what the server promises.
func (v *verifier) choose(program *ir.Program, t *verify.Target) error {
	req := request{Policy: v.policy, Site: v.site}
	if v.site != "" {
		req.Path = t.URL.EscapedPath()
	}
	a, err := newDecider(program, v.environment).answerer(req)
	switch {
	case err != nil:
		return err
	case a.Policy == nil:
		return fmt.Errorf("no route of site %q matches %s, so the policy promises nothing there; write another path", v.site, req.Path)
	}
	t.Policy, t.Variant, t.Site = a.String(), a.Variant, a.Site
	return nil
}
