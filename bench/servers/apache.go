package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
)

// apacheVariants returns what is measured of Apache.
func apacheVariants(lists []*origins) ([]*variant, error) {
	o := named("3 origins")
	setEnvIf := fmt.Sprintf("SetEnvIf Origin %q CORS_ORIGIN=$0\n", alternatives(three))
	all := []*variant{
		{name: "none"},
		{name: "none, again"},
		{name: "SetEnvIf idiom, 3 origins", origins: o, cors: true, lines: setEnvIf + apacheIdiom},
		{name: "none, an empty .htaccess", lines: allowOverride, files: htaccess("")},
		{name: "RewriteRule .htaccess idiom, 3 origins", origins: o, cors: true, lines: allowOverride, files: htaccess(fmt.Sprintf(apacheRewrite, alternatives(three)))},
	}
	for _, o := range lists {
		v, err := apachePolicy(o, false)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	credentials, err := apachePolicy(o, true)
	if err != nil {
		return nil, err
	}
	credentials.name += ", credentials, exposed headers"
	files, err := printed(apache.Target(), o, false, emit.Options{Context: "htaccess"})
	if err != nil {
		return nil, err
	}
	return append(all, credentials, &variant{
		name: "corsgen .htaccess, 3 origins", origins: o, cors: true, lines: allowOverride, files: htaccess(string(files["cors/app.htaccess"])),
	}), nil
}

func apachePolicy(o *origins, credentials bool) (*variant, error) {
	files, err := printed(apache.Target(), o, credentials, emit.Options{})
	return &variant{name: "corsgen, " + o.name, origins: o, cors: true, files: files, lines: "Include cors/app.vhost.conf\n"}, err
}

func htaccess(content string) map[string][]byte {
	return map[string][]byte{"files/.htaccess": []byte(content)}
}

// allowOverride makes Apache read .htaccess.
const allowOverride = "<Directory \"${files}\">\nAllowOverride FileInfo\n</Directory>\n"

const apacheIdiom = `Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
Header always set Access-Control-Allow-Methods "GET, POST, PUT, DELETE" env=CORS_ORIGIN
Header always set Access-Control-Allow-Headers "Authorization, Content-Type" env=CORS_ORIGIN
Header always set Access-Control-Max-Age 600 env=CORS_ORIGIN
Header merge Vary Origin
RewriteEngine On
RewriteCond %{REQUEST_METHOD} OPTIONS
RewriteRule ^(.*)$ $1 [R=204,L]
`

const apacheRewrite = `RewriteEngine On
RewriteCond %%{HTTP:Origin} "%s"
RewriteRule .* - [E=CORS_ORIGIN:%%1]
RewriteCond %%{REQUEST_METHOD} OPTIONS
RewriteRule ^(.*)$ $1 [R=204,L]
` + `Header always set Access-Control-Allow-Origin "%%{CORS_ORIGIN}e" env=CORS_ORIGIN
Header always set Access-Control-Allow-Methods "GET, POST, PUT, DELETE" env=CORS_ORIGIN
Header always set Access-Control-Allow-Headers "Authorization, Content-Type" env=CORS_ORIGIN
Header always set Access-Control-Max-Age 600 env=CORS_ORIGIN
Header merge Vary Origin
`

// apacheServer starts Apache with one worker process in a folder.
func apacheServer(dir, addr string, v *variant) (*process, error) {
	binary, err := lookPath("apache2")
	if err != nil {
		return nil, err
	}
	var user strings.Builder
	if os.Getuid() == 0 {
		user.WriteString("User www-data\nGroup www-data\n")
	}
	config := fmt.Sprintf(apacheConf, user.String(), dir, addr, v.global, v.lines)
	if err := v.write(dir, "httpd.conf", config); err != nil {
		return nil, err
	}
	return start(exec.Command(binary, "-d", dir, "-f", filepath.Join(dir, "httpd.conf"), "-DFOREGROUND"), addr, syscall.SIGUSR1)
}

// apacheConf loads what Debian's Apache has by default, so far as it takes part in
// such a request, and what the policies and idioms need.
const apacheConf = `%[1]sLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule access_compat_module /usr/lib/apache2/modules/mod_access_compat.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
ServerName localhost
Define files %[2]s/files
DefaultRuntimeDir %[2]s
Mutex file:%[2]s
PidFile httpd.pid
ErrorLog error.log
TypesConfig mime.types
StartServers 1
ServerLimit 2
ThreadLimit 24
ThreadsPerChild 24
MaxRequestWorkers 24
MinSpareThreads 1
MaxSpareThreads 24
MaxKeepAliveRequests 0
KeepAliveTimeout 100
%[4]s<Directory />
AllowOverride None
</Directory>
Listen %[3]s
<VirtualHost %[3]s>
DocumentRoot ${files}
%[5]s</VirtualHost>
`
