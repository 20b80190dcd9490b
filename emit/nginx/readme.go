package nginx

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// readme prints README.md: how to install the files, for who has nothing else at
// hand. Its commands are those for Debian's stock configuration, as a whole.
func (c *config) readme() []byte {
	var b strings.Builder
	b.WriteString("<!-- " + emit.Marker(c.program) + "\n-->\n\n# CORS for nginx\n\n")
	fmt.Fprintf(&b, "For nginx %s or later%s. All commands are for Debian and Ubuntu, and start in the folder of this file.\n\n",
		cmp.Or(c.options.ServerVersion, defaultVersion), c.environment())
	c.readmeInstall(&b)
	c.readmeTry(&b)
	c.readmeOwn(&b)
	c.readmeBack(&b)
	return []byte(b.String())
}

// shell prints commands.
func shell(b *strings.Builder, commands ...string) {
	b.WriteString("\n```sh\n" + strings.Join(commands, "\n") + "\n```\n\n")
}

var reload = []string{"sudo nginx -t", "sudo systemctl reload nginx"}

func (c *config) readmeInstall(b *strings.Builder) {
	folder := c.folder()
	sample, _, _ := c.sample()
	b.WriteString("## Install\n\n1. Copy the files:\n")
	shell(b, "sudo mkdir -p /etc/nginx/"+folder, "sudo cp *.conf /etc/nginx/"+folder+"/")
	b.WriteString("2. Include `http.conf` once, at the http level. `nginx.conf` reads the folder `conf.d` there; if yours does not, write\n" +
		"   the line into its `http { }`, after `map_hash_bucket_size` and `map_hash_max_size` if it has them:\n")
	shell(b, "echo 'include "+folder+"/http.conf;' | sudo tee /etc/nginx/conf.d/"+folder+".conf")
	b.WriteString("3. Include one file as the first line of each server that is to have a policy:\n\n| line | for |\n| --- | --- |\n")
	for _, s := range c.servers() {
		fmt.Fprintf(b, "| `include %s/%s.server.conf;` | %s %[2]s |\n", folder, s.name, s.kind)
	}
	b.WriteString("\n   This command does it for every server of the default site that the package brings:\n")
	shell(b, fmt.Sprintf(`sudo sed -i 's|^server {|&\n\tinclude %s/%s.server.conf;|' /etc/nginx/sites-available/default`, folder, sample.name))
	b.WriteString("4. Let nginx check everything, and read it. If the check fails, the message or the line that it names says what is\n" +
		"   wrong, and the running nginx goes on as before:\n")
	shell(b, reload...)
}

// sample returns what the commands are about, a path at which it has a policy,
// and that policy. Where there is a site, policies are hardly included by themselves.
func (c *config) sample() (s server, path string, p policy) {
	for _, s := range c.sites {
		if len(s.Routes) > 0 {
			return s.server(c), s.Routes[0].Path, c.policies[s.Routes[0].Policy]
		}
	}
	return c.policies[0].server(c), "/", c.policies[0]
}

// stranger is an origin that no policy allows, but for those that allow all.
const stranger = "https://stranger.invalid"

func (c *config) readmeTry(b *strings.Builder) {
	_, path, p := c.sample()
	url := word("http://localhost" + path)
	allowed := "https://app.example.com"
	if !p.variant.Origins.Any {
		allowed = p.variant.Origins.Patterns[0].Example()
	}
	const preflight = "curl -si -X OPTIONS -H %s -H 'Access-Control-Request-Method: PUT' %s"
	b.WriteString("## Try\n\nA preflight of an allowed origin:\n")
	shell(b, fmt.Sprintf(preflight, word("Origin: "+allowed), url))
	expect(b, p.variant.Preflight.Allowed, allowed)
	if !p.variant.Origins.Any {
		b.WriteString("One of another origin:\n")
		shell(b, fmt.Sprintf(preflight, word("Origin: "+stranger), url))
		expect(b, p.variant.Preflight.Refused, stranger)
	}
	b.WriteString("Another request, whatever its status:\n")
	shell(b, fmt.Sprintf("curl -si -H %s %s", word("Origin: "+allowed), url))
	expect(b, p.variant.Actual.Allowed, allowed)
}

// word returns s as one word of a command.
func word(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// expect prints the lines of an answer that are the policy's.
func expect(b *strings.Builder, r ir.Response, origin string) {
	b.WriteString("The answer has these lines:\n\n```text\n")
	if r.Status != 0 {
		fmt.Fprintf(b, "HTTP/1.1 %d %s\n", r.Status, http.StatusText(r.Status))
	}
	for _, h := range r.Set {
		value := map[ir.Echo]string{ir.EchoNone: h.Value.Const, ir.EchoOrigin: origin, ir.EchoMethod: "PUT"}[h.Value.Echo]
		if value != "" {
			fmt.Fprintf(b, "%s: %s\n", h.Name, value)
		}
	}
	if len(r.Vary) > 0 {
		fmt.Fprintf(b, "Vary: %s\n", strings.Join(r.Vary, ", "))
	}
	b.WriteString("```\n\n")
}

func (c *config) readmeOwn(b *strings.Builder) {
	b.WriteString("## Your own lines\n\n")
	if c.older(inheritVersion) {
		s, _, _ := c.sample()
		fmt.Fprintf(b, "- `add_header` lines of the http level do not reach a server with a policy. Repeat them in the server.\n"+
			"- A location with `add_header` lines of its own needs `include %s/%s.headers.conf;` after them.\n", c.folder(), s.name)
	}
	fmt.Fprintf(b, "- A location with `*_hide_header` lines of its own needs `include %s/hide.conf;`.\n"+
		"- Remove other `add_header Access-Control-…` lines: a header that is sent twice makes browsers refuse the answer.\n"+
		"- A `return` or `rewrite` of the server belongs below the include.\n\n", c.folder())
}

func (c *config) readmeBack(b *strings.Builder) {
	folder := c.folder()
	b.WriteString("## Update\n\nKeep the old files, copy the new ones, check and reload:\n")
	shell(b, append([]string{
		fmt.Sprintf("sudo cp -a -T /etc/nginx/%[1]s /etc/nginx/%[1]s.old", folder), "sudo cp *.conf /etc/nginx/" + folder + "/",
	}, reload...)...)
	b.WriteString("## Roll back\n\nTo the files before the update:\n")
	shell(b, append([]string{"sudo cp -a -T /etc/nginx/" + folder + ".old /etc/nginx/" + folder}, reload...)...)
	b.WriteString("To no policy at all: remove the lines that include the files.\n")
	shell(b, append([]string{
		fmt.Sprintf(`sudo sed -i '/include %s\//d' /etc/nginx/sites-available/default`, folder),
		"sudo rm /etc/nginx/conf.d/" + folder + ".conf",
	}, reload...)...)
}
