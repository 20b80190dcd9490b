package conformance_test

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// request makes a request that is, or nearly is, one of which a policy says
// something.
func (g generator) request(v *ir.Variant, target string) golden.Request {
	r := golden.Request{Target: target, Method: g.pick(
		"OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTION", "OPTIONSS", "PROPFIND", "options")}
	origin := golden.Field{Name: g.pick("Origin", "Origin", "Origin", "origin", "ORIGIN"), Value: g.origin(v)}
	if !g.oneIn(12) {
		r.Fields = append(r.Fields, origin)
	}
	if r.Method == "OPTIONS" && !g.oneIn(8) || g.oneIn(8) {
		r.Fields = append(r.Fields, golden.Field{Name: "Access-Control-Request-Method", Value: g.requestMethod()})
	}
	if g.oneIn(2) {
		r.Fields = append(r.Fields, golden.Field{Name: "Access-Control-Request-Headers", Value: g.requestHeaders()})
	}
	if len(r.Fields) > 0 && g.oneIn(15) {
		twice := r.Fields[g.IntN(len(r.Fields))]
		if g.oneIn(2) || len(twice.Value) > 3000 { // servers limit the sum
			twice.Value = g.pick("", "null", "https://app.example.com", "x")
		}
		r.Fields = append(r.Fields, twice)
	}
	g.Shuffle(len(r.Fields), func(i, j int) { r.Fields[i], r.Fields[j] = r.Fields[j], r.Fields[i] })
	return r
}

// origin makes an origin that a policy allows, and changes it none to three times.
func (g generator) origin(v *ir.Variant) string {
	o := g.pick("https://app.example.com", "null", "https://evil.example")
	if len(v.Origins.Patterns) > 0 {
		o = g.member(v.Origins.Patterns[g.IntN(len(v.Origins.Patterns))].String())
	}
	for range []int{0, 0, 0, 0, 1, 1, 1, 2}[g.IntN(8)] {
		o = g.mutate(o)
	}
	return o
}

// member returns an origin of a pattern.
func (g generator) member(pattern string) string {
	if rest, ok := strings.CutSuffix(pattern, ":*"); ok {
		pattern = rest + g.pick("", ":1", ":65535", ":99999", fmt.Sprint(":", 1+g.IntN(70_000)))
	}
	var b strings.Builder
	for pattern != "" {
		if rest, ok := strings.CutPrefix(pattern, "**."); ok {
			pattern = rest
			for range []int{1, 1, 2, 3, 90}[g.IntN(5)] {
				b.WriteString(g.text("ab0-_", 1+g.IntN(5)) + ".")
			}
		} else if rest, ok := strings.CutPrefix(pattern, "*"); ok {
			pattern = rest
			b.WriteString(g.text("az09-_", []int{1, 2, 7, 64, 490}[g.IntN(5)]))
		} else if rest, ok := strings.CutPrefix(pattern, "{digits}"); ok {
			pattern = rest
			b.WriteString(g.text("0123456789", []int{1, 1, 2, 5, 30}[g.IntN(5)]))
		} else {
			b.WriteByte(pattern[0])
			pattern = pattern[1:]
		}
	}
	return b.String()
}

// mutate changes an origin as attackers, mistaken people and broken clients do.
func (g generator) mutate(o string) string {
	scheme, host, ok := strings.Cut(o, "://")
	if !ok {
		return g.pick(o, strings.ToUpper(o), "", o+" ", nearMiss(g.Rand, o+"x"))
	}
	name, port, _ := strings.Cut(host, ":")
	first, parent, _ := strings.Cut(host, ".")
	switch g.IntN(16) {
	case 0:
		return g.pick(strings.ToUpper(o), strings.ToUpper(scheme)+"://"+host, scheme+"://"+strings.ToUpper(first)+"."+parent)
	case 1:
		return g.pick("http", "https", "htps", "ws", "wss", "ftp", "") + "://" + host
	case 2:
		return scheme + "://" + name + g.pick("", ":", ":0", ":01", ":1", ":80", ":443", ":8443", ":65535", ":65536", ":123456", ":"+port+"0", ":0"+port, ":x")
	case 3:
		return o + g.pick(".evil.example", "evil.example", ".", "/", "/x", "?", "#", "%00", "@evil.example", ":", "-", "\\")
	case 4:
		return scheme + "://" + g.pick("evil.", "a.b.", ".", "evil", "-", "*.", "%2e", "user@", "user:pass@", "evil.example/", "evil.example\\.") + host
	case 5:
		return scheme + "://" + g.pick(parent, first, first+".."+parent, first+"X"+parent, first+".x."+parent, first+"%2e"+parent)
	case 6:
		return o + g.pick(", ", ",", " ", "\t", ";", ", https://") + g.pick(o, "null", "https://evil.example")
	case 7:
		return g.pick("https://evil.example", "null", "*", "") + g.pick(", ", ",", " ") + o
	case 8:
		return g.pick(" ", "  ", "") + o + g.pick(" ", "   ", "")
	case 9: // about the longest that may match
		return scheme + "://" + g.text("a", max(1, 510+g.IntN(5)-len(o))) + g.pick("", ".") + host
	case 10:
		return scheme + "://" + strings.Repeat(g.pick("a", "a.", "-", "."), 100+g.IntN(1500)) + host
	case 11:
		return g.pick("null", "Null", "*", "-", "true", "allowed", "$http_host", "%{HTTP_HOST}e$1\\0", "https://", "://", "\"", "'", "é", "https://*.example.com", "file://", "default")
	case 12:
		return o[:g.IntN(len(o))]
	case 13:
		return g.pick(scheme+":/"+host, scheme+":///"+host, scheme+":"+host, host, "//"+host, "x"+o, o+o)
	default:
		return nearMiss(g.Rand, o)
	}
}

func (g generator) requestMethod() string {
	if g.oneIn(2) {
		return g.pick("PUT", "DELETE", "PROPFIND")
	}
	return g.pick("GET", "put", "!#$%&'*+-.^_`|~", "", " ", "PUT, DELETE", "PUT,", "P UT", "G(T", "P\"T", "P\\T", "PU\tT", "é", "*",
		" PUT ", g.text("P", 3999+g.IntN(3)), g.text("P,", 40), g.text("PUT$%", 1+g.IntN(9)))
}

func (g generator) requestHeaders() string {
	long := g.text("ab-", 3900+g.IntN(90))
	return g.pick("x-one", "content-type,x-one", "content-type , x-one", "a\t,\tb", "a,,b", ",a", "a,", "a b", "a;b", "", " ", "*", "authorization, x-1",
		"!#$%&'*+-.^_`|~, x", "a:b", "é", "\"a\"", "a\\b", "a, ,b", ",", long+","+g.text("a", 3999-len(long)+g.IntN(3)), strings.Repeat("a,", 1998+g.IntN(4))+"aa",
		strings.Repeat("a ", 3000)+"a", g.text("a, ", 1+g.IntN(12)), g.text("abc", 20)+","+g.text("-_x", 9))
}

// target makes a target that one of a site's routes is for, or nearly.
func (g generator) target(s *ir.Site) string {
	path := s.Routes[g.IntN(len(s.Routes))].Path
	if strings.HasSuffix(path, "/") {
		path += g.pick("", "", "x", "v1/public", "a%20b", "x.html", "y/", "..;/x")
	}
	for range []int{0, 0, 0, 1, 1, 2}[g.IntN(6)] {
		path = g.mutatePath(path)
	}
	return g.pick("", "", "", "", "", "http://localhost", "HTTP://a:1") + path + g.pick("", "", "", "?", "?a=b", "?/../v1/", "?%2f")
}

// mutatePath changes a path, of which some leave what is its normal form alone.
func (g generator) mutatePath(path string) string {
	at := strings.LastIndexByte(path[:1+g.IntN(len(path))], '/')
	before, after := path[:at], path[at:]
	i := g.IntN(len(path))
	switch g.IntN(8) {
	case 0:
		return before + g.pick("/", "//", "/.", "/%2e", "/./.", "/x/..", "/v1/%2E%2e", "/..", "/.%2e", "/x/../..") + after
	case 1:
		return before + g.pick("/v1", "/public", "/x", "/V1", "/...", "/..;", "/%2f", "/%2F..", "/%5c..", "/\\", "/%00", "/%0a", "/%", "/%zz", "/é", "/%E9", "/#") + after
	case 2:
		return g.pick(strings.ToUpper(path), "/"+strings.Trim(path, "/"), path+"/", path+"/.", path+"/..", path+"%2f", path+"%0a", path+"x", path+";a=b", path+".")
	default:
		if path[i] == '/' || path[i] == '%' {
			return path
		}
		return path[:i] + g.pick("", path[i:i+1]+path[i:i+1], fmt.Sprintf("%%%02x", path[i]), fmt.Sprintf("%%%02X", path[i]), fmt.Sprintf("%%25%02x", path[i])) + path[i+1:]
	}
}
