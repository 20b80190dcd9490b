package apache

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// readme is README.md. Its commands are those for Debian's stock configuration, as
// a whole.
type readme struct {
	*emit.Readme
	program *ir.Program
	options emit.Options
	name    string // of the policy or site that the commands are about
}

func printReadme(p *ir.Program, o emit.Options) emit.File {
	name, path, v := sample(p, o.Environment)
	r := readme{emit.NewReadme(p, "CORS for Apache", ","), p, o, name} // so does Apache join the members of Vary
	in := strings.Replace(inEnvironment(o.Environment), " in", ", in", 1)
	fmt.Fprintf(r, "For Apache %s or later%s. All commands are for Debian and Ubuntu, and start in the folder of this file.\n\n",
		cmp.Or(o.ServerVersion, floor), in)
	r.WriteString("## Install\n\n1. Enable the modules:\n")
	r.Shell("sudo a2enmod headers setenvif alias")
	switch o.Context {
	case inVhost:
		r.installVhost()
	case inLocation:
		r.installLocation()
	case inHtaccess:
		r.installHtaccess()
	}
	r.WriteString("4. Let Apache check everything, and read it. If the check fails, the message or the line that it names says what is\n" +
		"   wrong, and the running Apache goes on as before:\n")
	r.reload()
	r.Try(v, path)
	fmt.Fprintf(r, "## Your own lines\n\n%s\n", own[o.Context])
	r.changes()
	return r.File()
}

// sample returns the name of what the commands are about, a path at which it has a
// policy, and that policy. Where there is a site, policies are hardly included by
// themselves.
func sample(p *ir.Program, environment string) (name, path string, v *ir.Variant) {
	name, path, policy := p.Policies[0].Name, "/", 0
	if len(p.Sites) > 0 && len(p.Sites[0].Routes) > 0 {
		s := &p.Sites[0]
		name, path, policy = s.Name, s.Routes[0].Path, s.Routes[0].Policy
	}
	v, _ = p.Policies[policy].Variant(environment)
	return name, path, v
}

// shell prints commands in which NAME stands for the policy or site.
func (r readme) shell(commands ...string) {
	r.Shell(strings.ReplaceAll(strings.Join(commands, "\n"), "NAME", r.name))
}

func (r readme) reload(before ...string) {
	r.shell(append(before, "sudo apachectl configtest", "sudo systemctl reload apache2")...)
}

// table prints the line for each policy and site, in which NAME stands for it.
func (r readme) table(line string) {
	r.WriteString("\n| line | for |\n| --- | --- |\n")
	for _, p := range r.program.Policies {
		fmt.Fprintf(r, "| `%s` | policy %s |\n", strings.ReplaceAll(line, "NAME", p.Name), p.Name)
	}
	for _, s := range r.program.Sites {
		fmt.Fprintf(r, "| `%s` | site %s |\n", strings.ReplaceAll(line, "NAME", s.Name), s.Name)
	}
	r.WriteString("\n")
}

var copying = []string{"sudo mkdir -p /etc/apache2/corsgen", "sudo cp *.conf /etc/apache2/corsgen/"}

func (r readme) installVhost() {
	r.WriteString("2. Copy the files:\n")
	r.shell(copying...)
	r.WriteString("3. Include one file, and only one, in each `<VirtualHost>` that is to have a policy:\n")
	r.table("Include corsgen/NAME.vhost.conf")
	r.WriteString("   This command does it for the default site that the package brings:\n")
	r.shell(`sudo sed -i 's|^<VirtualHost .*>|&\n\tInclude corsgen/NAME.vhost.conf|' /etc/apache2/sites-available/000-default.conf`)
}

func (r readme) installLocation() {
	r.WriteString("2. Copy the files:\n")
	r.shell(copying...)
	r.WriteString("3. Include one file in each `<Location>` that is to have a policy, and in none inside or above it:\n")
	r.table("Include corsgen/NAME.location.conf")
	r.WriteString("   This command does it for all of the default site that the package brings:\n")
	r.shell(`sudo sed -i 's|^</VirtualHost>|\t<Location "/">\n\t\tInclude corsgen/NAME.location.conf\n\t</Location>\n&|' /etc/apache2/sites-available/000-default.conf`)
}

func (r readme) installHtaccess() {
	r.WriteString("2. Allow the file in the folder, which is that of the default site here:\n")
	r.shell(`printf '<Directory /var/www/html>\n\tAllowOverride FileInfo\n</Directory>\n' | sudo tee /etc/apache2/conf-available/corsgen.conf`, "sudo a2enconf corsgen")
	r.WriteString("3. Copy one file to the folder as `.htaccess`, or its lines into the one that is there:\n")
	r.table("NAME.htaccess")
	r.shell("sudo cp NAME.htaccess /var/www/html/.htaccess")
}

// own says what a user's own lines may break, by context.
var own = map[string]string{
	inVhost: "- Remove other `Header` lines for `Access-Control-…`: they override the policy, or double its headers.\n" +
		"- Write `Include`, never `IncludeOptional`, and no `<IfModule>` around it: it would vanish without a word.\n" +
		"- A second policy or site in the same virtual host makes Apache answer requests with an Origin with 500.\n",
	inLocation: "- Remove other `Header` lines for `Access-Control-…`: they override the policy, or double its headers.\n" +
		"- The file's first lines say what a policy cannot do in a `<Location>`.\n",
	inHtaccess: "- Remove other `Header` lines for `Access-Control-…`: they override the policy, or double its headers.\n" +
		"- The file's first lines say what a policy cannot do in an `.htaccess` file.\n" +
		"- Answers without the policy's headers come from `AllowOverride None`; 500 comes from a line that is not allowed there.\n",
}

// changes prints how to update the files, and how to go back.
func (r readme) changes() {
	keep, update := "sudo cp -a -T /etc/apache2/corsgen /etc/apache2/corsgen.old", "sudo cp *.conf /etc/apache2/corsgen/"
	back := "sudo cp -a -T /etc/apache2/corsgen.old /etc/apache2/corsgen"
	remove := `sudo sed -i '/Include corsgen\//d' /etc/apache2/sites-available/000-default.conf`
	switch r.options.Context {
	case inLocation:
		remove = `sudo sed -i '/<Location "\/">/,/<\/Location>/d' /etc/apache2/sites-available/000-default.conf`
	case inHtaccess:
		keep, update = "sudo cp -a -T /var/www/html/.htaccess /var/www/html/.htaccess.old", "sudo cp NAME.htaccess /var/www/html/.htaccess"
		back, remove = "sudo cp -a -T /var/www/html/.htaccess.old /var/www/html/.htaccess", "sudo rm /var/www/html/.htaccess\nsudo a2disconf corsgen"
	}
	r.WriteString("## Update\n\nKeep the old files, copy the new ones, check and reload. Purge mod_cache if you use it: what it holds keeps the\nheaders of the old policy.\n")
	r.reload(keep, update)
	r.WriteString("## Roll back\n\nTo the files before the update:\n")
	r.reload(back)
	r.WriteString("To no policy at all: remove the lines that include the files.\n")
	r.reload(remove)
}
