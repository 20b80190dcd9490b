package nginx_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/internal/conformance"
)

// hostile are texts that mean something to nginx.
var hostile = []string{
	`plain`, `a b`, `"`, `""`, `'`, `''`, `a"b'c`, `\`, `\\`, `\"`, `"\`, `\'`, `\n`, `\t`, `\r`, `\\n`, `a\`, `a\\`, `\.`, `\\.`, `\$`,
	`$`, `$$`, `$http_host`, `${http_host}`, `${`, `$1`, `a$`, `$remote_addr; x`, `;`, `{`, `}`, `{}`, `#`, `# a`, `a;} server { listen 1;`,
	`"; return 200;`, `default`, `hostnames`, `include`, `volatile`, `Default`, `~`, `~*`, `~.`, `~^.*$`, `!~`, `!`, `*`, `*.a.b`, `.a.b`,
	`\default`, `\~`, `%41`, "`", `|`, `^`, `+`, `(?i)`, `(*UTF8)`, `[`, `]`, `(`, `)`, `?`, `&`, `<>`, `a,b`, `:`, `@`, `/`, `off`, `on`,
	`ranges`, `delete`, `proxy`, `0`, `127.0.0.1/8`, "M!#$%&'*+.^_`|~-", strings.Repeat(`"`, 1500), strings.Repeat(`\`, 1500), strings.Repeat(`$`, 4000),
}

// FuzzQuote writes texts, one a line, the ways that quote has for them, and
// demands that nginx reads them back. Starting nginx takes a while and
// makes the coverage vary, so fuzz with -fuzzminimizetime=1x.
func FuzzQuote(f *testing.F) {
	for texts := range slices.Chunk(hostile, 12) {
		f.Add(strings.Join(texts, "\n"))
	}
	f.Fuzz(func(t *testing.T, lines string) {
		var texts []string
		for text := range strings.SplitSeq(lines, "\n") {
			if nginx.IsText(text) && len(nginx.Quote(text)) < 4090 && strings.TrimSpace(text) == text && text != "" {
				texts = append(texts, text)
			}
		}
		if len(texts) == 0 {
			return
		}
		addr := conformance.RunNginx(t, t.TempDir(), 1, func(addrs []string) string { return quoting(addrs[0], texts) })[0]
		for i, text := range texts {
			_, header := get(t, addr, fmt.Sprintf("/%d", i), "X-Text: "+text)
			check(t, text, header, text)
			_, header = get(t, addr, fmt.Sprintf("/%d", i), "X-Text: "+text+"x")
			check(t, text, header, text+"x")
		}
	})
}

// quoting returns the http block of a server whose answer to /I tells of texts[I].
func quoting(addr string, texts []string) string {
	var maps, locations strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&maps, "geo $geo_%d { default %s; }\n", i, nginx.Quote(text))
		fmt.Fprintf(&maps, "map $http_x_text $regexp_%d { default no; %s yes; }\n", i, shortRegexp(text))
		fmt.Fprintf(&maps, "map $http_x_text $key_%d { default no; %s yes; }\n", i, shortKey(text))
		fmt.Fprintf(&locations, "location = /%d { return 204; add_header Geo $geo_%[1]d; add_header Regexp $regexp_%[1]d; add_header Key $key_%[1]d;", i)
		if !strings.Contains(text, "$") {
			fmt.Fprintf(&locations, "add_header Plain %s;", nginx.Quote(text))
		}
		locations.WriteString("}\n")
	}
	return fmt.Sprintf("variables_hash_max_size 4096; large_client_header_buffers 4 16k;\n%sserver { listen %s;\n%s}", maps.String(), addr, locations.String())
}

func shortKey(text string) string {
	if len(text) > 46 {
		return "-"
	}
	return nginx.QuoteKey(text)
}

func shortRegexp(text string) string {
	if key := nginx.QuoteRegexp("^" + regexp.QuoteMeta(text) + "$"); len(key) < 4090 {
		return key
	}
	return "-"
}

func check(t *testing.T, text string, header http.Header, sent string) {
	t.Helper()
	want := map[string]string{"Geo": text, "Plain": text, "Key": "no", "Regexp": "no"}
	if strings.Contains(text, "$") {
		want["Plain"] = ""
	}
	if sent == text && shortRegexp(text) != "-" {
		want["Regexp"] = "yes"
	}
	if sent == text && shortKey(text) != "-" {
		want["Key"] = "yes"
	}
	for name, value := range want {
		if got := header.Get(name); got != value {
			t.Errorf("%q, sent %q: %s is %q, want %q", text, sent, name, got, value)
		}
	}
}
