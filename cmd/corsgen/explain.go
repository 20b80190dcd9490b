package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/explain"
)

func newExplain() *cobra.Command {
	x := explainer{}
	cmd := &cobra.Command{
		Use:   "explain [PATH...]",
		Short: "Say what a browser does with one fetch(), and why",
		Long: `explain plays one fetch() of a page against a policy, as a browser would: whether
there is a preflight and why, both exchanges, the verdict, the line of the policy
that decided, what Chrome's console says, and how to mend it.

  corsgen explain --policy app --origin https://app.example.com --method PUT

With --exchange it judges real traffic, one exchange a line, and needs no policy:

  {"page_origin":"https://app.example.com","url":"https://api.example.com/",
   "request":{"method":"PUT","headers":[["Content-Type","application/json"]],
   "credentials":"include","mode":"cors"},
   "preflight":{"status":204,"headers":[["Access-Control-Allow-Origin","*"]]},
   "response":{"status":200,"headers":[]}}

With --console it explains a message of Chrome's console, Firefox's or Safari's.`,
		RunE: x.run,
	}
	x.register(cmd)
	return cmd
}

// explainer are the flags of explain.
type explainer struct {
	in                 input
	format             choice
	policy, site, path string
	request            browser.Request
	mode, credentials  string
	headers            []string
	exchange, console  string
}

func (x *explainer) register(cmd *cobra.Command) {
	x.in.register(cmd)
	x.format.register(cmd, "format", "", "text", "json")
	f := cmd.Flags()
	f.StringVar(&x.policy, "policy", "", "the policy `NAME`; may be left out where the program has one")
	f.StringVar(&x.site, "site", "", "the site `NAME`, in place of a policy; needs --path")
	f.StringVar(&x.path, "path", "", "the `PATH` that the page asks a site for")
	f.StringVar(&x.request.Origin, "origin", "", "the `ORIGIN` of the page")
	f.StringVar(&x.request.Method, "method", "GET", "the `METHOD`, as the script writes it")
	f.StringArrayVar(&x.headers, "header", nil, "a request header `NAME:VALUE` that the script sets; may be repeated")
	f.StringVar(&x.credentials, "credentials", string(browser.SameOrigin), "the credentials `MODE`: "+strings.Join(browser.CredentialsModes(), ", "))
	f.StringVar(&x.mode, "mode", string(browser.CORS), "the `MODE`: "+strings.Join(browser.Modes(), ", "))
	f.StringVar(&x.exchange, "exchange", "", "judge the exchanges in `FILE`, - for standard input")
	f.StringVar(&x.console, "console", "", "explain the `MESSAGE` of a browser's console, - for standard input")
	cmd.MarkFlagsMutuallyExclusive("exchange", "console")
}

func (x *explainer) run(cmd *cobra.Command, args []string) error {
	switch {
	case x.exchange != "":
		if err := alone(cmd, "exchange", args); err != nil {
			return err
		}
		return x.exchanges(cmd)
	case x.console != "":
		if err := alone(cmd, "console", args); err != nil {
			return err
		}
		return x.complaint(cmd)
	case x.request.Origin == "":
		return errors.New("whose request is it? Write --origin https://app.example.com, --exchange FILE or --console MESSAGE")
	}
	l, err := x.in.load(cmd, args)
	if err != nil {
		return err
	}
	if err := l.refuseBroken(cmd.ErrOrStderr()); err != nil {
		return err
	}
	if err := x.fill(); err != nil {
		return err
	}
	d := newDecider(l.program, x.in.environment)
	a, err := d.answerer(request{Policy: x.policy, Site: x.site, Path: x.path})
	if err != nil {
		return err
	}
	o, err := a.Fetch(x.request)
	if err != nil {
		return err
	}
	return x.write(cmd, a.Explain(o), l.sources)
}

// policyFlags are the flags that say which policy is asked, and for what.
var policyFlags = []string{"policy", "site", "path", "origin", "method", "header", "credentials", "mode", "environment", "var", "var-file"}

// alone reports what cannot stand beside a flag that is not about a policy.
func alone(cmd *cobra.Command, name string, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("--%s needs no policy; leave out %s", name, args[0])
	}
	for _, other := range policyFlags {
		if cmd.Flags().Changed(other) {
			return fmt.Errorf("--%s says all itself; leave out --%s", name, other)
		}
	}
	return nil
}

// fill sets what the flags say of the request.
func (x *explainer) fill() error {
	if x.path != "" && !strings.HasPrefix(x.path, "/") {
		return fmt.Errorf("--path takes a path, such as /%s, not %q", x.path, x.path)
	}
	if strings.ContainsFunc(x.path, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) {
		return fmt.Errorf("--path takes a path as it goes over the wire, %%-encoded and without fragment, not %q", x.path)
	}
	x.request.Mode, x.request.Credentials = browser.Mode(x.mode), browser.Credentials(x.credentials)
	for _, h := range x.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return fmt.Errorf("--header takes NAME:VALUE, such as Content-Type:application/json, not %q", h)
		}
		x.request.Headers = append(x.request.Headers, browser.Header{Name: strings.TrimSpace(name), Value: value})
	}
	return nil
}

// mute matches the errors that scripts get, which say nothing of the cause.
var mute = regexp.MustCompile(`Failed to fetch|Load failed|NetworkError when attempting|Network Error|due to access control checks`)

// telling says which line of a console to copy.
const telling = `in Chrome from "Access to" on, in Firefox from "Cross-Origin Request Blocked" on, in Safari the line with "Access-Control" or "Preflight"`

// complaint explains a message of a browser's console.
func (x *explainer) complaint(cmd *cobra.Command) error {
	if x.console == "-" {
		pasted, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxLine))
		if err != nil {
			return err
		}
		x.console = string(pasted)
	}
	text := strings.Join(strings.Fields(x.console), " ")
	c, ok := browser.ParseConsole(text)
	switch {
	case ok:
		return x.write(cmd, explain.Complaint(c, text), nil)
	case mute.MatchString(text):
		return errors.New("this does not tell the cause, which scripts must not learn; another line of the console does: " + telling)
	default:
		return errors.New("no message about CORS that is known is in this; copy the whole line: " + telling)
	}
}

func (x *explainer) write(cmd *cobra.Command, e *explain.Explanation, sources map[string][]byte) error {
	out := cmd.OutOrStdout()
	if x.format.value == "json" {
		return writeExplanation(out, e)
	}
	return e.Text(out, sources, useColor(out))
}

// answerer returns what answers a request that names a policy, or a site and a
// path.
func (d *decider) answerer(req request) (*explain.Answerer, error) {
	p, err := d.policy(req)
	if err != nil {
		return nil, err
	}
	environment, err := d.environmentOf(req)
	if err != nil {
		return nil, err
	}
	a := &explain.Answerer{Policy: p, Path: req.Path}
	for i := range d.program.Sites {
		if s := &d.program.Sites[i]; s.Name == req.Site {
			a.Site = s
		}
	}
	if p != nil {
		a.Variant, _ = p.Variant(environment)
		a.Evaluator = d.evaluator(p, environment)
	}
	return a, nil
}

// jsonVerdict is the answer to an exchange.
type jsonVerdict struct {
	Verdict          string       `json:"verdict"`
	Reason           string       `json:"reason"`
	PreflightSent    bool         `json:"preflight_sent"`
	PreflightRequest *jsonMessage `json:"preflight_request"` // null if none is sent
	ReadableHeaders  []string     `json:"readable_headers"`
	Message          string       `json:"message"` // what Chrome's console says, or else the cause; "" if allowed
}

type jsonMessage struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
}

func newVerdict(e *explain.Explanation, readable []string) jsonVerdict {
	v := jsonVerdict{Verdict: verdict(e.Reason), Reason: string(e.Reason), Message: e.Console, ReadableHeaders: []string{}}
	v.ReadableHeaders = append(v.ReadableHeaders, readable...)
	if e.Console == "" && !e.Reason.Allowed() {
		v.Message = e.Cause
	}
	if e.Outcome == nil {
		return v
	}
	if sent := e.Outcome.Preflights(); len(sent) > 0 {
		v.PreflightSent = true
		m := sent[len(sent)-1].Request
		v.PreflightRequest = &jsonMessage{Method: m.Method, URL: m.URL, Headers: [][2]string{}}
		for _, h := range m.Headers {
			v.PreflightRequest.Headers = append(v.PreflightRequest.Headers, [2]string{h.Name, h.Value})
		}
	}
	return v
}

func verdict(r reason.Reason) string {
	if r.Allowed() {
		return "allowed"
	}
	return "blocked"
}

// jsonExplanation is an explanation as JSON of version 1.
type jsonExplanation struct {
	Version int `json:"version"`
	jsonVerdict
	Cause  string `json:"cause"`
	Fix    string `json:"fix"`
	Policy string `json:"policy"` // who answered, in words; "" for --console
	Place  string `json:"place"`  // file:line:column of what decided in the policy; "" if nothing did
}

func writeExplanation(w io.Writer, e *explain.Explanation) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(jsonExplanation{
		Version: 1, jsonVerdict: newVerdict(e, readableByPolicy(e)),
		Cause: e.Cause, Fix: e.Fix, Policy: e.Policy, Place: e.Place.String(),
	})
}

// readableByPolicy returns what a script could read of a response that has every
// header there is.
func readableByPolicy(e *explain.Explanation) []string {
	if e.Outcome == nil || e.Reason != reason.CORS {
		return nil
	}
	return append(browser.Safelisted(), e.Outcome.Exposed()...)
}
