package apache

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// file is a file on its way to be printed.
type file struct {
	program *ir.Program
	context string

	out    bytes.Buffer
	indent int
	diags  diag.List
}

func (f *file) linef(format string, args ...any) {
	f.out.WriteString(strings.Repeat("  ", f.indent))
	fmt.Fprintf(&f.out, format, args...)
	f.out.WriteByte('\n')
}

// section prints a section around the lines that body prints.
func (f *file) section(name, argument string, body func()) {
	f.linef("<%s>", strings.TrimSpace(name+" "+argument))
	f.indent++
	body()
	f.indent--
	f.linef("</%s>", name)
}

// comment prints s, which is free of line breaks.
func (f *file) comment(s string) { f.linef("%s", strings.TrimSpace("# "+s)) }

const width = 90

// header prints what a reader needs to know first. Name is that of the policy or
// site.
func (f *file) header(name, title string, about ...string) {
	f.comment(emit.Marker(f.program))
	f.comment("")
	f.comment(title)
	for _, line := range about {
		f.comment(line)
	}
	fmt.Fprintf(&f.out, usages[f.context], name)
}

// usages say where a file belongs and what it cannot do there.
var usages = map[string]string{
	inVhost: `#
# Include it in the <VirtualHost> that it is for, anywhere between the lines of that section:
#
#     <VirtualHost *:443>
#         ServerName api.example.com
#         Include corsgen/%s.vhost.conf
#     </VirtualHost>
#
# Modules: a2enmod headers setenvif alias
#
# Do not include it in <Location>, <Directory>, <If> or .htaccess, nor outside of a virtual host, nor
# beside a second policy or site in the same one: requests with an Origin would get 500. Do not use
# IncludeOptional or put it in an <IfModule>: it would vanish without a word. Do not set
# Access-Control-* headers anywhere else in the virtual host.
`,
	inLocation: `#
# Include it in the <Location> (or <LocationMatch>, <Directory>, <Files>) that it is for:
#
#     <Location "/v1/">
#         Include corsgen/%s.location.conf
#     </Location>
#
# Modules: a2enmod headers setenvif alias
#
# What it cannot do here, and can in the context "vhost":
# - Errors that Apache finds before it knows the place (a name that is too long, a bad URL), and error
#   pages (ErrorDocument) that are files outside of the place, have no CORS headers.
# - Beside RequestHeader unset Origin, an error page that is a file has no CORS headers.
# - In a <Directory> or <Files> it does not apply to what is proxied, nor to redirects of the server.
# - Of places inside each other, the one that stands last in the configuration decides; only the
#   origin_gate of the other one counts too, and Vary may say more. Use one policy for a URL, or a site.
`,
	inHtaccess: `#
# Copy it to the folder that it is for, as .htaccess or into the one that is there: %s.htaccess
#
# Modules: a2enmod headers setenvif alias
# The server's configuration needs AllowOverride FileInfo, or All, for the folder. With AllowOverride
# None, which is the default, Apache does not read the file, and says nothing.
#
# What it cannot do here, and can in the context "vhost":
# - It is for files and scripts in the folder. What is proxied has no CORS headers, and a preflight for
#   a name that Apache completes (MultiViews) has none.
# - Errors that Apache finds before it reads the folder, and error pages (ErrorDocument) that are files
#   outside of it, have no CORS headers.
# - A preflight is refused with 401 or 403 where the folder is behind a password or Require, with 405
#   where AllowMethods leaves out OPTIONS, and is answered by a Redirect or RewriteRule of the server.
# - Apache reads and compiles it again for every request, so it halves the throughput of small files.
# - Of folders inside each other, the innermost one decides; only the origin_gate of the other one
#   counts too, and Vary may say more. Use one for a tree of folders.
`,
}

// guards prints what turns a wrong place and a missing module into an error when
// the server starts.
func (f *file) guards(what string) {
	f.linef("")
	switch f.context {
	case inVhost:
		f.comment("This file belongs in a <VirtualHost>, and ServerAlias is an error elsewhere. No client asks for such a")
		f.comment("name, and with a * it is none that mod_md or certbot would ask a certificate for.")
		f.linef("ServerAlias *.corsgen-vhost-only.invalid")
	case inLocation:
		f.comment("This file belongs in a <Location>, and <Limit> is an error at the level of a server or virtual host.")
		f.section("Limit", "OPTIONS", func() {})
	}
	for _, module := range []string{"headers", "setenvif", "alias"} {
		f.section("IfModule", "!mod_"+module+".c", func() {
			f.linef(`Error "corsgen: the CORS %s needs mod_%s (a2enmod %s)"`, what, module, module)
		})
	}
	f.section("IfModule", "mod_version.c", func() {
		f.section("IfVersion", "< "+floor, func() {
			f.linef(`Error "corsgen: the CORS %s needs Apache %s or later"`, what, floor)
		})
	})
}

// inEnvironment says which environment something is for, for comments.
func inEnvironment(name string) string {
	if name == "" {
		return ""
	}
	return " in the environment " + emit.Comment(name)
}

// about prints what the file of one policy starts with.
func (s *scope) about() {
	title := fmt.Sprintf("The CORS policy %s (%s)%s.", s.policy.Name, emit.Place(s.policy.Src), inEnvironment(s.variant.Environment))
	s.header(s.policy.Name, title, emit.CommentLines(s.variant.Description, width)...)
	s.guards("policy " + s.policy.Name)
}
