package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/verify"
)

// examplePolicy is what the exchanges in pages of rules are about, unless the
// page has its own.
const examplePolicy = `policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT", "DELETE"]
  allow_credentials = true
}
`

// verifyExample verifies a server that answers by a policy, but as the exchanges
// of a section say to those requests.
func verifyExample(t *testing.T, r diag.Rule, section, code string) {
	t.Helper()
	policy := examplePolicy
	if own := hclBlock.FindStringSubmatch(section); own != nil {
		policy = own[1]
	}
	server := httptest.NewServer(answering(t, policy, exchangesIn(t, section)))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "cors.hcl")
	writeFile(t, file, policy)
	judge(t, r, code, findings(t, "verify", server.URL+"/things", file, "--rate", "1000", "--format", "json"))
}

// exchangesIn returns the exchanges that a text shows.
func exchangesIn(t *testing.T, text string) []golden.Exchange {
	t.Helper()
	var exchanges []golden.Exchange
	for _, block := range codeBlock.FindAllStringSubmatch(text, -1) {
		if block[1] == "text" {
			more, err := golden.Parse(block[2])
			if err != nil {
				t.Fatal(err)
			}
			exchanges = append(exchanges, more...)
		}
	}
	if len(exchanges) == 0 {
		t.Fatal("there is no exchange")
	}
	return exchanges
}

// answering returns a server for a page /things that answers some requests as
// exchanges say, and the others by the first policy of a program.
func answering(t *testing.T, policy string, exchanges []golden.Exchange) http.HandlerFunc {
	t.Helper()
	e := eval.New(&conformance.Compile(t, policy).Policies[0].Variants[0])
	return func(w http.ResponseWriter, r *http.Request) {
		for _, x := range exchanges {
			if isFor(x, r) {
				answerWith(w, x.Response.Status, x.Response.Fields)
				return
			}
		}
		var fields []eval.Field
		for name, values := range r.Header {
			fields = append(fields, eval.Field{Name: name, Value: strings.Join(values, ", ")})
		}
		d := e.Decide(r.Method, fields)
		answer := []golden.Field{{Name: "Vary", Value: strings.Join(d.Vary, ", ")}}
		for _, f := range d.Set {
			answer = append(answer, golden.Field(f))
		}
		status := d.Status
		switch {
		case status != 0:
		case r.URL.Path == "/things":
			status = http.StatusOK
		default:
			status = http.StatusNotFound
		}
		answerWith(w, status, answer)
	}
}

// isFor reports whether an exchange is about a request: method, target up to what
// verify adds to a query, and origin.
func isFor(x golden.Exchange, r *http.Request) bool {
	o := ""
	for _, f := range x.Request.Fields {
		if f.Name == "Origin" {
			o = f.Value
		}
	}
	return x.Request.Method == r.Method && o == r.Header.Get("Origin") && strings.HasPrefix(r.URL.String(), x.Request.Target)
}

func answerWith(w http.ResponseWriter, status int, fields []golden.Field) {
	for _, f := range fields {
		w.Header().Add(f.Name, f.Value)
	}
	w.WriteHeader(status)
}

// TestDocumentedVerify runs what docs/verify.md shows, on a server that answers as
// the page says.
func TestDocumentedVerify(t *testing.T) {
	const file, host = "../../docs/verify.md", "https://api.example.com"
	page := readFile(t, file)
	if want := fmt.Sprintf("\n%d requests at most", verify.MaxRequests); !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
	policy := hclBlock.FindStringSubmatch(page)[1]
	server := httptest.NewServer(answering(t, policy, exchangesIn(t, page)))
	defer server.Close()
	now := session.ReplaceAllStringFunc(page, func(block string) string {
		line := session.FindStringSubmatch(block)[1]
		out := runSession(t, page, strings.ReplaceAll(line, host, server.URL)+" --rate 1000")
		return "```console\n$ corsgen " + line + "\n" + strings.ReplaceAll(out, server.URL, host) + "```"
	})
	golden.CompareFile(t, file, []byte(now))
}

func TestVerify(t *testing.T) {
	good := httptest.NewServer(answering(t, examplePolicy, nil))
	defer good.Close()
	file := filepath.Join(t.TempDir(), "cors.hcl")
	writeFile(t, file, examplePolicy)
	status, out, errs := corsgen("verify", good.URL, file, "--path", "/things", "--rate", "1000")
	if status != 0 || out != "" || !strings.Contains(errs, "no findings") {
		t.Errorf("a server that is right: %d\n%s%s", status, out, errs)
	}
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", r.Header.Get("X-Token"))
		w.Header().Set("Location", "/"+r.Header.Get("X-Token"))
		w.WriteHeader(http.StatusFound)
	}))
	defer bad.Close()
	for _, format := range []string{"text", "json", "sarif", "github"} {
		status, out, errs := corsgen("verify", bad.URL, file, "--rate", "1000", "--header", "X-Token: not-for-logs", "--format", format)
		if status != 1 || !strings.Contains(out, "C701") || !strings.Contains(out, "curl ") {
			t.Errorf("%s: %d\n%s%s", format, status, out, errs)
		}
		if strings.Contains(out+errs, "not-for-logs") {
			t.Errorf("%s shows the token:\n%s%s", format, out, errs)
		}
		if format == "json" && !json.Valid([]byte(out)) {
			t.Errorf("no JSON: %s", out)
		}
	}
}
