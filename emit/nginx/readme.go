package nginx

import (
	"cmp"
	"fmt"

	"github.com/corsgen/corsgen/emit"
)

// readme prints README.md: how to install the files, for who has nothing else at
// hand. Its commands are those for Debian's stock configuration, as a whole.
func (c *config) readme() emit.File {
	b := emit.NewReadme(c.program, "CORS for nginx", ", ")
	fmt.Fprintf(b, "For nginx %s or later%s. All commands are for Debian and Ubuntu, and start in the folder of this file.\n\n",
		cmp.Or(c.options.ServerVersion, defaultVersion), c.environment())
	c.readmeInstall(b)
	_, path, p := c.sample()
	b.Try(p.variant, path)
	c.readmeOwn(b)
	c.readmeBack(b)
	return b.File()
}

var reload = []string{"sudo nginx -t", "sudo systemctl reload nginx"}

func (c *config) readmeInstall(b *emit.Readme) {
	folder := c.folder()
	sample, _, _ := c.sample()
	b.WriteString("## Install\n\n1. Copy the files:\n")
	b.Shell("sudo mkdir -p /etc/nginx/"+folder, "sudo cp *.conf /etc/nginx/"+folder+"/")
	b.WriteString("2. Include `http.conf` once, at the http level. `nginx.conf` reads the folder `conf.d` there; if yours does not, write\n" +
		"   the line into its `http { }`, after `map_hash_bucket_size` and `map_hash_max_size` if it has them:\n")
	b.Shell("echo 'include " + folder + "/http.conf;' | sudo tee /etc/nginx/conf.d/" + folder + ".conf")
	b.WriteString("3. Include one file as the first line of each server that is to have a policy:\n\n| line | for |\n| --- | --- |\n")
	for _, s := range c.servers() {
		fmt.Fprintf(b, "| `include %s/%s.server.conf;` | %s %[2]s |\n", folder, s.name, s.kind)
	}
	b.WriteString("\n   This command does it for every server of the default site that the package brings:\n")
	b.Shell(fmt.Sprintf(`sudo sed -i 's|^server {|&\n\tinclude %s/%s.server.conf;|' /etc/nginx/sites-available/default`, folder, sample.name))
	b.WriteString("4. Let nginx check everything, and read it. If the check fails, the message or the line that it names says what is\n" +
		"   wrong, and the running nginx goes on as before:\n")
	b.Shell(reload...)
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

func (c *config) readmeOwn(b *emit.Readme) {
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

func (c *config) readmeBack(b *emit.Readme) {
	folder := c.folder()
	b.WriteString("## Update\n\nKeep the old files, copy the new ones, check and reload:\n")
	b.Shell(append([]string{
		fmt.Sprintf("sudo cp -a -T /etc/nginx/%[1]s /etc/nginx/%[1]s.old", folder), "sudo cp *.conf /etc/nginx/" + folder + "/",
	}, reload...)...)
	b.WriteString("## Roll back\n\nTo the files before the update:\n")
	b.Shell(append([]string{"sudo cp -a -T /etc/nginx/" + folder + ".old /etc/nginx/" + folder}, reload...)...)
	b.WriteString("To no policy at all: remove the lines that include the files.\n")
	b.Shell(append([]string{
		fmt.Sprintf(`sudo sed -i '/include %s\//d' /etc/nginx/sites-available/default`, folder),
		"sudo rm /etc/nginx/conf.d/" + folder + ".conf",
	}, reload...)...)
}
