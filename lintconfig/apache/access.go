package apache

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// maxFolders is how many folders are searched for an .htaccess file.
const maxFolders = 1000

// accessFiles checks the .htaccess files of the folders that the configuration
// names, where there are any with CORS headers. Those further below are not
// looked for.
func (c *checker) accessFiles() {
	name := ".htaccess"
	for _, n := range c.root.named("accessfilename") {
		name = n.Arg(0)
	}
	for _, h := range c.hosts {
		for _, n := range slices.Concat(h.named("documentroot"), h.named("directory")) {
			c.accessFile(n.Arg(0), name, h)
		}
	}
	for _, n := range slices.Concat(c.root.named("documentroot"), c.root.named("directory")) {
		c.accessFile(n.Arg(0), name, nil)
	}
}

// accessFile checks the file in a folder, which a virtual host serves.
func (c *checker) accessFile(folder, name string, h *host) {
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(c.loader.root, folder)
	}
	if folder = filepath.Clean(folder); c.visited[folder] || len(c.visited) >= maxFolders || lintconfig.IsPattern(folder) {
		return
	}
	c.visited[folder] = true
	source, err := c.loader.files.Read(filepath.Join(folder, name))
	if err != nil { // there is none, mostly
		return
	}
	directives, _ := parse(source)
	section := &node{Directive: &Directive{Name: "directory", Section: true}, parent: c.root}
	sub := &loader{files: c.loader.files, root: folder, defined: c.loader.defined, modules: c.loader.modules, parsed: c.loader.parsed}
	sub.expand(section, directives, nil, 0)
	line := firstCORS(section)
	if line == nil {
		return
	}
	if !c.overrides(folder, line, h) {
		return
	}
	if h != nil && len(h.policies) > 0 {
		section.each(func(n *node) bool { c.beside(h, n); return true })
		return
	}
	section.each(func(n *node) bool { c.depends(n); return true })
	c.byHand(section)
}

// firstCORS returns the first line of an .htaccess file that is about CORS.
func firstCORS(section *node) *node {
	var first *node
	section.each(func(n *node) bool {
		h, ok := n.header()
		if first == nil && ok && h.Name == "header" && lintconfig.IsCORS(h.name) {
			first = n
		}
		return true
	})
	return first
}

// overrides reports whether Apache reads the lines of an .htaccess file, and adds
// a finding if it does not.
func (c *checker) overrides(folder string, line *node, h *host) bool {
	at := c.override(folder, h)
	if at == nil {
		c.add("C509", line.Range(), "Apache refuses this line",
			"Without an AllowOverride line for the folder every request for it is answered 500. Write the policy into the virtual host, or \"AllowOverride FileInfo\" in <Directory "+folder+">.")
		return false
	}
	none := true
	for _, a := range at.Args {
		switch kind := strings.ToLower(a.Text); {
		case kind == "all" || kind == "fileinfo" || kind == "header":
			return true
		case kind != "none":
			none = false
		}
	}
	related := diag.Related{Message: "here", Range: at.Range()}
	if none {
		c.add("C509", line.Range(), "Apache does not read this file",
			"AllowOverride None makes it ignore .htaccess, and it says nothing. Write the policy into the virtual host, or \"AllowOverride FileInfo\".", related)
		return false
	}
	c.add("C509", line.Range(), "Apache refuses this line",
		"AllowOverride does not allow it here, and every request for the folder is answered 500. Write the policy into the virtual host, or add FileInfo to AllowOverride.", related)
	return false
}

// override returns the AllowOverride line that is in force for a folder: that of
// the longest <Directory> around it, nil if there is none.
func (c *checker) override(folder string, h *host) *node {
	sections := c.root.named("directory")
	if h != nil {
		sections = append(sections, h.named("directory")...)
	}
	around := slices.DeleteFunc(slices.Clone(sections), func(s *node) bool {
		path := filepath.Clean(s.Arg(0))
		return path != folder && !strings.HasPrefix(folder, strings.TrimSuffix(path, "/")+"/")
	})
	slices.SortStableFunc(around, func(a, b *node) int {
		return cmp.Compare(len(filepath.Clean(a.Arg(0))), len(filepath.Clean(b.Arg(0))))
	})
	var last *node
	for _, s := range around {
		for _, n := range slices.Concat(s.named("allowoverride"), s.named("allowoverridelist")) {
			last = n
		}
	}
	return last
}
