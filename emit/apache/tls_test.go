package apache_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// newTLSSite prepares an Apache whose virtual hosts are for TLS and HTTP/2.
func newTLSSite(t *testing.T) *conformance.Apache {
	t.Helper()
	a := newSite(t)
	a.Modules = append(a.Modules, "socache_shmcb", "ssl", "http2")
	conformance.WriteCertificate(t, a.Dir)
	return a
}

const useTLS = "Protocols h2 http/1.1\nSSLEngine on\nSSLCertificateFile cert.pem\nSSLCertificateKeyFile key.pem\nDocumentRoot www\n"

// Over TLS, with HTTP/1.1 and HTTP/2, the answers are those of the reference.
func TestTLS(t *testing.T) {
	t.Parallel()
	tests := []struct {
		config, target string
		want           golden.Response
	}{
		{"", "/page.html", golden.Response{Status: 200}},
		{"", "/none", golden.Response{Status: 404}},
		{"", "/dir", golden.Response{Status: 301}},
		{"ErrorDocument 404 /page.html", "/none", golden.Response{Status: 404}},
		{basicAuth, "/page.html", golden.Response{Status: 401}},
		{scripts, "/cgi/ok", golden.Response{Status: 200, Fields: vary("Cookie")}},
		{"ProxyPass / http://127.0.0.1:1/ retry=0", "/things", golden.Response{Status: 503}},
		// As the documentation says: certificates are asked for, and demanded by place.
		{"SSLVerifyClient optional\nSSLCACertificateFile cert.pem\n<Location />\nRequire expr %{SSL_CLIENT_VERIFY} == 'SUCCESS'\n</Location>", "/page.html", golden.Response{Status: 403}},
	}
	for _, name := range []string{"full", "any", "gate", "reflecting"} {
		p := compiled(t, policies[name])
		a := newTLSSite(t)
		a.WriteFile(t, "app.conf", printed(t, p))
		for _, tt := range tests {
			config := tt.config
			if tt.config == scripts {
				config = fmt.Sprintf("%.0[1]s"+scripts, "", a.Dir+"/www")
			}
			a.Hosts = append(a.Hosts, useTLS+config+"\nInclude app.conf")
		}
		for i, addr := range a.Start(t) {
			for _, version := range []int{1, 2} {
				for _, r := range (place{target: tests[i].target}).requests() {
					want := conformance.Evaluate(evaluator(p), r, &tests[i].want)
					want.Upstream = false
					if d := cmp.Diff(want, sendTLS(t, addr, version, r)); d != "" {
						t.Errorf("%s, HTTP/%d, %+v (-want +got)\n%s", name, version, r, d)
					}
				}
			}
		}
	}
}

// sendTLS sends a request over TLS with HTTP/1.1 or HTTP/2.
func sendTLS(t *testing.T, addr string, version int, r golden.Request) conformance.Answer {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: version == 2}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(r.Method, "https://"+addr+r.Target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Fields {
		request.Header.Add(f.Name, f.Value)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.ProtoMajor != version {
		t.Errorf("%s answered with %s", addr, response.Proto)
	}
	answer := golden.Response{Status: response.StatusCode}
	for name, values := range response.Header {
		for _, v := range values {
			answer.Fields = append(answer.Fields, golden.Field{Name: name, Value: v})
		}
	}
	return conformance.Expected(golden.Exchange{Response: answer})
}
