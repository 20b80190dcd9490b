package compile

import (
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

func compileDevProxies(p *policy.Program) []ir.DevProxy {
	var proxies []ir.DevProxy
	for _, d := range p.DevProxies {
		proxy := ir.DevProxy{Name: d.Name, Upstream: d.Upstream, StripPrefix: d.StripPrefix, Src: d.Range}
		for _, path := range d.Paths {
			proxy.Paths = append(proxy.Paths, path.Text)
		}
		ir.SortPaths(proxy.Paths)
		proxies = append(proxies, proxy)
	}
	return proxies
}
