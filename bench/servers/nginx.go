package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/nginx"
)

// nginxAnswer is the workload that nginx answers by itself.
const nginxAnswer = `return 200 "{}";`

// nginxVariants returns what is measured of nginx for a workload, the content of
// its location.
func nginxVariants(workload string, lists []*origins) ([]*variant, error) {
	bare := fmt.Sprintf("location / {\n%s\n}\n", workload)
	all := []*variant{
		{name: "none", lines: bare},
		{name: "none, again", lines: bare},
		{name: "if idiom, 3 origins", origins: named("3 origins"), cors: true, lines: nginxIf(alternatives(three), workload)},
		{name: "if idiom, 100 patterns", origins: named("100 patterns"), cors: true, lines: nginxIf(anyTenant(), workload)},
		nginxMap(named("3 origins"), workload),
		nginxMap(named("10,000 origins"), workload),
	}
	for _, o := range lists {
		v, err := nginxPolicy(o, false, bare)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	credentials, err := nginxPolicy(named("3 origins"), true, bare)
	if err != nil {
		return nil, err
	}
	credentials.name += ", credentials, exposed headers"
	return append(all, credentials), nil
}

func nginxPolicy(o *origins, credentials bool, bare string) (*variant, error) {
	files, err := printed(nginx.Target(), o, credentials, emit.Options{})
	return &variant{
		name: "corsgen, " + o.name, origins: o, cors: true, files: files,
		global: "include cors/http.conf;\n", lines: "include cors/app.server.conf;\n" + bare,
	}, err
}

// alternatives returns a regular expression for some origins as people write it.
func alternatives(all []string) string {
	return "^(" + strings.ReplaceAll(strings.Join(all, "|"), ".", `\.`) + ")$"
}

// anyTenant is one for the list "100 patterns".
func anyTenant() string {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("tenant-%03d", i))
	}
	return `^https://[a-z0-9_-]+\.(` + strings.Join(names, "|") + `)\.example\.com$`
}

const nginxPreflight = `add_header Access-Control-Allow-Methods "GET, POST, PUT, DELETE" always;
add_header Access-Control-Allow-Headers "Authorization, Content-Type" always;
add_header Access-Control-Max-Age 600 always;
add_header Vary Origin always;
return 204;
`

// nginxIf returns the idiom with an if for the origin.
func nginxIf(expression, workload string) string {
	return fmt.Sprintf(`location / {
set $cors "";
if ($http_origin ~* "%s") {
set $cors origin;
add_header Access-Control-Allow-Origin $http_origin always;
add_header Vary Origin always;
}
if ($request_method = OPTIONS) { set $cors "${cors}-preflight"; }
if ($cors = origin-preflight) {
add_header Access-Control-Allow-Origin $http_origin always;
%s}
add_header Vary Origin always;
%s
}
`, expression, nginxPreflight, workload)
}

// nginxMap returns the idiom with a map of the origins.
func nginxMap(o *origins, workload string) *variant {
	var b strings.Builder
	b.WriteString("map $http_origin $cors_origin {\ndefault \"\";\n")
	for _, p := range o.patterns {
		fmt.Fprintf(&b, "%q $http_origin;\n", p)
	}
	b.WriteString("}\n")
	return &variant{name: "map idiom, " + o.name, origins: o, cors: true, global: b.String(), lines: fmt.Sprintf(`location / {
add_header Access-Control-Allow-Origin $cors_origin always;
add_header Vary Origin always;
if ($request_method = OPTIONS) {
add_header Access-Control-Allow-Origin $cors_origin always;
%s}
%s
}
`, nginxPreflight, workload)}
}

// nginxServer starts nginx with one worker in a folder.
func nginxServer(dir, addr string, v *variant) (*process, error) {
	binary, err := lookPath("nginx")
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(nginxConf, dir, v.global, addr, v.lines)
	if err := v.write(dir, "nginx.conf", config); err != nil {
		return nil, err
	}
	return start(exec.Command(binary, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr"), addr, syscall.SIGHUP)
}

const nginxConf = `daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { }
http {
access_log off;
keepalive_requests 1000000000;
client_body_temp_path %[1]s/temp;
proxy_temp_path %[1]s/temp;
fastcgi_temp_path %[1]s/temp;
uwsgi_temp_path %[1]s/temp;
scgi_temp_path %[1]s/temp;
types { application/json json; }
%[2]sserver {
%[4]slisten %[3]s;
root %[1]s/files;
}
}
`
